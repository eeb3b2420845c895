// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/policy/systeminfo.h"
#include "qrexec/policy/token.h"

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// A call as the daemon of the calling qube reports it. The source is that daemon's own word; the rest is the qube's.
struct Request {
    std::string source;
    std::string target; ///< may be empty
    std::string service;
    std::string argument = "+";       ///< begins with `+`
    std::string requestedSource = {}; ///< a RemoteVM that the source relays for; empty: none

    /// Cuts `NAME` or `NAME+ARGUMENT`.
    void setServiceAndArgument(std::string_view text);
    /// `NAME+ARGUMENT`, as logs show it.
    [[nodiscard]] std::string serviceAndArgument() const;

    friend bool operator==(const Request &, const Request &) = default;
};

/// A request in the terms of rules. Source: spec policy, 5.1.
struct PreparedRequest {
    std::string source;                     ///< the effective one
    const QubeRecord *sourceQube = nullptr; ///< nothing where it does not exist; belongs to the system information
    Token target;                           ///< a name only of a qube that exists
    std::string policySource = {};          ///< the RemoteVM's name, if the call is relayed
    std::vector<std::string> warnings = {};
};

/// @errors BadField (what no caller may ask for), Refused (no such template; not the relay of that RemoteVM)
[[nodiscard]] Result<PreparedRequest> prepare(const Request &request, const SystemInfo &info);

/// @errors Refused (there is no such qube, or it is no template of disposables)
[[nodiscard]] Result<void> checkDisposableTemplate(std::string_view designation, const SystemInfo &info);

} // namespace Bulkhead::Policy
