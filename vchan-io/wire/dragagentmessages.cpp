// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/dragagentmessages.h"

#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <new>
#include <string>
#include <utility>

namespace Bulkhead::Drag
{

namespace
{

enum class Kind : std::uint32_t {
    Hello = 1,
    Began,
    Listed,
    Progress,
    Sent,
    Room,
    Offered,
    List = 101,
    Send,
    Forget,
    Expect,
    Offer,
    Show,
};

constexpr std::size_t NameSize = 32;
constexpr std::uint32_t HalfBits = 32;
/// X's own range of places.
constexpr std::int32_t Nearest = -32768;
constexpr std::int32_t Farthest = 32767;

template<std::size_t Size> std::array<std::byte, Size> asArray(WireWriter out)
{
    const std::vector<std::byte> bytes = std::move(out).take();
    std::array<std::byte, Size> array{};
    std::ranges::copy(bytes, array.begin());
    return array;
}

// --- from an agent ---------------------------------------------------------------------------------------------------

/// Kind, token, a number, a zero, a number of 64 bits.
std::array<std::byte, FromAgentSize>
fromAgent(Kind kind, Token token = {}, std::uint32_t number = 0, std::uint64_t large = 0)
{
    WireWriter out(FromAgentSize);
    out.u32(std::to_underlying(kind)).u32(token.value()).u32(number).u32(0);
    out.u32(static_cast<std::uint32_t>(large)).u32(static_cast<std::uint32_t>(large >> HalfBits));
    return asArray<FromAgentSize>(std::move(out));
}

struct FromAgentBuilder {
    std::array<std::byte, FromAgentSize> operator()(const AgentHello & /*m*/) const
    {
        return fromAgent(Kind::Hello);
    }

    std::array<std::byte, FromAgentSize> operator()(const Began & /*m*/) const
    {
        return fromAgent(Kind::Began);
    }

    std::array<std::byte, FromAgentSize> operator()(const Listed &m) const
    {
        return fromAgent(Kind::Listed, m.token, m.files, m.bytes);
    }

    std::array<std::byte, FromAgentSize> operator()(const Progress &m) const
    {
        return fromAgent(Kind::Progress, m.token, 0, m.bytes);
    }

    std::array<std::byte, FromAgentSize> operator()(const Sent &m) const
    {
        return fromAgent(Kind::Sent, m.token, std::to_underlying(m.outcome));
    }

    std::array<std::byte, FromAgentSize> operator()(const Room &m) const
    {
        return fromAgent(Kind::Room, m.token, 0, m.bytes);
    }

    std::array<std::byte, FromAgentSize> operator()(const Offered &m) const
    {
        return fromAgent(Kind::Offered, m.token, m.isTaken ? 1 : 0);
    }
};

struct RawFromAgent {
    Untrusted<std::uint32_t> kind{0};
    Untrusted<std::uint32_t> token{0};
    Untrusted<std::uint32_t> number{0};
    Untrusted<std::uint64_t> large{0};

    /// Tokens are only ever compared with those that live.
    [[nodiscard]] Token anyToken() const
    {
        return Token{token.anyValue()};
    }

