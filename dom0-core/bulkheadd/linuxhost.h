// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/bulkheadd/firstlines.h"
#include "dom0-core/model/hostfacts.h"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace Bulkhead
{

/// The machine that the daemon runs on.
class LinuxHost final : public HostFacts
{
public:
    /// @param kernels  directory with one directory a kernel
    /// @param availableMemory  file in which the balancer tells how many bytes qubes can still get; empty: nobody does
    /// @param machineMemoryMiB  where dom0 has a part of it only; nothing: this system has all
    explicit LinuxHost(std::filesystem::path kernels,
                       std::filesystem::path availableMemory = {},
                       std::optional<std::uint64_t> machineMemoryMiB = {});

    [[nodiscard]] std::uint64_t physicalMemoryMiB() const override;
    [[nodiscard]] std::optional<std::uint64_t> availableMemoryMiB() const override;
    [[nodiscard]] bool hasKernel(std::string_view name) const override;
    [[nodiscard]] std::optional<std::string> kernelOptions(std::string_view name) const override;
    [[nodiscard]] std::optional<std::string> commonKernelOptions(std::string_view name) const override;
    [[nodiscard]] bool kernelHasMemoryHotplug(std::string_view name) const override;
    [[nodiscard]] std::optional<std::string> timeZone() const override;
    [[nodiscard]] std::chrono::sys_seconds wallTime() const override;

private:
    std::filesystem::path m_kernels;
    std::filesystem::path m_availableMemory;
    std::uint64_t m_memoryMiB;
    mutable FirstLines m_kernelOptions;
};

} // namespace Bulkhead
