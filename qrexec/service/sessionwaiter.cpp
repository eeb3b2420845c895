// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/sessionwaiter.h"

#include "base/log.h"
#include "qrexec/process/pipe.h"
#include "qrexec/service/programs.h"
#include "qrexec/service/servicelookup.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr LogCategory Log("bulkhead.qrexec.agent");

Result<ServiceRequest> waitRequest()
{
    BH_TRY(QubeName source, QubeName::parse("dom0"));
    return ServiceRequest{
        .name = "qubes.WaitForSession",
        .argument = std::nullopt,
        .source = std::move(source),
        .target = std::nullopt,
        .line = "qubes.WaitForSession dom0",
    };
}

} // namespace

SessionWaiter::SessionWaiter(EventLoop &loop, const Surroundings &here)
    : m_loop(loop)
    , m_here(here)
{
}

void SessionWaiter::whenReady(const std::string &user, Start start)
{
    if (m_waiting.size() >= MaxWaiting) {
        start();
        return;
    }
    if (!m_child) {
        if (auto waiting = startWaiting(user); !waiting) {
            Log.warning("cannot wait for the session: {}", waiting.error().text());
            start();
            return;
        }
    }
    m_waiting.push_back(std::move(start));
}

Result<void> SessionWaiter::startWaiting(const std::string &user)
{
    BH_TRY(const ServiceRequest request, waitRequest());
    BH_TRY(const FoundService found, findService(m_here.services, request));
    if (found.kind != FoundService::Kind::Executable) {
        return fail(Errc::BadValue, "the service that waits is not a program");
    }
    BH_TRY(Pipe input, Pipe::toChild());
    const std::string line = user + '\n';
    if (::write(input.ours.get(), line.data(), line.size()) != std::ssize(line)) {
        return failErrno(errno, "naming the user whose session is waited for");
    }
    input.ours.reset();
    BH_TRY(Child child,
           Child::start(waitProgram(request, found.path, m_here.environment),
                        {input.theirs.get(), STDERR_FILENO, STDERR_FILENO},
                        Session::Own));
    BH_TRY(m_childEnd, m_loop.watch(child.endFd(), Readiness::Read, [this] {
        onWaitEnd();
    }));
    m_child = std::move(child);
    return {};
}

void SessionWaiter::onWaitEnd()
{
    BH_ASSERT(m_child.has_value()); // its end is what was watched
    (void)m_child->reap();
    m_childEnd.reset();
    m_child.reset();
    for (Start &start : std::exchange(m_waiting, {})) {
        start();
    }
}

} // namespace Bulkhead::Qrexec
