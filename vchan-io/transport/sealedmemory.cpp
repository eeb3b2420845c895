// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/sealedmemory.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#ifndef MFD_NOEXEC_SEAL
#define MFD_NOEXEC_SEAL 0x0008U // Linux 6.3
#endif

namespace Bulkhead
{

namespace
{

constexpr int RequiredSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL;

UniqueFd makeMemory(const char *name)
{
    constexpr unsigned int Flags = MFD_CLOEXEC | MFD_ALLOW_SEALING;
    UniqueFd memory(::memfd_create(name, Flags | MFD_NOEXEC_SEAL));
    if (!memory && errno == EINVAL) {
        memory.reset(::memfd_create(name, Flags)); // a kernel before 6.3 knows no such seal
    }
    return memory;
}

} // namespace

Result<UniqueFd> createSealedMemory(const char *name, std::size_t size)
{
    UniqueFd memory = makeMemory(name);
    if (!memory) {
        return failErrno(errno, "making shared memory");
    }
    if (::ftruncate(memory.get(), static_cast<off_t>(size)) != 0) {
        return failErrno(errno, "sizing shared memory");
    }
    if (::fcntl(memory.get(), F_ADD_SEALS, RequiredSeals) != 0) {
        return failErrno(errno, "sealing shared memory");
    }
    return memory;
}

Result<UniqueFd> reopenReadOnly(const UniqueFd &memory)
{
    const std::string path = formatted("/proc/self/fd/{}", memory.get());
    UniqueFd readOnly(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!readOnly) {
        return failErrno(errno, "opening shared memory for reading");
    }
    return readOnly;
}

Result<void> checkSealedMemory(const UniqueFd &memory, std::size_t size, MemoryUse use)
{
    struct stat status{};
    if (::fstat(memory.get(), &status) != 0) {
        return failErrno(errno, "looking at a descriptor");
    }
    if (!S_ISREG(status.st_mode) || std::cmp_not_equal(status.st_size, size)) {
        return fail(Errc::BadField, "shared memory of the wrong kind or size");
    }
    const int seals = ::fcntl(memory.get(), F_GET_SEALS);
    if (seals < 0 || (seals & RequiredSeals) != RequiredSeals) {
        return fail(Errc::BadField, "shared memory that is not sealed");
    }
    const int flags = ::fcntl(memory.get(), F_GETFL);
    const int mode = flags & O_ACCMODE;
    const bool usable = mode == O_RDWR || (mode == O_RDONLY && use == MemoryUse::ReadOnly);
    if (flags < 0 || !usable || (use == MemoryUse::ReadWrite && (seals & (F_SEAL_WRITE | F_SEAL_FUTURE_WRITE)) != 0)) {
        return fail(Errc::BadField, "shared memory that cannot be used as it must");
    }
    return {};
}

Result<void> checkForeignMemory(const UniqueFd &memory, std::size_t size, MemoryUse use)
{
    BH_CHECK(checkSealedMemory(memory, size, use));
    struct statfs filesystem{};
    if (::fstatfs(memory.get(), &filesystem) != 0) {
        return failErrno(errno, "looking at a descriptor's filesystem");
    }
    if (filesystem.f_type != TMPFS_MAGIC) {
        return fail(Errc::BadField, "shared memory that is not ordinary memory");
    }
    return {};
}

} // namespace Bulkhead
