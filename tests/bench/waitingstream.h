// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/transport/channel.h"

#include <poll.h>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

namespace Bulkhead::Bench
{

/// A channel whose calls wait until all is through, for programs that measure and do nothing else meanwhile. What goes
/// wrong ends the program.
class WaitingStream
{
public:
    /// Waits for the other end.
    explicit WaitingStream(std::unique_ptr<Channel> channel)
        : m_channel(std::move(channel))
    {
        while (m_channel->state() == ChannelState::Waiting) {
            wait();
        }
    }

    void send(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            bytes = bytes.subspan(m_channel->write(bytes).value());
            if (!bytes.empty()) {
                wait();
            }
        }
    }

    void receive(std::span<std::byte> bytes)
    {
        while (!bytes.empty()) {
            bytes = bytes.subspan(m_channel->read(bytes).value());
            if (!bytes.empty()) {
                wait();
            }
        }
    }

private:
    void wait()
    {
        pollfd ready{.fd = m_channel->pollFd(), .events = POLLIN, .revents = 0};
        BH_ASSERT(::poll(&ready, 1, -1) == 1);
        BH_ASSERT(m_channel->takeEvent());
    }

    std::unique_ptr<Channel> m_channel;
};

} // namespace Bulkhead::Bench
