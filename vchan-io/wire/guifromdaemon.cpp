// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guifromdaemon.h"

#include "vchan-io/wire/bodysize.h"
#include "vchan-io/wire/guiwireconstants.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

namespace Bulkhead::Gui::FromDaemon
{
namespace
{

using Bytes = std::span<const std::byte>;
using RawWord = Untrusted<std::uint32_t>;

constexpr std::size_t KeymapBytes = 32;

/// Two neighbouring X event types that stand for the two values of an enumeration.
template<typename T> Result<T> eitherOf(RawWord raw, std::uint32_t first, T ifFirst, T ifSecond)
{
    BH_TRY(const std::uint32_t type, raw.within(first, first + 1, "event type"));
    return type == first ? ifFirst : ifSecond;
}

Result<NotifyMode> parseMode(RawWord raw)
{
    return raw.through([](std::uint32_t mode) -> Result<NotifyMode> {
        switch (mode) {
        case 0:
            return NotifyMode::Normal;
        case 1:
            return NotifyMode::Grab;
        case 2:
            return NotifyMode::Ungrab;
        case 3:
            return NotifyMode::WhileGrabbed;
        default:
            return fail(Errc::BadField, "mode is none of X's");
        }
    });
}

Result<NotifyDetail> parseDetail(RawWord raw)
{
    using enum NotifyDetail;
    static constexpr std::array details{
        Ancestor, Virtual, Inferior, Nonlinear, NonlinearVirtual, NotifyDetail::Pointer, PointerRoot, None};
    BH_TRY(const std::uint32_t index, raw.within(0, details.size() - 1, "detail"));
    return details.at(index);
}

/// A point and a set of modifier bits: any value has a meaning, the agent's X server bounds what it does with it.
struct Pointer {
    Point position;
    std::uint32_t state;
};

struct RawPointer {
    Untrusted<std::int32_t> x;
    Untrusted<std::int32_t> y;
    RawWord state;

    explicit RawPointer(WireReader &in)
        : x(in.i32())
        , y(in.i32())
        , state(in.u32())
    {
    }

    [[nodiscard]] Pointer value() const
    {
        return {.position = {x.anyValue(), y.anyValue()}, .state = state.anyValue()};
    }
};

Result<Message> parseKey(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawType = in.u32();
    const RawPointer rawPointer(in);
    const auto rawKeycode = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const auto action, eitherOf(rawType, KeyPressed, Press::Pressed, Press::Released));
    BH_TRY(const auto keycode, rawKeycode.within(8, 255, "keycode"));
    const auto [position, state] = rawPointer.value();
    return Key{
        .window = window,
        .action = action,
        .position = position,
        .state = state,
        .keycode = static_cast<std::uint8_t>(keycode),
    };
}

Result<Message> parseButton(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawType = in.u32();
    const RawPointer rawPointer(in);
    const auto rawButton = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const auto action, eitherOf(rawType, ButtonPressed, Press::Pressed, Press::Released));
    BH_TRY(const auto button, rawButton.within(1, 255, "button"));
    const auto [position, state] = rawPointer.value();
    return Button{
        .window = window,
        .action = action,
        .position = position,
        .state = state,
        .button = static_cast<std::uint8_t>(button),
    };
}

Result<Message> parseMotion(WindowId window, Bytes body)
{
    WireReader in(body);
    const RawPointer rawPointer(in);
    in.skip(4); // is_hint: no use to an agent that warps the pointer
    BH_CHECK(in.finish());
    const auto [position, state] = rawPointer.value();
    return Motion{.window = window, .position = position, .state = state};
}

Result<Message> parseCrossing(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawType = in.u32();
    const RawPointer rawPointer(in);
    const auto rawMode = in.u32();
    const auto rawDetail = in.u32();
    const auto rawFocus = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const auto passage, eitherOf(rawType, PointerEntered, Passage::Entered, Passage::Left));
    BH_TRY(const auto mode, parseMode(rawMode));
    BH_TRY(const auto detail, parseDetail(rawDetail));
    BH_TRY(const auto focus, rawFocus.within(0, 1, "focus"));
    const auto [position, state] = rawPointer.value();
    return Crossing{
        .window = window,
        .passage = passage,
        .position = position,
        .state = state,
        .mode = mode,
        .detail = detail,
        .hasFocus = focus == 1,
    };
}

Result<Message> parseFocus(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawType = in.u32();
    const auto rawMode = in.u32();
    const auto rawDetail = in.u32();
    BH_CHECK(in.finish());

    BH_TRY(const auto change, eitherOf(rawType, FocusGained, FocusChange::Gained, FocusChange::Lost));
    BH_TRY(const auto mode, parseMode(rawMode));
    BH_TRY(const auto detail, parseDetail(rawDetail));
    return Focus{.window = window, .change = change, .mode = mode, .detail = detail};
}

