// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/code.h"
#include "vchan-io/wire/filecopy/crc32.h"

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace Bulkhead::FileCopy
{

/// The sender's stream, with the checksum of what was taken from it.
class Input
{
public:
    /// @param fd  borrowed, blocking
    /// @param silence  how long to wait for a byte
    Input(int fd, std::chrono::milliseconds silence);

    /// What is there of the next `most` bytes, at least one of them; nothing at the end of the stream. Valid until the
    /// next call.
    /// @errors Silence; NoEnd when the process was told to end; what read() fails with
    [[nodiscard]] Verdict<std::span<const std::byte>> next(std::size_t most);

    /// The next bytes, as many as fit; fewer at the end of the stream.
    /// @errors as next()
    [[nodiscard]] Verdict<std::size_t> fill(std::span<std::byte> into);

    [[nodiscard]] std::uint32_t checksum() const noexcept
    {
        return m_checksum.value();
    }

private:
    [[nodiscard]] Code wait() const;
    [[nodiscard]] Code read();

    int m_fd;
    std::chrono::milliseconds m_silence;
    std::vector<std::byte> m_buffer;
    std::span<const std::byte> m_left; ///< of the buffer
    Crc32 m_checksum;
};

/// From now on SIGTERM, SIGINT and SIGHUP end the stream, so that nothing is left behind.
void endInputOnSignals();

} // namespace Bulkhead::FileCopy
