// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenstorelink.h"

#include "base/formatted.h"
#include "base/number.h"
#include "base/printable.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

namespace Bulkhead
{

namespace
{

/// Messages that one take() handles at most; what is left keeps the descriptor readable. A guest can make its own nodes
/// change without end.
constexpr int MessagesAtOnce = 64;

Error refusal(std::string_view rawName)
{
    const std::string_view name = rawName.substr(0, rawName.find('\0'));
    const auto code = name == "ENOENT" ? Errc::NotFound
        : name == "EACCES"             ? Errc::Refused
        : name == "EAGAIN"             ? Errc::InUse
                                       : Errc::Driver;
    return {.code = code, .sysErrno = 0, .detail = formatted("xenstore said {}", printable(name))};
}

} // namespace

XenstoreLink::XenstoreLink(UniqueFd connection) noexcept
    : m_connection(std::move(connection))
{
}

void XenstoreLink::ask(Xenstore::Kind kind, std::string_view body, Answer answer, std::uint32_t transaction)
{
    m_questions.emplace_back(Xenstore::build(kind, transaction, body), std::move(answer));
    if (m_questions.size() == 1) {
        sendNext();
    }
}

XenstoreLink::WatchId XenstoreLink::watch(std::string_view path, std::move_only_function<void()> changed)
{
    const WatchId watch(m_watches.size());
    m_watches.push_back(std::move(changed));
    askForOk(Xenstore::Kind::Watch, path, watch);
    return watch;
}

void XenstoreLink::unwatch(std::string_view path, WatchId watch)
{
    m_watches.at(watch.value()) = nullptr;
    askForOk(Xenstore::Kind::Unwatch, path, watch);
}

void XenstoreLink::askForOk(Xenstore::Kind kind, std::string_view path, WatchId watch)
{
    const std::string token = std::to_string(watch.value());
    ask(kind, Xenstore::terminated({path, token}), [this](const Result<std::string> &answer) {
        if (!answer) {
            m_sent = std::unexpected(answer.error());
        }
    });
}

void XenstoreLink::tell(Xenstore::Kind kind, std::string_view body) noexcept
{
    const auto bytes = Xenstore::build(kind, 0, body);
    const auto ignored = ::write(m_connection.get(), bytes.data(), bytes.size());
    static_cast<void>(ignored); // if the store takes nothing more, there is nothing left to say
}

Result<void> XenstoreLink::take()
{
    for (int count = 0; count < MessagesAtOnce; ++count) {
        BH_CHECK(m_sent);
        BH_TRY(const bool handled, handleOne());
        if (!handled) {
            break;
        }
    }
    return m_sent;
}

void XenstoreLink::sendNext()
{
    if (!m_questions.empty()) {
        send(m_questions.front().bytes);
    }
}

void XenstoreLink::send(std::span<const std::byte> bytes)
{
    // One small question at a time: both the device and a socket take it whole.
    const ssize_t count = ::write(m_connection.get(), bytes.data(), bytes.size());
    if (count < 0) {
        m_sent = failErrno(errno, "asking xenstore");
    } else if (std::cmp_not_equal(count, bytes.size())) {
        m_sent = fail(Errc::Driver, "xenstore took half a question");
    }
}

Result<bool> XenstoreLink::gather(std::size_t size)
{
    while (m_in.size() < size) {
        const std::size_t had = m_in.size();
        m_in.resize(size);
        const ssize_t count = ::read(m_connection.get(), m_in.data() + had, size - had);
        const int reason = errno;
        m_in.resize(had + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
        if (count == 0) {
            return fail(Errc::Driver, "xenstore has gone");
        }
        if (count < 0) {
            return reason == EAGAIN || reason == EINTR ? Result<bool>(false)
                                                       : failErrno(reason, "listening to xenstore");
        }
    }
    return true;
}

Result<bool> XenstoreLink::handleOne()
{
    // Nothing is read ahead, so that what one take() leaves is still announced by the descriptor.
    BH_TRY(const bool hasHeader, gather(Xenstore::HeaderSize));
    if (!hasHeader) {
        return false;
    }
    BH_TRY(const auto header, Xenstore::parseHeader(std::span(m_in).first(Xenstore::HeaderSize)));
    BH_TRY(const bool isWhole, gather(Xenstore::HeaderSize + header.length));
    if (!isWhole) {
        return false;
    }
    std::string body;
    body.reserve(header.length);
    for (const std::byte byte : std::span(m_in).subspan(Xenstore::HeaderSize)) {
        body.push_back(static_cast<char>(byte));
    }
    m_in.clear();
    BH_CHECK(handle(header.kind, std::move(body)));
    return true;
}

Result<void> XenstoreLink::handle(Xenstore::Kind kind, std::string body)
{
    if (kind == Xenstore::Kind::WatchEvent) {
        return handleChange(body);
    }
    if (m_questions.empty()) {
        return fail(Errc::Driver, "xenstore answered what was not asked");
    }
    Answer answer = std::move(m_questions.front().answer);
    m_questions.pop_front();
    sendNext();
    if (kind == Xenstore::Kind::Error) {
        answer(std::unexpected(refusal(body)));
    } else {
        answer(std::move(body));
    }
    return {};
}

Result<void> XenstoreLink::handleChange(std::string_view body)
{
    BH_TRY(const auto parts, Xenstore::splitTerminated(body));
    const auto place = parts.size() >= 2 ? numberIn<std::size_t>(parts[1]) : std::nullopt;
    if (!place || *place >= m_watches.size()) {
        return fail(Errc::Driver, "xenstore told of a change that nobody watches");
    }
    if (m_watches[*place]) {
        m_watches[*place]();
    }
    return {};
}

} // namespace Bulkhead
