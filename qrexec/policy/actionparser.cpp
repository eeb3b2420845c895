// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/actionparser.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

namespace Bulkhead::Policy
{

namespace
{

constexpr std::array Verdicts{Verdict::Allow, Verdict::Ask, Verdict::Deny};

Result<Verdict> parseVerdict(std::string_view word)
{
    const auto *const found = std::ranges::find(Verdicts, word, wordOf);
    if (found == Verdicts.end()) {
        return fail(Errc::BadValue, formatted("invalid action: {}", printable(word)));
    }
    return *found;
}

Result<bool> parseYesNo(std::string_view key, std::string_view value)
{
    if (value != "yes" && value != "no") {
        return fail(Errc::BadValue, formatted("'{}' can be only 'yes' or 'no', not '{}'", key, printable(value)));
    }
    return value == "yes";
}

/// One parameter: which verdicts have it, and where it goes.
struct Parameter {
    std::string_view key;
    bool forAsk;
    bool forAllow;
    bool forDeny;
    Result<void> (*apply)(Action &action, std::string_view value);
};

Result<void> applyTarget(Action &action, std::string_view value)
{
    BH_TRY(action.target, parseToken(value, Column::Redirect));
    return {};
}

Result<void> applyDefaultTarget(Action &action, std::string_view value)
{
    BH_TRY(action.defaultTarget, parseToken(value, Column::Redirect));
    return {};
}

Result<void> applyUser(Action &action, std::string_view value)
{
    action.user = value;
    return {};
}

Result<void> applyNotify(Action &action, std::string_view value)
{
    BH_TRY(action.notify, parseYesNo("notify", value));
    return {};
}

Result<void> applyAutostart(Action &action, std::string_view value)
{
    BH_TRY(action.autostart, parseYesNo("autostart", value));
    return {};
}

constexpr std::array Parameters{
    Parameter{.key = "target", .forAsk = true, .forAllow = true, .forDeny = false, .apply = applyTarget},
    Parameter{
        .key = "default_target", .forAsk = true, .forAllow = false, .forDeny = false, .apply = applyDefaultTarget},
    Parameter{.key = "user", .forAsk = true, .forAllow = true, .forDeny = false, .apply = applyUser},
    Parameter{.key = "notify", .forAsk = true, .forAllow = true, .forDeny = true, .apply = applyNotify},
    Parameter{.key = "autostart", .forAsk = true, .forAllow = true, .forDeny = false, .apply = applyAutostart},
};

bool isFor(const Parameter &parameter, Verdict verdict)
{
    switch (verdict) {
    case Verdict::Allow:
        return parameter.forAllow;
    case Verdict::Ask:
        return parameter.forAsk;
    case Verdict::Deny:
        return parameter.forDeny;
    }
    std::unreachable();
}

} // namespace

Result<Action> parseAction(std::span<const std::string_view> fields)
{
    BH_TRY(const Verdict verdict, parseVerdict(fields.front()));
    Action action{.verdict = verdict};
    std::vector<std::string_view> given;
    for (const std::string_view field : fields.subspan(1)) {
        const std::size_t equals = field.find('=');
        if (equals == std::string_view::npos) {
            return fail(Errc::BadValue, formatted("invalid action parameter syntax: {}", printable(field)));
        }
        const std::string_view key = field.substr(0, equals);
        if (std::ranges::contains(given, key)) {
            return fail(Errc::BadValue, formatted("parameter given twice: {}", printable(key)));
        }
        given.push_back(key);
        const auto *const parameter = std::ranges::find(Parameters, key, &Parameter::key);
        if (parameter == Parameters.end() || !isFor(*parameter, verdict)) {
            return fail(Errc::BadValue,
                        formatted("invalid parameters for action {}: {}", wordOf(verdict), printable(key)));
        }
        BH_CHECK(parameter->apply(action, field.substr(equals + 1)));
    }
    return action;
}

} // namespace Bulkhead::Policy
