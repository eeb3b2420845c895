// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/properties.h"

#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/propertychecks.h"
#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>
#include <unordered_map>
#include <unordered_set>

namespace Bulkhead
{

namespace
{

constexpr std::size_t ClassCount = std::to_underlying(QubeClass::TemplateVM) + std::size_t{1};

constexpr ClassSet bitOf(QubeClass klass)
{
    return static_cast<ClassSet>(1U << std::to_underlying(klass));
}

/// Properties that refer to other objects are loaded after all objects are there. @source spec qube-model, 4.4
int stageOf(const PropertyRule &rule)
{
    const bool isLate = rule.type == PropertyType::Reference || rule.name == "bootmode" || rule.name == "kernelopts"
        || rule.name == "appvm_default_bootmode";
    return isLate ? 4 : 2;
}

/// What stands in the qube itself and not among its properties.
std::optional<std::string> identityOf(const Qube &qube, std::string_view name)
{
    if (name == "name") {
        return qube.name.text();
    }
    if (name == "qid") {
        return std::to_string(qube.id.value());
    }
    if (name == "uuid") {
        return qube.uuid.text();
    }
    return std::nullopt;
}

/// The table of a class by name. Defaults are functions of other properties, so one listing looks up many thousands.
using RuleIndex = std::unordered_map<std::string_view, const PropertyRule *>;

const RuleIndex &indexOf(QubeClass klass)
{
    static const auto indexes = [] {
        std::array<RuleIndex, ClassCount> made;
        for (std::size_t number = 0; number < made.size(); ++number) {
            for (const PropertyRule &rule : qubePropertyTable()) {
                if ((rule.classes & bitOf(static_cast<QubeClass>(number))) != 0) {
                    made.at(number).emplace(rule.name, &rule);
                }
            }
        }
        return made;
    }();
    return indexes.at(std::to_underlying(klass));
}

std::unordered_set<std::string_view> referenceNames()
{
    std::unordered_set<std::string_view> names;
    const auto collect = [&names](const auto &table) {
        for (const auto &rule : table) {
            if (rule.type == PropertyType::Reference) {
                names.insert(rule.name);
            }
        }
    };
    collect(qubePropertyTable());
    collect(globalPropertyTable());
    return names;
}

} // namespace

const PropertyRule *findProperty(QubeClass klass, std::string_view name)
{
    const RuleIndex &index = indexOf(klass);
    const auto place = index.find(name);
    return place == index.end() ? nullptr : place->second;
}

const GlobalRule *findGlobal(std::string_view name)
{
    const auto table = globalPropertyTable();
    const auto place = std::ranges::find(table, name, &GlobalRule::name);
    return place == table.end() ? nullptr : &*place;
}

bool isStored(const PropertyRule &rule)
{
    const bool isIdentity = rule.name == "name" || rule.name == "qid" || rule.name == "uuid";
    return rule.setting != Setting::Computed && !isIdentity;
}

bool isReference(std::string_view name)
{
    static const auto names = referenceNames();
    return names.contains(name);
}

std::vector<const PropertyRule *> propertiesOf(QubeClass klass)
{
    std::vector<const PropertyRule *> rules;
    for (const PropertyRule &rule : qubePropertyTable()) {
        if ((rule.classes & bitOf(klass)) != 0) {
            rules.push_back(&rule);
        }
    }
    std::ranges::sort(rules, {}, [](const PropertyRule *rule) {
        return std::pair(stageOf(*rule), rule->name);
    });
    return rules;
}

std::vector<const GlobalRule *> globalProperties()
{
    std::vector<const GlobalRule *> rules;
    for (const GlobalRule &rule : globalPropertyTable()) {
        rules.push_back(&rule);
    }
    std::ranges::sort(rules, {}, &GlobalRule::name);
    return rules;
}

std::optional<std::string> defaultOf(const Model &model, const Qube &qube, const PropertyRule &rule)
{
    if (rule.beforeTemplate != nullptr) {
        if (auto value = rule.beforeTemplate(model, qube)) {
            return value;
        }
    }
    if (rule.followsTemplate) {
        if (const Qube *const base = templateOf(model, qube)) {
            return readProperty(model, *base, rule).text;
        }
    }
    return rule.byDefault == nullptr ? std::nullopt : rule.byDefault(model, qube);
}

PropertyReading readProperty(const Model &model, const Qube &qube, const PropertyRule &rule)
{
    if (auto identity = identityOf(qube, rule.name)) {
        return {.isDefault = qube.klass == QubeClass::AdminVM, .text = std::move(identity)};
    }
    if (const auto place = qube.properties.find(rule.name); place != qube.properties.end()) {
        return {.isDefault = false, .text = place->second};
    }
    return {.isDefault = true, .text = defaultOf(model, qube, rule)};
}

PropertyReading readGlobal(const Model &model, const GlobalRule &rule)
{
    if (const auto place = model.globals().find(rule.name); place != model.globals().end()) {
        return {.isDefault = false, .text = place->second};
    }
    return {.isDefault = true, .text = rule.byDefault == nullptr ? std::nullopt : rule.byDefault(model)};
}

std::string readText(const Model &model, const Qube &qube, std::string_view name)
{
    const PropertyRule *const rule = findProperty(qube.klass, name);
    return rule == nullptr ? std::string() : readProperty(model, qube, *rule).text.value_or(std::string());
}

bool readBoolean(const Model &model, const Qube &qube, std::string_view name)
{
    return readText(model, qube, name) == "True";
}

std::int64_t readInteger(const Model &model, const Qube &qube, std::string_view name)
{
    return parseInteger(readText(model, qube, name)).value_or(0);
}

const Qube *referredQube(const Model &model, const Qube &qube, std::string_view name)
{
    const std::string referred = readText(model, qube, name);
    return referred.empty() ? nullptr : model.find(referred);
}

std::string readGlobalText(const Model &model, std::string_view name)
{
    const GlobalRule *const rule = findGlobal(name);
    return rule == nullptr ? std::string() : readGlobal(model, *rule).text.value_or(std::string());
}

const Qube *templateOf(const Model &model, const Qube &qube)
{
    // Read directly: the defaults of other properties come through here, and this one never has a default.
    const auto place = qube.properties.find(std::string_view("template"));
    return place == qube.properties.end() ? nullptr : model.find(place->second);
}

Checked<std::string> checkValue(const Model &model, const Qube &qube, const PropertyRule &rule, std::string_view text)
{
    BH_TRY(std::string value, spelledAs(model, rule.type, rule.name, text));
    switch (rule.setting) {
    case Setting::Computed:
        return refuse(RefusalKind::BadPropertyValue,
                      formatted("The property {} is computed and cannot be set.", rule.name));
    case Setting::WriteOnce:
        return refuse(RefusalKind::General,
                      formatted("The property {} has its value from the creation of the qube on.", rule.name));
    case Setting::Ordinary:
        break;
    }
    if (rule.check == nullptr) {
        return value;
    }
    return rule.check(model, qube, std::move(value));
}

Checked<std::string> checkGlobalValue(const Model &model, const GlobalRule &rule, std::string_view text)
{
    BH_TRY(std::string value, spelledAs(model, rule.type, rule.name, text));
    if (rule.check == nullptr) {
        return value;
    }
    return rule.check(model, std::move(value));
}

Checked<void> checkReset(const Model &model, const Qube &qube, const PropertyRule &rule)
{
    if (rule.setting == Setting::WriteOnce) {
        return refuse(RefusalKind::General,
                      formatted("The property {} has its value from the creation of the qube on.", rule.name));
    }
    if (rule.name == "template") {
        return refuse(RefusalKind::BadValue,
                      formatted("A qube cannot be without a template. Set one by name, for example {}.",
                                readGlobalText(model, "default_template")));
    }
    if (rule.name == "label") {
        return refuse(RefusalKind::BadValue, "A qube cannot be without a label. Set one by name, for example red.");
    }
    if (rule.setting == Setting::Computed || !qube.properties.contains(rule.name) || rule.check == nullptr) {
        return {};
    }
    // A default is held to the same rules as a value that somebody sets: a loop is a loop.
    const auto value = defaultOf(model, qube, rule);
    if (rule.name == "netvm") {
        const Qube *const provider = value ? model.find(*value) : nullptr;
        return checkReplug(model,
                           {.client = qube.id,
                            .provider = provider == nullptr ? std::nullopt : std::optional(provider->id),
                            .toDefault = true});
    }
    if (value && (rule.name == "provides_network" || rule.name == "template_for_dispvms")) {
        BH_CHECK(rule.check(model, qube, *value));
    }
    return {};
}

Checked<void> checkGlobalReset(const Model &model, const GlobalRule &rule)
{
    const auto value = rule.byDefault == nullptr ? std::nullopt : rule.byDefault(model);
    if (rule.name == "default_netvm") {
        BH_CHECK(checkReplug(model, {}));
    } else if (rule.check != nullptr && value && !value->empty()) {
        BH_CHECK(rule.check(model, *value));
    }
    return {};
}

std::string_view wireNameOf(PropertyType type)
{
    switch (type) {
    case PropertyType::Text:
        return "str";
    case PropertyType::Integer:
        return "int";
    case PropertyType::Boolean:
        return "bool";
    case PropertyType::Reference:
        return "vm";
    case PropertyType::Label:
        return "label";
    }
    std::unreachable();
}

} // namespace Bulkhead
