// SPDX-License-Identifier: GPL-2.0-or-later
// Making and removing qubes. Spec admin-api, 8.2.1 and 8.2.3.
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/calls/jobs.h"
#include "dom0-core/adminapi/newqubepayload.h"
#include "dom0-core/model/newqube.h"
#include "dom0-core/model/references.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

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
    const bool isInPool = call.method.starts_with("admin.vm.CreateInPool.");
    const auto payload = parseNewQube(call.payload, isInPool ? PoolFields::Yes : PoolFields::No);
    if (!payload) {
        reply(std::unexpected(payload.error()));
        return;
    }
    auto wanted = checkNewQube(call.model(),
                               {.klass = klass,
                                .name = payload->name,
                                .templateName = call.argument,
                                .label = payload->label,
                                .pools = payload->pools});
    if (klass == QubeClass::AdminVM) {
        wanted = refuse(RefusalKind::BadValue, "There is exactly one AdminVM, dom0; no second one can be made.");
    }
    // The hook first, then what is wrong: whether a name is taken is nobody's business who may not create.
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    if (!wanted) {
        reply(std::unexpected(wanted.error()));
        return;
    }
    createAsJob(call, *std::move(wanted), std::move(reply));
}

void remove(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    // What was made of it in advance goes first, unless the qube stays.
    if (const auto possible = checkRemoval(call.model(), call.qube()); !possible) {
        reply(std::unexpected(possible.error()));
        return;
    }
    removeAsJob(call, std::move(reply));
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
    Jobs::Handle job = call.services.jobs.begin("import-root", call.qube().name, {});
    call.services.maker.importRoot(call.destination,
                                   isInPlace ? QubeMaker::RootFrom::InPlace : QubeMaker::RootFrom::Copy,
                                   call.payload,
                                   endOf(std::move(job), std::move(reply)));
}

} // namespace Bulkhead::AdminApi::Calls
