// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/driver/xen/libxlheaders.h"

#include <QObject>

#include <functional>

namespace Bulkhead
{

/// Starts an operation of libxl that goes on in the background, and calls `done` with its code exactly once, later,
/// from the loop: libxl itself may answer before it returns, and while it holds its lock. A `context` that is gone by
/// then hears nothing.
/// @param start  calls libxl with what it is given; what libxl's arguments point to is kept by `done`
void startLibxlCall(QObject *context,
                    std::move_only_function<int(const libxl_asyncop_how *)> start,
                    std::move_only_function<void(int)> done);

} // namespace Bulkhead
