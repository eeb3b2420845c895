// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/rules.h"

#include "base/formatted.h"

#include <algorithm>
#include <utility>

namespace Bulkhead::Policy
{

Rules::Rules(std::vector<Rule> rules, std::vector<std::string> files, std::vector<PolicyFile> policyFiles)
    : m_rules(std::move(rules))
    , m_files(std::move(files))
    , m_policyFiles(std::move(policyFiles))
{
    for (RuleId id = 0; id < m_rules.size(); ++id) {
        const Rule &rule = m_rules[id];
        if (rule.service == Any) {
            m_anyService.push_back(id);
            continue;
        }
        OfService &service = m_byService[rule.service];
        (rule.argument == Any ? service.anyArgument : service.byArgument[rule.argument]).push_back(id);
    }
}

std::string Rules::text(Place place) const
{
    const std::string &file = m_files.at(place.file);
    return place.line == 0 ? file : formatted("{}:{}", file, place.line);
}

std::string_view Rules::policyFileOf(RuleId rule) const
{
    // A file without rules begins where the next one does.
    const auto next = std::ranges::upper_bound(m_policyFiles, rule, {}, &PolicyFile::firstRule);
    return next == m_policyFiles.begin() ? std::string_view() : std::prev(next)->name;
}

Rules::Candidates Rules::candidates(std::string_view service, std::string_view argument) const
{
    Candidates found;
    found.m_lists[2] = m_anyService;
    if (const auto ofService = m_byService.find(service); ofService != m_byService.end()) {
        found.m_lists[1] = ofService->second.anyArgument;
        const auto &byArgument = ofService->second.byArgument;
        if (const auto ofArgument = byArgument.find(argument); ofArgument != byArgument.end()) {
            found.m_lists[0] = ofArgument->second;
        }
    }
    return found;
}

std::optional<RuleId> Rules::Candidates::next()
{
    std::span<const RuleId> *first = nullptr;
    for (auto &list : m_lists) {
        if (!list.empty() && (first == nullptr || list.front() < first->front())) {
            first = &list;
        }
    }
    if (first == nullptr) {
        return std::nullopt;
    }
    const RuleId id = first->front();
    *first = first->subspan(1);
    return id;
}

} // namespace Bulkhead::Policy
