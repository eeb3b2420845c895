// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>

/// What the mode of a header is made of; for the files beside this one only.
namespace Bulkhead::FileCopy
{

inline constexpr std::uint32_t PermissionBits = 07777;
inline constexpr std::uint32_t DirectoryKind = 0040000;
inline constexpr std::uint32_t FileKind = 0100000;
inline constexpr std::uint32_t LinkKind = 0120000;

} // namespace Bulkhead::FileCopy
