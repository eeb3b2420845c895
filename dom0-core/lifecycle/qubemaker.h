// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "dom0-core/lifecycle/dispids.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/newqube.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <cstdint>
#include <filesystem>

namespace Bulkhead
{

/// Makes and removes qubes, model and volumes together. A crash in between is undone by finishInterrupted().
/// @source spec admin-api, 8.2.1 and 8.2.3
class QubeMaker : public QObject
{
    Q_OBJECT

public:
    using Done = Runner::Done;
    using Random = Dispids::Random;

    /// All but `parent` outlive the maker.
    QubeMaker(
        Registry &registry, Runner &runner, Pool &pool, Random random, const Clock &clock, QObject *parent = nullptr);

    /// @param wanted  judged in the same turn of the loop; a disposable without a number gets one
    /// @param creator  for the tag created-by-<creator>
    void create(CheckedNewQube wanted, const QubeName &creator, Done done);
    void remove(Qid id, Done done);
    /// Removes a qube whose run is being concluded (Runner::AfterRun): nobody else works on it then.
    /// @errors as checkRemoval(); the qube then stays
    void removeStopped(Qid id, Done done);

    /// The number for the next disposable. @errors General: all are in use
    [[nodiscard]] Checked<std::uint32_t> nextDispid();

    /// Gives a template its root: a copy of the directory, or the directory itself, which must then stay.
    enum class RootFrom : bool {
        Copy,
        InPlace,
    };
    void importRoot(Qid id, RootFrom how, const std::filesystem::path &source, Done done);

    /// Removes what an earlier life of the daemon left half made or half removed.
    void finishInterrupted();

private:
    void onCreated(Qid id, const Result<void> &created, Done done);
    void makeVolumes(Qid id, Done done, QubeLock::Hold hold);
    void removeVolumes(Qid id, VolumeSet volumes, Done done);
    void importLocked(const Qube &qube, const std::filesystem::path &source, Done done, QubeLock::Hold hold);

    Registry &m_registry;
    Runner &m_runner;
    Pool &m_pool;
    Random m_random;
    Dispids m_dispids;
};

} // namespace Bulkhead
