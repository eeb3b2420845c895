// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/crc32.h"

#include <libdeflate.h>

namespace Bulkhead::FileCopy
{

void Crc32::add(std::span<const std::byte> bytes) noexcept
{
    if (!bytes.empty()) { // a null pointer would ask for the first value
        m_value = libdeflate_crc32(m_value, bytes.data(), bytes.size());
    }
}

} // namespace Bulkhead::FileCopy
