// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/ruleparser.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/printable.h"
#include "qrexec/policy/actionparser.h"
#include "qrexec/policy/policytext.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <vector>

namespace Bulkhead::Policy
{

namespace
{

using Fields = std::span<const std::string_view>;

struct DirectiveForm {
    std::string_view name;
    DirectiveKind kind;
    std::size_t parameters;
};

constexpr std::array DirectiveForms{
    DirectiveForm{"!include", DirectiveKind::Include, 1},
    DirectiveForm{"!include-dir", DirectiveKind::IncludeDir, 1},
    DirectiveForm{"!include-service", DirectiveKind::IncludeService, 3},
    DirectiveForm{"!compat-4.0", DirectiveKind::Compat, 0},
};

bool isMadeOf(std::string_view text, std::string_view signs)
{
    return std::ranges::all_of(text, [signs](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || signs.contains(c);
    });
}

std::string replaced(std::string text, std::string_view what, std::string_view with)
{
    for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
        text.replace(at, what.size(), with);
    }
    return text;
}

Result<Line> parseDirective(Fields fields)
{
    const auto *const form = std::ranges::find(DirectiveForms, fields.front(), &DirectiveForm::name);
    if (form == DirectiveForms.end()) {
        return fail(Errc::BadValue, formatted("invalid directive: {}", printable(fields.front())));
    }
    if (fields.size() != form->parameters + 1) {
        return fail(
            Errc::BadValue,
            formatted(
                "invalid number of params for {}: {} instead of {}", form->name, fields.size() - 1, form->parameters));
    }
    Directive directive{.kind = form->kind};
    if (form->parameters > 0) {
        directive.path = fields.back();
    }
    if (form->kind == DirectiveKind::IncludeService) {
        directive.service = fields[1];
        directive.argument = fields[2];
        BH_CHECK(checkService(directive.service, directive.argument));
    }
    return directive;
}

/// From the source on.
Result<Line> parseRest(std::string_view service, std::string_view argument, Fields fields)
{
    BH_TRY(Token source, parseToken(fields[0], Column::Source));
    BH_TRY(Token target, parseToken(fields[1], Column::Target));
    BH_TRY(Action action, parseAction(fields.subspan(2)));
    if (action.verdict == Verdict::Allow && target.kind == TokenKind::Default && !action.target) {
        return fail(Errc::BadValue, "allow action for @default rule must specify target= option");
    }
    return Rule{
        .service = std::string(service),
        .argument = std::string(argument),
        .source = std::move(source),
        .target = std::move(target),
        .action = std::move(action),
    };
}

bool saysNothing(Fields fields)
{
    return fields.empty() || fields.front().front() == '#';
}

std::unexpected<Error> wrongNumber(std::size_t found, std::size_t least)
{
    return fail(Errc::BadValue, formatted("wrong number of fields: {}, at least {} are needed", found, least));
}

} // namespace

Result<void> checkService(std::string_view service, std::string_view argument)
{
    if (service.empty() || (service != Any && !isMadeOf(service, "-._"))) {
        return fail(Errc::BadValue, formatted("service {} contains invalid characters", printable(service)));
    }
    if (argument != Any && !isMadeOf(argument, "+-._")) {
        return fail(Errc::BadValue, formatted("argument {} contains invalid characters", printable(argument)));
    }
    if (argument != Any && !argument.starts_with('+')) {
        return fail(Errc::BadValue, formatted("argument {} does not start with +", printable(argument)));
    }
    if (service == Any && argument != Any) {
        return fail(Errc::BadValue, "only * argument allowed for * service");
    }
    return {};
}

Result<Line> parseLine(std::string_view line)
{
    const auto fields = splitFields(line);
    if (saysNothing(fields)) {
        return NoRule{};
    }
    if (fields.front().front() == '!') {
        return parseDirective(fields);
    }
    if (fields.size() < 5) {
        return wrongNumber(fields.size(), 5);
    }
    BH_CHECK(checkService(fields[0], fields[1]));
    return parseRest(fields[0], fields[1], Fields(fields).subspan(2));
}

Result<Line> parseOldLine(std::string_view line, const std::string &service, const std::string &argument)
{
    // In this order. Source: spec policy, 10.1.
    std::string text = replaced(std::string(line), "$include:", "!include ");
    std::ranges::replace(text, '$', '@');
    std::ranges::replace(text, ',', ' ');
    const auto fields = splitFields(text);
    if (saysNothing(fields)) {
        return NoRule{};
    }
    if (fields.front().front() == '!') {
        if (fields.front() != "!include") {
            return fail(Errc::BadValue, formatted("invalid directive here: {}", printable(fields.front())));
        }
        return parseDirective(fields);
    }
    if (fields.size() < 3) {
        return wrongNumber(fields.size(), 3);
    }
    return parseRest(service, argument, fields);
}

} // namespace Bulkhead::Policy
