// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/decision.h"
#include "qrexec/policy/matching.h"
#include "qrexec/policy/request.h"
#include "qrexec/policy/rules.h"
#include "qrexec/policy/systeminfo.h"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What a policy would say to a call that nobody makes, and what in it says so: for those who show policies to people.
/// Pure, like decide(), of whose answer it is a reading: it never says anything else than what the daemon would do.
namespace Bulkhead::Policy
{

/// A line of a policy file, as somebody would look for it.
struct Line {
    std::string place; ///< `FILE:LINE`, or the file alone where no line of it says this
    std::string text;  ///< the rule in the current format, with single blanks

    friend bool operator==(const Line &, const Line &) = default;
};

/// A line that speaks of the service and comes before the one that decides, but not of these two qubes.
struct PassedLine {
    Line line;
    Mismatch why = Mismatch::Source; ///< which of the two does not fit

    friend bool operator==(const PassedLine &, const PassedLine &) = default;
};

struct Explanation {
    Verdict outcome = Verdict::Deny;       ///< what would happen; a rule that allows may come to nothing all the same
    std::optional<Line> line = {};         ///< that decides; nothing where none fits, or the call is none
    std::string reason = {};               ///< Deny: why, in words of ours
    std::string target = {};               ///< Allow: who would be called in the end: `dom0`, a name, `@dispvm:NAME`
    std::string user = {};                 ///< Allow: `DEFAULT` or an account's name
    bool mayStart = false;                 ///< Allow: the target may be started for it
    std::vector<std::string> choices = {}; ///< Ask: what the person would be offered
    std::string preselected = {};          ///< Ask: one of these, or empty
    bool isTold = false;                   ///< the person would see a notice
    std::vector<PassedLine> passed = {};   ///< in order
    std::vector<std::string> warnings = {};

    friend bool operator==(const Explanation &, const Explanation &) = default;
};

[[nodiscard]] Explanation explain(const Rules &rules, const SystemInfo &info, const Request &request);

/// A call of which two policies say different things.
struct Difference {
    Request request;
    Explanation before;
    Explanation after;
};

/// Every call between qubes, of the services and arguments that either policy names, whose outcome, target, choices or
/// user differs; a call whose answer is the same for another reason is none. In the order of services, sources and
/// targets. Takes time in proportion to services times qubes squared.
/// @param most  no more of them
[[nodiscard]] std::vector<Difference>
differences(const Rules &before, const Rules &after, const SystemInfo &info, std::size_t most);

} // namespace Bulkhead::Policy
