// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

/// What `bulkhead-store` does: a qubes.xml into the store and out of it, while no daemon runs on it.
namespace Bulkhead::StoreTool
{

enum class IfNotEmpty : std::uint8_t {
    Refuse,
    Replace, ///< what the store holds goes, in the same transaction
};

enum class IfIncomplete : std::uint8_t {
    Remark,
    Refuse,
};

/// Where everything lies, as the daemon has it.
struct Places {
    std::filesystem::path store = "/var/lib/bulkhead/store.sqlite";
    std::filesystem::path kernels = "/var/lib/qubes/vm-kernels"; ///< a value is good only if the computer can do it
};

/// Brings a file into the store: all of it in one transaction, or nothing.
/// @return what was left out, one sentence with its line each
/// @errors as Store::open(), parseDocument() and importDocument(); InUse (the store is not empty), BadValue (something
/// would be left out, and that was to be refused)
[[nodiscard]] Result<std::vector<std::string>>
importFile(const Places &places, const std::filesystem::path &file, IfNotEmpty ifNotEmpty, IfIncomplete ifIncomplete);

/// The store as such a file. Changes nothing but what every start of the daemon does.
/// @errors as Store::open() and exportModel(); NotFound (there is no store)
[[nodiscard]] Result<std::string> exportStore(const Places &places);

/// Writes a file so that whoever looks finds the old one or the whole new one.
/// @errors Io
[[nodiscard]] Result<void> writeWhole(const std::filesystem::path &file, const std::string &bytes);

} // namespace Bulkhead::StoreTool
