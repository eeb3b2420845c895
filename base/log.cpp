// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include "base/clock.h"
#include "base/formatted.h"
#include "base/loglimiter.h"
#include "base/printable.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Longest line we write, so that a mistake of ours cannot flood a log.
constexpr std::size_t MaxLine = 1024;

std::string_view nameOf(LogLevel level)
{
    switch (level) {
    case LogLevel::Debug:
        return "debug";
    case LogLevel::Info:
        return "info";
    case LogLevel::Warning:
        return "warning";
    case LogLevel::Critical:
        return "critical";
    }
    std::unreachable();
}

/// Most of a line that tells kinds apart.
constexpr std::size_t MaxSubject = 64;

/// Stands before the count of lines that are not told apart any more.
constexpr const char *Others = "bulkhead.log: warning: others";

/// Whom a line is about: what stands before its first colon, the qube's name in most lines, else its beginning.
std::string_view subjectOf(std::string_view text)
{
    return text.substr(0, std::min(text.find(": "), MaxSubject));
}

/// All that this process has written lately.
struct Written {
    std::mutex mutex;
    LogLimiter limiter;
};

Written &written()
{
    static Written written;
    return written;
}

void writeLine(const std::string &head, const std::string &text)
{
    const std::string line = formatted("{}: {}\n", head, printable(text, MaxLine));
    // A log that cannot be written must not stop the program.
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) {
        return;
    }
}

} // namespace

bool LogCategory::isDebugEnabled() noexcept
{
    // Read once: nothing here changes the environment after the start.
    static const bool enabled = std::getenv("BULKHEAD_DEBUG") != nullptr; // NOLINT(concurrency-mt-unsafe)
    return enabled;
}

void LogCategory::write(LogLevel level, std::string_view format, std::format_args arguments) const
{
    const std::string text = formattedFrom(format, arguments);
    const std::string head = formatted("{}: {}", m_name, nameOf(level));
    const std::scoped_lock lock(written().mutex);
    LogLimiter &limiter = written().limiter;
    const TimePoint now = BootClock().now();
    for (const LogLimiter::LeftOut &leftOut : limiter.takeLeftOut(now)) {
        writeLine(leftOut.kind.empty() ? Others : printable(leftOut.kind, MaxLine),
                  formatted("{} more in a minute", leftOut.lines));
    }
    // Whoever switches debugging on wants to see all of it.
    if (level == LogLevel::Debug || limiter.permits(formatted("{}: {}", head, subjectOf(text)), now)) {
        writeLine(head, text);
    }
}

} // namespace Bulkhead
