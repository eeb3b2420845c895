// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/readfile.h"

#include "base/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace Bulkhead::Qrexec
{

Result<std::string> readAll(int fd, std::size_t limit)
{
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t count = ::read(fd, buffer.data(), buffer.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failErrno(errno, "reading a file");
        }
        if (count == 0) {
            return text;
        }
        text.append(buffer.data(), static_cast<std::size_t>(count));
        if (text.size() > limit) {
            return fail(Errc::TooMuch, "a file is too large");
        }
    }
}

Result<std::string> readFile(const std::string &path, std::size_t limit)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
    if (!file) {
        return failErrno(errno, "opening a file");
    }
    return readAll(file.get(), limit);
}

} // namespace Bulkhead::Qrexec
