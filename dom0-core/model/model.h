// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/change.h"
#include "dom0-core/model/hostfacts.h"
#include "dom0-core/model/labels.h"
#include "dom0-core/model/qube.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// All qubes, labels and global properties as values, indexed. Pure: it does no I/O and checks nothing; what may change
/// is decided by the rules beside it (properties.h, network.h, references.h, features.h).
/// Pointers to qubes are borrowed until the next apply(); across events keep the Qid.
class Model
{
public:
    /// @param host  outlives the model
    explicit Model(const HostFacts &host);

    void apply(const Change::Any &change);
    void apply(std::span<const Change::Any> changes);

    /// Run states come from the life cycle and are not stored. The qube must exist.
    void setRun(Qid id, RunState run);

    [[nodiscard]] const Qube *find(Qid id) const;
    [[nodiscard]] const Qube *find(std::string_view name) const;
    [[nodiscard]] const Qube *findUuid(std::string_view uuid) const;
    /// The qube that runs as this domain.
    [[nodiscard]] const Qube *findDomain(DomId domain) const;
    /// dom0 first, then by name.
    [[nodiscard]] std::vector<const Qube *> sortedQubes() const;

    [[nodiscard]] const std::map<Qid, Qube> &qubes() const noexcept
    {
        return m_qubes;
    }

    [[nodiscard]] const LabelTable &labels() const noexcept
    {
        return m_labels;
    }

    /// Global properties that were set, in their canonical text.
    [[nodiscard]] const TextMap &globals() const noexcept
    {
        return m_globals;
    }

    [[nodiscard]] const PoolMap &pools() const noexcept
    {
        return m_pools;
    }

    [[nodiscard]] const HostFacts &host() const noexcept
    {
        return m_host;
    }

    /// Whether a qube of that name is gone for everybody but its volumes are still being removed.
    [[nodiscard]] bool isLeaving(std::string_view name) const;

    /// The lowest number that no qube has; nothing if all are in use.
    [[nodiscard]] std::optional<Qid> freeQid() const;

private:
    struct Applier;

    const HostFacts &m_host;
    std::map<Qid, Qube> m_qubes;
    std::map<std::string, Qid, std::less<>> m_byName;
    std::map<std::string, Qid, std::less<>> m_byUuid;
    std::map<DomId, Qid> m_byDomain;
    std::map<Qid, QubeName> m_leaving;
    LabelTable m_labels;
    TextMap m_globals;
    PoolMap m_pools;
};

} // namespace Bulkhead
