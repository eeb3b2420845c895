// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead
{

/// Kinds of domains that are built here.
enum class DomainKind : std::uint8_t {
    Pv,
    Pvh,
};

/// A block device that the domain gets, as it is called there.
struct OrderedDisk {
    std::string name; ///< xvda…
    std::filesystem::path device;
    bool writable = false;

    friend bool operator==(const OrderedDisk &, const OrderedDisk &) = default;
};

/// One interface towards a net qube.
struct OrderedNic {
    std::string mac;
    std::string address;
    QubeName backend;
    std::string address6 = {}; ///< empty if it has none

    friend bool operator==(const OrderedNic &, const OrderedNic &) = default;
};

/// All that bulkhead-domain-builder is told: one domain, and nothing of any other (spec security, R-53).
struct BuildOrder {
    QubeName name;
    std::string uuid = {}; ///< lower-case, 8-4-4-4-12
    DomainKind kind = DomainKind::Pvh;
    std::uint32_t memoryMiB = 0;
    std::uint32_t maxMemoryMiB = 0; ///< what it can be given later; 0: its memory is never changed
    std::uint32_t vcpus = 1;
    std::filesystem::path kernel = {};
    std::filesystem::path initramfs = {};
    std::string commandLine = {};
    bool backsDevices = false; ///< other qubes' interfaces end in it, or disks come from it
    std::vector<OrderedDisk> disks = {};
    std::optional<OrderedNic> nic = {};
    /// What the qube may read of itself: leaves below vm-data/bulkhead/ in its part of xenstore.
    std::vector<std::pair<std::string, std::string>> settings = {};

    friend bool operator==(const BuildOrder &, const BuildOrder &) = default;
};

/// Most bytes of an order that are read.
inline constexpr std::size_t MaxBuildOrder = 16384;

/// The order as the builder reads it from its standard input: a first line that names the format and its version, then
/// a setting a line.
/// @errors BadValue (a value that no line can hold)
[[nodiscard]] Result<std::string> buildOrderText(const BuildOrder &order);

/// Reads one back. Unknown, missing and repeated settings, other versions and values out of range are refused.
/// @errors BadValue, naming the setting
[[nodiscard]] Result<BuildOrder> parseBuildOrder(std::string_view text);

/// The builder's answer, one line on its standard output: the new domain, or why there is none.
[[nodiscard]] std::string buildAnswerText(const Result<DomId> &built);
/// @errors Driver: the builder's own words, or that it left none; TooMuch: there is not enough memory
[[nodiscard]] Result<DomId> parseBuildAnswer(std::string_view text);

} // namespace Bulkhead
