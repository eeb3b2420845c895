// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/properties.h"

#include "base/formatted.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <vector>

namespace Bulkhead::Screen
{
namespace
{

// ICCCM 4.1.2.3: flags of WM_NORMAL_HINTS and the places of its 18 numbers.
constexpr std::uint32_t UserPosition = 1U << 0;
constexpr std::uint32_t ProgramPosition = 1U << 2;
constexpr std::uint32_t MinimumSize = 1U << 4;
constexpr std::uint32_t MaximumSize = 1U << 5;
constexpr std::uint32_t ResizeIncrement = 1U << 6;
constexpr std::uint32_t BaseSize = 1U << 8;
constexpr std::size_t MinimumAt = 5;
constexpr std::size_t MaximumAt = 7;
constexpr std::size_t IncrementAt = 9;
constexpr std::size_t BaseAt = 15;
using NormalHints = std::array<std::uint32_t, 18>;

// ICCCM 4.1.2.4: WM_HINTS says that the window takes the keyboard focus.
constexpr std::array<std::uint32_t, 9> FocusableHints{1, 1, 0, 0, 0, 0, 0, 0, 0};

constexpr std::uint32_t SourceApplication = 1;
constexpr std::uint32_t IconicState = 3;
/// Widest decoration that is believed.
constexpr std::uint32_t MaxDecoration = 1024;

void setGroup(NormalHints &hints, std::uint32_t flag, std::size_t at, const std::optional<Size> &size, Size more)
{
    if (size) {
        hints[0] |= flag;
        hints[at] = size->width + more.width;
        hints[at + 1] = size->height + more.height;
    }
}

} // namespace

Properties::Properties(const Connection &connection, const Identity &identity)
    : m_connection(connection)
    , m_identity(identity)
    , m_prefix(formatted("[{}{}] ", identity.name.text(), identity.demo ? " demo" : ""))
    , m_pid(static_cast<std::uint32_t>(getpid()))
{
}

void Properties::writeText(xcb_window_t frame, xcb_atom_t property, xcb_atom_t type, std::string_view text) const
{
    xcb_change_property(m_connection.get(),
                        XCB_PROP_MODE_REPLACE,
                        frame,
                        property,
                        type,
                        8,
                        static_cast<std::uint32_t>(text.size()),
                        text.data());
}

void Properties::writeNumber(xcb_window_t frame, xcb_atom_t property, xcb_atom_t type, std::uint32_t value) const
{
    xcb_change_property(m_connection.get(), XCB_PROP_MODE_REPLACE, frame, property, type, 32, 1, &value);
}

void Properties::writeIdentity(xcb_window_t frame, WindowId window) const
{
    const Atoms &atoms = m_connection.atoms();
    xcb_connection_t *x = m_connection.get();
    const auto index = static_cast<std::uint8_t>(m_identity.labelIndex);
    xcb_change_property(x, XCB_PROP_MODE_REPLACE, frame, atoms[AtomId::QubesLabel], XCB_ATOM_CARDINAL, 8, 1, &index);
    writeNumber(frame, atoms[AtomId::QubesLabelColor], XCB_ATOM_CARDINAL, m_identity.labelColor.rgb());
    writeText(frame, atoms[AtomId::QubesVmName], XCB_ATOM_STRING, m_identity.name.text());
    writeNumber(frame, atoms[AtomId::QubesVmWindowId], XCB_ATOM_WINDOW, window.value());
    writeNumber(frame, atoms[AtomId::NetWmPid], XCB_ATOM_CARDINAL, m_pid);

    const std::array protocols{atoms[AtomId::WmDeleteWindow], atoms[AtomId::NetWmPing]};
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        frame,
                        atoms[AtomId::WmProtocols],
                        XCB_ATOM_ATOM,
                        32,
                        protocols.size(),
                        protocols.data());
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        frame,
                        XCB_ATOM_WM_HINTS,
                        XCB_ATOM_WM_HINTS,
                        32,
                        FocusableHints.size(),
                        FocusableHints.data());
}

void Properties::writeTitle(xcb_window_t frame, const SafeText &title) const
{
    const Atoms &atoms = m_connection.atoms();
    const std::string utf8 = m_prefix + title.text();
    const std::string ascii = m_prefix + title.inAscii().text();
    writeText(frame, XCB_ATOM_WM_NAME, XCB_ATOM_STRING, ascii);
    writeText(frame, XCB_ATOM_WM_ICON_NAME, XCB_ATOM_STRING, ascii);
    writeText(frame, atoms[AtomId::NetWmName], atoms[AtomId::Utf8String], utf8);
    writeText(frame, atoms[AtomId::NetWmIconName], atoms[AtomId::Utf8String], utf8);
}

void Properties::writeClass(xcb_window_t frame, const SafeText &resourceName, const SafeText &resourceClass) const
{
    using namespace std::string_view_literals;
    const std::string &qube = m_identity.name.text();
    std::string value = qube + ':' + resourceName.text();
    value.append("\0"sv).append(qube).append(":").append(resourceClass.text()).append("\0"sv);
    writeText(frame, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, value);
}

