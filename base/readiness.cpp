// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/readiness.h"

#include "base/fd.h"
#include "base/genericaddress.h"
#include "base/log.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string_view>

namespace Bulkhead
{

namespace
{

constexpr LogCategory Log("bulkhead.base.readiness");

void tellSystemd(std::string_view path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.empty() || path.size() >= sizeof(address.sun_path)) {
        Log.warning("NOTIFY_SOCKET is not the path of a socket");
        return;
    }
    std::memcpy(static_cast<void *>(address.sun_path), path.data(), path.size());
    if (path.front() == '@') { // systemd's spelling of an abstract address
        address.sun_path[0] = '\0';
    }
    const UniqueFd fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    constexpr std::string_view Ready = "READY=1";
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + path.size());
    if (!fd || ::sendto(fd.get(), Ready.data(), Ready.size(), MSG_NOSIGNAL, genericAddress(address), length) < 0) {
        Log.warning("systemd could not be told that the daemon is ready");
    }
}

} // namespace

void announceReadiness(std::optional<int> fd)
{
    // Read once, before any thread could change the environment.
    if (const char *const path = std::getenv("NOTIFY_SOCKET")) { // NOLINT(concurrency-mt-unsafe)
        tellSystemd(path);
    }
    if (fd) {
        const UniqueFd ready(*fd);
        if (::write(ready.get(), "\n", 1) != 1) {
            Log.warning("the supervisor could not be told that the daemon is ready");
        }
    }
}

} // namespace Bulkhead
