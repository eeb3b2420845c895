// SPDX-License-Identifier: GPL-2.0-or-later
// Long work. docs/protocol/core.md, Jobs.
#include "dom0-core/adminapi/calls/jobs.h"

#include "base/formatted.h"
#include "dom0-core/adminapi/calls/calls.h"
#include "dom0-core/adminapi/jobtext.h"
#include "dom0-core/model/text.h"

namespace Bulkhead::AdminApi::Calls
{

namespace
{

/// As endOf(), for work that could not be stopped half way: if it is done and nobody wants it any more, `undo` takes it
/// back, and the call is refused with `words`.
template<typename Undo> Runner::Done endOrUndo(Jobs::Handle job, Reply reply, std::string words, Undo undo)
{
    return [job = std::move(job), reply = std::move(reply), words = std::move(words), undo = std::move(undo)](
               const Checked<void> &result) mutable {
        if (!result || !job.isStopping()) {
            endOf(std::move(job), std::move(reply))(result);
            return;
        }
        undo([end = endOf(std::move(job), std::move(reply)), words = std::move(words)](Checked<void> undone) mutable {
            end(undone ? Checked<void>(refuse(RefusalKind::General, std::move(words))) : std::move(undone));
        });
    };
}

/// Whether this caller may do something to a job, as the method on the qube that the job is about.
bool may(const Call &call, std::string_view method, const Job &job)
{
    return call.services.permissions
        .check({.source = call.source, .method = method, .destination = job.qube, .argument = {}})
        .has_value();
}

} // namespace

Runner::Done endOf(Jobs::Handle job, Reply reply)
{
    return [job = std::move(job), reply = std::move(reply)](const Checked<void> &result) mutable {
        job.finish(result);
        emptySuccess(std::move(reply))(result);
    };
}

void createAsJob(const Call &call, CheckedNewQube wanted, Reply reply)
{
    Services &services = call.services;
    Jobs::Handle job = services.jobs.begin("create", wanted.name, [] { }); // the end looks whether it is still wanted
    auto end = endOrUndo(std::move(job),
                         std::move(reply),
                         formatted("The creation of {} was cancelled, so there is no such qube.", wanted.name.text()),
                         [&services, id = wanted.id](Runner::Done done) {
                             services.maker.remove(id, std::move(done));
                         });
    services.maker.create(std::move(wanted), call.source, std::move(end));
}

void removeAsJob(const Call &call, Reply reply)
{
    Jobs::Handle job = call.services.jobs.begin("remove", call.qube().name, {});
    call.services.preloader.dropAll(
        call.destination,
        [&maker = call.services.maker, id = call.destination, end = endOf(std::move(job), std::move(reply))]() mutable {
            maker.remove(id, std::move(end));
        });
}

void startAsJob(const Call &call, Reply reply)
{
    Services &services = call.services;
    const Qid id = call.destination;
    const auto phase = services.runner.phaseOf(id);
    if (phase == Lifecycle::Phase::Running || phase == Lifecycle::Phase::Paused || id == Dom0Qid) {
        services.runner.start(id, emptySuccess(std::move(reply)));
        return;
    }
    Jobs::Handle job = services.jobs.begin("start", call.qube().name, [&services, id] {
        services.runner.cancelStart(id);
    });
    // One that still waits for its turn begins all the same, and is ended when it has begun.
    services.runner.start(id,
                          endOrUndo(std::move(job),
                                    std::move(reply),
                                    formatted("The start of {} was cancelled. It is halted.", call.qube().name.text()),
                                    [&services, id](Runner::Done done) {
                                        services.runner.kill(id, std::move(done));
                                    }));
}

Checked<std::string> listJobs(const Call &call)
{
    BH_CHECK(call.permit());
    std::string lines;
    for (const auto &[id, job] : call.services.jobs.all()) {
        if (may(call, call.method, job)) {
            lines += jobLine(job);
        }
    }
    return lines;
}

Checked<std::string> cancelJob(const Call &call)
{
    BH_CHECK(call.permit());
    const auto number = parseNumber(call.argument);
    if (!number) {
        return refuse(RefusalKind::Protocol, "the argument is no number");
    }
    const auto &jobs = call.services.jobs.all();
    const auto job = jobs.find(JobId(*number));
    // A job that the caller may not stop is as unknown to it as one that never was.
    if (job != jobs.end() && !may(call, call.method, job->second)) {
        return refuse(RefusalKind::Permission, "the job's qube is not the caller's to stop");
    }
    BH_CHECK(call.services.jobs.cancel(JobId(*number)));
    return std::string();
}

} // namespace Bulkhead::AdminApi::Calls
