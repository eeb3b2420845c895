// SPDX-License-Identifier: GPL-2.0-or-later
// Making disposables in advance, step after step: made, started, its session up, paused. Spec qube-model, 15.4.
#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/model/disposables.h"
#include "dom0-core/model/preload.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"

#include <QTimer>

#include <chrono>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.core.preload");

/// What tells that the qube is as far as it gets by itself, in order.
std::vector<std::string_view> servicesFor(const Model &model, const Qube &qube)
{
    std::vector<std::string_view> services{"qubes.WaitForRunningSystem"};
    // Without a GUI daemon a session that does not wait for one comes up all the same.
    if (isFeatureOn(model, qube, "supported-feature.late-gui-daemon", FeatureLookup::Template)) {
        services.emplace_back("qubes.WaitForSession");
    }
    return services;
}

} // namespace

void Preloader::scheduleFill(Qid base, std::chrono::milliseconds wait)
{
    if (m_fillsDue.insert(base).second) {
        QTimer::singleShot(wait, this, [this, base] {
            m_fillsDue.erase(base);
            fill(base);
        });
    }
}

void Preloader::fill(Qid base)
{
    const Qube *const qube = model().find(base);
    if (qube == nullptr || m_isResting) {
        return;
    }
    for (std::size_t left = preloadRoomOf(model(), *qube, waitingOf(*qube).size()); left > 0; --left) {
        m_parts.disposables.createInAdvance(base, [this, base](const Checked<Qid> &made) {
            onMade(base, made);
        });
    }
}

void Preloader::onMade(Qid base, const Checked<Qid> &made)
{
    if (!made) {
        Log.warning("a disposable could not be made in advance: {}", made.error().message);
        return;
    }
    const Qube *const disposable = model().find(*made);
    const Qube *const from = model().find(base);
    if (disposable == nullptr || from == nullptr || m_doomed.contains(*made)) {
        return;
    }
    auto names = preloadListOf(*from);
    names.push_back(disposable->name.text());
    setList(*from, names);
    m_parts.runner.start(*made, [this, id = *made](const Checked<void> &started) {
        onStarted(id, started);
    });
}

void Preloader::onStarted(Qid id, const Checked<void> &started)
{
    if (!started) { // it is removed as any disposable that did not start
        Log.warning("a disposable could not be started in advance: {}", started.error().message);
        breakPromise(id);
        return;
    }
    if (m_doomed.contains(id)) {
        endDoomed(id);
        return;
    }
    if (const Qube *const qube = model().find(id)) {
        runServices(id, servicesFor(model(), *qube));
    }
}

void Preloader::runServices(Qid id, std::vector<std::string_view> services)
{
    const Qube *const qube = model().find(id);
    if (qube == nullptr || m_doomed.contains(id)) {
        return; // somebody ended it; who removes it is on the way
    }
    if (services.empty()) {
        park(id);
        return;
    }
    const std::string_view next = services.front();
    services.erase(services.begin());
    const auto limit = std::chrono::seconds(readInteger(model(), *qube, "qrexec_timeout"));
    m_parts.services.run(
        qube->name, next, limit, [this, id, next, services = std::move(services)](const Result<void> &answered) {
            if (!answered) {
                giveUp(id, formatted("{}: {}", next, answered.error().text()));
                return;
            }
            runServices(id, services);
        });
}

void Preloader::park(Qid id)
{
    if (m_promises.contains(id)) { // somebody waits: there is no time to sleep
        keepPromise(id);
        return;
    }
    m_parts.runner.pause(id, [this, id](const Checked<void> &paused) {
        if (!paused) {
            giveUp(id, paused.error().message);
            return;
        }
        onParked(id);
    });
}

void Preloader::onParked(Qid id)
{
    const Qube *const qube = model().find(id);
    if (qube == nullptr || m_doomed.contains(id)) {
        return;
    }
    const auto saved =
        m_parts.editor.edit({{.id = id, .name = std::string(PreloadFeature::Completed), .value = "1"},
                             {.id = id, .name = std::string(PreloadFeature::InProgress), .value = std::nullopt}});
    if (!saved) {
        giveUp(id, saved.error().message);
        return;
    }
    Log.info("{}: ready to be handed out", qube->name.text());
    if (m_promises.contains(id)) {
        keepPromise(id);
    }
}

void Preloader::giveUp(Qid id, const std::string &why)
{
    const Qube *const qube = model().find(id);
    if (qube == nullptr || m_doomed.contains(id)) {
        return;
    }
    Log.warning("{}: made in advance, but did not get ready: {}", qube->name.text(), why);
    breakPromise(id);
    drop(id, [] { });
}

} // namespace Bulkhead
