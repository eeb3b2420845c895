// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "tests/support/wirebody.h"
#include "vchan-io/transport/channel.h"
#include "vchan-io/wire/qrexectypes.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

using Qrexec::MessageType;

/// One message as it came, not judged.
struct Heard {
    std::uint32_t type = 0;
    Bytes body;

    [[nodiscard]] bool is(MessageType expected) const
    {
        return type == std::to_underlying(expected);
    }

    friend bool operator==(const Heard &, const Heard &) = default;
};

/// Any end of any qrexec link: says exactly what a test lists, hostile things included, and keeps what it is told.
/// It reads only in listen(), so that it can be a slow reader.
class ScriptedPeer
{
public:
    /// @param kept  stays open until this goes, also when the other end has closed
    explicit ScriptedPeer(std::unique_ptr<Channel> channel, UniqueFd kept = {});

    /// Queues bytes and writes what the other end takes; the rest goes out with listen() or push().
    void say(std::span<const std::byte> bytes);
    void say(MessageType type, std::span<const std::byte> body);
    /// A header that need not be true.
    void sayHeader(std::uint32_t type, std::uint32_t length);
    void greet(std::uint32_t version);

    /// Says it on what was kept, after the other end said that nothing more will come.
    void sayLate(MessageType type, std::span<const std::byte> body);
    /// Whether the other end has let go of what was kept.
    [[nodiscard]] bool isHungUp() const;

    /// Writes what is queued, as far as the other end takes it.
    void push();

    /// Bytes that the other end has not taken.
    [[nodiscard]] std::size_t unsent() const noexcept
    {
        return m_out.size();
    }

    /// Takes what has arrived, at most about so many bytes.
    void listen(std::size_t most = SIZE_MAX);

    /// Everything heard so far.
    [[nodiscard]] const std::vector<Heard> &heard();
    /// What has been heard and not taken; listens before, as listen() does.
    [[nodiscard]] std::vector<Heard> takeHeard(std::size_t most = SIZE_MAX);
    [[nodiscard]] bool hasHeard(MessageType type);
    /// The first message of that type; an empty one if there is none.
    [[nodiscard]] Heard first(MessageType type);
    [[nodiscard]] std::size_t count(MessageType type);
    /// The bodies of all messages of that type, one after the other.
    [[nodiscard]] std::string text(MessageType type);

    /// Whether the other end has gone, or said that nothing more will come.
    [[nodiscard]] bool ended();
    [[nodiscard]] bool isOpen();

    [[nodiscard]] Channel &channel()
    {
        return *m_channel;
    }

private:
    void cut();

    std::unique_ptr<Channel> m_channel;
    UniqueFd m_kept;
    Bytes m_in;
    Bytes m_out;
    std::vector<Heard> m_heard;
    bool m_ended = false;
};

/// Text as a body's bytes, with a NUL at its end where it is a command.
[[nodiscard]] Bytes bytesOf(std::string_view text);
[[nodiscard]] Bytes command(std::uint32_t domain, std::uint32_t port, std::string_view line);
/// The word at that offset.
[[nodiscard]] std::uint32_t wordAt(const Bytes &body, std::size_t offset);
/// What follows the address in a command's body, without its NUL.
[[nodiscard]] std::string lineOf(const Bytes &body);

} // namespace Bulkhead::Test
