// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/guestservices.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"

#include <QObject>

#include <chrono>
#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// Puts qubes to sleep and wakes them: one, or all of them around a sleep of the machine. A qube is told before and
/// after, and paused in between, for no guest of ours has a sleep of its own. What a person paused stays paused.
/// @source spec admin-api, 8.2 and 8.15; qube-model, 9.4
class Suspension : public QObject
{
    Q_OBJECT

public:
    using Done = Runner::Done;

    /// For what a qube does before it sleeps, or after. One that does not answer sleeps all the same.
    static constexpr std::chrono::seconds ServiceLimit{60};

    /// All of it outlives this.
    struct Parts {
        const Registry &registry;
        Runner &runner;
        Preloader &preloader;
        GuestServices &services;
    };

    /// @param list  the file with the names of who was paused before the machine went to sleep. It has to outlive the
    ///   daemon, and not the machine's next start
    Suspension(Parts parts, std::filesystem::path list, QObject *parent = nullptr);

    /// Done when the qube is paused. One that is paused already is no error.
    void suspend(Qid id, Done done);
    /// Done when it runs again and was told.
    void resume(Qid id, Done done);

    /// The machine is about to sleep: drops what was made in advance, notes who is paused, tells all others, and puts
    /// them to sleep. The error names every qube that did not go to sleep; the others do sleep.
    void beforeSleep(Done done);
    /// It has woken: wakes whom beforeSleep() put to sleep, tells them, and makes disposables in advance again.
    /// Without a beforeSleep() nobody is woken.
    void afterSleep(Done done);

private:
    using Each = std::move_only_function<void(Qid id, Done done)>;

    void noteAndSleep(Done done);
    void wake(const std::set<std::string> &paused, Done done);
    /// Does it for all at the same time. The error says of whom it went wrong.
    void forEach(const std::vector<Qid> &qubes, Each what, Done done);
    /// Runs a service, if the qube takes calls; whatever becomes of it, `then` goes on.
    void tell(Qid id, std::string_view service, std::move_only_function<void()> then);
    [[nodiscard]] std::vector<Qid> qubesIn(Lifecycle::Phase phase) const;

    Parts m_parts;
    std::filesystem::path m_list;
    std::set<Qid> m_told; ///< that they sleep, so that they are told when they wake
};

} // namespace Bulkhead
