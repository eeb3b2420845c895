// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/matching.h"
#include "qrexec/policy/request.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace Bulkhead::Policy
{

/// The call takes place. Source of the fields: spec policy, section 6.
struct Allowed {
    std::string user = "DEFAULT";
    std::string target;             ///< `dom0`, a name or uuid as asked for, `@dispvm:X`, or the relay of a RemoteVM
    std::string targetUuid = {};    ///< `uuid:U` or `@dispvm:uuid:U`; empty for dom0
    bool autostart = true;          ///< the target may be started for it
    std::string requestedTarget;    ///< in the terms of rules
    std::string remoteService = {}; ///< what the relay is asked for instead
    std::string policySource = {};  ///< the RemoteVM that the call is relayed for; never for dom0

    friend bool operator==(const Allowed &, const Allowed &) = default;
};

/// A person decides, among these.
struct Question {
    std::vector<std::string> targets; ///< names, `dom0`, `@dispvm:NAME`; sorted, not empty
    std::string defaultTarget = {};   ///< one of them, or empty
    std::string guiDomain = {};       ///< where the person is; empty only in evaluations that ask nobody

    friend bool operator==(const Question &, const Question &) = default;
};

/// The call does not take place.
struct Denied {
    enum class Cause : std::uint8_t {
        Policy,  ///< a rule, or none
        Request, ///< what was asked for cannot be asked for
    };

    std::string reason; ///< for a log
    Cause cause = Cause::Policy;

    friend bool operator==(const Denied &, const Denied &) = default;
};

/// What holds for a call, and what says so.
struct Decision {
    std::variant<Allowed, Question, Denied> outcome;
    bool notify = true; ///< tell the person
    std::string source; ///< the effective one
    Match match = {};   ///< the rule that decided and those before it
    std::vector<std::string> warnings = {};

    [[nodiscard]] bool isAllowed() const noexcept
    {
        return std::holds_alternative<Allowed>(outcome);
    }
};

/// The answer for one call. Pure: the same values give the same answer.
/// @source spec policy, sections 5 to 7
[[nodiscard]] Decision decide(const Rules &rules, const SystemInfo &info, const Request &request);

/// The answer once a person has chosen, by the rules and the qubes as they are then: where they ask no longer, or no
/// longer offer this target, the call is denied.
[[nodiscard]] Decision
decideAnswered(const Rules &rules, const SystemInfo &info, const Request &request, std::string_view target);

/// The denial after a person said no.
[[nodiscard]] Decision decideRefused(const Rules &rules, const SystemInfo &info, const Request &request);

/// What a question counts as where nobody is asked. As yes: as if the person chose the requested target.
enum class Questions : std::uint8_t { CountAsNo, CountAsYes };

/// Whether a call would be allowed, for those who only want to know: nobody is asked or told, and it does not count
/// whether the target is the source itself or can be reached by a relay.
/// @source spec policy, 7.3
[[nodiscard]] bool wouldAllow(const Rules &rules, const SystemInfo &info, const Request &request, Questions questions);

} // namespace Bulkhead::Policy
