// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/process/account.h"
#include "qrexec/process/program.h"
#include "qrexec/service/commandline.h"

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

namespace Bulkhead::Qrexec
{

/// A shell command as a login of the user would run it: `SHELL -lc TEXT` with a dash before the shell's name, so that
/// what the login files set (a display among it) is there.
[[nodiscard]] Program
shellProgram(const Account &account, const ShellCommand &command, std::span<const std::string> inherited);

/// An executable service: a login shell that does nothing but execute the file, with the argument as its one argument
/// if there is one that is not empty.
/// @param dataProcess  who moves the call's data; QREXEC_AGENT_PID
/// @source spec qrexec, section 13
[[nodiscard]] Program serviceProgram(const Account &account,
                                     const ServiceRequest &request,
                                     const std::string &path,
                                     std::span<const std::string> inherited,
                                     pid_t dataProcess);

/// The same in dom0, where the file is executed as it is and nobody may ask the data to be moved otherwise.
/// @source spec qrexec, section 13
[[nodiscard]] Program directProgram(const Account &account,
                                    const ServiceRequest &request,
                                    const std::string &path,
                                    std::span<const std::string> inherited);

/// The same in the session that we are a part of, as whose user we run: executed as it is, with our environment.
/// @param dataProcess  as serviceProgram()'s
/// @source spec qrexec, section 13
[[nodiscard]] Program sessionProgram(const ServiceRequest &request,
                                     const std::string &path,
                                     std::span<const std::string> inherited,
                                     pid_t dataProcess);

/// A shell command there: `SHELL -c TEXT`, where our environment names the shell.
/// @source spec qrexec, section 13
[[nodiscard]] Program sessionShellProgram(const ShellCommand &command, std::span<const std::string> inherited);

/// The service that waits for the session, executed directly.
/// @source spec qrexec, section 15
[[nodiscard]] Program
waitProgram(const ServiceRequest &request, const std::string &path, std::span<const std::string> inherited);

} // namespace Bulkhead::Qrexec
