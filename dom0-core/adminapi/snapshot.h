// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/qubename.h"
#include "dom0-core/adminapi/permissions.h"
#include "dom0-core/model/model.h"
#include "vchan-io/wire/calls/firewallrule.h"

#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// Whether a qube has a way of its own to the outside: OutsideWatch::leadsOutside().
using LeadsOutside = std::function<bool(const Qube &)>;
/// The firewall rules that count now: FirewallEditor::rulesInForce().
using RulesInForce = std::function<Firewall::Rules(const Qube &)>;

/// Everything that a window shows of the qubes, as the answer of bulkhead.Snapshot: one fact a line, in the words of
/// the ordinary calls. What the caller could not ask one by one is left out.
/// @param generation  of this state
/// @param leadsOutside  as the driver tells it
/// @param rulesInForce  asked for qubes that can have a network
/// @source docs/protocol/core.md
[[nodiscard]] std::string snapshotText(const Model &model,
                                       const Permissions &permissions,
                                       const QubeName &source,
                                       std::string_view generation,
                                       const LeadsOutside &leadsOutside,
                                       const RulesInForce &rulesInForce);

} // namespace Bulkhead::AdminApi
