// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/datachannel/serviceend.h"
#include "qrexec/process/account.h"
#include "qrexec/process/program.h"
#include "qrexec/service/commandline.h"
#include "qrexec/service/searchpath.h"
#include "qrexec/service/tcpaddress.h"

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Where services are run.
enum class Place : std::uint8_t {
    Qube,    ///< by a qube's agent: anything, as anybody, each in a login of its own
    Session, ///< in a person's session of a qube: anything, as this person; its configuration was heeded before
    Dom0,    ///< in dom0, which offers services only
};

/// What is known about the place where services run.
struct Surroundings {
    Place place = Place::Qube;
    SearchPath services;
    SearchPath configuration;
    OwnRights rights;
    std::vector<std::string> environment;

    /// @errors Io
    [[nodiscard]] static Result<Surroundings> current(Place place);
};

/// A program to start, as whom.
struct PreparedProgram {
    Program program;
    std::optional<Identity> identity;
};

/// A socket to connect to.
struct PreparedSocket {
    std::string path;
    std::string firstBytes; ///< what the service is told about the call before the caller's own bytes
    EndRules rules;
};

/// A TCP address to connect to.
struct PreparedTcp {
    TcpAddress address;
    std::string firstBytes; ///< as a socket's
    EndRules rules;
};

using Prepared = std::variant<PreparedProgram, PreparedSocket, PreparedTcp>;

/// Finds out what a command means here. Nothing is started. In dom0 the user DEFAULT is whoever we are, in a session
/// each is.
/// @param dataProcess  who moves the call's data
/// @errors NotFound (no such service: status 127), anything else (status 125)
/// @source spec qrexec, sections 11 to 14
[[nodiscard]] Result<Prepared> prepare(const Command &command, const Surroundings &here, pid_t dataProcess);

/// What the caller is told about an error of prepare() or of starting.
[[nodiscard]] int statusFor(const Error &error) noexcept;

} // namespace Bulkhead::Qrexec
