// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/consoleterminal.h"

#include "base/ascii.h"
#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace Bulkhead
{

namespace
{

constexpr std::string_view TerminalDirectory = "/dev/pts/";
constexpr std::size_t MaxDigits = 7; ///< the kernel makes at most 2^20 of them
constexpr mode_t OwnerAndGroup = 0660;

} // namespace

Result<std::filesystem::path> parseConsoleTerminal(std::string_view text)
{
    const std::string_view number = text.substr(std::min(text.size(), TerminalDirectory.size()));
    const bool isOne = text.starts_with(TerminalDirectory) && !number.empty() && number.size() <= MaxDigits
        && std::ranges::all_of(number, Ascii::isDigit);
    if (!isOne) {
        return fail(Errc::BadField, "what xenstore says of the console is no terminal below /dev/pts");
    }
    return std::filesystem::path(text);
}

Result<void> lendTerminal(const std::filesystem::path &terminal, gid_t group)
{
    const UniqueFd fd(::open(terminal.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
    struct stat status{};
    if (!fd || ::fstat(fd.get(), &status) != 0) {
        return failErrno(errno, formatted("opening {}", terminal.string()));
    }
    // The number may be another's by now, whose domain ended meanwhile: what root has is not lent by mistake to more
    // than those who may open every console anyhow, and other people's terminals are left alone.
    if (::isatty(fd.get()) == 0 || status.st_uid != ::geteuid()) {
        return fail(Errc::Refused, formatted("{} is no console's terminal", terminal.string()));
    }
    if (::fchown(fd.get(), static_cast<uid_t>(-1), group) != 0 || ::fchmod(fd.get(), OwnerAndGroup) != 0) {
        return failErrno(errno, formatted("opening {} to those who may use it", terminal.string()));
    }
    return {};
}

std::optional<gid_t> groupOf(const std::string &name)
{
    constexpr std::size_t Room = 16384;
    std::array<char, Room> buffer{};
    group entry{};
    group *found = nullptr;
    const bool isThere =
        ::getgrnam_r(name.c_str(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr;
    return isThere ? std::optional(found->gr_gid) : std::nullopt;
}

} // namespace Bulkhead
