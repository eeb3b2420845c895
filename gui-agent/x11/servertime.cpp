// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/servertime.h"

#include <cstddef>
#include <string_view>

namespace Bulkhead::GuiAgent
{

namespace
{

/// The name follows its length at once. libxcb's own accessor looks for it behind the structure's padding, which the
/// protocol does not have.
std::string_view nameOf(const xcb_sync_systemcounter_t &counter)
{
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): bytes of a reply
    const char *length = reinterpret_cast<const char *>(&counter.name_len);
    return {length + sizeof counter.name_len, counter.name_len};
}

} // namespace

ServerTime::ServerTime(Connection &x)
    : m_x(x)
{
    xcb_connection_t *c = m_x.xcb();
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(c, &xcb_sync_id);
    if (extension == nullptr || extension->present == 0) {
        return;
    }
    const auto versionAsked = xcb_sync_initialize(c, 3, 1);
    const auto countersAsked = xcb_sync_list_system_counters(c);
    const XcbPtr<xcb_sync_initialize_reply_t> version(xcb_sync_initialize_reply(c, versionAsked, nullptr));
    const XcbPtr<xcb_sync_list_system_counters_reply_t> counters(
        xcb_sync_list_system_counters_reply(c, countersAsked, nullptr));
    if (!version || !counters) {
        return;
    }
    for (auto counter = xcb_sync_list_system_counters_counters_iterator(counters.get()); counter.rem > 0;
         xcb_sync_systemcounter_next(&counter)) {
        const std::string_view name = nameOf(*counter.data);
        if (name == "SERVERTIME") {
            m_clock = counter.data->counter;
        }
    }
}

xcb_timestamp_t ServerTime::now()
{
    if (m_clock != XCB_NONE) {
        const XcbPtr<xcb_sync_query_counter_reply_t> reply(
            xcb_sync_query_counter_reply(m_x.xcb(), xcb_sync_query_counter(m_x.xcb(), m_clock), nullptr));
        if (reply) {
            m_x.noteTime(reply->counter_value.lo); // X's times are the clock's lower 32 bits
        }
    }
    return m_x.time();
}

} // namespace Bulkhead::GuiAgent
