// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/preloader.h"

#include "base/log.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/preload.h"
#include "dom0-core/model/properties.h"

#include <QTimer>

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.preload");

std::string valueIn(const Event &event, std::string_view key)
{
    const auto place = std::ranges::find(event.pairs, key, &std::pair<std::string, std::string>::first);
    return place == event.pairs.end() ? std::string() : place->second;
}

/// The property that a `property-set:NAME` or `property-reset:NAME` tells of; empty for other events.
std::string_view changedProperty(std::string_view event)
{
    for (const std::string_view prefix : {"property-set:", "property-reset:"}) {
        if (event.starts_with(prefix)) {
            return event.substr(prefix.size());
        }
    }
    return {};
}

std::string_view changedFeature(std::string_view event)
{
    for (const std::string_view prefix : {"domain-feature-set:", "domain-feature-delete:"}) {
        if (event.starts_with(prefix)) {
            return event.substr(prefix.size());
        }
    }
    return {};
}

} // namespace

Preloader::Preloader(Parts parts, Pace pace, QObject *parent)
    : QObject(parent)
    , m_parts(parts)
    , m_pace(pace)
{
    connect(&parts.registry, &Registry::announced, this, &Preloader::onEvent);
    parts.registry.addObjector([this](const Event &event) {
        return judge(event);
    });
}

Preloader::~Preloader() = default;

void Preloader::begin()
{
    std::vector<Qid> preloaded;
    for (const auto &[id, qube] : model().qubes()) {
        if (isPreloaded(qube)) {
            preloaded.push_back(id);
        }
    }
    for (const Qid id : preloaded) {
        settleAfterRestart(*model().find(id));
    }
    for (const Qid base : bases()) {
        const Qube &qube = *model().find(base);
        auto names = preloadListOf(qube);
        std::erase_if(names, [this](const std::string &name) {
            return model().find(name) == nullptr;
        });
        setList(qube, names);
        reconsider(base, "daemon started");
    }
}

void Preloader::renew(Qid base, const std::string &reason)
{
    dropAll(base, [] { });
    reconsider(base, reason);
}

void Preloader::onEvent(const Event &event)
{
    if (!event.subject) {
        onApplicationEvent(event);
        return;
    }
    if (const Qube *const qube = model().find(event.subject->text())) {
        onQubeEvent(*qube, event);
    }
}

void Preloader::onApplicationEvent(const Event &event)
{
    if (event.name == "domain-delete") {
        for (const Qid base : bases()) {
            removeFromList(*model().find(base), valueIn(event, "vm"));
        }
    }
    if (changedProperty(event.name) == "default_dispvm") {
        // What dom0 says of how many are kept moves from the old one to the new one.
        for (const std::string &name : {valueIn(event, "oldvalue"), readGlobalText(model(), "default_dispvm")}) {
            if (const Qube *const base = model().find(name)) {
                reconsider(base->id, "default_dispvm changed");
            }
        }
    }
}

void Preloader::onQubeEvent(const Qube &qube, const Event &event)
{
    if (event.name == "domain-unpaused" && qube.features.contains(PreloadFeature::Completed) && isPreloaded(qube)) {
        markUsed(qube.id); // whoever it was: it is no longer as it was made
        return;
    }
    if (event.name == "domain-shutdown") {
        onStopped(qube);
        return;
    }
    if (const auto property = changedProperty(event.name); !property.empty()) {
        onProperty(qube, property);
        return;
    }
    if (changedFeature(event.name) == PreloadFeature::Max) {
        const Qube *const base = qube.id == Dom0Qid ? model().find(readGlobalText(model(), "default_dispvm")) : &qube;
        if (base != nullptr) {
            reconsider(base->id, "preload-dispvm-max changed");
        }
    }
}

