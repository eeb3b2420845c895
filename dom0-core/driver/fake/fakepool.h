// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"

#include <filesystem>
#include <map>
#include <optional>
#include <set>

namespace Bulkhead
{

/// A pool that only remembers which volumes there are, and fails when a test says so.
class FakePool final : public Pool
{
    Q_OBJECT

public:
    explicit FakePool(QObject *parent = nullptr);

    void create(const VolumeSet &volumes, Done done) override;
    void remove(const VolumeSet &volumes, Done done) override;
    [[nodiscard]] Result<void> verify(const VolumeSet &volumes) const override;
    void start(const VolumeSet &volumes, Started done) override;
    void stop(const VolumeSet &volumes, Done done) override;
    void importRoot(const VolumeSet &volumes, const std::filesystem::path &source, Done done) override;

    void failNextCreate(Error error);
    void failNextStart(Error error);
    void failNextImport(Error error);
    /// As if somebody had removed the volumes behind our back.
    void lose(const QubeName &qube);

    [[nodiscard]] bool has(const QubeName &qube) const;
    [[nodiscard]] bool isStarted(const QubeName &qube) const;
    /// What the root was last filled from; empty if never.
    [[nodiscard]] std::filesystem::path importedFrom(const QubeName &qube) const;

private:
    std::set<QubeName> m_volumes;
    std::set<QubeName> m_started;
    std::map<QubeName, std::filesystem::path> m_imports;
    std::optional<Error> m_nextCreate;
    std::optional<Error> m_nextStart;
    std::optional<Error> m_nextImport;
};

} // namespace Bulkhead
