// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/screenhalf/clipboardlink.h"

#include "base/unixaddress.h"
#include "gui-daemon/clipboardsocket.h"
#include "tests/support/testclock.h"
#include "vchan-io/transport/fdmessage.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>

#include <array>
#include <memory>
#include <optional>

using namespace Bulkhead;

namespace
{

constexpr WindowId Window{0x100};

/// bulkhead-clipboard's end.
class PlayedClipboard
{
public:
    explicit PlayedClipboard(const std::string &path)
        : m_socket(connectToUnixSocket(path, SOCK_SEQPACKET | SOCK_NONBLOCK).value_or(UniqueFd()))
    {
    }

    [[nodiscard]] bool isConnected() const
    {
        return static_cast<bool>(m_socket);
    }

    [[nodiscard]] std::optional<Clipboard::Gesture> gesture()
    {
        std::array<std::byte, Clipboard::PacketSize> packet{};
        const auto message = receiveWithFds(m_socket.get(), packet);
        m_ended = message && message->size == 0;
        return message && message->size > 0 ? std::optional(Clipboard::parseGesture(packet).value()) : std::nullopt;
    }

    [[nodiscard]] bool hasEnded()
    {
        (void)gesture();
        return m_ended;
    }

    void tell(const Clipboard::Order &order, const std::vector<int> &fds) const
    {
        QVERIFY(sendWithFds(m_socket.get(), Clipboard::build(order), fds));
    }

private:
    UniqueFd m_socket;
    bool m_ended = false;
};

} // namespace

class ClipboardLinkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_directory = std::make_unique<QTemporaryDir>();
        m_loop = EventLoop::create(m_clock).value();
        m_orders.clear();
        auto listener = listenForClipboard(m_directory->path().toStdString(), QubeName::parse("work").value());
        QVERIFY(listener);
        m_link = ClipboardLink::create(*m_loop,
                                       *std::move(listener),
                                       1000,
                                       [this](const Clipboard::Order &order, UniqueFd descriptor) {
                                           QVERIFY(descriptor);
                                           m_orders.push_back(order);
                                       })
                     .value();
    }

    void cleanup()
    {
        m_link.reset();
        m_loop.reset();
    }

    void clipboardThatComesIsGreetedAndTold()
    {
        m_link->tell(Screen::ClipboardAct::Copy, Window, 1); // nobody is there: lost
        PlayedClipboard clipboard(path());
        QVERIFY(clipboard.isConnected());
        m_loop->runUntilIdle();
        QCOMPARE(clipboard.gesture(), std::optional<Clipboard::Gesture>(Clipboard::Hello{.sizeLimit = 1000}));
        m_link->tell(Screen::ClipboardAct::Copy, Window, 17);
        QCOMPARE(clipboard.gesture(),
                 std::optional<Clipboard::Gesture>(Clipboard::CopyPressed{.window = Window, .time = 17}));
        m_link->tell(Screen::ClipboardAct::PasteLetGo, Window, 18);
        QCOMPARE(clipboard.gesture(), std::optional<Clipboard::Gesture>(Clipboard::PasteReleased{.window = Window}));
        clipboard.tell(Clipboard::Ask{.window = Window}, {0});
        m_loop->runUntilIdle();
        QCOMPARE(m_orders, (std::vector<Clipboard::Order>{Clipboard::Ask{.window = Window}}));
    }

    void newerClipboardTakesTheOldOnesPlace()
    {
        PlayedClipboard old(path());
        m_loop->runUntilIdle();
        PlayedClipboard young(path());
        m_loop->runUntilIdle();
        (void)old.gesture(); // the greeting
        QVERIFY(old.hasEnded());
        QVERIFY(young.gesture());
        m_link->tell(Screen::ClipboardAct::Copy, Window, 17);
        QVERIFY(young.gesture());
    }

    void clipboardThatSpeaksNonsenseIsDropped()
    {
        PlayedClipboard clipboard(path());
        m_loop->runUntilIdle();
        (void)clipboard.gesture();
        clipboard.tell(Clipboard::Ask{.window = Window}, {}); // without a descriptor
        m_loop->runUntilIdle();
        QVERIFY(clipboard.hasEnded());
        QVERIFY(m_orders.empty());
        PlayedClipboard next(path());
        m_loop->runUntilIdle();
        QVERIFY(next.gesture());
    }

    void newDaemonTakesTheSocketsPlace()
    {
        const auto second = listenForClipboard(m_directory->path().toStdString(), QubeName::parse("work").value());
        QVERIFY(second);
        const PlayedClipboard clipboard(path());
        QVERIFY(clipboard.isConnected());
        m_loop->runUntilIdle(); // the first link's listener got nothing
        const UniqueFd accepted(::accept4(second->get(), nullptr, nullptr, SOCK_CLOEXEC));
        QVERIFY(accepted);
        const QStringList names = QDir(m_directory->filePath(QStringLiteral("bulkhead/clipboard")))
                                      .entryList(QDir::AllEntries | QDir::System | QDir::Hidden | QDir::NoDotAndDotDot);
        QCOMPARE(names, QStringList{QStringLiteral("work")});
    }

private:
    [[nodiscard]] std::string path() const
    {
        return m_directory->filePath(QStringLiteral("bulkhead/clipboard/work")).toStdString();
    }

    Test::TestClock m_clock;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<ClipboardLink> m_link;
    std::vector<Clipboard::Order> m_orders;
};

QTEST_GUILESS_MAIN(ClipboardLinkTest)
#include "clipboardlinktest.moc"
