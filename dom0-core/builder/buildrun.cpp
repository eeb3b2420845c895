// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/builder/buildrun.h"

#include "dom0-core/driver/xen/domainrights.h"
#include "dom0-core/driver/xen/domainstore.h"
#include "dom0-core/driver/xen/libxlcontext.h"
#include "dom0-core/driver/xen/xenconfig.h"

#include <format>

namespace Bulkhead
{

namespace
{

Result<void> judge(DomId domain)
{
    BH_TRY(const auto nodes, rightsOf(domain));
    return checkRights(domain, nodes);
}

} // namespace

Result<DomId> buildDomain(const BuildOrder &order)
{
    BH_TRY(const auto context, LibxlContext::open());
    XenConfig config;
    BH_CHECK(config.fill(order));
    std::uint32_t number = 0;
    if (const int code = libxl_domain_create_new(context->get(), config.get(), &number, nullptr, nullptr); code != 0) {
        return std::unexpected(context->error(code, "libxl could not create the domain"));
    }
    const DomId domain{number};
    if (auto judged = judge(domain); !judged) {
        if (const int code = libxl_domain_destroy(context->get(), number, nullptr); code != 0) {
            judged.error().detail +=
                std::format("; {}", context->error(code, "destroying the domain failed, too").text());
        }
        return std::unexpected(std::move(judged).error());
    }
    return domain;
}

} // namespace Bulkhead
