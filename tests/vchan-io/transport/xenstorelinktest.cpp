// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/transport/xenstorelink.h"

#include "tests/support/fakexenstore.h"

#include <QTest>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <bit>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using Xenstore::Kind;
using Xenstore::terminated;

namespace
{

/// A store that says exactly what the test writes.
struct ScriptedStore {
    ScriptedStore()
    {
        std::array<int, 2> ends{};
        BH_ASSERT(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) == 0);
        own.reset(ends[0]);
        link.emplace(UniqueFd(ends[1]));
    }

    void say(std::span<const std::byte> bytes) const
    {
        BH_ASSERT(::write(own.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }

    void say(Kind kind, const std::string &body) const
    {
        say(Xenstore::build(kind, 0, body));
    }

    [[nodiscard]] std::size_t heard() const
    {
        std::array<std::byte, 8192> buffer{};
        const ssize_t count = ::read(own.get(), buffer.data(), buffer.size());
        return count < 0 ? 0 : static_cast<std::size_t>(count);
    }

    UniqueFd own;
    std::optional<XenstoreLink> link;
};

bool isReadable(int fd)
{
    pollfd wait{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, 0) == 1;
}

} // namespace

class XenstoreLinkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void answersComeInOrderAndInParts();
    void refusalsAreToldApart_data();
    void refusalsAreToldApart();
    void changesComeBetweenAnswers();
    void endedWatchIsSilent();
    void storeThatSpeaksNonsenseEndsTheLink_data();
    void storeThatSpeaksNonsenseEndsTheLink();
    void storeThatEndsEndsTheLink();
    void floodOfChangesIsTakenInParts();
};

void XenstoreLinkTest::answersComeInOrderAndInParts()
{
    ScriptedStore store;
    std::vector<std::string> got;
    for (const char *const path : {"a", "b"}) {
        store.link->ask(Kind::Read, terminated({path}), [&got](const Result<std::string> &answer) {
            got.push_back(answer.value());
        });
    }
    QCOMPARE(store.heard(), Xenstore::HeaderSize + 2); // the second waits for the first one's answer
    const auto bytes = Xenstore::build(Kind::Read, 0, "one");
    for (const std::byte byte : bytes) {
        QVERIFY(got.empty());
        store.say(std::span(&byte, 1));
        QVERIFY(store.link->take());
    }
    QVERIFY(got == std::vector<std::string>{"one"});
    QCOMPARE(store.heard(), Xenstore::HeaderSize + 2);
    store.say(Kind::Read, "two");
    QVERIFY(store.link->take());
    QVERIFY((got == std::vector<std::string>{"one", "two"}));
}

void XenstoreLinkTest::refusalsAreToldApart_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<int>("code");
    QTest::newRow("ENOENT") << QByteArray("ENOENT\0", 7) << static_cast<int>(Errc::NotFound);
    QTest::newRow("EACCES") << QByteArray("EACCES\0", 7) << static_cast<int>(Errc::Refused);
    QTest::newRow("EAGAIN") << QByteArray("EAGAIN\0", 7) << static_cast<int>(Errc::InUse);
    QTest::newRow("ENOSPC") << QByteArray("ENOSPC\0", 7) << static_cast<int>(Errc::Driver);
    QTest::newRow("nothing") << QByteArray() << static_cast<int>(Errc::Driver);
}

void XenstoreLinkTest::refusalsAreToldApart()
{
    QFETCH(QByteArray, name);
    QFETCH(int, code);
    ScriptedStore store;
    Result<std::string> got;
    store.link->ask(Kind::Read, terminated({"a"}), [&got](Result<std::string> answer) {
        got = std::move(answer);
    });
    store.say(Kind::Error, name.toStdString());
    QVERIFY(store.link->take());
    QCOMPARE(static_cast<int>(got.error().code), code);
}

void XenstoreLinkTest::changesComeBetweenAnswers()
{
    ScriptedStore store;
    int changes = 0;
    bool answered = false;
    store.link->watch("a", [] { });
    store.link->watch("b", [&changes] {
        ++changes;
    });
    store.link->ask(Kind::Read, terminated({"a"}), [&answered](const Result<std::string> &answer) {
        answered = answer.value() == "x";
    });
    store.say(Kind::WatchEvent, terminated({"b", "1"}));
    store.say(Kind::Watch, terminated({"OK"}));
    store.say(Kind::Watch, terminated({"OK"}));
    store.say(Kind::WatchEvent, terminated({"b/below", "1"}));
    store.say(Kind::Read, "x");
    QVERIFY(store.link->take());
    QCOMPARE(changes, 2);
    QVERIFY(answered);
}

void XenstoreLinkTest::endedWatchIsSilent()
{
    ScriptedStore store;
    int changes = 0;
    const auto watch = store.link->watch("a", [&changes] {
        ++changes;
    });
    store.link->unwatch("a", watch);
    store.say(Kind::Watch, terminated({"OK"}));
    store.say(Kind::WatchEvent, terminated({"a", "0"}));
    store.say(Kind::Unwatch, terminated({"OK"}));
    QVERIFY(store.link->take());
    QCOMPARE(changes, 0);
}

void XenstoreLinkTest::storeThatSpeaksNonsenseEndsTheLink_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const auto message = [](quint32 kind, quint32 length, const QByteArray &body) -> QByteArray {
        QByteArray bytes;
        for (const quint32 word : {kind, 0U, 0U, length}) {
            bytes.append(QByteArrayView(std::bit_cast<std::array<char, sizeof word>>(word)));
        }
        return bytes + body;
    };
    QTest::newRow("unknown kind") << message(99, 0, {});
    QTest::newRow("too long") << message(2, 4097, {});
    QTest::newRow("answer to no question") << message(2, 1, "x");
    QTest::newRow("change of nothing") << message(15, 0, {});
    QTest::newRow("change without end") << message(15, 1, "a");
    QTest::newRow("change of another's watch") << message(15, 4, QByteArray("a\0005\0", 4));
}

void XenstoreLinkTest::storeThatSpeaksNonsenseEndsTheLink()
{
    QFETCH(QByteArray, bytes);
    ScriptedStore store;
    store.say(std::as_bytes(std::span(bytes.constData(), static_cast<std::size_t>(bytes.size()))));
    QVERIFY(!store.link->take());
}

void XenstoreLinkTest::storeThatEndsEndsTheLink()
{
    ScriptedStore store;
    QVERIFY(store.link->take());
    store.own.reset();
    QCOMPARE(store.link->take().error().code, Errc::Driver);
}

void XenstoreLinkTest::floodOfChangesIsTakenInParts()
{
    ScriptedStore store;
    int changes = 0;
    store.link->watch("a", [&changes] {
        ++changes;
    });
    store.say(Kind::Watch, terminated({"OK"}));
    for (int i = 0; i < 200; ++i) {
        store.say(Kind::WatchEvent, terminated({"a", "0"}));
    }
    QVERIFY(store.link->take());
    QVERIFY2(changes > 0 && changes < 200, qPrintable(QString::number(changes)));
    QVERIFY(isReadable(store.link->fd())); // what is left is announced
    for (int turn = 0; turn < 10; ++turn) {
        QVERIFY(store.link->take());
    }
    QCOMPARE(changes, 200);
}

QTEST_GUILESS_MAIN(XenstoreLinkTest)
#include "xenstorelinktest.moc"
