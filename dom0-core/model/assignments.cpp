// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/assignments.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead
{

namespace
{

template<typename Value, std::size_t Count>
std::optional<Value> valueNamed(const std::array<Value, Count> &values, std::string_view name)
{
    const auto *const place = std::ranges::find_if(values, [name](Value value) {
        return nameOf(value) == name;
    });
    return place == values.end() ? std::nullopt : std::optional(*place);
}

} // namespace

std::string_view nameOf(DeviceClass klass)
{
    switch (klass) {
    case DeviceClass::Block:
        return "block";
    case DeviceClass::Pci:
        return "pci";
    }
    std::unreachable();
}

std::optional<DeviceClass> deviceClassFromName(std::string_view name)
{
    return valueNamed(std::array{DeviceClass::Block, DeviceClass::Pci}, name);
}

std::string_view nameOf(AssignmentMode mode)
{
    switch (mode) {
    case AssignmentMode::AskToAttach:
        return "ask-to-attach";
    case AssignmentMode::AutoAttach:
        return "auto-attach";
    case AssignmentMode::Required:
        return "required";
    }
    std::unreachable();
}

std::optional<AssignmentMode> assignmentModeFromName(std::string_view name)
{
    return valueNamed(std::array{AssignmentMode::AskToAttach, AssignmentMode::AutoAttach, AssignmentMode::Required},
                      name);
}

} // namespace Bulkhead
