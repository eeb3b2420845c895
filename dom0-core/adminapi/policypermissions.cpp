// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/policypermissions.h"

#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "qrexec/policy/decision.h"

#include <utility>
#include <variant>

namespace Bulkhead::AdminApi
{

namespace
{

std::optional<std::string> nameOrNothing(const Model &model, const Qube &qube, std::string_view property)
{
    std::string name = readText(model, qube, property);
    return name.empty() ? std::nullopt : std::optional(std::move(name));
}

Policy::QubeRecord recordOf(const Model &model, const Qube &qube)
{
    const auto internal = qube.features.find(std::string_view("internal"));
    return {
        .name = qube.name.text(),
        .uuid = qube.uuid.text(),
        .type = std::string(nameOf(qube.klass)),
        .tags = {qube.tags.begin(), qube.tags.end()},
        .isDisposableTemplate = readBoolean(model, qube, "template_for_dispvms"),
        .isInternal = internal != qube.features.end() && !internal->second.empty(),
        .defaultDispvm = nameOrNothing(model, qube, "default_dispvm"),
        .guivm = nameOrNothing(model, qube, "guivm"),
        .powerState = std::string(nameOf(qube.run.power)),
        .relayvm = nameOrNothing(model, qube, "relayvm"),
        .transportRpc = nameOrNothing(model, qube, "transport_rpc"),
    };
}

/// Whether the policy can have let this call through. Where it asks, somebody was asked before.
bool mayHaveCalled(const Policy::Rules &rules, const Policy::SystemInfo &info, const Policy::Request &request)
{
    return !std::holds_alternative<Policy::Denied>(Policy::decide(rules, info, request).outcome);
}

/// Whether the policy would let the caller ask without asking anybody.
bool mayKnow(const Policy::Rules &rules, const Policy::SystemInfo &info, const Policy::Request &request)
{
    return Policy::wouldAllow(rules, info, request, Policy::Questions::CountAsNo);
}

} // namespace

Policy::SystemInfo policyInfo(const Model &model)
{
    Policy::SystemInfo info;
    for (const auto &[id, qube] : model.qubes()) {
        info.add(recordOf(model, qube));
    }
    return info;
}

PolicyPermissions::PolicyPermissions(const Registry &registry, Rules rules)
    : m_registry(registry)
    , m_rules(std::move(rules))
{
}

Checked<void> PolicyPermissions::check(const PermissionQuestion &question) const
{
    if (question.source.isDom0()) {
        return {};
    }
    const Policy::Rules *const rules = m_rules();
    const Policy::Request request{
        .source = question.source.text(),
        .target = question.destination.text(),
        .service = std::string(question.method),
        .argument = formatted("+{}", question.argument),
    };
    const auto isAllowed = question.isTheCall ? mayHaveCalled : mayKnow;
    if (rules == nullptr || !isAllowed(*rules, info(), request)) {
        return refuse(RefusalKind::Permission, "the policy does not allow it");
    }
    return {};
}

const Policy::SystemInfo &PolicyPermissions::info() const
{
    if (m_revision != m_registry.revision()) {
        m_info = policyInfo(m_registry.model());
        m_revision = m_registry.revision();
    }
    return m_info;
}

} // namespace Bulkhead::AdminApi
