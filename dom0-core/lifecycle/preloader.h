// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/disposables.h"
#include "dom0-core/lifecycle/guestservices.h"
#include "dom0-core/lifecycle/propertyeditor.h"
#include "dom0-core/model/event.h"

#include <QObject>

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

class QTimer;

namespace Bulkhead
{

/// Keeps disposables ready: started, paused, handed out to whoever asks for one. What is not fresh any more is
/// replaced. The account is kept in features (PreloadFeature), so it survives the daemon, and what a restart finds half
/// done is removed.
/// @source spec qube-model, 15.4
class Preloader : public QObject
{
    Q_OBJECT

public:
    using Made = Disposables::Made;
    using Then = std::move_only_function<void()>;

    /// How long after their cause things are done. Handed in, so that tests need not wait.
    struct Pace {
        std::chrono::milliseconds refill{5000};         ///< after one was handed out, at the earliest
        std::chrono::milliseconds dropOutdated{2000};   ///< after it was found at a hand-over
        std::chrono::milliseconds afterStop{4000};      ///< of a template, whose data then may be other ones
        std::chrono::milliseconds afterChange{30000};   ///< of a property: people change several in a row
        std::chrono::milliseconds perDelaySecond{1000}; ///< what a second of preload-dispvm-delay lasts
    };

    /// All of it outlives the preloader.
    struct Parts {
        Registry &registry;
        Runner &runner;
        QubeMaker &maker;
        PropertyEditor &editor;
        Disposables &disposables;
        GuestServices &services;
    };

    Preloader(Parts parts, Pace pace, QObject *parent = nullptr);
    ~Preloader() override;

    /// A disposable of `base` for `creator`: the next that is ready, running, or else a fresh one, halted.
    /// @errors as Disposables::create()
    void take(Qid base, const QubeName &creator, Made made);
    /// Drops all of `base` and fills up again.
    void renew(Qid base, const std::string &reason);
    /// Drops all of `base`; `then` runs when they are gone, volumes and all.
    void dropAll(Qid base, Then then);

    /// Drops all there are and makes none until workAgain(); `then` runs when they are gone.
    void rest(Then then);
    void workAgain(const std::string &reason);

    /// Removes what an earlier life of the daemon left half done, and fills up. Once, after Runner::adopt().
    void begin();

private:
    /// Somebody waits for one that is not ready yet.
    struct Promise {
        QubeName creator;
        Made made;
        std::unique_ptr<QTimer> timer;
    };

    // Making them: preloadmaking.cpp.
    void scheduleFill(Qid base, std::chrono::milliseconds wait);
    void fill(Qid base);
    void onMade(Qid base, const Checked<Qid> &made);
    void onStarted(Qid id, const Checked<void> &started);
    void runServices(Qid id, std::vector<std::string_view> services);
    void park(Qid id);
    void onParked(Qid id);
    void giveUp(Qid id, const std::string &why);

    // Handing them out: preloadhandover.cpp.
    [[nodiscard]] const Qube *nextFresh(const Qube &base);
    void promise(const Qube &disposable, const QubeName &creator, Made made);
    void keepPromise(Qid id);
    void breakPromise(Qid id);
    void markUsed(Qid id);
    void requestRefill(const Qube &base);

    // Giving them up: preloaddropping.cpp.
    void drop(Qid id, Then then);
    void endDoomed(Qid id);
    void onDoomedGone(Qid id);
    void awaitGone(std::vector<Qid> ids, Then then);
    void dropAllOf(std::vector<Qid> bases, Then then);
    void shrink(const Qube &base);
    void dropOutdated(Qid base);
    void settleAfterRestart(const Qube &disposable);

    // The account and what happens around it: preloader.cpp.
    void onEvent(const Event &event);
    void onApplicationEvent(const Event &event);
    void onQubeEvent(const Qube &qube, const Event &event);
    void onProperty(const Qube &base, std::string_view property);
    void onStopped(const Qube &qube);
    void reconsider(Qid base, const std::string &reason);
    [[nodiscard]] Checked<void> judge(const Event &event) const;
    void setList(const Qube &base, const std::vector<std::string> &names);
    void removeFromList(const Qube &base, const std::string &name);
    /// Those of `base` that are ready or will be, without the promised and the doomed, by number of the qube.
    [[nodiscard]] std::vector<const Qube *> waitingOf(const Qube &base) const;
    [[nodiscard]] std::vector<Qid> bases() const;
    [[nodiscard]] std::chrono::milliseconds delayOf(const Qube &base) const;
    [[nodiscard]] const Model &model() const;

    Parts m_parts;
    Pace m_pace;
    std::map<Qid, Promise> m_promises;         ///< by the disposable
    std::map<Qid, std::vector<Then>> m_doomed; ///< those that are on their way out, and who waits for that
    std::set<Qid> m_stale;                     ///< started before something about their template changed
    std::set<Qid> m_fillsDue;                  ///< bases that a fill is scheduled for
    bool m_isResting = false;
    std::set<Qid> m_refreshesDue; ///< bases whose outdated ones are going to be looked for
};

} // namespace Bulkhead