void Preloader::onProperty(const Qube &base, std::string_view property)
{
    if (property == "template" || property == "template_for_dispvms") {
        QTimer::singleShot(0, this, [this, id = base.id] {
            renew(id, "template changed");
        });
        return;
    }
    const bool matters = findProperty(QubeClass::DispVM, property) != nullptr && !isDisposablesOwn(property);
    const auto waiting = waitingOf(base);
    if (!matters || waiting.empty()) {
        return;
    }
    for (const Qube *const disposable : waiting) {
        m_stale.insert(disposable->id);
    }
    if (m_refreshesDue.insert(base.id).second) {
        QTimer::singleShot(m_pace.afterChange, this, [this, id = base.id] {
            m_refreshesDue.erase(id);
            dropOutdated(id);
        });
    }
}

void Preloader::onStopped(const Qube &qube)
{
    for (const Qid id : bases()) {
        const Qube &base = *model().find(id);
        const Qube *const above = templateOf(model(), base);
        if (id != qube.id && (above == nullptr || above->id != qube.id)) {
            continue;
        }
        for (const Qube *const disposable : waitingOf(base)) {
            m_stale.insert(disposable->id);
        }
        QTimer::singleShot(m_pace.afterStop, this, [this, id] {
            dropOutdated(id);
        });
    }
}

void Preloader::reconsider(Qid base, const std::string &reason)
{
    const Qube *const qube = model().find(base);
    if (qube == nullptr) {
        return;
    }
    const std::size_t there = waitingOf(*qube).size();
    if (there > preloadMaxOf(model(), *qube)) {
        QTimer::singleShot(0, this, [this, base] {
            if (const Qube *const full = model().find(base)) {
                shrink(*full);
            }
        });
    } else if (there < preloadMaxOf(model(), *qube)) {
        m_parts.registry.announce(Event{
            .subject = qube->name,
            .name = "domain-preload-dispvm-start",
            .pairs = {{"reason", reason}, {"delay", std::to_string(preloadDelayOf(model(), *qube).wait.count())}}});
        scheduleFill(base, delayOf(*qube));
    }
}

Checked<void> Preloader::judge(const Event &event) const
{
    constexpr std::string_view Prefix = "domain-feature-pre-set:";
    const Qube *const qube = event.subject ? model().find(event.subject->text()) : nullptr;
    if (qube == nullptr || !event.name.starts_with(Prefix)) {
        return {};
    }
    return checkPreloadFeature(
        model(), *qube, std::string_view(event.name).substr(Prefix.size()), valueIn(event, "value"));
}

void Preloader::setList(const Qube &base, const std::vector<std::string> &names)
{
    const std::string text = preloadListText(names);
    const std::string feature(PreloadFeature::List);
    const auto place = base.features.find(feature);
    if (place == base.features.end() ? names.empty() : place->second == text) {
        return;
    }
    if (const auto saved = m_parts.editor.setFeature(base.id, feature, text); !saved) {
        Log.critical("{}: {}", base.name.text(), saved.error().message);
    }
}

void Preloader::removeFromList(const Qube &base, const std::string &name)
{
    auto names = preloadListOf(base);
    if (std::erase(names, name) > 0) {
        setList(base, names);
    }
}

std::vector<const Qube *> Preloader::waitingOf(const Qube &base) const
{
    auto waiting = disposablesOf(model(), base);
    std::erase_if(waiting, [this](const Qube *disposable) {
        return !isPreloaded(*disposable) || m_doomed.contains(disposable->id) || m_promises.contains(disposable->id);
    });
    return waiting;
}

std::vector<Qid> Preloader::bases() const
{
    std::vector<Qid> found;
    for (const auto &[id, qube] : model().qubes()) {
        if (qube.features.contains(PreloadFeature::List) || preloadMaxOf(model(), qube) > 0) {
            found.push_back(id);
        }
    }
    return found;
}

std::chrono::milliseconds Preloader::delayOf(const Qube &base) const
{
    return preloadDelayOf(model(), base).wait.count() * m_pace.perDelaySecond;
}

const Model &Preloader::model() const
{
    return m_parts.registry.model();
}

} // namespace Bulkhead
