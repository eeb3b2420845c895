// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/draglink.h"

#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>

#include <array>
#include <utility>
#include <variant>

namespace Bulkhead
{

Result<std::unique_ptr<DragLink>> DragLink::create(EventLoop &loop, UniqueFd listener, Handlers handlers)
{
    std::unique_ptr<DragLink> link(new DragLink(loop, std::move(listener), std::move(handlers)));
    if (link->m_listener) {
        BH_TRY(link->m_listenerWatch, loop.watch(link->m_listener.get(), Readiness::Read, [&self = *link] {
            self.onListener();
        }));
    }
    return link;
}

DragLink::DragLink(EventLoop &loop, UniqueFd listener, Handlers handlers)
    : m_loop(loop)
    , m_listener(std::move(listener))
    , m_handlers(std::move(handlers))
{
}

void DragLink::onListener()
{
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        return;
    }
    lose(); // a new one takes the old one's place
    auto watch = m_loop.watch(socket.get(), Readiness::Read, [this] {
        onReadable();
    });
    if (watch) {
        m_socket = std::move(socket);
        m_watch = *std::move(watch);
    }
}

void DragLink::onReadable()
{
    Result<bool> more = true;
    while (more && *more && m_socket) {
        more = takeOne();
    }
    if (!more) {
        lose();
    }
}

Result<bool> DragLink::takeOne()
{
    std::array<std::byte, Drag::ScreenPacketSize> packet{};
    const auto message = receiveWithFds(m_socket.get(), packet);
    if (!message) {
        return message.error().code == Errc::WrongState ? Result<bool>(false) : std::unexpected(message.error());
    }
    if (message->size == 0) {
        return fail(Errc::PeerGone, "bulkhead-drag has ended");
    }
    BH_TRY(const Drag::ToScreen order, Drag::parseToScreen(std::span(packet).first(message->size)));
    m_handlers.onOrder(order);
    return true;
}

void DragLink::lose()
{
    if (m_socket) {
        m_watch.reset();
        m_socket.reset();
        m_handlers.onLost();
    }
}

void DragLink::tell(const Drag::FromScreen &message)
{
    if (!m_socket || sendWithFds(m_socket.get(), Drag::build(message), {})) {
        return;
    }
    // What does not take a place of the pointer may have it later; what does not take more than that has gone.
    if (!std::holds_alternative<Drag::Moved>(message)) {
        m_loop.defer([this] { // whoever told is in the middle of something
            lose();
        });
    }
}

} // namespace Bulkhead
