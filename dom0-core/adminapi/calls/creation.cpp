// SPDX-License-Identifier: GPL-2.0-or-later
// Making and removing qubes. Spec admin-api, 8.2.1 and 8.2.3.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/newqubepayload.h"
#include "dom0-core/model/references.h"

#include <format>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

Checked<void> checkClass(QubeClass klass)
{
    if (klass == QubeClass::AdminVM) {
        return refuse(RefusalKind::BadValue, "There is exactly one AdminVM, dom0; no second one can be made.");
    }
    if (klass != QubeClass::AppVM && klass != QubeClass::TemplateVM) {
        return refuse(RefusalKind::NotImplemented,
                      std::format("This version makes no qubes of class {}. Make an AppVM or a TemplateVM instead.",
                                  nameOf(klass)));
    }
    return {};
}

QubeClass classOf(const std::string &method)
{
    const auto klass = qubeClassFromName(method.substr(method.rfind('.') + 1));
    BH_ASSERT(klass.has_value()); // the table has no other methods
    return *klass;
}

} // namespace

void create(const Call &call, Reply reply)
{
    const QubeClass klass = classOf(call.method);
    const auto payload = parseNewQube(call.payload);
    if (!payload) {
        reply(std::unexpected(payload.error()));
        return;
    }
    const auto wanted = checkNewQube(
        call.model(), {.klass = klass, .name = payload->name, .templateName = call.argument, .label = payload->label});
    // The hook first, then what is wrong: whether a name is taken is nobody's business who may not create.
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    if (!wanted) {
        reply(std::unexpected(wanted.error()));
        return;
    }
    if (const auto possible = checkClass(klass); !possible) {
        reply(std::unexpected(possible.error()));
        return;
    }
    call.services.maker.create(klass, *wanted, call.source, emptySuccess(std::move(reply)));
}

void remove(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.maker.remove(call.destination, emptySuccess(std::move(reply)));
}

void templateRoot(const Call &call, Reply reply)
{
    const bool isInPlace = call.argument == "in-place";
    if (!isInPlace && call.argument != "copy") {
        reply(refuse(RefusalKind::Protocol, "the argument is neither copy nor in-place"));
        return;
    }
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    call.services.maker.importRoot(call.destination,
                                   isInPlace ? QubeMaker::RootFrom::InPlace : QubeMaker::RootFrom::Copy,
                                   call.payload,
                                   emptySuccess(std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
