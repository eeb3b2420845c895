// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "vchan-io/wire/calls/firewallrule.h"

#include <QObject>
#include <QTimer>

#include <optional>

namespace Bulkhead
{

/// Changes the firewall rules of qubes, saves them, fires `firewall-changed`, and removes rules when they expire. Who
/// passes the rules on to net qubes listens to that event.
/// @source spec admin-api, 8.10; qube-model, 10.4
class FirewallEditor : public QObject
{
    Q_OBJECT

public:
    /// @param registry  outlives the editor
    explicit FirewallEditor(Registry &registry, QObject *parent = nullptr);

    /// What counts now: expired rules are left out, also when they are still to be removed. The qube must exist.
    [[nodiscard]] Firewall::Rules rulesInForce(Qid id) const;

    [[nodiscard]] Checked<void> set(Qid id, Firewall::Rules rules);
    /// Fires the event and changes nothing.
    void reload(Qid id);

    /// Takes expired rules out of every qube and waits for the next to expire. To be called once after the start.
    void removeExpired();

private:
    void awaitNext();

    Registry &m_registry;
    QTimer m_timer;
};

} // namespace Bulkhead
