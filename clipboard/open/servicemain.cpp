// SPDX-License-Identifier: GPL-2.0-or-later
// The services qubes.OpenInVM and qubes.OpenURL: show what another qube sent, and send back what was changed in it.
#include "base/log.h"
#include "base/qubename.h"
#include "clipboard/files/beneath.h"
#include "clipboard/files/treeremoval.h"
#include "clipboard/open/arrival.h"
#include "clipboard/open/opener.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

constexpr LogCategory Log("bulkhead.open");

constexpr const char *Folder = "/tmp";

/// A directory for one file, gone with it.
class Workplace
{
public:
    /// @errors Io, BadValue (nobody calls)
    static Result<Workplace> create()
    {
        const char *const caller =
            std::getenv("QREXEC_REMOTE_DOMAIN"); // NOLINT(concurrency-mt-unsafe): nothing sets it
        BH_TRY(const QubeName source, QubeName::parse(caller == nullptr ? "" : caller));
        std::string path = std::string(Folder) + '/' + source.text() + "-XXXXXX";
        if (::mkdtemp(path.data()) == nullptr) {
            return failErrno(errno, "making a directory");
        }
        return Workplace(std::move(path));
    }

    Workplace(Workplace &&other) noexcept
        : m_path(std::exchange(other.m_path, {}))
    {
    }

    Workplace &operator=(Workplace &&) = delete;
    Workplace(const Workplace &) = delete;
    Workplace &operator=(const Workplace &) = delete;

    ~Workplace()
    {
        if (!m_path.empty()) {
            const UniqueFd parent(::open(Folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
            removeTree(parent.get(), m_path.substr(m_path.rfind('/') + 1));
        }
    }

    [[nodiscard]] const std::string &path() const noexcept
    {
        return m_path;
    }

private:
    explicit Workplace(std::string path) noexcept
        : m_path(std::move(path))
    {
    }

    std::string m_path;
};

struct Version {
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    std::int64_t size = 0;
    friend bool operator==(const Version &, const Version &) = default;
};

Result<Version> versionOf(const std::string &file)
{
    struct stat facts{};
    if (::lstat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return failErrno(errno, "looking at the file");
    }
    return Version{.seconds = facts.st_mtim.tv_sec, .nanoseconds = facts.st_mtim.tv_nsec, .size = facts.st_size};
}

Result<void> sendBack(const std::string &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        return failErrno(errno, "opening what was changed");
    }
    return copyAll(file.get(), STDOUT_FILENO, UINT64_MAX).transform([](std::uint64_t) { });
}

Result<int> openFile()
{
    BH_TRY(const Workplace place, Workplace::create());
    BH_TRY(const OpenRequest request, receiveFile(STDIN_FILENO, place.path()));
    const std::string file = place.path() + '/' + request.name;
    if (request.mode == OpenMode::View && ::chmod(file.c_str(), S_IRUSR) != 0) {
        return failErrno(errno, "making the file read-only");
    }
    BH_TRY(const Version before, versionOf(file));
    BH_TRY(const int status, openWithDesktop(file));
    waitUntilUnused(file);
    BH_TRY(const Version after, versionOf(file));
    if (status == 0 && request.mode == OpenMode::Edit && after != before) {
        BH_CHECK(sendBack(file));
    }
    return status;
}

Result<int> openAddress()
{
    std::array<std::byte, MaxAddress + 2> bytes{};
    BH_TRY(const std::size_t size, readUpTo(STDIN_FILENO, bytes));
    std::string line;
    for (const std::byte byte : std::span(bytes).first(size)) {
        line += std::to_integer<char>(byte);
    }
    BH_TRY(const std::string address, parseAddress(std::string_view(line).substr(0, line.find('\n'))));
    return openWithDesktop(address);
}

} // namespace

int main(int argc, char **argv)
{
    const std::string_view program = argc > 0 ? argv[0] : "";
    if (argc > 2 || (argc == 2 && argv[1][0] != '\0')) {
        Log.critical("this service has no argument");
        return EXIT_FAILURE;
    }
    (void)std::signal(SIGPIPE, SIG_IGN); // NOLINT(cert-err33-c): it cannot fail
    const auto status = program.ends_with("qubes.OpenURL") ? openAddress() : openFile();
    if (!status) {
        Log.critical("{}", status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
