// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/selectionoffer.h"

#include "gui-agent/clipboardtext.h"
#include "gui-agent/x11/properties.h"

#include <string.h> // explicit_bzero()

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace Bulkhead::GuiAgent
{

namespace
{

/// Pairs of a MULTIPLE request that are looked at; no program sends more than a handful.
constexpr std::uint32_t MostPairs = 32;

} // namespace

SelectionOffer::SelectionOffer(Connection &x, ServerTime &time, xcb_window_t owner)
    : m_x(x)
    , m_time(time)
    , m_owner(owner)
{
}

void SelectionOffer::offer(std::string_view text)
{
    wipe();
    m_raw = text.substr(0, text.find('\0'));
    m_utf8 = pastableUtf8(text);
    m_since = m_time.now();
    m_owned = {m_x.atoms().clipboard, XCB_ATOM_PRIMARY};
    for (const xcb_atom_t selection : m_owned) {
        xcb_set_selection_owner(m_x.xcb(), m_owner, selection, m_since);
    }
}

void SelectionOffer::wipe()
{
    for (std::string *const text : {&m_raw, &m_utf8}) {
        explicit_bzero(text->data(), text->size());
        text->clear();
    }
}

bool SelectionOffer::handle(const xcb_generic_event_t &event)
{
    switch (event.response_type & 0x7F) {
    case XCB_SELECTION_REQUEST:
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
        onRequest(reinterpret_cast<const xcb_selection_request_event_t &>(event));
        return true;
    case XCB_SELECTION_CLEAR:
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast)
        onLost(reinterpret_cast<const xcb_selection_clear_event_t &>(event).selection);
        return true;
    default:
        return false;
    }
}

void SelectionOffer::onRequest(const xcb_selection_request_event_t &request)
{
    m_x.noteTime(request.time);
    // Obsolete programs name no property and mean the target's name (ICCCM 2.2).
    const xcb_atom_t property = request.property != XCB_ATOM_NONE ? request.property : request.target;
    bool done = false;
    if (std::ranges::contains(m_owned, request.selection)) {
        done = request.target == m_x.atoms().multiple ? convertSeveral(request, property)
                                                      : convert(request.requestor, request.target, property);
    }
    xcb_selection_notify_event_t notify{};
    notify.response_type = XCB_SELECTION_NOTIFY;
    notify.time = request.time;
    notify.requestor = request.requestor;
    notify.selection = request.selection;
    notify.target = request.target;
    notify.property = done ? property : xcb_atom_t{XCB_ATOM_NONE};
    // The protocol sends 32 bytes whatever the event's own size is.
    std::array<std::byte, 32> bytes{};
    const auto own = std::bit_cast<std::array<std::byte, sizeof notify>>(notify);
    std::ranges::copy(own, bytes.begin());
    const auto wire = std::bit_cast<std::array<char, 32>>(bytes);
    xcb_send_event(m_x.xcb(), 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, wire.data());
}

bool SelectionOffer::convert(xcb_window_t requestor, xcb_atom_t target, xcb_atom_t property)
{
    const Atoms &atoms = m_x.atoms();
    if (target == atoms.targets) {
        const std::array offered{atoms.targets,
                                 atoms.multiple,
                                 atoms.timestamp,
                                 atoms.utf8String,
                                 xcb_atom_t{XCB_ATOM_STRING},
                                 atoms.compoundText};
        setWords(m_x.xcb(), requestor, property, XCB_ATOM_ATOM, offered);
    } else if (target == atoms.timestamp) {
        const std::array since{m_since};
        setWords(m_x.xcb(), requestor, property, XCB_ATOM_INTEGER, since);
    } else if (target == atoms.utf8String) {
        setText(m_x.xcb(), requestor, property, target, m_utf8);
    } else if (target == XCB_ATOM_STRING || target == atoms.compoundText) {
        setText(m_x.xcb(), requestor, property, target, m_raw);
    } else {
        return false;
    }
    return true;
}

/// ICCCM 2.6.2: pairs of target and property; those that cannot be met lose their property.
bool SelectionOffer::convertSeveral(const xcb_selection_request_event_t &request, xcb_atom_t property)
{
    xcb_connection_t *c = m_x.xcb();
    const PropertyReply reply(
        xcb_get_property_reply(c, askProperty(c, request.requestor, property, 2 * MostPairs), nullptr));
    std::vector<std::uint32_t> pairs = wordsOf(reply);
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
        if (pairs[i] == m_x.atoms().multiple || !convert(request.requestor, pairs[i], pairs[i + 1])) {
            pairs[i + 1] = XCB_ATOM_NONE;
        }
    }
    if (reply) {
        setWords(c, request.requestor, property, reply->type, pairs);
    }
    return !pairs.empty();
}

/// The text is kept no longer than it can be asked for.
void SelectionOffer::onLost(xcb_atom_t selection)
{
    std::erase(m_owned, selection);
    if (m_owned.empty()) {
        wipe();
    }
}

} // namespace Bulkhead::GuiAgent
