// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenkernel.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>
#include <vector>

// Types that Linux' header of grant devices uses and does not bring.
using domid_t = unsigned short;   // NOLINT(readability-identifier-naming)
using grant_ref_t = unsigned int; // NOLINT(readability-identifier-naming)

#include <xen/evtchn.h>
#include <xen/gntalloc.h>
#include <xen/gntdev.h>

namespace Bulkhead
{

namespace
{

constexpr const char *EventDevice = "/dev/xen/evtchn";
constexpr const char *MapDevice = "/dev/xen/gntdev";
constexpr const char *ShareDevice = "/dev/xen/gntalloc";
constexpr const char *StoreDevice = "/dev/xen/xenbus";

Result<UniqueFd> openDevice(const char *path)
{
    UniqueFd device(::open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK)); // NOLINT(cppcoreguidelines-pro-type-vararg)
    if (device) {
        return device;
    }
    const int reason = errno;
    if (reason == ENOENT || reason == ENXIO || reason == ENODEV) {
        return fail(Errc::NotFound,
                    formatted("there is no {}: this is no domain of Xen, or a module is missing", path));
    }
    if (reason == EACCES || reason == EPERM) {
        return fail(Errc::Refused, formatted("{} may be opened by root and the group qubes only", path));
    }
    return failErrno(reason, formatted("opening {}", path));
}

/// Asks a device. @return what it answered, or -1 with errno
template<typename Argument> int request(const UniqueFd &device, unsigned long what, Argument *argument)
{
    return ::ioctl(device.get(), what, argument); // NOLINT(cppcoreguidelines-pro-type-vararg)
}

class KernelEvents final : public XenEventChannel
{
public:
    KernelEvents(UniqueFd device, XenNodes::EventPort port) noexcept
        : m_device(std::move(device))
        , m_port(port)
    {
    }

    [[nodiscard]] int fd() const noexcept override
    {
        return m_device.get();
    }

    [[nodiscard]] XenNodes::EventPort port() const noexcept override
    {
        return m_port;
    }

    void take() noexcept override
    {
        std::uint32_t port = 0;
        if (::read(m_device.get(), &port, sizeof port) == ssize_t{sizeof port}) {
            // Lets the next one through; nothing else is bound here, and that it is cannot fail.
            const auto ignored = ::write(m_device.get(), &port, sizeof port);
            static_cast<void>(ignored);
        }
    }

    void notify() noexcept override
    {
        ioctl_evtchn_notify notification{.port = m_port.value()};
        (void)request(m_device, IOCTL_EVTCHN_NOTIFY, &notification);
    }

private:
    UniqueFd m_device; ///< of this channel alone; closing it unbinds
    XenNodes::EventPort m_port;
};

/// @param what     BIND_… with its argument, which answers the number in our own domain
template<typename Argument>
Result<std::unique_ptr<XenEventChannel>> bind(unsigned long what, Argument argument, const char *words)
{
    BH_TRY(UniqueFd device, openDevice(EventDevice));
    const int port = request(device, what, &argument);
    if (port < 0) {
        return std::unexpected(Error{.code = Errc::Driver, .sysErrno = errno, .detail = words});
    }
    return std::make_unique<KernelEvents>(std::move(device), XenNodes::EventPort(static_cast<std::uint32_t>(port)));
}

/// Pages of ours: the kernel frees each when it is mapped neither here nor by the peer.
class SharedMemory final : public XenMemory
{
public:
    SharedMemory(Mapping mapping, std::vector<GrantRef> refs) noexcept
        : m_mapping(std::move(mapping))
        , m_refs(std::move(refs))
    {
    }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept override
    {
        return m_mapping.bytes();
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_refs;
    }

private:
    Mapping m_mapping;
    std::vector<GrantRef> m_refs;
};

/// A peer's pages in a range of the device, which is given back after they are unmapped.
class MappedRange
{
public:
    MappedRange(std::shared_ptr<const UniqueFd> device, std::uint64_t index, std::uint32_t count) noexcept
        : m_device(std::move(device))
        , m_index(index)
        , m_count(count)
    {
    }

    MappedRange(const MappedRange &) = delete;
    MappedRange &operator=(const MappedRange &) = delete;

    ~MappedRange()
    {
        ioctl_gntdev_unmap_grant_ref range{.index = m_index, .count = m_count, .pad = 0};
        (void)request(*m_device, IOCTL_GNTDEV_UNMAP_GRANT_REF, &range);
    }

