// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/clipboardmessages.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <new>
#include <utility>

namespace Bulkhead::Clipboard
{

namespace
{

enum class Kind : std::uint32_t {
    Hello = 1,
    CopyPressed,
    PastePressed,
    PasteReleased,
    PasteAbandoned,
    Ask = 101,
    Give,
};

/// Every message has this shape: the kind, two numbers, a zero.
Packet packet(Kind kind, std::uint32_t first, std::uint32_t second = 0)
{
    WireWriter out;
    out.u32(std::to_underlying(kind)).u32(first).u32(second).u32(0);
    const std::vector<std::byte> bytes = std::move(out).take();
    Packet packet{};
    std::ranges::copy(bytes, packet.begin());
    return packet;
}

struct Builder {
    Packet operator()(const Hello &m) const
    {
        return packet(Kind::Hello, m.sizeLimit);
    }

    Packet operator()(const CopyPressed &m) const
    {
        return packet(Kind::CopyPressed, m.window.value(), m.time);
    }

    Packet operator()(const PastePressed &m) const
    {
        return packet(Kind::PastePressed, m.window.value(), m.time);
    }

    Packet operator()(const PasteReleased &m) const
    {
        return packet(Kind::PasteReleased, m.window.value());
    }

    Packet operator()(const PasteAbandoned &m) const
    {
        return packet(Kind::PasteAbandoned, m.window.value());
    }

    Packet operator()(const Ask &m) const
    {
        return packet(Kind::Ask, m.window.value());
    }

    Packet operator()(const Give &m) const
    {
        return packet(Kind::Give, m.window.value(), m.length);
    }
};

struct Fields {
    Untrusted<std::uint32_t> kind{0};
    Untrusted<std::uint32_t> first{0};
    Untrusted<std::uint32_t> second{0};

    [[nodiscard]] WindowId window() const
    {
        return WindowId{first.anyValue()}; // looked up by whoever owns the windows
    }

    [[nodiscard]] Result<void> hasNoSecond() const
    {
        BH_TRY([[maybe_unused]] const auto zero, second.within(0, 0, "unused field"));
        return {};
    }
};

Result<Fields> readFields(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    Fields fields;
    fields.kind = in.u32();
    fields.first = in.u32();
    fields.second = in.u32();
    const auto rawUnused = in.u32();
    BH_CHECK(in.finish());
    BH_TRY([[maybe_unused]] const auto zero, rawUnused.within(0, 0, "unused field"));
    return fields;
}

} // namespace

Packet build(const Gesture &gesture)
{
    return std::visit(Builder{}, gesture);
}

Packet build(const Order &order)
{
    return std::visit(Builder{}, order);
}

Result<Gesture> parseGesture(std::span<const std::byte> packet)
try {
    BH_TRY(const Fields fields, readFields(packet));
    switch (fields.kind.anyValue()) { // every number has a verdict here
    case std::to_underlying(Kind::Hello): {
        BH_CHECK(fields.hasNoSecond());
        BH_TRY(const auto limit, fields.first.within(LeastSizeLimit, MostSizeLimit, "size limit"));
        return Hello{.sizeLimit = limit};
    }
    case std::to_underlying(Kind::CopyPressed):
        return CopyPressed{.window = fields.window(), .time = fields.second.anyValue()}; // only ever compared
    case std::to_underlying(Kind::PastePressed):
        return PastePressed{.window = fields.window(), .time = fields.second.anyValue()};
    case std::to_underlying(Kind::PasteReleased):
        BH_CHECK(fields.hasNoSecond());
        return PasteReleased{.window = fields.window()};
    case std::to_underlying(Kind::PasteAbandoned):
        BH_CHECK(fields.hasNoSecond());
        return PasteAbandoned{.window = fields.window()};
    default:
        return fail(Errc::UnknownType, "no gesture");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<Order> parseOrder(std::span<const std::byte> packet)
try {
    BH_TRY(const Fields fields, readFields(packet));
    switch (fields.kind.anyValue()) {
    case std::to_underlying(Kind::Ask):
        BH_CHECK(fields.hasNoSecond());
        return Ask{.window = fields.window()};
    case std::to_underlying(Kind::Give): {
        BH_TRY(const auto length, fields.second.within(1, MostSizeLimit, "length"));
        return Give{.window = fields.window(), .length = length};
    }
    default:
        return fail(Errc::UnknownType, "no order of the clipboard");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

std::array<std::byte, AnswerHeaderSize> buildAnswerHeader(std::uint32_t length)
{
    WireWriter out;
    out.u32(length);
    const std::vector<std::byte> bytes = std::move(out).take();
    std::array<std::byte, AnswerHeaderSize> header{};
    std::ranges::copy(bytes, header.begin());
    return header;
}

Result<std::uint32_t> parseAnswerHeader(std::span<const std::byte> bytes)
try {
    WireReader in(bytes);
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    return rawLength.within(0, LongestAnswer, "length");
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Clipboard
