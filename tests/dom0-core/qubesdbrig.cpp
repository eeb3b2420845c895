// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/qubesdbrig.h"

#include "base/formatted.h"
#include "base/unixaddress.h"
#include "vchan-io/wire/wirewriter.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

namespace Bulkhead::Test
{

Result<std::unique_ptr<Channel>> FakeChannels::serve(DomId peer, Port port, RingSizes sizes)
{
    ChannelPair pair = makeChannelPair(sizes.toServer);
    waiting.push_back({.peer = peer, .port = port, .sizes = sizes, .otherEnd = std::move(pair.client)});
    return std::move(pair.server);
}

Result<std::unique_ptr<Channel>> FakeChannels::connect(DomId peer, Port port)
{
    ChannelPair pair = makeChannelPair();
    waiting.push_back({.peer = peer, .port = port, .sizes = {}, .otherEnd = std::move(pair.server)});
    return std::move(pair.client);
}

Result<std::unique_ptr<PageGranter>> FakeChannels::granterFor(DomId)
{
    return fail(Errc::Unsupported, "no pages here");
}

Result<std::unique_ptr<PageMapper>> FakeChannels::mapperFor(DomId)
{
    return fail(Errc::Unsupported, "no pages here");
}

std::unique_ptr<Channel> FakeChannels::take()
{
    if (waiting.empty()) {
        return nullptr;
    }
    auto end = std::move(waiting.front().otherEnd);
    waiting.pop_front();
    return end;
}

ScriptedDb::ScriptedDb(std::unique_ptr<Channel> channel)
    : m_channel(std::move(channel))
{
}

ScriptedDb::ScriptedDb(UniqueFd socket)
    : m_socket(std::move(socket))
{
}

void ScriptedDb::send(std::span<const std::byte> bytes)
{
    if (m_channel) {
        (void)m_channel->takeEvent();
        (void)m_channel->write(bytes); // a whole message fits an empty ring; a closed one is seen by isClosed()
        return;
    }
    while (!bytes.empty()) {
        const ssize_t count = ::send(m_socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count <= 0) {
            return; // the other side went, or does not read: isClosed() and heard() tell
        }
        bytes = bytes.subspan(static_cast<std::size_t>(count));
    }
}

void ScriptedDb::sayRaw(unsigned type, std::string_view path, std::string_view data)
{
    sayHeader(type, path, static_cast<std::uint32_t>(data.size()));
    send(std::as_bytes(std::span(data)));
}

void ScriptedDb::sayHeader(unsigned type, std::string_view path, std::uint32_t length)
{
    const auto typeByte = static_cast<std::byte>(type);
    WireWriter out;
    out.bytes(std::span(&typeByte, 1)).fixedText(path, QubesDb::MaxPath + 1).zeros(3).u32(length);
    send(std::move(out).take());
}

std::vector<std::string> ScriptedDb::heard()
{
    receive();
    std::vector<std::string> messages;
    std::span<const std::byte> left(m_received);
    while (left.size() >= QubesDb::HeaderSize) {
        const auto number = [left](std::size_t at) {
            return std::to_integer<std::size_t>(left[at]);
        };
        const std::size_t length = number(68) | number(69) << 8U;
        if (left.size() < QubesDb::HeaderSize + length) {
            break;
        }
        const auto text = [left](std::size_t at, std::size_t size) {
            std::string all(size, '\0');
            std::ranges::transform(left.subspan(at, size), all.begin(), [](std::byte byte) {
                return std::to_integer<char>(byte);
            });
            return all;
        };
        const std::string path = text(1, QubesDb::MaxPath);
        messages.push_back(
            formatted("{} {}={}", number(0), path.substr(0, path.find('\0')), text(QubesDb::HeaderSize, length)));
        left = left.subspan(QubesDb::HeaderSize + length);
    }
    m_received.assign(left.begin(), left.end());
    return messages;
}

bool ScriptedDb::isClosed()
{
    receive();
    return m_isClosed;
}

void ScriptedDb::receive()
{
    if (m_channel) {
        (void)m_channel->takeEvent();
    }
    std::array<std::byte, 4096> buffer{};
    for (;;) {
        const auto count = readSome(buffer);
        if (!count) {
            m_isClosed = true;
            return;
        }
        if (*count == 0) {
            return;
        }
        m_received.insert(m_received.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
    }
}

Result<std::size_t> ScriptedDb::readSome(std::span<std::byte> into)
{
    if (m_channel) {
        return m_channel->read(into);
    }
    const ssize_t count = ::recv(m_socket.get(), into.data(), into.size(), MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) {
        return 0U;
    }
    if (count <= 0) {
        return fail(Errc::PeerGone, "closed");
    }
    return static_cast<std::size_t>(count);
}

UniqueFd connectTo(const std::string &path)
{
    return connectToUnixSocket(path, SOCK_STREAM).value();
}

} // namespace Bulkhead::Test
