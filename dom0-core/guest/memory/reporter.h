// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "base/error.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/xenstorelink.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

namespace Bulkhead::GuestMemory
{

/// Writes what this system uses of its memory into its part of Xen's store, where dom0's balancer reads it.
///
/// The kernel tells nobody that more is used, so this looks once in a while, and says only what is worth moving memory
/// for. Main thread only.
/// @source spec qube-model 14.3
class Reporter
{
public:
    struct Options {
        std::filesystem::path meminfo = "/proc/meminfo";
        Duration pause = std::chrono::seconds(1); ///< between two looks
        std::uint64_t worthKiB = 8192;            ///< a smaller change is not told
    };

    /// @param loop   outlives it; ended with status 1 when the store goes away
    /// @param store  a connection to Xen's store, non-blocking
    /// @errors Io
    [[nodiscard]] static Result<std::unique_ptr<Reporter>> start(EventLoop &loop, UniqueFd store, Options options);

private:
    Reporter(EventLoop &loop, UniqueFd store, Options options);

    void look();
    void say(std::uint64_t kib);
    void take();

    EventLoop &m_loop;
    const Options m_options;
    XenstoreLink m_store;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_timer;
    std::optional<std::uint64_t> m_said; ///< KiB
};

} // namespace Bulkhead::GuestMemory
