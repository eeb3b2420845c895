// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/keyvalues.h"
#include "dom0-core/cli/propertytext.h"
#include "dom0-core/cli/qubes.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// What a list of qubes can say of one.
struct QubeFacts {
    QubeLine line;
    std::vector<Property> properties;         ///< if a column or a filter needs them
    std::map<std::string, KeyValues> volumes; ///< by name, if a column needs them
};

/// The names of the columns that are no plain properties, and of the sets of columns.
[[nodiscard]] std::vector<std::string> columnNames();
[[nodiscard]] std::vector<std::string> formatNames();

/// The columns of a set, by commas; nothing for an unknown one.
[[nodiscard]] std::optional<std::string> columnsOfFormat(std::string_view format);

/// "name  what it is", a line each.
[[nodiscard]] std::vector<std::string> columnHelp();
[[nodiscard]] std::vector<std::string> formatHelp();

/// What has to be asked for before a column can be shown.
[[nodiscard]] bool needsProperties(std::string_view column);
[[nodiscard]] bool needsVolumes(std::string_view column);

/// Whether any of these qubes can have the column.
[[nodiscard]] bool isColumn(std::string_view column, const std::vector<QubeFacts> &qubes);

/// A column's value: as text, empty for none; and with its type.
[[nodiscard]] std::string cellOf(const QubeFacts &qube, std::string_view column);
[[nodiscard]] Json jsonOf(const QubeFacts &qube, std::string_view column);

} // namespace Bulkhead::Cli
