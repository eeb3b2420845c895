// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace Bulkhead::FileCopy
{

/// The checksum over all bytes of a stream: CRC-32 as of IEEE 802.3 and zlib (reflected, polynomial 0xEDB88320).
/// @source docs/protocol/filecopy.md, section Checksum
class Crc32
{
public:
    void add(std::span<const std::byte> bytes) noexcept;

    [[nodiscard]] std::uint32_t value() const noexcept
    {
        return m_value;
    }

private:
    std::uint32_t m_value = 0;
};

} // namespace Bulkhead::FileCopy
