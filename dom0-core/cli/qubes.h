// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/verb.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// One qube as the daemon lists it.
/// @source spec admin-api, 8.1
struct QubeLine {
    std::string name;
    std::string klass;
    std::string state;
    std::string uuid; ///< empty from a daemon that does not tell

    [[nodiscard]] bool isRunning() const
    {
        return state == "Running" || state == "Transient";
    }
};

/// All qubes, dom0 first, the others by name.
[[nodiscard]] Result<std::vector<QubeLine>> listQubes(const Daemon &daemon);

/// The one of that name.
/// @errors BadValue, if there is none
[[nodiscard]] Result<QubeLine> findQube(const Daemon &daemon, const std::string &name);

/// The options by which a command is told its qubes instead of by their names.
inline constexpr Option AllQubes{.names = "all", .help = "take every qube but dom0"};
inline constexpr Option ExcludedQubes{
    .names = "exclude",
    .help = "leave out this qube; with --all",
    .value = "QUBE",
    .completes = Completes::Qubes,
};
inline constexpr Operand QubeOperand{.name = "QUBE", .completes = Completes::Qubes};

/// The qubes that a command line means, all of which exist.
/// @errors BadValue, if it names none, or one that does not exist
[[nodiscard]] Result<std::vector<QubeLine>> chosenQubes(const Daemon &daemon, const Arguments &arguments);

/// nullptr, if there is none of that name.
[[nodiscard]] const QubeLine *findIn(const std::vector<QubeLine> &qubes, std::string_view name);

/// Runs a deed for each qube, whatever became of the one before; each failure is said.
/// @return 0, or the exit status of the worst failure
[[nodiscard]] int forEachQube(Session &session,
                              const std::vector<QubeLine> &qubes,
                              const std::function<Result<void>(const QubeLine &)> &deed);

/// For a command that takes exactly one qube, and nothing past `most` operands.
/// @errors BadValue
[[nodiscard]] Result<std::string> theQube(const Arguments &arguments, std::size_t most);

} // namespace Bulkhead::Cli
