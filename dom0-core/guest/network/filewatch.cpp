// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/filewatch.h"

#include "base/formatted.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace Bulkhead::GuestNetwork
{

namespace
{

/// Reads what happened in the directory. @return whether it happened to a file of that name
bool takeEvents(int fd, const std::string &name)
{
    bool isOurs = false;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = ::read(fd, buffer.data(), buffer.size())) > 0;) {
        for (std::size_t place = 0; place < static_cast<std::size_t>(size);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + place, sizeof event);
            const char *const named = buffer.data() + place + sizeof event;
            isOurs = isOurs || (event.mask & IN_Q_OVERFLOW) != 0 || (event.len != 0 && name == named);
            place += sizeof event + event.len;
        }
    }
    return isOurs;
}

} // namespace

Result<FileWatch> FileWatch::create(EventLoop &loop,
                                    const std::filesystem::path &file,
                                    std::move_only_function<void()> onChanged,
                                    Event event)
{
    FileWatch watch;
    const std::uint32_t wanted = event == Event::Made ? IN_CREATE : IN_CLOSE_WRITE | IN_MOVED_TO;
    watch.m_fd = UniqueFd(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!watch.m_fd || ::inotify_add_watch(watch.m_fd.get(), file.parent_path().c_str(), wanted) < 0) {
        return failErrno(errno, formatted("cannot watch {}", file.string()));
    }
    BH_TRY(watch.m_watch,
           loop.watch(
               watch.m_fd.get(),
               Readiness::Read,
               [fd = watch.m_fd.get(), name = file.filename().string(), onChanged = std::move(onChanged)]() mutable {
                   if (takeEvents(fd, name)) {
                       onChanged();
                   }
               }));
    return watch;
}

} // namespace Bulkhead::GuestNetwork
