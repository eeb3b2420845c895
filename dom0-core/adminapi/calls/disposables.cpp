// SPDX-License-Identifier: GPL-2.0-or-later
// Disposables. Spec admin-api, 8.2.2.
#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/properties.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// How the new qube is named in the answer.
enum class AnswerWith : bool {
    Name,
    Uuid,
};

/// What the disposable is made of: the destination, or for dom0 what the caller's disposables are made of.
Checked<const Qube *> templateFor(const Call &call)
{
    if (call.destination != Dom0Qid) {
        return &call.qube();
    }
    const Qube *const source = call.model().find(call.source.text());
    const Qube *const base = source == nullptr ? nullptr : referredQube(call.model(), *source, "default_dispvm");
    if (base == nullptr) {
        return refuse(RefusalKind::QubeState,
                      formatted("{} has no template for disposables. Set its property default_dispvm, or name one.",
                                call.source.text()));
    }
    return base;
}

Checked<AnswerWith> parsePayload(const Call &call)
{
    if (call.payload.empty()) {
        return AnswerWith::Name;
    }
    if (call.payload == "uuid") {
        return AnswerWith::Uuid;
    }
    return refuse(RefusalKind::BadValue, "The payload is empty or uuid.");
}

std::string answerText(const Model &model, Qid id, AnswerWith with)
{
    const Qube *const made = model.find(id);
    if (made == nullptr) {
        return {}; // it was removed in the same moment
    }
    return with == AnswerWith::Uuid ? formatted("uuid:{}", made->uuid.text()) : made->name.text();
}

} // namespace

void createDisposable(const Call &call, Reply reply)
{
    if (const auto permitted = call.permit(); !permitted) {
        reply(std::unexpected(permitted.error()));
        return;
    }
    if (!call.argument.empty() && call.argument != "preload") {
        reply(refuse(RefusalKind::Protocol, "the argument is neither empty nor preload"));
        return;
    }
    const auto with = parsePayload(call);
    if (!with) {
        reply(std::unexpected(with.error()));
        return;
    }
    const auto base = templateFor(call);
    if (!base) {
        reply(std::unexpected(base.error()));
        return;
    }
    if (call.argument == "preload") {
        call.services.preloader.renew((*base)->id, "asked for");
        reply(std::string());
        return;
    }
    call.services.preloader.take(
        (*base)->id,
        call.source,
        [&registry = call.services.registry, with = *with, reply = std::move(reply)](const Checked<Qid> &made) mutable {
            reply(made.transform([&](Qid id) {
                return answerText(registry.model(), id, with);
            }));
        });
}

} // namespace Bulkhead::AdminApi::Calls
