// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/request.h"

#include "dom0-core/model/text.h"

#include <algorithm>
#include <array>
#include <format>

namespace Bulkhead::AdminApi
{

namespace
{

/// The header's four fields: the first three spaces part them, so only the last may hold spaces itself.
Result<std::array<std::string_view, 4>> splitHeader(std::string_view header)
{
    std::array<std::string_view, 4> fields;
    for (std::size_t i = 0; i + 1 < fields.size(); ++i) {
        const auto space = header.find(' ');
        if (space == std::string_view::npos) {
            return fail(Errc::ShortMessage, "the header has fewer than four fields");
        }
        fields.at(i) = header.substr(0, space);
        header.remove_prefix(space + 1);
    }
    fields.back() = header;
    return fields;
}

Result<std::string_view> destinationOf(std::string_view type, std::string_view name)
{
    if (type == "keyword" && name == "adminvm") {
        return "dom0";
    }
    if (type != "name") {
        return fail(Errc::BadField, "the destination's type is not name");
    }
    return name;
}

} // namespace

Result<Request> parseRequest(std::string_view bytes)
{
    if (bytes.size() > MaxRequest) {
        return fail(Errc::LongMessage, "request too long");
    }
    const auto end = bytes.find('\0');
    if (end == std::string_view::npos) {
        return fail(Errc::ShortMessage, "the header has no end");
    }
    const auto header = bytes.substr(0, end);
    if (!isAscii(header)) {
        return fail(Errc::BadField, "the header is not ASCII");
    }
    BH_TRY(const auto fields, splitHeader(header));
    const auto &[service, source, type, name] = fields;
    BH_TRY(const auto destination, destinationOf(type, name));
    const auto plus = service.find('+');
    return Request{
        .method = std::string(service.substr(0, plus)),
        .argument = plus == std::string_view::npos ? std::string() : std::string(service.substr(plus + 1)),
        .source = std::string(source),
        .destination = std::string(destination),
        .payload = std::string(bytes.substr(end + 1)),
    };
}

Checked<const Qube *> resolve(const Model &model, std::string_view reference)
{
    constexpr std::string_view UuidPrefix = "uuid:";
    const Qube *qube = nullptr;
    if (reference.starts_with(UuidPrefix)) {
        const auto uuid = Uuid::parse(reference.substr(UuidPrefix.size()));
        if (!uuid) {
            return refuse(RefusalKind::InvalidUuid, std::format("This is no UUID of a qube: {}.", uuid.error().detail));
        }
        qube = model.findUuid(uuid->text());
    } else {
        const auto name = QubeName::parse(reference);
        if (!name) {
            return refuse(RefusalKind::BadValue, std::format("This is no name of a qube: {}.", name.error().detail));
        }
        qube = model.find(name->text());
    }
    if (qube == nullptr) {
        return refuse(RefusalKind::QubeNotFound, std::format("There is no qube {}.", reference));
    }
    return qube;
}

} // namespace Bulkhead::AdminApi