    [[nodiscard]] Result<void> hasOnly(bool usesToken, bool usesNumber, bool usesLarge) const
    {
        BH_TRY([[maybe_unused]] const auto a, token.within(0, usesToken ? ~0U : 0, "token"));
        BH_TRY([[maybe_unused]] const auto b, number.within(0, usesNumber ? ~0U : 0, "unused field"));
        BH_TRY([[maybe_unused]] const auto c, large.within(0, usesLarge ? ~std::uint64_t{0} : 0, "unused field"));
        return {};
    }
};

Result<RawFromAgent> readFromAgent(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    RawFromAgent fields;
    fields.kind = in.u32();
    fields.token = in.u32();
    fields.number = in.u32();
    const auto rawUnused = in.u32();
    const std::uint64_t low = in.u32().anyValue(); // two halves of one number that is judged whole
    const std::uint64_t high = in.u32().anyValue();
    fields.large = Untrusted<std::uint64_t>(low | high << HalfBits);
    BH_CHECK(in.finish());
    BH_TRY([[maybe_unused]] const auto zero, rawUnused.within(0, 0, "unused field"));
    return fields;
}

Result<FromAgent> parseListed(const RawFromAgent &fields)
{
    BH_TRY(const auto files, fields.number.within(0, MostFiles, "files"));
    BH_TRY(const auto bytes, fields.large.within(0, MostBytes, "bytes"));
    return Listed{.token = fields.anyToken(), .files = files, .bytes = bytes};
}

Result<SendOutcome> outcomeOf(std::uint32_t number)
{
    switch (number) {
    case std::to_underlying(SendOutcome::Whole):
        return SendOutcome::Whole;
    case std::to_underlying(SendOutcome::Refused):
        return SendOutcome::Refused;
    case std::to_underlying(SendOutcome::Cancelled):
        return SendOutcome::Cancelled;
    case std::to_underlying(SendOutcome::Failed):
        return SendOutcome::Failed;
    case std::to_underlying(SendOutcome::Exists):
        return SendOutcome::Exists;
    default:
        return fail(Errc::BadField, "no outcome of a copy");
    }
}

Result<FromAgent> parseSent(const RawFromAgent &fields)
{
    BH_CHECK(fields.hasOnly(true, true, false));
    BH_TRY(const auto outcome, fields.number.through(outcomeOf));
    return Sent{.token = fields.anyToken(), .outcome = outcome};
}

// --- to an agent -----------------------------------------------------------------------------------------------------

/// Kind, token, window, x, y, a zero, a name.
std::array<std::byte, ToAgentSize>
toAgent(Kind kind, Token token, std::string_view name = {}, WindowId window = {}, Point pointer = {})
{
    WireWriter out(ToAgentSize);
    out.u32(std::to_underlying(kind)).u32(token.value()).u32(window.value());
    out.i32(pointer.x).i32(pointer.y).u32(0).fixedText(name, NameSize);
    return asArray<ToAgentSize>(std::move(out));
}

struct ToAgentBuilder {
    std::array<std::byte, ToAgentSize> operator()(const List &m) const
    {
        return toAgent(Kind::List, m.token);
    }

    std::array<std::byte, ToAgentSize> operator()(const Send &m) const
    {
        return toAgent(Kind::Send, m.token, m.target.text());
    }

    std::array<std::byte, ToAgentSize> operator()(const Forget &m) const
    {
        return toAgent(Kind::Forget, m.token);
    }

    std::array<std::byte, ToAgentSize> operator()(const Expect &m) const
    {
        return toAgent(Kind::Expect, m.token, m.source.text());
    }

    std::array<std::byte, ToAgentSize> operator()(const Offer &m) const
    {
        return toAgent(Kind::Offer, m.token, {}, m.window, m.pointer);
    }

