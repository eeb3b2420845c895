// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/guestservices.h"
#include "dom0-core/lifecycle/propertyeditor.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"

#include <QObject>

#include <string_view>

namespace Bulkhead
{

/// Of a paused qube whose net qube was changed: the one that it is still plugged into, empty for none.
/// @source spec qube-model, 10.5
inline constexpr std::string_view DeferredNetvmFeature = "deferred-netvm-original";

/// Plugs a qube whose net qube was changed while it was paused as soon as it goes on. Main thread only.
class DeferredNetvm : public QObject
{
    Q_OBJECT

public:
    /// All but `parent` outlive the object.
    DeferredNetvm(
        Registry &registry, Runner &runner, PropertyEditor &editor, GuestServices &services, QObject *parent = nullptr);

private:
    void onEvent(const Event &event);
    void apply(Qid id);
    void forget(Qid id);

    Registry &m_registry;
    Runner &m_runner;
    PropertyEditor &m_editor;
    GuestServices &m_services;
};

} // namespace Bulkhead
