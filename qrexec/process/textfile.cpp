// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/textfile.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead::Qrexec
{

Result<UniqueFd> textFile(const std::string &text)
{
    UniqueFd file(::memfd_create("bulkhead-text", MFD_CLOEXEC | MFD_NOEXEC_SEAL));
    if (!file || ::write(file.get(), text.data(), text.size()) != std::ssize(text)
        || ::lseek(file.get(), 0, SEEK_SET) != 0) {
        return failErrno(errno, "keeping a text in memory");
    }
    return file;
}

} // namespace Bulkhead::Qrexec
