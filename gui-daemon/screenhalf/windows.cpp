// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/windows.h"

#include "base/overloaded.h"

#include <algorithm>
#include <ranges>

namespace Bulkhead::Screen
{

Windows::Windows(Connection &connection, const Identity &identity, const StripPicture &strip, Emit emit)
    : m_connection(connection)
    , m_identity(identity)
    , m_emit(std::move(emit))
    , m_pusher(connection, identity.labelColor, strip)
    , m_properties(connection, identity)
    , m_cursors(connection)
    , m_input(connection,
              [this](const Event &event) {
                  this->emit(event);
              })
    , m_drag(connection, dragHandlers())
    , m_gc(connection.get(), xcb_generate_id(connection.get()))
{
    const std::uint32_t noExposures = 0;
    xcb_create_gc(connection.get(), m_gc.id(), connection.screen().root, XCB_GC_GRAPHICS_EXPOSURES, &noExposures);
    readDesktopIfUnknown();
    setLocked(connection.readLocked());
}

void Windows::emit(const Event &event)
{
    m_emit(event, {});
}

DragPointer::Handlers Windows::dragHandlers()
{
    return {.tell =
                [this](const Drag::FromScreen &message) {
                    m_tellOfDrag(message);
                },
            .shownFrames =
                [this] {
                    return shownFrames();
                },
            .letGo =
                [this](WindowId window, Point position, std::uint16_t state) {
                    if (m_windows.contains(window)) {
                        m_input.letGoOfButton(window, position, state);
                    }
                }};
}

std::vector<Rect> Windows::shownFrames() const
{
    std::vector<Rect> frames;
    for (const GuestWindow &window : m_windows | std::views::values) {
        if (window.frame.window && window.frame.shown.mapped) {
            frames.push_back(window.frame.shown.geometry.frame);
        }
    }
    return frames;
}

Result<void> Windows::apply(const Command &command)
{
    if (const auto *creation = std::get_if<Gui::FromAgent::Create>(&command)) {
        return create(*creation);
    }
    const auto found = m_windows.find(windowOf(command));
    if (found == m_windows.end()) {
        return fail(Errc::NotFound, "a command for a window that does not exist");
    }
    GuestWindow &window = found->second;
    m_dirty.insert(window.id);
    return applyTo(window, command);
}

Result<void> Windows::applyTo(GuestWindow &window, const Command &command)
{
    std::visit(Overloaded{
                   [&](const Gui::FromAgent::Create &) {},
                   [&](const Gui::FromAgent::Destroy &) {
                       destroy(window);
                   },
                   [&](const Gui::FromAgent::Map &m) {
                       map(window, m);
                   },
                   [&](const Gui::FromAgent::Unmap &) {
                       unmap(window);
                   },
                   [&](const Gui::FromAgent::Configure &m) {
                       configure(window, m.geometry);
                   },
                   [&](const Gui::FromAgent::Title &m) {
                       window.title = m.text;
                       window.titleChanged = true;
                   },
                   [&](const Gui::FromAgent::WindowClass &m) {
                       if (!window.mapped) { // rules have matched on it by then
                           window.resourceName = m.resourceName;
                           window.resourceClass = m.resourceClass;
                           window.classChanged = true;
                       }
                   },
                   [&](const Gui::FromAgent::WindowHints &m) {
                       window.hints = m.hints;
                       window.hintsChanged = true;
                   },
                   [&](Gui::FromAgent::ChangeState m) {
                       limitAttention(window.id, m);
                       changeState(window, m);
                   },
                   [&](const Gui::FromAgent::Cursor &m) {
                       window.cursor = m.shape;
                       window.cursorChanged = true;
                   },
                   [&](const RequestSegment &m) {
                       requestSegment(window, m);
                   },
                   [&](const DropSegment &) {
                       dropImage(window);
                       if (window.frame.content) {
                           xcb_clear_area(m_connection.get(), 0, window.frame.content.id(), 0, 0, 0, 0);
                       }
                   },
                   [&](const PaintArea &m) {
                       paint(window, m);
                   },
               },
               command);
    return {};
}

Result<void> Windows::create(const Gui::FromAgent::Create &command)
{
    if (m_windows.contains(command.window)) {
        return fail(Errc::Exists, "a second window with the same id");
    }
    if (m_windows.size() >= MaxWindows) {
        return fail(Errc::TooMuch, "more windows than a qube may have");
    }
    GuestWindow &window = m_windows[command.window];
    window.id = command.window;
    window.asksForPopup = command.overrideRedirect;
    applyPolicy(window, command.geometry);
    m_dirty.insert(window.id);
    return {};
}

void Windows::destroy(GuestWindow &window)
{
    const WindowId id = window.id;
    for (GuestWindow &other : m_windows | std::views::values) {
        if (other.transientFor == id) {
            changeTransient(other, std::nullopt);
        }
    }
    forgetAttention(id);
    m_drag.forget(id);
    dropFrame(window);
    dropImage(window);
    m_dirty.erase(id);
    m_maybeShown.erase(id);
    m_windows.erase(id);
    emit(Forgotten{.window = id});
}

void Windows::map(GuestWindow &window, const Gui::FromAgent::Map &command)
{
    if (window.mapped) {
        return; // what a mapped window is does not change
    }
    window.asksForPopup = command.overrideRedirect;
    applyPolicy(window, window.geometry);
    changeTransient(window, command.transientFor);
    window.mapped = true;
    window.suppressed = false;
    window.mapOrder = ++m_mapCount;
    limitPopups();
}

void Windows::unmap(GuestWindow &window)
{
    forgetAttention(window.id);
    window.mapped = false;
    window.state = {};
    window.startStates = {};
}

void Windows::configure(GuestWindow &window, const Rect &wanted)
{
    applyPolicy(window, wanted);
}

void Windows::changeState(GuestWindow &window, const Gui::FromAgent::ChangeState &command)
{
    if (!window.mapped) {
        window.startStates = window.state.wishBeforeMap(command.set);
        if (window.frame.window) {
            m_properties.writeStates(window.frame.window.id(), window.startStates);
        }
    } else if (window.frame.window) {
        m_properties.requestStates(window.frame.window.id(), window.state.wishWhileMapped(command.set, command.unset));
    }
}

void Windows::limitAttention(WindowId window, Gui::FromAgent::ChangeState &wish)
{
    if (m_input.focused() == window) {
        return; // it is in use, and the window manager gives no mark
    }
    if (wish.set.demandsAttention) {
        wish.set.demandsAttention = m_attention.value_or(window) == window;
        m_attention = m_attention.value_or(window);
    } else if (wish.unset.demandsAttention) {
        forgetAttention(window);
    }
}

void Windows::forgetAttention(WindowId window)
{
    if (m_attention == window) {
        m_attention.reset();
    }
}

void Windows::requestSegment(GuestWindow &window, const RequestSegment &command)
{
    const SegmentReady answer{.window = window.id, .serial = command.serial, .size = command.size};
    const std::size_t present = window.image ? window.image.bytes() : 0;
    const std::size_t wanted = std::size_t{command.size.width} * command.size.height * Gui::BytesPerPixel;
    if (m_pictureBytes - present + wanted > MaxPictureBytes) {
        emit(answer);
        return;
    }
    auto image = SharedImage::create(m_connection, command.serial, command.size);
    if (!image) {
        emit(answer);
        return;
    }
    // The old picture stays on the screen: what the server has drawn it keeps, and the new one has yet to be filled.
    dropImage(window);
    window.image = *std::move(image);
    m_pictureBytes += wanted;
    m_bySegment.emplace(window.image.segment(), window.id);
    m_emit(answer, window.image.takeDescriptor());
}

void Windows::dropImage(GuestWindow &window)
{
    if (window.image) {
        m_pictureBytes -= window.image.bytes();
        m_bySegment.erase(window.image.segment());
        window.image = {};
    }
}

void Windows::paint(GuestWindow &window, const PaintArea &command)
{
    if (!window.image || window.image.serial() != command.serial || !window.frame.content) {
        emit(Painted{.window = window.id, .serial = command.serial});
        return;
    }
    window.image.draw(m_connection.get(),
                      window.frame.content.id(),
                      m_gc.id(),
                      command.area,
                      window.frame.shown.geometry.picture,
                      SharedImage::Notify::WhenDone);
}

// --- policy ----------------------------------------------------------------------------------------------------------

std::vector<Rect> Windows::popupsBeside(const GuestWindow &window) const
{
    std::vector<Rect> popups;
    for (const GuestWindow &other : m_windows | std::views::values) {
        if (other.id != window.id && other.kind == Kind::Popup && other.wantsShowing()) {
            popups.push_back(other.geometry);
        }
    }
    return popups;
}

void Windows::applyPolicy(GuestWindow &window, const Rect &wanted)
{
    readDesktopIfUnknown();
    const Rect placed = window.asksForPopup ? placePopup(m_desktop, wanted) : wanted;
    if (!window.mapped || window.kind == Kind::Popup) { // a mapped window can lose the right to be a popup, not win it
        window.kind = kindOf(m_desktop, window.asksForPopup, placed, popupsBeside(window));
    }
    window.geometry = window.kind == Kind::Popup ? placed : wanted;
    window.reported = window.geometry;
    if (window.geometry != wanted) {
        emit(Adopted{.window = window.id, .geometry = window.geometry});
    }
    m_dirty.insert(window.id);
}

void Windows::recheckPopup(GuestWindow &window, const Rect &place)
{
    window.geometry = placePopup(m_desktop, place);
    window.kind = kindOf(m_desktop, true, window.geometry, popupsBeside(window));
    m_dirty.insert(window.id);
}

void Windows::limitPopups()
{
    std::vector<GuestWindow *> shown;
    for (GuestWindow &window : m_windows | std::views::values) {
        if (window.kind == Kind::Popup && window.wantsShowing()) {
            shown.push_back(&window);
        }
    }
    if (shown.size() > MaxPopups) {
        GuestWindow &oldest = **std::ranges::min_element(shown, {}, &GuestWindow::mapOrder);
        oldest.suppressed = true;
        m_dirty.insert(oldest.id);
    }
}

bool Windows::wouldLoop(const GuestWindow &window, WindowId parent) const
{
    for (std::size_t steps = 0; steps <= m_windows.size(); ++steps) {
        if (parent == window.id) {
            return true;
        }
        const auto found = m_windows.find(parent);
        const auto above = found == m_windows.end() ? std::nullopt : found->second.transientFor;
        if (!above) {
            return false;
        }
        parent = *above;
    }
    return true;
}

void Windows::changeTransient(GuestWindow &window, std::optional<WindowId> parent)
{
    if (parent && wouldLoop(window, *parent)) {
        parent.reset();
    }
    if (window.transientFor != parent) {
        window.transientFor = parent;
        window.transientChanged = true;
        m_dirty.insert(window.id);
    }
}

} // namespace Bulkhead::Screen
