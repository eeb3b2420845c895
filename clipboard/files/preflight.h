// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/files/sources.h"
#include "vchan-io/wire/filecopy/path.h"

#include <cstdint>
#include <vector>

namespace Bulkhead::FileCopy
{

/// What is known of the sources before anything is sent.
struct Preflight {
    std::uint64_t bytes = 0;          ///< of contents and links' targets
    Letters letters = Letters::Shown; ///< All: a name or a link has letters that the receiver must be asked to allow
};

/// Looks through the sources for what a receiver would refuse, and adds up what is to be sent.
/// @errors BadValue (a link that might lead out, a name or a tree that is too long or too deep), Io
[[nodiscard]] Result<Preflight> lookThrough(const std::vector<Source> &sources, Links links);

} // namespace Bulkhead::FileCopy
