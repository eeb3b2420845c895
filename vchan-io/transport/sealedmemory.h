// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <cstddef>

namespace Bulkhead
{

/// Anonymous memory whose size can never change again, so that a mapping of it cannot fault (spec security, R-16).
/// Zeroed, not executable.
/// @param name  for /proc, a literal
/// @errors Io
[[nodiscard]] Result<UniqueFd> createSealedMemory(const char *name, std::size_t size);

/// Another description of the same memory that cannot be made writable.
/// @errors Io
[[nodiscard]] Result<UniqueFd> reopenReadOnly(const UniqueFd &memory);

enum class MemoryUse { ReadOnly, ReadWrite };

/// Whether a descriptor that came from the exchange is memory as createSealedMemory() makes it, of exactly `size` bytes
/// and open for that use. Asked before it is mapped. Works under the filter of who reads a guest: fstat and fcntl.
/// @errors BadField (what is wrong with it), Io
[[nodiscard]] Result<void> checkSealedMemory(const UniqueFd &memory, std::size_t size, MemoryUse use);

/// The same for a descriptor that another domain may have made: it is ordinary memory besides. Huge pages could run out
/// while they are read, and a read that cannot be served is a SIGBUS.
/// @errors BadField, Io
[[nodiscard]] Result<void> checkForeignMemory(const UniqueFd &memory, std::size_t size, MemoryUse use);

} // namespace Bulkhead