void Properties::writeHints(xcb_window_t frame, const Gui::SizeHints &hints, Size borders) const
{
    NormalHints numbers{};
    numbers[0] = (hints.userPosition ? UserPosition : 0) | (hints.programPosition ? ProgramPosition : 0);
    setGroup(numbers, MinimumSize, MinimumAt, hints.minimum, borders);
    setGroup(numbers, MaximumSize, MaximumAt, hints.maximum, borders);
    setGroup(numbers, ResizeIncrement, IncrementAt, hints.increment, {});
    // Steps are counted from the base size: without one from the smallest frame, and that is all border.
    const bool needsBase = hints.increment && !hints.base && !hints.minimum;
    setGroup(numbers, BaseSize, BaseAt, needsBase ? std::optional(Size{}) : hints.base, borders);
    xcb_change_property(m_connection.get(),
                        XCB_PROP_MODE_REPLACE,
                        frame,
                        XCB_ATOM_WM_NORMAL_HINTS,
                        XCB_ATOM_WM_SIZE_HINTS,
                        32,
                        numbers.size(),
                        numbers.data());
}

void Properties::writeTransientFor(xcb_window_t frame, xcb_window_t parent) const
{
    if (parent == XCB_NONE) {
        xcb_delete_property(m_connection.get(), frame, XCB_ATOM_WM_TRANSIENT_FOR);
    } else {
        writeNumber(frame, XCB_ATOM_WM_TRANSIENT_FOR, XCB_ATOM_WINDOW, parent);
    }
}

void Properties::writeUserTime(xcb_window_t frame, xcb_timestamp_t time) const
{
    writeNumber(frame, m_connection.atoms()[AtomId::NetWmUserTime], XCB_ATOM_CARDINAL, time);
}

void Properties::writeStates(xcb_window_t frame, const WmStates &states) const
{
    const Atoms &atoms = m_connection.atoms();
    std::vector<xcb_atom_t> set;
    if (states.maximized) {
        set = {atoms[AtomId::NetWmStateMaximizedVert], atoms[AtomId::NetWmStateMaximizedHorz]};
    }
    if (states.attention) {
        set.push_back(atoms[AtomId::NetWmStateAttention]);
    }
    xcb_change_property(m_connection.get(),
                        XCB_PROP_MODE_REPLACE,
                        frame,
                        atoms[AtomId::NetWmState],
                        XCB_ATOM_ATOM,
                        32,
                        static_cast<std::uint32_t>(set.size()),
                        set.data());
}

void Properties::sendToRoot(xcb_window_t frame, xcb_atom_t type, std::array<std::uint32_t, 5> data) const
{
    xcb_client_message_event_t event{};
    event.response_type = XCB_CLIENT_MESSAGE;
    event.format = 32;
    event.window = frame;
    event.type = type;
    std::ranges::copy(data, std::span(event.data.data32).begin());
    std::array<char, 32> bytes{};
    static_assert(sizeof event == bytes.size());
    std::memcpy(bytes.data(), &event, sizeof event);
    xcb_send_event(m_connection.get(),
                   0,
                   m_connection.screen().root,
                   XCB_EVENT_MASK_SUBSTRUCTURE_REDIRECT | XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY,
                   bytes.data());
}

void Properties::requestState(xcb_window_t frame, bool add, xcb_atom_t first, xcb_atom_t second) const
{
    sendToRoot(frame, m_connection.atoms()[AtomId::NetWmState], {add ? 1U : 0U, first, second, SourceApplication, 0});
}

void Properties::requestStates(xcb_window_t frame, const WindowState::WmRequest &request) const
{
    const Atoms &atoms = m_connection.atoms();
    for (const bool add : {false, true}) {
        const WmStates &states = add ? request.add : request.remove;
        if (states.fullScreen) {
            requestState(frame, add, atoms[AtomId::NetWmStateFullScreen], XCB_ATOM_NONE);
        }
        if (states.maximized) {
            requestState(frame, add, atoms[AtomId::NetWmStateMaximizedVert], atoms[AtomId::NetWmStateMaximizedHorz]);
        }
        if (states.attention) {
            requestState(frame, add, atoms[AtomId::NetWmStateAttention], XCB_ATOM_NONE);
        }
    }
    if (request.iconify) {
        sendToRoot(frame, atoms[AtomId::WmChangeState], {IconicState, 0, 0, 0, 0});
    }
}

WmStates Properties::readStates(xcb_window_t frame) const
{
    constexpr std::uint32_t maxStates = 64;
    const Atoms &atoms = m_connection.atoms();
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_connection.get(),
        xcb_get_property(m_connection.get(), 0, frame, atoms[AtomId::NetWmState], XCB_ATOM_ATOM, 0, maxStates),
        nullptr));
    if (reply == nullptr || reply->format != 32) {
        return {};
    }
    const std::span set(static_cast<const xcb_atom_t *>(xcb_get_property_value(reply.get())), reply->value_len);
    const auto has = [&](AtomId id) {
        return std::ranges::contains(set, atoms[id]);
    };
    return {.fullScreen = has(AtomId::NetWmStateFullScreen),
            .maximized = has(AtomId::NetWmStateMaximizedVert) && has(AtomId::NetWmStateMaximizedHorz),
            .hidden = has(AtomId::NetWmStateHidden),
            .attention = has(AtomId::NetWmStateAttention)};
}

Decoration Properties::readDecoration(xcb_window_t frame) const
{
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_connection.get(),
        xcb_get_property(
            m_connection.get(), 0, frame, m_connection.atoms()[AtomId::NetFrameExtents], XCB_ATOM_CARDINAL, 0, 4),
        nullptr));
    if (reply == nullptr || reply->format != 32 || reply->value_len != 4) {
        return {};
    }
    const auto *sides =
        static_cast<const std::uint32_t *>(xcb_get_property_value(reply.get())); // left right top bottom
    if (sides[0] > MaxDecoration || sides[2] > MaxDecoration) {
        return {};
    }
    return {.left = static_cast<std::int32_t>(sides[0]), .top = static_cast<std::int32_t>(sides[2])};
}

} // namespace Bulkhead::Screen
