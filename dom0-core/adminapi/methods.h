// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/call.h"
#include "dom0-core/adminapi/uploads.h"

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace Bulkhead::AdminApi
{

/// The columns Arg and Pay of the API's tables.
enum class Presence : std::uint8_t {
    Empty,
    Required,
    Free,
};

/// The column Dst.
enum class Target : std::uint8_t {
    Dom0,
    NotDom0,
    Every,
};

/// Answers at once.
using SyncHandler = Checked<std::string> (*)(const Call &);
/// Answers later, through the reply.
using AsyncHandler = void (*)(const Call &, Reply);

/// Takes what follows the request's head as a stream, and answers when it has ended. The payload that the handler sees,
/// and that the columns are about, is the head's.
using UploadHandler = void (*)(const Call &, Upload, Reply);

/// Streams are the server's business: it owns the connections.
enum class Stream : std::uint8_t {
    Events,
    EventsFrom,
    Stats,
    Traffic,
};

/// Who of those that a socket lets in may ask. The header's source says for which qube; this is about the process.
enum class Caller : std::uint8_t {
    Everyone,
    Owner, ///< the daemon's own user, or root: the call reads files of dom0 that are named in it
};

/// One line per method: what it takes, and who handles it.
struct Method {
    std::string_view name;
    Presence argument = Presence::Empty;
    Presence payload = Presence::Empty;
    Target target = Target::Every;
    std::variant<SyncHandler, AsyncHandler, UploadHandler, Stream> handler;
    Caller caller = Caller::Everyone;
};

/// admin.*, on the socket that clients use.
[[nodiscard]] std::span<const Method> adminMethods();
/// internal.*, for other programs of dom0.
[[nodiscard]] std::span<const Method> internalMethods();
/// What qubes say of themselves, through qrexec.
[[nodiscard]] std::span<const Method> miscMethods();
/// bulkhead.*, on a socket of our own.
[[nodiscard]] std::span<const Method> coreMethods();

/// Null: unknown.
[[nodiscard]] const Method *findMethod(std::span<const Method> methods, std::string_view name);

/// @param user  of the process at the other end; nothing if the kernel does not tell
/// @param owner  the daemon's own
/// @errors Permission
[[nodiscard]] Checked<void> checkCaller(const Method &method, std::optional<uid_t> user, uid_t owner);

/// Where the stream of a method that takes one begins, after the header and, for ImportWithSize, after the line with
/// the size; nothing for other methods, and as long as that has not come. Pure.
[[nodiscard]] std::optional<std::size_t> streamStart(std::string_view bytes, std::span<const Method> methods);

/// Holds a call against the method's columns: payload, argument, destination, in this order.
/// @errors Protocol
/// @source spec admin-api, 2.2
[[nodiscard]] Checked<void>
checkColumns(const Method &method, std::string_view argument, std::string_view payload, const Qube &destination);

} // namespace Bulkhead::AdminApi
