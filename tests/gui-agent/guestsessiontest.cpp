// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/clock.h"
#include "base/fd.h"
#include "gui-agent/guestsession/backoff.h"
#include "gui-agent/guestsession/options.h"
#include "gui-agent/guestsession/service.h"
#include "gui-agent/guestsession/xservercommand.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::GuestSession;
using namespace std::chrono_literals;

/// The supervisor of a guest's display, with real X servers and the real agent.
class GuestSessionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void backOff_growsAndForgetsAfterALongLife();
    void options_areChecked_data();
    void options_areChecked();
    void xorg_isTakenWhereItsDriverIs();
    void configuration_hasAModeOfTheScreensSize();
    void xorg_hasAScreenOfThatSize_data();
    void xorg_hasAScreenOfThatSize();
    void commands_listenToNobodyOutside();
    void commands_drawGlxOnlyWhereItIsAskedFor();
    void service_isReadyOnceItsLineIsWhole();

    void wait_returnsOnceTheSessionIsUp_data();
    void wait_returnsOnceTheSessionIsUp();
    void wait_mayBeginBeforeTheSession();
    void agentThatDies_isStartedAgainAlone();
    void xServerThatDies_isStartedAgainWithTheAgent();
    void forkServer_hasALoginOnTheDisplay();
    void endOfTheSession_endsWhatItStarted();

private:
    void startSession(const QStringList &options = {QStringLiteral("--x-server"), QStringLiteral("xvfb")});
    [[nodiscard]] bool waitForSession();
    /// Process ids of the session's children whose program has this name.
    [[nodiscard]] QList<pid_t> children(const QByteArray &name) const;
    [[nodiscard]] pid_t onlyChild(const QByteArray &name);

    std::unique_ptr<QTemporaryDir> m_directory;
    QProcessEnvironment m_environment;
    std::unique_ptr<QProcess> m_session;
};

namespace
{

bool waitUntil(const std::function<bool()> &condition)
{
    constexpr int LongestWaitMs = 20000;
    return QTest::qWaitFor(condition, LongestWaitMs);
}

QString program(const char *name)
{
    return QCoreApplication::applicationDirPath() + QLatin1Char('/') + QLatin1String(name);
}

/// The process's name, cut to 15 bytes as the system keeps it.
QByteArray nameOf(const QString &pid)
{
    QFile file(QStringLiteral("/proc/%1/comm").arg(pid));
    return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed() : QByteArray();
}

qint64 parentOf(const QString &pid)
{
    QFile file(QStringLiteral("/proc/%1/stat").arg(pid));
    if (!file.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray text = file.readAll();
    return text.mid(text.lastIndexOf(')') + 2).split(' ').value(1).toLongLong();
}

} // namespace

void GuestSessionTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
    m_environment = QProcessEnvironment::systemEnvironment();
    m_environment.remove(QStringLiteral("DISPLAY"));
    m_environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), m_directory->path());
    // Nobody needs to be at the other end: the agent waits for its daemon.
    m_environment.insert(QStringLiteral("VCHAN_SOCKET_DIR"), m_directory->path());
}

void GuestSessionTest::cleanup()
{
    if (m_session) {
        m_session->terminate();
        QVERIFY(m_session->waitForFinished());
        m_session.reset();
    }
    m_directory.reset();
}

void GuestSessionTest::startSession(const QStringList &options)
{
    m_session = std::make_unique<QProcess>();
    m_session->setProcessEnvironment(m_environment);
    m_session->setProcessChannelMode(QProcess::ForwardedChannels);
    m_session->start(program("bulkhead-guest-session"),
                     QStringList{QStringLiteral("--display"),
                                 QStringLiteral("auto"),
                                 QStringLiteral("--drag-agent"),
                                 QStringLiteral("none"),
                                 QStringLiteral("--fork-server"),
                                 QStringLiteral("none"),
                                 QStringLiteral("--agent"),
                                 program("bulkhead-gui-agent")}
                         + options);
    QVERIFY(m_session->waitForStarted());
}

bool GuestSessionTest::waitForSession()
{
    QProcess wait;
    wait.setProcessEnvironment(m_environment);
    wait.start(program("bulkhead-guest-session"), {QStringLiteral("--wait")});
    return wait.waitForFinished() && wait.exitStatus() == QProcess::NormalExit && wait.exitCode() == 0;
}

QList<pid_t> GuestSessionTest::children(const QByteArray &name) const
{
    QList<pid_t> found;
    const QStringList processes = QDir(QStringLiteral("/proc")).entryList({QStringLiteral("[0-9]*")}, QDir::Dirs);
    for (const QString &pid : processes) {
        if (parentOf(pid) == m_session->processId() && nameOf(pid) == name.left(15)) {
            found.append(pid.toInt());
        }
    }
    return found;
}

