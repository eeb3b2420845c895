// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/job/busconnection.h"

#include "base/formatted.h"
#include "base/unixaddress.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

namespace Bulkhead::Job
{

namespace
{

using Steady = std::chrono::steady_clock;

constexpr const char *Bus = "org.freedesktop.DBus";
/// Signals that wait; what a job hears is that it is to stop.
constexpr std::size_t MostSignals = 64;

/// Of `unix:path=/run/user/1000/bus,guid=…`; a person's runtime directory needs no escapes. Empty: it is another
/// address.
std::string pathIn(std::string_view address)
{
    constexpr std::string_view Unix = "unix:path=";
    address = address.substr(0, address.find(';'));
    if (!address.starts_with(Unix)) {
        return {};
    }
    address.remove_prefix(Unix.size());
    return std::string(address.substr(0, address.find(',')));
}

std::string hexDigits(std::string_view text)
{
    std::string digits;
    for (const char letter : text) {
        digits += formatted("{:02x}", static_cast<unsigned>(letter));
    }
    return digits;
}

} // namespace

Result<BusConnection> BusConnection::open(std::string_view address)
{
    const std::string path = pathIn(address);
    if (path.empty()) {
        return fail(Errc::Unsupported, "the session's bus is no unix socket in the file system");
    }
    BH_TRY(UniqueFd socket, connectToUnixSocket(path, SOCK_STREAM));
    BusConnection connection(std::move(socket));
    BH_CHECK(connection.authenticate());
    auto hello =
        connection.call({.destination = Bus, .path = "/org/freedesktop/DBus", .interface = Bus, .member = "Hello"});
    return hello ? Result<BusConnection>(std::move(connection)) : std::unexpected(std::move(hello).error());
}

Result<void> BusConnection::authenticate()
{
    const std::string user = hexDigits(formatted("{}", ::getuid()));
    BH_CHECK(write(std::string(1, '\0') + "AUTH EXTERNAL " + user + "\r\n"));
    std::size_t end = std::string::npos;
    while ((end = m_received.find("\r\n")) == std::string::npos) {
        BH_TRY(const bool isThere, waitFor(Patience));
        if (!isThere || m_received.size() > LongestBusMessage) {
            return fail(Errc::TimedOut, "the session's bus does not answer");
        }
        BH_CHECK(readMore());
    }
    if (!m_received.starts_with("OK ")) {
        return fail(Errc::Refused, "the session's bus does not take us");
    }
    m_received.erase(0, end + 2);
    return write("BEGIN\r\n");
}

Result<void> BusConnection::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const ssize_t size = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (size < 0 && errno == EINTR) {
            continue;
        }
        if (size < 0) {
            return failErrno(errno, "writing to the session's bus");
        }
        bytes.remove_prefix(static_cast<std::size_t>(size));
    }
    return {};
}

Result<bool> BusConnection::waitFor(std::chrono::milliseconds time)
{
    pollfd watched{.fd = m_socket.get(), .events = POLLIN, .revents = 0};
    const int ready = ::poll(&watched, 1, static_cast<int>(std::max(time, std::chrono::milliseconds(0)).count()));
    if (ready < 0 && errno != EINTR) {
        return failErrno(errno, "waiting for the session's bus");
    }
    return ready > 0;
}

Result<void> BusConnection::readMore()
{
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size == 0) {
        return fail(Errc::PeerGone, "the session's bus has gone");
    }
    if (size < 0) {
        return errno == EAGAIN || errno == EINTR ? Result<void>() : failErrno(errno, "reading from the session's bus");
    }
    m_received.append(buffer.data(), static_cast<std::size_t>(size));
    return {};
}

Result<std::optional<BusMessage>> BusConnection::takeMessage()
{
    BH_TRY(const auto length, lengthOfBusMessage(m_received));
    if (!length || m_received.size() < *length) {
        return std::nullopt;
    }
    const std::string whole = m_received.substr(0, *length);
    m_received.erase(0, *length);
    BH_TRY(BusMessage message, parseBusMessage(whole));
    return message;
}

Result<BusMessage> BusConnection::call(const BusCall &call)
{
    const std::uint32_t serial = ++m_serial;
    BH_CHECK(write(buildBusCall(call, serial)));
    const auto deadline = Steady::now() + Patience;
    for (;;) {
        BH_TRY(auto message, takeMessage());
        if (message && message->replyTo == serial && message->kind == BusKind::Return) {
            return *std::move(message);
        }
        if (message && message->replyTo == serial && message->kind == BusKind::Error) {
            return fail(Errc::Refused, formatted("{} was refused", call.member));
        }
        if (message) {
            if (message->kind == BusKind::Signal && m_signals.size() < MostSignals) {
                m_signals.push_back(*std::move(message));
            }
            continue;
        }
        BH_TRY(const bool isThere,
               waitFor(std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now())));
        if (!isThere) {
            return fail(Errc::TimedOut, formatted("no answer to {}", call.member));
        }
        BH_CHECK(readMore());
    }
}

Result<std::optional<BusMessage>> BusConnection::next()
{
    BH_TRY(const bool isThere, waitFor({}));
    if (isThere) {
        BH_CHECK(readMore());
    }
    for (;;) {
        BH_TRY(auto message, takeMessage());
        if (!message) {
            break;
        }
        if (message->kind == BusKind::Signal && m_signals.size() < MostSignals) {
            m_signals.push_back(*std::move(message));
        }
    }
    if (m_signals.empty()) {
        return std::nullopt;
    }
    BusMessage first = std::move(m_signals.front());
    m_signals.pop_front();
    return first;
}

} // namespace Bulkhead::Job
