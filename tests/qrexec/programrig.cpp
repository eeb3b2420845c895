// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/qrexec/programrig.h"

#include "base/formatted.h"
#include "base/unixaddress.h"
#include "qrexec/process/account.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/localchannel.h"

#include <QDir>
#include <QFile>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <string_view>
#include <utility>

namespace Bulkhead::Test
{

namespace
{

constexpr RingSizes DataRings{.toServer = 65536, .toClient = 65536};

void writeFile(const QString &path, const QByteArray &text, bool isExecutable)
{
    QFile file(path);
    BH_ASSERT(file.open(QIODevice::WriteOnly) && file.write(text) == text.size());
    file.close();
    if (isExecutable) {
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
}

/// Tells the exchange's control socket a line and waits for its answer.
void tellExchange(const std::string &path, std::string_view line)
{
    const UniqueFd socket = connectToUnixSocket(path, SOCK_STREAM).value();
    BH_ASSERT(::send(socket.get(), line.data(), line.size(), MSG_NOSIGNAL) == std::ssize(line));
    std::array<char, 100> answer{};
    const ssize_t size = ::recv(socket.get(), answer.data(), answer.size(), 0);
    BH_ASSERT(size > 0 && std::string_view(answer.data(), static_cast<std::size_t>(size)) == "ok\n");
}

} // namespace

ProgramRig::ProgramRig()
{
    for (const char *const folder : {"sockets", "services", "config"}) {
        BH_ASSERT(QDir(m_directory.path()).mkdir(QString::fromLatin1(folder)));
    }
    m_exchange.setReadChannel(QProcess::StandardError);
    m_exchange.start(QStringLiteral(BULKHEAD_EXCHANGE_PROGRAM),
                     {QStringLiteral("--directory"),
                      path(QStringLiteral("x")),
                      QStringLiteral("--dom0-directory"),
                      path(QStringLiteral("dom0")),
                      QStringLiteral("--group"),
                      QStringLiteral("no-such-group")});
    BH_ASSERT(m_exchange.waitForReadyRead(LongestMs));
    tellExchange(path(QStringLiteral("x/control")).toStdString(), "add 1\n");
}

ProgramRig::~ProgramRig()
{
    for (QProcess *const process : {&m_daemon, &m_agent, &m_forkServer, &m_exchange}) {
        process->kill();
        process->waitForFinished(LongestMs);
    }
}

void ProgramRig::startDaemon(const QString &user)
{
    QProcessEnvironment environment = dom0Environment();
    environment.insert(QStringLiteral("QREXEC_SERVICE_PATH"), path(QStringLiteral("services")));
    environment.insert(QStringLiteral("QUBES_RPC_CONFIG_PATH"), path(QStringLiteral("config")));
    environment.insert(QStringLiteral("RIG"), m_directory.path());
    m_daemon.setProcessEnvironment(environment);
    start(m_daemon,
          BULKHEAD_QREXEC_DAEMON,
          {QStringLiteral("--transport=memfd"),
           QStringLiteral("--socket-dir=") + path(QStringLiteral("sockets")),
           QStringLiteral("--policy-socket=") + path(QStringLiteral("policy.sock")),
           QStringLiteral("--core-socket=") + path(QStringLiteral("core.sock")),
           QStringLiteral("-u"),
           uuid(),
           QStringLiteral("1"),
           QStringLiteral("work"),
           user});
}

QProcessEnvironment ProgramRig::workEnvironment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), path(QStringLiteral("x/1/socket")));
    environment.insert(QStringLiteral("QREXEC_SERVICE_PATH"), path(QStringLiteral("services")));
    environment.insert(QStringLiteral("QUBES_RPC_CONFIG_PATH"), path(QStringLiteral("config")));
    environment.insert(QStringLiteral("RIG"), m_directory.path());
    return environment;
}

void ProgramRig::startAgent()
{
    m_agent.setProcessEnvironment(workEnvironment());
    start(m_agent,
          BULKHEAD_QREXEC_AGENT,
          {QStringLiteral("--transport=memfd"),
           QStringLiteral("-a"),
           path(QStringLiteral("sockets/agent")),
           QStringLiteral("-s"),
           sessionSocket(QStringLiteral("%s"))});
}

void ProgramRig::startForkServer()
{
    QProcessEnvironment environment = workEnvironment();
    environment.insert(QStringLiteral("RIG_SESSION"), QStringLiteral("the session"));
    environment.insert(QStringLiteral("HOME"), m_directory.path());
    environment.insert(QStringLiteral("SHELL"), QStringLiteral("/bin/sh"));
    m_forkServer.setProcessEnvironment(environment);
    // It closes the descriptor that it says so on; its own output is needed.
    constexpr int ReadyFd = 3;
    m_forkServer.setChildProcessModifier([] {
        (void)::dup2(STDOUT_FILENO, ReadyFd);
    });
    start(m_forkServer,
          BULKHEAD_QREXEC_FORK_SERVER,
          {QStringLiteral("--transport"),
           QStringLiteral("memfd"),
           QStringLiteral("--ready-fd"),
           QString::number(ReadyFd),
           sessionSocket(QString::fromStdString(ownUser()))});
    BH_ASSERT(m_forkServer.waitForReadyRead(LongestMs));
}

