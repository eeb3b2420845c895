// SPDX-License-Identifier: GPL-2.0-or-later
// The table of the system's own properties: one line each. Spec qube-model, 5.6.
#include "dom0-core/model/pools.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/propertychecks.h"

#include <array>

namespace Bulkhead
{

namespace
{

using enum PropertyType;
namespace Check = PropertyChecks;

std::optional<std::string> dom0(const Model &)
{
    return "dom0";
}

std::optional<std::string> none(const Model &)
{
    return std::string();
}

std::optional<std::string> yes(const Model &)
{
    return "True";
}

template<int Number> std::optional<std::string> number(const Model &)
{
    return std::to_string(Number);
}

/// @source spec qube-model, 5.6
std::optional<std::string> poolOfNewVolumes(const Model &model)
{
    constexpr std::string_view Named = "default";
    return std::string(model.pools().contains(Named) ? Named : DefaultPool);
}

std::optional<std::string> defaultPool(const Model &model)
{
    return readGlobalText(model, "default_pool");
}

constexpr int TimeoutSeconds = 60;
constexpr int StatsSeconds = 3;

// clang-format off
const std::array Table{
    GlobalRule{.name = "default_guivm", .type = Reference, .byDefault = dom0,
               .help = "Qube that shows the windows of qubes that name no other."},
    GlobalRule{.name = "default_audiovm", .type = Reference, .byDefault = dom0,
               .help = "Qube that plays the sound of qubes that name no other."},
    GlobalRule{.name = "default_netvm", .type = Reference, .byDefault = none, .check = Check::globalNetvm,
               .help = "Net qube of qubes that name no other."},
    GlobalRule{.name = "default_template", .type = Reference, .check = Check::globalTemplate,
               .help = "Template of new qubes that name no other."},
    GlobalRule{.name = "updatevm", .type = Reference, .byDefault = none,
               .help = "Qube that fetches updates for dom0."},
    GlobalRule{.name = "clockvm", .type = Reference, .byDefault = none,
               .help = "Qube that dom0 takes its time from."},
    GlobalRule{.name = "default_kernel", .type = Text, .check = Check::globalKernel,
               .help = "Kernel of qubes that name no other."},
    GlobalRule{.name = "default_dispvm", .type = Reference, .byDefault = none,
               .check = Check::globalDisposableTemplate,
               .help = "Qube that disposables are made of where a qube names no other."},
    GlobalRule{.name = "management_dispvm", .type = Reference, .byDefault = none,
               .check = Check::globalDisposableTemplate,
               .help = "Qube that disposables for managing qubes are made of."},
    GlobalRule{.name = "default_pool", .type = Text, .byDefault = poolOfNewVolumes, .check = Check::globalPool,
               .help = "Storage pool of new volumes."},
    GlobalRule{.name = "default_pool_private", .type = Text, .byDefault = defaultPool, .check = Check::globalPool,
               .help = "Storage pool of new private volumes."},
    GlobalRule{.name = "default_pool_root", .type = Text, .byDefault = defaultPool, .check = Check::globalPool,
               .help = "Storage pool of new root volumes."},
    GlobalRule{.name = "default_pool_volatile", .type = Text, .byDefault = defaultPool, .check = Check::globalPool,
               .help = "Storage pool of volatile volumes."},
    GlobalRule{.name = "default_pool_kernel", .type = Text, .byDefault = defaultPool, .check = Check::globalPool,
               .help = "Storage pool of kernel volumes."},
    GlobalRule{.name = "default_qrexec_timeout", .type = Integer, .byDefault = number<TimeoutSeconds>,
               .check = Check::globalPositive,
               .help = "How long a start waits for a qube's agent, in seconds."},
    GlobalRule{.name = "default_shutdown_timeout", .type = Integer, .byDefault = number<TimeoutSeconds>,
               .check = Check::globalPositive, .help = "How long a shutdown waits for a qube, in seconds."},
    GlobalRule{.name = "stats_interval", .type = Integer, .byDefault = number<StatsSeconds>,
               .check = Check::globalPositive, .help = "Seconds between two rounds of statistics."},
    GlobalRule{.name = "check_updates_vm", .type = Boolean, .byDefault = yes,
               .help = "Whether qubes look for updates."},
};
// clang-format on

} // namespace

std::span<const GlobalRule> globalPropertyTable()
{
    return Table;
}

} // namespace Bulkhead
