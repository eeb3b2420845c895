// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/model.h"

#include "dom0-core/model/properties.h"

#include <algorithm>

namespace Bulkhead
{

/// One overload for each kind of change.
struct Model::Applier {
    Model &model;

    [[nodiscard]] Qube &qube(Qid id) const
    {
        const auto place = model.m_qubes.find(id);
        BH_ASSERT(place != model.m_qubes.end());
        return place->second;
    }

    void operator()(const Change::AddQube &change) const
    {
        // A qube of another machine is always taken for running: what goes on there is not known here.
        const auto power = change.klass == QubeClass::RemoteVM ? PowerState::Running : PowerState::Halted;
        model.m_qubes.insert_or_assign(change.id,
                                       Qube{.id = change.id,
                                            .name = change.name,
                                            .uuid = change.uuid,
                                            .klass = change.klass,
                                            .properties = {},
                                            .features = {},
                                            .tags = {},
                                            .notes = {},
                                            .rootInPlace = {},
                                            .firewall = {},
                                            .volumes = {},
                                            .assignments = {},
                                            .run = {.power = power, .domain = {}, .started = {}}});
        model.m_byName.insert_or_assign(change.name.text(), change.id);
        model.m_byUuid.insert_or_assign(change.uuid.text(), change.id);
    }

    void operator()(const Change::SetStage &change) const
    {
        // A qube that is being removed no longer exists for anybody who asks; its number and name are still taken.
        if (change.stage == QubeStage::Removing) {
            model.m_leaving.insert_or_assign(change.id, qube(change.id).name);
            forget(change.id);
        }
    }

    void operator()(const Change::RemoveQube &change) const
    {
        model.m_leaving.erase(change.id);
        forget(change.id);
    }

    void forget(Qid id) const
    {
        const auto place = model.m_qubes.find(id);
        if (place == model.m_qubes.end()) {
            return;
        }
        const std::string name = place->second.name.text();
        model.m_byName.erase(name);
        model.m_byUuid.erase(place->second.uuid.text());
        std::erase_if(model.m_byDomain, [id](const auto &entry) {
            return entry.second == id;
        });
        model.m_qubes.erase(place);
        // The rules refuse a removal while something names the qube. A creation that failed late may still have been
        // named by then: such a value goes back to its default, in the store as here.
        const auto namesIt = [&name](std::string_view property, const std::string &value) {
            return value == name && isReference(property);
        };
        for (auto &[other, qube] : model.m_qubes) {
            std::erase_if(qube.properties, [&](const auto &entry) {
                return namesIt(entry.first, entry.second);
            });
            std::erase_if(qube.assignments, [id](const auto &entry) {
                return entry.first.backend == id;
            });
        }
        std::erase_if(model.m_globals, [&](const auto &entry) {
            return namesIt(entry.first, entry.second);
        });
    }

    void operator()(const Change::SetProperty &change) const
    {
        qube(change.id).properties.insert_or_assign(change.name, change.value);
    }

    void operator()(const Change::ResetProperty &change) const
    {
        qube(change.id).properties.erase(change.name);
    }

    void operator()(const Change::SetGlobal &change) const
    {
        model.m_globals.insert_or_assign(change.name, change.value);
    }

    void operator()(const Change::ResetGlobal &change) const
    {
        model.m_globals.erase(change.name);
    }

    void operator()(const Change::SetFeature &change) const
    {
        qube(change.id).features.insert_or_assign(change.name, change.value);
    }

    void operator()(const Change::RemoveFeature &change) const
    {
        qube(change.id).features.erase(change.name);
    }

    void operator()(const Change::AddTag &change) const
    {
        qube(change.id).tags.insert(change.tag);
    }

    void operator()(const Change::RemoveTag &change) const
    {
        qube(change.id).tags.erase(change.tag);
    }

    void operator()(const Change::SetNotes &change) const
    {
        qube(change.id).notes = change.text;
    }

    void operator()(const Change::AddLabel &change) const
    {
        model.m_labels.add(change.label);
    }

    void operator()(const Change::RemoveLabel &change) const
    {
        model.m_labels.remove(change.index);
    }

    void operator()(const Change::SetRootInPlace &change) const
    {
        qube(change.id).rootInPlace = change.path;
    }

    void operator()(const Change::SetFirewall &change) const
    {
        qube(change.id).firewall = change.rules;
    }

    void operator()(const Change::SetVolume &change) const
    {
        qube(change.id).volumes.insert_or_assign(change.volume, change.settings);
    }

    void operator()(const Change::SetAssignment &change) const
    {
        qube(change.id).assignments.insert_or_assign(change.device, change.settings);
    }

    void operator()(const Change::RemoveAssignment &change) const
    {
        qube(change.id).assignments.erase(change.device);
    }

    void operator()(const Change::AddPool &change) const
    {
        model.m_pools.insert_or_assign(change.pool.name, change.pool);
    }

    void operator()(const Change::RemovePool &change) const
    {
        model.m_pools.erase(change.name);
    }
};

Model::Model(const HostFacts &host)
    : m_host(host)
{
}

void Model::apply(const Change::Any &change)
{
    std::visit(Applier{*this}, change);
}

void Model::apply(std::span<const Change::Any> changes)
{
    for (const Change::Any &change : changes) {
        apply(change);
    }
}

void Model::setRun(Qid id, RunState run)
{
    Qube &qube = Applier{*this}.qube(id);
    std::erase_if(m_byDomain, [id](const auto &entry) {
        return entry.second == id;
    });
    if (run.domain) {
        m_byDomain.insert_or_assign(*run.domain, id);
    }
    qube.run = run;
}

const Qube *Model::find(Qid id) const
{
    const auto place = m_qubes.find(id);
    return place == m_qubes.end() ? nullptr : &place->second;
}

const Qube *Model::find(std::string_view name) const
{
    const auto place = m_byName.find(name);
    return place == m_byName.end() ? nullptr : find(place->second);
}

const Qube *Model::findUuid(std::string_view uuid) const
{
    const auto place = m_byUuid.find(uuid);
    return place == m_byUuid.end() ? nullptr : find(place->second);
}

const Qube *Model::findDomain(DomId domain) const
{
    const auto place = m_byDomain.find(domain);
    return place == m_byDomain.end() ? nullptr : find(place->second);
}

std::vector<const Qube *> Model::sortedQubes() const
{
    std::vector<const Qube *> sorted;
    sorted.reserve(m_byName.size());
    for (const auto &[name, id] : m_byName) {
        sorted.push_back(find(id));
    }
    std::ranges::stable_partition(sorted, [](const Qube *qube) {
        return qube->id == Dom0Qid;
    });
    return sorted;
}

bool Model::isLeaving(std::string_view name) const
{
    return std::ranges::any_of(m_leaving, [name](const auto &entry) {
        return entry.second.text() == name;
    });
}

std::optional<Qid> Model::freeQid() const
{
    std::uint32_t candidate = 1;
    while (m_qubes.contains(Qid{candidate}) || m_leaving.contains(Qid{candidate})) {
        ++candidate;
    }
    return candidate <= MaxQid ? std::optional(Qid{candidate}) : std::nullopt;
}

} // namespace Bulkhead
