// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// What is said to Xen's store and what it answers, as far as channels need it. The store is dom0's and trusted; the
/// values in it are not. Source: Xen's public header io/xs_wire.h; numbers are little-endian.
namespace Bulkhead::Xenstore
{

enum class Kind : std::uint32_t {
    Directory = 1,
    Read = 2,
    Watch = 4,
    Unwatch = 5,
    TransactionStart = 6,
    TransactionEnd = 7,
    Write = 11,
    Remove = 13,
    SetPermissions = 14,
    WatchEvent = 15, ///< comes unasked
    Error = 16,      ///< an answer
    IsDomainIntroduced = 17,
};

inline constexpr std::size_t HeaderSize = 16;
/// Longest body, both ways.
inline constexpr std::size_t MaxBody = 4096;

struct Header {
    Kind kind = Kind::Error;
    std::size_t length = 0; ///< of the body, at most MaxBody
};

/// @errors ShortMessage, LongMessage (not HeaderSize bytes), UnknownType, TooMuch (a longer body)
[[nodiscard]] Result<Header> parseHeader(std::span<const std::byte> bytes);

/// @param transaction  0: none
/// @param body         as the kind wants it; at most MaxBody bytes, it is asserted
[[nodiscard]] std::vector<std::byte> build(Kind kind, std::uint32_t transaction, std::string_view body);

/// The parts of a body, each with its NUL.
[[nodiscard]] std::string terminated(std::initializer_list<std::string_view> parts);

/// The parts of a body that ends in a NUL, without them.
/// @errors BadField (it does not)
[[nodiscard]] Result<std::vector<std::string_view>> splitTerminated(std::string_view body);

/// The number that a transaction got.
/// @errors BadField
[[nodiscard]] Result<std::uint32_t> parseTransaction(std::string_view body);

} // namespace Bulkhead::Xenstore
