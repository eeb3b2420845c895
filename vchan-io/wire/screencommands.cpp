// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/screencommands.h"

#include "vchan-io/wire/header.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <concepts>
#include <new>
#include <utility>

namespace Bulkhead::Screen
{
namespace
{

using Bytes = std::span<const std::byte>;

/// Types beside those of the GUI protocol, which end at 150.
enum class OwnType : std::uint32_t {
    RequestSegment = 1001,
    DropSegment,
    PaintArea,
    Adopted,
    Visibility,
    SegmentReady,
    Painted,
    Forgotten,
    ClipboardAsk,
    ClipboardGive,
};

template<typename T, typename Variant> constexpr bool isOneOf = false;

template<typename T, typename... Types>
constexpr bool isOneOf<T, std::variant<Types...>> = (std::same_as<T, Types> || ...);

// --- writing ---------------------------------------------------------------------------------------------------------

std::vector<std::byte> own(OwnType type, WindowId window, WireWriter body)
{
    const std::vector<std::byte> bytes = std::move(body).take();
    WireWriter out(PacketSize);
    out.u32(std::to_underlying(type)).u32(window.value()).u32(static_cast<std::uint32_t>(bytes.size())).bytes(bytes);
    return std::move(out).take();
}

WireWriter rectangle(const Rect &rect, std::optional<std::uint32_t> serial = std::nullopt)
{
    WireWriter body;
    if (serial) {
        body.u32(*serial);
    }
    body.i32(rect.x).i32(rect.y).u32(rect.width).u32(rect.height);
    return body;
}

WireWriter numbers(std::initializer_list<std::uint32_t> values)
{
    WireWriter body;
    for (const std::uint32_t value : values) {
        body.u32(value);
    }
    return body;
}

struct Builder {
    std::vector<std::byte> operator()(const RequestSegment &m) const
    {
        return own(OwnType::RequestSegment, m.window, numbers({m.serial, m.size.width, m.size.height}));
    }

    std::vector<std::byte> operator()(const DropSegment &m) const
    {
        return own(OwnType::DropSegment, m.window, WireWriter{});
    }

    std::vector<std::byte> operator()(const PaintArea &m) const
    {
        return own(OwnType::PaintArea, m.window, rectangle(m.area, m.serial));
    }

    std::vector<std::byte> operator()(const Adopted &m) const
    {
        return own(OwnType::Adopted, m.window, rectangle(m.geometry));
    }

    std::vector<std::byte> operator()(const Visibility &m) const
    {
        return own(OwnType::Visibility, m.window, numbers({m.visible ? 1U : 0U}));
    }

    std::vector<std::byte> operator()(const SegmentReady &m) const
    {
        return own(OwnType::SegmentReady, m.window, numbers({m.serial, m.size.width, m.size.height}));
    }

    std::vector<std::byte> operator()(const Painted &m) const
    {
        return own(OwnType::Painted, m.window, numbers({m.serial}));
    }

    std::vector<std::byte> operator()(const Forgotten &m) const
    {
        return own(OwnType::Forgotten, m.window, WireWriter{});
    }

    std::vector<std::byte> operator()(const ClipboardAsk &m) const
    {
        return own(OwnType::ClipboardAsk, m.window, WireWriter{});
    }

    std::vector<std::byte> operator()(const ClipboardGive &m) const
    {
        return own(OwnType::ClipboardGive, m.window, numbers({m.length}));
    }

    template<typename T>
        requires isOneOf<T, Gui::FromAgent::Message>
    std::vector<std::byte> operator()(const T &m) const
    {
        return Gui::FromAgent::build(m);
    }

