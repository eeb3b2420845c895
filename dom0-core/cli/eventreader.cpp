// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/eventreader.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <vector>

namespace Bulkhead::Cli
{

Result<std::optional<Event>> EventReader::takeEvent()
{
    using namespace std::string_view_literals;
    if (!m_bytes.empty() && m_bytes.front() != '1') {
        return fail(Errc::BadField, "bulkheadd sent something else than events");
    }
    // "1", subject, name, then keys and values up to an empty key; each ends with a zero byte.
    std::vector<std::string> fields;
    std::size_t begin = 0;
    for (;;) {
        const auto end = m_bytes.find('\0', begin);
        if (end == std::string::npos) {
            return std::nullopt;
        }
        fields.push_back(m_bytes.substr(begin, end - begin));
        begin = end + 1;
        const bool isKey = fields.size() > 3 && fields.size() % 2 == 0;
        if (isKey && fields.back().empty()) {
            break;
        }
    }
    m_bytes.erase(0, begin);
    Event event{.subject = std::move(fields[1]), .name = std::move(fields[2]), .values = {}};
    for (std::size_t i = 3; i + 1 < fields.size(); i += 2) {
        event.values[fields[i]] = fields[i + 1];
    }
    return event;
}

Result<void> EventReader::receive()
{
    constexpr std::size_t Chunk = 16384;
    std::array<char, Chunk> buffer{};
    const ssize_t count = ::recv(m_connection.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) {
        return fail(Errc::PeerGone, "bulkheadd ended the stream of events");
    }
    if (count < 0 && errno != EINTR) {
        return failErrno(errno, "reading events");
    }
    m_bytes.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
    return {};
}

Result<std::optional<Event>> EventReader::next(Clock::time_point until)
{
    for (;;) {
        BH_TRY(auto event, takeEvent());
        if (event) {
            return event;
        }
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
        pollfd waiting{.fd = m_connection.get(), .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::clamp<long long>(left, 0, INT_MAX)));
        if (ready == 0 && Clock::now() >= until) {
            return std::nullopt;
        }
        if (ready < 0 && errno != EINTR) {
            return failErrno(errno, "waiting for events");
        }
        if (ready > 0) {
            BH_CHECK(receive());
        }
    }
}

} // namespace Bulkhead::Cli
