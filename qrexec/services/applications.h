// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// A variable of the environment; nothing where it is not set.
using Variables = std::function<std::optional<std::string>(const char *name)>;

/// Where desktop files lie, in the order in which they are searched.
/// @source freedesktop.org Base Directory Specification
[[nodiscard]] std::vector<std::string> applicationDirectories(const Variables &variables);

/// The desktop file of an id.
/// @errors BadValue (no id), NotFound
[[nodiscard]] Result<std::string> findDesktopFile(const std::vector<std::string> &directories, std::string_view id);

/// The file that a program's name stands for.
/// @param path  PATH
/// @errors NotFound
[[nodiscard]] Result<std::string> findProgram(const std::string &name, std::string_view path);

} // namespace Bulkhead::Qrexec