pid_t GuestSessionTest::onlyChild(const QByteArray &name)
{
    const QList<pid_t> found = children(name);
    return found.size() == 1 ? found.front() : 0;
}

void GuestSessionTest::backOff_growsAndForgetsAfterALongLife()
{
    BackOff backOff;
    TimePoint now{1h};
    const auto shortLife = [&backOff, &now] {
        backOff.started(now);
        now += 1ms;
        return backOff.ended(now);
    };
    QCOMPARE(shortLife(), Duration(0));
    QCOMPARE(shortLife(), Duration(50ms));
    QCOMPARE(shortLife(), Duration(100ms));
    for (int count = 0; count < 20; ++count) {
        (void)shortLife();
    }
    QCOMPARE(shortLife(), BackOff::Longest);
    backOff.started(now);
    now += BackOff::LongLife;
    QCOMPARE(backOff.ended(now), Duration(0));
}

void GuestSessionTest::options_areChecked_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("display") << QByteArray("--display") << QByteArray("7") << true;
    QTest::newRow("free display") << QByteArray("--display") << QByteArray("auto") << true;
    QTest::newRow("no display") << QByteArray("--display") << QByteArray(":7") << false;
    QTest::newRow("screen") << QByteArray("--screen") << QByteArray("1280x800") << true;
    QTest::newRow("screen without height") << QByteArray("--screen") << QByteArray("1280") << false;
    QTest::newRow("screen of nothing") << QByteArray("--screen") << QByteArray("0x800") << false;
    QTest::newRow("server") << QByteArray("--x-server") << QByteArray("xorg") << true;
    QTest::newRow("other server") << QByteArray("--x-server") << QByteArray("xnest") << false;
    QTest::newRow("unknown") << QByteArray("--colour") << QByteArray("red") << false;
}

void GuestSessionTest::options_areChecked()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, value);
    QFETCH(bool, accepted);
    const std::array<const char *, 2> arguments{name.constData(), value.constData()};
    QCOMPARE(parseOptions(arguments).has_value(), accepted);
    QVERIFY(!parseOptions(std::span(arguments).first(1)).has_value());
}

