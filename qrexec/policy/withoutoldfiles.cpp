// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/withoutoldfiles.h"

#include <utility>

namespace Bulkhead::Policy
{

WithoutOldFiles::WithoutOldFiles(FileSource &files, std::string oldDirectory)
    : m_files(files)
    , m_oldDirectory(std::move(oldDirectory))
{
}

Result<std::vector<Entry>> WithoutOldFiles::list(const std::string &directory)
{
    if (directory != m_oldDirectory) {
        return m_files.list(directory);
    }
    m_wasAsked = true;
    return std::vector<Entry>();
}

Result<File> WithoutOldFiles::read(const std::string &path)
{
    return m_files.read(path);
}

} // namespace Bulkhead::Policy
