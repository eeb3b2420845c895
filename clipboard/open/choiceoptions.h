// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/open/openchoices.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace Bulkhead::FileCopy
{

/// What bulkhead-open is to do.
struct ChoiceOptions {
    enum class Deed : std::uint8_t {
        Open,   ///< `what`, where `target` or the remembered choice says
        List,   ///< the remembered choices
        Choose, ///< remember `target` for the type `what`
        Forget, ///< the choice for the type `what`
        Help,
    };

    Deed deed = Deed::Open;
    std::string what; ///< a file's path or an address; of Choose and Forget a type
    std::optional<std::string> target;
    OpenMode mode = OpenMode::Edit;
    bool remembers = false; ///< with a target: from now on for everything of that type
};

/// @param arguments  argv. An address `file://…` becomes the path that it stands for
/// @errors BadValue, in words for the person
[[nodiscard]] Result<ChoiceOptions> parseChoiceOptions(std::span<char *const> arguments);

[[nodiscard]] const char *choiceUsage();

} // namespace Bulkhead::FileCopy
