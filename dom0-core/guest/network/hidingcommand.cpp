// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/hidingcommand.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/firewall/hiddenaddress.h"

#include <algorithm>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr std::size_t WordCount = 6;
constexpr std::size_t MaxInterfaceName = 15; // what the kernel takes

bool isInterface(const std::string &text)
{
    return !text.empty() && text.size() <= MaxInterfaceName && std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '.';
    });
}

Result<Firewall::Network> addressIn(const std::string &text)
{
    const auto address = Firewall::Network::parseAddress(text);
    if (!address || address->family != Firewall::Family::V4) {
        return fail(Errc::BadValue, "one of the addresses is no IPv4 address");
    }
    return *address;
}

} // namespace

Result<std::string> hidingCommands(std::span<const std::string> words)
{
    if (words.size() != WordCount || words[0] != "hide" || !isInterface(words[1])) {
        return fail(Errc::BadValue, formatted("usage: bulkhead-network {}", HidingUsage));
    }
    BH_TRY(const auto real, addressIn(words[2]));
    BH_TRY(const auto visible, addressIn(words[3]));
    BH_TRY(const auto gateway, addressIn(words[4]));
    BH_TRY(const auto visibleGateway, addressIn(words[5]));
    return Firewall::hidingText({.interface = words[1],
                                 .real = real,
                                 .visible = visible,
                                 .gateway = gateway,
                                 .visibleGateway = visibleGateway});
}

} // namespace Bulkhead::GuestNetwork
