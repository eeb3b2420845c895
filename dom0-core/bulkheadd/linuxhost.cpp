// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/linuxhost.h"

#include "dom0-core/model/text.h"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <system_error>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

std::uint64_t memoryOfThisSystemMiB()
{
    constexpr long BytesPerMiB = 1024L * 1024;
    const long pages = ::sysconf(_SC_PHYS_PAGES);
    const long pageSize = ::sysconf(_SC_PAGESIZE);
    return static_cast<std::uint64_t>(std::max(0L, pages) / (BytesPerMiB / std::max(1L, pageSize)));
}

} // namespace

LinuxHost::LinuxHost(fs::path kernels, fs::path availableMemory, std::optional<std::uint64_t> machineMemoryMiB)
    : m_kernels(std::move(kernels))
    , m_availableMemory(std::move(availableMemory))
    , m_memoryMiB(machineMemoryMiB.value_or(memoryOfThisSystemMiB()))
{
}

std::uint64_t LinuxHost::physicalMemoryMiB() const
{
    return m_memoryMiB;
}

std::optional<std::uint64_t> LinuxHost::availableMemoryMiB() const
{
    constexpr std::uint64_t BytesPerMiB = 1024ULL * 1024;
    std::ifstream file(m_availableMemory);
    std::string line;
    std::getline(file, line);
    const auto bytes = parseNumber(trimmed(line));
    return bytes ? std::optional(*bytes / BytesPerMiB) : std::nullopt;
}

bool LinuxHost::hasKernel(std::string_view name) const
{
    std::error_code code; // what cannot be looked at is not there
    return fs::is_regular_file(m_kernels / name / "vmlinuz", code);
}

std::optional<std::string> LinuxHost::kernelOptions(std::string_view name) const
{
    return m_kernelOptions.of(m_kernels / name / "default-kernelopts-nopci.txt").transform([](const std::string &line) {
        return std::string(trimmed(line));
    });
}

std::optional<std::string> LinuxHost::commonKernelOptions(std::string_view name) const
{
    return m_kernelOptions.of(m_kernels / name / "default-kernelopts-common.txt");
}

bool LinuxHost::kernelHasMemoryHotplug(std::string_view name) const
{
    std::error_code code; // as above
    return fs::exists(m_kernels / name / "memory-hotplug-supported", code);
}

std::optional<std::string> LinuxHost::timeZone() const
{
    constexpr std::string_view Zones = "/zoneinfo/";
    std::error_code code; // as above
    const std::string target = fs::read_symlink("/etc/localtime", code).string();
    const auto place = target.find(Zones);
    if (code || place == std::string::npos) {
        return std::nullopt;
    }
    return target.substr(place + Zones.size());
}

std::chrono::sys_seconds LinuxHost::wallTime() const
{
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

} // namespace Bulkhead