    template<typename T>
        requires isOneOf<T, Gui::FromDaemon::Message>
    std::vector<std::byte> operator()(const T &m) const
    {
        return Gui::FromDaemon::build(m, Gui::OwnVersion);
    }
};

template<typename Variant> Packet build(const Variant &message)
{
    const std::vector<std::byte> bytes = std::visit(Builder{}, message);
    Packet packet{};
    BH_ASSERT(bytes.size() <= packet.size());
    std::ranges::copy(bytes, packet.begin());
    return packet;
}

// --- reading ---------------------------------------------------------------------------------------------------------

Result<Size> checkedSize(Untrusted<std::uint32_t> rawWidth, Untrusted<std::uint32_t> rawHeight, std::uint32_t least)
{
    BH_TRY(const auto width, rawWidth.within(least, Gui::MaxWindowWidth, "width"));
    BH_TRY(const auto height, rawHeight.within(least, Gui::MaxWindowHeight, "height"));
    return Size{width, height};
}

struct RawRect {
    Untrusted<std::int32_t> x;
    Untrusted<std::int32_t> y;
    Untrusted<std::uint32_t> width;
    Untrusted<std::uint32_t> height;
};

RawRect readRect(WireReader &in)
{
    const auto x = in.i32();
    const auto y = in.i32();
    const auto width = in.u32();
    return {x, y, width, in.u32()};
}

Result<Command> parseRequestSegment(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawSerial = in.u32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const auto size, checkedSize(rawWidth, rawHeight, 1));
    return RequestSegment{.window = window, .serial = rawSerial.anyValue(), .size = size}; // only ever compared
}

Result<Command> parsePaintArea(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawSerial = in.u32();
    const RawRect raw = readRect(in);
    BH_CHECK(in.finish());
    BH_TRY(const auto x, raw.x.within(0, static_cast<std::int32_t>(Gui::MaxWindowWidth), "x"));
    BH_TRY(const auto y, raw.y.within(0, static_cast<std::int32_t>(Gui::MaxWindowHeight), "y"));
    BH_TRY(const auto size, checkedSize(raw.width, raw.height, 0));
    return PaintArea{.window = window, .serial = rawSerial.anyValue(), .area = {x, y, size.width, size.height}};
}

Result<Event> parseAdopted(WindowId window, Bytes body)
{
    WireReader in(body);
    const RawRect raw = readRect(in);
    BH_CHECK(in.finish());
    BH_TRY(const auto size, checkedSize(raw.width, raw.height, 1));
    return Adopted{.window = window, .geometry = Gui::clampedGeometry({raw.x.anyValue(), raw.y.anyValue()}, size)};
}

Result<Event> parseVisibility(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawVisible = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const auto visible, rawVisible.within(0, 1, "visible"));
    return Visibility{.window = window, .visible = visible == 1};
}

Result<Event> parseSegmentReady(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawSerial = in.u32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const auto size, checkedSize(rawWidth, rawHeight, 1));
    return SegmentReady{.window = window, .serial = rawSerial.anyValue(), .size = size};
}

Result<Event> parsePainted(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawSerial = in.u32();
    BH_CHECK(in.finish());
    return Painted{.window = window, .serial = rawSerial.anyValue()};
}

Result<Event> parseForgotten(WindowId window, Bytes body)
{
    BH_CHECK(WireReader(body).finish());
    return Forgotten{.window = window};
}

Result<Event> parseClipboardAsk(WindowId window, Bytes body)
{
    BH_CHECK(WireReader(body).finish());
    return ClipboardAsk{.window = window};
}

Result<Event> parseClipboardGive(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const auto length, rawLength.within(1, static_cast<std::uint32_t>(Gui::MaxClipboard), "length"));
    return ClipboardGive{.window = window, .length = length};
}

Result<Command> parseDropSegment(WindowId window, Bytes body)
{
    BH_CHECK(WireReader(body).finish());
    return DropSegment{.window = window};
}

/// Takes over those messages of the GUI protocol that belong to the interface between the halves.
template<typename Variant> struct Admit {
    template<typename T> Result<Variant> operator()(T &&message) const
    {
        if constexpr (isOneOf<std::remove_cvref_t<T>, Variant>) {
            return Variant(std::forward<T>(message));
        } else {
            return fail(Errc::UnknownType, "not a message between the halves");
        }
    }
};

struct Parts {
    Gui::Header header;
    Bytes rest;

