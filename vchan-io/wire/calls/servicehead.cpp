// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/servicehead.h"

#include "base/formatted.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead
{

namespace
{

/// The first three spaces part the four fields, so only the last may hold spaces itself.
Result<std::array<std::string_view, 4>> splitHead(std::string_view head)
{
    std::array<std::string_view, 4> fields;
    for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
        const auto space = head.find(' ');
        if (space == std::string_view::npos) {
            return fail(Errc::ShortMessage, "the header has fewer than four fields");
        }
        fields.at(i) = head.substr(0, space);
        head.remove_prefix(space + 1);
    }
    fields.back() = head;
    return fields;
}

Result<ServiceTarget> targetKindOf(std::string_view word)
{
    if (word == "name") {
        return ServiceTarget::Name;
    }
    if (word == "keyword") {
        return ServiceTarget::Keyword;
    }
    return fail(Errc::BadField, "the destination's type is neither name nor keyword");
}

} // namespace

Result<CutRequest> cutRequest(std::string_view bytes)
{
    const auto end = bytes.substr(0, MaxServiceHead).find('\0');
    if (end == std::string_view::npos) {
        return bytes.size() < MaxServiceHead ? fail(Errc::ShortMessage, "the header has no end")
                                             : fail(Errc::LongMessage, "the header is too long");
    }
    return CutRequest{.head = bytes.substr(0, end), .payload = bytes.substr(end + 1)};
}

Result<ServiceHead> parseServiceHead(std::string_view head)
{
    if (head.size() >= MaxServiceHead) {
        return fail(Errc::LongMessage, "the header is too long");
    }
    const bool isPlain = std::ranges::all_of(head, [](char c) {
        return c != '\0' && static_cast<unsigned char>(c) < 0x80;
    });
    if (!isPlain) {
        return fail(Errc::BadField, "the header is not ASCII");
    }
    BH_TRY(const auto fields, splitHead(head));
    const auto &[service, source, type, target] = fields;
    BH_TRY(const auto kind, targetKindOf(type));
    const auto plus = service.find('+');
    return ServiceHead{
        .service = std::string(service.substr(0, plus)),
        .argument = plus == std::string_view::npos ? std::string() : std::string(service.substr(plus + 1)),
        .source = std::string(source),
        .targetKind = kind,
        .target = std::string(target),
    };
}

std::string buildServiceHead(const ServiceHead &head)
{
    const std::string_view kind = head.targetKind == ServiceTarget::Name ? "name" : "keyword";
    return formatted("{}+{} {} {} {}", head.service, head.argument, head.source, kind, head.target) + '\0';
}

} // namespace Bulkhead
