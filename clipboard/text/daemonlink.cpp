// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/daemonlink.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr LogCategory Log("bulkhead.clipboard");

static_assert(PacketSize <= DaemonSocket::LongestPacket);

} // namespace

Result<std::unique_ptr<DaemonLink>> DaemonLink::connect(EventLoop &loop, const std::string &path, Handlers handlers)
{
    BH_TRY(auto socket,
           DaemonSocket::connect(loop,
                                 path,
                                 Log,
                                 {.onPacket = [onGesture = std::move(handlers.onGesture)](
                                                  std::span<const std::byte> packet) -> Result<void> {
                                      BH_TRY(const Gesture gesture, parseGesture(packet));
                                      onGesture(gesture);
                                      return {};
                                  },
                                  .onEnd = std::move(handlers.onEnd)}));
    return std::unique_ptr<DaemonLink>(new DaemonLink(std::move(socket)));
}

DaemonLink::DaemonLink(std::unique_ptr<DaemonSocket> socket)
    : m_socket(std::move(socket))
{
}

Result<void> DaemonLink::tell(const Order &order, const UniqueFd &descriptor) const
{
    const int fd = descriptor.get();
    return m_socket->send(build(order), {&fd, 1});
}

} // namespace Bulkhead::Clipboard
