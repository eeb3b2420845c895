// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/connection.h"

#include <xcb/randr.h>
#include <xcb/shm.h>
#include <xcb/xcbext.h>

#include <algorithm>
#include <bit>

// A field of this protocol's requests is called `explicit`.
#ifdef __clang__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wkeyword-macro"
#endif
// NOLINTNEXTLINE(readability-identifier-naming): a word of C++, not a macro of ours
#define explicit explicit_
#include <xcb/xkb.h>
#undef explicit
#ifdef __clang__
#pragma clang diagnostic pop
#endif

namespace Bulkhead::Screen
{
namespace
{

constexpr std::uint8_t RootDepth = 24;
/// Work areas beyond this are nonsense. Source: spec gui-protocol 5.5.
constexpr std::uint32_t MaxWorkArea = 1U << 20;

const xcb_visualtype_t *visualOf(const xcb_screen_t &screen)
{
    for (auto depth = xcb_screen_allowed_depths_iterator(&screen); depth.rem != 0; xcb_depth_next(&depth)) {
        for (auto visual = xcb_depth_visuals_iterator(depth.data); visual.rem != 0; xcb_visualtype_next(&visual)) {
            if (visual.data->visual_id == screen.root_visual) {
                return visual.data;
            }
        }
    }
    return nullptr;
}

bool hasFourBytePixels(const xcb_setup_t &setup)
{
    for (auto format = xcb_setup_pixmap_formats_iterator(&setup); format.rem != 0; xcb_format_next(&format)) {
        if (format.data->depth == RootDepth) {
            return format.data->bits_per_pixel == 32 && setup.image_byte_order == XCB_IMAGE_ORDER_LSB_FIRST;
        }
    }
    return false;
}

Rect rectOf(const xcb_randr_monitor_info_t &monitor)
{
    return {monitor.x, monitor.y, monitor.width, monitor.height};
}

} // namespace

Result<std::unique_ptr<Connection>> Connection::open()
{
    int screenNumber = 0;
    xcb_connection_t *x = xcb_connect(nullptr, &screenNumber); // never nullptr; a failed one must be disconnected too
    std::unique_ptr<Connection> connection(new Connection(x));
    if (connection->isBroken()) {
        return fail(Errc::Io, "cannot connect to the X server that DISPLAY names");
    }
    BH_CHECK(connection->prepare(screenNumber));
    return connection;
}

Connection::Connection(xcb_connection_t *x) noexcept
    : m_x(x)
{
}

Connection::~Connection()
{
    xcb_disconnect(m_x);
}

Result<void> Connection::prepare(int screenNumber)
{
    BH_CHECK(findVisual(screenNumber));
    BH_CHECK(prepareSharedMemory());
    BH_CHECK(prepareKeyboard());
    BH_TRY(m_atoms, Atoms::intern(m_x));

    prepareMonitors();
    const std::uint32_t rootEvents = XCB_EVENT_MASK_PROPERTY_CHANGE | XCB_EVENT_MASK_STRUCTURE_NOTIFY;
    xcb_change_window_attributes(m_x, m_screen->root, XCB_CW_EVENT_MASK, &rootEvents);
    return {};
}

void Connection::prepareMonitors()
{
    const xcb_query_extension_reply_t *randr = xcb_get_extension_data(m_x, &xcb_randr_id);
    if (randr == nullptr || randr->present == 0) {
        return;
    }
    const XcbPtr<xcb_randr_query_version_reply_t> version(
        xcb_randr_query_version_reply(m_x, xcb_randr_query_version(m_x, 1, 5), nullptr));
    m_hasRandr = version != nullptr && (version->major_version > 1 || version->minor_version >= 5);
    if (m_hasRandr) {
        m_randrEvents = randr->first_event;
        xcb_randr_select_input(m_x,
                               m_screen->root,
                               XCB_RANDR_NOTIFY_MASK_SCREEN_CHANGE | XCB_RANDR_NOTIFY_MASK_CRTC_CHANGE
                                   | XCB_RANDR_NOTIFY_MASK_OUTPUT_CHANGE);
    }
}

bool Connection::isAboutMonitors(const xcb_generic_event_t &event) const noexcept
{
    const int type = event.response_type & 0x7F;
    return m_hasRandr
        && (type == m_randrEvents + XCB_RANDR_SCREEN_CHANGE_NOTIFY || type == m_randrEvents + XCB_RANDR_NOTIFY);
}

Result<void> Connection::findVisual(int screenNumber)
{
    const xcb_setup_t *setup = xcb_get_setup(m_x);
    auto screens = xcb_setup_roots_iterator(setup);
    for (; screens.rem != 0 && screenNumber > 0; --screenNumber) {
        xcb_screen_next(&screens);
    }
    if (screens.rem == 0) {
        return fail(Errc::Io, "the X server has no such screen");
    }
    m_screen = screens.data;
    const xcb_visualtype_t *visual = visualOf(*m_screen);
    // Pixels of guests are B, G, R, X in this order (spec gui-protocol 4.1) and are not converted.
    if (visual == nullptr || m_screen->root_depth != RootDepth || visual->red_mask != 0xFF0000
        || visual->green_mask != 0xFF00 || visual->blue_mask != 0xFF || !hasFourBytePixels(*setup)) {
        return fail(Errc::Unsupported, "the X server's root has not 24 bits of colour in four bytes a pixel");
    }
    return {};
}

Result<void> Connection::prepareSharedMemory()
{
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(m_x, &xcb_shm_id);
    if (extension == nullptr || extension->present == 0) {
        return fail(Errc::Unsupported, "the X server has no MIT-SHM");
    }
    const XcbPtr<xcb_shm_query_version_reply_t> version(
        xcb_shm_query_version_reply(m_x, xcb_shm_query_version(m_x), nullptr));
    if (version == nullptr || (version->major_version == 1 && version->minor_version < 2)) {
        return fail(Errc::Unsupported, "the X server's MIT-SHM takes no descriptors (it is older than 1.2)");
    }
    m_shmCompletion = static_cast<std::uint8_t>(extension->first_event + XCB_SHM_COMPLETION);
    return {};
}

Result<void> Connection::prepareKeyboard()
{
    const XcbPtr<xcb_xkb_use_extension_reply_t> use(
        xcb_xkb_use_extension_reply(m_x, xcb_xkb_use_extension(m_x, 1, 0), nullptr));
    if (use == nullptr || use->supported == 0) {
        return fail(Errc::Unsupported, "the X server has no XKB");
    }
    // A held key is then seen as presses only: a release is a release, and swallowing until it works (spec security,
    //
    const std::uint32_t flag = XCB_XKB_PER_CLIENT_FLAG_DETECTABLE_AUTO_REPEAT;
    const XcbPtr<xcb_xkb_per_client_flags_reply_t> flags(xcb_xkb_per_client_flags_reply(
        m_x, xcb_xkb_per_client_flags(m_x, XCB_XKB_ID_USE_CORE_KBD, flag, flag, 0, 0, 0), nullptr));
    if (flags == nullptr || (flags->value & flag) == 0) {
        return fail(Errc::Unsupported, "the X server cannot tell key repeats from presses");
    }
    return {};
}

std::uint32_t Connection::pixelOf(LabelColor color) const noexcept
{
    return color.rgb(); // findVisual() has seen that the visual's masks are these
}

std::optional<std::uint32_t> Connection::readCardinal(AtomId property, std::uint32_t index) const
{
    const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
        m_x, xcb_get_property(m_x, 0, m_screen->root, m_atoms[property], XCB_ATOM_CARDINAL, index, 1), nullptr));
    if (reply == nullptr || reply->format != 32 || xcb_get_property_value_length(reply.get()) != 4) {
        return std::nullopt;
    }
    return *static_cast<const std::uint32_t *>(xcb_get_property_value(reply.get()));
}