    [[nodiscard]] std::uint64_t index() const noexcept
    {
        return m_index;
    }

private:
    std::shared_ptr<const UniqueFd> m_device;
    std::uint64_t m_index;
    std::uint32_t m_count;
};

class ForeignMemory final : public XenMemory
{
public:
    ForeignMemory(std::unique_ptr<MappedRange> range, Mapping mapping, std::span<const GrantRef> refs)
        : m_range(std::move(range))
        , m_mapping(std::move(mapping))
        , m_refs(refs.begin(), refs.end())
    {
    }

    [[nodiscard]] std::span<std::byte> bytes() const noexcept override
    {
        return m_mapping.bytes();
    }

    [[nodiscard]] std::span<const GrantRef> refs() const noexcept override
    {
        return m_refs;
    }

private:
    std::unique_ptr<MappedRange> m_range; ///< ends after the mapping
    Mapping m_mapping;
    std::vector<GrantRef> m_refs;
};

/// A request whose last member is an array of any length, as 64-bit words.
template<typename Request, typename Entry>
std::vector<std::uint64_t> requestWith(const Request &head, std::size_t entries)
{
    const std::size_t bytes = sizeof(Request) + (entries - 1) * sizeof(Entry);
    std::vector<std::uint64_t> words((bytes + sizeof(std::uint64_t) - 1) / sizeof(std::uint64_t));
    std::memcpy(words.data(), &head, sizeof(Request));
    return words;
}

template<typename Notification>
Result<void>
arrangeFarewell(const UniqueFd &device, unsigned long what, std::uint64_t index, const XenFarewell &farewell)
{
    Notification notification{
        .index = index + farewell.byte,
        .action = UNMAP_NOTIFY_CLEAR_BYTE | UNMAP_NOTIFY_SEND_EVENT,
        .event_channel_port = farewell.port.value(),
    };
    if (request(device, what, &notification) != 0) {
        return failErrno(errno, "arranging what the kernel says for us at the end");
    }
    return {};
}

std::unexpected<Error> sharingFailed(int reason, std::size_t pages)
{
    if (reason == ENOSPC) {
        return fail(Errc::TooMuch,
                    formatted("no {} more pages can be shared: raise `limit` of the kernel's module xen_gntalloc "
                              "(/sys/module/xen_gntalloc/parameters/limit)",
                              pages));
    }
    return failErrno(reason, "sharing pages");
}

} // namespace

bool isXenDomain()
{
    std::error_code ignored;
    const auto exists = [&ignored](const char *path) {
        return std::filesystem::exists(path, ignored);
    };
    return exists(EventDevice) || (exists("/proc/xen/privcmd") && exists(StoreDevice));
}

std::array<unsigned long, 3> xenRequestsOfAnOpenClient() noexcept
{
    return {IOCTL_EVTCHN_NOTIFY, IOCTL_GNTDEV_MAP_GRANT_REF, IOCTL_GNTDEV_UNMAP_GRANT_REF};
}

Result<std::shared_ptr<XenKernel>> XenKernel::open()
{
    // All three at once, so that what is missing is said at the start.
    BH_TRY(const UniqueFd events, openDevice(EventDevice));
    BH_TRY(const UniqueFd store, openDevice(StoreDevice));
    BH_TRY(UniqueFd gntdev, openDevice(MapDevice));
    return std::shared_ptr<XenKernel>(new XenKernel(std::make_shared<const UniqueFd>(std::move(gntdev))));
}

XenKernel::XenKernel(std::shared_ptr<const UniqueFd> gntdev) noexcept
    : m_gntdev(std::move(gntdev))
{
}

Result<std::unique_ptr<XenEventChannel>> XenKernel::offerEvents(DomId peer)
{
    return bind(IOCTL_EVTCHN_BIND_UNBOUND_PORT,
                ioctl_evtchn_bind_unbound_port{.remote_domain = peer.value()},
                "offering an event channel");
}

Result<std::unique_ptr<XenEventChannel>> XenKernel::bindEvents(DomId peer, XenNodes::EventPort port)
{
    return bind(IOCTL_EVTCHN_BIND_INTERDOMAIN,
                ioctl_evtchn_bind_interdomain{.remote_domain = peer.value(), .remote_port = port.value()},
                "the peer offers no such event channel to us");
}

