// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// A call of the core as a service of dom0: what qrexec says of it, put together for the core's socket.
struct ServiceCall {
    std::filesystem::path socket;
    std::string header; ///< as the socket takes it, with its NUL
    bool sendsInput = false;
    friend bool operator==(const ServiceCall &, const ServiceCall &) = default;
};

/// The value of a variable of the environment; empty if it is not set.
using Environment = std::function<std::string(const char *name)>;

/// @param run  where the core's sockets lie
/// @param program  the name under which the program was started, which is the service's
/// @param argument  of the service; empty: as the environment says
/// @errors NotFound (no such service), BadValue (a name that cannot be one, or none)
/// @source spec admin-api, 8.7 and 8.16; qrexec, 17
[[nodiscard]] Result<ServiceCall> serviceCallOf(const std::filesystem::path &run,
                                                std::string_view program,
                                                std::string_view argument,
                                                const Environment &environment);

/// Makes the call: sends what `input` holds until its end, if the service takes that, and copies the answer to
/// `output`. Blocks; holds no more than a chunk of either.
/// @return whether the core did what was asked
/// @errors Io
[[nodiscard]] Result<bool> makeServiceCall(const ServiceCall &call, int input, int output);

} // namespace Bulkhead
