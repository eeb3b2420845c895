// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/directorypool.h"

#include "dom0-core/storage/volumeplaces.h"

#include <format>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

class DirectoryPool final : public Pool
{
public:
    DirectoryPool(fs::path directory, QObject *parent)
        : Pool(parent)
        , m_directory(std::move(directory))
    {
    }

    void create(const VolumeSet &volumes, Done done) override;
    void remove(const VolumeSet &volumes, Done done) override;
    [[nodiscard]] Result<void> verify(const VolumeSet &volumes) const override;
    void start(const VolumeSet &volumes, Started done) override;
    void stop(const VolumeSet &volumes, Done done) override;
    void importRoot(const VolumeSet &volumes, const fs::path &source, Done done) override;

private:
    [[nodiscard]] fs::path folderOf(const VolumeSet &volumes) const;
    [[nodiscard]] fs::path rootOf(const VolumeSet &volumes) const;
    [[nodiscard]] fs::path privateSourceOf(const VolumeSet &volumes) const;
    [[nodiscard]] StartedVolumes startedOf(const VolumeSet &volumes) const;

    const fs::path m_directory;
};

/// Makes a qube's folder.
Result<void> fillFolder(const VolumeSet &volumes, const fs::path &fresh)
{
    BH_CHECK(VolumePlaces::makeDirectories(volumes.privateFrom ? fresh : fresh / "private"));
    if (volumes.rootKind == RootKind::Kept && volumes.rootInPlace.empty()) {
        BH_CHECK(VolumePlaces::makeDirectories(fresh / "root"));
    }
    std::error_code error;
    fs::permissions(fresh, fs::perms::owner_all, error);
    if (error) {
        return failErrno(error.value(), std::format("cannot close {} to others", fresh.string()));
    }
    return VolumePlaces::syncDirectory(fresh);
}

fs::path DirectoryPool::folderOf(const VolumeSet &volumes) const
{
    return VolumePlaces::folderOf(m_directory, volumes);
}

fs::path DirectoryPool::rootOf(const VolumeSet &volumes) const
{
    return VolumePlaces::rootOf(m_directory, volumes, "root");
}

/// Where the data of the private volume come from: for a disposable, another qube's.
fs::path DirectoryPool::privateSourceOf(const VolumeSet &volumes) const
{
    VolumeSet owner = volumes;
    owner.qube = volumes.privateFrom.value_or(volumes.qube);
    owner.rootKind = owner.qube == volumes.rootOwner ? RootKind::Kept : RootKind::Discarded;
    return folderOf(owner) / "private";
}

StartedVolumes DirectoryPool::startedOf(const VolumeSet &volumes) const
{
    return {.root = {.path = rootOf(volumes), .writable = false},
            .privateVolume = VolumeSource{.path = folderOf(volumes) / "private", .writable = true}};
}

void DirectoryPool::create(const VolumeSet &volumes, Done done)
{
    VolumePlaces::put(
        this,
        folderOf(volumes),
        [volumes](const fs::path &fresh, Done filled) {
            filled(fillFolder(volumes, fresh));
        },
        std::move(done));
}

void DirectoryPool::remove(const VolumeSet &volumes, Done done)
{
    VolumePlaces::remove(this, folderOf(volumes), std::move(done));
}

Result<void> DirectoryPool::verify(const VolumeSet &volumes) const
{
    for (const auto &needed : {rootOf(volumes), privateSourceOf(volumes)}) {
        std::error_code error;
        if (!fs::is_directory(needed, error)) {
            return fail(Errc::NotFound, std::format("{} does not exist", needed.string()));
        }
    }
    if (std::error_code error; fs::is_empty(rootOf(volumes), error)) {
        return fail(Errc::NotFound, std::format("the root of {} was never filled", volumes.rootOwner.text()));
    }
    return {};
}

void DirectoryPool::start(const VolumeSet &volumes, Started done)
{
    if (auto verified = verify(volumes); !verified) {
        done(std::unexpected(std::move(verified).error()));
        return;
    }
    if (!volumes.privateFrom) {
        done(startedOf(volumes));
        return;
    }
    VolumePlaces::put(
        this,
        folderOf(volumes) / "private",
        [this, source = privateSourceOf(volumes)](const fs::path &fresh, Done filled) {
            VolumePlaces::copy(this, source, fresh, std::move(filled));
        },
        [started = startedOf(volumes), done = std::move(done)](const Result<void> &copied) mutable {
            done(copied.transform([&started] {
                return started;
            }));
        });
}

void DirectoryPool::stop(const VolumeSet &volumes, Done done)
{
    if (volumes.privateFrom) {
        VolumePlaces::remove(this, folderOf(volumes) / "private", std::move(done));
        return;
    }
    done({}); // private was written in place, and the layer over the root went with the qube
}

void DirectoryPool::importRoot(const VolumeSet &volumes, const fs::path &source, Done done)
{
    if (!fs::is_directory(source)) {
        done(fail(Errc::NotFound, std::format("{} is not a directory", source.string())));
        return;
    }
    VolumePlaces::put(
        this,
        folderOf(volumes) / "root",
        [this, source](const fs::path &fresh, Done filled) {
            VolumePlaces::copy(this, source, fresh, std::move(filled));
        },
        std::move(done));
}

} // namespace

Pool *makeDirectoryPool(const std::filesystem::path &directory, QObject *parent)
{
    return new DirectoryPool(directory, parent);
}

} // namespace Bulkhead
