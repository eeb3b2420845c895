// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/transport/eventloop.h"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace Bulkhead::GuestNetwork
{

/// Tells from the loop that a file was written or replaced. Its directory must be there.
class FileWatch
{
public:
    enum class Event : std::uint8_t {
        Written, ///< or replaced
        Made,    ///< for what nobody writes into, as a socket
    };

    /// @errors Io
    [[nodiscard]] static Result<FileWatch> create(EventLoop &loop,
                                                  const std::filesystem::path &file,
                                                  std::move_only_function<void()> onChanged,
                                                  Event event = Event::Written);

private:
    FileWatch() = default;

    UniqueFd m_fd;
    EventLoop::Handle m_watch;
};

} // namespace Bulkhead::GuestNetwork
