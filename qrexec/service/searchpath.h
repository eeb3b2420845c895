// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Qrexec
{

/// Directories in the order in which they are searched.
using SearchPath = std::vector<std::string>;

/// Where services and their configuration lie unless the environment says otherwise.
/// Source: spec qrexec, sections 11 and 12.
inline constexpr std::string_view DefaultServicePath = "/run/qubes-rpc:/usr/local/etc/qubes-rpc:/etc/qubes-rpc";
inline constexpr std::string_view DefaultConfigPath =
    "/run/qubes/rpc-config:/usr/local/etc/qubes/rpc-config:/etc/qubes/rpc-config";

/// The directories of a colon-separated list; empty ones do not count, so that none means "here".
[[nodiscard]] SearchPath parseSearchPath(std::string_view list);

/// QREXEC_SERVICE_PATH, else the default.
[[nodiscard]] SearchPath servicePathFromEnvironment();
/// QUBES_RPC_CONFIG_PATH, else the default.
[[nodiscard]] SearchPath configPathFromEnvironment();

} // namespace Bulkhead::Qrexec
