// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/query.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <map>
#include <string>

namespace Bulkhead::Qrexec
{

namespace
{

using Values = std::map<std::string_view, std::string_view>;

constexpr std::array<std::string_view, 8> Keys{"source",
                                               "intended_target",
                                               "service_and_arg",
                                               "requested_source",
                                               "assume_yes_for_ask",
                                               "just_evaluate",
                                               "explain",
                                               "chosen"};

Result<Values> splitQuery(std::string_view text)
{
    Values values;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const std::size_t equals = line.find('=');
        if (equals == std::string_view::npos) {
            return fail(Errc::BadField, "a line without =");
        }
        const auto *const key = std::ranges::find(Keys, line.substr(0, equals));
        if (key == Keys.end()) {
            return fail(Errc::BadField, "an unknown key");
        }
        if (!values.emplace(*key, line.substr(equals + 1)).second) {
            return fail(Errc::BadField, formatted("{} stands twice", *key));
        }
    }
    return values;
}

Result<std::string> needed(const Values &values, std::string_view key)
{
    const auto value = values.find(key);
    if (value == values.end()) {
        return fail(Errc::BadField, formatted("{} is missing", key));
    }
    return std::string(value->second);
}

Result<bool> flag(const Values &values, std::string_view key)
{
    const auto value = values.find(key);
    if (value == values.end() || value->second == "no") {
        return false;
    }
    if (value->second != "yes") {
        return fail(Errc::BadField, formatted("{} is neither yes nor no", key));
    }
    return true;
}

} // namespace

std::optional<std::string_view> completeQuery(std::string_view received)
{
    if (received.starts_with('\n')) {
        return std::string_view();
    }
    const std::size_t end = received.find("\n\n");
    return end == std::string_view::npos ? std::nullopt : std::optional(received.substr(0, end));
}

Result<Query> parseQuery(std::string_view text)
{
    const bool isAscii = std::ranges::all_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x80 && c != '\0';
    });
    if (!isAscii) {
        return fail(Errc::BadField, "a byte outside ASCII");
    }
    BH_TRY(const Values values, splitQuery(text));
    Query query;
    BH_TRY(query.request.source, needed(values, "source"));
    BH_TRY(query.request.target, needed(values, "intended_target"));
    BH_TRY(const std::string service, needed(values, "service_and_arg"));
    query.request.setServiceAndArgument(service);
    if (query.request.service.empty() || query.request.source.empty()) {
        return fail(Errc::BadField, "an empty source or service");
    }
    if (const auto source = values.find("requested_source"); source != values.end()) {
        query.request.requestedSource = source->second;
    }
    BH_TRY(query.assumeYesForAsk, flag(values, "assume_yes_for_ask"));
    BH_TRY(query.justEvaluate, flag(values, "just_evaluate"));
    BH_TRY(query.isExplained, flag(values, "explain"));
    BH_TRY(query.isChosen, flag(values, "chosen"));
    if ((query.isExplained || query.isChosen) && !query.justEvaluate) {
        return fail(Errc::BadField, "what goes with an evaluation alone");
    }
    return query;
}

} // namespace Bulkhead::Qrexec
