// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "base/qubename.h"
#include "dom0-core/model/refusal.h"

#include <QObject>
#include <QPointer>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// Counts up from 1 in one life of the daemon.
using JobId = Id<struct JobIdTag, std::uint64_t>;

enum class JobState : std::uint8_t {
    Running,
    Stopping, ///< somebody asked it to end; it has not yet
    Done,
    Failed,
    Cancelled,
};

/// `running`, `stopping`, `done`, `failed` or `cancelled`.
[[nodiscard]] std::string_view nameOf(JobState state);

/// One piece of long work as a person sees it.
struct Job {
    JobId id;
    std::string kind; ///< a word: `start`, `create`, …
    QubeName qube;
    JobState state = JobState::Running;
    std::optional<unsigned> percent; ///< 0 to 100; nothing: nobody can tell
    bool canBeCancelled = false;
    std::string reason; ///< why it failed, in words; empty otherwise
};

/// The long work of the daemon: whoever does some begins a job, and people watch it and stop it from wherever they are.
/// A job belongs to the daemon: no client's end ends it. Main thread only.
/// @source docs/protocol/core.md, Jobs
class Jobs : public QObject
{
    Q_OBJECT

public:
    /// Jobs that have ended and are still told of, so that a window opened late shows how it went.
    static constexpr std::size_t KeptEnded = 32;

    /// Asks the work to end early. It may take its time, and the job ends by finish() like any other.
    using Cancel = std::move_only_function<void()>;

    /// Held by who does the work. One that goes without finish() ends its job as failed. Empty after a move.
    class Handle
    {
    public:
        Handle(Jobs *jobs, JobId id);
        Handle(Handle &&other) noexcept;
        Handle &operator=(Handle &&) = delete;
        Handle(const Handle &) = delete;
        Handle &operator=(const Handle &) = delete;
        ~Handle();

        /// @param percent  what is beyond 100 is 100
        void setPercent(unsigned percent);
        /// From here on it goes through to the end: who asks to stop it is told so.
        void forbidCancel();
        /// Whether somebody asked for the end.
        [[nodiscard]] bool isStopping() const;
        /// Ends the job. Once; what is done to it afterwards does nothing.
        void finish(const Checked<void> &result);

    private:
        QPointer<Jobs> m_jobs;
        JobId m_id;
    };

    using QObject::QObject;

    /// @param kind  a word
    /// @param cancel  empty: this work cannot be stopped
    [[nodiscard]] Handle begin(std::string kind, const QubeName &qube, Cancel cancel);

    /// @errors General (no such job, ended, cannot be stopped), in words for a person
    [[nodiscard]] Checked<void> cancel(JobId id);

    /// Those that run, and the last that ended, oldest first.
    [[nodiscard]] const std::map<JobId, Job> &all() const noexcept
    {
        return m_jobs;
    }

Q_SIGNALS:
    /// A new one, or one that is different now.
    void changed(const Bulkhead::Job &job);

private:
    /// Null once it has ended: nothing of it changes any more.
    [[nodiscard]] Job *findRunning(JobId id);
    void end(JobId id, JobState state, std::string reason);
    void forgetOldest();

    std::map<JobId, Job> m_jobs;
    std::map<JobId, Cancel> m_cancels; ///< of those that run and can be stopped
    std::uint64_t m_last = 0;
};

} // namespace Bulkhead
