// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/broker/callkeeper.h"

#include "base/clock.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/fdmessage.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <memory>
#include <optional>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

const QubeName Work = *QubeName::parse("work");

/// A keeper whose client is a script of the test's.
class Rig
{
public:
    explicit Rig(const QByteArray &script)
    {
        QFile file(QString::fromStdString(client()));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("#!/bin/sh\n" + script);
        file.close();
        QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
        std::array<int, 2> ends{};
        QVERIFY(::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
        orders = UniqueFd(ends[0]);
        keeper = std::make_unique<CallKeeper>(*loop, UniqueFd(ends[1]), client(), [this](const Error &why) {
            ended = why.code;
        });
        QVERIFY(keeper->start());
    }

    Rig(const Rig &) = delete;
    Rig &operator=(const Rig &) = delete;
    ~Rig() = default;

    [[nodiscard]] std::string client() const
    {
        return m_directory.filePath(QStringLiteral("client")).toStdString();
    }

    template<typename Condition> [[nodiscard]] bool eventually(Condition condition) const
    {
        return QTest::qWaitFor(
            [&] {
                loop->runUntilIdle();
                return condition();
            },
            Test::LongestMs);
    }

    /// What has come on a call's stream by its end.
    [[nodiscard]] std::optional<std::string> readToEnd(const UniqueFd &stream) const
    {
        std::string text;
        const bool hasEnded = eventually([&] {
            std::array<char, 256> buffer{};
            const ssize_t size = ::recv(stream.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (size > 0) {
                text.append(buffer.data(), static_cast<std::size_t>(size));
            }
            return size == 0;
        });
        return hasEnded ? std::optional(text) : std::nullopt;
    }

    [[nodiscard]] QString note(const QString &name) const
    {
        return m_directory.filePath(name);
    }

    BootClock clock;
    std::unique_ptr<EventLoop> loop = EventLoop::create(clock).value();
    UniqueFd orders;
    std::unique_ptr<CallKeeper> keeper;
    std::optional<Errc> ended;

private:
    QTemporaryDir m_directory;
};

} // namespace

class DragCallKeeperTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void callsTheServiceOfThatQube_withTheStream()
    {
        Rig rig("echo \"$@\"; cat\n");
        const auto stream = orderCall(rig.orders, Work);
        QVERIFY(stream);
        QVERIFY(::send(stream->get(), "said", 4, 0) == 4);
        QVERIFY(::shutdown(stream->get(), SHUT_WR) == 0);
        QCOMPARE(rig.readToEnd(*stream).value_or("no end"),
                 "-T -w 0 -d work DEFAULT:QUBESRPC bulkhead.DragAgent dom0\nsaid");
        QVERIFY(!rig.ended);
    }

    void clientThatIsNotThere_endsItsStreamAlone()
    {
        Rig rig("echo there\n");
        QVERIFY(QFile::rename(QString::fromStdString(rig.client()), rig.note(QStringLiteral("away"))));
        const auto stream = orderCall(rig.orders, Work);
        QVERIFY(stream);
        QCOMPARE(rig.readToEnd(*stream).value_or("no end"), "");
        QVERIFY(QFile::rename(rig.note(QStringLiteral("away")), QString::fromStdString(rig.client())));
        const auto next = orderCall(rig.orders, Work);
        QVERIFY(next);
        QCOMPARE(rig.readToEnd(*next).value_or("no end"), "there\n");
    }

    void closedStream_endsItsProgram()
    {
        // A client that waits for its qube for ever and reads nothing.
        Rig rig("cd \"${0%/*}\"; trap 'touch ended; exit' TERM; touch begun; while :; do sleep 0.05; done\n");
        auto stream = orderCall(rig.orders, Work);
        QVERIFY(stream);
        QVERIFY(rig.eventually([&rig] {
            return QFile::exists(rig.note(QStringLiteral("begun")));
        }));
        stream->reset();
        QVERIFY(rig.eventually([&rig] {
            return QFile::exists(rig.note(QStringLiteral("ended")));
        }));
    }

    void whatIsNoOrder_endsTheKeeper_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("withStream");
        QTest::newRow("no name") << QByteArray("-d") << true;
        QTest::newRow("dom0") << QByteArray("dom0") << true;
        QTest::newRow("too long") << QByteArray(64, 'a') << true;
        QTest::newRow("no stream") << QByteArray("work") << false;
    }

    void whatIsNoOrder_endsTheKeeper()
    {
        QFETCH(const QByteArray, bytes);
        QFETCH(const bool, withStream);
        Rig rig("touch \"${0%/*}/begun\"\n");
        const std::array ends{rig.orders.get()};
        QVERIFY(sendWithFds(rig.orders.get(),
                            std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))),
                            withStream ? std::span<const int>(ends) : std::span<const int>()));
        QVERIFY(rig.eventually([&rig] {
            return rig.ended.has_value();
        }));
        QVERIFY(*rig.ended != Errc::PeerGone);
        QVERIFY(!QFile::exists(rig.note(QStringLiteral("begun"))));
    }

    void endOfTheOrders_endsEachStream_evenWhatAProgramLeavesBehindHasIt()
    {
        Rig rig("(exec sleep 600) & echo $! >\"${0%/*}/left.new\"; mv \"${0%/*}/left.new\" \"${0%/*}/left\"; wait\n");
        const auto stream = orderCall(rig.orders, Work);
        QVERIFY(stream);
        QVERIFY(rig.eventually([&rig] {
            return QFile::exists(rig.note(QStringLiteral("left")));
        }));
        rig.orders.reset();
        QVERIFY(rig.eventually([&rig] {
            return rig.ended.has_value();
        }));
        QVERIFY(*rig.ended == Errc::PeerGone);
        rig.keeper.reset();
        const auto said = rig.readToEnd(*stream);
        QFile left(rig.note(QStringLiteral("left")));
        QVERIFY(left.open(QIODevice::ReadOnly));
        const pid_t behind = left.readAll().trimmed().toInt();
        QVERIFY(behind > 0);
        QVERIFY(::kill(behind, SIGKILL) == 0); // it did run all the while
        QCOMPARE(said, std::optional<std::string>(""));
    }
};

QTEST_GUILESS_MAIN(DragCallKeeperTest)
#include "callkeepertest.moc"
