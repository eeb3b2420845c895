// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Longest head, with its NUL: a service of L-16, three names and the blanks between.
inline constexpr std::size_t MaxServiceHead = 65000 + 256;

/// How a caller named whom it calls.
enum class ServiceTarget : std::uint8_t {
    Name,    ///< a qube, or `uuid:` and a UUID
    Keyword, ///< without its `@`: adminvm, default, dispvm
};

/// What a service that is a socket hears before its caller's own bytes: who calls what of whom.
struct ServiceHead {
    std::string service;
    std::string argument; ///< may be empty; further `+` belong to it
    std::string source;
    ServiceTarget targetKind = ServiceTarget::Name;
    std::string target; ///< the last field: it alone may hold blanks

    friend bool operator==(const ServiceHead &, const ServiceHead &) = default;
};

/// A request, cut at the NUL that ends its head. Both parts are views into it.
struct CutRequest {
    std::string_view head; ///< without the NUL
    std::string_view payload;
};

/// @errors ShortMessage (no NUL), LongMessage (none within MaxServiceHead)
[[nodiscard]] Result<CutRequest> cutRequest(std::string_view bytes);

/// `SERVICE [+ARGUMENT] SP SOURCE SP TYPE SP TARGET`, in ASCII, without the NUL. Whether source and target are names is
/// for whoever looks them up.
/// @errors ShortMessage, LongMessage, BadField
/// @source spec qrexec, section 14; spec admin-api, section 2
[[nodiscard]] Result<ServiceHead> parseServiceHead(std::string_view head);

/// With its NUL.
[[nodiscard]] std::string buildServiceHead(const ServiceHead &head);

} // namespace Bulkhead