std::optional<Rect> Connection::readWorkArea() const
{
    const std::uint32_t desktop = readCardinal(AtomId::NetCurrentDesktop, 0).value_or(0);
    if (desktop > 0xFFFF) {
        return std::nullopt;
    }
    std::array<std::uint32_t, 4> values{};
    for (std::uint32_t i = 0; i < values.size(); ++i) {
        const auto value = readCardinal(AtomId::NetWorkArea, 4 * desktop + i);
        if (!value || *value > MaxWorkArea) {
            return std::nullopt;
        }
        values[i] = *value;
    }
    return Rect{static_cast<std::int32_t>(values[0]), static_cast<std::int32_t>(values[1]), values[2], values[3]};
}

std::vector<Rect> Connection::readMonitors() const
{
    std::vector<Rect> monitors;
    if (!m_hasRandr) {
        return monitors;
    }
    const XcbPtr<xcb_randr_get_monitors_reply_t> reply(
        xcb_randr_get_monitors_reply(m_x, xcb_randr_get_monitors(m_x, m_screen->root, 1), nullptr));
    if (reply == nullptr) {
        return monitors;
    }
    for (auto monitor = xcb_randr_get_monitors_monitors_iterator(reply.get()); monitor.rem != 0;
         xcb_randr_monitor_info_next(&monitor)) {
        if (const Rect rect = rectOf(*monitor.data); !rect.empty()) {
            monitors.push_back(rect);
        }
    }
    return monitors;
}

