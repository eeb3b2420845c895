// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "dom0-core/driver/xen/buildorder.h"

#include <chrono>
#include <filesystem>
#include <functional>

class QObject;

namespace Bulkhead
{

/// A builder's program and how long it may take: libxl's own limits within a creation add up to minutes.
struct BuilderProgram {
    std::filesystem::path path = "/usr/lib/bulkhead/bulkhead-domain-builder";
    std::chrono::milliseconds limit = std::chrono::minutes(5);
};

/// Builds one domain in a fresh process: gives it the order, waits for its answer and its end. Never blocks. Destroying
/// `parent` ends the process, and `done` is not called.
/// @errors as parseBuildAnswer(); TimedOut
void runBuilder(QObject *parent,
                const BuilderProgram &program,
                const BuildOrder &order,
                std::move_only_function<void(Result<DomId>)> done);

} // namespace Bulkhead
