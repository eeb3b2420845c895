// SPDX-License-Identifier: GPL-2.0-or-later
// The program itself, both halves under their confinement, between a real exchange, a scripted agent and an X server.
#include "tests/gui-daemon/daemonrig.h"
#include "vchan-io/exchange/runfolder.h"
#include "vchan-io/wire/exchangemessages.h"

#include <QDir>

#include <sys/file.h>
#include <sys/socket.h>

#include <csignal>
#include <filesystem>
#include <thread>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Rig = Test::DaemonRig;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr std::uint32_t Red = 0xCC0000;
constexpr std::uint8_t KeyA = 38;

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

    void regress_pagesAreAskedForBeforeTheChannel()
    {
        // The other way round a qube's first picture could come before its pages, and never be seen.
        Rig rig;
        const std::string path = rig.directory.filePath(QStringLiteral("exchange")).toStdString();
        const UniqueFd exchange = listenAt(path, SOCK_SEQPACKET, 0600).value();
        QProcessEnvironment environment = rig.daemon.processEnvironment();
        environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), QString::fromStdString(path));
        rig.daemon.setProcessEnvironment(environment);
        rig.daemon.start();
        std::vector<UniqueFd> connections;
        std::vector<Exchange::Ask> asked;
        while (asked.size() < 2) {
            QVERIFY(Test::waitReadable(exchange.get()));
            connections.emplace_back(::accept4(exchange.get(), nullptr, nullptr, SOCK_CLOEXEC));
            QVERIFY(Test::waitReadable(connections.back().get()));
            std::array<std::byte, Exchange::RequestSize> bytes{};
            QCOMPARE(::recv(connections.back().get(), bytes.data(), bytes.size(), 0), std::ssize(bytes));
            asked.push_back(Exchange::parseRequest(bytes).value().ask);
        }
        QVERIFY((asked == std::vector{Exchange::Ask::MapPages, Exchange::Ask::Connect}));
    }

    void gui_006_handshake_describesTheScreen()
    {
        Rig rig;
        rig.connect();
        const std::int64_t width = rig.x.rootSize().width;
        const std::int64_t height = rig.x.rootSize().height;
        QCOMPARE(rig.agent->preamble(),
                 Test::words({0x10008, (width + 7) / 8 * 8, height, 24, width * height * 4 / 1024 + 1}));
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

    /// Of so many keys one at least waits for long; where the window is does not wait for it.
    void gui_118_S_080_keysAreDelayed_placesAreNot()
    {
        Rig rig;
        rig.daemon.setArguments(rig.daemon.arguments()
                                << QStringLiteral("--events-max-delay") << QStringLiteral("2000"));
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.x.pointAt({110, 120});
        rig.x.focus(rig.frame());
        BH_EVENTUALLY(
            !rig.agent->heardOf<ToAgent::Focus>().empty()); // keys that are down by then were for somebody else
        for (int i = 0; i < 20; ++i) {
            rig.x.key(KeyA, true);
            rig.x.key(KeyA, false);
        }
        rig.x.moveResize(rig.frame(), {200, 150, 128, 108});
        BH_EVENTUALLY(!rig.agent->heardOf<ToAgent::Configure>().empty());
        QVERIFY(rig.agent->heardOf<ToAgent::Key>().size() < 40U);
        BH_EVENTUALLY(rig.agent->heardOf<ToAgent::Key>().size() == 40U);
        bool isPressed = true;
        for (const auto &key : rig.agent->heardOf<ToAgent::Key>()) {
            QCOMPARE(key.action, isPressed ? ToAgent::Press::Pressed : ToAgent::Press::Released);
            isPressed = !isPressed;
        }
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

    void gui_010_S_021_otherMajorVersion_endsTheDaemonWithALine_data()
    {
        QTest::addColumn<quint32>("word");
        QTest::addColumn<QByteArray>("version");
        QTest::newRow("0.8") << 0x00008U << QByteArray("0.8");
        QTest::newRow("2.0") << 0x20000U << QByteArray("2.0");
    }

    void gui_010_S_021_otherMajorVersion_endsTheDaemonWithALine()
    {
        QFETCH(quint32, word);
        QFETCH(QByteArray, version);
        Rig rig;
        rig.offer();
        rig.agent->say(Test::words({word}));
        BH_EVENTUALLY(rig.hasEnded());
        QVERIFY(rig.agent->preamble().empty()); // it was sent nothing
        QCOMPARE(rig.daemon.exitCode(), 1);
        const QByteArray log = rig.takeLog();
        QVERIFY2(log.contains("work: ") && log.contains(version) && log.contains("1.8"), log.constData());
    }

    void gui_016_gui_017_agentThatVanishes_leavesNothingAndTheNextOneIsServed_data()
    {
        QTest::addColumn<bool>("greets");
        QTest::addColumn<Test::Bytes>("last");
        QTest::newRow("before its version") << false << Test::Bytes();
        QTest::newRow("in its version") << false << Test::Bytes(2);
        QTest::newRow("in a header") << true << Test::words({141, 0x100});
        QTest::newRow("in a body") << true << Test::words({141, 0x100, 128, 0x41414141});
        QTest::newRow("idle") << true << Test::Bytes();
    }

    void gui_016_gui_017_agentThatVanishes_leavesNothingAndTheNextOneIsServed()
    {
        QFETCH(bool, greets);
        QFETCH(Test::Bytes, last);
        Rig rig;
        if (greets) {
            rig.connect();
            rig.mapWindow({100, 100, 60, 40}, false);
        } else {
            rig.offer();
        }
        rig.agent->say(last);
        rig.agent->channel().close();
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        QCOMPARE(rig.daemon.exitCode(), 0); // no fault: its keeper starts it again
        BH_EVENTUALLY(rig.x.frames().empty());

        rig.connect();
        rig.mapWindow({200, 150, 60, 40}, false); // of the same id
        QCOMPARE(rig.x.frames().size(), 1U);
        QCOMPARE(rig.x.geometry(rig.x.contentOf(rig.frame())), (Rect{200, 150, 60, 40}));
    }

    void gui_021_S_016_halfAMessage_stopsNothing()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 120, 203, 101}, false);
        rig.showPattern({203, 101});
        BH_EVENTUALLY(rig.showsPattern({100, 120, 203, 101}, 0));
        // Both in one write: once the title is there, the half message has been read as well.
        const auto title = Gui::FromAgent::build(Title{Window, SafeText::fromUtf8("read")});
        rig.agent->say(Test::joined({title, Test::words({141, 0x100, 128, 0x41414141})}));
        BH_EVENTUALLY(rig.x.property(rig.frame(), "_NET_WM_NAME") == "[work] read");
        rig.x.focus(rig.frame());
        BH_EVENTUALLY(rig.count<ToAgent::Focus>() == 1U);
        rig.x.key(KeyA, true);
        rig.x.key(KeyA, false);
        BH_EVENTUALLY(rig.count<ToAgent::Key>() == 2U);
        {
            const auto cover = rig.x.cover({90, 110, 100, 60});
        }
        BH_EVENTUALLY(rig.showsPattern({100, 120, 203, 101}, 0));
        QCOMPARE(Test::frameFault(rig.x), QByteArray());
    }

    void gui_039_S_082_windowsBeyondTheLimit_areNotShownAndToldOnce()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 120, 203, 101}, false);
        for (std::uint32_t i = 0; i < 2000; ++i) {
            rig.say(Create{WindowId{0x1000 + i}, {0, 0, 10, 10}, false});
        }
        rig.settle();
        BH_EVENTUALLY(rig.x.frames().size() == 512U);
        const QByteArray log = rig.takeLog();
        QCOMPARE(log.count("warning"), 1);
        QVERIFY2(log.contains("work: windows beyond 512 are not shown"), log.constData());
        rig.showPattern({203, 101}); // the first one goes on
        BH_EVENTUALLY(rig.showsPattern({100, 120, 203, 101}, 0));
    }

    void gui_041_destroyedWindows_leaveNoErrorAndNoReference()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.say(Create{Other, {200, 100, 60, 40}, false},
                Map{Other, Window, false},
                ChangeState{Window, Gui::StateFlags::fromBits(1), {}},
                Create{WindowId{0x102}, {0, 0, 10, 10}, false},
                Dock{WindowId{0x102}});
        BH_EVENTUALLY(rig.x.numbers(rig.frame(Other), "WM_TRANSIENT_FOR") == std::vector{rig.frame()});
        rig.say(Destroy{Window}, Destroy{WindowId{0x102}});
        rig.settle();
        BH_EVENTUALLY(rig.x.frames() == std::vector{rig.frame(Other)});
        QVERIFY(rig.x.property(rig.frame(Other), "WM_TRANSIENT_FOR").isEmpty());
        const QByteArray log = rig.takeLog();
        QVERIFY2(!log.contains("X error"), log.constData());
    }

    void gui_101_pagesThatChangeOrVanishWhileTheyAreDrawn_doNoHarm()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 120, 203, 101}, true);
        rig.showPattern({203, 101});
        {
            const std::jthread writer([&rig](const std::stop_token &stop) {
                for (std::uint32_t round = 0; !stop.stop_requested(); ++round) {
                    std::ranges::fill(rig.pages->bytes(), static_cast<std::byte>(round));
                }
            });
            for (int round = 0; round < 50; ++round) {
                rig.say(Damage{Window, {0, 0, 203, 101}});
                rig.settle();
                QVERIFY(!rig.hasEnded());
            }
        }
        QCOMPARE(Test::frameFault(rig.x), QByteArray());
        rig.showPattern({203, 101});
        BH_EVENTUALLY(rig.showsPattern({102, 122, 199, 97}, 2));
        rig.pages.reset(); // given to nobody any more, while the daemon still has it mapped
        rig.granter.reset();
        rig.backend.reset();
        rig.say(Damage{Window, {0, 0, 203, 101}});
        rig.settle();
        QVERIFY(!rig.hasEnded());
        QCOMPARE(Test::frameFault(rig.x), QByteArray());
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
        const QByteArray log = rig.takeLog();
        QCOMPARE(log.count("warning"), 1);
        QVERIFY2(log.contains("work: ") && log.contains(said), log.constData());
    }

    void S_192_wireHalf_holdsItsListAndNothingElse()
    {
        Rig rig;
        rig.connect();
        QStringList held;
        const QDir descriptors(QStringLiteral("/proc/%1/fd").arg(rig.wireHalf()));
        for (const QString &name : descriptors.entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot)) {
            const QString target = QString::fromStdString(
                std::filesystem::read_symlink(descriptors.filePath(name).toStdString()).string());
            if (name.toInt() > 2) {
                held.append(target.startsWith(QStringLiteral("socket:")) ? QStringLiteral("socket")
                                                                         : target.section(QLatin1Char(' '), 0, 0));
            }
        }
        held.sort();
        // The loop and the channel's own waiting; the screen half, the exchange and the channel's bell.
        QCOMPARE(held.join(QLatin1Char(' ')),
                 QStringLiteral("anon_inode:[eventpoll] anon_inode:[eventpoll] socket socket socket"));
    }

    void S_190_bothHalves_areConfined()
    {
        Rig rig;
        rig.connect();
        const pid_t wire = rig.wireHalf();
        QVERIFY(wire > 0);
        for (const pid_t half : {static_cast<pid_t>(rig.daemon.processId()), wire}) {
            // Either may be about to: what is asked here is not when.
            BH_EVENTUALLY(Rig::status(half).contains("Seccomp:\t2"));
            QVERIFY(Rig::status(half).contains("NoNewPrivs:\t1"));
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

    void gui_151_runFile_isLockedAndNamesTheProcess_data()
    {
        QTest::addColumn<int>("signal");
        QTest::newRow("SIGTERM") << SIGTERM;
        QTest::newRow("SIGUSR1") << SIGUSR1;
        QTest::newRow("exit") << 0;
    }

    void gui_151_runFile_isLockedAndNamesTheProcess()
    {
        QFETCH(int, signal);
        Rig rig;
        rig.connect();
        QFile file(rig.directory.filePath(QStringLiteral("bulkhead/gui-daemon.1")));
        QVERIFY(file.open(QIODevice::ReadWrite));
        QCOMPARE(file.readAll(), QByteArray::number(rig.daemon.processId()) + '\n');
        QCOMPARE(flock(file.handle(), LOCK_EX | LOCK_NB), -1);
        if (signal == 0) {
            rig.agent->channel().close();
        } else {
            ::kill(static_cast<pid_t>(rig.daemon.processId()), signal);
        }
        BH_EVENTUALLY(rig.daemon.state() == QProcess::NotRunning);
        BH_EVENTUALLY(flock(file.handle(), LOCK_EX | LOCK_NB) == 0);
    }

    void gui_152_hangUp_isSurvivedAndSendsNothing()
    {
        Rig rig;
        rig.connect();
        rig.mapWindow({100, 100, 60, 40}, false);
        rig.mapWindow({610, 100, 80, 40}, true, Other);
        rig.settle();
        rig.agent->forgetHeard();
        for (const pid_t half : {static_cast<pid_t>(rig.daemon.processId()), rig.wireHalf()}) {
            ::kill(half, SIGHUP);
        }
        rig.settle();
        rig.say(Configure{Other, {700, 200, 80, 40}}); // both halves go on
        BH_EVENTUALLY(rig.x.geometry(rig.frame(Other)) == Rect{700, 200, 80, 40});
        rig.settle();
        for (const auto &heard : rig.agent->takeHeard()) {
            QVERIFY(std::holds_alternative<ToAgent::Destroyed>(heard)); // of what settle() makes, nothing else
        }
        QCOMPARE(Test::frameFault(rig.x), QByteArray());
    }

    void gui_151_secondDaemonOfAQube_doesNotStart()
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