Result<Message> parseKeymap(WindowId /*none*/, Bytes body)
{
    WireReader in(body);
    const auto rawKeys = in.bytes(KeymapBytes);
    BH_CHECK(in.finish());

    Keymap message;
    std::size_t keycode = 0;
    for (const std::byte eight : rawKeys.anyValue()) { // any set of keys can be down
        for (unsigned bit = 0; bit < 8; ++bit) {
            message.down.set(keycode++, ((eight >> bit) & std::byte{1}) != std::byte{0});
        }
    }
    return message;
}

Result<Message> parseConfigure(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawX = in.i32();
    const auto rawY = in.i32();
    const auto rawWidth = in.u32();
    const auto rawHeight = in.u32();
    in.skip(4); // override-redirect has no meaning in this direction
    BH_CHECK(in.finish());

    using Coordinate = std::numeric_limits<std::int16_t>; // what X11 can name
    return Configure{
        .window = window,
        .geometry = {.x = rawX.clamped(Coordinate::min(), Coordinate::max()),
                     .y = rawY.clamped(Coordinate::min(), Coordinate::max()),
                     .width = rawWidth.clamped(1, MaxWindowWidth),
                     .height = rawHeight.clamped(1, MaxWindowHeight)},
    };
}

Result<Message> parseMap(WindowId window, Bytes body)
{
    WireReader in(body);
    in.skip(4); // transient_for has no meaning in this direction
    const auto rawRedirect = in.u32();
    BH_CHECK(in.finish());
    return Map{.window = window, .overrideRedirect = rawRedirect.clamped(0, 1) == 1};
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
    return ChangeState{
        .window = window,
        .set = StateFlags::fromBits(set),
        .unset = StateFlags::fromBits(unset),
    };
}

Result<Message> parseClipboardData(WindowId window, Bytes body)
{
    WireReader in(body);
    const auto rawText = in.rest();
    BH_CHECK(in.finish());
    const Bytes text = rawText.anyValue(); // content, never interpreted
    return ClipboardData{.window = window, .text = {text.begin(), text.end()}};
}

Result<Message> parseSkipped(WindowId /*any*/, Bytes /*any*/)
{
    return Skipped{};
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

constexpr BodySize AnyBody = between(0, MaxBodyFromDaemon);

/// One line a message: how long its body is, and who reads it.
constexpr std::array Table{
    Rule{MessageType::Key, exactly(20), parseKey},
    Rule{MessageType::Button, exactly(20), parseButton},
    Rule{MessageType::Motion, exactly(16), parseMotion},
    Rule{MessageType::Crossing, exactly(28), parseCrossing},
    Rule{MessageType::Focus, exactly(12), parseFocus},
    Rule{MessageType::Destroy, exactly(0), parseEmpty<Destroyed>},
    Rule{MessageType::Map, exactly(8), parseMap},
    Rule{MessageType::Configure, exactly(20), parseConfigure},
    Rule{MessageType::Close, exactly(0), parseEmpty<Close>},
    Rule{MessageType::ClipboardRequest, exactly(0), parseEmpty<ClipboardRequest>},
    Rule{MessageType::ClipboardData, AnyBody, parseClipboardData},
    Rule{MessageType::Keymap, exactly(KeymapBytes), parseKeymap},
    Rule{MessageType::StateFlags, exactly(8), parseChangeState},
    Rule{MessageType::WindowDumpAck, exactly(0), parseEmpty<DumpAcknowledged>},
};

/// Types that only agents send: a daemon that sends one is not a daemon.
constexpr std::array OnlyFromAgents{
    MessageType::Create,
    MessageType::Unmap,
    MessageType::MfnDump,
    MessageType::Damage,
    MessageType::Title,
    MessageType::Dock,
    MessageType::SizeHints,
    MessageType::WindowClass,
    MessageType::WindowDump,
    MessageType::Cursor,
};

Result<Rule> ruleFor(const Header &header)
{
    return header.type.through([](std::uint32_t type) -> Result<Rule> {
        const auto isMeant = [type](MessageType known) {
            return std::to_underlying(known) == type;
        };
        if (std::ranges::any_of(OnlyFromAgents, isMeant)) {
            return fail(Errc::UnknownType, "no such message comes from a daemon");
        }
        const auto *const rule = std::ranges::find_if(Table, isMeant, &Rule::type);
        // Whatever else it is, its length is told and nothing of it is used.
        return rule != Table.end() ? *rule : Rule{MessageType{}, AnyBody, parseSkipped};
    });
}

} // namespace

Result<std::size_t> bodyLength(const Header &header)
try {
    BH_TRY(const Rule rule, ruleFor(header));
    return rule.size.accept(header.length);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<Message> parse(const Header &header, std::span<const std::byte> body)
try {
    BH_TRY(const std::size_t expected, bodyLength(header));
    BH_CHECK(checkSize(body, expected));
    BH_TRY(const Rule rule, ruleFor(header));
    return rule.parse(header.window, body);
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Gui::FromDaemon
