// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace Bulkhead::Job
{

/// Messages of a desktop's bus, as far as a job needs them: strings, numbers, and a dictionary of these. Little-endian.
/// @source the D-Bus specification, sections Message Protocol and Marshaling

using BusVariant = std::variant<std::string, std::uint32_t, std::uint64_t, bool, std::int32_t>;
using BusDictionary = std::vector<std::pair<std::string, BusVariant>>;
using BusStrings = std::vector<std::string>;
using BusValue = std::variant<std::string, std::uint32_t, std::int32_t, BusStrings, BusDictionary>;

enum class BusKind : std::uint8_t { Call = 1, Return = 2, Error = 3, Signal = 4 };

struct BusCall {
    std::string destination;
    std::string path;
    std::string interface;
    std::string member;
    std::vector<BusValue> arguments = {};
};

/// @param serial  not 0, of this connection's another one each time
[[nodiscard]] std::string buildBusCall(const BusCall &call, std::uint32_t serial);

/// What somebody on the bus says to us.
struct BusMessage {
    BusKind kind = BusKind::Signal;
    std::uint32_t replyTo = 0; ///< the serial of our call
    std::string path = {};
    std::string interface = {};
    std::string member = {};
    /// Of its arguments as far as they are strings, paths or numbers; what comes after another kind is left out.
    std::vector<std::variant<std::string, std::uint32_t>> arguments = {};
};

/// Most bytes of a message that is looked at: what a job hears is a few words.
inline constexpr std::size_t LongestBusMessage = 64 * 1024;

/// The length of the message that begins there; nothing: its head is not there yet.
/// @errors BadField (no message of ours), TooMuch
[[nodiscard]] Result<std::optional<std::size_t>> lengthOfBusMessage(std::string_view received);

/// @param message  one, whole
/// @errors BadField
[[nodiscard]] Result<BusMessage> parseBusMessage(std::string_view message);

} // namespace Bulkhead::Job
