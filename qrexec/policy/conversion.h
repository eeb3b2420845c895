// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/loader.h"

#include <expected>
#include <string>
#include <string_view>
#include <vector>

/// Rules of files of the older format as rules of the current one. Pure; who does it looks whether all calls are still
/// decided alike. Source: spec qrexec, section 24.
namespace Bulkhead::Policy
{

/// What one of the policy's own files gets.
struct ConvertedFile {
    std::string name;         ///< without its suffix
    std::vector<Rule> rules;  ///< in order
    bool replacesAll = false; ///< they are all that the file holds then; otherwise they come before what it holds

    friend bool operator==(const ConvertedFile &, const ConvertedFile &) = default;
};

struct Conversion {
    std::vector<ConvertedFile> files;  ///< by name
    std::vector<std::string> oldFiles; ///< names in the old directory that mean nothing any more
};

/// @param paths  of their directories the last is where files are changed
[[nodiscard]] std::expected<Conversion, LoadError> planConversion(FileSource &source, const PolicyPaths &paths);

/// A file's text after the conversion. One that was converted already stays as it is, so that a conversion that was cut
/// off can be repeated.
[[nodiscard]] std::string textAfter(const ConvertedFile &file, std::string_view before);

} // namespace Bulkhead::Policy
