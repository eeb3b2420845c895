// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "vchan-io/wire/header.h"
#include "vchan-io/wire/qrexectypes.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

/// Messages of the control channel (dom0's daemon and a qube's agent) and of the local sockets beside it. Those of a
/// call's data channel: qrexecdata.h. Source of all layouts and limits: docs/protocol/qrexec.md.
namespace Bulkhead::Qrexec
{

/// Who speaks to whom. Each has message types of its own; the same type can mean another thing on another link.
enum class Link : std::uint8_t {
    AgentToDaemon,   ///< control channel; what a qube says
    DaemonToAgent,   ///< control channel; what dom0 says
    ClientToDaemon,  ///< dom0's local socket
    DaemonToClient,  ///< dom0's local socket
    TriggerToAgent,  ///< a qube's local socket; no greeting, always ProtocolVersion::V4
    CallerToService, ///< data channel
    ServiceToCaller, ///< data channel
};

/// How many bytes follow the header. Asked before the body is read; what fails here is never read.
/// @param negotiated  nothing until the greeting was received on this link: only a Hello is legal then, and afterwards
///                    no other one. DaemonSocketVersion on the local socket.
/// @errors UnknownType (not on this link at this version), WrongState (a greeting too few or too many), ShortMessage,
///         LongMessage, TooMuch
[[nodiscard]] Result<std::size_t>
bodyLength(Link link, const Header &header, std::optional<ProtocolVersion> negotiated);

/// The greeting of every link. The version is as announced, whatever it is.
struct Hello {
    std::uint32_t version = 0;
    friend bool operator==(const Hello &, const Hello &) = default;
};

/// The lower of what the peer announced and what we speak.
/// @errors Unsupported (less than 2; the text names both versions)
[[nodiscard]] Result<ProtocolVersion> negotiate(const Hello &peer);
/// The same on dom0's local socket.
/// @errors Unsupported (less than DaemonSocketVersion)
[[nodiscard]] Result<ProtocolVersion> negotiateLocal(const Hello &peer);

/// A qube's program asks for a service. Names nobody in particular where `target` is empty; `source` is set only by
/// relays of remote qubes.
struct Trigger {
    RequestedQube source = {};
    RequestedQube target = {};
    RequestIdent ident = {};
    RequestedService service;
    friend bool operator==(const Trigger &, const Trigger &) = default;
};

/// A request that cannot be one. The connection goes on; the answer is a ServiceRefused with the same ident.
struct MalformedTrigger {
    RawIdent ident = {};
    std::string reason = {}; ///< our own words
    friend bool operator==(const MalformedTrigger &, const MalformedTrigger &) = default;
};

/// A call's end in this qube is over. The domain may be any: it frees nothing unless it is the one the port was given
/// for.
struct ConnectionTerminated {
    ChannelAddress channel = {};
    friend bool operator==(const ConnectionTerminated &, const ConnectionTerminated &) = default;
};

enum class ExecKind : std::uint8_t {
    Command,  ///< with streams
    JustExec, ///< only the exit status comes back
};

/// Run a command in the qube, and be the client of the channel.
struct Execute {
    ExecKind kind = ExecKind::Command;
    DomId domain = {};             ///< whose end of the channel serves
    std::optional<Port> port = {}; ///< nothing only from a local client: the daemon chooses
    std::string command = {};      ///< without NULs; spec qrexec, section 10
    friend bool operator==(const Execute &, const Execute &) = default;
};

/// The answer to a Trigger: be the server of the channel.
struct ServiceConnect {
    DomId domain = {};             ///< whose end of the channel is the client
    std::optional<Port> port = {}; ///< nothing only from a local client: the daemon chooses
    RawIdent ident = {};
    friend bool operator==(const ServiceConnect &, const ServiceConnect &) = default;
};

/// The answer to a Trigger: no.
struct ServiceRefused {
    RawIdent ident = {};
    friend bool operator==(const ServiceRefused &, const ServiceRefused &) = default;
};

/// What the daemon tells a local client whose request it passed on.
struct Accepted {
    MessageType request = MessageType::ExecCommand; ///< the type of what was asked
    ChannelAddress channel = {};
    friend bool operator==(const Accepted &, const Accepted &) = default;
};

using FromAgent = std::variant<Hello, Trigger, MalformedTrigger, ConnectionTerminated>;
using FromDaemon = std::variant<Hello, Execute, ServiceConnect, ServiceRefused>;
using FromClient = std::variant<Hello, Execute, ServiceConnect>;
using ToClient = std::variant<Hello, Accepted>;
using FromTriggerSocket = std::variant<Trigger, MalformedTrigger>;

/// Each makes a message of a header that bodyLength() accepted for its link, and the body that followed.
/// @errors what bodyLength() says, and BadField
[[nodiscard]] Result<FromAgent>
parseFromAgent(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);
[[nodiscard]] Result<FromDaemon>
parseFromDaemon(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);
[[nodiscard]] Result<FromClient>
parseFromClient(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);
[[nodiscard]] Result<ToClient>
parseToClient(const Header &header, std::span<const std::byte> body, std::optional<ProtocolVersion> negotiated);
[[nodiscard]] Result<FromTriggerSocket> parseFromTriggerSocket(const Header &header, std::span<const std::byte> body);

/// The eight bytes, without a header, by which an agent tells a local client that its Trigger was allowed.
/// @errors ShortMessage, LongMessage, BadField
[[nodiscard]] Result<ChannelAddress> parseChannelAddress(std::span<const std::byte> bytes);

/// Whole messages with their headers.
[[nodiscard]] std::vector<std::byte> build(const Hello &message);
[[nodiscard]] std::vector<std::byte> build(const ConnectionTerminated &message);
[[nodiscard]] std::vector<std::byte> build(const ServiceConnect &message);
[[nodiscard]] std::vector<std::byte> build(const ServiceRefused &message);
[[nodiscard]] std::vector<std::byte> build(const Accepted &message);
[[nodiscard]] std::vector<std::byte> build(const ChannelAddress &message);
/// @param link  DaemonToAgent or ClientToDaemon
/// @errors TooMuch (above MaxControlBody or MaxLocalBody), BadValue (a NUL in the command)
[[nodiscard]] Result<std::vector<std::byte>> build(const Execute &message, Link link);
/// In the form that `version` has. Forms before V4 have no source and shorter fields.
/// @errors TooMuch (above MaxControlBody, or a name too long for V2), Unsupported (a source before V4)
[[nodiscard]] Result<std::vector<std::byte>> build(const Trigger &message, ProtocolVersion version);

} // namespace Bulkhead::Qrexec
