// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/deferrednetvm.h"

#include "base/log.h"

#include <chrono>
#include <string>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.network");

/// @source spec qube-model, 10.5
constexpr std::string_view WaitService = "qubes.WaitForNetworkUplink";
constexpr std::chrono::seconds WaitLimit{10};

} // namespace

DeferredNetvm::DeferredNetvm(
    Registry &registry, Runner &runner, PropertyEditor &editor, GuestServices &services, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
    , m_editor(editor)
    , m_services(services)
{
    connect(&registry, &Registry::announced, this, &DeferredNetvm::onEvent);
}

void DeferredNetvm::onEvent(const Event &event)
{
    const Qube *const qube = event.subject ? m_registry.model().find(event.subject->text()) : nullptr;
    if (qube == nullptr || !qube->features.contains(DeferredNetvmFeature)) {
        return;
    }
    if (event.name == "domain-unpaused") {
        apply(qube->id);
    } else if (event.name == "domain-stopped") {
        forget(qube->id);
    }
}

void DeferredNetvm::apply(Qid id)
{
    forget(id);
    m_runner.replug(id, [this, id](const Checked<void> &plugged) {
        const Qube *const qube = m_registry.model().find(id);
        if (qube == nullptr) {
            return;
        }
        if (!plugged) {
            Log.warning("{}: {}", qube->name.text(), plugged.error().message);
            return;
        }
        m_services.runAsRoot(qube->name, WaitService, {}, WaitLimit, [name = qube->name](const Result<void> &waited) {
            if (!waited) {
                Log.info("{}: its network may come later: {}", name.text(), waited.error().text());
            }
        });
    });
}

void DeferredNetvm::forget(Qid id)
{
    if (const auto gone = m_editor.removeFeature(id, std::string(DeferredNetvmFeature)); !gone) {
        Log.warning("{}", gone.error().message);
    }
}

} // namespace Bulkhead
