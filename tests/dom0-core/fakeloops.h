// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/formatted.h"
#include "dom0-core/storage/loopdevices.h"

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <vector>

namespace Bulkhead::Test
{

/// Gives every image a number in place of a device, and knows what it was given.
class FakeLoops final : public LoopDevices
{
public:
    struct Attached {
        ino_t file = 0;
        off_t size = 0;
        nlink_t links = 0;
        blkcnt_t blocks = 0;
        bool writable = false;
    };

    [[nodiscard]] Result<LoopDevice> attach(const UniqueFd &image, bool writable) override
    {
        if (attached->size() == failsAt) {
            return fail(Errc::Io, "there is no free loop device");
        }
        struct stat status = {};
        if (::fstat(image.get(), &status) != 0) {
            return fail(Errc::Io, "not a file");
        }
        attached->push_back({.file = status.st_ino,
                             .size = status.st_size,
                             .links = status.st_nlink,
                             .blocks = status.st_blocks,
                             .writable = writable});
        return LoopDevice{.path = formatted("/dev/loop{}", attached->size() - 1),
                          .holder = UniqueFd(::dup(image.get()))};
    }

    [[nodiscard]] Result<void> refresh(const LoopDevice &device) override
    {
        refreshed->push_back(device.path);
        return {};
    }

    std::shared_ptr<std::vector<std::filesystem::path>> refreshed =
        std::make_shared<std::vector<std::filesystem::path>>();
    std::shared_ptr<std::vector<Attached>> attached = std::make_shared<std::vector<Attached>>();
    std::size_t failsAt = 1000;
};

} // namespace Bulkhead::Test
