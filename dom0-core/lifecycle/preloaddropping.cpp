// SPDX-License-Identifier: GPL-2.0-or-later
// Giving up disposables that were made in advance. Spec qube-model, 15.4.
#include "base/log.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/preload.h"
#include "dom0-core/model/properties.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.preload");

} // namespace

void Preloader::drop(Qid id, Then then)
{
    const Qube *const qube = model().find(id);
    if (qube == nullptr) {
        then();
        return;
    }
    if (const Qube *const base = templateOf(model(), *qube)) {
        removeFromList(*base, qube->name.text());
    }
    const auto [place, isNew] = m_doomed.try_emplace(id);
    place->second.push_back(std::move(then));
    if (isNew) {
        endDoomed(id);
    }
}

void Preloader::endDoomed(Qid id)
{
    const auto gone = [this, id](const Checked<void> &ended) {
        if (!ended) { // it ended by itself in the same moment, or there is a warning about it already
            Log.debug("ending a disposable that was made in advance: {}", ended.error().message);
        }
        onDoomedGone(id);
    };
    const auto phase = m_parts.runner.phaseOf(id);
    if (phase == Lifecycle::Phase::Preparing) {
        return; // onStarted() comes back to it, one way or the other
    }
    if (phase == Lifecycle::Phase::Halted) {
        m_parts.maker.remove(id, gone);
        return;
    }
    m_parts.runner.kill(id, gone);
}

void Preloader::onDoomedGone(Qid id)
{
    m_stale.erase(id);
    auto waiting = m_doomed.extract(id);
    if (waiting.empty()) {
        return;
    }
    for (Then &then : waiting.mapped()) {
        then();
    }
}

void Preloader::dropAll(Qid base, Then then)
{
    const Qube *const qube = model().find(base);
    if (qube == nullptr) {
        then();
        return;
    }
    std::vector<Qid> ids;
    for (const Qube *const disposable : waitingOf(*qube)) {
        ids.push_back(disposable->id);
    }
    setList(*qube, {}); // at once: nobody is to be handed one of these
    for (const Qid id : ids) {
        drop(id, [] { });
    }
    awaitGone(std::move(ids), std::move(then));
}

void Preloader::rest(Then then)
{
    m_isResting = true;
    dropAllOf(bases(), std::move(then));
}

void Preloader::dropAllOf(std::vector<Qid> bases, Then then)
{
    if (bases.empty()) {
        then();
        return;
    }
    const Qid base = bases.back();
    bases.pop_back();
    dropAll(base, [this, bases = std::move(bases), then = std::move(then)]() mutable {
        dropAllOf(std::move(bases), std::move(then));
    });
}

void Preloader::workAgain(const std::string &reason)
{
    m_isResting = false;
    for (const Qid base : bases()) {
        reconsider(base, reason);
    }
}

void Preloader::awaitGone(std::vector<Qid> ids, Then then)
{
    while (!ids.empty() && !m_doomed.contains(ids.back())) {
        ids.pop_back();
    }
    if (ids.empty()) {
        then();
        return;
    }
    m_doomed.at(ids.back()).push_back([this, ids, then = std::move(then)]() mutable {
        awaitGone(std::move(ids), std::move(then));
    });
}

/// There are more than wanted: the last go first.
void Preloader::shrink(const Qube &base)
{
    auto waiting = waitingOf(base);
    while (waiting.size() > preloadMaxOf(model(), base)) {
        drop(waiting.back()->id, [] { });
        waiting.pop_back();
    }
}

void Preloader::dropOutdated(Qid base)
{
    const Qube *const qube = model().find(base);
    if (qube == nullptr) {
        return;
    }
    bool hasDropped = false;
    for (const Qube *const disposable : waitingOf(*qube)) {
        if (m_stale.contains(disposable->id) || !hasValuesOf(model(), *disposable, *qube)) {
            drop(disposable->id, [] { });
            hasDropped = true;
        }
    }
    if (hasDropped) {
        reconsider(base, "outdated ones were replaced");
    }
}

/// What an earlier life of the daemon left: one that is ready stays, one that somebody unpaused is in use, and one that
/// was being made or handed out is neither.
void Preloader::settleAfterRestart(const Qube &disposable)
{
    const Qube *const base = templateOf(model(), disposable);
    const bool isListed = base != nullptr && std::ranges::contains(preloadListOf(*base), disposable.name.text());
    const bool isComplete = disposable.features.contains(PreloadFeature::Completed)
        && !disposable.features.contains(PreloadFeature::InProgress);
    if (!isListed || !isComplete || disposable.isHalted()) {
        drop(disposable.id, [] { });
    } else if (disposable.run.power != PowerState::Paused) {
        markUsed(disposable.id);
    }
}

} // namespace Bulkhead
