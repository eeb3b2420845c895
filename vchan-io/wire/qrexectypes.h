// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

/// What messages of all qrexec links are made of. Source of every number here: docs/protocol/qrexec.md.
namespace Bulkhead::Qrexec
{

enum class MessageType : std::uint32_t {
    DataStdin = 0x190,
    DataStdout = 0x191,
    DataStderr = 0x192,
    DataExitCode = 0x193,
    ExecCommand = 0x200,
    JustExec = 0x201,
    ServiceConnect = 0x202,
    ServiceRefused = 0x203,
    Trigger2 = 0x210, ///< protocol 2
    ConnectionTerminated = 0x211,
    Trigger3 = 0x212, ///< protocol 3 and 4
    Trigger4 = 0x213, ///< protocol 4, and on the trigger socket
    Hello = 0x300,
};

/// What two ends agreed on. Each number is the one on the wire.
enum class ProtocolVersion : std::uint32_t { V2 = 2, V3 = 3, V4 = 4 };

inline constexpr ProtocolVersion OwnVersion = ProtocolVersion::V4;
/// What dom0's daemon and its local clients say to each other; it counts apart from the agents' versions.
inline constexpr ProtocolVersion DaemonSocketVersion = ProtocolVersion::V3;

/// Longest body that is sent on a control channel: the field's peers take a body in one piece, and their ring has 4096
/// bytes.
inline constexpr std::size_t MaxControlBody = 4096;
/// Longest body of a request on the daemon's local socket.
inline constexpr std::size_t MaxLocalBody = 65535;
/// Longest service name with its argument and its NUL (limit L-16).
inline constexpr std::size_t MaxServiceField = 65000;

/// Most bytes of one piece of data (a longer one ends the call).
[[nodiscard]] constexpr std::size_t maxChunk(ProtocolVersion negotiated) noexcept
{
    return negotiated == ProtocolVersion::V2 ? 4096 : 65536;
}

/// Where a call's data channel is: on the other end's domain, at a port for data.
struct ChannelAddress {
    static constexpr std::size_t WireSize = 8;
    static constexpr std::uint32_t FirstPort = 513;
    static constexpr std::uint32_t LastPort = 768;

    DomId domain;
    Port port; ///< FirstPort to LastPort

    friend bool operator==(const ChannelAddress &, const ChannelAddress &) noexcept = default;
};

/// How an agent named a request, byte for byte: what a refusal repeats.
using RawIdent = std::array<std::byte, 32>;

/// An agent's name for a request of its own: at most 31 bytes of [0-9A-Za-z_.- ], maybe none. Means nothing to others.
class RequestIdent
{
public:
    RequestIdent() = default;

    /// @errors BadField (other bytes, no NUL, something after the NUL)
    [[nodiscard]] static Result<RequestIdent> parse(const RawIdent &raw);
    /// @errors BadValue (too long, other bytes)
    [[nodiscard]] static Result<RequestIdent> fromText(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    [[nodiscard]] RawIdent raw() const noexcept;

    friend bool operator==(const RequestIdent &, const RequestIdent &) noexcept = default;

private:
    explicit RequestIdent(std::string text) noexcept;

    std::string m_text;
};

/// A qube or a keyword as a caller spelled it: at most 63 bytes of [A-Za-z0-9_.@:-], maybe none. Other bytes were
/// replaced by `_`, which no qube's name and no keyword comes out of unless it is spelled so. Policy decides what it
/// means.
class RequestedQube
{
public:
    static constexpr std::size_t MaxLength = 63;

    RequestedQube() = default;

    /// Cuts at the first NUL and at MaxLength.
    [[nodiscard]] static RequestedQube cleaned(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    friend bool operator==(const RequestedQube &, const RequestedQube &) noexcept = default;

private:
    explicit RequestedQube(std::string text) noexcept;

    std::string m_text;
};

/// A service and its argument as a caller spelled it, `NAME` or `NAME+ARGUMENT`: letters of [A-Za-z0-9_.+-], not
/// empty, not beginning with `+`, less than MaxServiceField bytes. Other bytes were replaced by `_`. This one value is
/// what policy, prompt, log and exec get (spec security, R-46).
class RequestedService
{
public:
    /// @param text  without the NUL at its end
    /// @errors BadField (empty, begins with `+`, holds a NUL), TooMuch
    [[nodiscard]] static Result<RequestedService> cleaned(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    friend bool operator==(const RequestedService &, const RequestedService &) noexcept = default;

private:
    explicit RequestedService(std::string text) noexcept;

    std::string m_text;
};

} // namespace Bulkhead::Qrexec