Desktop Connection::readDesktop() const
{
    Desktop desktop;
    const XcbPtr<xcb_get_geometry_reply_t> root(
        xcb_get_geometry_reply(m_x, xcb_get_geometry(m_x, m_screen->root), nullptr));
    desktop.root = root ? Size{root->width, root->height} : Size{m_screen->width_in_pixels, m_screen->height_in_pixels};
    desktop.workArea = plausibleWorkArea(desktop.root, readWorkArea());
    desktop.monitors = readMonitors();
    if (desktop.monitors.empty()) {
        desktop.monitors.push_back({0, 0, desktop.root.width, desktop.root.height});
    }
    return desktop;
}

bool Connection::readLocked() const
{
    return readCardinal(AtomId::BulkheadLocked, 0).value_or(0) != 0;
}

std::bitset<256> Connection::readModifierKeys() const
{
    std::bitset<256> keys;
    const XcbPtr<xcb_get_modifier_mapping_reply_t> reply(
        xcb_get_modifier_mapping_reply(m_x, xcb_get_modifier_mapping(m_x), nullptr));
    if (reply != nullptr) {
        const xcb_keycode_t *codes = xcb_get_modifier_mapping_keycodes(reply.get());
        for (int i = 0; i < xcb_get_modifier_mapping_keycodes_length(reply.get()); ++i) {
            keys.set(codes[i]);
        }
    }
    keys.reset(0); // fills the unused places of the table
    return keys;
}

KeyMeanings Connection::readKeyMeanings() const
{
    const xcb_setup_t *setup = xcb_get_setup(m_x);
    const auto count = static_cast<std::uint8_t>(setup->max_keycode - setup->min_keycode + 1);
    const XcbPtr<xcb_get_keyboard_mapping_reply_t> reply(
        xcb_get_keyboard_mapping_reply(m_x, xcb_get_keyboard_mapping(m_x, setup->min_keycode, count), nullptr));
    if (reply == nullptr) {
        return {};
    }
    const std::span<const xcb_keysym_t> keysyms(
        xcb_get_keyboard_mapping_keysyms(reply.get()),
        static_cast<std::size_t>(xcb_get_keyboard_mapping_keysyms_length(reply.get())));
    return {.firstKeycode = setup->min_keycode,
            .perKeycode = reply->keysyms_per_keycode,
            .keysyms = {keysyms.begin(), keysyms.end()}};
}

std::bitset<256> Connection::readPressedKeys() const
{
    std::bitset<256> keys;
    const XcbPtr<xcb_query_keymap_reply_t> reply(xcb_query_keymap_reply(m_x, xcb_query_keymap(m_x), nullptr));
    for (std::size_t key = 0; reply != nullptr && key < keys.size(); ++key) {
        keys[key] = ((reply->keys[key / 8] >> (key % 8)) & 1) != 0;
    }
    return keys;
}

} // namespace Bulkhead::Screen
