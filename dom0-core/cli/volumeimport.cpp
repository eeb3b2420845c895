// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/volumeimport.h"

#include "base/fd.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <format>
#include <vector>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::size_t Chunk = 1024UL * 1024;

struct Place {
    std::uint64_t size = 0;
    std::string path;
};

Result<UniqueFd> openSource(const ImportSource &source)
{
    UniqueFd fd(source.path == "-" ? ::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
                                   : ::open(source.path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        return failErrno(errno, std::format("opening {}", source.path.string()));
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
        return fail(Errc::BadValue, std::format("{} does not tell its size: give --size", source.path.string()));
    }
    return static_cast<std::uint64_t>(end);
}

/// `SIZE PATH`, what the daemon answers to the begin of an import.
Result<Place> parsePlace(const std::string &answer)
{
    Place place;
    const auto space = answer.find(' ');
    const char *const end = answer.data() + std::min(space, answer.size());
    if (space == std::string::npos || std::from_chars(answer.data(), end, place.size).ptr != end) {
        return fail(Errc::BadField, "bulkheadd's answer to the import cannot be read");
    }
    place.path = answer.substr(space + 1);
    return place;
}

Result<void> writeAt(int fd, std::string_view bytes, std::uint64_t offset)
{
    while (!bytes.empty()) {
        const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "writing the volume");
        }
        const auto written = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        bytes.remove_prefix(written);
        offset += written;
    }
    return {};
}

/// A stretch of zeros takes no room where the volume can do without it.
Result<void> store(int fd, std::string_view bytes, std::uint64_t offset)
{
    constexpr int Mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    const bool isZero = bytes.find_first_not_of('\0') == std::string_view::npos;
    if (isZero && ::fallocate(fd, Mode, static_cast<off_t>(offset), static_cast<off_t>(bytes.size())) == 0) {
        return {};
    }
    return writeAt(fd, bytes, offset);
}

/// As many bytes as there are, up to a chunk; fewer only at the end.
Result<std::string_view> readChunk(int fd, std::vector<char> &buffer)
{
    std::size_t filled = 0;
    while (filled < buffer.size()) {
        const ssize_t count = ::read(fd, buffer.data() + filled, buffer.size() - filled);
        if (count < 0 && errno != EINTR) {
            return failErrno(errno, "reading what is to be imported");
        }
        if (count == 0) {
            break;
        }
        filled += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    return std::string_view(buffer.data(), filled);
}

Result<void> copy(const UniqueFd &source, const Place &place)
{
    const UniqueFd target(::open(place.path.c_str(), O_WRONLY | O_CLOEXEC));
    if (!target) {
        return failErrno(errno, std::format("opening {}", place.path));
    }
    std::vector<char> buffer(Chunk);
    std::uint64_t done = 0;
    for (;;) {
        BH_TRY(const std::string_view bytes, readChunk(source.get(), buffer));
        if (bytes.empty()) {
            break;
        }
        if (bytes.size() > place.size - done) {
            return fail(Errc::BadValue, std::format("there are more bytes than the volume's {}", place.size));
        }
        BH_CHECK(store(target.get(), bytes, done));
        done += bytes.size();
    }
    if (done != place.size) {
        return fail(Errc::BadValue, std::format("there are only {} bytes for the volume's {}", done, place.size));
    }
    return ::fsync(target.get()) == 0 ? Result<void>() : failErrno(errno, "writing the volume");
}

} // namespace

Result<VolumeName> parseVolumeName(const std::string &text)
{
    const auto colon = text.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == text.size()) {
        return fail(Errc::BadValue, std::format("'{}' is not of the form QUBE:VOLUME", text));
    }
    return VolumeName{.qube = text.substr(0, colon), .volume = text.substr(colon + 1)};
}

Result<void> importVolume(const Daemon &daemon, const VolumeName &target, const ImportSource &source)
{
    BH_TRY(const UniqueFd input, openSource(source));
    BH_TRY(const std::uint64_t size, sizeOf(input, source));
    BH_TRY(const std::string answer,
           daemon.callInternal({.method = "internal.vm.volume.ImportBegin",
                                .argument = target.volume,
                                .qube = target.qube,
                                .payload = source.resize ? std::format("{}\n", size) : std::string()}));
    auto copied = parsePlace(answer).and_then([&input](const Place &place) {
        return copy(input, place);
    });
    const auto ended =
        daemon.callInternal({.method = "internal.vm.volume.ImportEnd",
                             .argument = target.volume,
                             .qube = target.qube,
                             .payload = copied ? std::string("ok") : std::format("fail\n{}", copied.error().text())});
    if (!copied) {
        return copied; // the daemon answers with the same words
    }
    return ended.transform([](const auto &) { });
}

} // namespace Bulkhead::Cli
