// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/xen/libxlheaders.h"

#include <deque>
#include <string>

namespace Bulkhead
{

/// Where libxl writes: warnings and worse go to our log, and the last errors are kept for whoever tells a person why
/// something failed. What guests wrote may be part of a line, so all of it is escaped.
class LibxlLog
{
public:
    LibxlLog();
    LibxlLog(const LibxlLog &) = delete;
    LibxlLog &operator=(const LibxlLog &) = delete;
    ~LibxlLog() = default;

    [[nodiscard]] xentoollog_logger *logger() noexcept
    {
        return &m_logger;
    }

    /// The errors since the last call, the oldest first; empty if there were none.
    [[nodiscard]] std::string takeErrors();

private:
    /// libxl hands its logger back, and this finds ours behind it.
    struct Logger : xentoollog_logger {
        LibxlLog *log;
    };

    static void onMessage(xentoollog_logger *logger,
                          xentoollog_level level,
                          int number,
                          const char *context,
                          const char *format,
                          va_list arguments) __attribute__((format(printf, 5, 0)));
    static void onDestroy(xentoollog_logger *logger);
    void keep(xentoollog_level level, const std::string &line);

    Logger m_logger;
    std::deque<std::string> m_errors;
};

} // namespace Bulkhead
