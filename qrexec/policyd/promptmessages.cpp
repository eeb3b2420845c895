// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyd/promptmessages.h"

#include "base/formatted.h"
#include "qrexec/policy/json.h"

#include <variant>

namespace Bulkhead::Qrexec
{

namespace
{

/// How a socket service of dom0 learns who calls it.
std::string descriptorOf(std::string_view service)
{
    return formatted("{} dom0 name dom0", service) + '\0';
}

std::string disposableIcon(std::string icon)
{
    if (const std::size_t at = icon.find("app"); at != std::string::npos) {
        icon.replace(at, 3, "disp");
    }
    return icon;
}

std::string iconsOf(const Policy::SystemInfo &info)
{
    std::string icons;
    const auto add = [&icons](const std::string &name, const std::string &icon) {
        icons += formatted("{}{}: {}", icons.empty() ? "" : ", ", Json::quoted(name), Json::quoted(icon));
    };
    for (const auto &[name, qube] : info.qubes()) {
        add(name, qube.icon);
        if (qube.isDisposableTemplate) {
            add("@dispvm:" + name, disposableIcon(qube.icon));
        }
    }
    return icons;
}

} // namespace

std::string buildQuestion(const Policy::Request &request,
                          const std::string &source,
                          const Policy::Question &question,
                          const RuleParts &rule,
                          const Policy::SystemInfo &info)
{
    std::string targets;
    for (const std::string &target : question.targets) {
        targets += (targets.empty() ? "" : ", ") + Json::quoted(target);
    }
    return descriptorOf("policy.Ask")
        + formatted(R"({{"source": {}, "service": {}, "argument": {}, "targets": [{}], "default_target": {}, )"
                    R"("icons": {{{}}}, "rule_target": {}, "rule_options": {}, "rule_file": {}}})",
                    Json::quoted(source),
                    Json::quoted(request.service),
                    Json::quoted(request.argument),
                    targets,
                    Json::quoted(question.defaultTarget),
                    iconsOf(info),
                    Json::quoted(rule.target),
                    Json::quoted(rule.options),
                    Json::quoted(rule.file));
}

Result<RuleParts> rulePartsOf(const Policy::Rules &rules,
                              Policy::RuleId rule,
                              const Policy::Request &request,
                              const Policy::SystemInfo &info)
{
    const Policy::Action &action = rules.at(rule).action;
    BH_TRY(const Policy::PreparedRequest prepared, Policy::prepare(request, info));
    const std::string words = Policy::wordsOf({.verdict = Policy::Verdict::Allow,
                                               .user = action.user,
                                               .notify = action.notify,
                                               .autostart = action.autostart});
    constexpr std::string_view Allow = "allow ";
    return RuleParts{.target = prepared.target.spelling(),
                     .options = words.starts_with(Allow) ? words.substr(Allow.size()) : std::string(),
                     .file = std::string(rules.policyFileOf(rule))};
}

Result<std::optional<std::string>> parsePromptReply(std::string_view text)
{
    constexpr std::string_view Allow = "allow:";
    if (text == "deny") {
        return std::nullopt;
    }
    if (!text.starts_with(Allow) || text.size() == Allow.size()) {
        return fail(Errc::BadField, "neither deny nor allow and a target");
    }
    return std::string(text.substr(Allow.size()));
}

std::string buildNotice(const Policy::Request &request, const Policy::Decision &decision)
{
    const auto *const allowed = std::get_if<Policy::Allowed>(&decision.outcome);
    return descriptorOf("policy.Notify")
        + formatted(R"({{"resolution": {}, "service": {}, "argument": {}, "source": {}, "target": {}}})",
                    Json::quoted(allowed != nullptr ? "allow" : "deny"),
                    Json::quoted(request.service),
                    Json::quoted(request.argument),
                    Json::quoted(decision.source),
                    Json::quoted(allowed != nullptr ? allowed->target : request.target));
}

} // namespace Bulkhead::Qrexec
