// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/driver/local/sandbox/idmapping.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// All that bulkhead-sandbox is told about the qube it makes. Values that the driver took from a DomainConfig; nothing
/// in here is read by a shell.
struct SandboxConfig {
    QubeName name;
    DomId domain = {};
    std::string uuid = {}; ///< lower-case, 8-4-4-4-12; its digits are the qube's machine id
    IdMapping ids = {};
    std::uint32_t memoryMiB = 400;                     ///< most that the volatile layer may hold
    std::vector<std::filesystem::path> layers = {};    ///< read-only, the lowest (the template) first; at least one
    std::optional<std::filesystem::path> changes = {}; ///< storage/rootchanges.h; else the root forgets
    std::optional<std::filesystem::path> privateVolume = {};     ///< shown at /rw
    std::optional<std::filesystem::path> exchangeDirectory = {}; ///< shown at /run/bulkhead/exchange
    std::string init = {};                                       ///< process 1, a path inside the qube
    bool networked = false; ///< has or provides a network: gets the name servers of the chain
    bool forwards = false;  ///< provides network: packets may be forwarded

    friend bool operator==(const SandboxConfig &, const SandboxConfig &) = default;
};

/// Most bytes of a configuration that are read.
inline constexpr std::size_t MaxSandboxConfig = 16384;

/// The file that is both the run script of the qube's unit and its whole configuration: the first line names
/// `program` as its interpreter, each further line is one setting, `<key> <value>`.
/// @errors BadValue (a path that no line can hold)
[[nodiscard]] Result<std::string> sandboxRunFile(const std::filesystem::path &program, const SandboxConfig &config);

/// Reads such a file back. Unknown, missing and repeated settings are refused.
/// @errors BadValue, which names the setting
[[nodiscard]] Result<SandboxConfig> parseSandboxRunFile(std::string_view text);

} // namespace Bulkhead
