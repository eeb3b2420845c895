// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/files/allowance.h"

#include <chrono>
#include <span>
#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// What a qube's owner may say about files that come in.
struct ReceiverConfig {
    Limits limits;
    /// How long the sender may be silent. It reads a disk that may be slow, and its qube may be paused for a while.
    std::chrono::seconds silence{1800};
};

/// Lines `max-bytes=N`, `max-entries=N`, `silence-seconds=N`; what begins with `#` is a comment. Of what several files
/// say the strictest counts. Where a line is wrong, nothing of the text does.
/// @errors BadValue, with the line's number and what it may say
[[nodiscard]] Result<void> applyReceiverConfig(ReceiverConfig &config, std::string_view text);

/// @param files  those that are missing say nothing
/// @errors BadValue, with the file's name, too; Io
[[nodiscard]] Result<ReceiverConfig> readReceiverConfig(std::span<const std::string> files);

} // namespace Bulkhead::FileCopy
