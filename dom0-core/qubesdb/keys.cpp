// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/keys.h"

#include "base/formatted.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

void addSingleSteps(std::vector<Step> &steps, const Keys::Singles &shown, const Keys::Singles &wanted)
{
    for (const auto &[key, single] : shown) {
        if (!wanted.contains(key) && single.whenGone == WhenGone::Remove) {
            steps.emplace_back(Remove{key.path()});
        }
    }
    for (const auto &[key, single] : wanted) {
        const auto before = shown.find(key);
        if (before == shown.end() || before->second.value != single.value) {
            steps.emplace_back(Write{.key = key, .value = single.value});
        }
    }
}

Remove wholeOf(const Key &trigger)
{
    // A key is shorter than the longest path by what its leaves need, so there is room for a slash.
    return Remove{Path::parse(trigger.text() + '/').value()};
}

void addGroup(std::vector<Step> &steps, const Key &trigger, const Keys::Group &group)
{
    steps.emplace_back(wholeOf(trigger));
    for (const auto &[leaf, value] : group) {
        steps.emplace_back(Write{.key = Key::parse(formatted("{}/{}", trigger.text(), leaf)).value(), .value = value});
    }
    steps.emplace_back(Write{.key = trigger, .value = {}});
}

void addGroupSteps(std::vector<Step> &steps, const Keys::Groups &shown, const Keys::Groups &wanted)
{
    for (const auto &[trigger, group] : shown) {
        if (!wanted.contains(trigger)) {
            steps.emplace_back(wholeOf(trigger));
            steps.emplace_back(Remove{trigger.path()});
        }
    }
    for (const auto &[trigger, group] : wanted) {
        const auto before = shown.find(trigger);
        if (before == shown.end() || before->second != group) {
            addGroup(steps, trigger, group);
        }
    }
}

/// Whether `other` is in the chain that `next` leads along from `start`.
template<typename Next> bool isAlong(const Model &model, const Qube &start, const Qube &other, Next next)
{
    const Qube *current = next(model, start);
    for (std::size_t step = 0; current != nullptr && step <= MaxNetworkDepth; ++step) {
        if (current->id == other.id) {
            return true;
        }
        current = next(model, *current);
    }
    return false;
}

} // namespace

void Keys::set(std::string_view path, std::string_view value, WhenGone whenGone)
{
    auto key = Key::parse(path);
    auto checked = Value::parse(value);
    if (!key || !checked) {
        m_leftOut.emplace_back(path);
        return;
    }
    m_singles.insert_or_assign(*std::move(key), Single{.value = *std::move(checked), .whenGone = whenGone});
}

void Keys::setGroup(std::string_view trigger, const TextMap &leaves)
{
    auto key = Key::parse(trigger);
    bool isGood = key.has_value() && Path::parse(std::string(trigger) + '/').has_value();
    Group group;
    for (const auto &[leaf, value] : leaves) {
        auto checked = Value::parse(value);
        isGood = isGood && checked && Key::parse(formatted("{}/{}", trigger, leaf));
        if (isGood) {
            group.emplace(leaf, *std::move(checked));
        }
    }
    if (!isGood) {
        m_leftOut.emplace_back(trigger);
        return;
    }
    m_groups.insert_or_assign(*std::move(key), std::move(group));
}

const std::string *Keys::find(std::string_view path) const
{
    const auto key = Key::parse(path);
    const auto place = key ? m_singles.find(*key) : m_singles.end();
    return place == m_singles.end() ? nullptr : &place->second.value.text();
}

bool Keys::sharesAny(const Keys &other) const
{
    const auto isOurs = [](const auto &ours) {
        return [&ours](const auto &entry) {
            return ours.contains(entry.first);
        };
    };
    return std::ranges::any_of(other.m_singles, isOurs(m_singles))
        || std::ranges::any_of(other.m_groups, isOurs(m_groups));
}

void Keys::forgetGroup(std::string_view trigger)
{
    if (const auto key = Key::parse(trigger)) {
        m_groups.erase(*key);
    }
}

std::vector<Step> changesBetween(const Keys &shown, const Keys &wanted)
{
    std::vector<Step> steps;
    addSingleSteps(steps, shown.singles(), wanted.singles());
    addGroupSteps(steps, shown.groups(), wanted.groups());
    return steps;
}

Keys keysOf(const std::vector<KeyProvider> &providers, const Model &model, const Qube &qube)
{
    Keys keys;
    for (const KeyProvider &provider : providers) {
        provider(model, qube, keys);
    }
    return keys;
}

std::vector<KeyProvider> standardProviders()
{
    return {addIdentityKeys, addServiceKeys, addDisplayKeys, addClientNetworkKeys, addProviderNetworkKeys};
}

std::vector<ClientKeyProvider> standardClientProviders()
{
    return {addMappedAddressKeys, addFirewallKeys};
}

bool dependsOn(const Model &model, const Qube &qube, const Qube &subject)
{
    if (qube.id == subject.id || subject.id == Dom0Qid) { // dom0's features are everybody's
        return true;
    }
    for (const std::string_view property : {"guivm", "audiovm"}) {
        const Qube *const referred = referredQube(model, qube, property);
        if (referred != nullptr && referred->id == subject.id) {
            return true;
        }
    }
    const Qube *const provider = netvmOf(model, qube);
    const bool isTold = provider != nullptr && isAlong(model, *provider, subject, templateOf); // of its gateway
    return isTold || isAlong(model, qube, subject, templateOf) || isAlong(model, qube, subject, netvmOf);
}

} // namespace Bulkhead::QubesDb
