// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/storage.h"

#include "base/formatted.h"
#include "dom0-core/process/steps.h"

#include <memory>
#include <utility>

namespace Bulkhead
{

namespace
{

/// What makes two pools the same place. How many revisions one keeps is no part of it: each volume says that itself.
std::string placeOf(const PoolConfig &pool)
{
    std::string place = pool.driver;
    for (const std::string_view part : {"dir_path", "volume_group", "thin_pool"}) {
        place += '\n' + pool.option(part);
    }
    return place;
}

/// The volumes that a pool makes and removes for this qube: kernels are dom0's.
bool isOwn(const Volume &volume)
{
    return volume.name != VolumeName::Kernel;
}

void put(StartedVolumes &started, VolumeName name, VolumeSource source)
{
    if (source.path.empty()) {
        return;
    }
    switch (name) {
    case VolumeName::Root:
        started.root = std::move(source);
        return;
    case VolumeName::Private:
        started.privateVolume = std::move(source);
        return;
    case VolumeName::Volatile:
        started.volatileVolume = std::move(source);
        return;
    case VolumeName::Kernel:
        return; // the domain's builder takes it from dom0
    }
}

} // namespace

Storage::Storage(VolumeDriverFactory factory, QObject *parent)
    : Storage(std::move(factory), nullptr, parent)
{
}

Storage::Storage(VolumeDriverFactory factory, std::unique_ptr<CryptDevices> crypt, QObject *parent)
    : Pool(parent)
    , m_factory(std::move(factory))
    , m_crypt(std::move(crypt))
    , m_owner(std::make_unique<QObject>())
{
}

Result<VolumeDriver *> Storage::driverOf(const PoolConfig &pool) const
{
    const std::string place = placeOf(pool);
    if (const auto known = m_drivers.find(place); known != m_drivers.end()) {
        return known->second;
    }
    auto made = m_factory(pool, m_owner.get());
    if (!made) {
        return std::unexpected(std::move(made).error().in(formatted("the pool {}", pool.name)));
    }
    m_drivers.emplace(place, *made);
    return *made;
}

void Storage::create(const VolumeSet &volumes, Done done)
{
    Steps steps;
    for (const Volume &volume : volumes.volumes) {
        if (!isOwn(volume)) {
            continue;
        }
        steps.add([this, volume](Done next) {
            const auto driver = driverOf(volume.pool);
            driver ? (*driver)->create(volume, std::move(next)) : next(std::unexpected(driver.error()));
        });
    }
    Steps::run(std::move(steps), [this, volumes, done = std::move(done)](Result<void> created) mutable {
        if (created) {
            done({});
            return;
        }
        remove(volumes, [created = std::move(created), done = std::move(done)](const Result<void> &) mutable {
            done(std::move(created)); // the first error is the one to tell
        });
    });
}

void Storage::remove(const VolumeSet &volumes, Done done)
{
    Steps steps(Steps::OnFailure::GoOn);
    for (const Volume &volume : volumes.volumes) {
        if (!isOwn(volume)) {
            continue;
        }
        steps.add([this, volume](Done next) {
            const auto driver = driverOf(volume.pool);
            driver ? (*driver)->remove(volume, std::move(next)) : next(std::unexpected(driver.error()));
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

Result<void> Storage::verify(const VolumeSet &volumes) const
{
    for (const Volume &volume : volumes.volumes) {
        if (isOwn(volume)) {
            BH_TRY(const VolumeDriver *const driver, driverOf(volume.pool));
            BH_CHECK(driver->verify(volume));
        }
    }
    return {};
}

void Storage::start(const VolumeSet &volumes, Started done)
{
    auto started = std::make_unique<StartedVolumes>();
    StartedVolumes &places = *started;
    auto begun = std::make_unique<std::vector<Volume>>();
    std::vector<Volume> &running = *begun;
    Steps steps;
    for (const Volume &volume : volumes.volumes) {
        if (!isOwn(volume)) {
            continue;
        }
        steps.add([this, qube = volumes.qube, volume, &places, &running](Done next) {
            startOne(
                qube, volume, [volume, &places, &running, next = std::move(next)](Result<VolumeSource> source) mutable {
                    if (!source) {
                        next(std::unexpected(std::move(source).error()));
                        return;
                    }
                    running.push_back(volume);
                    put(places, volume.name, *std::move(source));
                    next({});
                });
        });
    }
    Steps::run(
        std::move(steps),
        [this, qube = volumes.qube, started = std::move(started), begun = std::move(begun), done = std::move(done)](
            Result<void> outcome) mutable {
            if (outcome) {
                done(*std::move(started));
                return;
            }
            stopAll(qube,
                    *std::move(begun),
                    [outcome = std::move(outcome), done = std::move(done)](const Result<void> &) mutable {
                        done(std::unexpected(std::move(outcome).error()));
                    });
        });
}

void Storage::stop(const VolumeSet &volumes, Done done)
{
    stopAll(volumes.qube, volumes.volumes, std::move(done));
}

/// A volume is ready, or nothing of it is started.
void Storage::startOne(const QubeName &qube, const Volume &volume, VolumeDriver::Started done)
{
    const auto driver = driverOf(volume.pool);
    if (!driver) {
        done(std::unexpected(driver.error()));
        return;
    }
    (*driver)->start(volume, [this, qube, volume, done = std::move(done)](Result<VolumeSource> source) mutable {
        if (source && volume.ephemeral) {
            encrypt(qube, volume, *std::move(source), std::move(done));
            return;
        }
        done(std::move(source));
    });
}

void Storage::encrypt(const QubeName &qube, const Volume &volume, VolumeSource plain, VolumeDriver::Started done)
{
    const auto stopPlain = [this, qube, volume](Error error, VolumeDriver::Started failed) {
        stopAll(qube, {volume}, [error = std::move(error), failed = std::move(failed)](const Result<void> &) mutable {
            failed(std::unexpected(std::move(error))); // the first failure is the one to tell
        });
    };
    if (m_crypt == nullptr || plain.path.empty()) {
        stopPlain(Error{.code = Errc::Unsupported,
                        .sysErrno = 0,
                        .detail = formatted("the pool {} cannot encrypt volatile volumes: switch `ephemeral` off",
                                            volume.pool.name)},
                  std::move(done));
        return;
    }
    m_crypt->open(
        plain.path,
        cryptNameOf(qube),
        [stopPlain, writable = plain.writable, done = std::move(done)](Result<std::filesystem::path> opened) mutable {
            opened ? done(VolumeSource{.path = *std::move(opened), .writable = writable})
                   : stopPlain(std::move(opened).error(), std::move(done));
        });
}

void Storage::stopAll(const QubeName &qube, std::vector<Volume> volumes, Done done)
{
    Steps steps(Steps::OnFailure::GoOn);
    for (Volume &volume : volumes) {
        if (!isOwn(volume)) {
            continue;
        }
        // Whatever the flag says now: the run may have begun with another one.
        if (volume.name == VolumeName::Volatile && m_crypt != nullptr) {
            steps.add([this, name = cryptNameOf(qube)](Done next) {
                m_crypt->close(name, std::move(next));
            });
        }
        steps.add([this, volume = std::move(volume)](Done next) {
            const auto driver = driverOf(volume.pool);
            driver ? (*driver)->stop(volume, std::move(next)) : next(std::unexpected(driver.error()));
        });
    }
    Steps::run(std::move(steps), std::move(done));
}

void Storage::importRoot(const VolumeSet &volumes, const std::filesystem::path &source, Done done)
{
    const Volume *const root = volumes.find(VolumeName::Root);
    if (root == nullptr || !root->saveOnStop) {
        done(fail(Errc::Unsupported, formatted("{} has no root of its own", volumes.qube.text())));
        return;
    }
    const auto driver = driverOf(root->pool);
    driver ? (*driver)->importFrom(*root, source, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::inspect(const Volume &volume, Inspected done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->inspect(volume, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::revert(const Volume &volume, const std::string &revision, Done done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->revert(volume, revision, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::resize(const Volume &volume, std::uint64_t bytes, Done done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->resize(volume, bytes, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::clear(const Volume &volume, Done done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->clear(volume, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::clone(const Volume &from, const Volume &to, Done done)
{
    const auto source = driverOf(from.pool);
    const auto target = driverOf(to.pool);
    if (!source || !target) {
        done(std::unexpected(source ? target.error() : source.error()));
        return;
    }
    if (*source == *target) {
        (*target)->clone(from, to, std::move(done));
        return;
    }
    auto path = (*source)->exported(from);
    path ? (*target)->importFrom(to, *path, std::move(done)) : done(std::unexpected(std::move(path).error()));
}

void Storage::beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->beginImport(volume, bytes, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::endImport(const Volume &volume, Import how, Done done)
{
    const auto driver = driverOf(volume.pool);
    driver ? (*driver)->endImport(volume, how, std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::prepare(const PoolConfig &pool, Done done)
{
    const auto driver = driverOf(pool);
    driver ? (*driver)->prepare(std::move(done)) : done(std::unexpected(driver.error()));
}

void Storage::measure(const PoolConfig &pool, Measured done)
{
    const auto driver = driverOf(pool);
    driver ? (*driver)->measure(std::move(done)) : done(std::unexpected(driver.error()));
}

} // namespace Bulkhead
