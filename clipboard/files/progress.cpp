// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/progress.h"

#include "base/formatted.h"

#include <unistd.h>

#include <cerrno>
#include <string>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::uint64_t inKilobytes(std::uint64_t bytes) noexcept
{
    return (bytes + 1023) / 1024;
}

} // namespace

Result<void> Progress::begin()
{
    return report("");
}

Result<void> Progress::add(std::uint64_t bytes)
{
    m_sent += bytes;
    if (m_sent - m_reported < Step) {
        return {};
    }
    m_reported = m_sent;
    return report("");
}

Result<void> Progress::end()
{
    return report("\n");
}

Result<void> Progress::report(const char *behind)
{
    if (m_job != nullptr) {
        m_job->tell(m_sent);
    }
    if (m_kind == Kind::None) {
        return {};
    }
    const std::string text = m_kind == Kind::Numbers
        ? formatted("{}\n", m_sent)
        : formatted("sent {}/{} KB\r{}", inKilobytes(m_sent), inKilobytes(m_total), behind);
    if (::write(m_fd, text.data(), text.size()) < 0 && m_kind == Kind::Numbers && errno == EPIPE) {
        return fail(Errc::PeerGone, "cancelled");
    }
    return {};
}

} // namespace Bulkhead::FileCopy
