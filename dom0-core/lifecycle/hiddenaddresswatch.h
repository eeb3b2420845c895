// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"

#include <QObject>

#include <set>

namespace Bulkhead
{

/// Plugs running qubes in anew when what they are told of their network was changed: their net qubes translate what was
/// so when the interface came. One that is paused follows when it goes on. Main thread only.
/// @source spec qube-model, 10.3
class HiddenAddressWatch : public QObject
{
    Q_OBJECT

public:
    /// Both outlive the object.
    HiddenAddressWatch(Registry &registry, Runner &runner, QObject *parent = nullptr);

private:
    void onEvent(const Event &event);
    void onFeature(const Qube &holder);
    void follow(const Qube &qube);

    Registry &m_registry;
    Runner &m_runner;
    std::set<Qid> m_waiting; ///< paused ones
};

} // namespace Bulkhead
