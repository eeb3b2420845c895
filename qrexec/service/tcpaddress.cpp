// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/tcpaddress.h"

#include "base/ascii.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::string_view Prefix = "/dev/tcp";

Result<std::uint16_t> parsePort(std::string_view text)
{
    const auto port = numberIn<std::uint16_t>(text);
    if (!port || text.starts_with('0')) {
        return fail(Errc::BadValue, "a TCP service has no port from 1 to 65535");
    }
    return *port;
}

/// Numeric, so that nobody is asked what it means.
Result<std::string> parseHost(std::string_view text)
{
    const std::string host(text);
    in_addr four{};
    in6_addr six{};
    const std::string plain = host.substr(0, host.find('%')); // what follows names an interface
    const bool isSix = host.find_first_of(":%") != std::string::npos;
    if ((isSix ? ::inet_pton(AF_INET6, plain.c_str(), &six) : ::inet_pton(AF_INET, host.c_str(), &four)) != 1) {
        return fail(Errc::BadValue, "a TCP service has no numeric address");
    }
    return host;
}

} // namespace

Result<TcpAddress> tcpAddress(std::string_view link, const std::optional<std::string> &argument)
{
    std::string given = argument.value_or(std::string());
    std::string host;
    std::string port;
    if (link == Prefix) {
        const std::size_t plus = given.rfind('+');
        if (plus == std::string::npos || given.substr(0, plus).contains('_')) {
            return fail(Errc::BadValue, "the argument is no address and port");
        }
        host = given.substr(0, plus);
        port = given.substr(plus + 1);
        std::ranges::replace(host, '+', ':');
    } else {
        host = link.substr(std::min(link.size(), Prefix.size() + 1));
        const std::size_t slash = host.find('/');
        const bool hasPort = slash != std::string::npos;
        if (hasPort && !given.empty()) {
            return fail(Errc::BadValue, "this TCP service takes no argument");
        }
        port = hasPort ? host.substr(slash + 1) : given;
        host.resize(std::min(slash, host.size()));
    }
    TcpAddress address;
    BH_TRY(address.host, parseHost(host));
    BH_TRY(address.port, parsePort(port));
    return address;
}

} // namespace Bulkhead::Qrexec
