// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/registry.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/model/automatictags.h"

#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.store");

} // namespace

Registry::Registry(Store store, const HostFacts &host)
    : m_store(std::move(store))
    , m_model(host)
{
}

Result<std::unique_ptr<Registry>> Registry::open(const std::filesystem::path &store, const HostFacts &host)
{
    BH_TRY(Store opened, Store::open(store));
    BH_TRY(StoreContents contents, opened.load());
    auto registry = std::unique_ptr<Registry>(new Registry(std::move(opened), host));
    registry->m_model.apply(contents.ready);
    registry->m_interrupted = std::move(contents.interrupted);
    for (const Change::AddQube &qube : registry->m_interrupted) {
        registry->m_model.apply(qube);
        registry->m_model.apply(Change::SetStage{.id = qube.id, .stage = QubeStage::Removing});
    }
    if (registry->m_model.find(Dom0Qid) == nullptr) {
        return fail(Errc::BadValue, formatted("the store {} has no dom0", store.string()));
    }
    // Tags that follow a property are right again, whatever the store came from.
    std::vector<Change::Any> repairs;
    for (const TagEdit &edit : tagRepairs(registry->m_model)) {
        repairs.push_back(changeOf(edit));
    }
    BH_CHECK(registry->m_store.commit(repairs));
    registry->m_model.apply(repairs);
    // dom0 is what this program runs in.
    registry->m_model.setRun(Dom0Qid, {.power = PowerState::Running, .domain = Dom0, .started = std::nullopt});
    return registry;
}

std::vector<Change::AddQube> Registry::takeInterrupted()
{
    return std::exchange(m_interrupted, {});
}

Checked<void> Registry::commit(std::vector<Change::Any> changes)
{
    if (auto saved = m_store.commit(changes); !saved) {
        Log.critical("a change could not be saved: {}", saved.error().text());
        return refuse(RefusalKind::General,
                      formatted("The change could not be saved, so nothing was changed: {}. Look whether dom0's disk "
                                "is full, then try again.",
                                saved.error().text()));
    }
    m_model.apply(changes);
    ++m_revision;
    return {};
}

void Registry::setRun(Qid id, RunState run)
{
    m_model.setRun(id, run);
    ++m_revision;
    Q_EMIT runChanged(id);
}

void Registry::addObjector(Objector objector)
{
    m_objectors.push_back(std::move(objector));
}

Checked<void> Registry::propose(const Event &event)
{
    announce(event);
    for (const Objector &objector : m_objectors) {
        BH_CHECK(objector(event));
    }
    return {};
}

Checked<void> Registry::propose(const std::vector<Event> &events)
{
    for (const Event &event : events) {
        BH_CHECK(propose(event));
    }
    return {};
}

void Registry::announce(const Event &event)
{
    Q_EMIT announced(event);
}

void Registry::announce(const std::vector<Event> &events)
{
    for (const Event &event : events) {
        announce(event);
    }
}

} // namespace Bulkhead
