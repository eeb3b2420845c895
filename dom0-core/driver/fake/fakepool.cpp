// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/fake/fakepool.h"

#include <algorithm>
#include <fstream>
#include <utility>

namespace Bulkhead
{

FakePool::FakePool(QObject *parent)
    : Pool(parent)
{
}

void FakePool::create(const VolumeSet &volumes, Done done)
{
    if (m_holdsCreations) {
        m_held.emplace_back([this, volumes, done = std::move(done)]() mutable {
            create(volumes, std::move(done));
        });
        return;
    }
    if (auto failure = std::exchange(m_nextCreate, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    m_volumes.insert(volumes.qube);
    done({});
}

void FakePool::remove(const VolumeSet &volumes, Done done)
{
    m_volumes.erase(volumes.qube);
    done({});
}

Result<void> FakePool::verify(const VolumeSet &volumes) const
{
    if (!m_volumes.contains(volumes.qube)) {
        return fail(Errc::NotFound, "the volumes of " + volumes.qube.text() + " are missing");
    }
    return {};
}

void FakePool::start(const VolumeSet &volumes, Started done)
{
    if (auto failure = std::exchange(m_nextStart, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    m_started.insert(volumes.qube);
    const Volume *const root = volumes.find(VolumeName::Root);
    done(StartedVolumes{.root = {.path = root == nullptr ? std::filesystem::path() : root->inPlace, .writable = false},
                        .privateVolume = std::nullopt});
}

void FakePool::stop(const VolumeSet &volumes, Done done)
{
    m_started.erase(volumes.qube);
    done({});
}

void FakePool::importRoot(const VolumeSet &volumes, const std::filesystem::path &source, Done done)
{
    if (auto failure = std::exchange(m_nextImport, std::nullopt)) {
        done(std::unexpected(*std::move(failure)));
        return;
    }
    m_imports.insert_or_assign(volumes.qube, source);
    done({});
}

void FakePool::inspect(const Volume &volume, Inspected done)
{
    done(stateOf(volume));
}

void FakePool::revert(const Volume &volume, const std::string &revision, Done done)
{
    if (!std::ranges::contains(stateOf(volume).revisions, revision)) {
        done(fail(Errc::NotFound, "there is no revision " + revision));
        return;
    }
    done(deed("revert " + volume.vid + " to " + revision));
}

void FakePool::resize(const Volume &volume, std::uint64_t bytes, Done done)
{
    if (bytes < stateOf(volume).size) {
        done(fail(Errc::BadValue, "it cannot become smaller"));
        return;
    }
    auto resized = deed("resize " + volume.vid + " to " + std::to_string(bytes));
    if (resized) {
        stateOf(volume).size = bytes;
    }
    done(std::move(resized));
}

void FakePool::clear(const Volume &volume, Done done)
{
    done(deed("clear " + volume.vid));
}

void FakePool::clone(const Volume &from, const Volume &to, Done done)
{
    done(deed("clone " + from.vid + " to " + to.vid));
}

void FakePool::beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done)
{
    auto begun = deed("begin import of " + volume.vid + " with " + std::to_string(bytes));
    const auto place = importPlace(volume.vid);
    if (begun && !m_importDirectory.empty()) {
        std::ofstream(place).close();
        std::filesystem::resize_file(place, bytes);
    }
    done(std::move(begun).transform([&] {
        return place;
    }));
}

void FakePool::importInto(const std::filesystem::path &directory)
{
    m_importDirectory = directory;
}

std::filesystem::path FakePool::importPlace(const std::string &vid) const
{
    if (m_importDirectory.empty()) {
        return "/import/" + vid;
    }
    std::string name = vid;
    std::ranges::replace(name, '/', '-');
    return m_importDirectory / name;
}

void FakePool::endImport(const Volume &volume, Import how, Done done)
{
    done(deed((how == Import::Keep ? "keep import of " : "discard import of ") + volume.vid));
}

void FakePool::prepare(const PoolConfig &pool, Done done)
{
    done(deed("prepare " + pool.name));
}

void FakePool::measure(const PoolConfig &, Measured done)
{
    done(m_usage);
}

Result<void> FakePool::deed(std::string words)
{
    if (auto failure = std::exchange(m_next, std::nullopt)) {
        return std::unexpected(*std::move(failure));
    }
    m_deeds.push_back(std::move(words));
    return {};
}

VolumeState &FakePool::stateOf(const Volume &volume)
{
    return m_states.try_emplace(volume.vid, VolumeState{.size = volume.size}).first->second;
}

void FakePool::failNext(Error error)
{
    m_next = std::move(error);
}

void FakePool::setState(const std::string &vid, VolumeState state)
{
    m_states.insert_or_assign(vid, std::move(state));
}

void FakePool::setUsage(PoolUsage usage)
{
    m_usage = usage;
}

const std::vector<std::string> &FakePool::deeds() const noexcept
{
    return m_deeds;
}

void FakePool::holdCreations()
{
    m_holdsCreations = true;
}

void FakePool::releaseCreations()
{
    m_holdsCreations = false;
    for (auto &held : std::exchange(m_held, {})) {
        held();
    }
}

void FakePool::failNextCreate(Error error)
{
    m_nextCreate = std::move(error);
}

void FakePool::failNextStart(Error error)
{
    m_nextStart = std::move(error);
}

void FakePool::failNextImport(Error error)
{
    m_nextImport = std::move(error);
}

void FakePool::lose(const QubeName &qube)
{
    m_volumes.erase(qube);
}

bool FakePool::has(const QubeName &qube) const
{
    return m_volumes.contains(qube);
}

bool FakePool::isStarted(const QubeName &qube) const
{
    return m_started.contains(qube);
}

std::filesystem::path FakePool::importedFrom(const QubeName &qube) const
{
    const auto place = m_imports.find(qube);
    return place == m_imports.end() ? std::filesystem::path() : place->second;
}

} // namespace Bulkhead
