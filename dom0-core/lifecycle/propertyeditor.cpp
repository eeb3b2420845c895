// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/propertyeditor.h"

#include "base/formatted.h"
#include "dom0-core/lifecycle/deferrednetvm.h"
#include "dom0-core/model/network.h"

#include <algorithm>
#include <iterator>

namespace Bulkhead
{

namespace
{

constexpr std::string_view ClockFeature = "service.clocksync";

Change::Any changeOf(Qid id, const std::string &name, const std::optional<std::string> &value)
{
    if (value) {
        return Change::SetFeature{.id = id, .name = name, .value = *value};
    }
    return Change::RemoveFeature{.id = id, .name = name};
}

Change::Any changeOf(Qid id, const PropertyChange &change)
{
    if (change.newText) {
        return Change::SetProperty{
            .id = id, .name = std::string(change.name), .value = *change.newText, .type = change.type};
    }
    return Change::ResetProperty{.id = id, .name = std::string(change.name)};
}

/// The same of a global property.
Change::Any changeOf(const PropertyChange &change)
{
    if (change.newText) {
        return Change::SetGlobal{.name = std::string(change.name), .value = *change.newText, .type = change.type};
    }
    return Change::ResetGlobal{.name = std::string(change.name)};
}

/// What was set; nothing: the property reads as its default.
std::optional<std::string> explicitValue(const TextMap &values, std::string_view name)
{
    const auto place = values.find(name);
    return place == values.end() ? std::nullopt : std::optional(place->second);
}

} // namespace

PropertyEditor::PropertyEditor(Registry &registry, Runner &runner)
    : m_registry(registry)
    , m_replugging(registry, runner)
{
}

void PropertyEditor::set(Qid id, const PropertyRule &rule, std::string value, Done done)
{
    change(id, rule, std::move(value), std::move(done));
}

void PropertyEditor::reset(Qid id, const PropertyRule &rule, Done done)
{
    change(id, rule, std::nullopt, std::move(done));
}

void PropertyEditor::change(Qid id, const PropertyRule &rule, std::optional<std::string> value, Done done)
{
    const Model &model = m_registry.model();
    const Qube &qube = *model.find(id);
    const bool isDeferred = rule.name == "netvm" && qube.run.power == PowerState::Paused;
    const bool isReplug = rule.name == "netvm" && !qube.isHalted() && !isDeferred;
    const std::string wanted = value ? *value : defaultOf(model, qube, rule).value_or(std::string());
    if (isReplug) {
        if (auto possible = checkLiveReplug(qube, wanted); !possible) {
            done(std::move(possible));
            return;
        }
    }
    const PropertyChange described{.subject = qube.name,
                                   .name = rule.name,
                                   .type = rule.type,
                                   .oldText = readProperty(model, qube, rule).text,
                                   .newText = value};
    if (auto agreed = m_registry.propose(eventsBefore(described)); !agreed) {
        done(std::move(agreed));
        return;
    }
    const auto explicitBefore = explicitValue(qube.properties, rule.name);
    const auto tags = tagsFollowing(qube, rule.name, wanted);
    std::vector<FeatureEdit> features = featuresFollowing(qube, rule, value);
    if (isDeferred) {
        std::ranges::copy(featuresDeferring(qube, described.oldText.value_or(std::string()), wanted),
                          std::back_inserter(features));
    }
    if (auto saved = commit({changeOf(id, described)}, features, tags); !saved) {
        done(std::move(saved));
        return;
    }
    std::vector<Qid> followers;
    if (isReplug && described.oldText != wanted) {
        followers.push_back(id);
    }
    m_replugging.follow(
        std::move(followers),
        [this, id, described, explicitBefore] {
            return takeBack(id, described, explicitBefore);
        },
        [this, id, described, done = std::move(done)](Checked<void> result) mutable {
            if (result) {
                announceAfter(id, described);
            }
            done(std::move(result));
        });
}

Checked<void>
PropertyEditor::takeBack(Qid id, const PropertyChange &change, const std::optional<std::string> &explicitBefore)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr || explicitValue(qube->properties, change.name) != change.newText) {
        return {}; // somebody else has had his say since
    }
    PropertyChange back = change;
    back.oldText = readProperty(m_registry.model(), *qube, *findProperty(qube->klass, change.name)).text;
    back.newText = explicitBefore;
    auto saved = commit({changeOf(id, back)}, {});
    announceAfter(id, saved ? back : change); // what the store says
    return saved;
}

void PropertyEditor::announceAfter(Qid id, const PropertyChange &change)
{
    if (const Qube *const changed = m_registry.model().find(id)) {
        m_registry.announce(derivedEvents(m_registry.model(), *changed, change.name));
    }
    m_registry.announce(eventsAfter(change));
}

void PropertyEditor::setGlobal(const GlobalRule &rule, std::string value, Done done)
{
    changeGlobal(rule, std::move(value), std::move(done));
}

void PropertyEditor::resetGlobal(const GlobalRule &rule, Done done)
{
    changeGlobal(rule, std::nullopt, std::move(done));
}

