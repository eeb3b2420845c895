// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include "base/printable.h"

#include <unistd.h>

#include <cstdlib>
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

} // namespace

bool LogCategory::isDebugEnabled() noexcept
{
    // Read once: nothing here changes the environment after the start.
    static const bool enabled = std::getenv("BULKHEAD_DEBUG") != nullptr; // NOLINT(concurrency-mt-unsafe)
    return enabled;
}

void LogCategory::write(LogLevel level, const std::string &text) const
{
    const std::string line = std::format("{}: {}: {}\n", m_name, nameOf(level), printable(text, MaxLine));
    // A log that cannot be written must not stop the program.
    if (::write(STDERR_FILENO, line.data(), line.size()) < 0) {
        return;
    }
}

} // namespace Bulkhead
