// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What qubes write into their databases for dom0. A qube can write anything there; what comes out of here is of the
/// alphabets and limits below and needs no second look.
/// @source spec qubesdb, section 5
namespace Bulkhead::QubesDb
{

/// Most devices of one qube that are looked at; what comes behind them in the order of their names is left out.
inline constexpr std::size_t MaxGuestDevices = 256;

/// A block device that a qube could lend to others.
struct GuestBlockDevice {
    std::string id;               ///< 1 to 12 of a-z, 0-9 and `-`
    std::string description = {}; ///< letters, digits, blank and `()+,-.:=_/`; other bytes are `_`
    std::uint64_t size = 0;       ///< bytes; 0 if it is not told
    bool isWritable = true;
    std::string parent = {}; ///< a block device's id, or a USB port with its interface; empty if it is not told
    friend bool operator==(const GuestBlockDevice &, const GuestBlockDevice &) = default;
};

/// Devices of which any key lies below `/qubes-block-devices/`, by id. One whose id cannot be is left out.
[[nodiscard]] std::vector<GuestBlockDevice> blockDevicesIn(std::span<const Entry> entries);

/// The keys below `/features-request/` and their values, which are of letters, digits, blank and `-.,_=`.
/// @errors BadField (any value is not; then nothing of the request counts)
[[nodiscard]] Result<std::map<std::string, std::string>> featuresRequestedIn(std::span<const Entry> entries);

/// What a qube says of the tools that run in it, below `/qubes-tools/`.
struct GuestTools {
    bool qrexec = false;
    bool gui = false;
    bool guiEmulated = false;
    std::string defaultUser = {}; ///< letters, digits and `_-+,.`, not beginning with `-`; empty if it is not told
    std::string os = {};          ///< letters; empty if it is not told
    friend bool operator==(const GuestTools &, const GuestTools &) = default;
};

[[nodiscard]] GuestTools toolsIn(std::span<const Entry> entries);

/// Where a net qube tells what it has counted of its clients, a key for each.
inline constexpr std::string_view TrafficTree = "/bulkhead-traffic/";

/// What has gone between a net qube and one of its clients since the client was plugged in.
struct GuestTraffic {
    std::string client;         ///< its IPv4 address: digits and dots, 7 to 15 characters; whose it is, is looked up
    std::uint64_t sent = 0;     ///< bytes that the client has sent
    std::uint64_t received = 0; ///< bytes that the client has received
    friend bool operator==(const GuestTraffic &, const GuestTraffic &) = default;
};

/// `/bulkhead-traffic/CLIENT` = `SENT RECEIVED`, both decimal.
/// @errors BadField (another key, or a value that is no two numbers)
/// @source docs/protocol/qubesdb.md, Traffic
[[nodiscard]] Result<GuestTraffic> parseTraffic(const Entry &entry);
/// @param traffic  its client is an address as above
[[nodiscard]] Write buildTraffic(const GuestTraffic &traffic);

} // namespace Bulkhead::QubesDb
