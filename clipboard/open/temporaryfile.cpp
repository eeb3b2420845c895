// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/temporaryfile.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::FileCopy
{

TemporaryFile::TemporaryFile(std::string path, UniqueFd file) noexcept
    : m_path(std::move(path))
    , m_file(std::move(file))
{
}

TemporaryFile::TemporaryFile(TemporaryFile &&other) noexcept
    : m_path(std::exchange(other.m_path, {}))
    , m_file(std::move(other.m_file))
{
}

TemporaryFile::~TemporaryFile()
{
    if (!m_path.empty()) {
        (void)::unlink(m_path.c_str());
    }
}

Result<TemporaryFile> TemporaryFile::beside(const std::string &path)
{
    std::string name = path + ".XXXXXX";
    UniqueFd file(::mkostemp(name.data(), O_CLOEXEC));
    if (!file) {
        return failErrno(errno, "making a file beside " + path);
    }
    return TemporaryFile(std::move(name), std::move(file));
}

} // namespace Bulkhead::FileCopy
