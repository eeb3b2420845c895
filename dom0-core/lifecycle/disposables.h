// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/qubemaker.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"

#include <QObject>

#include <functional>

namespace Bulkhead
{

/// Makes unnamed disposables and removes, with all that is theirs, those that go when they stop: after a shutdown, a
/// kill, a crash or a start that failed, and after a daemon that was not there when they stopped.
/// @source spec qube-model, 15.1; admin-api, 8.2.2
class Disposables : public QObject
{
    Q_OBJECT

public:
    /// Called exactly once, with the new qube.
    using Made = std::move_only_function<void(Checked<Qid>)>;

    /// All but `parent` outlive this.
    Disposables(Registry &registry, Runner &runner, QubeMaker &maker, QObject *parent = nullptr);
    ~Disposables() override;

    /// A fresh one of `base`, halted.
    /// @errors QubeNotFound, and those of checkNewDisposable() and QubeMaker::create()
    void create(Qid base, const QubeName &creator, Made made);
    /// The same for nobody yet: to be kept ready (PreloadFeature::InProgress).
    void createInAdvance(Qid base, Made made);

    /// Removes those that stopped while nobody looked. Once, after Runner::adopt().
    void removeLeftOver();

private:
    [[nodiscard]] Checked<CheckedNewQube> next(Qid base);
    void make(const CheckedNewQube &wanted, const QubeName &creator, Made made);
    void conclude(Qid id, std::move_only_function<void()> then);

    Registry &m_registry;
    Runner &m_runner;
    QubeMaker &m_maker;
};

} // namespace Bulkhead
