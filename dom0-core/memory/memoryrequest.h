// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "dom0-core/memory/balance.h"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

namespace Bulkhead::Memory
{

/// Make that much of Xen's memory free.
struct FreeRequest {
    std::uint64_t bytes = 0;

    friend bool operator==(const FreeRequest &, const FreeRequest &) = default;
};

/// Bring these domains to the given sizes; 0 is what each prefers.
struct SizeRequest {
    Targets sizes;

    friend bool operator==(const SizeRequest &, const SizeRequest &) = default;
};

using Request = std::variant<FreeRequest, SizeRequest>;

/// Longest line that a client may send, its end included; longer ones are no requests.
inline constexpr std::size_t MaxRequestLine = 4096;
inline constexpr std::string_view AnswerDone = "OK\n";
inline constexpr std::string_view AnswerFailed = "FAIL\n";
inline constexpr std::string_view AnswerUnknown = "INVALID_ARG\n";

/// `BYTES`, or `DOMID:BYTES DOMID:BYTES …`. Nothing for anything else.
/// @param line  without its line feed
/// @source spec qube-model, 14.4
[[nodiscard]] std::optional<Request> parseRequest(std::string_view line);

} // namespace Bulkhead::Memory