    std::array<std::byte, ToAgentSize> operator()(const Show &m) const
    {
        return toAgent(Kind::Show, {}, m.source.text());
    }
};

/// A text and NULs behind it to the end of the field.
Result<QubeName> parseName(UntrustedBytes raw)
{
    std::string text;
    bool isOver = false;
    for (const std::byte byte : raw.anyValue()) { // every byte is judged: here, and by the name's own rule
        isOver = isOver || byte == std::byte{0};
        if (isOver && byte != std::byte{0}) {
            return fail(Errc::BadField, "a name goes on behind its end");
        }
        if (!isOver) {
            text.push_back(static_cast<char>(byte));
        }
    }
    return QubeName::parse(text);
}

Result<void> isEmpty(UntrustedBytes raw)
{
    const bool all = std::ranges::all_of(raw.anyValue(), [](std::byte byte) {
        return byte == std::byte{0};
    });
    return all ? Result<void>{} : fail(Errc::BadField, "a name where there is none");
}

} // namespace

std::array<std::byte, FromAgentSize> build(const FromAgent &message)
{
    return std::visit(FromAgentBuilder{}, message);
}

std::array<std::byte, ToAgentSize> build(const ToAgent &message)
{
    return std::visit(ToAgentBuilder{}, message);
}

Result<FromAgent> parseFromAgent(std::span<const std::byte> message)
try {
    BH_TRY(const RawFromAgent fields, readFromAgent(message));
    switch (fields.kind.anyValue()) { // every number has a verdict here
    case std::to_underlying(Kind::Hello):
        BH_CHECK(fields.hasOnly(false, false, false));
        return AgentHello{};
    case std::to_underlying(Kind::Began):
        BH_CHECK(fields.hasOnly(false, false, false));
        return Began{};
    case std::to_underlying(Kind::Listed):
        return parseListed(fields);
    case std::to_underlying(Kind::Progress): {
        BH_CHECK(fields.hasOnly(true, false, true));
        BH_TRY(const auto bytes, fields.large.within(0, MostBytes, "bytes"));
        return Progress{.token = fields.anyToken(), .bytes = bytes};
    }
    case std::to_underlying(Kind::Sent):
        return parseSent(fields);
    case std::to_underlying(Kind::Room):
        BH_CHECK(fields.hasOnly(true, false, true));
        // As large as it says: it is compared, and shown as a size.
        return Room{.token = fields.anyToken(), .bytes = fields.large.anyValue()};
    case std::to_underlying(Kind::Offered): {
        BH_CHECK(fields.hasOnly(true, true, false));
        BH_TRY(const auto taken, fields.number.within(0, 1, "taken"));
        return Offered{.token = fields.anyToken(), .isTaken = taken == 1};
    }
    default:
        return fail(Errc::UnknownType, "nothing that a drag agent says");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<ToAgent> parseToAgent(std::span<const std::byte> message)
try {
    WireReader in(message);
    const auto rawKind = in.u32();
    const auto rawToken = in.u32();
    const auto rawWindow = in.u32();
    const auto rawX = in.i32();
    const auto rawY = in.i32();
    const auto rawUnused = in.u32();
    const UntrustedBytes rawName = in.bytes(NameSize);
    BH_CHECK(in.finish());
    BH_TRY([[maybe_unused]] const auto zero, rawUnused.within(0, 0, "unused field"));
    BH_TRY(const auto x, rawX.within(Nearest, Farthest, "x"));
    BH_TRY(const auto y, rawY.within(Nearest, Farthest, "y"));
    const Token token{rawToken.anyValue()}; // dom0's own number, given back as it is
    const bool isOffer = rawKind.anyValue() == std::to_underlying(Kind::Offer);
    BH_TRY(const auto window, rawWindow.within(0, isOffer ? ~0U : 0, "window"));
    if (!isOffer && (x != 0 || y != 0)) {
        return fail(Errc::BadField, "a place where there is none");
    }
    switch (rawKind.anyValue()) {
    case std::to_underlying(Kind::List):
        BH_CHECK(isEmpty(rawName));
        return List{.token = token};
    case std::to_underlying(Kind::Send): {
        BH_TRY(QubeName target, parseName(rawName));
        return Send{.token = token, .target = std::move(target)};
    }
    case std::to_underlying(Kind::Forget):
        BH_CHECK(isEmpty(rawName));
        return Forget{.token = token};
    case std::to_underlying(Kind::Expect): {
        BH_TRY(QubeName source, parseName(rawName));
        return Expect{.token = token, .source = std::move(source)};
    }
    case std::to_underlying(Kind::Offer):
        BH_CHECK(isEmpty(rawName));
        // A window of the qube's own, or of nobody: it is looked for there.
        return Offer{.token = token, .window = WindowId{window}, .pointer = {x, y}};
    case std::to_underlying(Kind::Show): {
        BH_TRY([[maybe_unused]] const auto none, rawToken.within(0, 0, "token"));
        BH_TRY(QubeName source, parseName(rawName));
        return Show{.source = std::move(source)};
    }
    default:
        return fail(Errc::UnknownType, "no order to a drag agent");
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::Drag
