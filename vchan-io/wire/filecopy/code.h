// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <utility>

namespace Bulkhead::FileCopy
{

/// How a transfer ended, as the receiver tells the sender. Except for those below it is any number that Linux gives to
/// errors of its system calls: see codeOfErrno().
/// @source docs/protocol/filecopy.md, section Codes
enum class Code : std::uint32_t {
    Done = 0,
    NotFound = 2,        ///< ENOENT: a directory above is not there; a link without a target
    Exists = 17,         ///< EEXIST: the name is taken
    NotADirectory = 20,  ///< ENOTDIR: something above is no directory; links count as none
    BadEntry = 22,       ///< EINVAL: a kind that is not sent, or fields that cannot be
    NoSpace = 28,        ///< ENOSPC
    TooLong = 36,        ///< ENAMETOOLONG: a name, a link's target, or how deep it lies
    UnsafeLink = 67,     ///< ENOLINK: it might point out of what is copied
    BadName = 84,        ///< EILSEQ: a letter or a shape that names do not have
    Silence = 110,       ///< ETIMEDOUT: the sender fell silent; ours alone
    NoEnd = 121,         ///< EREMOTEIO: the stream ended between entries, without its end marker
    Limit = 122,         ///< EDQUOT: more than the receiving side takes
    CutShort = 31415926, ///< the stream ended inside an entry: the sender knows why
    /// What some receivers say for the bad name of a directory: EILSEQ with the wrong sign. Never sent by us.
    BadDirectoryName = 0xFFFFFFAC,
};

/// Whatever a system call failed with. @param number  errno, positive
[[nodiscard]] constexpr Code codeOfErrno(int number) noexcept
{
    return static_cast<Code>(number);
}

/// What a receiver's process ends with.
[[nodiscard]] constexpr int exitStatusOf(Code code) noexcept
{
    return static_cast<int>(std::to_underlying(code) & 0xFFU);
}

/// A value, or the code that ends the transfer.
template<typename T> using Verdict = std::expected<T, Code>;

} // namespace Bulkhead::FileCopy
