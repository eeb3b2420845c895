// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/policyanswer.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

using Values = std::map<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 8> Keys{
    "result", "user", "target", "target_uuid", "autostart", "requested_target", "service", "policy_source"};
constexpr std::array<std::string_view, 4> OfAnAllowedCall{"user", "target", "autostart", "requested_target"};

Result<Values> splitAnswer(std::string_view text)
{
    Values values;
    for (bool isLast = false; !isLast;) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        isLast = end == text.size();
        text.remove_prefix(isLast ? end : end + 1);
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            return fail(Errc::BadField, "a line without =");
        }
        const auto *const key = std::ranges::find(Keys, line.substr(0, equals));
        if (key == Keys.end()) {
            continue; // something newer
        }
        if (!values.emplace(*key, line.substr(equals + 1)).second) {
            return fail(Errc::BadField, formatted("{} stands twice", *key));
        }
    }
    return values;
}

std::optional<std::string> optionalValue(const Values &values, std::string_view key)
{
    const auto value = values.find(key);
    return value == values.end() ? std::nullopt : std::optional(std::string(value->second));
}

} // namespace

Result<std::optional<AllowedCall>> parsePolicyAnswer(std::string_view text)
{
    if (text.ends_with('\n')) {
        text.remove_suffix(1);
    }
    if (text.empty() || text.contains('\0')) {
        return fail(Errc::BadField, "no answer");
    }
    BH_TRY(const Values values, splitAnswer(text));
    const auto result = optionalValue(values, "result");
    if (result != "allow" && result != "deny") {
        return fail(Errc::BadField, "neither allow nor deny");
    }
    const bool isAllowed = result == "allow";
    for (const std::string_view key : OfAnAllowedCall) {
        if (values.contains(key) != isAllowed) {
            return fail(Errc::BadField, formatted("{} is missing, or there is one too many", key));
        }
    }
    if (!isAllowed) {
        return std::nullopt;
    }
    const std::string_view autostart = values.at("autostart");
    if (autostart != "True" && autostart != "False") {
        return fail(Errc::BadField, "autostart is neither True nor False");
    }
    return AllowedCall{
        .user = std::string(values.at("user")),
        .target = std::string(values.at("target")),
        .targetUuid = optionalValue(values, "target_uuid"),
        .autostart = autostart == "True",
        .requestedTarget = std::string(values.at("requested_target")),
        .service = optionalValue(values, "service"),
        .policySource = optionalValue(values, "policy_source"),
    };
}

} // namespace Bulkhead::Qrexec
