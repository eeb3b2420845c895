// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guifromagent.h"

#include "vchan-io/wire/bodysize.h"
#include "vchan-io/wire/guiwireconstants.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

namespace Bulkhead::Gui::FromAgent
{
namespace
{

using Bytes = std::span<const std::byte>;

constexpr auto MaxInt32 = std::uint32_t{0x7FFFFFFF};

/// For flags of which the format says: 0 is no, everything else yes.
bool isSet(Untrusted<std::uint32_t> raw)
{
    return raw.clamped(0, 1) == 1;
}

Result<Message> parseCreate(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawX = in.i32();
    const auto rawY = in.i32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    in.skip(4); // parent: no window is placed inside one that a guest names (spec security, R-22)
    const auto rawRedirect = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const auto width, rawWidth.within(0, MaxInt32, "width"));
    BH_TRY(const auto height, rawHeight.within(0, MaxInt32, "height"));
    return Create{
        .window = window,
        .geometry = clampedGeometry({rawX.anyValue(), rawY.anyValue()}, {width, height}),
        .overrideRedirect = isSet(rawRedirect),
    };
}

Result<Message> parseMap(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawTransientFor = in.u32();
    const auto rawRedirect = in.u32();
    BH_CHECK(in.finish());

    const WindowId parent{rawTransientFor.anyValue()}; // an id: looked up later
    const bool hasParent = parent != WindowId{} && parent != window;
    return Map{
        .window = window,
        .transientFor = hasParent ? std::optional(parent) : std::nullopt,
        .overrideRedirect = isSet(rawRedirect),
    };
}

Result<Message> parseConfigure(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawX = in.i32();
    const auto rawY = in.i32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    in.skip(4); // override-redirect: what a window is does not change here (spec security, R-21)
    BH_CHECK(in.finish());

    const std::uint32_t width = rawWidth.clamped(0, MaxWindowWidth);
    const std::uint32_t height = rawHeight.clamped(0, MaxWindowHeight);
    if (width == 0 || height == 0) {
        return fail(Errc::BadField, "a window cannot be made 0 pixels wide or high");
    }
    return Configure{
        .window = window,
        .geometry = clampedGeometry({rawX.anyValue(), rawY.anyValue()}, {width, height}),
    };
}

Result<Message> parseDamage(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawX = in.i32();
    const auto rawY = in.i32();
    const auto rawWidth = in.i32();
    const auto rawHeight = in.i32();
    BH_CHECK(in.finish());

    constexpr auto most = static_cast<std::int32_t>(MaxInt32);
    const auto x = rawX.within(0, most, "x");
    const auto y = rawY.within(0, most, "y");
    const auto width = rawWidth.within(0, most, "width");
    const auto height = rawHeight.within(0, most, "height");
    if (!x || !y || !width || !height) {
        return Damage{.window = window, .area = {}}; // dropped by rule, not a violation
    }
    return Damage{
        .window = window,
        .area = {*x, *y, static_cast<std::uint32_t>(*width), static_cast<std::uint32_t>(*height)},
    };
}

Result<Message> parseWindowDump(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawType = in.u32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    in.skip(4); // bits a pixel: senders disagree about it, the layout is the same
    const std::size_t count = body.size() < DumpFixedPart ? 0 : (body.size() - DumpFixedPart) / GrantSize;
    if (count > MaxWindowPages) {
        return fail(Errc::TooMuch, "more pages than the largest window has");
    }
    std::vector<GrantRef> pages;
    pages.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
        pages.emplace_back(in.u32().anyValue()); // whether it is a grant shows when it is mapped
    }
    BH_CHECK(in.finish());

    BH_CHECK(rawType.within(DumpOfGrants, DumpOfGrants, "dump type"));
    BH_TRY(const auto width, rawWidth.within(0, MaxWindowWidth, "width"));
    BH_TRY(const auto height, rawHeight.within(0, MaxWindowHeight, "height"));
    if (count == 0 || count * PageSize < std::size_t{width} * height * BytesPerPixel) {
        return fail(Errc::BadField, "fewer pages than the picture needs");
    }
    return WindowDump{.window = window, .size = {width, height}, .pages = std::move(pages)};
}

Result<Message> parseTitle(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawText = in.bytes(TitleFieldSize);
    BH_CHECK(in.finish());
    return Title{.window = window, .text = SafeText::fromUtf8(textInField(rawText.anyValue()))};
}

Result<Message> parseWindowClass(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawClass = in.bytes(ClassFieldSize);
    const auto rawName = in.bytes(ClassFieldSize);
    BH_CHECK(in.finish());
    return WindowClass{
        .window = window,
        .resourceClass = SafeText::fromAscii(textInField(rawClass.anyValue())),
        .resourceName = SafeText::fromAscii(textInField(rawName.anyValue())),
    };
}

/// Two fields of a group, if the group is meant and both lie within the bounds; one bad group spoils no other.
std::optional<Size> hintGroup(bool meant, const std::array<Untrusted<std::uint32_t>, 2> &raw, Size least, Size most)
{
    const auto width = raw[0].within(least.width, most.width, "width");
    const auto height = raw[1].within(least.height, most.height, "height");
    if (!meant || !width || !height) {
        return std::nullopt;
    }
    return Size{*width, *height};
}

