// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/connection.h"

#include "base/formatted.h"
#include "gui-agent/x11/xkb.h"

#include <xcb/composite.h>
#include <xcb/damage.h>
#include <xcb/shm.h>
#include <xcb/xfixes.h>
#include <xcb/xtest.h>

#include <string_view>
#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

xcb_screen_t *screenAt(const xcb_setup_t *setup, int number)
{
    xcb_screen_iterator_t screens = xcb_setup_roots_iterator(setup);
    while (number > 0 && screens.rem > 1) {
        xcb_screen_next(&screens);
        --number;
    }
    return screens.data;
}

Result<const xcb_query_extension_reply_t *>
findExtension(xcb_connection_t *connection, xcb_extension_t *extension, std::string_view name)
{
    const xcb_query_extension_reply_t *found = xcb_get_extension_data(connection, extension);
    if (found == nullptr || found->present == 0) {
        return fail(Errc::Unsupported, formatted("the X server lacks the extension {}", name));
    }
    return found;
}

std::unexpected<Error> tooOld(std::string_view name)
{
    return fail(Errc::Unsupported, formatted("the X server's extension {} is too old", name));
}

} // namespace

Connection::Connection(XcbConnectionPtr connection, xcb_screen_t *screen) noexcept
    : m_connection(std::move(connection))
    , m_screen(screen)
{
}

Result<std::unique_ptr<Connection>> Connection::open(const char *display)
{
    int number = 0;
    XcbConnectionPtr raw(xcb_connect(display, &number));
    if (xcb_connection_has_error(raw.get()) != 0) {
        return fail(Errc::PeerGone, "there is no X server to talk to; is DISPLAY right?");
    }
    xcb_screen_t *screen = screenAt(xcb_get_setup(raw.get()), number);
    std::unique_ptr<Connection> connection(new Connection(std::move(raw), screen));
    BH_TRY(connection->m_atoms, Atoms::intern(connection->xcb()));
    BH_CHECK(connection->queryExtensions());
    return connection;
}

/// The versions must be asked for: before that a server refuses the extension's requests.
Result<void> Connection::queryExtensions()
{
    xcb_connection_t *c = xcb();
    for (xcb_extension_t *extension :
         {&xcb_composite_id, &xcb_damage_id, &xcb_xfixes_id, &xcb_test_id, &xcb_xkb_id, &xcb_shm_id}) {
        xcb_prefetch_extension_data(c, extension);
    }
    BH_CHECK(findExtension(c, &xcb_composite_id, "Composite"));
    BH_TRY(const auto *damage, findExtension(c, &xcb_damage_id, "DAMAGE"));
    BH_TRY(const auto *fixes, findExtension(c, &xcb_xfixes_id, "XFIXES"));
    BH_CHECK(findExtension(c, &xcb_test_id, "XTEST"));
    BH_TRY(const auto *xkb, findExtension(c, &xcb_xkb_id, "XKEYBOARD"));
    const bool hasShm = findExtension(c, &xcb_shm_id, "MIT-SHM").has_value();

    const auto compositeAsked = xcb_composite_query_version(c, 0, 4);
    const auto damageAsked = xcb_damage_query_version(c, 1, 1);
    const auto fixesAsked = xcb_xfixes_query_version(c, 5, 0);
    const auto xkbAsked = xcb_xkb_use_extension(c, 1, 0);

    const XcbPtr<xcb_composite_query_version_reply_t> composite(
        xcb_composite_query_version_reply(c, compositeAsked, nullptr));
    if (!composite || (composite->major_version == 0 && composite->minor_version < 2)) {
        return tooOld("Composite");
    }
    const XcbPtr<xcb_damage_query_version_reply_t> damageVersion(
        xcb_damage_query_version_reply(c, damageAsked, nullptr));
    const XcbPtr<xcb_xfixes_query_version_reply_t> fixesVersion(xcb_xfixes_query_version_reply(c, fixesAsked, nullptr));
    if (!damageVersion || !fixesVersion || fixesVersion->major_version < 2) {
        return tooOld("XFIXES");
    }
    const XcbPtr<xcb_xkb_use_extension_reply_t> xkbVersion(xcb_xkb_use_extension_reply(c, xkbAsked, nullptr));
    if (!xkbVersion || xkbVersion->supported == 0) {
        return tooOld("XKEYBOARD");
    }
    if (hasShm) {
        const XcbPtr<xcb_shm_query_version_reply_t> shm(
            xcb_shm_query_version_reply(c, xcb_shm_query_version(c), nullptr));
        m_extensions.sharedMemory = shm && std::pair(shm->major_version, shm->minor_version) >= std::pair(1, 2);
    }
    m_extensions.damageEvents = damage->first_event;
    m_extensions.fixesEvents = fixes->first_event;
    m_extensions.xkbEvents = xkb->first_event;
    return {};
}

int Connection::pollFd() const
{
    return xcb_get_file_descriptor(xcb());
}

bool Connection::isBroken() const
{
    return xcb_connection_has_error(xcb()) != 0;
}

XcbPtr<xcb_generic_event_t> Connection::nextEvent() const
{
    return XcbPtr<xcb_generic_event_t>(xcb_poll_for_event(xcb()));
}

void Connection::flush() const
{
    (void)xcb_flush(xcb());
}

void Connection::noteTime(xcb_timestamp_t time) noexcept
{
    if (time != XCB_CURRENT_TIME) {
        m_time = time;
    }
}

} // namespace Bulkhead::GuiAgent
