// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/programrun.h"

#include <filesystem>
#include <memory>
#include <string>

namespace Bulkhead::GuestNetwork
{

/// Keeps Debian's Tor running for a net qube's clients, which are led to it by the filter. It is the qube's own, with
/// no settings but ours: whoever wants others makes a qube of a system that is made for it. Without it nothing passes,
/// which is the filter's business.
class TorGateway
{
public:
    struct Options {
        std::string program = "/usr/bin/tor";
        std::string account = "debian-tor"; ///< of Debian's package; Tor runs as it
        /// Which relays it enters by, kept from start to start: new ones each time would make somebody's an entry soon.
        std::filesystem::path data = "/rw/bulkhead-tor";
    };

    /// @param loop  outlives this
    /// @errors NotFound (there is no such account: Tor is not installed), Io
    [[nodiscard]] static Result<std::unique_ptr<TorGateway>> create(EventLoop &loop, Options options);
    TorGateway(const TorGateway &) = delete;
    TorGateway &operator=(const TorGateway &) = delete;
    /// Tor is killed.
    ~TorGateway() = default;

    /// How Tor is started: what it is to do comes by its standard input.
    [[nodiscard]] static ProgramCall callOf(const Options &options);

private:
    TorGateway(EventLoop &loop, Options options);

    void startProgram();

    EventLoop &m_loop;
    Options m_options;
    std::unique_ptr<ProgramRun> m_program;
    EventLoop::Handle m_retry;
};

} // namespace Bulkhead::GuestNetwork
