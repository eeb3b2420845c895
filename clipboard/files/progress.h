// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/files/desktopjob.h"

#include <cstdint>

namespace Bulkhead::FileCopy
{

/// Tells how far a transfer is: at its beginning, about every 15 MB of contents, and at its end.
class Progress
{
public:
    enum class Kind : std::uint8_t {
        None,
        Terminal, ///< `sent A/B KB` and a carriage return; a line feed at the end
        Numbers,  ///< a line with the number of bytes, for a desktop's job
    };

    /// Bytes between two reports, and between two looks for an answer.
    static constexpr std::uint64_t Step = 15'000'000;

    /// @param total  bytes that will be sent
    Progress(Kind kind, int fd, std::uint64_t total) noexcept
        : m_kind(kind)
        , m_fd(fd)
        , m_total(total)
    {
    }

    /// What is reported goes there, too. Outlives this.
    void alsoTell(DesktopJob &job) noexcept
    {
        m_job = &job;
    }

    /// @errors PeerGone: whoever read the numbers closed them, which cancels the transfer
    [[nodiscard]] Result<void> begin();
    [[nodiscard]] Result<void> add(std::uint64_t bytes);
    /// After the receiver confirmed.
    [[nodiscard]] Result<void> end();

private:
    [[nodiscard]] Result<void> report(const char *behind);

    Kind m_kind;
    int m_fd;
    DesktopJob *m_job = nullptr;
    std::uint64_t m_total;
    std::uint64_t m_sent = 0;
    std::uint64_t m_reported = 0;
};

} // namespace Bulkhead::FileCopy
