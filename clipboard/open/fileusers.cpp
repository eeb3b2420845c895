// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/fileusers.h"

#include "base/number.h"
#include "clipboard/files/directorylisting.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <string_view>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

/// Longer command lines are read so far.
constexpr std::size_t MostOfLine = std::size_t{128} * 1024;

UniqueFd openDirectory(const std::string &path)
{
    return UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

std::vector<std::string> namesAt(const std::string &path)
{
    const UniqueFd directory = openDirectory(path);
    return directory ? namesIn(directory.get()).value_or(std::vector<std::string>()) : std::vector<std::string>();
}

bool hasOnCommandLine(const std::string &process, const std::string &path)
{
    const UniqueFd file(::open((process + "/cmdline").c_str(), O_RDONLY | O_CLOEXEC));
    std::string line(MostOfLine, '\0');
    std::size_t filled = 0;
    while (file && filled < line.size()) {
        const ssize_t size = ::read(file.get(), line.data() + filled, line.size() - filled);
        if (size <= 0) {
            break;
        }
        filled += static_cast<std::size_t>(size);
    }
    return std::string_view(line).substr(0, filled).contains(path);
}

bool hasOpen(const std::string &process, const std::string &path)
{
    const std::string descriptors = process + "/fd";
    return std::ranges::any_of(namesAt(descriptors), [&](const std::string &number) {
        std::array<char, PATH_MAX> target{};
        const ssize_t size = ::readlink((descriptors + '/' + number).c_str(), target.data(), target.size());
        return size > 0 && std::string_view(target.data(), static_cast<std::size_t>(size)) == path;
    });
}

bool isUser(const std::string &process, const std::string &path)
{
    return hasOnCommandLine(process, path) || hasOpen(process, path);
}

} // namespace

std::vector<UniqueFd> usersOf(const std::string &path)
{
    std::vector<UniqueFd> users;
    for (const std::string &name : namesAt("/proc")) {
        const std::string process = "/proc/" + name;
        const auto number = numberIn<pid_t>(name);
        if (!number || *number == ::getpid() || !isUser(process, path)) {
            continue;
        }
        UniqueFd user(static_cast<int>(::syscall(SYS_pidfd_open, *number, 0)));
        // Looked at once more: its number may have become another one's in between.
        if (user && isUser(process, path)) {
            users.push_back(std::move(user));
        }
    }
    return users;
}

} // namespace Bulkhead::FileCopy
