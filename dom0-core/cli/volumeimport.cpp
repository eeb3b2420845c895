// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/volumeimport.h"

#include "base/fd.h"
#include "base/formatted.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::size_t Chunk = 1024UL * 1024;

Result<UniqueFd> openSource(const ImportSource &source)
{
    UniqueFd fd(source.path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                                   : ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        return failErrno(errno, formatted("opening {}", source.path.string()));
    }
    return fd;
}

Result<std::uint64_t> sizeOf(const UniqueFd &fd, const ImportSource &source)
{
    if (source.size) {
        return *source.size;
    }
    const off_t end = ::lseek(fd.get(), 0, SEEK_END);
    if (end < 0 || ::lseek(fd.get(), 0, SEEK_SET) != 0) {
        return fail(Errc::BadValue, formatted("{} does not tell its size: give --size", source.path.string()));
    }
    return static_cast<std::uint64_t>(end);
}

/// The bytes of a file, piece by piece. A file that is not as long as was said is the daemon's to refuse, but for one
/// that is shorter: that is told here, before the daemon waits for the rest.
class Reader
{
public:
    Reader(const UniqueFd &source, std::uint64_t size, const ImportProgress &progress)
        : m_source(source)
        , m_size(size)
        , m_progress(progress)
        , m_buffer(Chunk)
    {
    }

    Result<std::string_view> next()
    {
        ssize_t count = 0;
        do {
            count = ::read(m_source.get(), m_buffer.data(), m_buffer.size());
        } while (count < 0 && errno == EINTR);
        if (count < 0) {
            return failErrno(errno, "reading what is to be imported");
        }
        if (count == 0 && m_done < m_size) {
            return fail(Errc::BadValue,
                        formatted("there are only {} bytes of the {} that were to come; the volume is as it was",
                                  m_done,
                                  m_size));
        }
        m_done += static_cast<std::uint64_t>(count);
        if (m_progress) {
            m_progress(m_done, m_size);
        }
        return std::string_view(m_buffer.data(), static_cast<std::size_t>(count));
    }

private:
    const UniqueFd &m_source;
    const std::uint64_t m_size;
    const ImportProgress &m_progress;
    std::vector<char> m_buffer;
    std::uint64_t m_done = 0;
};

} // namespace

Result<VolumeName> parseVolumeName(const std::string &text)
{
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        return fail(Errc::BadValue, formatted("'{}' is not of the form QUBE:VOLUME", text));
    }
    return VolumeName{.qube = text.substr(0, colon), .volume = text.substr(colon + 1)};
}

Result<void>
importVolume(const Daemon &daemon, const VolumeName &target, const ImportSource &source, const ImportProgress &progress)
{
    BH_TRY(const UniqueFd input, openSource(source));
    BH_TRY(const std::uint64_t size, sizeOf(input, source));
    Reader reader(input, size, progress);
    return daemon
        .callWithStream({.method = source.resize ? "admin.vm.volume.ImportWithSize" : "admin.vm.volume.Import",
                         .argument = target.volume,
                         .qube = target.qube,
                         .payload = source.resize ? formatted("{}\n", size) : std::string()},
                        [&reader] {
                            return reader.next();
                        })
        .transform([](const auto &) {});
}

} // namespace Bulkhead::Cli
