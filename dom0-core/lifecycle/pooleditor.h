// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/pools.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Adds and removes pools, and changes what they hold volumes to. Main thread only.
/// @source spec admin-api, 8.8
class PoolEditor : public QObject
{
    Q_OBJECT

public:
    using Done = Runner::Done;
    using Measured = std::move_only_function<void(Checked<PoolUsage>)>;

    /// Both outlive the editor.
    PoolEditor(Registry &registry, Pool &storage, QObject *parent = nullptr);

    /// Brings the pools that are always there into the store, as this system has them. What was chosen for them stays.
    /// @errors General
    [[nodiscard]] Checked<void> ensure(std::span<const PoolConfig> builtIn);

    /// @param pool  judged by checkNewPool() in the same turn of the loop
    void add(const PoolConfig &pool, Done done);
    [[nodiscard]] Checked<void> remove(std::string_view name);
    /// @param value  judged by checkPoolOption()
    [[nodiscard]] Checked<void> setOption(std::string_view name, const std::string &option, const std::string &value);
    void measure(const PoolConfig &pool, Measured done);

private:
    void announce(std::string name, std::string_view pool);

    Registry &m_registry;
    Pool &m_storage;
};

} // namespace Bulkhead
