// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/xen/buildorder.h"

#include <filesystem>

namespace Bulkhead
{

/// What the hypervisor can do on this machine.
struct XenMachine {
    bool canPv = false;
    bool canPvh = false; ///< processors with virtualisation, and Xen uses it
};

/// What is built for a qube on this machine: pure, no file is looked at.
///
/// A PVH qube becomes a PV one where the machine has no virtualisation of its own, so that the same qube runs there,
/// too. Disks are root xvda, private xvdb, volatile xvdc (spec xen-domains 3).
/// @param kernels  directory with one directory a kernel, `vmlinuz` and `initramfs` in it
/// @errors Unsupported, in words: a kind that this machine or this driver cannot build, a kernel inside the qube
[[nodiscard]] Result<BuildOrder>
planDomain(const DomainConfig &config, const XenMachine &machine, const std::filesystem::path &kernels);

} // namespace Bulkhead
