// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/daemondirectory.h"

#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr mode_t OwnerOnly = 0700;

} // namespace

Result<std::unique_ptr<DaemonDirectory>>
DaemonDirectory::watch(EventLoop &loop, std::string path, OnSocket onSocket, Whose whose)
{
    if (::mkdir(path.c_str(), OwnerOnly) != 0 && errno != EEXIST) {
        return failErrno(errno, "making " + path);
    }
    std::unique_ptr<DaemonDirectory> directory(new DaemonDirectory(std::move(path), std::move(onSocket), whose));
    directory->m_events.reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    // A daemon's socket listens before it gets its name.
    if (!directory->m_events
        || ::inotify_add_watch(directory->m_events.get(), directory->m_path.c_str(), IN_MOVED_TO | IN_ONLYDIR) < 0) {
        return failErrno(errno, "watching " + directory->m_path);
    }
    BH_TRY(directory->m_watch, loop.watch(directory->m_events.get(), Readiness::Read, [&self = *directory] {
        self.onEvents();
    }));
    directory->list();
    return directory;
}

DaemonDirectory::DaemonDirectory(std::string path, OnSocket onSocket, Whose whose)
    : m_path(std::move(path))
    , m_onSocket(std::move(onSocket))
    , m_whose(whose)
{
}

void DaemonDirectory::list()
{
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_path, error)) {
        tell(entry.path().filename().string());
    }
}

void DaemonDirectory::onEvents()
{
    alignas(inotify_event) std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t size = ::read(m_events.get(), buffer.data(), buffer.size());
        if (size <= 0) {
            return;
        }
        for (std::size_t at = 0; at + sizeof(inotify_event) <= static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof event);
            if (event.len > 0) {
                tell(buffer.data() + at + sizeof event);
            }
            at += sizeof event + event.len;
        }
    }
}

void DaemonDirectory::tell(std::string_view fileName) const
{
    // What has no qube's name is a socket that has yet to get it, or not a daemon's.
    if (const auto qube = QubeName::parse(fileName); qube && (!qube->isDom0() || m_whose == Whose::QubesAndDom0)) {
        m_onSocket(*qube, m_path + '/' + qube->text());
    }
}

} // namespace Bulkhead::Clipboard
