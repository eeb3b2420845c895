// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/qubefeatures.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/hiddenaddress.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "vchan-io/wire/calls/qubetexts.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

/// Longest names of switches that end up as keys in a guest. @source spec qube-model, 6.1 and 6.3
constexpr std::size_t MaxServiceName = 48;
constexpr std::size_t MaxVmConfigName = 52;
constexpr std::size_t MaxPersistName = 54;
constexpr std::string_view VmConfig = "vm-config.";
constexpr std::string_view CustomPersist = "custom-persist.";

/// Written by the core only.
constexpr std::array CoreOnly{std::string_view("preload-dispvm"),
                              std::string_view("preload-dispvm-completed"),
                              std::string_view("preload-dispvm-in-progress"),
                              std::string_view("deferred-netvm-original")};

const std::string *ownFeature(const Qube &qube, std::string_view name)
{
    const auto place = qube.features.find(name);
    return place == qube.features.end() ? nullptr : &place->second;
}

/// Follows `next` from the qube on until one has the feature. No chain in a model is a loop, but a bound costs nothing.
template<typename Next>
const std::string *alongChain(const Model &model, const Qube &qube, std::string_view name, Next next)
{
    const Qube *current = &qube;
    for (std::size_t steps = model.qubes().size(); current != nullptr && steps > 0; --steps) {
        if (const std::string *value = ownFeature(*current, name)) {
            return value;
        }
        current = next(model, *current);
    }
    return nullptr;
}

const std::string *ofAdminVM(const Model &model, std::string_view name)
{
    const Qube *const dom0 = model.find(Dom0Qid);
    return dom0 == nullptr ? nullptr : ownFeature(*dom0, name);
}

const std::string *lookUp(const Model &model, const Qube &qube, std::string_view name, FeatureLookup lookup)
{
    const std::string *value = nullptr;
    switch (lookup) {
    case FeatureLookup::Own:
        return ownFeature(qube, name);
    case FeatureLookup::Template:
        return alongChain(model, qube, name, templateOf);
    case FeatureLookup::Netvm:
        return alongChain(model, qube, name, netvmOf);
    case FeatureLookup::AdminVM:
        value = ownFeature(qube, name);
        return value != nullptr ? value : ofAdminVM(model, name);
    case FeatureLookup::TemplateAndAdminVM:
        value = alongChain(model, qube, name, templateOf);
        return value != nullptr ? value : ofAdminVM(model, name);
    }
    std::unreachable();
}

Checked<void> checkKey(std::string_view name, std::string_view prefix, std::size_t limit)
{
    if (!name.starts_with(prefix)) {
        return {};
    }
    name.remove_prefix(prefix.size());
    if (name.empty() || name.size() > limit || name == "." || name == "..") {
        return refuse(RefusalKind::BadValue,
                      formatted("The name after {} has 1 to {} characters and is not . or ..", prefix, limit));
    }
    return {};
}

/// What a qube is to keep: a path, or what to make there: `file:user:group:0644:/path`.
Checked<void> checkPersistValue(std::string_view value)
{
    static constexpr auto refused = [] {
        return refuse(RefusalKind::BadValue,
                      "What is to be kept is a full path, or file or dir, owner, group, mode in octal digits and a "
                      "full path with colons between them.");
    };
    if (value.starts_with('/')) {
        return {};
    }
    std::array<std::string_view, 4> parts; // all but the path, which may have colons itself
    for (std::string_view &part : parts) {
        const auto colon = value.find(':');
        if (colon == std::string_view::npos || colon == 0) {
            return refused();
        }
        part = value.substr(0, colon);
        value.remove_prefix(colon + 1);
    }
    constexpr std::size_t MaxModeDigits = 4;
    const bool isMode = parts[3].size() <= MaxModeDigits && std::ranges::all_of(parts[3], [](char c) {
                            return c >= '0' && c <= '7';
                        });
    const bool isKind = parts[0] == "file" || parts[0] == "dir";
    return isKind && isMode && value.starts_with('/') ? Checked<void>() : refused();
}

} // namespace

std::optional<std::string>
findFeature(const Model &model, const Qube &qube, std::string_view name, FeatureLookup lookup)
{
    const std::string *const value = lookUp(model, qube, name, lookup);
    return value == nullptr ? std::nullopt : std::optional(*value);
}

bool isFeatureOn(const Model &model, const Qube &qube, std::string_view name, FeatureLookup lookup)
{
    const std::string *const value = lookUp(model, qube, name, lookup);
    return value != nullptr && !value->empty();
}

Checked<void> checkFeature(std::string_view name, std::string_view value)
{
    BH_CHECK(checkFeatureRemoval(name));
    if (!QubeTexts::isFeatureName(name)) {
        return refuse(RefusalKind::BadValue, "A feature's name has letters, digits, dot, - and _ only.");
    }
    if (!QubeTexts::isFeatureValue(value)) {
        return refuse(RefusalKind::BadValue, "A feature's value has printable ASCII characters only.");
    }
    if (!name.starts_with("service.app-dispvm.")) {
        BH_CHECK(checkKey(name, "service.", MaxServiceName));
    }
    BH_CHECK(checkKey(name, VmConfig, MaxVmConfigName));
    if (name.starts_with(VmConfig) && !Ascii::isLetter(name.at(VmConfig.size()))) {
        return refuse(RefusalKind::BadValue, "The name after vm-config. begins with a letter.");
    }
    BH_CHECK(checkKey(name, CustomPersist, MaxPersistName));
    BH_CHECK(HiddenAddress::check(name, value));
    return name.starts_with(CustomPersist) ? checkPersistValue(value) : Checked<void>();
}

Checked<void> checkFeatureRemoval(std::string_view name)
{
    if (std::ranges::contains(CoreOnly, name)) {
        return refuse(RefusalKind::Permission, "only the core writes this feature");
    }
    return {};
}

bool isTag(std::string_view text)
{
    return QubeTexts::isTag(text);
}

} // namespace Bulkhead
