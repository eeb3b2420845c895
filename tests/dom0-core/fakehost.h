// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/hostfacts.h"

#include <map>
#include <string>

namespace Bulkhead::Test
{

/// A machine of 16 GiB with the kernels that a test gives it.
class FakeHost final : public HostFacts
{
public:
    [[nodiscard]] std::uint64_t physicalMemoryMiB() const override
    {
        return memoryMiB;
    }

    [[nodiscard]] std::optional<std::uint64_t> availableMemoryMiB() const override
    {
        return availableMiB;
    }

    [[nodiscard]] bool hasKernel(std::string_view name) const override
    {
        return kernels.contains(name);
    }

    [[nodiscard]] std::optional<std::string> kernelOptions(std::string_view name) const override
    {
        const auto place = kernels.find(name);
        return place == kernels.end() || place->second.empty() ? std::nullopt : std::optional(place->second);
    }

    [[nodiscard]] std::optional<std::string> commonKernelOptions(std::string_view) const override
    {
        return commonOptions;
    }

    [[nodiscard]] bool kernelHasMemoryHotplug(std::string_view) const override
    {
        return hasHotplug;
    }

    [[nodiscard]] std::optional<std::string> timeZone() const override
    {
        return zone;
    }

    [[nodiscard]] std::chrono::sys_seconds wallTime() const override
    {
        return time;
    }

    std::uint64_t memoryMiB = 16384;
    std::optional<std::string> zone;
    std::optional<std::uint64_t> availableMiB;               ///< nothing: nobody balances
    std::map<std::string, std::string, std::less<>> kernels; ///< name and its own options
    std::optional<std::string> commonOptions;                ///< of every kernel
    bool hasHotplug = false;
    std::chrono::sys_seconds time{std::chrono::seconds(1'800'000'000)};
};

} // namespace Bulkhead::Test
