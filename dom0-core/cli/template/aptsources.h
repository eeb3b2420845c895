// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// Where this system gets Debian from.
struct Archives {
    std::string main;
    std::optional<std::string> security;
};

/// Reads apt's sources (one-line and deb822 form). Of several archives the first counts; sources that are switched off,
/// and those of other distributions, do not.
/// @param apt  usually /etc/apt
/// @errors NotFound, if no archive of Debian is among them
[[nodiscard]] Result<Archives> readArchives(const std::filesystem::path &apt);

/// One-line sources of `suite` from these archives, signed by Debian's own key.
/// @errors BadValue, if `suite` is no name of a suite
[[nodiscard]] Result<std::string> sourceLines(const Archives &archives, std::string_view suite);

/// The settings that a build needs of what `apt-config dump` says: proxies, and whether signatures may be old.
[[nodiscard]] std::vector<std::string> aptOptionsFrom(std::string_view dump);

} // namespace Bulkhead::Cli
