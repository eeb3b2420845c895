// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/servicelookup.h"

#include "base/fd.h"
#include "base/genericaddress.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Qt::StringLiterals;

class ServiceLookupTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void qrexec_041_specificEntriesComeFirst();
    void qrexec_042_fileNameOf256BytesIsAbsent();
    void qrexec_043_danglingLinkIsAbsent();
    void qrexec_043_linkLoopIsAProblem();
    void qrexec_043_S_122_notExecutableIsAProblem();
    void qrexec_043_absentIsNotFound();
    void S_122_worldWritableIsRefused();
    void S_122_directoryIsRefused();
    void tcpLinksAreNotFollowed();
    void emptyTcpLinkIsAProblem();
    void socketsAreFound();
    void searchPath_skipsEmptyDirectories();

private:
    void put(const QString &name, mode_t mode = 0755);
    [[nodiscard]] QString at(const QString &name) const;
    [[nodiscard]] Result<FoundService> find(const std::string &descriptor) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    SearchPath m_path;
};

void ServiceLookupTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_directory->path()).mkpath(u"early"_s) && QDir(m_directory->path()).mkpath(u"late"_s));
    m_path = {at(u"early"_s).toStdString(), at(u"late"_s).toStdString()};
}

void ServiceLookupTest::cleanup()
{
    m_directory.reset();
}

QString ServiceLookupTest::at(const QString &name) const
{
    return m_directory->filePath(name);
}

void ServiceLookupTest::put(const QString &name, mode_t mode)
{
    QFile file(at(name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.close();
    QVERIFY(::chmod(QFile::encodeName(at(name)).constData(), mode) == 0);
}

Result<FoundService> ServiceLookupTest::find(const std::string &descriptor) const
{
    const auto command = parseCommand("user:QUBESRPC " + descriptor + " work");
    return findService(m_path, *command->service());
}

void ServiceLookupTest::qrexec_041_specificEntriesComeFirst()
{
    put(u"early/test.A"_s);
    put(u"late/test.A+x"_s);
    put(u"late/test.A+"_s);
    put(u"late/test.B"_s);
    QCOMPARE(find("test.A+x")->path, at(u"late/test.A+x"_s).toStdString());
    QCOMPARE(find("test.A+y")->path, at(u"early/test.A"_s).toStdString());
    QCOMPARE(find("test.A")->path, at(u"late/test.A+"_s).toStdString());
    put(u"early/test.B"_s);
    QCOMPARE(find("test.B+z")->path, at(u"early/test.B"_s).toStdString());
}

void ServiceLookupTest::qrexec_042_fileNameOf256BytesIsAbsent()
{
    put(u"late/test.A"_s);
    // `test.A+` and 249 letters are 256 bytes, which no file can be called: the general entry serves.
    QCOMPARE(find("test.A+" + std::string(249, 'x'))->path, at(u"late/test.A"_s).toStdString());
    const QString longest = u"early/test.A+"_s + QString(248, u'x');
    put(longest);
    QCOMPARE(find("test.A+" + std::string(248, 'x'))->path, at(longest).toStdString());
}

void ServiceLookupTest::qrexec_043_danglingLinkIsAbsent()
{
    QVERIFY(QFile::link(u"/nonexistent/target"_s, at(u"early/test.A"_s)));
    QCOMPARE(find("test.A").error().code, Errc::NotFound);
    put(u"late/test.A"_s);
    QCOMPARE(find("test.A")->path, at(u"late/test.A"_s).toStdString());
}

void ServiceLookupTest::qrexec_043_linkLoopIsAProblem()
{
    QVERIFY(QFile::link(at(u"early/test.A"_s), at(u"early/test.A"_s)));
    put(u"late/test.A"_s);
    QCOMPARE(find("test.A").error().code, Errc::Io);
}

void ServiceLookupTest::qrexec_043_S_122_notExecutableIsAProblem()
{
    put(u"early/test.A"_s, 0644);
    put(u"late/test.A"_s);
    const auto found = find("test.A");
    QVERIFY(!found.has_value());
    QVERIFY(found.error().code != Errc::NotFound);
}

void ServiceLookupTest::qrexec_043_absentIsNotFound()
{
    QCOMPARE(find("test.A").error().code, Errc::NotFound);
    m_path.clear();
    QCOMPARE(find("test.A+x").error().code, Errc::NotFound);
}

void ServiceLookupTest::S_122_worldWritableIsRefused()
{
    put(u"early/test.A"_s, 0757);
    QCOMPARE(find("test.A").error().code, Errc::Refused);
    put(u"early/test.A"_s, 0755);
    QVERIFY(find("test.A").has_value());
}

void ServiceLookupTest::S_122_directoryIsRefused()
{
    QVERIFY(QDir(m_directory->path()).mkpath(u"early/test.A"_s));
    QCOMPARE(find("test.A").error().code, Errc::Refused);
}

void ServiceLookupTest::tcpLinksAreNotFollowed()
{
    QVERIFY(QFile::link(u"/dev/tcp/127.0.0.1/8082"_s, at(u"early/test.A"_s)));
    const auto found = find("test.A");
    QVERIFY(found.has_value());
    QCOMPARE(*found, (FoundService{FoundService::Kind::Tcp, "/dev/tcp/127.0.0.1/8082"}));
}

void ServiceLookupTest::emptyTcpLinkIsAProblem()
{
    QVERIFY(::symlink("/dev/tcp/", QFile::encodeName(at(u"early/test.A"_s)).constData()) == 0);
    QCOMPARE(find("test.A").error().code, Errc::BadValue);
}

void ServiceLookupTest::socketsAreFound()
{
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray path = QFile::encodeName(at(u"early/test.A"_s));
    std::copy(path.begin(), path.end(), address.sun_path);
    QVERIFY(listener && ::bind(listener.get(), genericAddress(address), sizeof address) == 0);
    QCOMPARE(find("test.A")->kind, FoundService::Kind::Socket);
}

void ServiceLookupTest::searchPath_skipsEmptyDirectories()
{
    QCOMPARE(parseSearchPath("/a::/b:"), (SearchPath{"/a", "/b"}));
    QCOMPARE(parseSearchPath(""), SearchPath{});
}

QTEST_GUILESS_MAIN(ServiceLookupTest)
#include "servicelookuptest.moc"
