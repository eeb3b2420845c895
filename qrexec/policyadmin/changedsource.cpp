// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policyadmin/changedsource.h"

#include <algorithm>
#include <filesystem>
#include <system_error>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

/// A path with links and `..` followed as far as there is something to follow.
std::string trueName(const std::string &path)
{
    std::error_code error;
    const auto name = std::filesystem::weakly_canonical(path, error);
    return error ? std::string() : name.string();
}

} // namespace

ChangedSource::ChangedSource(Policy::FileSource &files, std::string path, std::optional<std::string> content)
    : m_files(files)
    , m_path(std::move(path))
    , m_content(std::move(content))
{
}

Result<std::vector<Policy::Entry>> ChangedSource::list(const std::string &directory)
{
    BH_TRY(auto entries, m_files.list(directory));
    const std::filesystem::path changed(m_path);
    if (trueName(directory) == changed.parent_path().string()) {
        const std::string name = changed.filename().string();
        std::erase_if(entries, [&name](const Policy::Entry &entry) {
            return entry.name == name;
        });
        if (m_content) {
            entries.push_back({.name = name});
        }
    }
    return entries;
}

Result<Policy::File> ChangedSource::read(const std::string &path)
{
    if (trueName(path) != m_path) {
        return m_files.read(path);
    }
    m_wasRead = true;
    if (!m_content) {
        return fail(Errc::NotFound, "there would be no file");
    }
    return Policy::File{.path = m_path, .text = *m_content};
}

} // namespace Bulkhead::Qrexec
