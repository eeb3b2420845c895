// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/x11/screenwatch.h"

#include "base/malloced.h"

#include <QLoggingCategory>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(watchLog, "bulkhead.prompt.screen", QtInfoMsg)

template<typename T> using XcbPtr = Malloced<T>;

/// What the gui-daemon writes on each of its frames, and a window manager's frame may hold one.
constexpr std::string_view QubeNameAtom = "_QUBES_VMNAME";
/// Milliseconds since the last event of any device.
constexpr std::string_view IdleCounter = "IDLETIME";
constexpr std::uint8_t SentByAClient = 0x80;

struct Place {
    int left;
    int top;
    int right;
    int bottom;

    [[nodiscard]] bool overlaps(const Place &other) const
    {
        return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
    }
};

Place placeOf(const xcb_get_geometry_reply_t &geometry)
{
    const int border = 2 * geometry.border_width;
    return {.left = geometry.x,
            .top = geometry.y,
            .right = geometry.x + geometry.width + border,
            .bottom = geometry.y + geometry.height + border};
}

/// xcb's own accessor begins at the end of the structure, which the compiler rounds up; on the wire the name follows
/// its length at once.
std::string_view nameOf(const xcb_sync_systemcounter_t &counter)
{
    constexpr auto Offset = offsetof(xcb_sync_systemcounter_t, name_len) + sizeof counter.name_len;
    return {std::next(static_cast<const char *>(static_cast<const void *>(&counter)), Offset), counter.name_len};
}

} // namespace

Result<std::unique_ptr<ScreenWatch>> ScreenWatch::create()
{
    int number = 0;
    Connection connection(xcb_connect(nullptr, &number));
    if (xcb_connection_has_error(connection.get()) != 0) {
        return fail(Errc::Io, "there is no X server");
    }
    xcb_screen_iterator_t screen = xcb_setup_roots_iterator(xcb_get_setup(connection.get()));
    for (; number > 0 && screen.rem > 1; --number) {
        xcb_screen_next(&screen);
    }
    const xcb_window_t root = screen.data->root;
    return std::unique_ptr<ScreenWatch>(new ScreenWatch(std::move(connection), root));
}

ScreenWatch::ScreenWatch(Connection connection, xcb_window_t root)
    : m_connection(std::move(connection))
    , m_root(root)
    , m_notifier(xcb_get_file_descriptor(m_connection.get()), QSocketNotifier::Read)
{
    const auto atom =
        xcb_intern_atom(m_connection.get(), 0, static_cast<std::uint16_t>(QubeNameAtom.size()), QubeNameAtom.data());
    prepareSync();
    if (const XcbPtr<xcb_intern_atom_reply_t> reply{xcb_intern_atom_reply(m_connection.get(), atom, nullptr)}) {
        m_qubeName = reply->atom;
    }
    m_soon.setSingleShot(true);
    connect(&m_soon, &QTimer::timeout, this, &ScreenWatch::look);
    m_untilQuiet.setSingleShot(true);
    connect(&m_untilQuiet, &QTimer::timeout, this, &ScreenWatch::askForQuiet);
    connect(&m_notifier, &QSocketNotifier::activated, this, &ScreenWatch::onReadable);
    xcb_flush(m_connection.get());
}

ScreenWatch::~ScreenWatch() = default;

void ScreenWatch::prepareSync()
{
    xcb_connection_t *const x = m_connection.get();
    const xcb_query_extension_reply_t *const extension = xcb_get_extension_data(x, &xcb_sync_id);
    if (extension == nullptr || extension->present == 0) {
        return;
    }
    const auto version = xcb_sync_initialize(x, XCB_SYNC_MAJOR_VERSION, XCB_SYNC_MINOR_VERSION);
    const auto counters = xcb_sync_list_system_counters(x);
    const XcbPtr<xcb_sync_initialize_reply_t> ready{xcb_sync_initialize_reply(x, version, nullptr)};
    const XcbPtr<xcb_sync_list_system_counters_reply_t> reply{
        xcb_sync_list_system_counters_reply(x, counters, nullptr)};
    if (!ready || !reply) {
        return;
    }
    for (auto at = xcb_sync_list_system_counters_counters_iterator(reply.get()); at.rem > 0;
         xcb_sync_systemcounter_next(&at)) {
        if (nameOf(*at.data) == IdleCounter) {
            m_idle = at.data->counter;
        }
    }
}

