// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/qubelock.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <optional>
#include <string>

namespace Bulkhead
{

/// One start of one qube, from the first event to the last. The steps stand in the file in the order they run.
/// @source spec qube-model, 9.2
class StartJob : public QObject
{
    Q_OBJECT

public:
    /// @param hold  the qube's lock, kept until the end
    StartJob(Runner &runner, Qid id, QubeLock::Hold hold, Runner::Done done);

    void begin();
    /// Somebody wants no start any more: it fails at the next step, and what was made of it is undone.
    void cancel();
    /// The domain went away while the job waited for its agent; everything of it is cleaned up.
    void onDomainGone();

private:
    void startNetvm();
    void startVolumes();
    void buildDomain(const StartedVolumes &volumes);
    void onDomainUp(DomId domain);
    void furnish();
    void awaitAgent();
    void onAgentThere();

    [[nodiscard]] Refusal cancelled() const;
    void failBeforeDomain(Refusal reason);
    void failWithVolumes(Refusal reason);
    void failWithDomain(Refusal reason);
    void finish(Checked<void> result);

    [[nodiscard]] const Qube &qube() const;
    [[nodiscard]] const Model &model() const;
    void announce(std::string name);

    Runner &m_runner;
    Qid m_id;
    QubeLock::Hold m_hold;
    Runner::Done m_done;
    bool m_isCancelled = false;
    std::optional<Refusal> m_failure; ///< why the domain is being ended again
};

} // namespace Bulkhead
