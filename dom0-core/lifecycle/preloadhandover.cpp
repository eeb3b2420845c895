// SPDX-License-Identifier: GPL-2.0-or-later
// Handing out disposables that were made in advance. Spec qube-model, 15.4; admin-api, 8.2.2.
#include "base/log.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/newqube.h"
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

} // namespace

void Preloader::take(Qid base, const QubeName &creator, Made made)
{
    const Qube *const from = model().find(base);
    const Qube *const ready = from == nullptr ? nullptr : nextFresh(*from);
    if (ready != nullptr) {
        promise(*ready, creator, std::move(made));
    } else {
        m_parts.disposables.create(base, creator, std::move(made));
    }
    if (const Qube *const left = model().find(base); left != nullptr && preloadMaxOf(model(), *left) > 0) {
        requestRefill(*left);
    }
}

/// The first of the list that still is as a fresh one would be. Those before it are given up.
const Qube *Preloader::nextFresh(const Qube &base)
{
    for (const std::string &name : preloadListOf(base)) {
        const Qube *const disposable = model().find(name);
        if (disposable == nullptr || m_doomed.contains(disposable->id) || m_promises.contains(disposable->id)) {
            continue;
        }
        if (!m_stale.contains(disposable->id) && hasValuesOf(model(), *disposable, base)) {
            return disposable;
        }
        removeFromList(base, name);
        m_stale.insert(disposable->id);
        QTimer::singleShot(m_pace.dropOutdated, this, [this, id = disposable->id] {
            if (const Qube *const outdated = model().find(id); outdated != nullptr && isPreloaded(*outdated)) {
                drop(id, [] { });
            }
        });
    }
    return nullptr;
}

/// From here on it is the creator's: nobody else finds it in the list.
void Preloader::promise(const Qube &disposable, const QubeName &creator, Made made)
{
    const Qid id = disposable.id;
    const Qube &base = *templateOf(model(), disposable);
    auto names = preloadListOf(base);
    std::erase(names, disposable.name.text());
    std::vector<TagEdit> tags;
    for (std::string &tag : creatorsTags(model(), creator, true)) {
        if (!disposable.tags.contains(tag)) {
            tags.push_back({.id = id, .tag = std::move(tag), .isThere = true});
        }
    }
    const auto saved = m_parts.editor.edit(
        {{.id = base.id, .name = std::string(PreloadFeature::List), .value = preloadListText(names)}}, tags);
    if (!saved) {
        made(std::unexpected(saved.error()));
        return;
    }
    Promise pending{.creator = creator, .made = std::move(made), .timer = std::make_unique<QTimer>()};
    constexpr int Percent = 100;
    constexpr int Patience = 120; // of the time that its agent gets
    const std::chrono::milliseconds timeout =
        std::chrono::seconds(readInteger(model(), disposable, "qrexec_timeout")) * Patience / Percent;
    pending.timer->setSingleShot(true);
    connect(pending.timer.get(), &QTimer::timeout, this, [this, id] {
        giveUp(id, "somebody waits for it, and it takes too long");
    });
    pending.timer->start(timeout);
    m_promises.insert_or_assign(id, std::move(pending));
    if (disposable.features.contains(PreloadFeature::Completed)) {
        keepPromise(id);
    }
}

void Preloader::keepPromise(Qid id)
{
    const auto place = m_promises.find(id);
    const Qube *const qube = model().find(id);
    if (place == m_promises.end() || qube == nullptr) {
        return;
    }
    if (qube->run.power != PowerState::Paused) { // caught before it was paused
        markUsed(id);
        return;
    }
    place->second.timer->stop();
    m_parts.runner.unpause(id, [this, id](const Checked<void> &unpaused) {
        if (!unpaused) {
            giveUp(id, unpaused.error().message);
        } // else markUsed() has been here
    });
}

/// The one who waits gets a fresh one instead.
void Preloader::breakPromise(Qid id)
{
    auto broken = m_promises.extract(id);
    if (broken.empty()) {
        return;
    }
    broken.mapped().timer.release()->deleteLater(); // this may run in its own signal
    const Qube *const qube = model().find(id);
    const Qube *const base = qube == nullptr ? nullptr : templateOf(model(), *qube);
    if (base == nullptr) {
        broken.mapped().made(refuse(RefusalKind::QubeNotFound, "The disposable ended before it was ready."));
        return;
    }
    m_parts.disposables.create(base->id, broken.mapped().creator, std::move(broken.mapped().made));
}

/// It runs for somebody now, and is a disposable like any other.
void Preloader::markUsed(Qid id)
{
    const Qube &qube = *model().find(id);
    const Qube &base = *templateOf(model(), qube);
    std::vector<PropertyEditor::FeatureEdit> edits;
    for (const std::string_view feature : {PreloadFeature::InProgress, PreloadFeature::Completed}) {
        if (qube.features.contains(feature)) {
            edits.push_back({.id = id, .name = std::string(feature), .value = std::nullopt});
        }
    }
    const auto internal = base.features.find(std::string_view("internal"));
    edits.push_back({.id = id,
                     .name = "internal",
                     .value = internal == base.features.end() ? std::nullopt : std::optional(internal->second)});
    auto names = preloadListOf(base);
    if (std::erase(names, qube.name.text()) > 0) {
        edits.push_back({.id = base.id, .name = std::string(PreloadFeature::List), .value = preloadListText(names)});
    }
    if (const auto saved = m_parts.editor.edit(edits); !saved) {
        Log.critical("{}: {}", qube.name.text(), saved.error().message);
    }
    m_stale.erase(id);
    Log.info("{}: handed out", qube.name.text());
    m_parts.registry.announce(Event{.subject = base.name,
                                    .name = "domain-preload-dispvm-used",
                                    .pairs = {{"dispvm", qube.name.text()},
                                              {"delay", std::to_string(preloadDelayOf(model(), base).wait.count())}}});
    auto promised = m_promises.extract(id);
    if (promised.empty()) { // unpaused by hand
        requestRefill(base);
        return;
    }
    promised.mapped().timer.release()->deleteLater();
    promised.mapped().made(id);
}

void Preloader::requestRefill(const Qube &base)
{
    if (preloadDelayOf(model(), base).isLazy && !preloadListOf(base).empty()) {
        return;
    }
    scheduleFill(base.id, std::max(m_pace.refill, delayOf(base)));
}

} // namespace Bulkhead
