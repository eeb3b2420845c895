// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// What the rules of the model need to know of the machine. Handed in by main(), so that the rules stay pure.
class HostFacts
{
public:
    HostFacts() = default;
    HostFacts(const HostFacts &) = delete;
    HostFacts &operator=(const HostFacts &) = delete;
    virtual ~HostFacts() = default;

    [[nodiscard]] virtual std::uint64_t physicalMemoryMiB() const = 0;
    /// Memory that further qubes can get, as the balancer last told; nothing if nobody balances.
    [[nodiscard]] virtual std::optional<std::uint64_t> availableMemoryMiB() const = 0;
    /// Whether there is a kernel of that name with a `vmlinuz`. The name has no `/`.
    [[nodiscard]] virtual bool hasKernel(std::string_view name) const = 0;
    /// The kernel's own default command line (`default-kernelopts-nopci.txt`); nothing if it brings none.
    [[nodiscard]] virtual std::optional<std::string> kernelOptions(std::string_view name) const = 0;
    /// What stands before every command line of that kernel (`default-kernelopts-common.txt`), blanks at its end
    /// included; nothing if it brings none.
    [[nodiscard]] virtual std::optional<std::string> commonKernelOptions(std::string_view name) const = 0;
    [[nodiscard]] virtual bool kernelHasMemoryHotplug(std::string_view name) const = 0;

    /// The name of dom0's time zone, `Area/City`; nothing if it cannot be told.
    [[nodiscard]] virtual std::optional<std::string> timeZone() const
    {
        return std::nullopt;
    }

    /// What the clock on the wall says; it may jump.
    [[nodiscard]] virtual std::chrono::sys_seconds wallTime() const = 0;
};

} // namespace Bulkhead
