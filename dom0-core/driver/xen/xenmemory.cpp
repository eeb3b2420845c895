// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/xenmemory.h"

#include "base/formatted.h"
#include "dom0-core/driver/xen/memoryreports.h"
#include "dom0-core/memory/balance.h"
#include "vchan-io/transport/xenkernel.h"

#include <array>
#include <cerrno>
#include <span>
#include <utility>

extern "C" {
#include <xenctrl.h>
}

namespace Bulkhead
{

namespace
{

constexpr std::uint64_t PageBytes = 4096; // of Xen on x86
constexpr std::uint64_t KiBPerPage = PageBytes / Memory::KiB;

struct CloseHypervisor {
    void operator()(xc_interface *hypervisor) const noexcept
    {
        xc_interface_close(hypervisor);
    }
};

using Hypervisor = std::unique_ptr<xc_interface, CloseHypervisor>;

Error lastError(std::string words)
{
    return {.code = Errc::Driver, .sysErrno = errno, .detail = std::move(words)};
}

/// Every domain that is not on its way out.
Result<std::vector<xc_domaininfo_t>> listDomains(xc_interface *hypervisor)
{
    std::vector<xc_domaininfo_t> all;
    std::array<xc_domaininfo_t, 64> part; // NOLINT(cppcoreguidelines-pro-type-member-init): the next call fills it
    std::uint32_t first = 0;
    for (;;) {
        const int count = xc_domain_getinfolist(hypervisor, first, part.size(), part.data());
        if (count < 0) {
            return std::unexpected(lastError("the hypervisor does not list its domains"));
        }
        for (const auto &one : std::span(part).first(static_cast<std::size_t>(count))) {
            first = one.domain + 1U;
            if ((one.flags & XEN_DOMINF_dying) == 0) {
                all.push_back(one);
            }
        }
        if (static_cast<std::size_t>(count) < part.size()) {
            return all;
        }
    }
}

Result<std::vector<DomId>> numbersOf(xc_interface *hypervisor)
{
    BH_TRY(const auto all, listDomains(hypervisor));
    std::vector<DomId> numbers;
    numbers.reserve(all.size());
    for (const auto &one : all) {
        numbers.emplace_back(one.domain);
    }
    return numbers;
}

class HypervisorMemory final : public Memory::MemoryHost
{
public:
    HypervisorMemory(Hypervisor hypervisor, UniqueFd store)
        : m_hypervisor(std::move(hypervisor))
        , m_reports(std::move(store),
                    [raw = m_hypervisor.get()] {
                        return numbersOf(raw);
                    },
                    {})
    {
        connect(&m_reports, &MemoryReports::usedChanged, this, &MemoryHost::usedChanged);
        connect(&m_reports, &MemoryReports::domainsChanged, this, &MemoryHost::domainsChanged);
    }

    [[nodiscard]] Result<std::vector<Size>> sizes() const override
    {
        BH_TRY(const auto machine, physical());
        BH_TRY(const auto all, listDomains(m_hypervisor.get()));
        std::vector<Size> sizes;
        for (const auto &one : all) {
            const DomId id{one.domain};
            const std::uint64_t current = one.tot_pages * PageBytes;
            // One that nobody set a limit for can have all there is if it is dom0, and else no more than it has.
            const std::uint64_t otherwise = id == Dom0 ? machine.total_pages * PageBytes : current;
            sizes.push_back({.id = id, .current = current, .most = m_reports.mostOf(id).value_or(otherwise)});
        }
        return sizes;
    }

    [[nodiscard]] Result<std::uint64_t> totalBytes() const override
    {
        BH_TRY(const auto machine, physical());
        return machine.total_pages * PageBytes;
    }

    [[nodiscard]] Result<std::uint64_t> freeBytes() const override
    {
        BH_TRY(const auto machine, physical());
        return machine.free_pages * PageBytes;
    }

    [[nodiscard]] Result<void> setTarget(DomId domain, std::uint64_t bytes) override
    {
        const auto values = Memory::valuesFor(bytes);
        xc_domaininfo_t info{};
        if (xc_domain_getinfo_single(m_hypervisor.get(), domain.value(), &info) != 0) {
            return std::unexpected(lastError(formatted("there is no domain {}", domain.value())));
        }
        if (xc_domain_setmaxmem(m_hypervisor.get(), domain.value(), values.mostKiB) != 0) {
            return std::unexpected(lastError(formatted("domain {} cannot be given a limit", domain.value())));
        }
        // What was populated on demand; a pv domain has nothing of the kind.
        const bool isTranslated = (info.flags & XEN_DOMINF_hvm_guest) != 0;
        if (isTranslated
            && xc_domain_set_pod_target(
                   m_hypervisor.get(), domain.value(), bytes / Memory::KiB / KiBPerPage, nullptr, nullptr, nullptr)
                != 0) {
            return std::unexpected(lastError(formatted("domain {} cannot be given a target", domain.value())));
        }
        m_reports.tellTarget(domain, values.targetKiB);
        return {};
    }

private:
    [[nodiscard]] Result<xc_physinfo_t> physical() const
    {
        xc_physinfo_t machine{};
        if (xc_physinfo(m_hypervisor.get(), &machine) != 0) {
            return std::unexpected(lastError("the hypervisor does not tell how much memory there is"));
        }
        return machine;
    }

    Hypervisor m_hypervisor;
    MemoryReports m_reports;
};

} // namespace

Result<std::unique_ptr<Memory::MemoryHost>> makeXenMemory()
{
    Hypervisor hypervisor(xc_interface_open(nullptr, nullptr, 0));
    if (!hypervisor) {
        return std::unexpected(lastError("the hypervisor cannot be reached"));
    }
    BH_TRY(auto store, connectToXenstore());
    return std::make_unique<HypervisorMemory>(std::move(hypervisor), std::move(store));
}

} // namespace Bulkhead
