// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "tests/gui-daemon/frameoracle.h"
#include "tests/gui-daemon/scriptedagent.h"
#include "tests/gui-daemon/xobserver.h"
#include "tests/support/exchangerig.h"
#include "vchan-io/wire/guihandshake.h"

#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <cstring>
#include <memory>
#include <optional>
#include <vector>

/// Waits for the condition, not for time. (QTRY_VERIFY of this Qt does not pass our warnings.)
#define BH_EVENTUALLY(...)                                                                                             \
    QVERIFY(QTest::qWaitFor(                                                                                           \
        [&] {                                                                                                          \
            return (__VA_ARGS__);                                                                                      \
        },                                                                                                             \
        Bulkhead::Test::Limit))

namespace Bulkhead::Test
{

/// Milliseconds that nothing takes, however busy the machine is.
constexpr int Limit = 60000;

/// A pixel that tells its place.
inline std::uint32_t patternAt(std::uint32_t x, std::uint32_t y)
{
    return ((x * 7) & 0xFF) << 16 | ((y * 5) & 0xFF) << 8 | ((x ^ y) & 0xFF);
}

/// What all qubes of a test share: the exchange, the X server as another program sees it, a place for run files.
struct DaemonWorld {
    QTemporaryDir directory;
    XObserver x;
    ExchangeRig exchange;
};

/// How a qube is shown.
struct QubeLook {
    DomId domain{1};
    QByteArray name = "work";
    int labelIndex = 1;
    QByteArray color = "0xcc0000";
};

/// The program for one qube, and the qube's agent as the test plays it.
class DaemonQube
{
public:
    explicit DaemonQube(DaemonWorld &world, const QubeLook &look = {})
        : m_world(world)
        , backend(world.exchange.backendOf(look.domain))
        , granter(world.exchange.granterOf(*backend, Dom0))
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(QStringLiteral("BULKHEAD_EXCHANGE"), QString::fromStdString(world.exchange.socketOf(Dom0)));
        environment.insert(QStringLiteral("XDG_RUNTIME_DIR"), world.directory.path());
        daemon.setProcessEnvironment(environment);
        daemon.setProgram(QStringLiteral(BULKHEAD_GUI_DAEMON));
        daemon.setArguments({QStringLiteral("--name"),
                             QString::fromLatin1(look.name),
                             QStringLiteral("--domid"),
                             QString::number(look.domain.value()),
                             QStringLiteral("--label-index"),
                             QString::number(look.labelIndex),
                             QStringLiteral("--label-color"),
                             QString::fromLatin1(look.color),
                             QStringLiteral("--transport"),
                             QStringLiteral("memfd")});
    }

    DaemonQube(const DaemonQube &) = delete;
    DaemonQube &operator=(const DaemonQube &) = delete;

    ~DaemonQube()
    {
        daemon.kill();
        daemon.waitForFinished();
    }

    /// The agent's end, offered; open once a daemon is there.
    void serve()
    {
        agent = std::make_unique<ScriptedAgent>(
            backend->serve(Dom0, GuiPort, {.toServer = 4096, .toClient = 4096}).value());
    }

    bool isOpen()
    {
        m_world.exchange.settle();
        (void)agent->channel().takeEvent();
        return agent->channel().state() == ChannelState::Open;
    }

    /// A daemon that has found its agent, which has said nothing yet.
    void offer()
    {
        daemon.start();
        serve();
        BH_EVENTUALLY(isOpen());
    }

    void connect()
    {
        offer();
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
        (agent->say(Gui::FromAgent::Message(messages)), ...);
    }

    /// Until the daemon has handled all that was said, and the agent has heard what it had to say about it.
    void settle()
    {
        const WindowId beacon{0xBEAC0000U + ++m_beacons};
        say(Gui::FromAgent::Create{beacon, {0, 0, 1, 1}, false}, Gui::FromAgent::Destroy{beacon});
        BH_EVENTUALLY(hasHeard<Gui::FromDaemon::Destroyed>(beacon));
    }

    template<typename T> bool hasHeard(WindowId window)
    {
        m_world.exchange.settle();
        return std::ranges::any_of(agent->heardOf<T>(), [window](const T &message) {
            return message.window == window;
        });
    }

    template<typename T> std::size_t count()
    {
        m_world.exchange.settle();
        return agent->heardOf<T>().size();
    }

    void mapWindow(const Rect &place, bool popup, WindowId window = WindowId{0x100})
    {
        say(Gui::FromAgent::Create{window, place, popup}, Gui::FromAgent::Map{window, std::nullopt, popup});
        BH_EVENTUALLY(frame(window) != XCB_NONE && m_world.x.isViewable(frame(window)));
    }

    /// Dumps a picture of the pattern and says that all of it changed.
    void showPattern(Size size, WindowId window = WindowId{0x100})
    {
        const std::size_t bytes = std::size_t{size.width} * size.height * 4;
        pages = granter->grant((bytes + PageSize - 1) / PageSize).value();
        for (std::uint32_t i = 0; i < size.width * size.height; ++i) {
            const std::uint32_t pixel = patternAt(i % size.width, i / size.width);
            std::memcpy(pages->bytes().data() + std::size_t{i} * 4, &pixel, 4);
        }
        const auto refs = pages->refs();
        say(Gui::FromAgent::WindowDump{window, size, {refs.begin(), refs.end()}},
            Gui::FromAgent::Damage{window, {0, 0, size.width, size.height}});
    }

    /// Whether the screen shows the pattern from (offset, offset) on in `area`.
    bool showsPattern(const Rect &area, std::uint32_t offset)
    {
        m_world.exchange.settle();
        agent->listen();
        std::vector<std::uint32_t> expected;
        for (std::uint32_t y = 0; y < area.height; ++y) {
            for (std::uint32_t column = 0; column < area.width; ++column) {
                expected.push_back(patternAt(column + offset, y + offset));
            }
        }
        return m_world.x.pixels(area) == expected;
    }

    xcb_window_t frame(WindowId window = WindowId{0x100})
    {
        return m_world.x.frameOf(window.value(), daemon.arguments().at(1).toLatin1());
    }

    bool hasEnded()
    {
        agent->listen();
        return daemon.state() == QProcess::NotRunning;
    }

    /// What it has written to its log since the last call.
    QByteArray takeLog()
    {
        return daemon.readAllStandardError();
    }

    [[nodiscard]] pid_t wireHalf() const
    {
        QFile children(QStringLiteral("/proc/%1/task/%1/children").arg(daemon.processId()));
        return children.open(QIODevice::ReadOnly) ? children.readAll().trimmed().toInt() : 0;
    }

    static QByteArray status(pid_t process)
    {
        QFile file(QStringLiteral("/proc/%1/status").arg(process));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private:
    DaemonWorld &m_world;
    std::uint32_t m_beacons = 0;

public:
    std::unique_ptr<MemfdBackend> backend;
    std::unique_ptr<PageGranter> granter;
    std::unique_ptr<GrantedPages> pages;
    std::unique_ptr<ScriptedAgent> agent;
    QProcess daemon;
};

/// One qube, called work.
struct DaemonRig : DaemonWorld, DaemonQube {
    DaemonRig()
        : DaemonQube(static_cast<DaemonWorld &>(*this))
    {
    }
};

} // namespace Bulkhead::Test