MemfdBackend ProgramRig::addQube(DomId domain)
{
    tellExchange(path(QStringLiteral("x/control")).toStdString(), formatted("add {}\n", domain.value()));
    return MemfdBackend(path(QStringLiteral("x/%1/socket").arg(domain.value())).toStdString());
}

void ProgramRig::start(QProcess &process, const char *program, const QStringList &arguments)
{
    process.start(QString::fromLatin1(program), arguments);
    BH_ASSERT(process.waitForStarted(LongestMs));
}

void ProgramRig::startOutgoing(QProcess &process, const QStringList &arguments) const
{
    QProcessEnvironment environment = process.processEnvironment();
    if (environment.isEmpty()) {
        environment = QProcessEnvironment::systemEnvironment();
    }
    environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), path(QStringLiteral("x/1/socket")));
    process.setProcessEnvironment(environment);
    process.start(
        QStringLiteral(BULKHEAD_QREXEC_CLIENT_VM),
        QStringList{QStringLiteral("--transport=memfd"), QStringLiteral("-a"), path(QStringLiteral("sockets/agent"))}
            + arguments);
}

QProcessEnvironment ProgramRig::dom0Environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), path(QStringLiteral("dom0/socket")));
    return environment;
}

QStringList ProgramRig::clientArguments(const QStringList &arguments) const
{
    return QStringList{QStringLiteral("--transport=memfd"),
                       QStringLiteral("--socket-dir=") + path(QStringLiteral("sockets")),
                       QStringLiteral("-d"),
                       QStringLiteral("work")}
    + arguments;
}

std::unique_ptr<QProcess> ProgramRig::client(const QStringList &arguments)
{
    auto process = std::make_unique<QProcess>();
    process->setProcessEnvironment(dom0Environment());
    start(*process, BULKHEAD_QREXEC_CLIENT, clientArguments(arguments));
    return process;
}

MemfdBackend ProgramRig::dom0() const
{
    return MemfdBackend(path(QStringLiteral("dom0/socket")).toStdString());
}

MemfdBackend ProgramRig::work() const
{
    return MemfdBackend(path(QStringLiteral("x/1/socket")).toStdString());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedAgent()
{
    return std::make_unique<ScriptedPeer>(
        work().serve(Dom0, QrexecControlPort, {.toServer = 4096, .toClient = 4096}).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedDaemon()
{
    return std::make_unique<ScriptedPeer>(dom0().connect(Work, QrexecControlPort).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedClient()
{
    auto channel = LocalChannel::connect(socket(QStringLiteral("1")).toStdString()).value();
    UniqueFd kept(::fcntl(channel->socket(), F_DUPFD_CLOEXEC, 0));
    return std::make_unique<ScriptedPeer>(std::move(channel), std::move(kept));
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedTrigger()
{
    return std::make_unique<ScriptedPeer>(
        LocalChannel::connect(path(QStringLiteral("sockets/agent")).toStdString()).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedCaller(std::uint32_t port)
{
    return std::make_unique<ScriptedPeer>(dom0().serve(Work, Port{port}, DataRings).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedService(std::uint32_t port)
{
    return std::make_unique<ScriptedPeer>(work().connect(Dom0, Port{port}).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedCallerInWork(std::uint32_t port)
{
    return std::make_unique<ScriptedPeer>(work().serve(Dom0, Port{port}, DataRings).value());
}

std::unique_ptr<ScriptedPeer> ProgramRig::scriptedServiceInDom0(std::uint32_t port)
{
    return std::make_unique<ScriptedPeer>(dom0().connect(Work, Port{port}).value());
}

void ProgramRig::addService(const QString &name, const QByteArray &text)
{
    writeFile(path(QStringLiteral("services/") + name), text, true);
}

void ProgramRig::addConfig(const QString &name, const QByteArray &text)
{
    writeFile(path(QStringLiteral("config/") + name), text, false);
}

QString ProgramRig::path(const QString &name) const
{
    return m_directory.filePath(name);
}

QString ProgramRig::uuid()
{
    return QStringLiteral("01234567-89ab-cdef-0123-456789abcdef");
}

std::string ownUser()
{
    return Qrexec::findAccount(::geteuid()).value().name;
}

std::string asOwnUser(const std::string &line)
{
    return ownUser() + ':' + line;
}

QByteArray processStatus(qint64 process, const char *field)
{
    QFile file(QStringLiteral("/proc/%1/status").arg(process));
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    for (const QByteArray &line : file.readAll().split('\n')) {
        const auto colon = line.indexOf(':');
        if (line.left(colon) == field) {
            return line.mid(colon + 1).trimmed();
        }
    }
    return {};
}

std::vector<qint64> descendantsOf(qint64 process)
{
    std::vector<qint64> found;
    QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(process));
    if (!children.open(QIODevice::ReadOnly)) {
        return found;
    }
    for (const QByteArray &word : children.readAll().simplified().split(' ')) {
        if (const qint64 child = word.toLongLong(); child > 0) {
            found.push_back(child);
            const auto below = descendantsOf(child);
            found.insert(found.end(), below.begin(), below.end());
        }
    }
    return found;
}

} // namespace Bulkhead::Test
