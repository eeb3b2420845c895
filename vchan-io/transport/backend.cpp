// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/backend.h"

#include "base/formatted.h"
#include "base/number.h"
#include "vchan-io/transport/memfdbackend.h"
#include "vchan-io/transport/socketchannel.h"
#ifdef BULKHEAD_XEN
#include "vchan-io/transport/xenbackend.h"
#include "vchan-io/transport/xenkernel.h"
#endif

#include <cstdlib>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

namespace Bulkhead
{

namespace
{

constexpr const char *DefaultExchange = "/run/bulkhead/exchange/socket";
constexpr const char *DefaultSocketDirectory = "/var/run/vchan";

std::optional<std::string> environment(const char *name)
{
    // Called while a program starts, before anything could change the environment.
    const char *const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

std::string exchangePath()
{
    return environment("BULKHEAD_EXCHANGE").value_or(DefaultExchange);
}

Result<DomId> ownDomain()
{
    const std::string text = environment("VCHAN_DOMAIN").value_or("0");
    const auto number = numberWithin<std::uint32_t>(text, 0, MaxDomId);
    if (!number) {
        return fail(Errc::BadValue, formatted("VCHAN_DOMAIN is not a number of 0..{}", MaxDomId));
    }
    return DomId(*number);
}

Result<std::unique_ptr<Backend>> openSocketBackend()
{
    BH_TRY(const DomId own, ownDomain());
    return std::make_unique<SocketBackend>(environment("VCHAN_SOCKET_DIR").value_or(DefaultSocketDirectory), own);
}

#ifdef BULKHEAD_XEN
Result<std::unique_ptr<Backend>> openXenBackend()
{
    BH_TRY(auto devices, XenKernel::open());
    return std::make_unique<XenBackend>(std::move(devices));
}
#else
bool isXenDomain()
{
    return false;
}

Result<std::unique_ptr<Backend>> openXenBackend()
{
    return fail(Errc::Unsupported, "built without Xen (BULKHEAD_XEN)");
}
#endif

} // namespace

Result<std::unique_ptr<Backend>> openBackend(std::string_view name)
{
    if (name == "xen") {
        return openXenBackend();
    }
    if (name == "memfd") {
        return std::make_unique<MemfdBackend>(exchangePath());
    }
    if (name == "socket") {
        return openSocketBackend();
    }
    if (name != "auto") {
        return fail(Errc::BadValue, formatted("{} is no transport: auto, xen, memfd or socket", name));
    }
    if (environment("VCHAN_SOCKET_DIR")) {
        return openSocketBackend();
    }
    if (isXenDomain()) {
        return openXenBackend();
    }
    std::error_code ignored;
    if (std::filesystem::is_socket(exchangePath(), ignored)) {
        return std::make_unique<MemfdBackend>(exchangePath());
    }
    return fail(Errc::NotFound,
                formatted("there is neither VCHAN_SOCKET_DIR nor Xen nor an exchange at {}", exchangePath()));
}

} // namespace Bulkhead
