// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"
#include "gui-daemon/clipboardsocket.h"
#include "gui-daemon/halves/exitstatus.h"
#include "gui-daemon/halves/packetsocket.h"
#include "gui-daemon/identity.h"
#include "gui-daemon/runfile.h"
#include "gui-daemon/screenhalf/screenhalf.h"
#include "gui-daemon/strip.h"
#include "gui-daemon/wirehalf/wirehalf.h"
#include "vchan-io/transport/backend.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <span>

using namespace Bulkhead;

namespace
{

constexpr LogCategory Log("bulkhead.gui-daemon");

/// All that is opened before the first byte of a guest.
struct Resources {
    UniqueFd runFile;
    StripPicture strip;
    std::unique_ptr<Backend> backend;
    std::unique_ptr<Screen::Connection> connection;
    UniqueFd screenEnd;
    UniqueFd wireEnd;
    CrossingSettings crossings;
};

/// A sequence that nobody can read is none: the person then copies nothing by mistake.
std::optional<Screen::KeySequence> sequenceOf(const Options &options, const std::string &text)
{
    const auto sequence = Screen::parseKeySequence(text);
    if (!sequence) {
        Log.warning("{}: {}; it is switched off", options.identity.name.text(), sequence.error().text());
        return std::nullopt;
    }
    return *sequence;
}

Result<ClipboardSettings> openClipboard(const Options &options, const std::string &runtimeDirectory)
{
    ClipboardSettings settings{.sequences = {.copy = sequenceOf(options, options.copySequence),
                                             .paste = sequenceOf(options, options.pasteSequence)},
                               .sizeLimit = options.maxClipboardSize,
                               .listener = {}};
    BH_TRY(settings.listener, listenForClipboard(runtimeDirectory, options.identity.name));
    return settings;
}

/// Whatever the program that started us left open by mistake is none of a half's business (spec security, section 3).
Result<void> closeInherited()
{
    constexpr unsigned firstAfterStandard = 3;
    return close_range(firstAfterStandard, ~0U, 0) == 0 ? Result<void>{}
                                                        : failErrno(errno, "closing inherited descriptors");
}

Result<Resources> openResources(const Options &options)
{
    Resources resources;
    if (options.stripDescriptor >= 0) {
        const UniqueFd descriptor(options.stripDescriptor);
        BH_TRY(resources.strip, readStrip(descriptor.get()));
    }
    BH_CHECK(closeInherited());
    const char *variable = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    const std::string runtimeDirectory = variable == nullptr ? "" : variable;
    BH_TRY(resources.runFile, takeRunFile(runtimeDirectory, options.identity.domain));
    BH_TRY(resources.crossings.clipboard, openClipboard(options, runtimeDirectory));
    BH_TRY(resources.crossings.dragListener, listenForDrag(runtimeDirectory, options.identity.name));
    BH_TRY(resources.backend, openBackend(options.transport));
    BH_TRY(auto ends, PacketSocket::makePair());
    resources.screenEnd = std::move(ends.first);
    resources.wireEnd = std::move(ends.second);
    BH_TRY(resources.connection, Screen::Connection::open());
    return resources;
}

/// SIGHUP asks to look at the screen again. The screen half takes it from a descriptor; the wire half has nothing to
/// do.
void blockHangUp()
{
    sigset_t hangUp{};
    sigemptyset(&hangUp);
    sigaddset(&hangUp, SIGHUP);
    (void)pthread_sigmask(SIG_BLOCK, &hangUp, nullptr);
}

/// In the wire half: whoever reads the guest holds no X connection and no file, and does not outlive the other half.
int becomeWireHalf(const Identity &identity, Resources resources, pid_t parent)
{
    prctl(PR_SET_NAME, "gui-wire");
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) {
        return ExitScreenLost; // it died before the line above
    }
    const xcb_screen_t &screen = resources.connection->screen();
    const Size root{screen.width_in_pixels, screen.height_in_pixels};
    close(resources.connection->fd()); // not disconnected: that would speak on the other half's connection
    (void)resources.connection.release();
    resources.runFile.reset();
    resources.screenEnd.reset();
    resources.crossings = {};
    return runWireHalf(identity, std::move(resources.backend), std::move(resources.wireEnd), root);
}

int becomeScreenHalf(const Options &options, Resources resources, pid_t wireHalf)
{
    prctl(PR_SET_NAME, "gui-screen");
    resources.backend.reset();
    resources.wireEnd.reset();
    return runScreenHalf(options.identity,
                         std::move(resources.connection),
                         resources.strip,
                         std::move(resources.screenEnd),
                         wireHalf,
                         std::move(resources.crossings),
                         {.eventsMaxDelay = options.eventsMaxDelay});
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseOptions(std::span(argv, static_cast<std::size_t>(argc)).subspan(1));
    if (!options) {
        Log.critical("{}", options.error().text());
        return ExitBadOptions;
    }
    const Identity &identity = options->identity;
    auto resources = openResources(*options);
    if (!resources) {
        Log.critical("{}: {}", identity.name.text(), resources.error().text());
        return ExitScreenLost;
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // an X server that goes is seen by its connection
    blockHangUp();
    const pid_t self = getpid();
    const pid_t child = fork();
    if (child < 0) {
        Log.critical("{}: cannot start the wire half", identity.name.text());
        return ExitScreenLost;
    }
    const int status = child == 0 ? becomeWireHalf(identity, *std::move(resources), self)
                                  : becomeScreenHalf(*options, *std::move(resources), child);
    _exit(status); // a confined process has nothing to tidy up that the kernel does not
}
