// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/clipboardlink.h"

#include "vchan-io/transport/fdmessage.h"

#include <sys/socket.h>

#include <array>
#include <utility>

namespace Bulkhead
{

namespace
{

Clipboard::Gesture gestureOf(Screen::ClipboardAct act, WindowId window, std::uint32_t time)
{
    switch (act) {
    case Screen::ClipboardAct::Copy:
        return Clipboard::CopyPressed{.window = window, .time = time};
    case Screen::ClipboardAct::Paste:
        return Clipboard::PastePressed{.window = window, .time = time};
    case Screen::ClipboardAct::PasteLetGo:
        return Clipboard::PasteReleased{.window = window};
    case Screen::ClipboardAct::PasteAbandoned:
        return Clipboard::PasteAbandoned{.window = window};
    }
    std::unreachable();
}

} // namespace

Result<std::unique_ptr<ClipboardLink>>
ClipboardLink::create(EventLoop &loop, UniqueFd listener, std::uint32_t sizeLimit, OnOrder onOrder)
{
    std::unique_ptr<ClipboardLink> link(new ClipboardLink(loop, std::move(listener), sizeLimit, std::move(onOrder)));
    if (link->m_listener) {
        BH_TRY(link->m_listenerWatch, loop.watch(link->m_listener.get(), Readiness::Read, [&self = *link] {
            self.onListener();
        }));
    }
    return link;
}

ClipboardLink::ClipboardLink(EventLoop &loop, UniqueFd listener, std::uint32_t sizeLimit, OnOrder onOrder)
    : m_loop(loop)
    , m_listener(std::move(listener))
    , m_sizeLimit(sizeLimit)
    , m_onOrder(std::move(onOrder))
{
}

void ClipboardLink::onListener()
{
    UniqueFd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        return;
    }
    m_watch.reset(); // a new one takes the old one's place
    m_socket = std::move(socket);
    auto watch = m_loop.watch(m_socket.get(), Readiness::Read, [this] {
        onReadable();
    });
    if (!watch) {
        m_socket.reset();
        return;
    }
    m_watch = *std::move(watch);
    send(Clipboard::Hello{.sizeLimit = m_sizeLimit});
}

void ClipboardLink::onReadable()
{
    Result<bool> more = true;
    while (more && *more) {
        more = takeOne();
    }
    if (!more) { // it has gone; the next one will come to the listener
        m_watch.reset();
        m_socket.reset();
    }
}

Result<bool> ClipboardLink::takeOne()
{
    std::array<std::byte, Clipboard::PacketSize> packet{};
    auto message = receiveWithFds(m_socket.get(), packet);
    if (!message) {
        return message.error().code == Errc::WrongState ? Result<bool>(false) : std::unexpected(message.error());
    }
    if (message->size == 0 || message->fds.size() != 1) {
        return fail(Errc::PeerGone, "the clipboard has ended");
    }
    BH_TRY(const Clipboard::Order order, Clipboard::parseOrder(std::span(packet).first(message->size)));
    m_onOrder(order, std::move(message->fds.front()));
    return true;
}

void ClipboardLink::tell(Screen::ClipboardAct act, WindowId window, std::uint32_t time)
{
    if (m_socket) {
        send(gestureOf(act, window, time));
    }
}

void ClipboardLink::send(const Clipboard::Gesture &gesture)
{
    if (!sendWithFds(m_socket.get(), Clipboard::build(gesture), {})) {
        m_watch.reset();
        m_socket.reset();
    }
}

} // namespace Bulkhead
