// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Who may give a property its value.
enum class Setting : std::uint8_t {
    Ordinary,
    WriteOnce, ///< has its value from the qube's creation on
    Computed,  ///< always computed, never stored
};

/// The classes that have a property, as a set of bits `1 << QubeClass`.
using ClassSet = std::uint8_t;

/// One line of the table of properties: all that tells one property from another.
/// @source spec qube-model, 5
struct PropertyRule {
    using Default = std::optional<std::string> (*)(const Model &, const Qube &);
    using Check = Checked<std::string> (*)(const Model &, const Qube &, std::string value);

    std::string_view name;
    PropertyType type = PropertyType::Text;
    ClassSet classes = 0;
    Setting setting = Setting::Ordinary;
    bool followsTemplate = false;     ///< the default is the template's value, where there is a template
    Default beforeTemplate = nullptr; ///< what it returns, if anything, is the default even where there is a template
    Default byDefault = nullptr;      ///< null: there is no default
    Check check = nullptr;            ///< gets the value in its type's spelling; null: every such value is good
    std::string_view help;
};

/// As PropertyRule, for the system's own properties.
/// @source spec qube-model, 5.6
struct GlobalRule {
    using Default = std::optional<std::string> (*)(const Model &);
    using Check = Checked<std::string> (*)(const Model &, std::string value);

    std::string_view name;
    PropertyType type = PropertyType::Text;
    Default byDefault = nullptr;
    Check check = nullptr;
    std::string_view help;
};

/// A property as it reads now.
struct PropertyReading {
    bool isDefault = true;
    std::optional<std::string> text; ///< nothing: unset and without default
};

/// The tables, unsorted.
[[nodiscard]] std::span<const PropertyRule> qubePropertyTable();
[[nodiscard]] std::span<const GlobalRule> globalPropertyTable();

/// Null if qubes of that class have no such property.
[[nodiscard]] const PropertyRule *findProperty(QubeClass klass, std::string_view name);
[[nodiscard]] const GlobalRule *findGlobal(std::string_view name);

/// Whether a value of the property is kept with a qube: not one that is computed, nor what stands in the qube itself.
[[nodiscard]] bool isStored(const PropertyRule &rule);

/// Whether a property of that name, global or of any class of qubes, names a qube.
[[nodiscard]] bool isReference(std::string_view name);

/// In the order in which the API lists them: by load stage, then by name.
[[nodiscard]] std::vector<const PropertyRule *> propertiesOf(QubeClass klass);
[[nodiscard]] std::vector<const GlobalRule *> globalProperties();

[[nodiscard]] PropertyReading readProperty(const Model &model, const Qube &qube, const PropertyRule &rule);
[[nodiscard]] PropertyReading readGlobal(const Model &model, const GlobalRule &rule);
/// What the property would be if it were not set.
[[nodiscard]] std::optional<std::string> defaultOf(const Model &model, const Qube &qube, const PropertyRule &rule);

/// Shorthands; a qube without the property, or with it unset, reads as empty, false or 0.
[[nodiscard]] std::string readText(const Model &model, const Qube &qube, std::string_view name);
[[nodiscard]] bool readBoolean(const Model &model, const Qube &qube, std::string_view name);
[[nodiscard]] std::int64_t readInteger(const Model &model, const Qube &qube, std::string_view name);
[[nodiscard]] const Qube *referredQube(const Model &model, const Qube &qube, std::string_view name);
[[nodiscard]] std::string readGlobalText(const Model &model, std::string_view name);
[[nodiscard]] const Qube *templateOf(const Model &model, const Qube &qube);

/// The canonical value to store, if `text` may be set now. Changes nothing.
/// @param text  as it came from a client
/// @errors BadValue (spelling), BadPropertyValue, LabelNotFound, NotHalted, …
/// @source spec admin-api, 5 and 8.3
[[nodiscard]] Checked<std::string>
checkValue(const Model &model, const Qube &qube, const PropertyRule &rule, std::string_view text);
[[nodiscard]] Checked<std::string> checkGlobalValue(const Model &model, const GlobalRule &rule, std::string_view text);
/// Whether the property may go back to its default now.
[[nodiscard]] Checked<void> checkReset(const Model &model, const Qube &qube, const PropertyRule &rule);
[[nodiscard]] Checked<void> checkGlobalReset(const Model &model, const GlobalRule &rule);

/// `str`, `int`, `bool`, `vm` or `label`.
[[nodiscard]] std::string_view wireNameOf(PropertyType type);

} // namespace Bulkhead