Result<Message> parseWindowHints(WindowId window, Bytes body)
{
    using Group = std::array<Untrusted<std::uint32_t>, 2>;
    WireReader in(body);
    const auto rawFlags = in.u32();
    const Group rawMinimum{in.u32(), in.u32()};
    const Group rawMaximum{in.u32(), in.u32()};
    const Group rawIncrement{in.u32(), in.u32()};
    const Group rawBase{in.u32(), in.u32()};
    BH_CHECK(in.finish());

    constexpr Size largest{MaxWindowWidth, MaxWindowHeight};
    constexpr Size belowLargest{MaxWindowWidth - 1, MaxWindowHeight - 1};
    const std::uint32_t flags = rawFlags.anyValue(); // a set of bits; those without a meaning have no effect
    SizeHints hints{
        .userPosition = (flags & HintUserPosition) != 0,
        .programPosition = (flags & HintProgramPosition) != 0,
        .minimum = hintGroup((flags & HintMinimum) != 0, rawMinimum, {0, 0}, largest),
        .maximum = hintGroup((flags & HintMaximum) != 0, rawMaximum, {1, 1}, largest),
        .increment = hintGroup((flags & HintIncrement) != 0, rawIncrement, {1, 1}, belowLargest),
        .base = hintGroup((flags & HintBase) != 0, rawBase, {0, 0}, largest),
    };
    const auto &minimum = hints.minimum;
    const auto &maximum = hints.maximum;
    if (minimum && maximum && (minimum->width > maximum->width || minimum->height > maximum->height)) {
        hints.minimum.reset(); // no size would do; the window stays usable without both
        hints.maximum.reset();
    }
    return WindowHints{.window = window, .hints = hints};
}

Result<Message> parseChangeState(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawSet = in.u32();
    const auto rawUnset = in.u32();
    BH_CHECK(in.finish());

    const std::uint32_t set = rawSet.anyValue(); // sets of bits; those without a meaning are dropped below
    const std::uint32_t unset = rawUnset.anyValue();
    if ((set & unset) != 0) {
        return fail(Errc::BadField, "a state is both set and unset");
    }
    StateFlags unsetFlags = StateFlags::fromBits(unset);
    unsetFlags.minimized = false; // only the person brings a window back
    return ChangeState{.window = window, .set = StateFlags::fromBits(set), .unset = unsetFlags};
}

Result<Message> parseCursor(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawCursor = in.u32();
    BH_CHECK(in.finish());
    BH_TRY(const CursorShape shape, CursorShape::fromWire(rawCursor));
    return Cursor{.window = window, .shape = shape};
}

Result<Message> parseClipboardData(WindowId /*any*/, Bytes body)
{
    WireReader in(body);
    const auto rawText = in.rest();
    BH_CHECK(in.finish());
    const Bytes text = rawText.anyValue(); // content, never interpreted
    return ClipboardData{.text = {text.begin(), text.end()}};
}

template<typename T> Result<Message> parseEmpty(WindowId window, Bytes body)
{
    BH_CHECK(WireReader(body).finish());
    return T{.window = window};
}

struct Rule {
    MessageType type;
    BodySize size;
    Result<Message> (*parse)(WindowId, Bytes);
};

constexpr std::size_t MaxDumpBody = DumpFixedPart + MaxWindowPages * GrantSize;

/// One line a message: how long its body is, and who reads it. What is not listed does not exist in this direction.
constexpr std::array Table{
    Rule{MessageType::Create, exactly(24), parseCreate},
    Rule{MessageType::Destroy, exactly(0), parseEmpty<Destroy>},
    Rule{MessageType::Map, exactly(8), parseMap},
    Rule{MessageType::Unmap, exactly(0), parseEmpty<Unmap>},
    Rule{MessageType::Configure, exactly(20), parseConfigure},
    Rule{MessageType::Damage, exactly(16), parseDamage},
    Rule{MessageType::WindowDump, between(DumpFixedPart, MaxDumpBody, GrantSize), parseWindowDump},
    Rule{MessageType::Dock, exactly(0), parseEmpty<Dock>},
    Rule{MessageType::Title, exactly(TitleFieldSize), parseTitle},
    Rule{MessageType::WindowClass, exactly(2 * ClassFieldSize), parseWindowClass},
    Rule{MessageType::SizeHints, exactly(36), parseWindowHints},
    Rule{MessageType::StateFlags, exactly(8), parseChangeState},
    Rule{MessageType::Cursor, exactly(4), parseCursor},
    Rule{MessageType::ClipboardData, between(0, OversizeSign), parseClipboardData},
};

Result<const Rule *> ruleFor(const Header &header)
{
    return header.type.through([](std::uint32_t type) -> Result<const Rule *> {
        if (type == std::to_underlying(MessageType::MfnDump)) {
            return fail(Errc::Unsupported, "the agent shares pages by machine frame; only grants are taken");
        }
        const auto *const rule = std::ranges::find(Table, type, [](const Rule &r) {
            return std::to_underlying(r.type);
        });
        if (rule == Table.end()) {
            return fail(Errc::UnknownType, "no such message comes from an agent");
        }
        return rule;
    });
}

} // namespace

Result<std::size_t> bodyLength(const Header &header, Version version)
try {
    BH_TRY(const Rule *const rule, ruleFor(header));
    if (rule->size.isFixed() && version < SinceExactLengths) {
        return rule->size.least;
    }
    if (rule->type == MessageType::ClipboardData && version < SinceLargeClipboard) {
        return between(0, MaxClipboardBefore8).accept(header.length);
    }
    return rule->size.accept(header.length);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<Message> parse(const Header &header, std::span<const std::byte> body, Version version)
try {
    BH_TRY(const std::size_t expected, bodyLength(header, version));
    BH_CHECK(checkSize(body, expected));
    BH_TRY(const Rule *const rule, ruleFor(header));
    return rule->parse(header.window, body);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Gui::FromAgent
