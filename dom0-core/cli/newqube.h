// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <cstdint>
#include <map>
#include <string>

namespace Bulkhead::Cli
{

/// A qube that is to be made.
struct NewQube {
    std::string name;
    std::string klass = "AppVM";
    std::string label;
    std::string templateName = {}; ///< empty: the default one, or a class without
    /// Where its volumes go: by `pool` for all, or by `pool:VOLUME`. Empty: the default pools.
    std::map<std::string, std::string> pools = {};
};

/// Where the volumes of a qube that is made shall go.
inline constexpr Option OnePoolOption{
    .letter = 'P',
    .names = "one-pool",
    .help = "the pool for its volumes",
    .value = "POOL",
    .completes = Completes::Pools,
};
inline constexpr Option VolumePoolOption{
    .letter = 'p',
    .names = "pool",
    .help = "the pool for one of its volumes; may be given again",
    .value = "POOL:VOLUME",
};

/// The pools that these two options name.
/// @errors BadValue
[[nodiscard]] Result<std::map<std::string, std::string>> poolsFrom(const Arguments &arguments);

/// @errors BadValue for a name that no qube can have; as Daemon
[[nodiscard]] Result<void> createQube(const Daemon &daemon, const NewQube &wanted);

/// Takes back a qube whose making failed with `error`, which it returns; if that fails, too, the error says so.
[[nodiscard]] std::unexpected<Error> removeHalfMade(const Daemon &daemon, const std::string &name, Error error);

/// What happens if something beside the volumes cannot be copied.
enum class OnMinorErrors : std::uint8_t {
    Stop, ///< nothing is left of the new qube
    Say,  ///< and go on
};

/// Makes a qube like another: properties, tags, features, notes, firewall, volumes that last, assigned devices.
/// @param wanted  an empty class, label or template is the source's
/// @source spec qube-model, 12.2
[[nodiscard]] Result<void>
cloneQube(Session &session, const std::string &source, NewQube wanted, OnMinorErrors onMinorErrors);

} // namespace Bulkhead::Cli
