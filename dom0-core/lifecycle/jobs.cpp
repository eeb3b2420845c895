// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/jobs.h"

#include <algorithm>
#include <format>
#include <utility>

namespace Bulkhead
{

namespace
{

bool hasEnded(const Job &job)
{
    return job.state != JobState::Running && job.state != JobState::Stopping;
}

} // namespace

std::string_view nameOf(JobState state)
{
    switch (state) {
    case JobState::Running:
        return "running";
    case JobState::Stopping:
        return "stopping";
    case JobState::Done:
        return "done";
    case JobState::Failed:
        return "failed";
    case JobState::Cancelled:
        return "cancelled";
    }
    std::unreachable();
}

Jobs::Handle::Handle(Jobs *jobs, JobId id)
    : m_jobs(jobs)
    , m_id(id)
{
}

Jobs::Handle::Handle(Handle &&other) noexcept
    : m_jobs(std::exchange(other.m_jobs, nullptr))
    , m_id(other.m_id)
{
}

Jobs::Handle::~Handle()
{
    if (m_jobs) {
        m_jobs->end(m_id, JobState::Failed, "It ended before it was done.");
    }
}

void Jobs::Handle::setPercent(unsigned percent)
{
    constexpr unsigned Whole = 100;
    Job *const job = m_jobs ? m_jobs->findRunning(m_id) : nullptr;
    const unsigned possible = std::min(percent, Whole);
    if (job != nullptr && job->percent != possible) {
        job->percent = possible;
        Q_EMIT m_jobs->changed(Job(*job));
    }
}

void Jobs::Handle::forbidCancel()
{
    Job *const job = m_jobs ? m_jobs->findRunning(m_id) : nullptr;
    if (job != nullptr && job->canBeCancelled) {
        job->canBeCancelled = false;
        m_jobs->m_cancels.erase(m_id);
        Q_EMIT m_jobs->changed(Job(*job));
    }
}

bool Jobs::Handle::isStopping() const
{
    const Job *const job = m_jobs ? m_jobs->findRunning(m_id) : nullptr;
    return job != nullptr && job->state == JobState::Stopping;
}

void Jobs::Handle::finish(const Checked<void> &result)
{
    if (!m_jobs) {
        return;
    }
    const JobState failure = isStopping() ? JobState::Cancelled : JobState::Failed;
    m_jobs->end(m_id, result ? JobState::Done : failure, result ? std::string() : result.error().message);
}

Jobs::Handle Jobs::begin(std::string kind, const QubeName &qube, Cancel cancel)
{
    const JobId id(++m_last);
    const Job job{.id = id,
                  .kind = std::move(kind),
                  .qube = qube,
                  .state = JobState::Running,
                  .percent = std::nullopt,
                  .canBeCancelled = static_cast<bool>(cancel),
                  .reason = {}};
    m_jobs.insert_or_assign(id, job);
    if (cancel) {
        m_cancels.insert_or_assign(id, std::move(cancel));
    }
    Q_EMIT changed(job);
    return {this, id};
}

Checked<void> Jobs::cancel(JobId id)
{
    const auto known = m_jobs.find(id);
    if (known == m_jobs.end()) {
        return refuse(RefusalKind::General, "There is no such work any more.");
    }
    Job &job = known->second;
    if (hasEnded(job)) {
        return refuse(RefusalKind::General, "That work has ended already.");
    }
    if (job.state == JobState::Stopping) {
        return {};
    }
    const auto place = m_cancels.find(id);
    if (place == m_cancels.end()) {
        return refuse(RefusalKind::General, "That work cannot be stopped half way. Wait until it has ended.");
    }
    Cancel stop = std::move(place->second);
    m_cancels.erase(place);
    job.state = JobState::Stopping;
    job.canBeCancelled = false;
    Q_EMIT changed(Job(job));
    stop(); // last: the job may end in it
    return {};
}

Job *Jobs::findRunning(JobId id)
{
    const auto place = m_jobs.find(id);
    return place == m_jobs.end() || hasEnded(place->second) ? nullptr : &place->second;
}

void Jobs::end(JobId id, JobState state, std::string reason)
{
    Job *const job = findRunning(id);
    if (job == nullptr) {
        return;
    }
    job->state = state;
    job->reason = std::move(reason);
    job->canBeCancelled = false;
    m_cancels.erase(id);
    const Job ended = *job;
    forgetOldest();
    Q_EMIT changed(ended);
}

void Jobs::forgetOldest()
{
    const auto isOver = [](const auto &entry) {
        return hasEnded(entry.second);
    };
    if (std::ranges::count_if(m_jobs, isOver) > static_cast<std::ptrdiff_t>(KeptEnded)) {
        m_jobs.erase(std::ranges::find_if(m_jobs, isOver));
    }
}

} // namespace Bulkhead
