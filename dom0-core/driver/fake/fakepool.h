// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"

#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

namespace Bulkhead
{

/// Volumes that are only remembered, and that fail when a test says so. Volumes of which nothing is known yet are fresh
/// ones.
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
    void inspect(const Volume &volume, Inspected done) override;
    void revert(const Volume &volume, const std::string &revision, Done done) override;
    void resize(const Volume &volume, std::uint64_t bytes, Done done) override;
    void clear(const Volume &volume, Done done) override;
    void clone(const Volume &from, const Volume &to, Done done) override;
    void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) override;
    void endImport(const Volume &volume, Import how, Done done) override;
    void prepare(const PoolConfig &pool, Done done) override;
    void measure(const PoolConfig &pool, Measured done) override;

    /// Creations wait until releaseCreations().
    void holdCreations();
    void releaseCreations();
    void failNextCreate(Error error);
    void failNextStart(Error error);
    void failNextImport(Error error);
    /// The next operation on one volume or on a pool.
    void failNext(Error error);
    /// As if somebody had removed the volumes behind our back.
    void lose(const QubeName &qube);
    /// What the volume is from now on.
    void setState(const std::string &vid, VolumeState state);
    void setUsage(PoolUsage usage);
    /// Imports get files in this directory; without one they get paths that lead nowhere.
    void importInto(const std::filesystem::path &directory);
    /// Where the import of a volume is, or was.
    [[nodiscard]] std::filesystem::path importPlace(const std::string &vid) const;

    [[nodiscard]] bool has(const QubeName &qube) const;
    [[nodiscard]] bool isStarted(const QubeName &qube) const;
    /// What the root was last filled from; empty if never.
    [[nodiscard]] std::filesystem::path importedFrom(const QubeName &qube) const;
    /// What was done to single volumes and to pools, in words, in order.
    [[nodiscard]] const std::vector<std::string> &deeds() const noexcept;

private:
    /// @return the failure that a test ordered, or that it is done and noted
    [[nodiscard]] Result<void> deed(std::string words);
    [[nodiscard]] VolumeState &stateOf(const Volume &volume);

    std::set<QubeName> m_volumes;
    std::set<QubeName> m_started;
    std::map<QubeName, std::filesystem::path> m_imports;
    std::map<std::string, VolumeState, std::less<>> m_states;
    std::vector<std::string> m_deeds;
    PoolUsage m_usage;
    std::filesystem::path m_importDirectory;
    bool m_holdsCreations = false;
    std::deque<std::move_only_function<void()>> m_held;
    std::optional<Error> m_nextCreate;
    std::optional<Error> m_nextStart;
    std::optional<Error> m_nextImport;
    std::optional<Error> m_next;
};

} // namespace Bulkhead
