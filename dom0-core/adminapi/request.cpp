// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/request.h"

#include "base/formatted.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <utility>

namespace Bulkhead::AdminApi
{

namespace
{

Result<std::string> destinationOf(const ServiceHead &head)
{
    if (head.targetKind == ServiceTarget::Keyword && head.target == "adminvm") {
        return std::string("dom0");
    }
    if (head.targetKind != ServiceTarget::Name) {
        return fail(Errc::BadField, "the destination's type is not name");
    }
    return head.target;
}

} // namespace

Result<Request> parseRequest(std::string_view bytes)
{
    if (bytes.size() > MaxRequest) {
        return fail(Errc::LongMessage, "request too long");
    }
    BH_TRY(const CutRequest cut, cutRequest(bytes));
    BH_TRY(ServiceHead head, parseServiceHead(cut.head));
    BH_TRY(std::string destination, destinationOf(head));
    return Request{
        .method = std::move(head.service),
        .argument = std::move(head.argument),
        .source = std::move(head.source),
        .destination = std::move(destination),
        .payload = std::string(cut.payload),
    };
}

Checked<const Qube *> resolve(const Model &model, std::string_view reference)
{
    constexpr std::string_view UuidPrefix = "uuid:";
    const Qube *qube = nullptr;
    if (reference.starts_with(UuidPrefix)) {
        const auto uuid = Uuid::parse(reference.substr(UuidPrefix.size()));
        if (!uuid) {
            return refuse(RefusalKind::InvalidUuid, formatted("This is no UUID of a qube: {}.", uuid.error().detail));
        }
        qube = model.findUuid(uuid->text());
    } else {
        const auto name = QubeName::parse(reference);
        if (!name) {
            return refuse(RefusalKind::BadValue, formatted("This is no name of a qube: {}.", name.error().detail));
        }
        qube = model.find(name->text());
    }
    if (qube == nullptr) {
        return refuse(RefusalKind::QubeNotFound, formatted("There is no qube {}.", reference));
    }
    return qube;
}

Checked<const Qube *> resolveDestination(const Model &model, const QubeName &caller, std::string_view reference)
{
    auto destination = resolve(model, reference);
    if (!destination && !caller.isDom0()) {
        return refuse(RefusalKind::Permission, destination.error().message);
    }
    return destination;
}

} // namespace Bulkhead::AdminApi
