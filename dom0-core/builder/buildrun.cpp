// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/builder/buildrun.h"

#include "base/formatted.h"
#include "dom0-core/driver/xen/domainrights.h"
#include "dom0-core/driver/xen/domainstore.h"
#include "dom0-core/driver/xen/libxlcontext.h"
#include "dom0-core/driver/xen/xenconfig.h"

#include <cstdint>
#include <optional>

namespace Bulkhead
{

namespace
{

constexpr std::uint64_t PagesPerMiB = 256; // of Xen on x86, as libxl counts them

/// What libxl does not make, then a look at what everybody made.
Result<void> complete(DomId domain, const BuildOrder &order, std::optional<DomId> provider)
{
    if (order.maxMemoryMiB != 0) {
        BH_CHECK(makeMemoryNodes(domain));
    }
    BH_TRY(const auto nodes, rightsOf(domain));
    return checkRights(domain, provider, nodes);
}

/// The domain that serves the interface; none if it has gone meanwhile, or there is no interface.
std::optional<DomId> providerOf(const LibxlContext &context, const BuildOrder &order)
{
    std::uint32_t number = 0;
    if (!order.nic || libxl_name_to_domid(context.get(), order.nic->backend.text().c_str(), &number) != 0) {
        return std::nullopt;
    }
    return DomId{number};
}

/// libxl says of a lack of memory only that it failed, so this looks first.
Result<void> checkMemory(LibxlContext &context, const BuildOrder &order)
{
    libxl_physinfo machine;
    libxl_physinfo_init(&machine);
    const int code = libxl_get_physinfo(context.get(), &machine);
    const std::uint64_t freeMiB = machine.free_pages / PagesPerMiB;
    libxl_physinfo_dispose(&machine);
    if (code != 0) {
        return std::unexpected(context.error(code, "libxl does not tell how much memory is free"));
    }
    return order.memoryMiB <= freeMiB
        ? Result<void>{}
        : fail(Errc::TooMuch, formatted("it takes {} MiB, and {} MiB are free", order.memoryMiB, freeMiB));
}

} // namespace

Result<DomId> buildDomain(const BuildOrder &order)
{
    BH_TRY(const auto context, LibxlContext::open());
    BH_CHECK(checkMemory(*context, order));
    XenConfig config;
    BH_CHECK(config.fill(order));
    std::uint32_t number = 0;
    if (const int code = libxl_domain_create_new(context->get(), config.get(), &number, nullptr, nullptr); code != 0) {
        return std::unexpected(context->error(code, "libxl could not create the domain"));
    }
    const DomId domain{number};
    if (auto completed = complete(domain, order, providerOf(*context, order)); !completed) {
        if (const int code = libxl_domain_destroy(context->get(), number, nullptr); code != 0) {
            completed.error().detail +=
                formatted("; {}", context->error(code, "destroying the domain failed, too").text());
        }
        return std::unexpected(std::move(completed).error());
    }
    return domain;
}

} // namespace Bulkhead
