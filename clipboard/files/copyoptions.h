// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "clipboard/files/progress.h"
#include "clipboard/files/sources.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::FileCopy
{

enum class Verb : std::uint8_t {
    Copy,
    Move,
    SendOnly, ///< as the local program of a call: the stream on standard output, the answer on standard input
    Help,
};

/// What a person or a file manager wants.
struct CopyOptions {
    Verb verb = Verb::Copy;
    std::optional<std::string> target = {}; ///< nothing: the person chooses, in dom0's question
    Links links = Links::Sent;
    std::optional<bool> showsProgress = {}; ///< on the terminal; not told: where there is one
    std::optional<int> numbersFd = {};      ///< for lines with the number of bytes sent
    /// In dom0: of the policy's daemon, which decides, and asks the person where a rule says so. Nothing: nobody is
    /// asked, as for any command of dom0's.
    std::optional<std::string> policySocket = {};
    std::vector<std::string> paths = {};
};

/// @param arguments  argv; the program's name says what it does: qvm-copy, qvm-move, qvm-copy-to-vm, qvm-move-to-vm,
///   qfile-agent
/// @errors BadValue, in words for the person
[[nodiscard]] Result<CopyOptions> parseCopyOptions(std::span<char *const> arguments);

/// @param program  the name it was called by
[[nodiscard]] std::string copyUsage(std::string_view program);

} // namespace Bulkhead::FileCopy
