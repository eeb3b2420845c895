// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qrexecdata.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

namespace Bulkhead::Qrexec
{

/// Who speaks first. Source: spec qrexec, section 4.
enum class Greeting : std::uint8_t {
    AtOnce,
    InReply, ///< dom0 where it serves: once the caller has greeted
};

/// One end of a call's data channel: the greeting, then messages of one direction in, pieces of streams out.
class DataLink
{
public:
    struct Handlers {
        /// Both ends have greeted.
        std::move_only_function<void()> onReady;
        /// A message that is legal on `incoming` at the version agreed on. An error ends the link.
        std::move_only_function<Result<void>(const Header &, std::span<const std::byte> body, ProtocolVersion)>
            onMessage;
        std::move_only_function<void()> onDrained;
        /// As MessageLink's; before onReady too.
        std::move_only_function<void(Error)> onEnd;
    };

    /// @param incoming  CallerToService or ServiceToCaller: what the peer sends
    DataLink(EventLoop &loop, std::unique_ptr<Channel> channel, Link incoming, Greeting greeting, Handlers handlers);

    /// @errors Io
    [[nodiscard]] Result<void> start()
    {
        return m_link.start();
    }

    [[nodiscard]] bool isReady() const noexcept
    {
        return m_version.has_value();
    }

    /// Sends a piece of a stream, in parts if it is long; the end of the stream if it is empty.
    /// @tparam Stream  Input, Output or ErrorOutput
    template<typename Stream> void sendStream(std::span<const std::byte> bytes)
    {
        do {
            const auto part = bytes.first(std::min(bytes.size(), longestPiece()));
            m_link.send(buildHeader(Stream{{.bytes = part}}), part);
            bytes = bytes.subspan(part.size());
        } while (!bytes.empty());
        m_link.flush();
    }

    void sendExitCode(int status)
    {
        m_link.send(build(ExitCode{.status = static_cast<std::uint8_t>(status)}));
        m_link.flush();
    }

    [[nodiscard]] MessageLink &link() noexcept
    {
        return m_link;
    }

private:
    [[nodiscard]] Result<std::size_t> bodyLengthOf(std::span<const std::byte> bytes) const;
    [[nodiscard]] std::size_t longestPiece() const noexcept;
    void greet();
    [[nodiscard]] Result<void> handle(StreamMessage message);
    [[nodiscard]] Result<void> takeGreeting(const Header &header, std::span<const std::byte> body);

    Link m_incoming;
    Greeting m_greeting;
    Handlers m_handlers;
    std::optional<ProtocolVersion> m_version;
    MessageLink m_link;
};

} // namespace Bulkhead::Qrexec
