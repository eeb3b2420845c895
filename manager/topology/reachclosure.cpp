// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/reachclosure.h"

#include "manager/policylink/servicewords.h"
#include "manager/topology/networkwords.h"
#include "manager/topology/policyanswers.h"
#include "qrexec/policy/everycall.h"
#include "qrexec/policy/explanation.h"

#include <KLocalizedString>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

using Policy::ServiceCall;

constexpr std::string_view disposablePrefix = "@dispvm:";
constexpr std::string_view adminQube = "dom0";

/// Calls that dom0 answers, whomever they name.
bool isAdministration(std::string_view service)
{
    return service.starts_with("admin.") || service.starts_with("policy.");
}

/// Of these, the ones that do more than tell. The last word of a name is the verb.
bool isSteering(std::string_view service)
{
    static constexpr std::array<std::string_view, 14> readers{"Assigned",
                                                              "Attached",
                                                              "Available",
                                                              "CurrentState",
                                                              "Events",
                                                              "Get",
                                                              "GetAll",
                                                              "GetDefault",
                                                              "Help",
                                                              "Info",
                                                              "List",
                                                              "ListSnapshots",
                                                              "Stats",
                                                              "UsageDetails"};
    const std::string_view verb = service.substr(service.rfind('.') + 1);
    return !verb.starts_with("CheckWith") && !std::ranges::contains(readers, verb);
}

/// What some rule allows; all others need not be tried.
std::vector<ServiceCall> allowedServices(const Policy::Rules &rules)
{
    std::set<std::string_view> allowed;
    for (const Policy::Rule &rule : rules.all()) {
        if (rule.action.verdict == Policy::Verdict::Allow) {
            allowed.insert(rule.service);
        }
    }
    std::vector<ServiceCall> services;
    for (const ServiceCall &call : Policy::servicesIn(rules)) {
        if (allowed.contains(call.first) || allowed.contains(Policy::Any)) {
            services.push_back(call);
        }
    }
    return services;
}

class Search
{
public:
    Search(const Policy::Rules &rules, Policy::SystemInfo system, const NetworkGraph &graph)
        : m_rules(rules)
        , m_system(std::move(system))
        , m_graph(graph)
        , m_services(allowedServices(rules))
        , m_targets(Policy::targetsIn(m_system))
    {
    }

    QList<Reached> from(const QString &qube)
    {
        const std::string start = qube.toStdString();
        if (m_system.find(start) == nullptr) {
            return {};
        }
        m_ways.emplace(start, QList<ReachStep>());
        QList<Reached> found;
        std::vector<std::string> frontier{start};
        while (!frontier.empty()) {
            std::vector<std::string> next;
            for (const std::string &from : frontier) {
                spread(from, next);
            }
            std::ranges::sort(next);
            for (const std::string &reached : next) {
                const QString name = QString::fromStdString(reached);
                found << Reached{.qube = name, .way = m_ways.at(reached), .chain = chainOf(name)};
            }
            std::erase(next, adminQube); // whoever steers the system needs no policy any more
            frontier = std::move(next);
        }
        return found;
    }

private:
    /// Adds to `next` whom this one gets hold of and nobody before did.
    void spread(const std::string &from, std::vector<std::string> &next)
    {
        const std::string caller = callerFor(from);
        for (const std::string &target : m_targets) {
            for (const ServiceCall &service : m_services) {
                const std::string end = endOf(caller, target, service);
                if (end.empty() || end == caller || m_ways.contains(end)) {
                    continue;
                }
                QList<ReachStep> way = m_ways.at(from);
                way << stepOf(from, end, caller, target, service);
                m_ways.emplace(end, std::move(way));
                next.push_back(end);
            }
        }
    }

    /// Who is got hold of by a call; nothing if it is not let through, or leads to nobody.
    [[nodiscard]] std::string endOf(const std::string &caller, const std::string &target, const ServiceCall &service)
    {
        const Policy::Decision decision = Policy::decide(m_rules, m_system, requestOf(caller, target, service));
        const auto *allowed = std::get_if<Policy::Allowed>(&decision.outcome);
        if (allowed == nullptr) {
            return {};
        }
        if (isAdministration(service.first)) {
            return isSteering(service.first) && !target.starts_with('@') ? target : std::string();
        }
        if (allowed->target == adminQube || allowed->target.starts_with(disposablePrefix)) {
            return allowed->target == adminQube ? std::string() : allowed->target;
        }
        const Policy::QubeRecord *called = m_system.find(allowed->target);
        return called == nullptr ? std::string() : called->name;
    }

