// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkgraph.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <QList>
#include <QString>

namespace Bulkhead
{

/// One call that the policy lets through without asking anybody.
struct ReachStep {
    QString from;    ///< a qube's name, or `@dispvm:NAME` for a new disposable
    QString to;      ///< the same, or `dom0` for calls that steer the whole system
    QString service; ///< `NAME`, `NAME+ARGUMENT`, or `*` for any
    QString place;   ///< the rule that says so, as `FILE:LINE` below the policy's directory
    QString line;    ///< that rule

    friend bool operator==(const ReachStep &, const ReachStep &) = default;
};

/// A qube that another one gets hold of, by itself or through others.
struct Reached {
    QString qube;         ///< as ReachStep::to
    QList<ReachStep> way; ///< from the one that was asked for; one of the shortest
    NetworkChain chain;   ///< where its packets go; of a disposable, its template's from there on

    friend bool operator==(const Reached &, const Reached &) = default;
};

/// Everything that a qube gets hold of while nobody is asked: whom it may call, which starts them where they are off;
/// whom it may start, change or steer by calls to dom0; disposables that it may have made; and what all these get hold
/// of in turn. A qube without a network gets out by what is in here alone. In the order of distance, then names.
///
/// Calls that dom0 answers itself (the time, a notice) lead to no qube and are left out. A new disposable is taken for
/// one whose own disposables are of the same template. Takes time in proportion to the qubes that are reached, all
/// qubes, and the services that some rule allows.
/// @param qube  one that the system does not know reaches nothing
/// @source spec security, R-55 and S-159
[[nodiscard]] QList<Reached>
closureOf(const Policy::Rules &rules, const Policy::SystemInfo &system, const NetworkGraph &graph, const QString &qube);

/// Whether its packets leave the system.
[[nodiscard]] bool leadsOutside(const Reached &reached);
/// A step in words, and the rule that says so in a line of its own.
[[nodiscard]] QString stepWords(const ReachStep &step);
/// "work, which reaches the outside: work → sys-firewall → sys-net → outside".
[[nodiscard]] QString reachedWords(const Reached &reached);
/// How many of them reach the outside, in a sentence about the qube; empty: none.
[[nodiscard]] QString closureSummary(const QString &qube, const QList<Reached> &closure);

} // namespace Bulkhead
