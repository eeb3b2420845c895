// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <filesystem>

namespace Bulkhead
{

/// A block device that shows an image. The kernel takes it away with its last user, whoever that is: so it stays while
/// `holder` is open or a domain has it, and nothing of it is left when both have gone, a killed daemon included.
struct LoopDevice {
    std::filesystem::path path;
    UniqueFd holder;
};

/// Makes block devices of images. Implementations: the kernel's loop devices, fake (tests).
class LoopDevices
{
public:
    LoopDevices() = default;
    LoopDevices(const LoopDevices &) = delete;
    LoopDevices &operator=(const LoopDevices &) = delete;
    virtual ~LoopDevices() = default;

    /// @param image  open for reading, and for writing if `writable`; may be closed afterwards
    /// @errors Io
    [[nodiscard]] virtual Result<LoopDevice> attach(const UniqueFd &image, bool writable) = 0;
    /// Looks again how large the image is. @errors Io
    [[nodiscard]] virtual Result<void> refresh(const LoopDevice &device) = 0;
};

/// /dev/loop*. Partitions inside an image are not looked for (spec security, R-59).
class KernelLoopDevices final : public LoopDevices
{
public:
    [[nodiscard]] Result<LoopDevice> attach(const UniqueFd &image, bool writable) override;
    [[nodiscard]] Result<void> refresh(const LoopDevice &device) override;
};

} // namespace Bulkhead
