// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "tests/support/channelpair.h"
#include "vchan-io/transport/backend.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Test
{

/// Channels of the local driver without an exchange: what is served or asked for waits here for the test to take the
/// other end.
class FakeChannels final : public Backend
{
public:
    struct Waiting {
        DomId peer;
        Port port;
        RingSizes sizes;
        std::unique_ptr<Channel> otherEnd;
    };

    [[nodiscard]] Result<std::unique_ptr<Channel>> serve(DomId peer, Port port, RingSizes sizes) override;
    [[nodiscard]] Result<std::unique_ptr<Channel>> connect(DomId peer, Port port) override;
    [[nodiscard]] Result<std::unique_ptr<PageGranter>> granterFor(DomId peer) override;
    [[nodiscard]] Result<std::unique_ptr<PageMapper>> mapperFor(DomId peer) override;

    /// The other end of the oldest channel not yet taken, or null.
    [[nodiscard]] std::unique_ptr<Channel> take();

    std::deque<Waiting> waiting;
};

/// A peer that says exactly what a test lists, and spells what it hears: `TYPE PATH=VALUE` a message.
class ScriptedDb
{
public:
    /// Over a channel.
    explicit ScriptedDb(std::unique_ptr<Channel> channel);
    /// Over a local socket, connected already.
    explicit ScriptedDb(UniqueFd socket);

    void send(std::span<const std::byte> bytes);

    template<typename Message>
        requires requires(const Message &message) { QubesDb::build(message); }
    void say(const Message &message)
    {
        send(QubesDb::build(message));
    }

    /// A message of any type and content, right or wrong.
    void sayRaw(unsigned type, std::string_view path, std::string_view data = {});
    /// The header alone, with any length.
    void sayHeader(unsigned type, std::string_view path, std::uint32_t length);

    /// Takes what has come.
    [[nodiscard]] std::vector<std::string> heard();
    /// Whether the other side closed the connection; what came before is still heard().
    [[nodiscard]] bool isClosed();

private:
    void receive();
    [[nodiscard]] Result<std::size_t> readSome(std::span<std::byte> into);

    std::unique_ptr<Channel> m_channel;
    UniqueFd m_socket;
    std::vector<std::byte> m_received;
    bool m_isClosed = false;
};

/// A connection to a socket of the file system; fails the test if nobody listens.
[[nodiscard]] UniqueFd connectTo(const std::string &path);

[[nodiscard]] inline QubesDb::Path dbPath(std::string_view text)
{
    return QubesDb::Path::parse(text).value();
}

[[nodiscard]] inline QubesDb::Write dbWrite(std::string_view key, std::string_view value)
{
    return {.key = QubesDb::Key::parse(key).value(), .value = QubesDb::Value::parse(value).value()};
}

} // namespace Bulkhead::Test
