// SPDX-License-Identifier: GPL-2.0-or-later
// The services policy.List, policy.Get, policy.Replace and their like of dom0, all one program: it carries its caller's
// bytes, which it does not look into, to the process that may change policy files.
#include "qrexec/policyadmin/adminlink.h"
#include "qrexec/process/readfile.h"
#include "vchan-io/wire/calls/policyrequest.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr int StatusBroken = 2;

std::string variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string() : std::string(value);
}

/// What qrexec says of a call in a program's environment, as it says it to a socket.
ServiceHead headHere(std::string_view program)
{
    const bool isName = variable("QREXEC_REQUESTED_TARGET_TYPE") == "name";
    return {
        .service = std::string(program.substr(program.rfind('/') + 1)),
        .argument = variable("QREXEC_SERVICE_ARGUMENT"),
        .source = variable("QREXEC_REMOTE_DOMAIN"),
        .targetKind = isName ? ServiceTarget::Name : ServiceTarget::Keyword,
        .target = variable(isName ? "QREXEC_REQUESTED_TARGET" : "QREXEC_REQUESTED_TARGET_KEYWORD"),
    };
}

Result<PolicyAdmin::Reply> carry(std::string_view program)
{
    BH_TRY(const std::string payload, readAll(STDIN_FILENO, PolicyAdmin::MaxPayload));
    return callPolicyAdmin(std::string(PolicyAdminSocket), headHere(program), payload);
}

} // namespace

int main(int /*argc*/, char **argv)
{
    // Which of the calls it is, the name says that it was called by.
    const auto reply = carry(argv[0]);
    if (!reply) {
        std::cerr << reply.error().text() << '\n';
        return StatusBroken;
    }
    return showReply(*reply);
}
