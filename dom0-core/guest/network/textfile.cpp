// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/textfile.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace Bulkhead::GuestNetwork
{

std::optional<std::string> readTextFile(const std::filesystem::path &path, std::size_t most)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    std::string text(most, '\0');
    const ssize_t size = file ? ::read(file.get(), text.data(), text.size()) : -1;
    if (size < 0) {
        return std::nullopt;
    }
    text.resize(static_cast<std::size_t>(size));
    return text;
}

Result<void> replaceTextFile(const std::filesystem::path &path, const std::string &text)
{
    auto fresh = path;
    fresh += ".bulkhead-new";
    {
        const UniqueFd file(::open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
        if (!file || ::fchmod(file.get(), 0644) != 0
            || std::cmp_not_equal(::write(file.get(), text.data(), text.size()), text.size())) {
            return failErrno(errno, formatted("cannot write {}", fresh.string()));
        }
    }
    if (::rename(fresh.c_str(), path.c_str()) != 0) {
        return failErrno(errno, formatted("cannot replace {}", path.string()));
    }
    return {};
}

} // namespace Bulkhead::GuestNetwork
