// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/orderlyshutdown.h"

#include "base/log.h"
#include "dom0-core/model/network.h"

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.shutdown");

bool runs(const Qube &qube)
{
    return qube.id != Dom0Qid && !qube.isHalted();
}

} // namespace

OrderlyShutdown::OrderlyShutdown(const Registry &registry, Runner &runner, QObject *parent)
    : QObject(parent)
    , m_registry(registry)
    , m_runner(runner)
{
}

void OrderlyShutdown::begin(Done done)
{
    m_waiting.push_back(std::move(done));
    askWhoCan();
}

void OrderlyShutdown::askWhoCan()
{
    const Model &model = m_registry.model();
    std::vector<Qid> free;
    bool anyRuns = false;
    for (const auto &[id, qube] : model.qubes()) {
        if (!runs(qube)) {
            continue;
        }
        anyRuns = true;
        const auto clients = clientsOf(model, qube);
        const bool isNeeded = std::ranges::any_of(clients, [](const Qube *client) {
            return runs(*client);
        });
        if (!isNeeded && !m_asked.contains(id)) {
            free.push_back(id);
        }
    }
    for (const Qid id : free) {
        m_asked.insert(id);
        askOne(id);
    }
    if (!anyRuns) {
        for (Done &done : std::exchange(m_waiting, {})) {
            done();
        }
    }
}

void OrderlyShutdown::askOne(Qid id)
{
    // Who is starting holds the lock, and cannot be asked before it has started or failed.
    m_runner.locks().acquire(id, [this, id](const QubeLock::Hold &) {
        m_runner.shutdown(id, Runner::Force::Yes, Runner::Wait::Yes, [this, id](const Checked<void> &ended) {
            const Qube *const qube = m_registry.model().find(id);
            if (!ended && qube != nullptr && runs(*qube)) {
                Log.warning("{}: {} It is killed.", qube->name.text(), ended.error().message);
                killOne(id);
                return;
            }
            onEnded(id);
        });
    });
}

void OrderlyShutdown::killOne(Qid id)
{
    m_runner.kill(id, [this, id](const Checked<void> &killed) {
        const Qube *const qube = m_registry.model().find(id);
        if (!killed && qube != nullptr && runs(*qube)) {
            Log.critical("{}: {}", qube->name.text(), killed.error().message);
            return; // it stays asked; whoever waits has to end without it
        }
        onEnded(id);
    });
}

void OrderlyShutdown::onEnded(Qid id)
{
    m_asked.erase(id);
    askWhoCan();
}

} // namespace Bulkhead
