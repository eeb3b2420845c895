// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/screenlink.h"

#include "base/log.h"

#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag");

static_assert(ScreenPacketSize <= Clipboard::DaemonSocket::LongestPacket);

} // namespace

Result<std::unique_ptr<ScreenLink>> ScreenLink::connect(EventLoop &loop, const std::string &path, Handlers handlers)
{
    BH_TRY(auto socket,
           Clipboard::DaemonSocket::connect(loop,
                                            path,
                                            Log,
                                            {.onPacket = [onMessage = std::move(handlers.onMessage)](
                                                             std::span<const std::byte> packet) -> Result<void> {
                                                 BH_TRY(const FromScreen said, parseFromScreen(packet));
                                                 onMessage(said);
                                                 return {};
                                             },
                                             .onEnd = std::move(handlers.onEnd)}));
    return std::unique_ptr<ScreenLink>(new ScreenLink(std::move(socket)));
}

ScreenLink::ScreenLink(std::unique_ptr<Clipboard::DaemonSocket> socket)
    : m_socket(std::move(socket))
{
}

void ScreenLink::tell(const ToScreen &message) const
{
    (void)m_socket->send(build(message), {});
}

} // namespace Bulkhead::Drag
