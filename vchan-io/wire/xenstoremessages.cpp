// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/xenstoremessages.h"

#include "base/number.h"
#include "vchan-io/wire/wirereader.h"
#include "vchan-io/wire/wirewriter.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Xenstore
{

namespace
{

constexpr std::array AllKinds{
    Kind::Directory,
    Kind::Read,
    Kind::Watch,
    Kind::Unwatch,
    Kind::TransactionStart,
    Kind::TransactionEnd,
    Kind::Write,
    Kind::Remove,
    Kind::SetPermissions,
    Kind::WatchEvent,
    Kind::Error,
    Kind::IsDomainIntroduced,
};

} // namespace

Result<Header> parseHeader(std::span<const std::byte> bytes)
{
    WireReader reader(bytes);
    const auto rawKind = reader.u32();
    reader.skip(8); // request and transaction: one request is on its way at a time
    const auto rawLength = reader.u32();
    BH_CHECK(reader.finish());
    const std::uint32_t number = rawKind.anyValue();
    const auto *const kind = std::ranges::find(AllKinds, number, [](Kind known) {
        return std::to_underlying(known);
    });
    if (kind == AllKinds.end()) {
        return fail(Errc::UnknownType, "xenstore said something of no kind we know");
    }
    const std::size_t length = rawLength.anyValue();
    if (length > MaxBody) {
        return fail(Errc::TooMuch, "xenstore said more than it may at once");
    }
    return Header{.kind = *kind, .length = length};
}

std::vector<std::byte> build(Kind kind, std::uint32_t transaction, std::string_view body)
{
    BH_ASSERT(body.size() <= MaxBody);
    WireWriter writer(HeaderSize + body.size());
    writer.u32(std::to_underlying(kind)).u32(0).u32(transaction).u32(static_cast<std::uint32_t>(body.size()));
    writer.text(body);
    return std::move(writer).take();
}

std::string terminated(std::initializer_list<std::string_view> parts)
{
    std::string body;
    for (const std::string_view part : parts) {
        body.append(part).push_back('\0');
    }
    return body;
}

Result<std::vector<std::string_view>> splitTerminated(std::string_view body)
{
    std::vector<std::string_view> parts;
    while (!body.empty()) {
        const std::size_t end = body.find('\0');
        if (end == std::string_view::npos) {
            return fail(Errc::BadField, "a text of xenstore has no end");
        }
        parts.push_back(body.substr(0, end));
        body.remove_prefix(end + 1);
    }
    return parts;
}

Result<std::uint32_t> parseTransaction(std::string_view body)
{
    BH_TRY(const auto parts, splitTerminated(body));
    const auto number = parts.size() == 1 ? numberIn<std::uint32_t>(parts.front()) : std::nullopt;
    if (!number || *number == 0) {
        return fail(Errc::BadField, "xenstore gave a transaction no number");
    }
    return *number;
}

} // namespace Bulkhead::Xenstore
