// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/trafficfacts.h"

#include "base/number.h"

#include <net/route.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <vector>

namespace Bulkhead::GuestNetwork
{

using Firewall::Network;

namespace
{

constexpr std::uint32_t WholeAddress = 0xFFFFFFFF;

/// Columns of /proc/net/route.
enum RouteColumn : std::uint8_t { RouteInterface, Destination, Gateway, Flags, ReferenceCount, Use, Metric, Mask };

/// Columns of /proc/net/dev behind the interface's name.
enum BytesColumn : std::uint8_t { ReceivedBytes = 0, SentBytes = 8 };

/// What stands between blanks and tabulators.
std::vector<std::string_view> wordsOf(std::string_view line)
{
    constexpr std::string_view Blanks = " \t";
    std::vector<std::string_view> words;
    for (auto begin = line.find_first_not_of(Blanks); begin != std::string_view::npos;) {
        const auto end = line.find_first_of(Blanks, begin);
        words.push_back(line.substr(begin, end - begin));
        begin = line.find_first_not_of(Blanks, end);
    }
    return words;
}

template<typename Take> void forEachLine(std::string_view text, Take take)
{
    while (!text.empty()) {
        const auto end = text.find('\n');
        take(text.substr(0, end));
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
}

/// The kernel prints the four bytes of an address as the number that they are in memory.
Network addressOf(std::uint32_t raw)
{
    Network address;
    std::memcpy(address.bytes.data(), &raw, sizeof raw);
    return address;
}

std::string readKernelText(const char *path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator(file), {}};
}

} // namespace

std::map<Network, std::string> hostRoutesIn(std::string_view text)
{
    std::map<Network, std::string> ways;
    forEachLine(text, [&ways](std::string_view line) {
        const auto words = wordsOf(line);
        if (words.size() <= Mask) {
            return;
        }
        const auto destination = numberIn<std::uint32_t>(words[Destination], 16);
        const auto flags = numberIn<std::uint32_t>(words[Flags], 16);
        const auto mask = numberIn<std::uint32_t>(words[Mask], 16);
        if (destination && flags && mask == WholeAddress && (*flags & RTF_UP) != 0 && (*flags & RTF_GATEWAY) == 0) {
            ways.emplace(addressOf(*destination), words[RouteInterface]); // the first is the one that is taken
        }
    });
    return ways;
}

std::map<std::string, InterfaceBytes, std::less<>> interfaceBytesIn(std::string_view text)
{
    std::map<std::string, InterfaceBytes, std::less<>> bytes;
    forEachLine(text, [&bytes](std::string_view line) {
        const auto colon = line.rfind(':'); // an alias has one in its name
        const auto name = wordsOf(line.substr(0, colon));
        const auto words = wordsOf(colon == std::string_view::npos ? std::string_view() : line.substr(colon + 1));
        if (name.size() != 1 || words.size() <= SentBytes) {
            return;
        }
        const auto received = numberIn<std::uint64_t>(words[ReceivedBytes]);
        const auto sent = numberIn<std::uint64_t>(words[SentBytes]);
        if (received && sent) {
            bytes.emplace(name.front(), InterfaceBytes{.received = *received, .sent = *sent});
        }
    });
    return bytes;
}

TrafficFacts readTrafficFacts()
{
    return {.ways = hostRoutesIn(readKernelText("/proc/net/route")),
            .bytes = interfaceBytesIn(readKernelText("/proc/net/dev"))};
}

} // namespace Bulkhead::GuestNetwork
