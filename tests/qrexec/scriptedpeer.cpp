// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/qrexec/scriptedpeer.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace Bulkhead::Test
{

namespace
{

constexpr std::size_t HeaderBytes = 8;
constexpr std::size_t ReadStep = 65536;

Bytes message(MessageType type, std::span<const std::byte> body)
{
    Bytes bytes = words({std::to_underlying(type), static_cast<std::int64_t>(body.size())});
    bytes.insert(bytes.end(), body.begin(), body.end());
    return bytes;
}

} // namespace

ScriptedPeer::ScriptedPeer(std::unique_ptr<Channel> channel, UniqueFd kept)
    : m_channel(std::move(channel))
    , m_kept(std::move(kept))
{
}

void ScriptedPeer::say(std::span<const std::byte> bytes)
{
    m_out.insert(m_out.end(), bytes.begin(), bytes.end());
    push();
}

void ScriptedPeer::say(MessageType type, std::span<const std::byte> body)
{
    say(message(type, body));
}

void ScriptedPeer::sayLate(MessageType type, std::span<const std::byte> body)
{
    const Bytes bytes = message(type, body);
    BH_ASSERT(::send(m_kept.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes));
}

bool ScriptedPeer::isHungUp() const
{
    pollfd wait{.fd = m_kept.get(), .events = 0, .revents = 0};
    return ::poll(&wait, 1, 0) == 1 && (wait.revents & POLLHUP) != 0;
}

void ScriptedPeer::sayHeader(std::uint32_t type, std::uint32_t length)
{
    say(words({type, length}));
}

void ScriptedPeer::greet(std::uint32_t version)
{
    say(MessageType::Hello, words({version}));
}

void ScriptedPeer::push()
{
    (void)m_channel->takeEvent();
    while (!m_out.empty() && m_channel->state() == ChannelState::Open) {
        const auto written = m_channel->write(m_out);
        if (!written || *written == 0) {
            return;
        }
        m_out.erase(m_out.begin(), m_out.begin() + static_cast<std::ptrdiff_t>(*written));
    }
}

void ScriptedPeer::listen(std::size_t most)
{
    push();
    std::array<std::byte, ReadStep> buffer;
    while (most > 0 && !m_ended && m_channel->state() != ChannelState::Waiting) {
        const auto count = m_channel->read(std::span(buffer).first(std::min(most, buffer.size())));
        if (!count || *count == 0) {
            m_ended = !count;
            break;
        }
        m_in.insert(m_in.end(), buffer.begin(), buffer.begin() + static_cast<std::ptrdiff_t>(*count));
        most -= *count;
    }
    m_ended = m_ended || (m_channel->state() == ChannelState::Closed && m_in.empty() && most > 0);
    cut();
}

void ScriptedPeer::cut()
{
    std::size_t start = 0;
    while (m_in.size() - start >= HeaderBytes) {
        std::array<std::uint32_t, 2> header{};
        std::memcpy(header.data(), m_in.data() + start, HeaderBytes);
        if (m_in.size() - start - HeaderBytes < header[1]) {
            break;
        }
        const auto body = m_in.begin() + static_cast<std::ptrdiff_t>(start + HeaderBytes);
        m_heard.push_back({.type = header[0], .body = Bytes(body, body + header[1])});
        start += HeaderBytes + header[1];
    }
    m_in.erase(m_in.begin(), m_in.begin() + static_cast<std::ptrdiff_t>(start));
}

const std::vector<Heard> &ScriptedPeer::heard()
{
    listen();
    return m_heard;
}

std::vector<Heard> ScriptedPeer::takeHeard(std::size_t most)
{
    listen(most);
    return std::exchange(m_heard, {});
}

bool ScriptedPeer::hasHeard(MessageType type)
{
    return count(type) > 0;
}

Heard ScriptedPeer::first(MessageType type)
{
    const auto &all = heard();
    const auto found = std::ranges::find_if(all, [type](const Heard &one) {
        return one.is(type);
    });
    return found == all.end() ? Heard{} : *found;
}

std::size_t ScriptedPeer::count(MessageType type)
{
    return static_cast<std::size_t>(std::ranges::count_if(heard(), [type](const Heard &one) {
        return one.is(type);
    }));
}

std::string ScriptedPeer::text(MessageType type)
{
    std::string all;
    for (const Heard &one : heard()) {
        if (one.is(type)) {
            for (const std::byte byte : one.body) {
                all.push_back(std::to_integer<char>(byte));
            }
        }
    }
    return all;
}

bool ScriptedPeer::ended()
{
    listen();
    return m_ended;
}

bool ScriptedPeer::isOpen()
{
    push();
    return m_channel->state() == ChannelState::Open;
}

Bytes bytesOf(std::string_view text)
{
    const auto bytes = std::as_bytes(std::span(text));
    return {bytes.begin(), bytes.end()};
}

Bytes command(std::uint32_t domain, std::uint32_t port, std::string_view line)
{
    return joined({words({domain, port}), bytesOf(line), Bytes(1)});
}

std::uint32_t wordAt(const Bytes &body, std::size_t offset)
{
    std::uint32_t word = 0;
    if (body.size() >= offset + sizeof word) {
        std::memcpy(&word, body.data() + offset, sizeof word);
    }
    return word;
}

std::string lineOf(const Bytes &body)
{
    std::string line;
    for (std::size_t i = 8; i + 1 < body.size(); ++i) {
        line.push_back(std::to_integer<char>(body[i]));
    }
    return line;
}

} // namespace Bulkhead::Test
