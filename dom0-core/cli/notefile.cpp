// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/notefile.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/cli/childprogram.h"
#include "dom0-core/cli/remotecommand.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>

namespace Bulkhead::Cli
{

namespace
{

/// Of a whole request; source: spec admin-api, 1.3.
constexpr std::size_t LongestText = 65536;

/// A file of ours alone that is gone when this is.
class PrivateFile
{
public:
    PrivateFile()
        : m_fd(::mkostemp(m_path.data(), O_CLOEXEC))
    {
    }

    PrivateFile(const PrivateFile &) = delete;
    PrivateFile &operator=(const PrivateFile &) = delete;
    PrivateFile(PrivateFile &&) = delete;
    PrivateFile &operator=(PrivateFile &&) = delete;

    ~PrivateFile()
    {
        if (m_fd) {
            (void)::unlink(m_path.c_str());
        }
    }

    [[nodiscard]] Result<void> write(std::string_view text) const
    {
        if (!m_fd) {
            return failErrno(errno, formatted("making {}", m_path));
        }
        while (!text.empty()) {
            const ssize_t count = ::write(m_fd.get(), text.data(), text.size());
            if (count < 0 && errno != EINTR) {
                return failErrno(errno, formatted("writing {}", m_path));
            }
            text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
        }
        return {};
    }

    [[nodiscard]] const std::string &path() const
    {
        return m_path;
    }

private:
    std::string m_path = "/tmp/notes-XXXXXX";
    UniqueFd m_fd;
};

std::string editor()
{
    for (const char *name : {"VISUAL", "EDITOR"}) {
        // One thread, and nobody changes the environment.
        const char *const value = ::getenv(name); // NOLINT(concurrency-mt-unsafe)
        if (value != nullptr && *value != '\0') {
            return value;
        }
    }
    return "vi";
}

} // namespace

Result<std::string> readTextFile(const std::filesystem::path &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return failErrno(errno, formatted("opening {}", path.string()));
    }
    constexpr std::size_t Chunk = 4096;
    std::array<char, Chunk> buffer{};
    std::string text;
    for (;;) {
        const ssize_t count = ::read(file.get(), buffer.data(), buffer.size());
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, formatted("reading {}", path.string()));
        }
        if (count == 0) {
            return text;
        }
        text.append(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count));
        if (text.size() > LongestText) {
            return fail(Errc::TooMuch, formatted("{} is longer than notes can be", path.string()));
        }
    }
}

Result<std::string> editText(const std::string &text)
{
    const PrivateFile file;
    BH_CHECK(file.write(text));
    // The editor is a command line of the person's own.
    BH_TRY(const pid_t child,
           startChild({.words = {"/bin/sh", "-c", formatted("{} {}", editor(), shellWord(file.path()))}}));
    BH_TRY(const int status, waitForChild(child));
    if (status != 0) {
        return fail(Errc::Refused, "the editor failed; the notes are as they were");
    }
    return readTextFile(file.path());
}

} // namespace Bulkhead::Cli
