// SPDX-License-Identifier: GPL-2.0-or-later
// What qubes say of themselves. Spec admin-api, 8.16. The policy of qrexec has decided that a qube may call, and what
// it says is about itself or its template alone, so the permission hook is not asked; every word of it is judged here.
#include "base/log.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/model/featurerequest.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <QDateTime>

#include <map>
#include <optional>
#include <string>

namespace Bulkhead::AdminApi::Calls
{

namespace
{

constexpr LogCategory Log("bulkhead.core.adminapi");

/// The caller's own row. To be used in the handler's own turn of the loop only.
Checked<const Qube *> callerOf(const Call &call)
{
    const Qube *const caller = call.model().find(call.source.text());
    if (caller == nullptr || caller->id == Dom0Qid) {
        return refuse(RefusalKind::Permission, "only a qube can say this, of itself");
    }
    return caller;
}

/// Whose updates these are: the caller's, or those of the nearest template that is updated by itself.
const Qube *updateableOf(const Model &model, const Qube &caller)
{
    const Qube *qube = &caller;
    while (qube != nullptr && !readBoolean(model, *qube, "updateable")) {
        qube = templateOf(model, *qube);
    }
    return qube;
}

/// What a qube's number of updates comes to.
struct UpdatesTold {
    Qid caller;
    Qid owner; ///< whose updates these are
    bool areAvailable;
};

/// @return nothing where a qube tells what nobody is to know from it
Checked<std::optional<UpdatesTold>> updatesTold(const Call &call)
{
    const auto count = parseNumber(trimmed(call.payload));
    if (!count) {
        return refuse(RefusalKind::Protocol, "the payload is no number");
    }
    BH_TRY(const Qube *const caller, callerOf(call));
    const Qube *const owner = updateableOf(call.model(), *caller);
    // A qube knows of its template only that there is something to update: not that there is nothing, and nothing at
    // all while the template itself is at it.
    if (owner == nullptr || (owner != caller && (*count == 0 || !owner->isHalted()))) {
        return std::nullopt;
    }
    return UpdatesTold{.caller = caller->id, .owner = owner->id, .areAvailable = *count > 0};
}

/// Nothing is stored for a qube that has gone meanwhile.
Checked<std::string> storeUpdates(const Call &call, const UpdatesTold &told)
{
    const Qube *const qube = call.model().find(told.owner);
    if (qube == nullptr) {
        return std::string();
    }
    const auto known = qube->features.find(std::string_view("updates-available"));
    const bool wereAvailable = known != qube->features.end() && !known->second.empty();
    const std::string now = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toStdString();
    std::vector<PropertyEditor::FeatureEdit> edits{
        {.id = told.owner, .name = "updates-available", .value = told.areAvailable ? "1" : ""},
        {.id = told.owner, .name = "last-updates-check", .value = now},
    };
    if (wereAvailable && !told.areAvailable) {
        edits.push_back({.id = told.owner, .name = "last-update", .value = now});
    }
    BH_CHECK(call.services.editor.edit(edits));
    return std::string();
}

/// Below a tree of the caller's own database.
Checked<std::vector<QubesDb::Entry>> entriesOf(const Call &call, const Qube &caller, std::string_view tree)
{
    auto entries = call.services.databaseEntries(caller.id, tree);
    if (!entries) {
        return refuse(RefusalKind::Protocol, "the qube has no database");
    }
    return *std::move(entries);
}

/// Windows wants more of its qube than features.
void setProperties(const Call &call, const Qube &qube, const TextMap &properties)
{
    for (const auto &[name, value] : properties) {
        const PropertyRule *const rule = findProperty(qube.klass, name);
        if (rule == nullptr || readText(call.model(), qube, name) == value) {
            continue;
        }
        call.services.editor.set(qube.id, *rule, value, [who = qube.name, name](const Checked<void> &set) {
            if (!set) {
                Log.warning("{}: {} was not set for its tools: {}", who.text(), name, set.error().message);
            }
        });
    }
}

Checked<void> takeRequest(const Call &call, const Qube &caller, const std::map<std::string, std::string> &requested)
{
    const FeatureOutcome outcome = judgeFeatureRequest(call.model(), caller, requested);
    std::vector<PropertyEditor::FeatureEdit> edits;
    for (const auto &[name, value] : outcome.features) {
        edits.push_back({.id = caller.id, .name = name, .value = value});
    }
    BH_CHECK(call.services.editor.edit(edits));
    setProperties(call, caller, outcome.properties);
    if (outcome.isFirstQrexec) {
        call.services.registry.announce(Event{.subject = caller.name, .name = "template-postinstall", .pairs = {}});
    }
    return {};
}

} // namespace

Checked<std::string> requestFeatures(const Call &call)
{
    BH_TRY(const Qube *const caller, callerOf(call));
    BH_TRY(const auto entries, entriesOf(call, *caller, "/features-request/"));
    const auto requested = QubesDb::featuresRequestedIn(entries);
    if (!requested) {
        return refuse(RefusalKind::Protocol, requested.error().detail);
    }
    BH_CHECK(takeRequest(call, *caller, *requested));
    return std::string();
}

Checked<std::string> notifyTools(const Call &call)
{
    BH_TRY(const Qube *const caller, callerOf(call));
    BH_TRY(const auto entries, entriesOf(call, *caller, "/qubes-tools/"));
    const QubesDb::GuestTools tools = QubesDb::toolsIn(entries);
    std::map<std::string, std::string> requested;
    for (const auto &[name, isThere] : {std::pair("qrexec", tools.qrexec),
                                        std::pair("gui", tools.gui),
                                        std::pair("gui-emulated", tools.guiEmulated)}) {
        if (isThere) {
            requested.emplace(name, "1");
        }
    }
    if (!tools.os.empty()) {
        requested.emplace("os", tools.os);
    }
    BH_CHECK(takeRequest(call, *caller, requested));
    return std::string();
}

void notifyUpdates(const Call &call, Reply reply)
{
    const auto told = updatesTold(call);
    if (!told) {
        reply(std::unexpected(told.error()));
        return;
    }
    if (!*told) {
        reply(std::string());
        return;
    }
    const UpdatesTold updates = **told;
    if (updates.owner == updates.caller) {
        reply(storeUpdates(call, updates));
        return;
    }
    // Packages lie in the root. A qube that runs on an older one tells of what its template may have got since.
    call.services.volumes.inspect({.id = updates.caller, .volume = VolumeName::Root},
                                  [call, updates, reply = std::move(reply)](Checked<VolumeState> root) mutable {
                                      if (!root) {
                                          reply(std::unexpected(root.error()));
                                      } else if (root->isOutdated.value_or(false)) {
                                          reply(std::string());
                                      } else {
                                          reply(storeUpdates(call, updates));
                                      }
                                  });
}

} // namespace Bulkhead::AdminApi::Calls
