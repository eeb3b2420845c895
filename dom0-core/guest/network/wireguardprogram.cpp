// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/wireguardprogram.h"

#include "base/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr LogCategory Log("bulkhead.network.wireguard");

} // namespace

WireGuardProgram::WireGuardProgram(Events events)
    : m_events(std::move(events))
{
}

Result<std::unique_ptr<WireGuardProgram>>
WireGuardProgram::create(EventLoop &loop, const Options &options, Events events)
{
    auto made = std::unique_ptr<WireGuardProgram>(new WireGuardProgram(std::move(events)));
    WireGuardProgram &self = *made;
    if (::mkdir(options.socket.parent_path().c_str(), S_IRWXU) != 0 && errno != EEXIST) {
        return failErrno(errno, "the folder of WireGuard's socket cannot be made");
    }
    if (::unlink(options.socket.c_str()) != 0 && errno != ENOENT) { // what a killed one left answers nobody
        return failErrno(errno, "an old socket of WireGuard's cannot be taken away");
    }
    BH_TRY(self.m_watch,
           FileWatch::create(
               loop,
               options.socket,
               [&self] {
                   self.onSocket();
               },
               FileWatch::Event::Made));
    self.m_program = std::make_unique<ProgramRun>(loop, callOf(options), [&self](const Result<std::string> &outcome) {
        Log.warning("the program that is WireGuard where the kernel has none does not run: {}",
                    outcome ? std::string("it ended by itself") : outcome.error().text());
        auto onEnded = std::move(self.m_events.onEnded);
        onEnded();
    });
    return made;
}

ProgramCall WireGuardProgram::callOf(const Options &options)
{
    return {.path = options.program, .words = {"--foreground", options.socket.stem().string()}, .isLasting = true};
}

void WireGuardProgram::onSocket()
{
    if (!std::exchange(m_isReady, true)) {
        m_events.onReady();
    }
}

} // namespace Bulkhead::GuestNetwork
