// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkchange.h"

#include <QList>
#include <QString>

#include <variant>

namespace Bulkhead
{

/// A qube that is to be made.
struct CreateStep {
    NewQube qube;

    friend bool operator==(const CreateStep &one, const CreateStep &other);
};

struct LabelStep {
    QString qube;
    QString before;
    QString after;

    friend bool operator==(const LabelStep &, const LabelStep &) = default;
};

/// Of a net qube that has to run before a running qube can be plugged into it.
struct StartStep {
    QString qube;

    friend bool operator==(const StartStep &, const StartStep &) = default;
};

struct DeleteStep {
    QString qube;

    friend bool operator==(const DeleteStep &, const DeleteStep &) = default;
};

/// One thing that a plan does at the core.
using PlanStep = std::variant<CreateStep, LabelStep, StartStep, NetworkStep, DeleteStep>;

[[nodiscard]] QString qubeOf(const PlanStep &step);
/// What it does, in a sentence without its full stop: "work: red → green".
[[nodiscard]] QString wordsOf(const PlanStep &step);
/// Commands that do the same, one a line. Names hold no character that a shell would mind.
[[nodiscard]] QString commandsOf(const PlanStep &step);

/// Steps of one kind of list after another of the same: a qube whose label is changed twice gets one step, one that is
/// made and deleted none.
[[nodiscard]] QList<PlanStep> collected(const QList<PlanStep> &steps, const PlanStep &step);

/// In the order in which each step finds what it needs: qubes are made first and deleted last.
[[nodiscard]] QList<PlanStep>
inOrder(const QList<PlanStep> &others, const QStringList &starts, const QList<NetworkStep> &network);

/// Why a step that is not about the network can not be done any more, or at all; empty: it can.
/// @param qubes  as they are
/// @param then  the network with all steps of the plan done
[[nodiscard]] QString problemOf(const PlanStep &step, const QList<QubeInfo> &qubes, const NetworkGraph &then);

} // namespace Bulkhead
