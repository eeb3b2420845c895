// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/datachannel/callerend.h"

namespace Bulkhead::Qrexec
{

/// Our own input, output and error output as the streams of a call. Descriptors 0 and 1 are /dev/null afterwards, so
/// that whoever reads our output sees its end when the stream ends. To be called once, before anything is started.
/// @errors Io
[[nodiscard]] Result<CallerStreams> takeStandardStreams();

/// Whether descriptors 0, 1 and 2 are open. Programs that move streams do not start otherwise: a descriptor of another
/// kind would take the place of a missing one.
/// @errors Io
[[nodiscard]] Result<void> requireStandardDescriptors();

} // namespace Bulkhead::Qrexec
