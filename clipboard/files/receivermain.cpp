// SPDX-License-Identifier: GPL-2.0-or-later
// The service qubes.Filecopy: takes files from another qube. Its argument is empty or `allow-all-names`.
#include "base/log.h"
#include "clipboard/files/incomingmount.h"
#include "clipboard/files/receiver.h"
#include "clipboard/files/receiverconfig.h"
#include "clipboard/files/receiverconfinement.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

constexpr LogCategory Log("bulkhead.files.receiver");

std::string_view variable(const char *name)
{
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    return value == nullptr ? std::string_view() : value;
}

std::optional<Letters> lettersOf(std::string_view argument)
{
    if (argument.empty()) {
        return Letters::Shown;
    }
    return argument == "allow-all-names" ? std::optional(Letters::All) : std::nullopt;
}

/// The template's and the qube's own; tests name another.
std::vector<std::string> configFiles()
{
    if (const std::string_view file = variable("BULKHEAD_FILE_RECEIVER_CONFIG"); !file.empty()) {
        return {std::string(file)};
    }
    return {"/etc/bulkhead/file-receiver.conf", "/rw/config/file-receiver.conf"};
}

Result<Ending> receive(Letters letters)
{
    BH_TRY(const QubeName source, QubeName::parse(variable("QREXEC_REMOTE_DOMAIN")));
    BH_TRY(const ReceiverConfig config, readReceiverConfig(configFiles()));
    const std::string_view home = variable("HOME");
    if (!home.starts_with('/')) {
        return fail(Errc::BadValue, "there is no home directory");
    }
    const std::string directory = std::string(home) + "/QubesIncoming";
    if (const auto mounted = mountIncomingApart(directory); !mounted) {
        Log.info("{}; it is no mount of its own", mounted.error().text());
    }
    const mode_t mask = ::umask(0);
    BH_TRY(Incoming incoming, Incoming::create(directory, source));
    Input input(STDIN_FILENO, config.silence);
    Receiver receiver(input, incoming, Allowance(incoming.directory(), config.limits), letters, mask);
    endInputOnSignals();
    BH_CHECK(confineReceiver(directory, source)); // before the first byte is read
    incoming.removeAbandoned();
    Ending ending = receiver.run();
    (void)::close(STDIN_FILENO); // the sender may stop
    return ending;
}

bool answer(const Ending &ending)
{
    const auto bytes = build(ending.outcome, ending.lastName);
    std::span<const std::byte> left(bytes);
    while (!left.empty()) {
        const ssize_t written = ::write(STDOUT_FILENO, left.data(), left.size());
        if (written < 0 && errno != EINTR) {
            return false;
        }
        left = left.subspan(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
    return true;
}

} // namespace

int main(int argc, char **argv)
{
    const auto letters = argc > 2 ? std::nullopt : lettersOf(argc == 2 ? argv[1] : "");
    if (!letters) {
        Log.critical("the argument is not known: only allow-all-names is");
        return EXIT_FAILURE;
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): it cannot fail
    auto ending = receive(*letters);
    if (!ending) {
        Log.critical("{}", ending.error().text());
        const int number = ending.error().sysErrno == 0 ? EPERM : ending.error().sysErrno;
        ending = Ending{.outcome = {.code = codeOfErrno(number)}, .lastName = {}};
    }
    if (ending->outcome.code != Code::Done) {
        Log.warning("a transfer ended with {}", std::to_underlying(ending->outcome.code));
    }
    const bool isTold = answer(*ending);
    return isTold || ending->outcome.code != Code::Done ? exitStatusOf(ending->outcome.code) : EXIT_FAILURE;
}
