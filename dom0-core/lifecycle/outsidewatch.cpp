// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/outsidewatch.h"

#include "dom0-core/lifecycle/domainconfig.h"

namespace Bulkhead
{

namespace
{

constexpr std::string_view OutsideEvent = "bulkhead-outside";

} // namespace

OutsideWatch::OutsideWatch(Registry &registry, const Driver &driver, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_driver(driver)
{
}

void OutsideWatch::begin()
{
    for (const auto &[id, qube] : m_registry.model().qubes()) {
        if (leadsOutside(qube)) {
            m_outside.insert(id);
        }
    }
    connect(&m_registry, &Registry::announced, this, &OutsideWatch::onEvent);
    connect(&m_registry, &Registry::runChanged, this, &OutsideWatch::look);
}

bool OutsideWatch::leadsOutside(const Qube &qube) const
{
    return m_driver.leadsOutside(outsideFactsOf(m_registry.model(), qube), qube.run.domain);
}

void OutsideWatch::onEvent(const Event &event)
{
    if (event.name == OutsideEvent) {
        return;
    }
    if (event.name == "domain-delete") {
        std::erase_if(m_outside, [this](Qid id) {
            return m_registry.model().find(id) == nullptr;
        });
        return;
    }
    if (const Qube *const qube = event.subject ? m_registry.model().find(event.subject->text()) : nullptr) {
        look(qube->id);
    }
}

void OutsideWatch::look(Qid id)
{
    const Qube &qube = *m_registry.model().find(id);
    const bool leads = leadsOutside(qube);
    if (leads == m_outside.contains(id)) {
        return;
    }
    if (leads) {
        m_outside.insert(id);
    } else {
        m_outside.erase(id);
    }
    m_registry.announce(Event{
        .subject = qube.name, .name = std::string(OutsideEvent), .pairs = {{"outside", leads ? "True" : "False"}}});
}

} // namespace Bulkhead
