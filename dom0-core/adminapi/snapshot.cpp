// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/snapshot.h"

#include "base/formatted.h"
#include "dom0-core/adminapi/propertytext.h"
#include "dom0-core/model/properties.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <map>
#include <vector>

namespace Bulkhead::AdminApi
{

namespace
{

/// Collects the lines, and asks before each whether this caller may see it.
class SnapshotWriter
{
public:
    SnapshotWriter(const Model &model,
                   const Permissions &permissions,
                   const QubeName &source,
                   const LeadsOutside &leadsOutside,
                   const RulesInForce &rulesInForce)
        : m_model(model)
        , m_leadsOutside(leadsOutside)
        , m_rulesInForce(rulesInForce)
        , m_permissions(permissions)
        , m_source(source)
    {
    }

    std::string write(std::string_view generation)
    {
        constexpr std::size_t BytesPerQube = 4096;
        m_text.reserve(m_model.qubes().size() * BytesPerQube);
        m_text += formatted("snapshot 1 {}\n", generation);
        const Qube *const dom0 = m_model.find(Dom0Qid);
        BH_ASSERT(dom0 != nullptr); // no daemon runs without it
        labels(*dom0);
        globals(*dom0);
        for (const Qube *const qube : m_model.sortedQubes()) {
            if (may("admin.vm.List", *qube)) {
                this->qube(*qube);
            }
        }
        m_text += "end\n";
        return std::move(m_text);
    }

private:
    [[nodiscard]] bool may(std::string_view method, const Qube &destination, std::string_view argument = {}) const
    {
        return m_permissions
            .check({.source = m_source, .method = method, .destination = destination.name, .argument = argument})
            .has_value();
    }

    void labels(const Qube &dom0)
    {
        for (const auto &[index, label] : m_model.labels().byIndex()) {
            if (may("admin.label.Get", dom0, label.name)) {
                m_text += formatted("label {} {} {}\n", label.name, index, label.color.text());
            }
        }
    }

    void globals(const Qube &dom0)
    {
        for (const GlobalRule *const rule : globalProperties()) {
            if (may("admin.property.Get", dom0, rule->name)) {
                m_text += "global ";
                addReadingLine(m_text, rule->name, rule->type, readGlobal(m_model, *rule));
            }
        }
    }

    void qube(const Qube &qube)
    {
        m_text += formatted("qube {} class={} state={} uuid={}\n",
                            qube.name.text(),
                            nameOf(qube.klass),
                            nameOf(qube.run.power),
                            qube.uuid.text());
        const bool canHaveNetwork = findProperty(qube.klass, "provides_network") != nullptr;
        if (canHaveNetwork && may("admin.vm.property.Get", qube, "provides_network")) {
            m_text += formatted("outside {}\n", m_leadsOutside(qube) ? "True" : "False");
        }
        for (const PropertyRule *const rule : rulesOf(qube.klass)) {
            if (may("admin.vm.property.Get", qube, rule->name)) {
                m_text += "property ";
                addReadingLine(m_text, rule->name, rule->type, readProperty(m_model, qube, *rule));
            }
        }
        for (const auto &[name, value] : qube.features) {
            if (may("admin.vm.feature.Get", qube, name)) {
                addFact("feature", name);
                m_text += ' ';
                addEscaped(m_text, value);
                m_text += '\n';
            }
        }
        for (const std::string &tag : qube.tags) {
            if (may("admin.vm.tag.Get", qube, tag)) {
                addFact("tag", tag);
                m_text += '\n';
            }
        }
        if (canHaveNetwork && may("admin.vm.firewall.Get", qube)) {
            for (const Firewall::Rule &rule : m_rulesInForce(qube)) {
                addFact("firewall", Firewall::textOf(rule));
                m_text += '\n';
            }
        }
    }

    void addFact(std::string_view kind, std::string_view name)
    {
        m_text += kind;
        m_text += ' ';
        m_text += name;
    }

    const std::vector<const PropertyRule *> &rulesOf(QubeClass klass)
    {
        auto &rules = m_rules[klass];
        if (rules.empty()) {
            rules = propertiesOf(klass);
        }
        return rules;
    }

    const Model &m_model;
    const LeadsOutside &m_leadsOutside;
    const RulesInForce &m_rulesInForce;
    const Permissions &m_permissions;
    const QubeName &m_source;
    std::map<QubeClass, std::vector<const PropertyRule *>> m_rules;
    std::string m_text;
};

} // namespace

std::string snapshotText(const Model &model,
                         const Permissions &permissions,
                         const QubeName &source,
                         std::string_view generation,
                         const LeadsOutside &leadsOutside,
                         const RulesInForce &rulesInForce)
{
    return SnapshotWriter(model, permissions, source, leadsOutside, rulesInForce).write(generation);
}

} // namespace Bulkhead::AdminApi
