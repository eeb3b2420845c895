// SPDX-License-Identifier: GPL-2.0-or-later
// What the screen half says, of which the agent hears what concerns it.
#include "gui-daemon/wirehalf/pixelcopier.h"
#include "gui-daemon/wirehalf/session.h"
#include "vchan-io/transport/sealedmemory.h"

#include <sys/mman.h>

#include <type_traits>
#include <utility>
#include <variant>

namespace Bulkhead
{

namespace
{

namespace ToAgent = Gui::FromDaemon;

} // namespace

Result<void> Session::onScreenEvent(const Screen::Event &event, UniqueFd descriptor)
{
    if (m_phase == Phase::Greeting) {
        return {}; // key maps of before; there are no windows yet
    }
    if (isOfAFormerWindow(event)) {
        return {};
    }
    BH_CHECK(std::visit(
        [&](const auto &e) {
            return on(e, std::move(descriptor));
        },
        event));
    return m_stream.flush();
}

bool Session::isOfAFormerWindow(const Screen::Event &event)
{
    const auto window = Screen::windowOf(event);
    const auto leaving = window ? m_leaving.find(*window) : m_leaving.end();
    if (leaving == m_leaving.end()) {
        return false;
    }
    if (std::holds_alternative<Screen::Forgotten>(event) && --leaving->second == 0) {
        m_leaving.erase(leaving);
    }
    return true;
}

Result<void> Session::on(const Screen::SegmentReady &event, UniqueFd descriptor)
{
    WireWindow *window = m_windows.find(event.window);
    if (window == nullptr || window->picture.serial != event.serial || !descriptor) {
        return {}; // of a picture that is gone; or refused: the window shows its label's colour
    }
    const std::size_t size = bytesOf(event.size);
    BH_CHECK(checkSealedMemory(descriptor, size, MemoryUse::ReadWrite));
    Picture &picture = window->picture;
    BH_TRY(picture.segment, Mapping::shared(descriptor.get(), size, PROT_READ | PROT_WRITE));
    picture.stale = true;
    picture.damage = wholeOf(event.size);
    return updatePicture(*window);
}

Result<void> Session::on(const Screen::Painted &event, UniqueFd /*descriptor*/)
{
    WireWindow *window = m_windows.find(event.window);
    if (window == nullptr || window->picture.serial != event.serial) {
        return {};
    }
    window->picture.painting = false;
    return updatePicture(*window);
}

Result<void> Session::on(const Screen::Visibility &event, UniqueFd /*descriptor*/)
{
    WireWindow *window = m_windows.find(event.window);
    if (window == nullptr || !window->mapped) {
        return {};
    }
    window->visible = event.visible;
    return updatePicture(*window);
}

Result<void> Session::on(const ToAgent::Configure &event, UniqueFd /*descriptor*/)
{
    WireWindow *window = m_windows.find(event.window);
    if (window == nullptr || event.geometry == window->geometry) {
        return {};
    }
    window->geometry = event.geometry;
    if (window->pending) {
        return {}; // told when the agent has answered the one before
    }
    window->pending = event.window != WholeScreen;
    return tellGeometry(*window);
}

Result<void> Session::on(const Screen::Forgotten & /*event*/, UniqueFd /*descriptor*/)
{
    return fail(Errc::WrongState, "the screen half forgets a window that was not destroyed");
}

Result<void> Session::on(const Screen::ClipboardAsk &event, UniqueFd descriptor)
{
    if (m_clipboard == nullptr || !descriptor || m_windows.find(event.window) == nullptr) {
        return {}; // the descriptor's end says that no answer will come
    }
    m_clipboard->expect(std::move(descriptor));
    return tell(ToAgent::ClipboardRequest{.window = event.window});
}

Result<void> Session::on(const Screen::ClipboardGive &event, UniqueFd descriptor)
{
    if (m_clipboard != nullptr && descriptor && m_windows.find(event.window) != nullptr) {
        m_clipboard->take(event.window, std::move(descriptor), event.length);
    }
    return {};
}

Result<void> Session::on(const Screen::Adopted &event, UniqueFd /*descriptor*/)
{
    if (WireWindow *window = m_windows.find(event.window)) {
        window->geometry = event.geometry;
    }
    return {};
}

Result<void> Session::on(const ToAgent::Motion &event, UniqueFd /*descriptor*/)
{
    const WireWindow *window = m_windows.find(event.window);
    if (window == nullptr || !window->mapped) {
        return {};
    }
    if (m_stream.pendingOut() >= ManyBytesWaiting) {
        m_lateMotion = event;
        return {};
    }
    return tell(event);
}

Result<void> Session::on(const ToAgent::Keymap &event, UniqueFd /*descriptor*/)
{
    return tell(event);
}

template<typename T> Result<void> Session::on(const T &event, UniqueFd /*descriptor*/)
{
    const WireWindow *window = m_windows.find(event.window);
    if (window == nullptr) {
        return {}; // destroyed while the event was on its way
    }
    constexpr bool needsNoMap = std::is_same_v<T, ToAgent::Map> || std::is_same_v<T, ToAgent::Close>;
    if (!window->mapped && !needsNoMap) {
        return {};
    }
    BH_CHECK(tellLateMotion()); // the pointer is where it is before anything happens there
    return tell(event);
}

} // namespace Bulkhead
