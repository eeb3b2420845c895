// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/call.h"

#include "base/log.h"
#include "qrexec/process/exitstatus.h"
#include "qrexec/service/launch.h"

#include <unistd.h>

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.call");

} // namespace

Call::Call(EventLoop &loop, Backend &backend, Surroundings here, CallRequest request, OnDone onDone)
    : m_loop(loop)
    , m_backend(backend)
    , m_here(std::move(here))
    , m_request(std::move(request))
    , m_onDone(std::move(onDone))
{
}

Call::~Call() = default;

Result<void> Call::start()
{
    BH_TRY(auto channel, m_backend.connect(m_request.channel.domain, m_request.channel.port));
    m_end = std::make_unique<ServiceEnd>(m_loop,
                                         std::move(channel),
                                         ServiceEnd::Handlers{
                                             .onReady =
                                                 [this] {
                                                     onReady();
                                                 },
                                             .onDone =
                                                 [this](const std::optional<Error> &error) {
                                                     onChannelDone(error);
                                                 },
                                         });
    m_timeout = m_loop.after(ConnectTimeout, [this] {
        onChannelDone(Error{.code = Errc::TimedOut, .detail = "the caller does not open its end"});
    });
    return m_end->start();
}

void Call::onReady()
{
    m_timeout.reset();
    if (auto started = run(); !started) {
        const Error &error = started.error();
        Log.warning("not started: {}", error.text());
        m_status = statusFor(error);
        if (m_request.kind == ExecKind::JustExec) {
            m_end->reportStart(m_status);
        } else {
            m_end->reportFailure(m_status);
        }
    }
}

Result<void> Call::run()
{
    BH_TRY(const Command command, parseCommand(m_request.command));
    BH_TRY(const Prepared prepared, prepare(command, m_here, ::getpid()));
    if (m_request.kind == ExecKind::JustExec) {
        BH_CHECK(launchDetached(prepared));
        m_end->reportStart(0);
        return {};
    }
    BH_TRY(m_mergeSignal, MergeSignal::watch(m_loop, [this] {
               if (m_end) {
                   m_end->mergeDirections();
               }
           }));
    BH_TRY(Launched launched, launch(prepared, ErrorsGo::ToCaller));
    if (launched.child) {
        m_child = std::move(launched.child);
        BH_TRY(m_childEnd, m_loop.watch(m_child->endFd(), Readiness::Read, [this] {
            onChildEnd();
        }));
    }
    m_end->run(std::move(launched.streams), launched.rules);
    if (!m_child) {
        m_end->setStatus(0);
    }
    return {};
}

void Call::onChildEnd()
{
    BH_ASSERT(m_child.has_value()); // its end is what was watched
    m_childEnd.reset();
    m_status = m_child->reap().value_or(StatusProblem);
    if (!m_channelDone) {
        m_end->setStatus(m_status);
    }
    finishIfOver();
}

void Call::onChannelDone(const std::optional<Error> &error)
{
    if (error) {
        Log.warning("the connection ended early: {}", error->text());
    }
    m_channelDone = true;
    // Not from within a call of it. Closes the streams: a program that still runs sees the end of its input.
    m_closing = m_loop.after(Duration::zero(), [this] {
        m_end.reset();
        finishIfOver();
    });
}

void Call::finishIfOver()
{
    const bool childRuns = m_child && !m_child->reap();
    if (m_channelDone && !m_end && !childRuns) {
        m_onDone(m_status);
    }
}

} // namespace Bulkhead::Qrexec
