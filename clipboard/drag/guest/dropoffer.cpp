// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/dropoffer.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

constexpr std::uint32_t OldestVersion = 3;
constexpr std::uint32_t OurVersion = 5;
constexpr std::uint32_t VersionShift = 24;
constexpr std::uint32_t XShift = 16;
constexpr std::uint32_t CoordinateMask = 0xFFFF;
constexpr std::uint32_t WillAccept = 1;
/// Deepest nesting of windows that is looked through.
constexpr int MostDepth = 16;
/// Some programs look at the place only when the pointer comes there a second time.
constexpr unsigned MostPositions = 3;

} // namespace

DropOffer::DropOffer(const Display &display, EventLoop &loop)
    : m_display(display)
    , m_loop(loop)
{
}

void DropOffer::start(WindowId window, Point pointer, std::string uriList, OnEnd onEnd)
{
    m_onEnd = std::move(onEnd);
    m_uriList = std::move(uriList);
    m_pointer = pointer;
    m_asked = 0;
    m_target = findTarget(window.value(), pointer);
    m_version = std::min(versionOf(m_target), OurVersion);
    if (m_target == XCB_WINDOW_NONE || m_version < OldestVersion) {
        finish(false);
        return;
    }
    m_step = Step::AwaitingStatus;
    xcb_set_selection_owner(m_display.xcb(), m_display.window(), m_display[AtomId::XdndSelection], XCB_CURRENT_TIME);
    m_display.send(m_target, AtomId::XdndEnter, {m_version << VersionShift, m_display[AtomId::UriList], 0, 0});
    sendPosition();
    m_limit = m_loop.after(Patience, [this] {
        if (m_step == Step::AwaitingStatus) {
            m_display.send(m_target, AtomId::XdndLeave, {});
        }
        finish(false);
    });
    m_display.flush();
}

xcb_window_t DropOffer::findTarget(xcb_window_t from, Point pointer) const
{
    xcb_connection_t *x = m_display.xcb();
    xcb_window_t window = from;
    for (int depth = 0; depth < MostDepth && window != XCB_WINDOW_NONE; ++depth) {
        if (versionOf(window) > 0) {
            return window;
        }
        const XcbPtr<xcb_translate_coordinates_reply_t> inside(
            xcb_translate_coordinates_reply(x,
                                            xcb_translate_coordinates(x,
                                                                      m_display.root(),
                                                                      window,
                                                                      static_cast<std::int16_t>(pointer.x),
                                                                      static_cast<std::int16_t>(pointer.y)),
                                            nullptr));
        window = inside == nullptr ? xcb_window_t{XCB_WINDOW_NONE} : inside->child;
    }
    return XCB_WINDOW_NONE;
}

std::uint32_t DropOffer::versionOf(xcb_window_t window) const
{
    if (window == XCB_WINDOW_NONE) {
        return 0;
    }
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_display.xcb(),
        xcb_get_property(m_display.xcb(), 0, window, m_display[AtomId::XdndAware], XCB_ATOM_ATOM, 0, 1),
        nullptr));
    if (reply == nullptr || reply->format != 32 || reply->value_len < 1) {
        return 0;
    }
    return *static_cast<const std::uint32_t *>(xcb_get_property_value(reply.get()));
}

void DropOffer::sendPosition() const
{
    const std::uint32_t place = (static_cast<std::uint32_t>(m_pointer.x) & CoordinateMask) << XShift
        | (static_cast<std::uint32_t>(m_pointer.y) & CoordinateMask);
    m_display.send(m_target, AtomId::XdndPosition, {0, place, XCB_CURRENT_TIME, m_display[AtomId::XdndActionCopy]});
}

void DropOffer::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & EventTypeMask) {
    case XCB_CLIENT_MESSAGE:
        onMessage(as<xcb_client_message_event_t>(event));
        break;
    case XCB_SELECTION_REQUEST:
        onRequest(as<xcb_selection_request_event_t>(event));
        break;
    default:
        break;
    }
}

void DropOffer::onMessage(const xcb_client_message_event_t &event)
{
    if (m_step == Step::Idle || event.format != 32 || event.data.data32[0] != m_target) {
        return;
    }
    if (m_step == Step::AwaitingStatus && event.type == m_display[AtomId::XdndStatus]) {
        if ((event.data.data32[1] & WillAccept) != 0) {
            m_step = Step::AwaitingFinish;
            m_display.send(m_target, AtomId::XdndDrop, {0, XCB_CURRENT_TIME, 0, 0});
        } else if (++m_asked < MostPositions) {
            sendPosition();
        } else {
            m_display.send(m_target, AtomId::XdndLeave, {});
            finish(false);
        }
        m_display.flush();
    } else if (m_step == Step::AwaitingFinish && event.type == m_display[AtomId::XdndFinished]) {
        finish(m_version < OurVersion || (event.data.data32[1] & WillAccept) != 0); // older ones do not say
    }
}

void DropOffer::onRequest(const xcb_selection_request_event_t &request) const
{
    if (request.owner != m_display.window()) {
        return;
    }
    xcb_connection_t *x = m_display.xcb();
    const xcb_atom_t property = request.property != XCB_ATOM_NONE ? request.property : request.target;
    xcb_selection_notify_event_t notify{};
    notify.response_type = XCB_SELECTION_NOTIFY;
    notify.time = request.time;
    notify.requestor = request.requestor;
    notify.selection = request.selection;
    notify.target = request.target;
    notify.property = property;
    if (m_step != Step::Idle && request.target == m_display[AtomId::Targets]) {
        const std::array<xcb_atom_t, 2> offered{m_display[AtomId::Targets], m_display[AtomId::UriList]};
        xcb_change_property(
            x, XCB_PROP_MODE_REPLACE, request.requestor, property, XCB_ATOM_ATOM, 32, offered.size(), offered.data());
    } else if (m_step != Step::Idle && request.target == m_display[AtomId::UriList]) {
        xcb_change_property(x,
                            XCB_PROP_MODE_REPLACE,
                            request.requestor,
                            property,
                            request.target,
                            8,
                            static_cast<std::uint32_t>(m_uriList.size()),
                            m_uriList.data());
    } else {
        notify.property = XCB_ATOM_NONE;
    }
    std::array<char, 32> bytes{}; // what is sent of any event
    std::memcpy(bytes.data(), &notify, sizeof notify);
    xcb_send_event(x, 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, bytes.data());
    m_display.flush();
}

void DropOffer::finish(bool isTaken)
{
    m_step = Step::Idle;
    m_limit.reset();
    m_uriList.clear();
    if (auto onEnd = std::exchange(m_onEnd, {})) {
        onEnd(isTaken);
    }
}

} // namespace Bulkhead::Drag
