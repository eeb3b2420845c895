// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/stopping.h"

#include "base/formatted.h"

#include <algorithm>
#include <map>
#include <set>

namespace Bulkhead::Cli
{

namespace
{

using Clock = EventReader::Clock;

class Stopper
{
public:
    Stopper(Session &session, const StopOptions &options)
        : m_session(session)
        , m_options(options)
    {
    }

    /// Asks all of them; who cannot be asked yet is kept for later, who cannot be asked at all is said.
    void ask(const std::vector<std::string> &names)
    {
        std::vector<Request> requests;
        for (const std::string &name : names) {
            requests.push_back(
                {.method = "admin.vm.Shutdown", .argument = m_options.force ? "force" : "", .qube = name});
        }
        const auto answers = m_session.daemon.callEach(requests);
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (answers[i]) {
                m_ending.insert(names[i]);
            } else if (answers[i].error().code == Errc::InUse && m_options.wait) {
                m_refused.emplace(names[i], answers[i].error());
            } else {
                complain(names[i], answers[i].error());
            }
        }
    }

    Result<int> wait(EventReader &events)
    {
        const auto deadline = Clock::now() + m_options.timeout;
        while (!m_ending.empty()) {
            BH_TRY(const auto event, events.next(deadline));
            if (!event) {
                killAll();
                break;
            }
            if (event->name == "domain-shutdown" && m_ending.erase(event->subject) != 0) {
                askRefused();
            }
        }
        for (const auto &[name, error] : m_refused) {
            complain(name, error);
        }
        return m_status;
    }

    [[nodiscard]] int status() const
    {
        return m_status;
    }

private:
    void complain(const std::string &name, const Error &error)
    {
        m_session.console.complain(formatted("{}: {}", name, error.text()));
        m_status = 1;
    }

    void askRefused()
    {
        std::vector<std::string> names;
        for (const auto &[name, error] : std::exchange(m_refused, {})) {
            names.push_back(name);
        }
        ask(names);
    }

    /// Also those that could not be asked: whoever sets a time wants them gone by then.
    void killAll()
    {
        for (const auto &[name, error] : std::exchange(m_refused, {})) {
            m_ending.insert(name);
        }
        for (const std::string &name : std::exchange(m_ending, {})) {
            m_session.console.tell(
                formatted("{} did not end within {} s and is killed", name, m_options.timeout.count()));
            const auto killed = m_session.daemon.call({.method = "admin.vm.Kill", .qube = name});
            if (!killed && killed.error().code != Errc::WrongState) { // else it was faster
                complain(name, killed.error());
            }
        }
    }

    Session &m_session;
    StopOptions m_options;
    std::set<std::string> m_ending;
    std::map<std::string, Error> m_refused;
    int m_status = 0;
};

} // namespace

Result<std::optional<EventReader>> openEventsFor(const Daemon &daemon, const StopOptions &options)
{
    if (!options.wait) {
        return std::nullopt;
    }
    BH_TRY(auto connection, daemon.openEvents());
    EventReader reader(std::move(connection));
    BH_TRY(const auto established, reader.next(Clock::now() + std::chrono::minutes(1)));
    if (!established) {
        return fail(Errc::TimedOut, "bulkheadd does not tell its events");
    }
    return std::optional(std::move(reader));
}

Result<int> stopQubes(Session &session,
                      const std::vector<QubeLine> &qubes,
                      const StopOptions &options,
                      std::optional<EventReader> &events)
{
    std::vector<std::string> names;
    for (const QubeLine &qube : qubes) {
        names.push_back(qube.name);
    }
    Stopper stopper(session, options);
    stopper.ask(names);
    return events ? stopper.wait(*events) : stopper.status();
}

} // namespace Bulkhead::Cli
