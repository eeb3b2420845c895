// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verb.h"

#include <array>
#include <string_view>

namespace Bulkhead::Cli
{

/// What is done to whole qubes by one call of the daemon without a payload.
struct WholeQubeDeed {
    std::string_view method;
    /// Which of all qubes `--all` means; those named one by one are called for whatever their state.
    bool (*concerns)(const QubeLine &qube);
    std::string_view before; ///< what is said of each one that it was done to: before its name …
    std::string_view after;  ///< … and after it
};

inline constexpr std::array WholeQubeOptions{AllQubes, ExcludedQubes};
inline constexpr std::array WholeQubeOperands{QubeOperand};
inline constexpr std::string_view WholeQubeSynopsis = "[OPTIONS...] QUBE...\n[OPTIONS...] --all [--exclude QUBE]...";

/// Does it to each qube that the command line means.
/// @return 0, or the exit status of the worst failure
/// @errors BadValue, if the command line means none or one that does not exist
[[nodiscard]] Result<int> doToQubes(Session &session, const Arguments &arguments, const WholeQubeDeed &deed);

} // namespace Bulkhead::Cli
