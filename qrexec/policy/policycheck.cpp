// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policycheck.h"

#include "base/formatted.h"
#include "qrexec/policy/policytext.h"
#include "qrexec/policy/ruleparser.h"

namespace Bulkhead::Policy
{

namespace
{

/// What is wrong with a line, or nothing.
std::string problemOf(std::string_view line, TextFormat format)
{
    if (!isUtf8(line)) {
        return "not UTF-8";
    }
    const auto parsed =
        format == TextFormat::Rules ? parseLine(line) : parseOldLine(line, std::string(Any), std::string(Any));
    return parsed ? std::string() : parsed.error().text();
}

} // namespace

std::vector<std::string> checkText(std::string_view name, std::string_view text, TextFormat format)
{
    std::vector<std::string> problems;
    std::uint32_t number = 0;
    for (const std::string_view line : splitLines(text)) {
        ++number;
        if (const std::string problem = problemOf(line, format); !problem.empty()) {
            problems.push_back(formatted("{}:{}: error: {}", name, number, problem));
        }
    }
    return problems;
}

} // namespace Bulkhead::Policy
