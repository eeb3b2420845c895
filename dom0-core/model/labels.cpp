// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/labels.h"

#include "base/formatted.h"
#include "dom0-core/model/text.h"
#include "vchan-io/wire/calls/qubetexts.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

std::vector<Label> defaultLabels()
{
    return {
        {.index = 1, .name = "red", .color = {0xcc, 0x00, 0x00}},
        {.index = 2, .name = "orange", .color = {0xf5, 0x79, 0x00}},
        {.index = 3, .name = "yellow", .color = {0xed, 0xd4, 0x00}},
        {.index = 4, .name = "green", .color = {0x73, 0xd2, 0x16}},
        {.index = 5, .name = "gray", .color = {0x55, 0x55, 0x55}},
        {.index = 6, .name = "blue", .color = {0x34, 0x65, 0xa4}},
        {.index = 7, .name = "purple", .color = {0x75, 0x50, 0x7b}},
        {.index = 8, .name = "black", .color = {0x00, 0x00, 0x00}},
    };
}

void LabelTable::add(Label label)
{
    m_labels.insert_or_assign(label.index, std::move(label));
}

void LabelTable::remove(std::uint32_t index)
{
    m_labels.erase(index);
}

const Label *LabelTable::find(std::string_view name) const
{
    const auto place = std::ranges::find_if(m_labels, [name](const auto &entry) {
        return entry.second.name == name;
    });
    return place == m_labels.end() ? nullptr : &place->second;
}

const Label *LabelTable::findNameOrIndex(std::string_view text) const
{
    if (const Label *label = find(text)) {
        return label;
    }
    const auto index = parseNumber(text);
    if (!index || *index > MaxLabelIndex) {
        return nullptr;
    }
    const auto place = m_labels.find(static_cast<std::uint32_t>(*index));
    return place == m_labels.end() ? nullptr : &place->second;
}

std::uint32_t LabelTable::nextIndex() const
{
    const std::uint32_t highest = m_labels.empty() ? 0 : m_labels.rbegin()->first;
    return std::max(highest, LastDefaultLabel) + 1;
}

bool isLabelName(std::string_view name)
{
    return QubeTexts::isLabelName(name);
}

Checked<Label> newLabel(const LabelTable &labels, std::string_view name, std::string_view colorText)
{
    auto words = QubeTexts::parseNewLabel(name, colorText);
    if (!words) {
        return refuse(RefusalKind::Protocol, words.error().text());
    }
    if (labels.find(name) != nullptr) {
        return refuse(RefusalKind::BadValue, formatted("There is a label {} already. Choose another name.", name));
    }
    if (labels.nextIndex() > MaxLabelIndex) {
        return refuse(RefusalKind::BadValue, "There is no free label number left. Remove a label first.");
    }
    return Label{.index = labels.nextIndex(), .name = std::move(words->name), .color = words->color};
}

} // namespace Bulkhead
