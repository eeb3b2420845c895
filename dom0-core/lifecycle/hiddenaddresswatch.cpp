// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/hiddenaddresswatch.h"

#include "base/log.h"
#include "dom0-core/model/hiddenaddress.h"
#include "dom0-core/model/network.h"

#include <string_view>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.network");

bool changesHiddenAddress(std::string_view event)
{
    for (const std::string_view prefix :
         {std::string_view("domain-feature-set:"), std::string_view("domain-feature-delete:")}) {
        if (event.starts_with(prefix)) {
            return HiddenAddress::isOne(event.substr(prefix.size()));
        }
    }
    return false;
}

} // namespace

HiddenAddressWatch::HiddenAddressWatch(Registry &registry, Runner &runner, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
{
    connect(&registry, &Registry::announced, this, &HiddenAddressWatch::onEvent);
}

void HiddenAddressWatch::onEvent(const Event &event)
{
    const Qube *const qube = event.subject ? m_registry.model().find(event.subject->text()) : nullptr;
    if (qube == nullptr) {
        return;
    }
    if (changesHiddenAddress(event.name)) {
        onFeature(*qube);
    } else if (event.name == "domain-unpaused" && m_waiting.erase(qube->id) != 0) {
        follow(*qube);
    } else if (event.name == "domain-stopped") {
        m_waiting.erase(qube->id);
    }
}

void HiddenAddressWatch::onFeature(const Qube &holder)
{
    std::set<Qid> affected; // a net qube and its client may both be
    for (const Qube *const qube : HiddenAddress::qubesSeeing(m_registry.model(), holder)) {
        affected.insert(qube->id);
        for (const Qube *const client : clientsOf(m_registry.model(), *qube)) {
            affected.insert(client->id); // what a net qube sees as its address is its clients' gateway
        }
    }
    for (const Qid id : affected) {
        follow(*m_registry.model().find(id));
    }
}

void HiddenAddressWatch::follow(const Qube &qube)
{
    if (!qube.run.domain || netvmOf(m_registry.model(), qube) == nullptr) {
        return;
    }
    if (qube.run.power == PowerState::Paused) {
        m_waiting.insert(qube.id);
        return;
    }
    m_runner.replug(qube.id, [name = qube.name](const Checked<void> &plugged) {
        if (!plugged) {
            Log.warning("{}: {}", name.text(), plugged.error().message);
        }
    });
}

} // namespace Bulkhead
