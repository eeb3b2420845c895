// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace Bulkhead::Qrexec
{

/// Bytes of a service's name, and of name and argument together. Source: spec qrexec, section 10.
inline constexpr std::size_t MaxServiceName = 255;
inline constexpr std::size_t MaxDescriptor = 65000;

/// What the caller asked for as its target, where the command says so (calls that dom0 serves).
struct RequestedTarget {
    enum class Kind : std::uint8_t { Name, Keyword };

    Kind kind;
    std::string text; ///< without `@` where it is a keyword

    friend bool operator==(const RequestedTarget &, const RequestedTarget &) = default;
};

/// A call of a service, in letters that are safe in file names, environment and argv:
/// name [A-Za-z0-9_.-], never `.` or `..`; argument [A-Za-z0-9_.+-].
struct ServiceRequest {
    std::string name;
    std::optional<std::string> argument; ///< what follows the first `+`, maybe empty; nothing if there was no `+`
    QubeName source;
    std::optional<RequestedTarget> target;
    std::string line; ///< all that followed `QUBESRPC `: what a socket service is told first

    /// Name and argument as they were received.
    [[nodiscard]] std::string descriptor() const;
};

/// A line for the user's shell: only dom0 sends one.
struct ShellCommand {
    std::string text;
};

/// What an EXEC message asks an agent to run.
struct Command {
    std::string user;
    bool waitsForSession = true; ///< false: `nogui:`, start at once whatever the service's configuration says
    std::variant<ServiceRequest, ShellCommand> what;

    [[nodiscard]] const ServiceRequest *service() const noexcept
    {
        return std::get_if<ServiceRequest>(&what);
    }
};

/// Parses `USER:[nogui:](QUBESRPC DESCRIPTOR SOURCE [name|keyword TARGET]|SHELLCMD)`.
/// @errors BadValue, with the name of the part that is wrong
/// @source spec qrexec, section 10
[[nodiscard]] Result<Command> parseCommand(std::string_view text);

} // namespace Bulkhead::Qrexec