void PropertyEditor::changeGlobal(const GlobalRule &rule, std::optional<std::string> value, Done done)
{
    const Model &model = m_registry.model();
    std::vector<Qid> followers;
    std::vector<FeatureEdit> deferred;
    if (rule.name == "default_netvm") {
        deferred =
            featuresDeferring(readGlobal(model, rule).text.value_or(std::string()), value.value_or(std::string()));
        followers = followersOfDefaultNetvm(Followers::Others);
        for (const Qid id : followers) {
            if (auto possible = checkLiveReplug(*model.find(id), value.value_or(std::string())); !possible) {
                done(std::move(possible));
                return;
            }
        }
    }
    const PropertyChange described{.subject = std::nullopt,
                                   .name = rule.name,
                                   .type = rule.type,
                                   .oldText = readGlobal(model, rule).text,
                                   .newText = value};
    if (auto agreed = m_registry.propose(eventsBefore(described)); !agreed) {
        done(std::move(agreed));
        return;
    }
    const auto explicitBefore = explicitValue(model.globals(), rule.name);
    const auto features = rule.name == "clockvm" ? featuresFollowingClock(value) : std::move(deferred);
    const std::string wanted =
        value ? *value : (rule.byDefault == nullptr ? std::string() : rule.byDefault(model).value_or(std::string()));
    const auto tags = tagsFollowingGlobal(model, rule.name, wanted);
    if (auto saved = commit({changeOf(described)}, features, tags); !saved) {
        done(std::move(saved));
        return;
    }
    m_replugging.follow(
        std::move(followers),
        [this, described, explicitBefore] {
            return takeBackGlobal(described, explicitBefore);
        },
        [this, described, done = std::move(done)](Checked<void> result) mutable {
            if (result) {
                announceGlobalAfter(described);
            }
            done(std::move(result));
        });
}

/// Only default_netvm can come to this: nothing else of the system makes running qubes follow.
Checked<void> PropertyEditor::takeBackGlobal(const PropertyChange &change,
                                             const std::optional<std::string> &explicitBefore)
{
    if (explicitValue(m_registry.model().globals(), change.name) != change.newText) {
        return {};
    }
    PropertyChange back = change;
    back.oldText = change.newText.value_or(std::string());
    back.newText = explicitBefore;
    const auto features = featuresDeferring(*back.oldText, explicitBefore.value_or(std::string()));
    auto saved = commit({changeOf(back)}, features);
    announceGlobalAfter(saved ? back : change);
    return saved;
}

void PropertyEditor::announceGlobalAfter(const PropertyChange &change)
{
    m_registry.announce(derivedGlobalEvents(m_registry.model(), change));
    m_registry.announce(eventsAfter(change));
}

std::vector<PropertyEditor::FeatureEdit> PropertyEditor::featuresFollowing(
    const Qube &qube, const PropertyRule &rule, const std::optional<std::string> &value) const
{
    if (rule.name != "provides_network") {
        return {};
    }
    if (value == "True") {
        return {{.id = qube.id, .name = "servicevm", .value = "1"}};
    }
    if (qube.features.contains(std::string_view("servicevm"))) {
        return {{.id = qube.id, .name = "servicevm", .value = std::nullopt}};
    }
    return {};
}

/// Nothing can be plugged while the qube is paused: what it is plugged into is noted until it goes on.
std::vector<PropertyEditor::FeatureEdit>
PropertyEditor::featuresDeferring(const Qube &qube, const std::string &before, const std::string &wanted)
{
    const std::string feature(DeferredNetvmFeature);
    const auto noted = qube.features.find(feature);
    if (noted == qube.features.end()) {
        return before == wanted ? std::vector<FeatureEdit>{} : std::vector{FeatureEdit{qube.id, feature, before}};
    }
    // It has come back to where it is plugged already.
    return noted->second == wanted ? std::vector{FeatureEdit{qube.id, feature, std::nullopt}}
                                   : std::vector<FeatureEdit>{};
}

/// The same of all paused qubes that follow the default.
std::vector<PropertyEditor::FeatureEdit> PropertyEditor::featuresDeferring(const std::string &before,
                                                                           const std::string &wanted) const
{
    std::vector<FeatureEdit> edits;
    for (const Qid id : followersOfDefaultNetvm(Followers::Paused)) {
        std::ranges::copy(featuresDeferring(*m_registry.model().find(id), before, wanted), std::back_inserter(edits));
    }
    return edits;
}

std::vector<PropertyEditor::FeatureEdit>
PropertyEditor::featuresFollowingClock(const std::optional<std::string> &value) const
{
    std::vector<FeatureEdit> edits;
    const Model &model = m_registry.model();
    const std::string feature(ClockFeature);
    const Qube *const before = model.find(readGlobalText(model, "clockvm"));
    const Qube *const after = value ? model.find(*value) : nullptr;
    if (before != nullptr && before != after && before->features.contains(feature)) {
        edits.push_back({.id = before->id, .name = feature, .value = std::nullopt});
    }
    if (after != nullptr) {
        edits.push_back({.id = after->id, .name = feature, .value = "1"});
    }
    return edits;
}

