// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/configtext.h"

#include "vchan-io/wire/calls/firewalldestination.h"

#include <algorithm>

namespace Bulkhead::GuestNetwork
{

std::string_view trimmed(std::string_view text)
{
    const auto isBlank = [](char c) {
        return c == ' ' || c == '\t' || c == '\r';
    };
    while (!text.empty() && isBlank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && isBlank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

std::string lowered(std::string_view text)
{
    std::string low(text);
    std::ranges::transform(low, low.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return low;
}

bool isPeerHost(std::string_view text)
{
    return Firewall::Network::parseAddress(text).has_value() || Firewall::HostName::parse(lowered(text)).has_value();
}

} // namespace Bulkhead::GuestNetwork
