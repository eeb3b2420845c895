// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/daemon/dom0call.h"

#include "base/log.h"
#include "qrexec/process/exitstatus.h"

#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.daemon");

} // namespace

Dom0Call::Dom0Call(EventLoop &loop, Backend &backend, ChannelAddress caller, Handlers handlers)
    : m_loop(loop)
    , m_backend(backend)
    , m_caller(caller)
    , m_handlers(std::move(handlers))
{
}

Dom0Call::~Dom0Call() = default;

Result<void> Dom0Call::start()
{
    BH_TRY(auto channel, m_backend.connect(m_caller.domain, m_caller.port));
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
                                         },
                                         Greeting::InReply);
    m_timeout = m_loop.after(ConnectTimeout, [this] {
        onChannelDone(Error{.code = Errc::TimedOut, .detail = "the caller does not open its end"});
    });
    return m_end->start();
}

void Dom0Call::onReady()
{
    m_timeout.reset();
    if (auto ordered = m_handlers.onReady(); !ordered) {
        Log.warning("a service of dom0's was not started: {}", ordered.error().text());
        m_hasEnded = true;
        m_end->reportFailure(StatusProblem);
        return;
    }
    m_isOrdered = true;
}

void Dom0Call::onReport(const ServiceReport &report, ServiceStreams streams)
{
    using enum ServiceReport::Kind;
    m_hasEnded = report.kind != Started;
    if (m_end) {
        switch (report.kind) {
        case Started:
            m_end->run(std::move(streams), report.rules);
            break;
        case StartedSocket:
            m_end->run(std::move(streams), report.rules);
            m_end->setStatus(0);
            break;
        case Failed:
            m_end->reportFailure(report.status);
            break;
        case Ended:
            m_end->setStatus(report.status);
            break;
        }
    }
    finishIfOver(); // a caller that went earlier left the streams to close here
}

void Dom0Call::onChannelDone(const std::optional<Error> &error)
{
    if (error) {
        Log.info("a call of a service of dom0's ended early: {}", error->text());
    }
    m_timeout.reset();
    // Not from within a call of it. Closes the streams: a service that still runs sees the end of its input.
    m_closing = m_loop.after(Duration::zero(), [this] {
        m_end.reset();
        finishIfOver();
    });
}

void Dom0Call::finishIfOver()
{
    if (!m_end && (m_hasEnded || !m_isOrdered)) {
        // Not from within a handler of something that this owns.
        m_loop.defer([tell = std::exchange(m_handlers.onOver, {})]() mutable {
            if (tell) {
                tell();
            }
        });
    }
}

} // namespace Bulkhead::Qrexec
