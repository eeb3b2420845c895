// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/rule.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// A rule's number in the order of evaluation.
using RuleId = std::uint32_t;

/// A file of a policy's directories.
struct PolicyFile {
    std::string name;     ///< with its suffix
    RuleId firstRule = 0; ///< of its own and of those that it includes

    friend bool operator==(const PolicyFile &, const PolicyFile &) = default;
};

/// The rules of a whole policy in the order in which they are tried, with an index of services made once, so that a
/// call costs no more for rules of other services.
class Rules
{
public:
    /// The rules that speak of a service and argument, in order, without the others being looked at.
    class Candidates
    {
    public:
        [[nodiscard]] std::optional<RuleId> next();

    private:
        friend class Rules;
        std::array<std::span<const RuleId>, 3> m_lists; ///< each in order: of the argument, of the service, of all
    };

    Rules() = default;
    /// @param files  the names to which the rules' places refer
    /// @param policyFiles  in order
    Rules(std::vector<Rule> rules, std::vector<std::string> files, std::vector<PolicyFile> policyFiles = {});

    [[nodiscard]] const std::vector<Rule> &all() const noexcept
    {
        return m_rules;
    }

    [[nodiscard]] const Rule &at(RuleId rule) const
    {
        return m_rules.at(rule);
    }

    [[nodiscard]] const std::vector<std::string> &files() const noexcept
    {
        return m_files;
    }

    /// `FILE:LINE`, or the file alone for what no line says.
    [[nodiscard]] std::string text(Place place) const;

    /// The policy's file that a rule stands in or that includes it; empty where it came from none.
    [[nodiscard]] std::string_view policyFileOf(RuleId rule) const;

    /// @param argument  with its `+`
    [[nodiscard]] Candidates candidates(std::string_view service, std::string_view argument) const;

private:
    struct OfService {
        std::vector<RuleId> anyArgument;
        std::map<std::string, std::vector<RuleId>, std::less<>> byArgument;
    };

    std::vector<Rule> m_rules;
    std::vector<std::string> m_files;
    std::vector<PolicyFile> m_policyFiles;
    std::map<std::string, OfService, std::less<>> m_byService;
    std::vector<RuleId> m_anyService;
};

} // namespace Bulkhead::Policy
