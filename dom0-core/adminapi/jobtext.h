// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/jobs.h"
#include "dom0-core/model/event.h"

#include <string>

namespace Bulkhead::AdminApi
{

/// How long work is told. @source docs/protocol/core.md, Jobs

/// One line and its end.
[[nodiscard]] std::string jobLine(const Job &job);
[[nodiscard]] Event jobEvent(const Job &job);

} // namespace Bulkhead::AdminApi
