// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/filecopy/openrequest.h"

#include <span>
#include <string>

namespace Bulkhead::FileCopy
{

/// What is to be opened, and where.
struct OpenOptions {
    std::string target; ///< `@dispvm` for a new disposable
    std::string what;   ///< a file, or an address with a scheme
    OpenMode mode = OpenMode::Edit;
    bool isHelp = false;

    [[nodiscard]] bool isDisposable() const
    {
        return target.starts_with("@dispvm");
    }
};

/// @param arguments  argv; called as qvm-open-in-dvm there is no qube among them
/// @errors BadValue, in words for the person
[[nodiscard]] Result<OpenOptions> parseOpenOptions(std::span<char *const> arguments);

[[nodiscard]] const char *openUsage();

/// Whether a text looks like an address: `scheme://…`.
[[nodiscard]] bool looksLikeAddress(std::string_view text);

} // namespace Bulkhead::FileCopy
