// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qubesdbguestkeys.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace Bulkhead::QubesDb
{
namespace
{

constexpr std::string_view BlockDevices = "/qubes-block-devices/";
constexpr std::string_view Features = "/features-request/";
constexpr std::string_view Tools = "/qubes-tools/";

constexpr std::size_t MaxDeviceId = 12;
constexpr std::size_t MaxDescription = 128;
constexpr std::size_t MaxParent = 32;
constexpr std::size_t MaxName = 64;
/// Of an IPv4 address.
constexpr std::size_t ShortestAddress = 7;
constexpr std::size_t LongestAddress = 15;

bool isWordCharacter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c);
}

/// Letters, digits and these signs.
bool hasOnly(std::string_view text, std::string_view signs)
{
    return std::ranges::all_of(text, [signs](char c) {
        return isWordCharacter(c) || signs.contains(c);
    });
}

std::optional<std::string_view> below(std::string_view tree, const Entry &entry)
{
    const std::string_view path = entry.key.text();
    return path.starts_with(tree) ? std::optional(path.substr(tree.size())) : std::nullopt;
}

bool isDeviceId(std::string_view id)
{
    return !id.empty() && id.size() <= MaxDeviceId && std::ranges::all_of(id, [](char c) {
        return (c >= 'a' && c <= 'z') || Ascii::isDigit(c) || c == '-';
    });
}

std::string describe(std::string_view raw)
{
    std::string text(raw.substr(0, MaxDescription));
    std::ranges::replace_if(
        text,
        [](char c) {
            return !isWordCharacter(c) && !std::string_view("()+,-.:=_/ ").contains(c);
        },
        '_');
    return text;
}

bool isAddress(std::string_view text)
{
    return text.size() >= ShortestAddress && text.size() <= LongestAddress && std::ranges::all_of(text, [](char c) {
               return Ascii::isDigit(c) || c == '.';
           });
}

/// The text, if it is one of at most `most` letters, digits and these signs; else nothing.
std::string checked(const std::string &raw, std::string_view signs, std::size_t most)
{
    return raw.size() <= most && hasOnly(raw, signs) ? raw : std::string();
}

void applyLeaf(GuestBlockDevice &device, std::string_view leaf, const std::string &raw)
{
    if (leaf == "desc") {
        device.description = describe(raw);
    } else if (leaf == "size") {
        device.size = numberIn<std::uint64_t>(raw).value_or(0);
    } else if (leaf == "mode") {
        device.isWritable = raw != "r";
    } else if (leaf == "parent") {
        device.parent = checked(raw, ".:_-", MaxParent);
    }
}

} // namespace

std::vector<GuestBlockDevice> blockDevicesIn(std::span<const Entry> entries)
{
    std::map<std::string, GuestBlockDevice, std::less<>> devices;
    for (const Entry &entry : entries) {
        const auto rest = below(BlockDevices, entry);
        const auto slash = rest ? rest->find('/') : std::string_view::npos;
        if (slash == std::string_view::npos || !isDeviceId(rest->substr(0, slash))) {
            continue;
        }
        const std::string id(rest->substr(0, slash));
        if (devices.size() >= MaxGuestDevices && !devices.contains(id)) {
            continue;
        }
        GuestBlockDevice &device = devices.try_emplace(id, GuestBlockDevice{.id = id}).first->second;
        applyLeaf(device, rest->substr(slash + 1), entry.value.text());
    }
    std::vector<GuestBlockDevice> all;
    for (auto &[id, device] : devices) {
        all.push_back(std::move(device));
    }
    return all;
}

Result<std::map<std::string, std::string>> featuresRequestedIn(std::span<const Entry> entries)
{
    std::map<std::string, std::string> requested;
    for (const Entry &entry : entries) {
        const auto feature = below(Features, entry);
        if (!feature) {
            continue;
        }
        if (!hasOnly(entry.value.text(), "-.,_= ")) {
            return fail(Errc::BadField, "a requested feature has other characters than letters, digits and -.,_= ");
        }
        requested.emplace(*feature, entry.value.text());
    }
    return requested;
}

GuestTools toolsIn(std::span<const Entry> entries)
{
    GuestTools tools;
    for (const Entry &entry : entries) {
        const auto leaf = below(Tools, entry);
        const std::string &raw = entry.value.text();
        if (leaf == "qrexec") {
            tools.qrexec = raw == "1";
        } else if (leaf == "gui") {
            tools.gui = raw == "1";
        } else if (leaf == "gui-emulated") {
            tools.guiEmulated = raw == "1";
        } else if (leaf == "default-user") {
            tools.defaultUser = raw.starts_with('-') ? std::string() : checked(raw, "_-+,.", MaxName);
        } else if (leaf == "os") {
            tools.os = std::ranges::all_of(raw, Ascii::isLetter) ? checked(raw, {}, MaxName) : std::string();
        }
    }
    return tools;
}

Result<GuestTraffic> parseTraffic(const Entry &entry)
{
    const auto client = below(TrafficTree, entry);
    const std::string_view value = entry.value.text();
    const auto blank = value.find(' ');
    if (!client || !isAddress(*client) || blank == std::string_view::npos) {
        return fail(Errc::BadField, "no client's traffic");
    }
    const auto sent = numberIn<std::uint64_t>(value.substr(0, blank));
    const auto received = numberIn<std::uint64_t>(value.substr(blank + 1));
    if (!sent || !received) {
        return fail(Errc::BadField, "traffic that is no two numbers");
    }
    return GuestTraffic{.client = std::string(*client), .sent = *sent, .received = *received};
}

Write buildTraffic(const GuestTraffic &traffic)
{
    auto key = Key::parse(formatted("{}{}", TrafficTree, traffic.client));
    auto value = Value::parse(formatted("{} {}", traffic.sent, traffic.received));
    BH_ASSERT(isAddress(traffic.client) && key && value);
    return {.key = *std::move(key), .value = *std::move(value)};
}

} // namespace Bulkhead::QubesDb