    /// Who makes the calls of one that is reached: of a new disposable, a qube as the core would make it.
    std::string callerFor(const std::string &reached)
    {
        if (!reached.starts_with(disposablePrefix)) {
            return reached;
        }
        const std::string base = reached.substr(disposablePrefix.size());
        std::string name;
        for (int number = 0; name.empty() || m_system.find(name) != nullptr; ++number) {
            name = "disp" + std::to_string(number);
        }
        const Policy::QubeRecord *const made = m_system.find(base);
        Policy::QubeRecord disposable = made == nullptr ? Policy::QubeRecord{} : *made;
        disposable.name = name;
        disposable.uuid.clear();
        disposable.type = "DispVM";
        disposable.isDisposableTemplate = false;
        disposable.defaultDispvm = base;
        // Rights hang on who made a qube; who made its template has no part in it.
        std::erase_if(disposable.tags, [](const std::string &tag) {
            return tag.starts_with("created-by-") || tag.starts_with("disp-created-by-");
        });
        disposable.tags.push_back("disp-created-by-" + m_ways.at(reached).last().from.toStdString());
        m_system.add(std::move(disposable));
        return name;
    }

    [[nodiscard]] static Policy::Request
    requestOf(const std::string &caller, const std::string &target, const ServiceCall &service)
    {
        return {.source = caller, .target = target, .service = service.first, .argument = service.second};
    }

    [[nodiscard]] ReachStep stepOf(const std::string &from,
                                   const std::string &to,
                                   const std::string &caller,
                                   const std::string &target,
                                   const ServiceCall &service) const
    {
        const auto found = Policy::explain(m_rules, m_system, requestOf(caller, target, service));
        const std::string argument = service.second == "+" ? std::string() : service.second;
        ReachStep step{.from = QString::fromStdString(from),
                       .to = QString::fromStdString(to),
                       .service = QString::fromStdString(service.first + argument),
                       .place = {},
                       .line = {}};
        if (found.line) {
            step.place = shortPlace(found.line->place);
            step.line = QString::fromStdString(found.line->text);
        }
        return step;
    }

    [[nodiscard]] NetworkChain chainOf(const QString &reached) const
    {
        if (reached == "dom0"_L1) {
            return {};
        }
        const auto prefix = static_cast<qsizetype>(disposablePrefix.size());
        const bool isDisposable = reached.startsWith(u'@');
        NetworkChain chain = m_graph.chainOf(isDisposable ? reached.sliced(prefix) : reached);
        if (isDisposable && !chain.hops.isEmpty()) {
            chain.hops.first() = targetWord(reached);
        }
        return chain;
    }

    const Policy::Rules &m_rules;
    Policy::SystemInfo m_system; ///< with a disposable for each kind that is reached
    const NetworkGraph &m_graph;
    std::vector<ServiceCall> m_services;
    std::vector<std::string> m_targets;
    std::map<std::string, QList<ReachStep>> m_ways; ///< to everybody who is reached
};

} // namespace

QList<Reached>
closureOf(const Policy::Rules &rules, const Policy::SystemInfo &system, const NetworkGraph &graph, const QString &qube)
{
    return Search(rules, system, graph).from(qube);
}

bool leadsOutside(const Reached &reached)
{
    return !reached.chain.hops.isEmpty() && reached.chain.end == NetworkChain::End::Outside;
}

QString stepWords(const ReachStep &step)
{
    const QString from = targetWord(step.from);
    const QString to = targetWord(step.to);
    const QString sentence = isAdministration(step.service.toStdString())
        ? i18nc("@info what a policy allows; %1 and %2 names of qubes, %3 a service of dom0's",
                "%1 may have dom0 do %3 to %2.",
                from,
                to,
                step.service)
        : step.service == "*"_L1
        ? i18nc("@info what a policy allows; %1 and %2 names of qubes", "%1 may call any service in %2.", from, to)
        : i18nc("@info what a policy allows; %1 and %2 names of qubes, %3 a service",
                "%1 may call %3 in %2.",
                from,
                to,
                step.service);
    return i18nc("@info %1 a sentence, %2 a file and a line's number, %3 a line of that file",
                 "%1\n%2:  %3",
                 sentence,
                 step.place,
                 step.line);
}

QString reachedWords(const Reached &reached)
{
    const QString name = targetWord(reached.qube);
    if (reached.qube == "dom0"_L1) {
        return i18nc("@info somebody who can be steered; %1 a qube's name", "%1, and so the whole system", name);
    }
    if (reached.chain.hops.isEmpty()) { // not in the network's picture
        return name;
    }
    return leadsOutside(reached) ? i18nc("@info %1 a qube's name, %2 a path of names",
                                         "%1, which reaches the outside: %2",
                                         name,
                                         chainWords(reached.chain))
                                 : i18nc("@info %1 a qube's name", "%1, which does not reach the outside itself", name);
}

QString closureSummary(const QString &qube, const QList<Reached> &closure)
{
    const auto outside = std::ranges::count_if(closure, leadsOutside);
    return outside == 0 ? QString()
                        : i18ncp("@info %1 a number, %2 a qube's name",
                                 "But %2 gets hold of one qube that reaches the outside.",
                                 "But %2 gets hold of %1 qubes that reach the outside.",
                                 outside,
                                 qube);
}

} // namespace Bulkhead
