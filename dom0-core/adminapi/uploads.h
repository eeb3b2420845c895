// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

class QObject;

namespace Bulkhead::AdminApi
{

/// The first line of what ImportWithSize reads, with its end. @source spec admin-api, 8.7
inline constexpr std::size_t MaxSizeLine = 21;
/// A sender of whom no byte comes for this long has stopped: what it sent is thrown away.
inline constexpr std::chrono::seconds UploadStallLimit{60};
/// After the last byte that an upload needs, its end is waited for this long.
inline constexpr std::chrono::seconds UploadEndLimit{60};

/// What follows the head of a request and is as long as its sender likes: a volume's bytes.
struct Upload {
    std::string begun;                                     ///< what came together with the head
    UniqueFd socket;                                       ///< the rest, until its end
    std::chrono::milliseconds patience = UploadStallLimit; ///< above 0
};

/// Copies exactly `bytes` of an upload to a file that is that long and all zeros, and brings them to the disk. The copy
/// is a child process: nothing but the upload's begin is ever in memory here, and the loop does not wait.
/// @param parent  the copy ends with it, and `done` is not called then
/// @errors BadValue (fewer bytes, or more), TimedOut (none come any more, or no end follows them), Driver (the copy's
///         own words), Io
void receiveUpload(QObject *parent,
                   Upload upload,
                   const std::filesystem::path &file,
                   std::uint64_t bytes,
                   std::move_only_function<void(Result<void>)> done);

} // namespace Bulkhead::AdminApi
