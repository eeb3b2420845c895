// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <utility>

namespace Bulkhead
{

/// Wakes the other end of a channel, is woken by it, and tells at once when it is gone: one end of a socket pair.
///
/// Not a pair of eventfds: an eventfd is one open file for both ends, so a hostile holder could take O_NONBLOCK off it
/// and fill or empty the counter under our call, which would then wait for the peer (spec security, R-15). Each end of
/// a socket pair is a file of its own, and its hang-up needs no second descriptor.
class Doorbell
{
public:
    /// What has happened since it was last looked at.
    enum class Heard { Nothing, Rung, HungUp };

    /// Empty: rings nobody and hears nothing but a hang-up.
    Doorbell() noexcept = default;

    /// Two ends.
    /// @errors Io
    [[nodiscard]] static Result<std::pair<Doorbell, Doorbell>> createPair();

    /// Takes an end that came from elsewhere.
    /// @errors BadField (not such a socket), Io
    [[nodiscard]] static Result<Doorbell> adopt(UniqueFd socket);

    /// Readable when there is something to hear. -1 when empty.
    [[nodiscard]] int fd() const noexcept
    {
        return m_socket.get();
    }

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return static_cast<bool>(m_socket);
    }

    /// Rings of which one is not heard yet are one.
    void ring() noexcept;
    [[nodiscard]] Heard listen() noexcept;

    /// Gives up the descriptor: to pass it on, or to end it.
    [[nodiscard]] UniqueFd take() && noexcept
    {
        return std::move(m_socket);
    }

private:
    explicit Doorbell(UniqueFd socket) noexcept
        : m_socket(std::move(socket))
    {
    }

    UniqueFd m_socket;
};

} // namespace Bulkhead
