// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/ids.h"
#include "tests/qrexec/scriptedpeer.h"
#include "vchan-io/transport/memfdbackend.h"

#include <QByteArray>
#include <QProcess>
#include <QStringList>
#include <QTemporaryDir>

#include <memory>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

inline constexpr DomId Work{1};

/// A bulkhead-exchange of its own with the domain Work, a directory for sockets, services and their configuration, and
/// the programs of qrexec. Whoever is not started is played by the test.
class ProgramRig
{
public:
    ProgramRig();
    ~ProgramRig();
    ProgramRig(const ProgramRig &) = delete;
    ProgramRig &operator=(const ProgramRig &) = delete;

    /// dom0's daemon for Work, whose default user is `user`.
    void startDaemon(const QString &user);
    /// The agent in Work.
    void startAgent();
    /// The fork server of our own session, in whose environment alone RIG_SESSION is. It listens.
    void startForkServer();
    /// Another qube, which has a socket of the exchange and nothing else.
    [[nodiscard]] MemfdBackend addQube(DomId domain);
    /// dom0's client. What `arguments` holds comes before the command.
    [[nodiscard]] std::unique_ptr<QProcess> client(const QStringList &arguments);
    /// The client of Work's programs, which asks the rig's agent.
    void startOutgoing(QProcess &process, const QStringList &arguments) const;
    /// The arguments of client(), for whoever starts it otherwise.
    [[nodiscard]] QStringList clientArguments(const QStringList &arguments) const;
    [[nodiscard]] QProcessEnvironment dom0Environment() const;

    /// The ends that a test plays.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedAgent();
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedDaemon();
    /// A program of dom0 at the daemon's socket; it has not read the greeting.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedClient();
    /// A program of the qube at the agent's trigger socket.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedTrigger();
    /// A data channel: dom0's end, which calls, or Work's end, which runs the service.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedCaller(std::uint32_t port);
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedService(std::uint32_t port);

    /// The caller's end of a call from Work to dom0.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedCallerInWork(std::uint32_t port);
    /// The service's end in dom0 of a call that Work makes.
    [[nodiscard]] std::unique_ptr<ScriptedPeer> scriptedServiceInDom0(std::uint32_t port);

    /// Makes an executable service, a configuration, any file below the rig's directory.
    void addService(const QString &name, const QByteArray &text);
    void addConfig(const QString &name, const QByteArray &text);
    [[nodiscard]] QString path(const QString &name) const;

    [[nodiscard]] QString socket(const QString &name) const
    {
        return path(QStringLiteral("sockets/qrexec.") + name);
    }

    [[nodiscard]] QProcess &daemon()
    {
        return m_daemon;
    }

    [[nodiscard]] QProcess &agent()
    {
        return m_agent;
    }

    [[nodiscard]] QProcess &forkServer()
    {
        return m_forkServer;
    }

    /// Where the fork server of a user's session is looked for.
    [[nodiscard]] QString sessionSocket(const QString &user) const
    {
        return path(QStringLiteral("sockets/session.%1.sock").arg(user));
    }

    static QString uuid();

private:
    [[nodiscard]] MemfdBackend dom0() const;
    [[nodiscard]] MemfdBackend work() const;
    [[nodiscard]] QProcessEnvironment workEnvironment() const;
    void start(QProcess &process, const char *program, const QStringList &arguments);

    QTemporaryDir m_directory;
    QProcess m_exchange;
    QProcess m_daemon;
    QProcess m_agent;
    QProcess m_forkServer;
};

/// Our own user, whose commands an agent of ours runs.
[[nodiscard]] std::string ownUser();
/// `ownUser():line`
[[nodiscard]] std::string asOwnUser(const std::string &line);

/// What /proc/PID/status says of `field`, or nothing.
[[nodiscard]] QByteArray processStatus(qint64 process, const char *field);
/// Processes that the process started, and they others.
[[nodiscard]] std::vector<qint64> descendantsOf(qint64 process);

} // namespace Bulkhead::Test
