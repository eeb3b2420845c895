// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/fake/fakepool.h"

#include <utility>

namespace Bulkhead
{

FakePool::FakePool(QObject *parent)
    : Pool(parent)
{
}

void FakePool::create(const VolumeSet &volumes, Done done)
{
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
    done(StartedVolumes{.root = {.path = volumes.rootInPlace, .writable = false}, .privateVolume = std::nullopt});
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
