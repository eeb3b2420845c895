// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/dom0/dropproxy.h"

#include <algorithm>
#include <span>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

// Source: the XDND protocol, version 5.
constexpr std::uint32_t OldestVersion = 3;
constexpr std::uint32_t NewestVersion = 5;
constexpr unsigned VersionShift = 24;
constexpr std::uint32_t HasMoreTypes = 1;
constexpr std::uint32_t WouldAccept = 1;
constexpr std::uint32_t WantsEveryPlace = 2;
constexpr std::uint32_t IsAccepted = 1;
constexpr std::uint32_t MostTypes = 256;

/// Half of a word: a place may lie left of the screen or above it.
std::int32_t coordinate(std::uint32_t bits)
{
    return static_cast<std::int16_t>(bits & 0xFFFFU);
}

} // namespace

DropProxy::DropProxy(const Display &display, Handlers handlers)
    : m_display(display)
    , m_handlers(std::move(handlers))
{
}

void DropProxy::handle(const xcb_generic_event_t &event)
{
    if ((event.response_type & EventTypeMask) != XCB_CLIENT_MESSAGE) {
        return;
    }
    const auto &message = as<xcb_client_message_event_t>(event);
    if (message.format != 32) {
        return;
    }
    if (message.type == m_display[AtomId::XdndEnter]) {
        onEnter(message);
    } else if (!m_visit || m_visit->isDropped || !isOf(*m_visit, message)) {
        return;
    } else if (message.type == m_display[AtomId::XdndPosition]) {
        onPosition(*m_visit, message);
    } else if (message.type == m_display[AtomId::XdndLeave]) {
        onLeave();
    } else if (message.type == m_display[AtomId::XdndDrop]) {
        onDrop(*m_visit);
    }
}

bool DropProxy::isOf(const Visit &visit, const xcb_client_message_event_t &message)
{
    return message.data.data32[0] == visit.source && message.window == visit.frame;
}

bool DropProxy::offersFiles(const xcb_client_message_event_t &enter) const
{
    const std::span<const std::uint32_t> words(enter.data.data32);
    if ((words[1] & HasMoreTypes) == 0) {
        return std::ranges::contains(words.subspan(2), m_display[AtomId::UriList]);
    }
    const XcbPtr<xcb_get_property_reply_t> types(xcb_get_property_reply(
        m_display.xcb(),
        xcb_get_property(m_display.xcb(), 0, words[0], m_display[AtomId::XdndTypeList], XCB_ATOM_ATOM, 0, MostTypes),
        nullptr));
    if (types == nullptr || types->format != 32) {
        return false;
    }
    const std::span atoms(static_cast<const xcb_atom_t *>(xcb_get_property_value(types.get())), types->value_len);
    return std::ranges::contains(atoms, m_display[AtomId::UriList]);
}

void DropProxy::onEnter(const xcb_client_message_event_t &message)
{
    if (m_visit && m_visit->isDropped) {
        finish(false); // a new drag: nobody waits for the word about the old one
    }
    m_visit.reset();
    const std::uint32_t version = message.data.data32[1] >> VersionShift;
    if (version < OldestVersion || version > NewestVersion || !offersFiles(message)) {
        return;
    }
    m_visit = Visit{.source = message.data.data32[0], .frame = message.window};
    m_handlers.onEnter();
}

void DropProxy::onPosition(const Visit &visit, const xcb_client_message_event_t &message)
{
    const std::uint32_t place = message.data.data32[2];
    const bool isTaken = m_handlers.onOver({coordinate(place >> 16U), coordinate(place)});
    m_display.sendFor(visit.frame,
                      visit.source,
                      AtomId::XdndStatus,
                      {(isTaken ? WouldAccept : 0) | WantsEveryPlace,
                       0,
                       0,
                       isTaken ? m_display[AtomId::XdndActionCopy] : xcb_atom_t{XCB_ATOM_NONE}});
    m_display.flush();
}

void DropProxy::onLeave()
{
    m_visit.reset();
    m_handlers.onLeave();
}

void DropProxy::onDrop(Visit &visit)
{
    visit.isDropped = true;
    const XcbPtr<xcb_query_pointer_reply_t> pointer(
        xcb_query_pointer_reply(m_display.xcb(), xcb_query_pointer(m_display.xcb(), m_display.root()), nullptr));
    m_handlers.onDrop(pointer != nullptr && (pointer->mask & XCB_MOD_MASK_CONTROL) != 0);
}

void DropProxy::finish(bool isTaken)
{
    if (!m_visit || !m_visit->isDropped) {
        return;
    }
    m_display.sendFor(
        m_visit->frame,
        m_visit->source,
        AtomId::XdndFinished,
        {isTaken ? IsAccepted : 0, isTaken ? m_display[AtomId::XdndActionCopy] : xcb_atom_t{XCB_ATOM_NONE}, 0, 0});
    m_display.flush();
    m_visit.reset();
}

} // namespace Bulkhead::Drag
