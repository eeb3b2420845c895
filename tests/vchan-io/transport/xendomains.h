// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/support/fakexen.h"
#include "tests/support/ringpage.h"
#include "vchan-io/transport/xenbackend.h"
#include "vchan-io/transport/xenchannel.h"
#include "vchan-io/transport/xenkernel.h"

#include <poll.h>

#include <cstddef>
#include <filesystem>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

using Bytes = std::vector<std::byte>;

inline constexpr DomId Guest{7};
inline constexpr DomId OtherGuest{9};
inline constexpr Port ThePort{6000};
inline constexpr const char *Folder = "/local/domain/7/data/vchan/0/6000";
inline constexpr const char *RingNode = "/local/domain/7/data/vchan/0/6000/ring-ref";
inline constexpr const char *EventNode = "/local/domain/7/data/vchan/0/6000/event-channel";

inline bool isReadable(int fd)
{
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
}

inline auto openDescriptors()
{
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// A guest and dom0 on one hypervisor.
struct Domains {
    FakeXen xen;
    XenBackend guest{xen.devicesOf(Guest)};
    XenBackend dom0{xen.devicesOf(Dom0)};

    [[nodiscard]] std::unique_ptr<Channel> serve(RingSizes sizes = {})
    {
        return guest.serve(Dom0, ThePort, sizes).value();
    }

    [[nodiscard]] std::unique_ptr<Channel> connect()
    {
        return dom0.connect(Guest, ThePort).value();
    }

    /// Lets the store and the channels do all there is to do, each only when its descriptor says so.
    void settle(std::initializer_list<Channel *> channels)
    {
        for (bool busy = true; busy;) {
            busy = xen.store().settle();
            for (Channel *const channel : channels) {
                if (isReadable(channel->pollFd())) {
                    busy = true;
                    last = channel->takeEvent();
                    if (!last) {
                        return;
                    }
                }
            }
        }
    }

    Result<ChannelState> last = ChannelState::Waiting; ///< of takeEvent()
};

/// A guest that publishes what it likes: real memory and events, its own words in xenstore.
struct HostileServer {
    explicit HostileServer(FakeXen &hypervisor, RingSizes sizes = {})
        : xen(hypervisor)
        , devices(hypervisor.devicesOf(Guest))
        , events(devices->offerEvents(Dom0).value())
        , rings(XenRings::create(*devices, Dom0, sizes, *events).value())
    {
    }

    void publish(const std::string &ring, const std::string &event) const
    {
        xen.store().write(Guest, Dom0, RingNode, ring);
        xen.store().write(Guest, Dom0, EventNode, event);
    }

    void publish() const
    {
        publish(std::to_string(rings->reference().value()), std::to_string(events->port().value()));
    }

    [[nodiscard]] RingControlPage &page() const
    {
        return *controlPageOf(xen.page(rings->reference()));
    }

    FakeXen &xen;
    std::shared_ptr<XenDevices> devices;
    std::unique_ptr<XenEventChannel> events;
    std::unique_ptr<XenRings> rings;
};

} // namespace Bulkhead::Test
