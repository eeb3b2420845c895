// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

/// What a process uses to take from itself all that it does not need, before it meets the first byte of a peer (spec
/// security, R-18 and section 3): giveUpPrivileges(), then closeFileSystem(), then a filter, in this order.
namespace Bulkhead
{

/// Whether the filter lets through what the sanitizers' runtimes need to report an error. Never in a build that is
/// shipped.
enum class Sanitizers : std::uint8_t { Absent, Present };

#ifdef BULKHEAD_SANITIZED
inline constexpr Sanitizers BuildSanitizers = Sanitizers::Present;
#else
inline constexpr Sanitizers BuildSanitizers = Sanitizers::Absent;
#endif

/// No new privileges, by whatever is executed, and no core file, which would hold what a qube sent.
/// @errors Io
[[nodiscard]] Result<void> giveUpPrivileges();

/// Takes away every file, by Landlock: descriptors that are open stay usable. Not enforced where the kernel has none.
/// @errors Io
[[nodiscard]] Result<void> closeFileSystem();

/// What may still be done in a directory and below.
struct OpenDirectory {
    std::string path;
    /// Bits LANDLOCK_ACCESS_FS_…, of Landlock's first version. With REFER, of its second, files may be moved between
    /// directories that have it; a kernel that does not know it enforces nothing then.
    std::uint64_t rights = 0;
};

/// The same, but for these directories.
/// @errors Io (there is no such directory)
[[nodiscard]] Result<void> closeFileSystemExcept(std::span<const OpenDirectory> directories);

/// The system calls that a process keeps. Any other kills it.
class SystemCallFilter
{
public:
    SystemCallFilter();

    /// @param calls  numbers, SCMP_SYS(…)
    void allow(std::span<const int> calls);

    /// Allows the call where its argument number `index` has `value` in the bits of `mask`.
    void allowIf(int call, unsigned index, std::uint64_t mask, std::uint64_t value);

    /// mmap() and mprotect() of memory that cannot be executed.
    void allowMemory();
    /// @param commands  of fcntl(), F_…
    void allowFcntl(std::span<const int> commands);
    /// Sockets of this machine, by socket() and its like.
    /// @param calls  whose first argument is the family
    void allowUnixSockets(std::span<const int> calls);
    /// What a report of a sanitizer takes, opening files for reading included.
    void allowReports();

    /// For ever, for this process.
    /// @errors Io; also that of any rule before
    [[nodiscard]] Result<void> load();

private:
    struct Release {
        void operator()(void *context) const noexcept;
    };

    void keep(int result) noexcept;

    std::unique_ptr<void, Release> m_context;
    int m_error = 0; ///< the first, as libseccomp tells it: a negative errno
};

} // namespace Bulkhead
