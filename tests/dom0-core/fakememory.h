// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/memory/balance.h"
#include "dom0-core/memory/memoryhost.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// A machine in memory: domains do at once what they are told, but for those that are said to be stubborn.
class FakeMemory final : public Memory::MemoryHost
{
    Q_OBJECT

public:
    void add(std::uint32_t id, std::uint64_t hasMiB, std::uint64_t mostMiB, std::optional<std::uint64_t> usesMiB)
    {
        domains[id] = {.id = DomId{id}, .current = hasMiB * Memory::MiB, .most = mostMiB * Memory::MiB};
        if (usesMiB) {
            use(id, *usesMiB);
        }
    }

    void use(std::uint32_t id, std::uint64_t mib)
    {
        Q_EMIT usedChanged(DomId{id}, mib * Memory::MiB);
    }

    [[nodiscard]] Result<std::vector<Size>> sizes() const override
    {
        std::vector<Size> all;
        for (const auto &[id, size] : domains) {
            all.push_back(size);
        }
        return all;
    }

    [[nodiscard]] Result<std::uint64_t> totalBytes() const override
    {
        std::uint64_t all = free;
        for (const auto &[id, size] : domains) {
            all += size.current;
        }
        return all;
    }

    [[nodiscard]] Result<std::uint64_t> freeBytes() const override
    {
        return free;
    }

    [[nodiscard]] Result<void> setTarget(DomId domain, std::uint64_t bytes) override
    {
        log.push_back(std::to_string(domain.value()) + " " + std::to_string(bytes / Memory::MiB));
        Size &size = domains.at(domain.value());
        if (!stubborn.contains(domain.value())) {
            free += size.current;
            size.current = std::min(bytes, free);
            free -= size.current;
        }
        return {};
    }

    [[nodiscard]] std::uint64_t mibOf(std::uint32_t id) const
    {
        return domains.at(id).current / Memory::MiB;
    }

    std::map<std::uint32_t, Size> domains;
    std::set<std::uint32_t> stubborn;
    std::uint64_t free = 0;
    std::vector<std::string> log; ///< `domain MiB` of each target
};

} // namespace Bulkhead::Test
