// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/label.h"
#include "dom0-core/model/refusal.h"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

struct Label {
    std::uint32_t index = 0; ///< MinLabelIndex … MaxLabelIndex
    std::string name;
    LabelColor color;
};

/// The labels that every store has and none can lose, 1 to 8.
/// @source spec qube-model, 3
[[nodiscard]] std::vector<Label> defaultLabels();
inline constexpr std::uint32_t LastDefaultLabel = 8;

/// All labels, by index. Pure: adding and removing are checked by the functions below first.
class LabelTable
{
public:
    void add(Label label);
    void remove(std::uint32_t index);

    [[nodiscard]] const std::map<std::uint32_t, Label> &byIndex() const noexcept
    {
        return m_labels;
    }

    /// @return nothing if there is no label of that name; borrowed until the table changes
    [[nodiscard]] const Label *find(std::string_view name) const;
    /// As find(), and a decimal index is understood, too.
    [[nodiscard]] const Label *findNameOrIndex(std::string_view text) const;
    /// The index that the next label gets: one past the highest, from 9 on.
    [[nodiscard]] std::uint32_t nextIndex() const;

private:
    std::map<std::uint32_t, Label> m_labels;
};

/// Whether `name` may be looked up as a label: [A-Za-z0-9._-], 1 to 32 characters.
[[nodiscard]] bool isLabelName(std::string_view name);

/// The label that admin.label.Create would add.
/// @param colorText  as it came, white space around it is ignored
/// @errors Protocol (name, colour), BadValue (name used, no index left)
[[nodiscard]] Checked<Label> newLabel(const LabelTable &labels, std::string_view name, std::string_view colorText);

} // namespace Bulkhead
