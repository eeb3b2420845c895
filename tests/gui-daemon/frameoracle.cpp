// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-daemon/frameoracle.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace Bulkhead::Test
{
namespace
{

using Screen::XcbPtr;

/// Whose pixel it is: NotOurs, or one more than a frame's index.
using Owner = std::uint16_t;
constexpr Owner NotOurs = 0;

struct Frame {
    xcb_window_t window;
    Rect place;
    std::uint32_t color;
};

/// The screen as the X server's stack says it must look.
class StackedScreen
{
public:
    explicit StackedScreen(const XObserver &x)
        : m_x(x)
        , m_root{0, 0, x.rootSize().width, x.rootSize().height}
        , m_owners(std::size_t{m_root.width} * m_root.height, NotOurs)
        , m_ours(x.frames())
    {
        layChildren(x.root(), m_root);
    }

    [[nodiscard]] QByteArray fault() const
    {
        for (const Frame &frame : m_frames) {
            if (const QByteArray found = faultOf(frame); !found.isEmpty()) {
                return found;
            }
        }
        const std::vector<std::uint32_t> pixels = m_x.pixels(m_root);
        for (std::size_t at = 0; at < pixels.size(); ++at) {
            if (m_owners[at] != NotOurs && pixels[at] != m_frames[m_owners[at] - 1U].color) {
                return QByteArrayLiteral("the frame of window ") + nameOf(m_frames[m_owners[at] - 1U]) + " has colour "
                    + QByteArray::number(pixels[at], 16) + " at " + QByteArray::number(at % m_root.width) + ','
                    + QByteArray::number(at / m_root.width);
            }
        }
        return {};
    }

private:
    [[nodiscard]] QByteArray nameOf(const Frame &frame) const
    {
        return QByteArray::number(m_x.numbers(frame.window, "_QUBES_VMWINDOWID").at(0), 16);
    }

    [[nodiscard]] QByteArray faultOf(const Frame &frame) const
    {
        const bool popup = m_x.isOverrideRedirect(frame.window);
        const Rect seen = intersection(m_root, frame.place);
        if (popup && !seen.empty() && seen != frame.place) {
            return "a side of popup " + nameOf(frame) + " lies outside the screen";
        }
        const xcb_window_t content = m_x.contentOf(frame.window);
        if (content == XCB_NONE || !m_x.isViewable(content)) {
            return {};
        }
        const Rect inner = m_x.geometry(content);
        const std::int32_t border = popup ? 2 : 4;
        const bool leaves = inner.x - frame.place.x >= border && inner.y - frame.place.y >= border
            && frame.place.right() - inner.right() >= border && frame.place.bottom() - inner.bottom() >= border;
        return leaves ? QByteArray() : "the content of window " + nameOf(frame) + " reaches into its frame";
    }

    void fill(const Rect &area, Owner owner)
    {
        const Rect seen = intersection(m_root, area);
        for (std::uint32_t row = 0; row < seen.height; ++row) {
            const std::size_t start =
                (static_cast<std::size_t>(seen.y) + row) * m_root.width + static_cast<std::size_t>(seen.x);
            std::fill_n(m_owners.begin() + static_cast<std::ptrdiff_t>(start), seen.width, owner);
        }
    }

    void layChildren(xcb_window_t parent, const Rect &clip)
    {
        const XcbPtr<xcb_query_tree_reply_t> tree(
            xcb_query_tree_reply(m_x.get(), xcb_query_tree(m_x.get(), parent), nullptr));
        const int count = tree ? xcb_query_tree_children_length(tree.get()) : 0;
        for (int i = 0; i < count; ++i) {
            lay(xcb_query_tree_children(tree.get())[i], clip);
        }
    }

    void lay(xcb_window_t window, const Rect &clip)
    {
        const XcbPtr<xcb_get_window_attributes_reply_t> attributes(
            xcb_get_window_attributes_reply(m_x.get(), xcb_get_window_attributes(m_x.get(), window), nullptr));
        if (!attributes || attributes->map_state != XCB_MAP_STATE_VIEWABLE
            || attributes->_class == XCB_WINDOW_CLASS_INPUT_ONLY) {
            return;
        }
        const Rect place = m_x.geometry(window);
        const Rect seen = intersection(clip, place);
        if (std::ranges::contains(m_ours, window)) {
            m_frames.push_back({window, place, m_x.numbers(window, "_QUBES_LABEL_COLOR").at(0)});
            fill(seen, static_cast<Owner>(m_frames.size()));
            // What is inside a frame is the content, or the picture with the name: none of the label's ground.
            const XcbPtr<xcb_query_tree_reply_t> tree(
                xcb_query_tree_reply(m_x.get(), xcb_query_tree(m_x.get(), window), nullptr));
            for (int i = 0; tree && i < xcb_query_tree_children_length(tree.get()); ++i) {
                const xcb_window_t child = xcb_query_tree_children(tree.get())[i];
                if (m_x.isViewable(child)) {
                    fill(intersection(seen, m_x.geometry(child)), NotOurs);
                }
            }
            return;
        }
        fill(seen, NotOurs);
        layChildren(window, seen);
    }

    const XObserver &m_x;
    Rect m_root;
    std::vector<Owner> m_owners;
    std::vector<xcb_window_t> m_ours;
    std::vector<Frame> m_frames;
};

} // namespace

QByteArray frameFault(const XObserver &x)
{
    x.sync();
    return StackedScreen(x).fault();
}

} // namespace Bulkhead::Test
