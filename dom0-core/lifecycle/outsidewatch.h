// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/lifecycle/registry.h"

#include <QObject>

#include <set>

namespace Bulkhead
{

/// Knows which qubes lead outside, and announces when one begins or ceases to: `bulkhead-outside` of the qube, with the
/// pair `outside`. A new qube is taken not to. Main thread only.
/// @source docs/protocol/core.md
class OutsideWatch : public QObject
{
    Q_OBJECT

public:
    /// Both outlive the watch.
    OutsideWatch(Registry &registry, const Driver &driver, QObject *parent = nullptr);

    /// From now on; after everybody else listens to the registry, so that what leads to a change is told before it.
    void begin();

    /// Asks the driver.
    [[nodiscard]] bool leadsOutside(const Qube &qube) const;

private:
    void onEvent(const Event &event);
    void look(Qid id);

    Registry &m_registry;
    const Driver &m_driver;
    std::set<Qid> m_outside; ///< as it was told
};

} // namespace Bulkhead
