// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/disposables.h"

#include "base/log.h"
#include "dom0-core/model/disposables.h"

#include <vector>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.disposables");

} // namespace

Disposables::Disposables(Registry &registry, Runner &runner, QubeMaker &maker, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
    , m_maker(maker)
{
    runner.setAfterRun([this](Qid id, std::move_only_function<void()> then) {
        conclude(id, std::move(then));
    });
}

Disposables::~Disposables()
{
    m_runner.setAfterRun({});
}

Checked<CheckedNewQube> Disposables::next(Qid base)
{
    const Qube *const from = m_registry.model().find(base);
    if (from == nullptr) {
        return refuse(RefusalKind::QubeNotFound, "The template for the disposable is gone.");
    }
    BH_TRY(const std::uint32_t dispid, m_maker.nextDispid());
    return checkNewDisposable(m_registry.model(), *from, dispid);
}

void Disposables::create(Qid base, const QubeName &creator, Made made)
{
    const auto wanted = next(base);
    if (!wanted) {
        made(std::unexpected(wanted.error()));
        return;
    }
    make(*wanted, creator, std::move(made));
}

void Disposables::createInAdvance(Qid base, Made made)
{
    auto wanted = next(base);
    if (!wanted) {
        made(std::unexpected(wanted.error()));
        return;
    }
    wanted->isPreloaded = true;
    make(*wanted, m_registry.model().find(Dom0Qid)->name, std::move(made));
}

void Disposables::make(const CheckedNewQube &wanted, const QubeName &creator, Made made)
{
    m_maker.create(wanted, creator, [id = wanted.id, made = std::move(made)](const Checked<void> &created) mutable {
        made(created.transform([id] {
            return id;
        }));
    });
}

void Disposables::conclude(Qid id, std::move_only_function<void()> then)
{
    const Qube *const qube = m_registry.model().find(id);
    if (qube == nullptr || !isCleanedUp(m_registry.model(), *qube)) {
        then();
        return;
    }
    m_maker.removeStopped(id, [name = qube->name, then = std::move(then)](const Checked<void> &removed) mutable {
        if (!removed) {
            Log.warning("{}: stopped, but could not be removed: {}", name.text(), removed.error().message);
        }
        then();
    });
}

void Disposables::removeLeftOver()
{
    std::vector<Qid> stopped;
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (qube.isHalted() && isCleanedUp(m_registry.model(), qube)) {
            stopped.push_back(id);
        }
    }
    for (const Qid id : stopped) {
        conclude(id, [] { });
    }
}

} // namespace Bulkhead
