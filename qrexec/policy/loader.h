// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/filesource.h"
#include "qrexec/policy/rules.h"

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <vector>

namespace Bulkhead::Policy
{

/// Bounds of what is read. Source: spec security, L-22, and beyond it what keeps a small text from becoming a large
/// policy.
inline constexpr std::size_t MaxFileSize = std::size_t{16} * 1024 * 1024; ///< bytes
inline constexpr std::size_t MaxIncludedFiles = 64;  ///< different ones, that one file of a policy brings in
inline constexpr std::size_t MaxIncludeDepth = 8;    ///< of files that include each other
inline constexpr std::size_t MaxInclusions = 10'000; ///< in all, however often the same file
inline constexpr std::size_t MaxParsedText = std::size_t{64} * 1024 * 1024; ///< bytes, inclusions counted each time
inline constexpr std::size_t MaxRules = 1'000'000;

/// Where a policy lies. Source: spec policy, section 1.
struct PolicyPaths {
    /// The first wins where several have a file of the same name.
    std::vector<std::string> directories{"/run/qubes/policy.d", "/etc/qubes/policy.d"};
    /// Files of the older format, read where `!compat-4.0` stands.
    std::string oldDirectory = "/etc/qubes-rpc/policy";
};

/// Why there is no policy. Source of the difference: spec policy, section 8.
struct LoadError {
    enum class Kind : std::uint8_t {
        Syntax, ///< what a file says; the text begins with FILE:LINE:
        Files,  ///< which files there are
    };

    Kind kind = Kind::Files;
    std::string text;
};

struct LoadedPolicy {
    Rules rules;
    std::vector<std::string> warnings; ///< for a log, a line each
};

/// Reads a whole policy: everything, or nothing.
[[nodiscard]] std::expected<LoadedPolicy, LoadError> loadPolicy(FileSource &source, const PolicyPaths &paths);

/// Whether a directory's file of this name is read: it ends in `.policy` and begins with no dot.
[[nodiscard]] bool isPolicyFileName(std::string_view name) noexcept;

/// Whether it may be called so: a policy with another name in it is refused as a whole. Source: spec policy, 1.1.
[[nodiscard]] bool isAcceptableFileName(std::string_view name) noexcept;

} // namespace Bulkhead::Policy
