// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"

#include <functional>
#include <string>
#include <variant>

namespace Bulkhead::FileCopy
{

/// Where the policy lets files of dom0 go: not always to where the person pointed.
struct Admission {
    std::string target;           ///< as qrexec's client takes it
    std::string user = "DEFAULT"; ///< who gets them there
    bool mayStart = true;         ///< the target, where it does not run
};

/// No copy. By a rule, or because the person said no when asked.
struct Refusal {
    std::string rule; ///< `FILE:LINE`; empty: the person, or nothing fits

    friend bool operator==(const Refusal &, const Refusal &) = default;
};

using Ruling = std::variant<Admission, Refusal>;

/// Asks the policy's daemon whether dom0 may copy files to a qube that the person has pointed at, and waits for it: as
/// long as it takes where the person is asked, with that qube chosen in the question.
/// @param service  `qubes.Filecopy`, with its argument if it has one
/// @param onAsking  called before the person is asked
/// @errors NotFound (nobody answers for the policy), Io, BadField (its answer is none), TimedOut
/// @source docs/protocol/qrexec.md, section Policy socket
[[nodiscard]] Result<Ruling> askPolicy(const std::string &socket,
                                       const QubeName &target,
                                       const std::string &service,
                                       const std::function<void()> &onAsking);

} // namespace Bulkhead::FileCopy
