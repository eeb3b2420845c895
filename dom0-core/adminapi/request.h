// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace Bulkhead::AdminApi
{

/// Largest request, header, NUL and payload together (spec security, L-18).
inline constexpr std::size_t MaxRequest = 65536;

/// One request as it came: method ["+" argument] SP source SP type SP destination NUL payload.
/// Source and destination are still text; resolve() finds them.
struct Request {
    std::string method;
    std::string argument;
    std::string source;
    std::string destination;
    std::string payload;
};

/// Takes a whole request apart. Pure. An error is answered by closing without a byte.
/// @errors ShortMessage, LongMessage, BadField
/// @source spec admin-api, 2
[[nodiscard]] Result<Request> parseRequest(std::string_view bytes);

/// The qube that a header names: `dom0`, a name, or `uuid:` and a UUID. Borrowed from the model.
/// @errors BadValue (no name), InvalidUuid, QubeNotFound
/// @source spec admin-api, 2.1
[[nodiscard]] Checked<const Qube *> resolve(const Model &model, std::string_view reference);
/// The same for the qube that a call is about. Whether one exists is nothing that another qube may learn: only dom0 is
/// told why not. @source spec security, S-145
[[nodiscard]] Checked<const Qube *>
resolveDestination(const Model &model, const QubeName &caller, std::string_view reference);

} // namespace Bulkhead::AdminApi
