// SPDX-License-Identifier: GPL-2.0-or-later
// The program itself, both halves under their confinement, between a real exchange, a scripted agent and an X server.
#include "tests/gui-daemon/scriptedagent.h"
#include "tests/gui-daemon/xobserver.h"
#include "tests/support/exchangerig.h"
#include "vchan-io/wire/guihandshake.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTest>

#include <fcntl.h>
#include <sys/file.h>

#include <csignal>
#include <cstring>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;

/// Waits for the condition, not for time. (QTRY_VERIFY of this Qt does not pass our warnings.)
#define BH_EVENTUALLY(...)                                                                                             \
    QVERIFY(QTest::qWaitFor(                                                                                           \
        [&] {                                                                                                          \
            return (__VA_ARGS__);                                                                                      \
        },                                                                                                             \
        Limit))

namespace
{

constexpr WindowId Window{0x100};
constexpr DomId Work{1};
constexpr std::uint32_t Red = 0xCC0000;
constexpr std::uint8_t KeyA = 38;
/// Milliseconds that nothing takes, however busy the machine is.
constexpr int Limit = 30000;

/// A pixel that tells its place.
std::uint32_t patternAt(std::uint32_t x, std::uint32_t y)
{
    return ((x * 7) & 0xFF) << 16 | ((y * 5) & 0xFF) << 8 | ((x ^ y) & 0xFF);
}

struct Rig {
    Rig()
        : backend(exchange.backendOf(Work))
        , granter(exchange.granterOf(*backend, Dom0))
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), QString::fromStdString(exchange.socketOf(Dom0)));
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), directory.path());
        daemon.setProcessEnvironment(environment);
        daemon.setProgram(QStringLiteral(BULKHEAD_GUI_DAEMON));
        daemon.setArguments({QStringLiteral("--name"),
                             QStringLiteral("work"),
                             QStringLiteral("--domid"),
                             QStringLiteral("1"),
                             QStringLiteral("--label-index"),
                             QStringLiteral("1"),
                             QStringLiteral("--label-color"),
                             QStringLiteral("0xcc0000"),
                             QStringLiteral("--transport"),
                             QStringLiteral("memfd")});
    }

    ~Rig()
    {
        daemon.kill();
        daemon.waitForFinished();
    }

    /// The agent's end, offered; open once a daemon is there.
    void serve()
    {
        agent = std::make_unique<Test::ScriptedAgent>(
            backend->serve(Dom0, GuiPort, {.toServer = 4096, .toClient = 4096}).value());
    }

    bool isOpen()
    {
        exchange.settle();
        (void)agent->channel().takeEvent();
        return agent->channel().state() == ChannelState::Open;
    }

    void connect()
    {
        daemon.start();
        serve();
        BH_EVENTUALLY(isOpen());
        agent->say(Gui::buildVersion(Gui::OwnVersion));
        BH_EVENTUALLY(hearPreamble() == qsizetype{20});
    }

    qsizetype hearPreamble()
    {
        agent->listen();
        return static_cast<qsizetype>(agent->preamble().size());
    }

    template<typename... Messages> void say(const Messages &...messages)
    {
        (agent->say(Message(messages)), ...);
    }

    void mapWindow(const Rect &place, bool popup)
    {
        say(Create{Window, place, popup}, Map{Window, std::nullopt, popup});
        BH_EVENTUALLY(frame() != XCB_NONE && x.isViewable(frame()));
    }

    /// Dumps a picture of the pattern and says that all of it changed.
    void showPattern(Size size)
    {
        const std::size_t bytes = std::size_t{size.width} * size.height * 4;
        pages = granter->grant((bytes + PageSize - 1) / PageSize).value();
        for (std::uint32_t i = 0; i < size.width * size.height; ++i) {
            const std::uint32_t pixel = patternAt(i % size.width, i / size.width);
            std::memcpy(pages->bytes().data() + std::size_t{i} * 4, &pixel, 4);
        }
        const auto refs = pages->refs();
        say(WindowDump{Window, size, {refs.begin(), refs.end()}}, Damage{Window, {0, 0, size.width, size.height}});
    }

    /// Whether the screen shows the pattern from (offset, offset) on in `area`.
    bool showsPattern(const Rect &area, std::uint32_t offset)
    {
        exchange.settle();
        agent->listen();
        std::vector<std::uint32_t> expected;
        for (std::uint32_t y = 0; y < area.height; ++y) {
            for (std::uint32_t column = 0; column < area.width; ++column) {
                expected.push_back(patternAt(column + offset, y + offset));
            }
        }
        return x.pixels(area) == expected;
    }

    xcb_window_t frame()
    {
        return x.frameOf(Window.value());
    }

    bool hasEnded()
    {
        agent->listen();
        return daemon.state() == QProcess::NotRunning;
    }

    pid_t wireHalf() const
    {
        QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(daemon.processId()));
        return children.open(QIODevice::ReadOnly) ? children.readAll().trimmed().toInt() : 0;
    }

    static QByteArray status(pid_t process)
    {
        QFile file(QStringLiteral("/proc/%1/status").arg(process));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    QTemporaryDir directory;
    Test::XObserver x;
    Test::ExchangeRig exchange;
    std::unique_ptr<MemfdBackend> backend;
    std::unique_ptr<PageGranter> granter;
    std::unique_ptr<GrantedPages> pages;
    std::unique_ptr<Test::ScriptedAgent> agent;
    QProcess daemon;
};

} // namespace

class DaemonTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_002_daemonBeforeTheAgent_connectsOnceItIsThere()
    {
        Rig rig;
        rig.daemon.start();
        BH_EVENTUALLY(QFile::exists(rig.directory.filePath(QStringLiteral("bulkhead/gui-daemon.1"))));
        rig.serve();
        BH_EVENTUALLY(rig.isOpen());
    }

    void gui_006_handshake_describesTheScreen()
    {
        Rig rig;
        rig.connect();
        const auto root = rig.x.rootSize();
        QCOMPARE(
            rig.agent->preamble(),
            Test::words({0x10008, (root.width + 7) / 8 * 8, root.height, 24, root.width * root.height * 4 / 1024 + 1}));
    }

    void gui_099_S_040_S_043_patternArrivesInsideAManagedFrame()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 120, 203, 101}, false);
        BH_EVENTUALLY(rig.x.isFilled({96, 116, 211, 109}, Red)); // before any picture
        rig.showPattern({203, 101});
        BH_EVENTUALLY(rig.showsPattern({100, 120, 203, 101}, 0));
        QVERIFY(rig.x.isFramed({96, 116, 211, 109}, 4, Red));
        QCOMPARE(rig.agent->heardOf<ToAgent::DumpAcknowledged>(), (std::vector<ToAgent::DumpAcknowledged>{{Window}}));
    }

    void gui_080_gui_081_gui_099_patternArrivesInsideAPopupsFrame()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({300, 200, 120, 80}, true);
        rig.showPattern({120, 80});
        BH_EVENTUALLY(rig.showsPattern({302, 202, 116, 76}, 2));
        QVERIFY(rig.x.isFramed({300, 200, 120, 80}, 2, Red));
    }

    void S_049_windowOverTheScreen_hasItsFrame()
    {
        Rig rig;
        rig.connect();
        const auto root = rig.x.rootSize();
        rig.mapWindow({4, 4, root.width - 8, root.height - 8}, true);
        QVERIFY(!rig.x.isOverrideRedirect(rig.frame()));
        rig.showPattern({root.width - 8, root.height - 8});
        BH_EVENTUALLY(rig.showsPattern({4, 4, root.width - 8, root.height - 8}, 0));
        QVERIFY(rig.x.isFramed({0, 0, root.width, root.height}, 4, Red));
    }

    void gui_113_S_070_keysReachTheAgentWithTheFocusOnly()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.x.pointAt({110, 120});
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        rig.x.focus(rig.frame());
        BH_EVENTUALLY(!rig.agent->heardOf<ToAgent::Focus>().empty());
        QVERIFY(rig.agent->heardOf<ToAgent::Key>().empty());
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        BH_EVENTUALLY(rig.agent->heardOf<ToAgent::Key>().size() == 2U);
        QCOMPARE(rig.agent->heardOf<ToAgent::Key>().front(),
                 (ToAgent::Key{Window, ToAgent::Press::Pressed, {10, 20}, 0, KeyA}));
    }

    void gui_069_localChange_reachesTheAgentOnce()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.x.moveResize(rig.frame(), {200, 210, 328, 248});
        BH_EVENTUALLY(rig.agent->heardOf<ToAgent::Configure>()
                      == (std::vector<ToAgent::Configure>{{Window, {204, 214, 320, 240}}}));
        rig.say(Configure{Window, {204, 214, 320, 240}}, Destroy{Window});
        BH_EVENTUALLY(!rig.agent->heardOf<ToAgent::Destroyed>().empty());
        QCOMPARE(rig.agent->heardOf<ToAgent::Configure>().size(), 1U);
    }

    void gui_016_agentThatVanishes_endsTheDaemonWithoutAnError()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.agent->channel().close();
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        QCOMPARE(rig.daemon.exitCode(), 0);
        BH_EVENTUALLY(rig.x.frames().empty());
    }

    void gui_023_gui_025_gui_026_gui_028_gui_055_hostileStream_endsTheDaemonWithOneLine_data()
    {
        QTest::addColumn<Test::Bytes>("stream");
        QTest::addColumn<QByteArray>("said");
        QTest::newRow("unknown type") << Test::words({150, 0x100, 0}) << QByteArray("message type");
        QTest::newRow("foreign window") << Test::words({133, 0x999, 0}) << QByteArray("UNMAP: window");
        QTest::newRow("create again") << Test::words({130, 0x100, 24}) << QByteArray("CREATE: window");
        QTest::newRow("length") << Test::words({132, 0x100, 7}) << QByteArray("MAP: ");
        QTest::newRow("cursor") << Test::words({148, 0x100, 4, 0x300}) << QByteArray("CURSOR: ");
    }

    void gui_023_gui_025_gui_026_gui_028_gui_055_hostileStream_endsTheDaemonWithOneLine()
    {
        QFETCH(Test::Bytes, stream);
        QFETCH(QByteArray, said);
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.agent->say(stream);
        BH_EVENTUALLY(rig.hasEnded());
        QCOMPARE(rig.daemon.exitStatus(), QProcess::NormalExit);
        QCOMPARE(rig.daemon.exitCode(), 1);
        BH_EVENTUALLY(rig.x.frames().empty());
        const QByteArray log = rig.daemon.readAllStandardError();
        QCOMPARE(log.count("warning"), 1);
        QVERIFY2(log.contains("work: ") && log.contains(said), log.constData());
    }

    void S_190_S_192_bothHalves_areConfined()
    {
        Rig rig;
        rig.connect();
        const pid_t wire = rig.wireHalf();
        QVERIFY(wire > 0);
        for (const pid_t half : {static_cast<pid_t>(rig.daemon.processId()), wire}) {
            const QByteArray status = Rig::status(half);
            QVERIFY(status.contains("Seccomp:\t2"));
            QVERIFY(status.contains("NoNewPrivs:\t1"));
        }
        QVERIFY(Rig::status(wire).contains("Name:\tgui-wire"));
        QVERIFY(Rig::status(static_cast<pid_t>(rig.daemon.processId())).contains("Name:\tgui-screen"));
    }

    void S_202_eitherHalfsDeath_endsTheOther()
    {
        {
            Rig rig;
            rig.connect();
            ::kill(rig.wireHalf(), SIGKILL);
            BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
            QCOMPARE(rig.daemon.exitCode(), 3);
        }
        Rig rig;
        rig.connect();
        const pid_t wire = rig.wireHalf();
        ::kill(static_cast<pid_t>(rig.daemon.processId()), SIGKILL);
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        BH_EVENTUALLY(Rig::status(wire).isEmpty() || Rig::status(wire).contains("State:\tZ"));
    }

    void lostXConnection_endsWithItsOwnStatus()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        xcb_kill_client(rig.x.get(), rig.frame());
        rig.x.sync();
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        QCOMPARE(rig.daemon.exitCode(), 3);
    }

    void runFile_isLockedAndNamesTheProcess()
    {
        Rig rig;
        rig.connect();
        QFile file(rig.directory.filePath(QStringLiteral("bulkhead/gui-daemon.1")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QCOMPARE(file.readAll(), QByteArray::number(rig.daemon.processId()) + '\n');
        QCOMPARE(flock(file.handle(), LOCK_EX | LOCK_NB), -1);
        rig.daemon.terminate();
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        QCOMPARE(flock(file.handle(), LOCK_EX | LOCK_NB), 0);
    }

    void secondDaemonOfAQube_doesNotStart()
    {
        Rig rig;
        rig.connect();
        QProcess second;
        second.setProcessEnvironment(rig.daemon.processEnvironment());
        second.start(rig.daemon.program(), rig.daemon.arguments());
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), 3);
        QVERIFY(second.readAllStandardError().contains("another daemon"));
    }

    void badIdentity_doesNotStart()
    {
        QProcess daemon;
        daemon.start(QStringLiteral(BULKHEAD_GUI_DAEMON), {QStringLiteral("--name"), QStringLiteral("work")});
        QVERIFY(daemon.waitForFinished());
        QCOMPARE(daemon.exitCode(), 2);
    }

    void gui_022_randomStream_leavesNothing()
    {
        Rig rig;
        rig.connect();
        std::uint32_t state = 99;
        Test::Bytes noise(300000);
        for (auto &byte : noise) {
            state = state * 1664525 + 1013904223;
            byte = static_cast<std::byte>(state >> 24);
        }
        rig.agent->say(noise);
        BH_EVENTUALLY(rig.hasEnded());
        QCOMPARE(rig.daemon.exitCode(), 1);
        BH_EVENTUALLY(rig.x.frames().empty());
    }
};

QTEST_GUILESS_MAIN(DaemonTest)
#include "daemontest.moc"
