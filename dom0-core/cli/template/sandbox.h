// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

enum class Network : std::uint8_t { None, Hosts };

/// Ids of a build: apart from everybody's, behind what login.defs gives out and before the local driver's qubes.
inline constexpr std::uint32_t FirstBuildId = 0x6FFF0000;
inline constexpr std::uint32_t BuildIds = 65536;

/// A program that works on one folder of dom0 and has no rights over anything else there.
struct SandboxedProgram {
    std::vector<std::string> words; ///< the program first; it sees the folder as /work and starts there
    std::filesystem::path work;     ///< the folder
    Network network = Network::None;
    std::optional<std::uint32_t> firstId = {}; ///< its root is this id outside; without one, whoever we are
    std::filesystem::path sandbox = "/usr/bin/bwrap";
    std::vector<std::filesystem::path> readable = {}; ///< what else of dom0 it may read, if it is there
};

/// The command that shuts it in: dom0's programs to read, its own process table, nothing to write but the folder. Pure.
[[nodiscard]] std::vector<std::string> sandboxCommand(const SandboxedProgram &program);

/// Runs it and gives each line that it says to `said`. When `stop` becomes readable the program and all that it started
/// are ended. Blocks meanwhile.
/// @return its exit status
/// @errors Refused, if it was stopped; Io, if it could not be started
[[nodiscard]] Result<int>
runSandboxed(const SandboxedProgram &program, int stop, const std::function<void(std::string_view)> &said);

} // namespace Bulkhead::Cli