void ScreenWatch::watch(xcb_window_t window)
{
    m_window = window;
    const std::uint32_t mask = window == XCB_WINDOW_NONE ? 0 : XCB_EVENT_MASK_SUBSTRUCTURE_NOTIFY;
    xcb_change_window_attributes(m_connection.get(), m_root, XCB_CW_EVENT_MASK, &mask);
    xcb_flush(m_connection.get());
    m_soon.start(0);
}

void ScreenWatch::waitForQuiet()
{
    m_untilQuiet.start(0);
}

void ScreenWatch::askForQuiet()
{
    if (!m_idle) {
        return; // then the person chooses the window
    }
    // An alarm of the server's would not go off for hands that have been still all along.
    xcb_connection_t *const x = m_connection.get();
    const XcbPtr<xcb_sync_query_counter_reply_t> reply{
        xcb_sync_query_counter_reply(x, xcb_sync_query_counter(x, *m_idle), nullptr)};
    if (!reply) {
        return;
    }
    const std::chrono::milliseconds still{(static_cast<std::int64_t>(reply->counter_value.hi) << 32)
                                          + reply->counter_value.lo};
    if (still >= Quiet) {
        Q_EMIT quiet();
    } else {
        m_untilQuiet.start(Quiet - still);
    }
    onReadable(); // events that came with the reply
}

void ScreenWatch::onReadable()
{
    while (const XcbPtr<xcb_generic_event_t> event{xcb_poll_for_event(m_connection.get())}) {
        onEvent(*event);
    }
    if (xcb_connection_has_error(m_connection.get()) != 0) {
        m_notifier.setEnabled(false); // the desktop ends
    }
}

void ScreenWatch::onEvent(const xcb_generic_event_t &event)
{
    const auto type = static_cast<std::uint8_t>(event.response_type & ~SentByAClient);
    switch (type) {
    case XCB_CONFIGURE_NOTIFY:
    case XCB_MAP_NOTIFY:
    case XCB_UNMAP_NOTIFY:
    case XCB_DESTROY_NOTIFY:
    case XCB_REPARENT_NOTIFY:
    case XCB_CIRCULATE_NOTIFY:
    case XCB_GRAVITY_NOTIFY:
        if (!m_soon.isActive()) {
            m_soon.start(0); // many of them are one look
        }
        break;
    default:
        break;
    }
}

void ScreenWatch::look()
{
    const auto own = m_window != XCB_WINDOW_NONE ? topLevelOf(m_window) : std::nullopt;
    const std::vector<Covering> found = own ? coverings(*own) : std::vector<Covering>();
    const bool isCovered = !found.empty();
    if (isCovered != std::exchange(m_isCovered, isCovered)) {
        if (isCovered) {
            qCInfo(watchLog, "a qube's window lies over the question");
        }
        Q_EMIT coveredChanged(isCovered);
    }
    if (isCovered) {
        putBelow(*own, found); // the server tells of the move, and that is the next look
    }
    onReadable(); // events that came with the replies
}

void ScreenWatch::putBelow(xcb_window_t own, const std::vector<Covering> &coverings)
{
    const std::array<std::uint32_t, 2> below{own, XCB_STACK_MODE_BELOW};
    constexpr std::uint16_t Place = XCB_CONFIG_WINDOW_SIBLING | XCB_CONFIG_WINDOW_STACK_MODE;
    for (const Covering &covering : coverings) {
        if (!covering.isManaged) {
            xcb_configure_window(m_connection.get(), covering.window, Place, below.data());
        }
    }
    xcb_flush(m_connection.get());
    if (std::ranges::any_of(coverings, &Covering::isManaged)) {
        Q_EMIT raiseWanted();
    }
}

