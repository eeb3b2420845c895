// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/x11/stacking.h"

#include <algorithm>
#include <span>
#include <vector>

namespace Bulkhead::Screen
{
namespace
{

constexpr std::uint32_t MaxClassWords = 64;

struct Questions {
    xcb_window_t window;
    xcb_get_window_attributes_cookie_t attributes;
    xcb_get_property_cookie_t className;
};

std::string_view instanceName(const xcb_get_property_reply_t &reply)
{
    const auto length = static_cast<std::size_t>(xcb_get_property_value_length(&reply));
    const std::string_view both(static_cast<const char *>(xcb_get_property_value(&reply)), length);
    return both.substr(0, both.find('\0'));
}

bool isLocker(xcb_connection_t *x, const Questions &asked)
{
    const XcbPtr<xcb_get_window_attributes_reply_t> attributes(
        xcb_get_window_attributes_reply(x, asked.attributes, nullptr));
    const XcbPtr<xcb_get_property_reply_t> className(xcb_get_property_reply(x, asked.className, nullptr));
    return attributes && className && attributes->override_redirect != 0
        && attributes->map_state == XCB_MAP_STATE_VIEWABLE
        && std::ranges::contains(LockerNames, instanceName(*className));
}

} // namespace

xcb_window_t findLowestLocker(const Connection &connection)
{
    xcb_connection_t *x = connection.get();
    const XcbPtr<xcb_query_tree_reply_t> tree(
        xcb_query_tree_reply(x, xcb_query_tree(x, connection.screen().root), nullptr));
    if (tree == nullptr) {
        return XCB_NONE;
    }
    const std::span children(xcb_query_tree_children(tree.get()), tree->children_len); // from bottom to top
    std::vector<Questions> asked;
    asked.reserve(children.size());
    for (const xcb_window_t child : children) {
        asked.push_back(
            {.window = child,
             .attributes = xcb_get_window_attributes(x, child),
             .className = xcb_get_property(x, 0, child, XCB_ATOM_WM_CLASS, XCB_ATOM_STRING, 0, MaxClassWords)});
    }
    xcb_window_t lowest = XCB_NONE;
    for (const Questions &questions : asked) { // every answer is taken, also after the first locker
        if (isLocker(x, questions) && lowest == XCB_NONE) {
            lowest = questions.window;
        }
    }
    return lowest;
}

} // namespace Bulkhead::Screen
