// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-agent/x11/contents.h"

#include "base/log.h"
#include "vchan-io/wire/guitypes.h"

#include <xcb/composite.h>
#include <xcb/damage.h>

#include <utility>

namespace Bulkhead::GuiAgent
{

namespace
{

constexpr LogCategory Log("bulkhead.gui-agent.contents");

constexpr std::uint8_t ColorDepth = 24;
constexpr std::uint8_t ColorAndAlphaDepth = 32;

bool fitsTheWire(Size size)
{
    return size.width > 0 && size.height > 0 && size.width <= Gui::MaxWindowWidth
        && size.height <= Gui::MaxWindowHeight;
}

std::size_t pagesFor(Size size)
{
    const std::size_t bytes = std::size_t{size.width} * size.height * Gui::BytesPerPixel;
    return (bytes + PageSize - 1) / PageSize;
}

} // namespace

Result<Contents> Contents::create(Connection &x, PageLedger &ledger, PageGranter *granter)
{
    BH_TRY(PixmapReader reader, PixmapReader::create(x));
    return Contents(x, ledger, granter, std::move(reader));
}

Contents::Contents(Connection &x, PageLedger &ledger, PageGranter *granter, PixmapReader reader) noexcept
    : m_x(x)
    , m_ledger(ledger)
    , m_granter(granter)
    , m_reader(std::move(reader))
{
}

std::optional<std::pair<WindowId, Rect>> Contents::damageOf(const xcb_generic_event_t &event) const
{
    if ((event.response_type & 0x7F) != m_x.extensions().damageEvents + XCB_DAMAGE_NOTIFY) {
        return std::nullopt;
    }
    // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): how libxcb gives events out
    const auto &damage = reinterpret_cast<const xcb_damage_notify_event_t &>(event);
    m_x.noteTime(damage.timestamp);
    const Rect area{damage.area.x, damage.area.y, damage.area.width, damage.area.height};
    return std::pair(WindowId{damage.drawable}, area);
}

bool Contents::prepare(GuestWindow &window)
{
    Picture &picture = window.picture;
    if (picture.stale) {
        const Size size = takePixmap(window);
        picture.stale = size == Size{};
        if (picture.stale) {
            return false; // unmapped meanwhile: the event that says so is on its way
        }
        if (size != picture.size || m_ledger.find(window.id) == nullptr) {
            picture.size = size;
            if (const auto granted = grantFor(window.id, size); !granted) {
                Log.warning("window {:#x} has no picture: {}", window.xid(), granted.error().text());
                m_ledger.release(window.id);
            }
        }
        window.announced.dumped = false; // the daemon is told again, and of all of it
    }
    return m_ledger.find(window.id) != nullptr;
}

std::vector<Rect> Contents::refresh(GuestWindow &window)
{
    const std::vector<Rect> areas = window.damage.take(window.picture.size);
    if (areas.empty()) {
        return areas;
    }
    // Before the pixels are read: what is drawn from here on is told again.
    xcb_damage_subtract(m_x.xcb(), window.damageId, XCB_NONE, XCB_NONE);
    m_reader.copy(
        window.picture.pixmap.id(), areas, {.bytes = m_ledger.find(window.id)->bytes(), .size = window.picture.size});
    return areas;
}

Size Contents::takePixmap(GuestWindow &window)
{
    xcb_connection_t *c = m_x.xcb();
    XcbPixmap pixmap(c, xcb_generate_id(c));
    const auto named = xcb_composite_name_window_pixmap_checked(c, window.xid(), pixmap.id());
    const auto geometryAsked = xcb_get_geometry(c, pixmap.id());
    const XcbPtr<xcb_generic_error_t> error(xcb_request_check(c, named));
    const XcbPtr<xcb_get_geometry_reply_t> geometry(xcb_get_geometry_reply(c, geometryAsked, nullptr));
    if (error || !geometry) {
        pixmap.forget();
        return {};
    }
    if (geometry->depth != ColorDepth && geometry->depth != ColorAndAlphaDepth) {
        return {};
    }
    window.picture.pixmap = std::move(pixmap);
    return {geometry->width, geometry->height};
}

Result<void> Contents::grantFor(WindowId window, Size size)
{
    if (m_granter == nullptr) {
        return fail(Errc::Unsupported, "this transport shares no pages");
    }
    if (!fitsTheWire(size)) {
        return fail(Errc::TooMuch, "it is larger than a window may be");
    }
    BH_TRY(auto pages, m_granter->grant(pagesFor(size)));
    m_ledger.replace(window, std::move(pages));
    return {};
}

} // namespace Bulkhead::GuiAgent
