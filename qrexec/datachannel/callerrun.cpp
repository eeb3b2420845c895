// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/callerrun.h"

#include "base/log.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/process/pipe.h"

#include <unistd.h>

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.caller");

/// A stream that ends in a terminal must not steer it (spec security, R-47).
Filter filterFor(const StreamFd &stream)
{
    return stream && ::isatty(stream.get()) == 1 ? Filter::SafeForTerminals : Filter::Exact;
}

} // namespace

CallerRun::CallerRun(EventLoop &loop, Backend &backend, CallerRunOptions options, CallerStreams streams, OnDone onDone)
    : m_loop(loop)
    , m_backend(backend)
    , m_options(std::move(options))
    , m_streams(std::move(streams))
    , m_onDone(std::move(onDone))
{
}

Result<void> CallerRun::start(ChannelAddress address)
{
    // A local program gets what came, whatever it prints of that.
    const Filter wherever = m_options.local ? Filter::Exact : filterFor(m_streams.output);
    const Filter outputFilter = m_options.outputFilter.value_or(wherever);
    const Filter errorFilter = m_options.errorFilter.value_or(filterFor(m_streams.error));
    BH_TRY(auto channel, m_backend.serve(address.domain, address.port, m_options.rings));
    CallerStreams streams;
    if (m_options.local) {
        const LocalProgram local = *std::exchange(m_options.local, std::nullopt);
        if (auto started = startLocal(local)) {
            streams = *std::move(started);
        } else {
            Log.critical("the local program does not start: {}", started.error().text());
            m_localStatus = StatusProblem;
        }
    } else if (!m_options.onlyStatus) {
        streams = std::move(m_streams);
    }
    m_caller = std::make_unique<CallerEnd>(m_loop,
                                           std::move(channel),
                                           std::move(streams),
                                           CallerOptions{
                                               .outputFilter = outputFilter,
                                               .errorFilter = errorFilter,
                                               .prefix = m_options.prefix,
                                               .onlyStatus = m_options.onlyStatus,
                                           },
                                           CallerEnd::Handlers{
                                               .onReady =
                                                   [this] {
                                                       m_timeout.reset();
                                                   },
                                               .onDone =
                                                   [this](int status) {
                                                       onRemoteEnd(status);
                                                   },
                                           });
    if (m_options.wait != std::chrono::seconds::zero()) {
        m_timeout = m_loop.after(m_options.wait, [this] {
            Log.critical("{} does not open the connection", m_options.peer);
            finish(StatusConnectionLost);
        });
    }
    return m_caller->start();
}

Result<CallerStreams> CallerRun::startLocal(const LocalProgram &local)
{
    BH_TRY(Pipe input, local.mayMerge ? Pipe::socketBothWays() : Pipe::socketToChild());
    BH_TRY(Pipe output, Pipe::socketFromChild());
    if (local.mayMerge) {
        BH_TRY(m_localsOther, sharedDescriptor(input.ours));
        BH_TRY(m_mergeSignal, MergeSignal::watch(m_loop, [this] {
                   if (m_caller && m_localsOther) {
                       m_caller->moveInputTo(std::move(m_localsOther));
                   }
               }));
    }
    std::vector<int> kept;
    for (const UniqueFd &fd : local.kept) {
        kept.push_back(fd.get());
    }
    BH_TRY(Child child,
           Child::start(local.program,
                        {input.theirs.get(), output.theirs.get(), STDERR_FILENO},
                        Session::Ours,
                        std::nullopt,
                        kept));
    BH_TRY(m_localEnd, m_loop.watch(child.endFd(), Readiness::Read, [this] {
        m_localEnd.reset();
        finishIfOver();
    }));
    m_local = std::move(child);
    return CallerStreams{
        .input = std::move(output.ours),
        .output = std::move(input.ours),
        .error = std::move(m_streams.error),
    };
}

void CallerRun::onRemoteEnd(int status)
{
    m_remoteStatus = status;
    finishIfOver();
}

void CallerRun::finishIfOver()
{
    const auto localStatus = m_local ? m_local->reap() : std::optional(m_localStatus);
    if (!m_remoteStatus || !localStatus) {
        return;
    }
    finish(*m_remoteStatus != 0 ? *m_remoteStatus : *localStatus);
}

void CallerRun::finish(int status)
{
    if (m_onDone) {
        std::exchange(m_onDone, {})(status);
    }
}

} // namespace Bulkhead::Qrexec
