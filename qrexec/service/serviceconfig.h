// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/service/commandline.h"
#include "qrexec/service/searchpath.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Largest configuration file that is read.
inline constexpr std::size_t MaxConfigSize = 65536;

/// What a service's own configuration says about each call of it.
struct ServiceConfig {
    bool waitForSession = false;
    std::optional<std::string> forceUser; ///< runs as this user, whatever policy said
    bool skipServiceDescriptor = false;   ///< the three of socket services
    bool exitOnClientEof = false;
    bool exitOnServiceEof = false;
    std::vector<std::string> unknownKeys; ///< for one log line; they mean nothing

    /// True where a key is set that only a socket service heeds.
    [[nodiscard]] bool hasSocketOptions() const noexcept
    {
        return skipServiceDescriptor || exitOnClientEof || exitOnServiceEof;
    }
};

/// Parses lines `key = value`; a value is true, false, a decimal number or a 'string'. Anything else makes the whole
/// file invalid, but unknown keys with a proper value are only noted.
/// @errors BadValue, with the line's number and what it may say
/// @source spec qrexec, section 12
[[nodiscard]] Result<ServiceConfig> parseServiceConfig(std::string_view text);

/// Finds, reads and parses a service's configuration; without a file everything has its default.
/// @errors BadValue, with the file's name, too; TooMuch (file too large), Io
[[nodiscard]] Result<ServiceConfig> loadServiceConfig(const SearchPath &path, const ServiceRequest &request);

} // namespace Bulkhead::Qrexec
