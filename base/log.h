// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <format>
#include <string_view>

namespace Bulkhead
{

enum class LogLevel : std::uint8_t {
    Debug,    ///< off unless BULKHEAD_DEBUG is set
    Info,     ///< state changes an administrator would ask about
    Warning,  ///< someone should look; the qube's name stands first
    Critical, ///< the program or a session ends
};

/// Writes lines of one part of a program to standard error: `<category>: <level>: <text>`, one write a line.
/// For programs without Qt; Qt programs use QLoggingCategory with the same names. LogLimiter keeps floods out.
/// Text that came from a qube goes through printable() first; whatever control bytes are left are escaped here.
class LogCategory
{
public:
    /// @param name  `bulkhead.<program>.<part>`; must outlive the program (a literal)
    constexpr explicit LogCategory(std::string_view name) noexcept
        : m_name(name)
    {
    }

    template<typename... Args> void debug(std::format_string<Args...> format, const Args &...args) const
    {
        if (isDebugEnabled()) {
            write(LogLevel::Debug, format.get(), std::make_format_args(args...));
        }
    }

    template<typename... Args> void info(std::format_string<Args...> format, const Args &...args) const
    {
        write(LogLevel::Info, format.get(), std::make_format_args(args...));
    }

    template<typename... Args> void warning(std::format_string<Args...> format, const Args &...args) const
    {
        write(LogLevel::Warning, format.get(), std::make_format_args(args...));
    }

    template<typename... Args> void critical(std::format_string<Args...> format, const Args &...args) const
    {
        write(LogLevel::Critical, format.get(), std::make_format_args(args...));
    }

private:
    [[nodiscard]] static bool isDebugEnabled() noexcept;
    void write(LogLevel level, std::string_view format, std::format_args arguments) const;

    std::string_view m_name;
};

} // namespace Bulkhead
