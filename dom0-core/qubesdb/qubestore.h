// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/qubesdb/engine/localserver.h"
#include "dom0-core/qubesdb/engine/mirrorserver.h"
#include "dom0-core/qubesdb/keys.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::QubesDb
{

/// A part of what dom0 keeps in a database, which changes on its own.
struct Part {
    enum class Of : std::uint8_t {
        Itself,  ///< the qube
        Clients, ///< all clients of a net qube
        Client,  ///< one of them
    };

    Of of = Of::Itself;
    Qid client = Dom0Qid;

    friend auto operator<=>(const Part &, const Part &) = default;
};

/// dom0's copy of one running qube's database: the keys that dom0 keeps in it, its sockets, and the mirror to the qube.
class QubeStore final : private Database::Watcher
{
public:
    /// Told that the qube has written one of the paths that are watched in every qube: a trigger, or what lies below
    /// TrafficTree.
    using OnReport = std::function<void(const std::string &path)>;

    /// @param loop  outlives the store
    /// @param name  of the qube
    QubeStore(EventLoop &loop, QubeName name);
    QubeStore(const QubeStore &) = delete;
    QubeStore &operator=(const QubeStore &) = delete;
    ~QubeStore() override;

    /// Makes the database hold `wanted` in that part, touching only what differs from what it was told before.
    void show(Part part, const Keys &wanted);
    /// A key that dom0 writes once and never looks at again.
    void writeOnce(const Key &key, const Value &value);
    /// The group is written anew with the part's next show().
    void forgetGroup(Part part, std::string_view trigger);

    /// Makes the sockets. @errors Io, BadValue
    [[nodiscard]] Result<void> listen(const std::filesystem::path &directory);
    /// Watches what qubes report by writing it.
    void watchReports(OnReport onReport);
    /// Offers the mirror to the qube's domain.
    /// @param backend  outlives the store
    void serve(Backend &backend, DomId domain);

    [[nodiscard]] const Database &database() const noexcept
    {
        return m_database;
    }

    [[nodiscard]] const QubeName &name() const noexcept
    {
        return m_name;
    }

private:
    void onChanged(const Path &changed) override;
    void apply(const Step &step);
    void applyAll(const std::vector<Step> &steps);

    EventLoop &m_loop;
    QubeName m_name;
    Database m_database;
    std::map<Part, Keys> m_shown;
    OnReport m_onReport;
    std::unique_ptr<LocalServer> m_server;
    std::optional<MirrorServer> m_mirror;
};

} // namespace Bulkhead::QubesDb
