// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/references.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <array>
#include <cstddef>
#include <filesystem>
#include <functional>

namespace Bulkhead
{

/// Makes and removes qubes, model and volumes together. A crash in between is undone by finishInterrupted().
/// @source spec admin-api, 8.2.1 and 8.2.3
class QubeMaker : public QObject
{
    Q_OBJECT

public:
    using Done = Runner::Done;
    /// 16 random bytes; handed in by main().
    using Random = std::function<std::array<std::byte, 16>()>;

    /// All but `parent` outlive the maker.
    QubeMaker(Registry &registry, Runner &runner, Pool &pool, Random random, QObject *parent = nullptr);

    /// @param wanted  judged by checkNewQube() in the same turn of the loop
    /// @param creator  for the tag created-by-<creator>
    void create(QubeClass klass, const CheckedNewQube &wanted, const QubeName &creator, Done done);
    void remove(Qid id, Done done);

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
    void removeLocked(Qid id, Done done, QubeLock::Hold hold);
    void importLocked(const Qube &qube, const std::filesystem::path &source, Done done, QubeLock::Hold hold);

    Registry &m_registry;
    Runner &m_runner;
    Pool &m_pool;
    Random m_random;
};

} // namespace Bulkhead
