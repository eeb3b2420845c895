// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/wirehalf/session.h"

#include "base/formatted.h"
#include "gui-daemon/wirehalf/messagerules.h"
#include "gui-daemon/wirehalf/pixelcopier.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/header.h"

#include <string.h> // explicit_bzero()

#include <utility>
#include <variant>

namespace Bulkhead
{
namespace
{

using namespace Gui::FromAgent;
namespace ToAgent = Gui::FromDaemon;

constexpr std::uint32_t ScreenDepth = 24;

/// Of a text that a person copied nothing is left behind.
void overwrite(std::vector<std::byte> &text)
{
    if (!text.empty()) { // an empty one has no place
        explicit_bzero(text.data(), text.size());
    }
}

} // namespace

Session::Session(std::unique_ptr<Channel> channel,
                 std::unique_ptr<PageMapper> mapper,
                 ScreenSink &screen,
                 Size root,
                 const Clock &clock,
                 ClipboardPipes *clipboard)
    : m_stream(std::move(channel),
               {.headerSize = Gui::HeaderSize,
                .bodyLength =
                    [this](std::span<const std::byte> header) {
                        return onHeader(header);
                    }},
               clock)
    , m_mapper(std::move(mapper))
    , m_screen(screen)
    , m_root(root)
    , m_clipboard(clipboard)
{
}

// --- reading ---------------------------------------------------------------------------------------------------------

Result<void> Session::onChannelReady()
{
    BH_CHECK(m_stream.takeEvent());
    if (m_stream.pendingOut() < ManyBytesWaiting) {
        BH_CHECK(tellLateMotion());
    }
    return readMessages();
}

Result<void> Session::tellLateMotion()
{
    const auto motion = std::exchange(m_lateMotion, std::nullopt);
    return motion ? tell(*motion) : Result<void>{};
}

Result<void> Session::readMessages()
{
    m_hasMore = false;
    for (int count = 0; !m_screen.isBehind(); ++count) {
        if (count == MessagesPerTurn) {
            m_hasMore = true;
            break;
        }
        BH_TRY(const bool handled, m_phase == Phase::Greeting ? greet() : readOne());
        if (!handled) {
            break;
        }
    }
    return m_stream.flush();
}

Result<bool> Session::greet()
{
    BH_TRY(const auto announced, m_stream.nextRaw(Gui::VersionSize));
    if (!announced) {
        return false;
    }
    BH_TRY(m_version, Gui::negotiate(*announced));
    BH_CHECK(m_stream.send(Gui::buildAnswer(m_version, Gui::ScreenDescription::of(m_root, ScreenDepth))));
    m_phase = Phase::Running;
    return true;
}

Result<std::size_t> Session::onHeader(std::span<const std::byte> bytes)
{
    BH_TRY(const Gui::Header header, Gui::parseHeader(bytes));
    const MessageRule *rule = findMessageRule(header.type.anyValue()); // every number has a verdict there
    if (rule == nullptr) {
        return fail(Errc::UnknownType, "a message type that no agent sends");
    }
    const bool exists = m_windows.contains(header.window);
    if (rule->window == WindowRule::Known && !exists) {
        return fail(Errc::WrongState, formatted("{}: window: there is none with this id", rule->name));
    }
    if (rule->window == WindowRule::Unused && exists) {
        return fail(Errc::WrongState, formatted("{}: window: the id is in use", rule->name));
    }
    auto length = Gui::FromAgent::bodyLength(header, m_version);
    return length ? length : std::unexpected(std::move(length).error().in(rule->name));
}

Result<bool> Session::readOne()
{
    BH_TRY(const auto next, m_stream.next());
    if (!next) {
        return false;
    }
    BH_TRY(const Gui::Header header, Gui::parseHeader(next->header));
    auto message = Gui::FromAgent::parse(header, next->body, m_version);
    if (!message) {
        const MessageRule *rule = findMessageRule(header.type.anyValue());
        BH_ASSERT(rule != nullptr); // onHeader() let it pass
        return std::unexpected(std::move(message).error().in(rule->name));
    }
    BH_CHECK(std::visit(
        [this](const auto &m) {
            return handle(m);
        },
        *message));
    if (auto *text = std::get_if<ClipboardData>(&*message)) {
        overwrite(text->text);
    }
    return true;
}

// --- messages of the agent -------------------------------------------------------------------------------------------

/// Commands about a window that the screen half does not know, or that waits for a tray, are not for it.
template<typename T> Result<void> Session::forward(const T &message)
{
    const WireWindow *window = m_windows.find(message.window);
    if (window == nullptr || window->refused || window->docked) {
        return {};
    }
    return m_screen.send(message);
}

Result<void> Session::handle(const Create &m)
{
    BH_CHECK(m_windows.create(m.window, m.geometry));
    return forward(m);
}

Result<void> Session::handle(const Destroy &m)
{
    const WireWindow *window = m_windows.find(m.window);
    if (window != nullptr && !window->refused) {
        BH_CHECK(m_screen.send(m));
        ++m_leaving[m.window];
    }
    m_windows.destroy(m.window);
    return m_version >= Gui::SinceDestroyConfirmed ? tell(ToAgent::Destroyed{.window = m.window}) : Result<void>{};
}

Result<void> Session::handle(const Map &m)
{
    WireWindow *window = m_windows.find(m.window);
    if (window->mapped || window->docked) {
        return {};
    }
    window->mapped = true;
    window->visible = true;
    BH_CHECK(forward(m));
    return updatePicture(*window);
}

Result<void> Session::handle(const Unmap &m)
{
    WireWindow *window = m_windows.find(m.window);
    window->mapped = false;
    window->visible = false;
    if (m.window != WholeScreen) { // the whole screen keeps its picture
        BH_CHECK(dropPicture(*window));
    }
    return forward(m);
}

Result<void> Session::handle(const Configure &m)
{
    WireWindow *window = m_windows.find(m.window);
    const bool same = m.geometry == window->geometry;
    if (window->docked) {
        window->pending = false;
        return same ? Result<void>{} : tellGeometry(*window);
    }
    if (window->pending && !same) {
        return tellGeometry(*window); // ours is newer: the agent hears it again
    }
    window->pending = false;
    if (same) {
        return {};
    }
    window->geometry = m.geometry;
    return forward(m);
}

Result<void> Session::handle(const Damage &m)
{
    WireWindow *window = m_windows.find(m.window);
    if (!window->mapped) {
        return {};
    }
    Picture &picture = window->picture;
    picture.damage = united(picture.damage, intersection(m.area, wholeOf(picture.size)));
    return updatePicture(*window);
}

Result<void> Session::handle(const WindowDump &m)
{
    WireWindow *window = m_windows.find(m.window);
    // The old pages go first: the acknowledgement of this dump says that they are not mapped any more.
    m_windows.dropPages(*window);
    window->picture.damage = intersection(window->picture.damage, wholeOf(m.size)); // still to be painted, from the new
    if (m_mapper && !window->refused && m_windows.hasRoomFor(m.pages.size())) {
        auto pages = m_mapper->map(m.pages);
        if (pages && (*pages)->size() >= bytesOf(m.size)) {
            m_windows.setPages(*window, *std::move(pages), m.pages.size(), m.size);
            window->picture.stale = true;
        }
    }
    if (!window->picture.pages) {
        BH_CHECK(dropPicture(*window)); // it shows its label's colour
    }
    if (m_version >= Gui::SinceDumpAck) {
        BH_CHECK(tell(ToAgent::DumpAcknowledged{.window = m.window}));
    }
    return updatePicture(*window);
}

Result<void> Session::handle(const Dock &m)
{
    WireWindow *window = m_windows.find(m.window);
    if (!window->mapped && !window->docked) {
        // Tray icons are items of dom0's tray (spec security, R-24); the window itself is never shown.
        window->docked = true;
    }
    return {};
}

Result<void> Session::handle(const Title &m)
{
    return forward(m);
}

Result<void> Session::handle(const WindowClass &m)
{
    return forward(m);
}

Result<void> Session::handle(const WindowHints &m)
{
    return forward(m);
}

Result<void> Session::handle(const ChangeState &m)
{
    return forward(m);
}

Result<void> Session::handle(const Cursor &m)
{
    return forward(m);
}

Result<void> Session::handle(const ClipboardData &m)
{
    // What nobody asked for is thrown away (spec gui-protocol 3.5).
    m_hasUnaskedText |= m_clipboard == nullptr || !m_clipboard->answer(m.text);
    return {};
}

// --- pixels ----------------------------------------------------------------------------------------------------------

Result<void> Session::dropPicture(WireWindow &window)
{
    m_windows.dropPages(window);
    const bool hadSegment = window.picture.requestedSize != Size{};
    window.picture = {};
    return hadSegment ? forward(Screen::DropSegment{.window = window.id}) : Result<void>{};
}

Result<void> Session::updatePicture(WireWindow &window)
{
    Picture &picture = window.picture;
    if (!window.mapped || window.refused || window.docked || !picture.pages || bytesOf(picture.size) == 0) {
        return {};
    }
    if (picture.requestedSize != picture.size) {
        picture.requestedSize = picture.size;
        picture.serial = ++m_segments;
        picture.segment = {};
        picture.painting = false;
        return m_screen.send(
            Screen::RequestSegment{.window = window.id, .serial = picture.serial, .size = picture.size});
    }
    if (picture.segment.bytes().empty() || !window.visible || picture.painting) {
        return {}; // what is damaged meanwhile is merged
    }
    const Rect toCopy = picture.stale ? wholeOf(picture.size) : picture.damage;
    if (!toCopy.empty()) {
        copyPixels(*picture.pages, picture.size, toCopy, picture.segment.bytes());
        picture.stale = false;
    }
    const Rect toPaint = std::exchange(picture.damage, {});
    if (toPaint.empty()) {
        return {};
    }
    picture.painting = true;
    return m_screen.send(Screen::PaintArea{.window = window.id, .serial = picture.serial, .area = toPaint});
}

// --- words to the agent ----------------------------------------------------------------------------------------------

Result<void> Session::tell(const ToAgent::Message &message)
{
    return m_stream.send(ToAgent::build(message, m_version));
}

Result<void> Session::tellGeometry(const WireWindow &window)
{
    return tell(ToAgent::Configure{.window = window.id, .geometry = window.geometry});
}

Result<void> Session::paste(WindowId window, std::span<const std::byte> text)
{
    // What is built of it must not be a copy that nobody overwrites.
    ToAgent::Message message(ToAgent::ClipboardData{.window = window, .text = {text.begin(), text.end()}});
    std::vector<std::byte> bytes = ToAgent::build(message, m_version);
    const auto sent = m_stream.send(bytes);
    overwrite(bytes);
    overwrite(std::get<ToAgent::ClipboardData>(message).text);
    BH_CHECK(sent);
    return m_stream.flush();
}

} // namespace Bulkhead
