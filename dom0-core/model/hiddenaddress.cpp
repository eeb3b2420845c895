// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/hiddenaddress.h"

#include "base/formatted.h"
#include "base/number.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "vchan-io/wire/calls/firewalldestination.h"

#include <bit>
#include <cstdint>

namespace Bulkhead::HiddenAddress
{

namespace
{

constexpr std::uint32_t Bits = 32;

std::string maskOfOnes(std::uint32_t ones)
{
    const std::uint32_t mask = ones == 0 ? 0 : ~std::uint32_t{0} << (Bits - ones);
    return formatted("{}.{}.{}.{}", mask >> 24, (mask >> 16) & 0xFF, (mask >> 8) & 0xFF, mask & 0xFF);
}

std::uint32_t wordOf(const Firewall::Network &address)
{
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < sizeof word; ++i) {
        word = word << 8 | address.bytes.at(i);
    }
    return word;
}

std::optional<Firewall::Network> address4(std::string_view text)
{
    const auto canonical = canonicalAddress4(text);
    return canonical ? Firewall::Network::parseAddress(*canonical) : std::nullopt;
}

} // namespace

bool isOne(std::string_view feature)
{
    return feature == Ip || feature == Gateway || feature == Netmask;
}

std::optional<std::string> hostAddress(std::string_view text)
{
    constexpr std::uint8_t Loopback = 127;
    constexpr std::uint8_t FirstMulticast = 224; // nothing behind it is one machine's
    const auto address = address4(text);
    if (!address || address->bytes[0] == 0 || address->bytes[0] == Loopback || address->bytes[0] >= FirstMulticast) {
        return std::nullopt;
    }
    return address->addressText();
}

std::optional<std::string> netmask(std::string_view text)
{
    if (const auto ones = numberWithin<std::uint32_t>(text, 0, Bits)) {
        return maskOfOnes(*ones);
    }
    const auto address = address4(text);
    if (!address) {
        return std::nullopt;
    }
    const std::uint32_t mask = wordOf(*address);
    const auto ones = static_cast<std::uint32_t>(std::countl_one(mask));
    return std::popcount(mask) == std::countl_one(mask) ? std::optional(maskOfOnes(ones)) : std::nullopt;
}

std::uint8_t prefixOf(std::string_view mask)
{
    const auto address = address4(mask);
    return address ? static_cast<std::uint8_t>(std::countl_one(wordOf(*address))) : std::uint8_t{Bits};
}

Checked<void> check(std::string_view feature, std::string_view value)
{
    if (!isOne(feature) || value.empty()) {
        return {};
    }
    if (feature == Netmask) {
        return netmask(value) ? Checked<void>()
                              : refuse(RefusalKind::BadValue,
                                       "A netmask is written as four numbers with dots whose bits have no hole, or as "
                                       "the number of its ones, 0 to 32.");
    }
    return hostAddress(value) ? Checked<void>()
                              : refuse(RefusalKind::BadValue,
                                       "An address for one machine is needed, as four numbers with dots: not one that "
                                       "begins with 0 or 127, and no multicast address.");
}

std::vector<const Qube *> qubesSeeing(const Model &model, const Qube &holder)
{
    std::vector<const Qube *> found;
    for (const auto &[id, qube] : model.qubes()) {
        const Qube *current = &qube;
        for (std::size_t steps = model.qubes().size(); current != nullptr && current->id != holder.id && steps > 0;
             --steps) { // no chain of templates is a loop, but a bound costs nothing
            current = templateOf(model, *current);
        }
        if (current != nullptr && current->id == holder.id) {
            found.push_back(&qube);
        }
    }
    return found;
}

} // namespace Bulkhead::HiddenAddress
