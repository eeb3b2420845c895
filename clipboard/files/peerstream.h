// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/files/desktopjob.h"
#include "clipboard/files/reply.h"
#include "vchan-io/wire/filecopy/crc32.h"

#include <chrono>
#include <cstddef>
#include <span>
#include <vector>

namespace Bulkhead::FileCopy
{

/// The sender's side of a transfer: gathers what is to be sent, and looks for an answer whenever it writes.
class PeerStream
{
public:
    /// @param output  made non-blocking
    /// @param replies  made non-blocking
    /// @param silence  how long the other side may take nothing, or not answer
    /// @errors Io
    [[nodiscard]] static Result<PeerStream>
    create(UniqueFd output, UniqueFd replies, std::chrono::milliseconds silence);

    /// Room for bytes to send, at least one; what was put there is counted by sent().
    /// @errors as finish()
    [[nodiscard]] Result<std::span<std::byte>> room();
    void sent(std::size_t size) noexcept;
    /// @errors as finish()
    [[nodiscard]] Result<void> send(std::span<const std::byte> bytes);

    /// After the end marker: waits until the receiver has confirmed what it got.
    /// @errors Refused (the receiver's words), PeerGone (it ended without any, or `cancelled`), TimedOut, BadField
    /// (wrong
    ///   checksum)
    [[nodiscard]] Result<void> finish();

    /// From now on what the person does in the desktop's job ends the transfer. Outlives this.
    void heed(DesktopJob &job) noexcept
    {
        m_job = &job;
    }

    /// Ends the transfer, from our side.
    void close() noexcept;

private:
    PeerStream(UniqueFd output, UniqueFd replies, std::chrono::milliseconds silence);

    [[nodiscard]] Result<void> flush();
    [[nodiscard]] Result<void> writeSome(std::span<const std::byte> &left);
    [[nodiscard]] Result<void> readReply();
    [[nodiscard]] Result<void> failEarly();
    [[nodiscard]] Result<bool> waitFor(bool wantsToWrite);
    [[nodiscard]] Result<void> awaitReply();

    UniqueFd m_output;
    UniqueFd m_replies;
    std::chrono::milliseconds m_silence;
    DesktopJob *m_job = nullptr;
    std::vector<std::byte> m_buffer;
    std::size_t m_used = 0;
    Crc32 m_checksum;
    Reply m_reply;
};

} // namespace Bulkhead::FileCopy
