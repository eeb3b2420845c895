// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/memoryfile.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead
{

Result<UniqueFd> memoryFile(std::string_view text)
{
    constexpr const char *Name = "bulkhead"; // only for those who look at /proc
    UniqueFd file(::memfd_create(Name, MFD_CLOEXEC | MFD_NOEXEC_SEAL));
    if (!file) {
        file.reset(::memfd_create(Name, MFD_CLOEXEC)); // a kernel before 6.3 knows no such seal
    }
    if (!file) {
        return failErrno(errno, "making a file in memory");
    }
    const ssize_t count = ::pwrite(file.get(), text.data(), text.size(), 0);
    if (std::cmp_not_equal(count, text.size())) {
        return failErrno(count < 0 ? errno : ENOSPC, "keeping a text in memory");
    }
    return file;
}

} // namespace Bulkhead
