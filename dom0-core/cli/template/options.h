// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "dom0-core/cli/template/addtemplate.h"
#include "dom0-core/cli/template/buildtemplate.h"

#include <filesystem>
#include <span>
#include <variant>

namespace Bulkhead::Cli
{

struct RemoveOrder {
    QubeName name;
    bool isSure = false; ///< --yes: nobody is asked
};

struct ListOrder {
};

struct HelpOrder {
};

/// What a person wants of bulkhead-template.
struct TemplateOptions {
    std::variant<NewTemplate, BuildOrder, RemoveOrder, ListOrder, HelpOrder> order = HelpOrder{};
    std::filesystem::path run = "/run";
};

/// @param arguments  argv, the program's name first
/// @errors BadValue, in words
[[nodiscard]] Result<TemplateOptions> parseTemplateOptions(std::span<char *const> arguments);

[[nodiscard]] const char *templateUsage();

} // namespace Bulkhead::Cli
