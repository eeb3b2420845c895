// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/services/applications.h"

#include "base/formatted.h"
#include "qrexec/services/desktopentry.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::string_view DefaultDataDirectories = "/usr/local/share:/usr/share";

std::vector<std::string> absoluteParts(std::string_view list)
{
    std::vector<std::string> parts;
    while (!list.empty()) {
        const std::size_t end = std::min(list.find(':'), list.size());
        if (list.starts_with('/')) {
            parts.emplace_back(list.substr(0, end));
        }
        list.remove_prefix(std::min(end + 1, list.size()));
    }
    return parts;
}

bool isFile(const std::string &path)
{
    struct stat file{};

    return ::stat(path.c_str(), &file) == 0 && S_ISREG(file.st_mode);
}

} // namespace

std::vector<std::string> applicationDirectories(const Variables &variables)
{
    const auto home = variables("XDG_DATA_HOME").value_or(variables("HOME").value_or("") + "/.local/share");
    const auto shared = variables("XDG_DATA_DIRS").value_or(std::string(DefaultDataDirectories));
    std::vector<std::string> directories = absoluteParts(formatted("{}:{}", home, shared));
    for (std::string &directory : directories) {
        directory += "/applications";
    }
    return directories;
}

Result<std::string> findDesktopFile(const std::vector<std::string> &directories, std::string_view id)
{
    BH_TRY(const auto names, desktopFileNames(id));
    for (const std::string &directory : directories) {
        for (const std::string &name : names) {
            std::string file = formatted("{}/{}", directory, name);
            if (isFile(file)) {
                return file;
            }
        }
    }
    return fail(Errc::NotFound, "there is no such application");
}

Result<std::string> findProgram(const std::string &name, std::string_view path)
{
    if (name.contains('/')) {
        return name;
    }
    for (const std::string &directory : absoluteParts(path)) {
        std::string file = formatted("{}/{}", directory, name);
        if (isFile(file) && ::access(file.c_str(), X_OK) == 0) {
            return file;
        }
    }
    return fail(Errc::NotFound, "the application's program is not installed");
}

} // namespace Bulkhead::Qrexec
