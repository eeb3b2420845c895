// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/policy/live/directorywatch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::uint32_t Events = IN_CREATE | IN_DELETE | IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO
    | IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR;

std::string parentOf(const std::string &path)
{
    const std::size_t slash = path.rfind('/');
    return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

} // namespace

DirectoryWatch::DirectoryWatch(UniqueFd inotify, std::move_only_function<void()> onChange)
    : m_inotify(std::move(inotify))
    , m_onChange(std::move(onChange))
{
}

Result<std::unique_ptr<DirectoryWatch>> DirectoryWatch::create(EventLoop &loop,
                                                               std::move_only_function<void()> onChange)
{
    UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify) {
        return failErrno(errno, "watching policy files");
    }
    std::unique_ptr<DirectoryWatch> watch(new DirectoryWatch(std::move(inotify), std::move(onChange)));
    BH_TRY(watch->m_handle, loop.watch(watch->m_inotify.get(), Readiness::Read, [&self = *watch] {
        self.onReadable();
    }));
    return watch;
}

Result<void> DirectoryWatch::watch(const std::set<std::string> &directories)
{
    std::map<std::string, int> watches;
    std::optional<Error> first;
    for (std::string directory : directories) {
        int watch = -1;
        while ((watch = ::inotify_add_watch(m_inotify.get(), directory.c_str(), Events)) < 0
               && (errno == ENOENT || errno == ENOTDIR) && directory != "/") {
            directory = parentOf(directory);
        }
        if (watch < 0) {
            first = first.value_or(Error{.code = Errc::Io, .sysErrno = errno, .detail = "watching " + directory});
            continue;
        }
        watches.emplace(std::move(directory), watch);
    }
    std::set<int> kept;
    for (const auto &[path, watch] : watches) {
        kept.insert(watch);
    }
    for (const auto &[path, watch] : std::exchange(m_watches, std::move(watches))) {
        if (!kept.contains(watch)) {
            (void)::inotify_rm_watch(m_inotify.get(), watch);
        }
    }
    return first ? Result<void>(std::unexpected(*std::move(first))) : Result<void>();
}

void DirectoryWatch::onReadable()
{
    // What it was does not matter: whoever hears of it reads everything again.
    std::array<char, 4096> events{};
    bool hasChanged = false;
    while (::read(m_inotify.get(), events.data(), events.size()) > 0) {
        hasChanged = true;
    }
    if (hasChanged) {
        m_onChange();
    }
}

} // namespace Bulkhead::Qrexec
