// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/libxllog.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "dom0-core/driver/xen/xenlog.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <cstring>
#include <utility>

namespace Bulkhead
{

namespace
{

/// One failure in libxl is told by each level that it passes; the first of them name the cause.
constexpr std::size_t MaxErrors = 4;
constexpr std::size_t MaxLine = 512;

} // namespace

LibxlLog::LibxlLog()
    : m_logger{{.vmessage = onMessage, .progress = nullptr, .destroy = onDestroy}, this}
{
}

std::string LibxlLog::takeErrors()
{
    std::string text;
    for (const auto &line : std::exchange(m_errors, {})) {
        text += text.empty() ? line : "; " + line;
    }
    return text;
}

void LibxlLog::onMessage(xentoollog_logger *logger,
                         xentoollog_level level,
                         int number,
                         const char *context,
                         const char *format,
                         va_list arguments)
{
    std::array<char, MaxLine> text{};
    (void)std::vsnprintf(text.data(), text.size(), format, arguments);
    auto line = printable(text.data(), MaxLine);
    if (number >= 0) {
        line += formatted(": {}", std::generic_category().message(number));
    }
    if (context != nullptr && std::strcmp(context, "libxl") != 0) {
        line = formatted("{}: {}", context, line);
    }
    static_cast<Logger *>(logger)->log->keep(level, line);
}

void LibxlLog::onDestroy(xentoollog_logger *)
{
    // It is a member and goes with its owner.
}

void LibxlLog::keep(xentoollog_level level, const std::string &line)
{
    if (level < XTL_WARN) {
        logXen.debug("libxl: {}", line);
        return;
    }
    logXen.warning("libxl: {}", line);
    if (level >= XTL_ERROR && m_errors.size() < MaxErrors) {
        m_errors.push_back(line);
    }
}

} // namespace Bulkhead