void GuestSessionTest::xorg_isTakenWhereItsDriverIs()
{
    const std::string root = m_directory->path().toStdString();
    QCOMPARE(chooseXServer(root).kind, XServerKind::Xvfb);
    const QDir directory(m_directory->path());
    QVERIFY(directory.mkpath(QStringLiteral("usr/lib/xorg/modules/drivers")));
    for (const char *name : {"usr/lib/xorg/Xorg", "usr/lib/xorg/modules/drivers/dummy_drv.so"}) {
        QFile file(directory.filePath(QLatin1String(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::ExeOwner));
    }
    QCOMPARE(chooseXServer(root).kind, XServerKind::Xorg);
}

void GuestSessionTest::configuration_hasAModeOfTheScreensSize()
{
    const std::string text = dummyConfiguration({1920, 1080});
    QVERIFY(text.contains("Modeline \"qube\" 138.53 1920 1968 2000 2080 1080 1083 1088 1110"));
    QVERIFY(text.contains("Virtual 1920 1080"));
}

void GuestSessionTest::xorg_hasAScreenOfThatSize_data()
{
    QTest::addColumn<Size>("screen");
    QTest::newRow("small") << Size{1280, 800};
    QTest::newRow("usual") << Size{1920, 1080};
    QTest::newRow("no standard") << Size{1918, 1012};
    QTest::newRow("large") << Size{3840, 2160};
}

/// A smaller one would put the qube's pointer elsewhere than dom0's, in windows that lie beyond its edges.
void GuestSessionTest::xorg_hasAScreenOfThatSize()
{
    QFETCH(const Size, screen);
    const XServerChoice choice = chooseXServer("");
    if (choice.kind != XServerKind::Xorg) {
        QSKIP("Xorg's dummy driver is not installed");
    }
    const QTemporaryDir folder;
    QFile configuration(folder.filePath(QStringLiteral("xorg.conf")));
    QVERIFY(configuration.open(QIODevice::WriteOnly));
    QVERIFY(configuration.write(QByteArray::fromStdString(dummyConfiguration(screen))) > 0);
    configuration.close();
    QStringList words;
    for (const std::string &word : xServerCommand(choice,
                                                  {.display = std::nullopt,
                                                   .screen = screen,
                                                   .configurationFile = configuration.fileName().toStdString(),
                                                   .logFile = folder.filePath(QStringLiteral("xorg.log")).toStdString(),
                                                   .glx = false,
                                                   .readyFd = STDOUT_FILENO})) {
        words << QString::fromStdString(word);
    }
    QProcess server;
    server.start(words.takeFirst(), words);
    QVERIFY(server.waitForReadyRead());
    const QString display = u':' + QString::fromLatin1(server.readAllStandardOutput()).trimmed();
    QProcess question;
    question.start(QStringLiteral("xrandr"), {QStringLiteral("--display"), display, QStringLiteral("--current")});
    QVERIFY(question.waitForFinished());
    const QByteArray answer = question.readAllStandardOutput();
    server.terminate();
    QVERIFY(server.waitForFinished());
    const QByteArray size =
        "current " + QByteArray::number(screen.width) + " x " + QByteArray::number(screen.height) + ',';
    QVERIFY2(answer.contains(size), answer.constData());
}

void GuestSessionTest::commands_listenToNobodyOutside()
{
    const XServerSettings settings{
        .display = 0, .screen = {800, 600}, .configurationFile = "c", .logFile = "l", .glx = false, .readyFd = 3};
    for (const auto kind : {XServerKind::Xorg, XServerKind::Xvfb}) {
        const auto command = xServerCommand({.kind = kind, .program = "X"}, settings);
        QCOMPARE(command[1], std::string(":0"));
        const auto listen = std::ranges::find(command, "-nolisten");
        QVERIFY(listen != command.end());
        QCOMPARE(*(listen + 1), std::string("tcp"));
        QVERIFY(std::ranges::contains(command, "-noreset"));
    }
}

void GuestSessionTest::commands_drawGlxOnlyWhereItIsAskedFor()
{
    XServerSettings settings{
        .display = 0, .screen = {800, 600}, .configurationFile = "c", .logFile = "l", .glx = false, .readyFd = 3};
    for (const auto kind : {XServerKind::Xorg, XServerKind::Xvfb}) {
        settings.glx = false;
        const auto without = xServerCommand({.kind = kind, .program = "X"}, settings);
        const auto option = std::ranges::find(without, "-extension");
        QVERIFY(option != without.end());
        QCOMPARE(*(option + 1), std::string("GLX"));
        settings.glx = true;
        QVERIFY(!std::ranges::contains(xServerCommand({.kind = kind, .program = "X"}, settings), "-extension"));
    }
}

void GuestSessionTest::service_isReadyOnceItsLineIsWhole()
{
    const std::string gate = m_directory->filePath(QStringLiteral("gate")).toStdString();
    QCOMPARE(::mkfifo(gate.c_str(), 0600), 0);
    const BootClock clock;
    const auto loop = EventLoop::create(clock);
    QVERIFY(loop.has_value());
    std::string said;
    bool hasEnded = false;
    Service service(**loop,
                    "program",
                    {.ready =
                         [&said](const std::string &line) {
                             said = line;
                         },
                     .ended =
                         [&hasEnded] {
                             hasEnded = true;
                         }});

    // As an X server does: the number, and the line's end in a second call, without which it gives up.
    service.start({.arguments = {"sh", "-c", "printf 5 >&3; read -r _ <\"$GATE\"; echo 7 >&3 && exec sleep 1000"},
                   .environment = {{"GATE", gate}}});
    UniqueFd go;
    QVERIFY(waitUntil([&go, &gate] {
        go.reset(::open(gate.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC)); // it opens once the program reads
        return static_cast<bool>(go);
    }));
    (*loop)->runUntilIdle();
    QVERIFY(!service.isReady());

    QCOMPARE(::write(go.get(), "\n", 1), 1);
    QVERIFY(waitUntil([&service, &loop] {
        (*loop)->runUntilIdle();
        return service.isReady();
    }));
    QCOMPARE(said, std::string("57"));
    QVERIFY(!hasEnded);
}

void GuestSessionTest::wait_returnsOnceTheSessionIsUp_data()
{
    QTest::addColumn<QString>("server");
    QTest::newRow("Xvfb") << QStringLiteral("xvfb");
    if (chooseXServer().kind == XServerKind::Xorg) {
        QTest::newRow("Xorg with the dummy driver") << QStringLiteral("xorg");
    }
}

void GuestSessionTest::wait_returnsOnceTheSessionIsUp()
{
    QFETCH(QString, server);
    QElapsedTimer timer;
    timer.start();
    startSession({QStringLiteral("--x-server"), server});
    QVERIFY(waitForSession());
    qInfo("%s and agent up after %lld ms", qPrintable(server), timer.elapsed());
    QVERIFY(onlyChild("bulkhead-gui-agent") != 0);
    QVERIFY(onlyChild(server == QLatin1String("xorg") ? "Xorg" : "Xvfb") != 0);
}

void GuestSessionTest::wait_mayBeginBeforeTheSession()
{
    QProcess wait;
    wait.setProcessEnvironment(m_environment);
    wait.start(program("bulkhead-guest-session"), {QStringLiteral("--wait")});
    // It makes the directory first, then sleeps until something appears in it.
    QVERIFY(waitUntil([&] {
        return QFile::exists(m_directory->filePath(QStringLiteral("bulkhead")));
    }));
    QCOMPARE(wait.state(), QProcess::Running);
    startSession();
    QVERIFY(wait.waitForFinished());
    QCOMPARE(wait.exitCode(), 0);
}

void GuestSessionTest::agentThatDies_isStartedAgainAlone()
{
    startSession();
    QVERIFY(waitForSession());
    const pid_t agent = onlyChild("bulkhead-gui-agent");
    const pid_t server = onlyChild("Xvfb");
    QVERIFY(agent != 0);
    QCOMPARE(kill(agent, SIGKILL), 0);
    QVERIFY(waitUntil([&] {
        return onlyChild("bulkhead-gui-agent") != 0 && onlyChild("bulkhead-gui-agent") != agent;
    }));
    QVERIFY(waitForSession());
    QCOMPARE(onlyChild("Xvfb"), server);
}

void GuestSessionTest::xServerThatDies_isStartedAgainWithTheAgent()
{
    startSession();
    QVERIFY(waitForSession());
    const pid_t agent = onlyChild("bulkhead-gui-agent");
    const pid_t server = onlyChild("Xvfb");
    QVERIFY(server != 0);
    QCOMPARE(kill(server, SIGKILL), 0);
    QVERIFY(waitUntil([&] {
        return onlyChild("Xvfb") != 0 && onlyChild("Xvfb") != server;
    }));
    QVERIFY(waitUntil([&] {
        return onlyChild("bulkhead-gui-agent") != 0 && onlyChild("bulkhead-gui-agent") != agent;
    }));
    QVERIFY(waitForSession());
}

/// Calls that the session runs find there what a person's own programs do.
void GuestSessionTest::forkServer_hasALoginOnTheDisplay()
{
    const auto make = [this](const char *name, const QByteArray &text) {
        QFile file(m_directory->filePath(QLatin1String(name)));
        return file.open(QIODevice::WriteOnly) && file.write(text) == text.size()
            && file.setPermissions(QFile::ReadOwner | QFile::ExeOwner);
    };
    QVERIFY(make(".profile", "export FROM_LOGIN=yes\n"));
    QVERIFY(make("server",
                 "#!/bin/sh\necho \"$FROM_LOGIN $DISPLAY $*\" >\"$HOME/told.new\"\n"
                 "mv \"$HOME/told.new\" \"$HOME/told\"\nexec sleep 1000\n"));
    m_environment.insert(QStringLiteral("HOME"), m_directory->path());
    startSession({QStringLiteral("--x-server"),
                  QStringLiteral("xvfb"),
                  QStringLiteral("--fork-server"),
                  m_directory->filePath(QStringLiteral("server"))});
    QFile told(m_directory->filePath(QStringLiteral("told")));
    QVERIFY(waitUntil([&told] {
        return told.exists();
    }));
    QVERIFY(told.open(QIODevice::ReadOnly));
    const QByteArrayList words = told.readAll().trimmed().split(' ');
    QCOMPARE(words.size(), 4);
    QCOMPARE(words[0], QByteArray("yes"));
    QVERIFY(words[1].startsWith(':'));
    QCOMPARE(words[2], QByteArray("--ready-fd"));
    // It ends with the X server, and another is started for the next one.
    const pid_t server = onlyChild("sleep");
    QVERIFY(server != 0);
    QCOMPARE(kill(onlyChild("Xvfb"), SIGKILL), 0);
    QVERIFY(waitUntil([&] {
        return onlyChild("sleep") != 0 && onlyChild("sleep") != server;
    }));
    QCOMPARE(kill(server, 0), -1);
}

void GuestSessionTest::endOfTheSession_endsWhatItStarted()
{
    startSession();
    QVERIFY(waitForSession());
    const pid_t agent = onlyChild("bulkhead-gui-agent");
    const pid_t server = onlyChild("Xvfb");
    m_session->terminate();
    QVERIFY(m_session->waitForFinished());
    QCOMPARE(m_session->exitCode(), 0);
    QCOMPARE(kill(agent, 0), -1);
    QCOMPARE(kill(server, 0), -1);
    m_session.reset();
}

QTEST_GUILESS_MAIN(GuestSessionTest)
#include "guestsessiontest.moc"
