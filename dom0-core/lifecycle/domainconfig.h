// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/model/model.h"
#include "dom0-core/storage/pool.h"

#include <optional>

namespace Bulkhead
{

/// What a driver and a pool are told about a qube, from the model as it is now. Pure.

[[nodiscard]] VolumeSet volumesOf(const Model &model, const Qube &qube);
/// For a qube of which only the store knows any more.
[[nodiscard]] VolumeSet volumesOf(const Model &model, const Change::AddQube &gone);

/// The qube's link to its net qube; nothing if it has none or that one does not run.
[[nodiscard]] std::optional<NetworkLink> networkLinkOf(const Model &model, const Qube &qube);

/// The IPv4 address that the qube takes for its own; empty if it has no network.
[[nodiscard]] std::string ownAddressOf(const Model &model, const Qube &qube);

[[nodiscard]] OutsideFacts outsideFactsOf(const Model &model, const Qube &qube);

[[nodiscard]] DomainConfig domainConfigOf(const Model &model, const Qube &qube, const StartedVolumes &volumes);

/// Whether an agent is expected in the qube, so that it is usable only once that is connected.
[[nodiscard]] bool expectsAgent(const Model &model, const Qube &qube);

} // namespace Bulkhead
