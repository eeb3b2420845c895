// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-policy-admin: one call about policy files, as a supervisor's socket hands it over: the request on the
// standard input until its end, the reply on the standard output. Nothing of one call is in memory at the next.
#include "base/log.h"
#include "qrexec/policyadmin/confinement.h"
#include "qrexec/policyadmin/policyadmin.h"
#include "qrexec/process/readfile.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr LogCategory Log("bulkhead.policy.admin");

/// Seconds that a call may take in all: a caller that sends nothing, or takes nothing, holds nobody up for longer.
constexpr unsigned CallLimit = 60;

PolicyAdminPaths pathsHere()
{
    PolicyAdminPaths paths;
    const char *const directory = std::getenv("QREXEC_POLICY_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    if (directory != nullptr && *directory == '/') {
        paths.directory = directory;
    }
    return paths;
}

AdminAnswer answerTo(const PolicyAdminPaths &paths, std::string_view bytes)
{
    auto request = PolicyAdmin::parseRequest(bytes);
    if (!request) {
        return PolicyAdmin::Answered<std::string>(std::unexpect, std::move(request).error());
    }
    BH_TRY(auto administration, PolicyAdministration::open(paths, ::geteuid()));
    return administration.answer(*request);
}

PolicyAdmin::Reply replyTo(const PolicyAdminPaths &paths)
{
    const auto bytes = readAll(STDIN_FILENO, MaxServiceHead + PolicyAdmin::MaxPayload);
    if (!bytes) {
        return {.text = bytes.error().text()};
    }
    // The head holds letters only as far as parseServiceHead() has seen it; a log gets the size alone.
    const auto answer = answerTo(paths, *bytes);
    if (!answer) {
        Log.critical("a call of {} bytes failed: {}", bytes->size(), answer.error().text());
        return {.text = answer.error().text()};
    }
    PolicyAdmin::Reply reply = PolicyAdmin::replyOf(*answer);
    if (reply.kind == PolicyAdmin::Reply::Kind::Refused) {
        Log.warning("a call of {} bytes was refused: {}", bytes->size(), reply.text);
    }
    return reply;
}

bool send(std::string_view text)
{
    while (!text.empty()) {
        const ssize_t count = ::write(STDOUT_FILENO, text.data(), text.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
}

} // namespace

int main()
{
    (void)::alarm(CallLimit);
    const PolicyAdminPaths paths = pathsHere();
    if (const auto confined = confinePolicyAdmin(paths.directory); !confined) {
        Log.critical("{}", confined.error().text());
        return 1;
    }
    return send(PolicyAdmin::buildReply(replyTo(paths))) ? 0 : 1;
}
