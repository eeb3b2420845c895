// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/filecopy/openrequest.h"

#include <span>
#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// Where the policy says so: in the qube that it names, or that the person chooses when it asks.
inline constexpr std::string_view DefaultTarget = "@default";
/// In a new disposable.
inline constexpr std::string_view DisposableTarget = "@dispvm";

/// What is to be opened, and where.
struct OpenOptions {
    std::string target; ///< a qube's name, DefaultTarget or DisposableTarget
    std::string what;   ///< a file, or an address with a scheme
    OpenMode mode = OpenMode::Edit;
    bool isHelp = false;
    bool isByChoice = false; ///< what is remembered or the policy's default names the target, not who asks now

    [[nodiscard]] bool isDisposable() const
    {
        return target.starts_with(DisposableTarget);
    }
};

/// @param arguments  argv; called as qvm-open-in-dvm there is no qube among them
/// @errors BadValue, in words for the person
[[nodiscard]] Result<OpenOptions> parseOpenOptions(std::span<char *const> arguments);

[[nodiscard]] const char *openUsage();

/// Whether a text looks like an address: `scheme://…`.
[[nodiscard]] bool looksLikeAddress(std::string_view text);

} // namespace Bulkhead::FileCopy