Result<std::unique_ptr<XenMemory>>
XenKernel::share(DomId peer, std::size_t pages, XenAccess access, std::optional<XenFarewell> farewell)
{
    if (!m_gntalloc) {
        BH_TRY(m_gntalloc, openDevice(ShareDevice));
    }
    const ioctl_gntalloc_alloc_gref head{
        .domid = static_cast<std::uint16_t>(peer.value()),
        .flags = static_cast<std::uint16_t>(access == XenAccess::ReadWrite ? GNTALLOC_FLAG_WRITABLE : 0),
        .count = static_cast<std::uint32_t>(pages),
        .index = 0,
        .gref_ids = {},
    };
    auto words = requestWith<ioctl_gntalloc_alloc_gref, std::uint32_t>(head, pages);
    if (request(m_gntalloc, IOCTL_GNTALLOC_ALLOC_GREF, words.data()) != 0) {
        return sharingFailed(errno, pages);
    }
    ioctl_gntalloc_alloc_gref answer{};
    std::memcpy(&answer, words.data(), sizeof answer);
    std::vector<std::uint32_t> numbers(pages);
    std::memcpy(numbers.data(),
                std::as_bytes(std::span(words)).subspan(offsetof(ioctl_gntalloc_alloc_gref, gref_ids)).data(),
                pages * sizeof(std::uint32_t));

    auto mapping = Mapping::shared(m_gntalloc.get(), pages * PageSize, PROT_READ | PROT_WRITE, answer.index);
    Result<void> arranged;
    if (mapping && farewell) {
        arranged = arrangeFarewell<ioctl_gntalloc_unmap_notify>(
            m_gntalloc, IOCTL_GNTALLOC_SET_UNMAP_NOTIFY, answer.index, *farewell);
    }
    // From here on the mapping alone keeps the pages: they go with it.
    ioctl_gntalloc_dealloc_gref range{.index = answer.index, .count = static_cast<std::uint32_t>(pages)};
    const int released = request(m_gntalloc, IOCTL_GNTALLOC_DEALLOC_GREF, &range);
    if (!mapping) {
        return std::unexpected(std::move(mapping).error());
    }
    BH_CHECK(arranged);
    if (released != 0) {
        return failErrno(errno, "sharing pages");
    }
    std::vector<GrantRef> refs(numbers.begin(), numbers.end());
    return std::make_unique<SharedMemory>(*std::move(mapping), std::move(refs));
}

Result<std::unique_ptr<XenMemory>>
XenKernel::map(DomId peer, std::span<const GrantRef> refs, XenAccess access, std::optional<XenFarewell> farewell)
{
    const auto count = static_cast<std::uint32_t>(refs.size());
    const ioctl_gntdev_map_grant_ref head{.count = count, .pad = 0, .index = 0, .refs = {}};
    auto words = requestWith<ioctl_gntdev_map_grant_ref, ioctl_gntdev_grant_ref>(head, refs.size());
    std::vector<ioctl_gntdev_grant_ref> entries;
    entries.reserve(refs.size());
    for (const GrantRef ref : refs) {
        entries.push_back({.domid = peer.value(), .ref = ref.value()});
    }
    std::memcpy(std::as_writable_bytes(std::span(words)).subspan(offsetof(ioctl_gntdev_map_grant_ref, refs)).data(),
                entries.data(),
                entries.size() * sizeof(ioctl_gntdev_grant_ref));
    if (request(*m_gntdev, IOCTL_GNTDEV_MAP_GRANT_REF, words.data()) != 0) {
        return failErrno(errno, "making room for a peer's pages");
    }
    ioctl_gntdev_map_grant_ref answer{};
    std::memcpy(&answer, words.data(), sizeof answer);
    auto range = std::make_unique<MappedRange>(m_gntdev, answer.index, count);
    const int protection = access == XenAccess::Read ? PROT_READ : PROT_READ | PROT_WRITE;
    // This is where Xen looks at the references.
    auto mapping = Mapping::shared(m_gntdev->get(), refs.size() * PageSize, protection, range->index());
    if (!mapping) {
        return std::unexpected(Error{
            .code = Errc::Driver, .sysErrno = mapping.error().sysErrno, .detail = "the peer grants us no such page"});
    }
    auto memory = std::make_unique<ForeignMemory>(std::move(range), *std::move(mapping), refs);
    if (farewell) {
        BH_CHECK(arrangeFarewell<ioctl_gntdev_unmap_notify>(
            *m_gntdev, IOCTL_GNTDEV_SET_UNMAP_NOTIFY, answer.index, *farewell));
    }
    return memory;
}

Result<UniqueFd> connectToXenstore()
{
    return openDevice(StoreDevice);
}

Result<UniqueFd> XenKernel::connectToStore()
{
    return connectToXenstore();
}

DeviceAccess XenKernel::clientAccess() const
{
    const auto open = xenRequestsOfAnOpenClient();
    DeviceAccess access{.directory = "/dev/xen", .requests = {open.begin(), open.end()}};
    access.requests.push_back(IOCTL_EVTCHN_BIND_INTERDOMAIN);
    access.requests.push_back(IOCTL_GNTDEV_SET_UNMAP_NOTIFY);
    return access;
}

} // namespace Bulkhead
