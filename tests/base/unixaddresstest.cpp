// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/unixaddress.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

using namespace Bulkhead;

namespace
{

constexpr std::size_t LongestPath = 107;

UniqueFd listenAt(const std::string &path)
{
    const UnixAddress address = UnixAddress::of(path).value();
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    BH_ASSERT(::bind(listener.get(), address.get(), UnixAddress::Size) == 0 && ::listen(listener.get(), 1) == 0);
    return listener;
}

} // namespace

class UnixAddressTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void of_takesWhatFits()
    {
        QCOMPARE(UnixAddress::of("").error().code, Errc::BadValue);
        QCOMPARE(UnixAddress::of(std::string(LongestPath + 1, 'x')).error().code, Errc::BadValue);
        const std::string longest(LongestPath, 'x');
        QCOMPARE(UnixAddress::of(longest).value().path(), longest);
    }

    void connect_reachesWhoListens()
    {
        const QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("socket")).toStdString();
        const UniqueFd listener = listenAt(path);
        const auto socket = connectToUnixSocket(path, SOCK_STREAM | SOCK_NONBLOCK);
        QVERIFY(socket);
        QVERIFY((::fcntl(socket->get(), F_GETFD) & FD_CLOEXEC) != 0);
        QVERIFY((::fcntl(socket->get(), F_GETFL) & O_NONBLOCK) != 0);
        const UniqueFd accepted(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
        QVERIFY(accepted);
        QCOMPARE(::send(socket->get(), "x", 1, MSG_NOSIGNAL), 1);
        char byte = 0;
        QCOMPARE(::recv(accepted.get(), &byte, 1, 0), 1);
        QCOMPARE(byte, 'x');
    }

    void connect_tellsThatNobodyListens()
    {
        const QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("socket")).toStdString();
        const auto missing = connectToUnixSocket(path, SOCK_STREAM);
        QCOMPARE(missing.error().code, Errc::NotFound);
        QCOMPARE(missing.error().sysErrno, ENOENT);
        listenAt(path); // and goes: the name stays
        const auto left = connectToUnixSocket(path, SOCK_STREAM);
        QCOMPARE(left.error().code, Errc::NotFound);
        QCOMPARE(left.error().sysErrno, ECONNREFUSED);
    }

    void connect_tellsWhatElseIsWrong()
    {
        const QTemporaryDir directory;
        const std::string path = directory.filePath(QStringLiteral("socket")).toStdString();
        const UniqueFd listener = listenAt(path);
        QCOMPARE(connectToUnixSocket(path, SOCK_SEQPACKET).error().code, Errc::Io);
        QCOMPARE(connectToUnixSocket("", SOCK_STREAM).error().code, Errc::BadValue);
    }
};

QTEST_GUILESS_MAIN(UnixAddressTest)
#include "unixaddresstest.moc"