Checked<void> PropertyEditor::checkLiveReplug(const Qube &qube, const std::string &provider) const
{
    if (qube.run.power != PowerState::Running) {
        return refuse(RefusalKind::NotRunning,
                      formatted("{} is {}: its network can change while it runs or is halted. Try again then.",
                                qube.name.text(),
                                nameOf(qube.run.power)));
    }
    const Qube *const netvm = provider.empty() ? nullptr : m_registry.model().find(provider);
    if (netvm != nullptr && !netvm->run.domain) {
        return refuse(RefusalKind::NotStarted,
                      formatted("{} is not running, so {} cannot be plugged into it. Start it first.",
                                provider,
                                qube.name.text()));
    }
    return {};
}

std::vector<Qid> PropertyEditor::followersOfDefaultNetvm(Followers which) const
{
    std::vector<Qid> followers;
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        const bool follows = findProperty(qube.klass, "netvm") != nullptr && qube.klass != QubeClass::TemplateVM
            && !qube.properties.contains(std::string_view("netvm"));
        const bool isPaused = qube.run.power == PowerState::Paused;
        if (follows && !qube.isHalted() && isPaused == (which == Followers::Paused)) {
            followers.push_back(id);
        }
    }
    return followers;
}

std::optional<std::string> PropertyEditor::featureOf(Qid id, const std::string &name) const
{
    const Qube *const qube = m_registry.model().find(id);
    const auto place = qube->features.find(name);
    return place == qube->features.end() ? std::nullopt : std::optional(place->second);
}

Checked<void> PropertyEditor::commit(std::vector<Change::Any> changes,
                                     const std::vector<FeatureEdit> &features,
                                     const std::vector<TagEdit> &tags)
{
    std::vector<std::optional<std::string>> before;
    for (const FeatureEdit &edit : features) {
        before.push_back(featureOf(edit.id, edit.name));
        BH_CHECK(announceBefore(edit));
        changes.push_back(changeOf(edit.id, edit.name, edit.value));
    }
    for (const TagEdit &edit : tags) {
        changes.push_back(Bulkhead::changeOf(edit));
    }
    BH_CHECK(m_registry.commit(std::move(changes)));
    for (std::size_t i = 0; i < features.size(); ++i) {
        announceAfter(features.at(i), before.at(i));
    }
    for (const TagEdit &edit : tags) {
        announce(edit);
    }
    return {};
}

void PropertyEditor::announce(const TagEdit &edit)
{
    m_registry.announce(Event{.subject = m_registry.model().find(edit.id)->name,
                              .name = formatted("domain-tag-{}:{}", edit.isThere ? "add" : "delete", edit.tag),
                              .pairs = {{"tag", edit.tag}}});
}

Checked<void> PropertyEditor::announceBefore(const FeatureEdit &edit)
{
    Event event{.subject = m_registry.model().find(edit.id)->name,
                .name = formatted("domain-feature-pre-{}:{}", edit.value ? "set" : "delete", edit.name),
                .pairs = {{"feature", edit.name}}};
    if (edit.value) {
        event.pairs.emplace_back("value", *edit.value);
        if (const auto old = featureOf(edit.id, edit.name)) {
            event.pairs.emplace_back("oldvalue", *old);
        }
    }
    return m_registry.propose(event);
}

void PropertyEditor::announceAfter(const FeatureEdit &edit, const std::optional<std::string> &old)
{
    const Qube &qube = *m_registry.model().find(edit.id);
    m_registry.announce(derivedFeatureEvents(m_registry.model(), qube, edit.name));
    Event event{.subject = qube.name,
                .name = formatted("domain-feature-{}:{}", edit.value ? "set" : "delete", edit.name),
                .pairs = {{"feature", edit.name}}};
    if (edit.value) {
        event.pairs.emplace_back("value", *edit.value);
        if (old) {
            event.pairs.emplace_back("oldvalue", *old);
        }
    }
    m_registry.announce(event);
}

Checked<void> PropertyEditor::edit(const std::vector<FeatureEdit> &features, const std::vector<TagEdit> &tags)
{
    return commit({}, features, tags);
}

Checked<void> PropertyEditor::setFeature(Qid id, const std::string &name, const std::string &value)
{
    return commit({}, {{.id = id, .name = name, .value = value}});
}

Checked<void> PropertyEditor::removeFeature(Qid id, const std::string &name)
{
    return commit({}, {{.id = id, .name = name, .value = std::nullopt}});
}

Checked<void> PropertyEditor::addTag(Qid id, const std::string &tag)
{
    if (m_registry.model().find(id)->tags.contains(tag)) {
        return {};
    }
    return commit({}, {}, {{.id = id, .tag = tag, .isThere = true}});
}

Checked<void> PropertyEditor::removeTag(Qid id, const std::string &tag)
{
    if (!m_registry.model().find(id)->tags.contains(tag)) {
        return {};
    }
    return commit({}, {}, {{.id = id, .tag = tag, .isThere = false}});
}

} // namespace Bulkhead
