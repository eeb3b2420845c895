// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string_view>
#include <vector>

/// The text level of policy files: what is a line, what separates fields. Source: spec policy, 1.2.
namespace Bulkhead::Policy
{

/// Whether this is UTF-8 as Unicode defines it: no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool isUtf8(std::string_view text);

/// The lines of a text, without their ends: LF, CRLF or CR. The last line may lack one.
[[nodiscard]] std::vector<std::string_view> splitLines(std::string_view text);

/// The fields of a line of valid UTF-8: separated by white space in Unicode's sense, never empty.
[[nodiscard]] std::vector<std::string_view> splitFields(std::string_view line);

} // namespace Bulkhead::Policy
