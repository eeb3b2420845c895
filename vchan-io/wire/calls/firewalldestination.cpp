// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/firewalldestination.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"

#include <arpa/inet.h>

#include <algorithm>

namespace Bulkhead::Firewall
{

namespace
{

constexpr std::size_t MaxHostName = 253; // longest name of the DNS, RFC 1035

int systemFamily(Family family) noexcept
{
    return family == Family::V4 ? AF_INET : AF_INET6;
}

Result<std::uint8_t> parsePrefix(std::string_view text, Family family)
{
    const auto prefix = numberWithin<std::uint8_t>(text, 0, bitsOf(family));
    const bool isPlain = text.size() == 1 || !text.starts_with('0');
    if (!prefix || !isPlain) {
        return fail(Errc::BadValue, formatted("the part behind / must be a number up to {}", bitsOf(family)));
    }
    return *prefix;
}

bool isHostCharacter(char c) noexcept
{
    return Ascii::isDigit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '.' || c == '_';
}

} // namespace

std::optional<Network> Network::parseAddress(std::string_view text)
{
    Network network;
    network.family = text.contains(':') ? Family::V6 : Family::V4;
    network.prefix = bitsOf(network.family);
    if (text.contains('\0')
        || ::inet_pton(systemFamily(network.family), std::string(text).c_str(), network.bytes.data()) != 1) {
        return std::nullopt;
    }
    return network;
}

Result<Network> Network::parse(std::string_view text)
{
    const auto slash = text.find('/');
    auto network = parseAddress(text.substr(0, slash));
    if (!network) {
        return fail(Errc::BadValue, "what stands there for an address is none");
    }
    if (slash != std::string_view::npos) {
        BH_TRY(network->prefix, parsePrefix(text.substr(slash + 1), network->family));
    }
    return *network;
}

std::string Network::addressText() const
{
    std::array<char, INET6_ADDRSTRLEN> spelled{};
    BH_ASSERT(::inet_ntop(systemFamily(family), bytes.data(), spelled.data(), spelled.size()) != nullptr);
    return spelled.data();
}

std::string Network::text() const
{
    return formatted("{}/{}", addressText(), prefix);
}

Result<HostName> HostName::parse(std::string_view text)
{
    if (text.empty() || text.size() > MaxHostName || !std::ranges::all_of(text, isHostCharacter)) {
        return fail(
            Errc::BadValue,
            formatted("a host name has lower-case letters, digits, -, . and _ only, at most {} of them", MaxHostName));
    }
    if (!Ascii::isDigit(text.front()) && !Ascii::isLetter(text.front())) {
        return fail(Errc::BadValue, "a host name begins with a letter or a digit");
    }
    // Whoever resolves "10.1" or "1234" takes it for an address, and not for the one that a person would think of.
    const auto last = text.substr(text.find_last_of('.') + 1);
    if (std::ranges::all_of(last, Ascii::isDigit)) {
        return fail(Errc::BadValue, "a host name does not end with a number; an address has four numbers with dots");
    }
    return HostName(text);
}

Result<Destination> parseDestination(std::string_view text)
{
    const bool hasThreeDots = std::ranges::count(text, '.') == 3;
    const bool isNumeric = std::ranges::all_of(text, [](char c) {
        return Ascii::isDigit(c) || c == '.';
    });
    if (text.contains(':') || text.contains('/') || (hasThreeDots && isNumeric)) {
        return Network::parse(text);
    }
    return HostName::parse(text);
}

} // namespace Bulkhead::Firewall
