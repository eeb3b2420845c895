// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/diskremains.h"

#include <algorithm>
#include <random>
#include <vector>

namespace Bulkhead::Test
{

namespace
{

using Kind = DiskOperation::Kind;

constexpr std::size_t Sector = 512;

/// Puts bytes into a file; what lies between its end and them is zero.
void put(std::string &file, std::size_t offset, std::string_view bytes)
{
    file.resize(std::max(file.size(), offset + bytes.size()));
    std::ranges::copy(bytes, file.begin() + static_cast<std::ptrdiff_t>(offset));
}

class Platter
{
public:
    Platter(Loss loss, std::uint32_t seed)
        : m_loss(loss)
        , m_random(seed)
    {
    }

    void take(const DiskOperation &operation)
    {
        switch (operation.kind) {
        case Kind::Write:
        case Kind::Truncate:
            m_files[operation.file].unsynced.push_back(&operation);
            return;
        case Kind::Sync:
            syncFile(operation.file);
            return;
        case Kind::SyncWithName:
            syncFile(operation.file);
            syncNames(m_unsyncedNames.size());
            return;
        case Kind::Create:
        case Kind::Rename:
        case Kind::Remove:
            m_unsyncedNames.push_back(&operation);
            return;
        case Kind::SyncDirectory:
            syncNames(m_unsyncedNames.size());
            return;
        }
    }

    std::map<std::string, std::string> remains()
    {
        switch (m_loss) {
        case Loss::Nothing:
            syncNames(m_unsyncedNames.size());
            break;
        case Loss::Unsynced:
            break;
        case Loss::SomeOfIt:
            syncNames(std::uniform_int_distribution<std::size_t>(0, m_unsyncedNames.size())(m_random));
            break;
        }
        std::map<std::string, std::string> left;
        for (const auto &[name, number] : m_names) {
            left.emplace(name, bytesLeft(m_files[number]));
        }
        return left;
    }

private:
    struct File {
        std::string synced;
        std::vector<const DiskOperation *> unsynced;
    };

    static void apply(std::string &bytes, const DiskOperation &operation)
    {
        if (operation.kind == Kind::Truncate) {
            bytes.resize(operation.offset);
        } else {
            put(bytes, operation.offset, operation.data);
        }
    }

    void syncFile(std::size_t number)
    {
        File &file = m_files[number];
        for (const DiskOperation *const operation : file.unsynced) {
            apply(file.synced, *operation);
        }
        file.unsynced.clear();
    }

    void syncNames(std::size_t count)
    {
        const auto end = m_unsyncedNames.begin() + static_cast<std::ptrdiff_t>(count);
        for (auto place = m_unsyncedNames.begin(); place != end; ++place) {
            const DiskOperation &operation = **place;
            if (operation.kind == Kind::Create) {
                m_names.insert_or_assign(operation.name, operation.file);
                continue;
            }
            const auto named = m_names.extract(operation.name);
            if (operation.kind == Kind::Rename && !named.empty()) {
                m_names.insert_or_assign(operation.other, named.mapped());
            }
        }
        m_unsyncedNames.erase(m_unsyncedNames.begin(), end);
    }

    std::string bytesLeft(const File &file)
    {
        std::string bytes = file.synced;
        for (const DiskOperation *const operation : file.unsynced) {
            if (m_loss == Loss::Nothing) {
                apply(bytes, *operation);
            } else if (m_loss == Loss::SomeOfIt) {
                applyPartly(bytes, *operation);
            }
        }
        return bytes;
    }

    void applyPartly(std::string &bytes, const DiskOperation &operation)
    {
        std::bernoulli_distribution isThere(0.5);
        if (operation.kind == Kind::Truncate) {
            if (isThere(m_random)) {
                bytes.resize(operation.offset);
            }
            return;
        }
        const std::string_view data = operation.data;
        std::size_t done = 0;
        while (done < data.size()) {
            const std::size_t place = operation.offset + done;
            const std::size_t part = std::min(Sector - place % Sector, data.size() - done);
            if (isThere(m_random)) {
                put(bytes, place, data.substr(done, part));
            }
            done += part;
        }
    }

    Loss m_loss;
    std::mt19937 m_random;
    std::map<std::size_t, File> m_files;
    std::map<std::string, std::size_t> m_names;
    std::vector<const DiskOperation *> m_unsyncedNames;
};

} // namespace

std::map<std::string, std::string> filesLeft(std::span<const DiskOperation> operations, Loss loss, std::uint32_t seed)
{
    Platter platter(loss, seed);
    for (const DiskOperation &operation : operations) {
        platter.take(operation);
    }
    return platter.remains();
}

} // namespace Bulkhead::Test
