// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/loopdevices.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <linux/loop.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>

namespace Bulkhead
{

namespace
{

/// Somebody else may take the free one first; so many times in a row it is something else.
constexpr int Tries = 32;

} // namespace

Result<LoopDevice> KernelLoopDevices::attach(const UniqueFd &image, bool writable)
{
    const UniqueFd control(::open("/dev/loop-control", O_RDWR | O_CLOEXEC));
    if (!control) {
        return failErrno(errno, "there are no loop devices; is the module loop loaded");
    }
    for (int i = 0; i < Tries; ++i) {
        const int number = ::ioctl(control.get(), LOOP_CTL_GET_FREE);
        if (number < 0) {
            return failErrno(errno, "there is no free loop device");
        }
        LoopDevice device{.path = formatted("/dev/loop{}", number), .holder = {}};
        device.holder = UniqueFd(::open(device.path.c_str(), (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC));
        if (!device.holder) {
            return failErrno(errno, formatted("cannot open {}", device.path.string()));
        }
        loop_config config{};
        config.fd = static_cast<__u32>(image.get());
        config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (writable ? 0U : static_cast<unsigned>(LO_FLAGS_READ_ONLY));
        if (::ioctl(device.holder.get(), LOOP_CONFIGURE, &config) == 0) {
            return device;
        }
        if (errno != EBUSY) {
            return failErrno(errno, formatted("cannot show an image as {}", device.path.string()));
        }
    }
    return fail(Errc::InUse, "every free loop device is taken by somebody else first");
}

Result<void> KernelLoopDevices::refresh(const LoopDevice &device)
{
    if (::ioctl(device.holder.get(), LOOP_SET_CAPACITY) != 0) {
        return failErrno(errno, formatted("cannot make {} larger", device.path.string()));
    }
    return {};
}

} // namespace Bulkhead
