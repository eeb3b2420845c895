// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/policygraph.h"

#include "base/formatted.h"
#include "qrexec/policy/decision.h"
#include "qrexec/policy/everycall.h"

#include <algorithm>
#include <ranges>
#include <set>
#include <utility>
#include <variant>

namespace Bulkhead::Policy
{

namespace
{

bool isWanted(const std::vector<std::string> &wanted, const std::string &name)
{
    return wanted.empty() || std::ranges::contains(wanted, name);
}

std::set<ServiceCall> servicesOf(const Rules &rules, const GraphOptions &options)
{
    std::set<ServiceCall> services = servicesIn(rules);
    std::erase_if(services, [&options](const ServiceCall &call) {
        return !isWanted(options.services, call.first) && !isWanted(options.services, call.first + call.second);
    });
    for (const std::string &named : options.services) {
        Request request{.source = {}, .target = {}, .service = {}};
        request.setServiceAndArgument(named);
        services.emplace(request.service, request.argument);
    }
    return services;
}

std::string actionText(const Action &action)
{
    std::string text(wordOf(action.verdict));
    if (action.target) {
        text += " target=" + action.target->spelling();
    }
    if (action.defaultTarget) {
        text += " default_target=" + action.defaultTarget->spelling();
    }
    return action.user.empty() ? text : text + " user=" + action.user;
}

/// The drawing as it grows. Each line stands in it once.
class Drawing
{
public:
    Drawing(const SystemInfo &info, const GraphOptions &options)
        : m_info(info)
        , m_options(options)
    {
    }

    void addEdge(const std::string &source, const std::string &target, const ServiceCall &service, const Rule &rule)
    {
        addNode(source);
        addNode(target);
        std::string label;
        if (!m_options.skipLabels) {
            label = m_options.fullOutput ? formatted("{}{} {}", service.first, service.second, actionText(rule.action))
                                         : service.first;
        }
        const std::string_view color = rule.action.verdict == Verdict::Ask ? "orange" : "red";
        add(formatted(R"("{}" -> "{}" [label="{}" color={}];)", source, target, label, color));
    }

    [[nodiscard]] std::string text() const
    {
        return "digraph g {\n" + m_text + "}\n";
    }

private:
    void addNode(const std::string &name)
    {
        if (name.starts_with('@')) {
            add(formatted(R"("{}" [style = dotted];)", name));
            return;
        }
        const QubeRecord *qube = m_info.find(name);
        const bool hasColor = qube != nullptr && qube->label.starts_with("0x");
        add(formatted(R"("{}" [color = "#{}", penwidth = 3];)", name, hasColor ? qube->label.substr(2) : "000000"));
    }

    void add(const std::string &line)
    {
        if (m_lines.insert(line).second) {
            m_text += "  " + line + '\n';
        }
    }

    const SystemInfo &m_info;
    const GraphOptions &m_options;
    std::set<std::string> m_lines;
    std::string m_text;
};

} // namespace

std::string graphOf(const Rules &rules, const SystemInfo &info, const GraphOptions &options)
{
    Drawing drawing(info, options);
    const auto targets = targetsIn(info);
    const auto draw = [&](const ServiceCall &service, const std::string &source, const std::string &target) {
        const Request request{.source = source, .target = target, .service = service.first, .argument = service.second};
        const Decision decision = decide(rules, info, request);
        const bool isQuestion = std::holds_alternative<Question>(decision.outcome);
        const bool isDrawn = decision.isAllowed() || (isQuestion && (options.includeAsk || options.fullOutput));
        if (!isDrawn) {
            return;
        }
        const Rule &rule = rules.at(*decision.match.rule);
        const std::string shown = rule.action.target ? rule.action.target->spelling() : target;
        if (isWanted(options.targets, shown)) {
            drawing.addEdge(source, shown, service, rule);
        }
    };
    for (const ServiceCall &service : servicesOf(rules, options)) {
        for (const std::string &source : info.qubes() | std::views::keys) {
            if (!isWanted(options.sources, source)) {
                continue;
            }
            for (const std::string &target : targets) {
                draw(service, source, target);
            }
        }
    }
    return drawing.text();
}

} // namespace Bulkhead::Policy
