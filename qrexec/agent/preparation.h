// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/agent/commandline.h"
#include "qrexec/agent/searchpath.h"
#include "qrexec/datachannel/serviceend.h"
#include "qrexec/process/account.h"
#include "qrexec/process/program.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace Bulkhead::Qrexec
{

/// What an agent knows about the place it runs in.
struct Surroundings {
    SearchPath services;
    SearchPath configuration;
    OwnRights rights;
    std::vector<std::string> environment;

    /// @errors Io
    [[nodiscard]] static Result<Surroundings> current();
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

using Prepared = std::variant<PreparedProgram, PreparedSocket>;

/// Finds out what a command means here. Nothing is started.
/// @param dataProcess  who moves the call's data
/// @errors NotFound (no such service: status 127), anything else (status 125)
/// @source spec qrexec, sections 11 to 14
[[nodiscard]] Result<Prepared> prepare(const Command &command, const Surroundings &here, pid_t dataProcess);

/// What the caller is told about an error of prepare() or of starting.
[[nodiscard]] int statusFor(const Error &error) noexcept;

} // namespace Bulkhead::Qrexec
