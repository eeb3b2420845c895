// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/adminapi/permissions.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/lifecycle/assignmenteditor.h"
#include "dom0-core/lifecycle/blockdevices.h"
#include "dom0-core/lifecycle/cloneoffers.h"
#include "dom0-core/lifecycle/firewalleditor.h"
#include "dom0-core/lifecycle/jobs.h"
#include "dom0-core/lifecycle/outsidewatch.h"
#include "dom0-core/lifecycle/pooleditor.h"
#include "dom0-core/lifecycle/preloader.h"
#include "dom0-core/lifecycle/propertyeditor.h"
#include "dom0-core/lifecycle/qubemaker.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/lifecycle/suspension.h"
#include "dom0-core/lifecycle/volumeeditor.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::AdminApi
{

class EventLog;
class SystemInfo;

/// What the calls work on. All of it outlives every call.
struct Services {
    Registry &registry;
    Runner &runner;
    QubeMaker &maker;
    Preloader &preloader;
    Suspension &suspension;
    PropertyEditor &editor;
    FirewallEditor &firewall;
    VolumeEditor &volumes;
    BlockDevices &blocks;
    AssignmentEditor &assignments;
    CloneOffers &offers;
    PoolEditor &pools;
    Driver &driver;
    OutsideWatch &outside;
    const Permissions &permissions;
    EventLog &log;
    Jobs &jobs;
    SystemInfo &systemInfo;
    /// What the database of a running qube holds below a path; nothing if it does not run. Written by the qube: to be
    /// read through vchan-io/wire/qubesdbguestkeys.h.
    std::function<std::optional<std::vector<QubesDb::Entry>>(Qid id, std::string_view tree)> databaseEntries;
    /// Asks every net qube to count what its clients send and receive, that often; nothing: not any more.
    std::function<void(std::optional<std::chrono::seconds> every)> countTraffic;
};

/// Answers one call, exactly once: the content of the success frame, or why not.
using Reply = std::move_only_function<void(Checked<std::string>)>;

/// One call that passed the table's columns. Qubes are looked up when they are needed: the call may outlive them.
struct Call {
    Services &services;
    std::string method;
    std::string argument;
    std::string payload;
    QubeName source;
    Qid destination;

    [[nodiscard]] const Model &model() const
    {
        return services.registry.model();
    }

    /// The destination. To be used in the handler's own turn of the loop only.
    [[nodiscard]] const Qube &qube() const;

    /// The permission hook. A handler asks it after it has judged the request and before it says what is wrong with
    /// it, so that a refused caller cannot learn what exists (spec admin-api, 4.3).
    [[nodiscard]] Checked<void> permit() const;
};

/// What answers with an empty success, or with why not.
[[nodiscard]] Runner::Done emptySuccess(Reply reply);

} // namespace Bulkhead::AdminApi
