// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/model/assignments.h"
#include "dom0-core/model/qid.h"
#include "dom0-core/model/uuid.h"
#include "dom0-core/model/volumesettings.h"
#include "vchan-io/wire/calls/firewallrule.h"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// @source spec qube-model, 1.1
enum class QubeClass : std::uint8_t {
    AdminVM,
    AppVM,
    DispVM,
    RemoteVM,
    StandaloneVM,
    TemplateVM,
};

[[nodiscard]] std::string_view nameOf(QubeClass klass);
[[nodiscard]] std::optional<QubeClass> qubeClassFromName(std::string_view name);

/// What a qube is doing, in the words of the Admin API.
/// @source spec qube-model, 9.1
enum class PowerState : std::uint8_t {
    Halted,
    Transient, ///< the domain exists, its qrexec agent is not there yet
    Running,
    Paused,
    Dying,
    Crashed,
};

[[nodiscard]] std::string_view nameOf(PowerState state);

/// What is known only while a qube runs; never stored.
struct RunState {
    PowerState power = PowerState::Halted;
    std::optional<DomId> domain;
    std::optional<std::chrono::system_clock::time_point> started;
};

/// One qube. `properties` holds the values that were set, in their canonical text; what is not in it is computed
/// (properties.h).
struct Qube {
    Qid id;
    QubeName name;
    Uuid uuid;
    QubeClass klass = QubeClass::AppVM;
    TextMap properties;
    TextMap features;
    std::set<std::string, std::less<>> tags;
    std::string notes;                       ///< what its owner wrote about it, UTF-8
    std::filesystem::path rootInPlace;       ///< a directory used as the root, outside the pool; empty otherwise
    std::optional<Firewall::Rules> firewall; ///< nothing: never set, see rulesOf()
    VolumeSettingsMap volumes;               ///< what was chosen; volumes.h tells the rest
    AssignmentMap assignments;               ///< devices that it is to get
    RunState run;

    [[nodiscard]] bool isHalted() const noexcept
    {
        return run.power == PowerState::Halted;
    }
};

/// What may leave the qube, expired rules included.
[[nodiscard]] const Firewall::Rules &rulesOf(const Qube &qube);

} // namespace Bulkhead