    /// The body, if nothing but zeros follows it.
    [[nodiscard]] Result<Bytes> body(std::size_t length) const
    {
        if (length > rest.size()) {
            return fail(Errc::LongMessage, "a body beyond its packet");
        }
        const bool clean = std::ranges::all_of(rest.subspan(length), [](std::byte value) {
            return value == std::byte{0};
        });
        if (!clean) {
            return fail(Errc::LongMessage, "bytes after the body");
        }
        return rest.first(length);
    }

    /// A body of ours is as long as its header says; its parser knows whether that is right.
    [[nodiscard]] Result<Bytes> ownBody() const
    {
        BH_TRY(const auto length, header.length.within(0, PacketSize - Gui::HeaderSize, "length"));
        return body(length);
    }
};

Result<Parts> split(Bytes packet)
{
    if (packet.size() != PacketSize) {
        return fail(packet.size() < PacketSize ? Errc::ShortMessage : Errc::LongMessage, "a packet of another size");
    }
    BH_TRY(const auto header, Gui::parseHeader(packet.first(Gui::HeaderSize)));
    return Parts{.header = header, .rest = packet.subspan(Gui::HeaderSize)};
}

} // namespace

Packet buildCommand(const Command &command)
{
    return build(command);
}

Packet buildEvent(const Event &event)
{
    return build(event);
}

Result<Command> parseCommand(std::span<const std::byte> packet)
try {
    BH_TRY(const Parts parts, split(packet));
    const WindowId window = parts.header.window;
    switch (parts.header.type.anyValue()) { // every other number is the GUI parser's to judge
    case std::to_underlying(OwnType::RequestSegment):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseRequestSegment(window, body);
        });
    case std::to_underlying(OwnType::DropSegment):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseDropSegment(window, body);
        });
    case std::to_underlying(OwnType::PaintArea):
        return parts.ownBody().and_then([&](Bytes body) {
            return parsePaintArea(window, body);
        });
    default:
        break;
    }
    BH_TRY(const std::size_t length, Gui::FromAgent::bodyLength(parts.header, Gui::OwnVersion));
    BH_TRY(const Bytes body, parts.body(length));
    BH_TRY(auto message, Gui::FromAgent::parse(parts.header, body, Gui::OwnVersion));
    return std::visit(Admit<Command>{}, std::move(message));
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<Event> parseEvent(std::span<const std::byte> packet)
try {
    BH_TRY(const Parts parts, split(packet));
    const WindowId window = parts.header.window;
    switch (parts.header.type.anyValue()) {
    case std::to_underlying(OwnType::Adopted):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseAdopted(window, body);
        });
    case std::to_underlying(OwnType::Visibility):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseVisibility(window, body);
        });
    case std::to_underlying(OwnType::SegmentReady):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseSegmentReady(window, body);
        });
    case std::to_underlying(OwnType::Painted):
        return parts.ownBody().and_then([&](Bytes body) {
            return parsePainted(window, body);
        });
    case std::to_underlying(OwnType::Forgotten):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseForgotten(window, body);
        });
    case std::to_underlying(OwnType::ClipboardAsk):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseClipboardAsk(window, body);
        });
    case std::to_underlying(OwnType::ClipboardGive):
        return parts.ownBody().and_then([&](Bytes body) {
            return parseClipboardGive(window, body);
        });
    default:
        break;
    }
    BH_TRY(const std::size_t length, Gui::FromDaemon::bodyLength(parts.header));
    BH_TRY(const Bytes body, parts.body(length));
    BH_TRY(auto message, Gui::FromDaemon::parse(parts.header, body));
    return std::visit(Admit<Event>{}, std::move(message));
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

WindowId windowOf(const Command &command)
{
    return std::visit(
        [](const auto &message) {
            return message.window;
        },
        command);
}

std::optional<WindowId> windowOf(const Event &event)
{
    return std::visit(
        []<typename T>(const T &message) -> std::optional<WindowId> {
            if constexpr (std::same_as<T, Gui::FromDaemon::Keymap>) {
                return std::nullopt;
            } else {
                return message.window;
            }
        },
        event);
}

} // namespace Bulkhead::Screen
