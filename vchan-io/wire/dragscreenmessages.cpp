// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/dragscreenmessages.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <new>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

enum class Kind : std::uint32_t {
    Pressed = 1,
    Left,
    Over,
    Taken,
    NotTaken,
    Moved,
    Released,
    Escaped,
    Take = 101,
    LetGo,
};

/// X's own range of places.
constexpr std::int32_t Nearest = -32768;
constexpr std::int32_t Farthest = 32767;

/// Every message has this shape: kind, window, time, x, y, flag.
struct Fields {
    std::uint32_t window = 0;
    std::uint32_t time = 0;
    Point pointer = {};
    std::uint32_t flag = 0;
};

ScreenPacket packet(Kind kind, const Fields &fields = {})
{
    WireWriter out(ScreenPacketSize);
    out.u32(std::to_underlying(kind)).u32(fields.window).u32(fields.time);
    out.i32(fields.pointer.x).i32(fields.pointer.y).u32(fields.flag);
    const std::vector<std::byte> bytes = std::move(out).take();
    ScreenPacket packet{};
    std::ranges::copy(bytes, packet.begin());
    return packet;
}

struct Builder {
    ScreenPacket operator()(const Pressed &m) const
    {
        return packet(Kind::Pressed, {.window = m.window.value(), .time = m.time});
    }

    ScreenPacket operator()(const Left &m) const
    {
        return packet(Kind::Left, {.time = m.time, .pointer = m.pointer});
    }

    ScreenPacket operator()(const Over & /*m*/) const
    {
        return packet(Kind::Over);
    }

    ScreenPacket operator()(const Taken & /*m*/) const
    {
        return packet(Kind::Taken);
    }

    ScreenPacket operator()(const NotTaken & /*m*/) const
    {
        return packet(Kind::NotTaken);
    }

    ScreenPacket operator()(const Moved &m) const
    {
        return packet(Kind::Moved, {.pointer = m.pointer});
    }

    ScreenPacket operator()(const Released &m) const
    {
        return packet(Kind::Released, {.pointer = m.pointer, .flag = m.withControl ? 1U : 0U});
    }

    ScreenPacket operator()(const Escaped & /*m*/) const
    {
        return packet(Kind::Escaped);
    }

    ScreenPacket operator()(const Take & /*m*/) const
    {
        return packet(Kind::Take);
    }

    ScreenPacket operator()(const LetGo & /*m*/) const
    {
        return packet(Kind::LetGo);
    }
};

struct RawFields {
    Untrusted<std::uint32_t> kind{0};
    Untrusted<std::uint32_t> window{0};
    Untrusted<std::uint32_t> time{0};
    Untrusted<std::int32_t> x{0};
    Untrusted<std::int32_t> y{0};
    Untrusted<std::uint32_t> flag{0};

    [[nodiscard]] Result<Point> pointer() const
    {
        BH_TRY(const auto left, x.within(Nearest, Farthest, "x"));
        BH_TRY(const auto top, y.within(Nearest, Farthest, "y"));
        return Point{left, top};
    }

    /// What a message does not use is zero.
    [[nodiscard]] Result<void> hasOnly(bool usesWindow, bool usesTime, bool usesPointer, bool usesFlag) const
    {
        const auto unused = [](bool used, const auto &field) -> Result<void> {
            if (!used) {
                BH_TRY([[maybe_unused]] const auto zero, field.within(0, 0, "unused field"));
            }
            return {};
        };
        BH_CHECK(unused(usesWindow, window));
        BH_CHECK(unused(usesTime, time));
        BH_CHECK(unused(usesPointer, x));
        BH_CHECK(unused(usesPointer, y));
        return unused(usesFlag, flag);
    }
};

Result<RawFields> readFields(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    RawFields fields;
    fields.kind = in.u32();
    fields.window = in.u32();
    fields.time = in.u32();
    fields.x = in.i32();
    fields.y = in.i32();
    fields.flag = in.u32();
    BH_CHECK(in.finish());
    return fields;
}

template<typename Message> Result<FromScreen> empty(const RawFields &fields)
{
    BH_CHECK(fields.hasOnly(false, false, false, false));
    return Message{};
}

} // namespace

ScreenPacket build(const FromScreen &message)
{
    return std::visit(Builder{}, message);
}

ScreenPacket build(const ToScreen &message)
{
    return std::visit(Builder{}, message);
}

Result<FromScreen> parseFromScreen(std::span<const std::byte> packet)
try {
    BH_TRY(const RawFields fields, readFields(packet));
    switch (fields.kind.anyValue()) { // every number has a verdict here
    case std::to_underlying(Kind::Pressed):
        BH_CHECK(fields.hasOnly(true, true, false, false));
        // Windows and times are only ever compared.
        return Pressed{.window = WindowId{fields.window.anyValue()}, .time = fields.time.anyValue()};
    case std::to_underlying(Kind::Left): {
        BH_CHECK(fields.hasOnly(false, true, true, false));
        BH_TRY(const Point pointer, fields.pointer());
        return Left{.time = fields.time.anyValue(), .pointer = pointer};
    }
    case std::to_underlying(Kind::Over):
        return empty<Over>(fields);
    case std::to_underlying(Kind::Taken):
        return empty<Taken>(fields);
    case std::to_underlying(Kind::NotTaken):
        return empty<NotTaken>(fields);
    case std::to_underlying(Kind::Moved): {
        BH_CHECK(fields.hasOnly(false, false, true, false));
        BH_TRY(const Point pointer, fields.pointer());
        return Moved{.pointer = pointer};
    }
    case std::to_underlying(Kind::Released): {
        BH_CHECK(fields.hasOnly(false, false, true, true));
        BH_TRY(const Point pointer, fields.pointer());
        BH_TRY(const auto control, fields.flag.within(0, 1, "control"));
        return Released{.pointer = pointer, .withControl = control == 1};
    }
    case std::to_underlying(Kind::Escaped):
        return empty<Escaped>(fields);
    default:
        return fail(Errc::UnknownType, "nothing that a screen half says of a drag");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<ToScreen> parseToScreen(std::span<const std::byte> packet)
try {
    BH_TRY(const RawFields fields, readFields(packet));
    BH_CHECK(fields.hasOnly(false, false, false, false));
    switch (fields.kind.anyValue()) {
    case std::to_underlying(Kind::Take):
        return Take{};
    case std::to_underlying(Kind::LetGo):
        return LetGo{};
    default:
        return fail(Errc::UnknownType, "no order about a drag");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Drag
