// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"

#include <string>

namespace Bulkhead
{

/// The command line of the dom0 kernel that a qube boots: what all kernels of that directory get, the qube's own
/// options, its security module, its boot mode. Empty for a qube that boots a kernel of its own. Pure.
/// @source spec xen-domains, 1.2
[[nodiscard]] std::string kernelLineOf(const Model &model, const Qube &qube);

} // namespace Bulkhead
