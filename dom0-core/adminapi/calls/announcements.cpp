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

Checked<void> storeUpdates(const Call &call, const Qube &qube, bool areAvailable)
{
    const auto known = qube.features.find(std::string_view("updates-available"));
    const bool wereAvailable = known != qube.features.end() && !known->second.empty();
    const std::string now = QDateTime::currentDateTime().toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toStdString();
    const Qid id = qube.id;
    PropertyEditor &editor = call.services.editor;
    BH_CHECK(editor.setFeature(id, "updates-available", areAvailable ? "1" : ""));
    BH_CHECK(editor.setFeature(id, "last-updates-check", now));
    if (wereAvailable && !areAvailable) {
        BH_CHECK(editor.setFeature(id, "last-update", now));
    }
    return {};
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

Checked<std::string> notifyUpdates(const Call &call)
{
    const auto count = parseNumber(trimmed(call.payload));
    if (!count) {
        return refuse(RefusalKind::Protocol, "the payload is no number");
    }
    BH_TRY(const Qube *const caller, callerOf(call));
    const Qube *const owner = updateableOf(call.model(), *caller);
    if (owner == nullptr) {
        return std::string();
    }
    // A qube knows of its template only that there is something to update: not that there is nothing, and nothing at
    // all while the template itself is at it.
    if (owner != caller && (*count == 0 || !owner->isHalted())) {
        return std::string();
    }
    BH_CHECK(storeUpdates(call, *owner, *count > 0));
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