std::vector<xcb_window_t> ScreenWatch::children(xcb_window_t window) const
{
    xcb_connection_t *const x = m_connection.get();
    const XcbPtr<xcb_query_tree_reply_t> tree{xcb_query_tree_reply(x, xcb_query_tree(x, window), nullptr)};
    if (!tree) {
        return {};
    }
    const xcb_window_t *const first = xcb_query_tree_children(tree.get());
    return {first, first + xcb_query_tree_children_length(tree.get())};
}

std::optional<xcb_window_t> ScreenWatch::topLevelOf(xcb_window_t window) const
{
    xcb_connection_t *const x = m_connection.get();
    for (;;) {
        const XcbPtr<xcb_query_tree_reply_t> tree{xcb_query_tree_reply(x, xcb_query_tree(x, window), nullptr)};
        if (!tree) {
            return std::nullopt;
        }
        if (tree->parent == m_root || tree->parent == XCB_WINDOW_NONE) {
            return window;
        }
        window = tree->parent;
    }
}

std::vector<ScreenWatch::Covering> ScreenWatch::overlapping(xcb_window_t window,
                                                            const std::vector<xcb_window_t> &candidates) const
{
    xcb_connection_t *const x = m_connection.get();
    const auto own = xcb_get_geometry(x, window);
    std::vector<std::pair<xcb_get_window_attributes_cookie_t, xcb_get_geometry_cookie_t>> cookies;
    for (const xcb_window_t candidate : candidates) {
        cookies.emplace_back(xcb_get_window_attributes(x, candidate), xcb_get_geometry(x, candidate));
    }
    const XcbPtr<xcb_get_geometry_reply_t> ownPlace{xcb_get_geometry_reply(x, own, nullptr)};
    std::vector<Covering> found;
    for (std::size_t at = 0; at < candidates.size(); ++at) {
        const XcbPtr<xcb_get_window_attributes_reply_t> attributes{
            xcb_get_window_attributes_reply(x, cookies.at(at).first, nullptr)};
        const XcbPtr<xcb_get_geometry_reply_t> place{xcb_get_geometry_reply(x, cookies.at(at).second, nullptr)};
        if (ownPlace && attributes && place && attributes->map_state == XCB_MAP_STATE_VIEWABLE
            && placeOf(*ownPlace).overlaps(placeOf(*place))) {
            found.push_back({.window = candidates.at(at), .isManaged = attributes->override_redirect == 0});
        }
    }
    return found;
}

bool ScreenWatch::hasQubeName(const std::vector<xcb_window_t> &windows) const
{
    xcb_connection_t *const x = m_connection.get();
    std::vector<xcb_get_property_cookie_t> cookies;
    for (const xcb_window_t window : windows) {
        cookies.push_back(xcb_get_property(x, 0, window, m_qubeName, XCB_GET_PROPERTY_TYPE_ANY, 0, 1));
    }
    bool isFound = false;
    for (const xcb_get_property_cookie_t cookie : cookies) {
        const XcbPtr<xcb_get_property_reply_t> property{xcb_get_property_reply(x, cookie, nullptr)};
        isFound = isFound || (property && property->type != XCB_ATOM_NONE);
    }
    return isFound;
}

bool ScreenWatch::isOfQube(xcb_window_t topLevel) const
{
    std::vector<xcb_window_t> withInner = children(topLevel); // a window manager's frame holds the one that is named
    withInner.push_back(topLevel);
    if (hasQubeName(withInner)) {
        return true;
    }
    return std::ranges::any_of(withInner, [&](xcb_window_t inner) {
        return inner != topLevel && hasQubeName(children(inner));
    });
}

std::vector<ScreenWatch::Covering> ScreenWatch::coverings(xcb_window_t own) const
{
    // The server lists them from the bottom up.
    const std::vector<xcb_window_t> all = children(m_root);
    const auto place = std::ranges::find(all, own);
    if (place == all.end()) {
        return {};
    }
    std::vector<Covering> found = overlapping(own, {std::next(place), all.end()});
    std::erase_if(found, [this](const Covering &covering) {
        return !isOfQube(covering.window);
    });
    return found;
}

} // namespace Bulkhead
