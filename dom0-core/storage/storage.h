// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/cryptdevices.h"
#include "dom0-core/storage/pool.h"
#include "dom0-core/storage/volumedriver.h"

#include <map>

namespace Bulkhead
{

/// All pools together: hands each volume to its pool's driver, which is made when it is first needed.
class Storage final : public Pool
{
    Q_OBJECT

public:
    explicit Storage(VolumeDriverFactory factory, QObject *parent = nullptr);
    /// @param crypt  for volatile volumes that are ephemeral; without it a start of such a qube fails
    Storage(VolumeDriverFactory factory, std::unique_ptr<CryptDevices> crypt, QObject *parent);

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

private:
    [[nodiscard]] Result<VolumeDriver *> driverOf(const PoolConfig &pool) const;
    void startOne(const QubeName &qube, const Volume &volume, VolumeDriver::Started done);
    void encrypt(const QubeName &qube, const Volume &volume, VolumeSource plain, VolumeDriver::Started done);
    void stopAll(const QubeName &qube, std::vector<Volume> volumes, Done done);

    VolumeDriverFactory m_factory;
    std::unique_ptr<CryptDevices> m_crypt;                   ///< may be null
    std::unique_ptr<QObject> m_owner;                        ///< of the drivers
    mutable std::map<std::string, VolumeDriver *> m_drivers; ///< by where the pool lies
};

} // namespace Bulkhead
