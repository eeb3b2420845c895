// SPDX-License-Identifier: GPL-2.0-or-later
// The transport of the Admin API, over real sockets.
#include "base/genericaddress.h"
#include "tests/dom0-core/corefixture.h"

#include <QSignalSpy>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace Bulkhead::Test;

class AdminServerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void adminapi_001_socketsAreThereAndClosedToOthers();
    void adminapi_002_secondDaemonRefusesToStart();
    void adminapi_003_staleSocketIsReplaced();
    void adminapi_004_nothingIsAnsweredBeforeTheHalfClose();
    void adminapi_007_adminapi_008_malformedHeaderClosesWithoutAByte();
    void adminapi_010_adminapi_011_tooLongIsAbortedAtOnce();
    void adminapi_012_adminapi_013_answersEndWithTheConnection();
    void adminapi_016_debugFillsTheTrace();
    void adminapi_017_adminapi_051_unknownMethodIsNoAnswer();
    void adminapi_018_unknownQubesAreAnError();
    void adminapi_019_adminapi_020_uuidsAddressQubes();
    void adminapi_021_adminapi_022_adminapi_023_columnsAreCheckedFirst_data();
    void adminapi_021_adminapi_022_adminapi_023_columnsAreCheckedFirst();
    void adminapi_025_clientThatLeavesDoesNotStopItsStart();
    void adminapi_027_idleSubscribersDoNotBlockCalls();
    void startsBegin_oneInEachTurn();
    void startsBegin_notForAQubeThatIsGone();
    void S_146_unfinishedRequestIsClosedAfterTheDeadline();
    void S_199_socketPathsAreTrustedOnlyIfOurs();
};

void AdminServerTest::adminapi_001_socketsAreThereAndClosedToOthers()
{
    const CoreFixture core;
    for (const char *name : {"/qubesd.sock", "/qubesd.internal.sock", "/qubesd.misc.sock"}) {
        struct stat info{};
        QCOMPARE(::lstat((core.runDirectory() + name).c_str(), &info), 0);
        QVERIFY(S_ISSOCK(info.st_mode));
        QCOMPARE(info.st_mode & 0777, mode_t(0660));
    }
    struct stat info{};
    QCOMPARE(::lstat((core.runDirectory() + "/bulkhead/core.sock").c_str(), &info), 0);
    QCOMPARE(info.st_mode & 0777, mode_t(0660));
}

void AdminServerTest::adminapi_002_secondDaemonRefusesToStart()
{
    CoreFixture core;
    const auto second = Listener::open(core.adminSocket(), Access::Group);
    QVERIFY(!second);
    QCOMPARE(second.error().code, Errc::InUse);
    QVERIFY(second.error().detail.contains("another bulkheadd"));
    QVERIFY(core.call("admin.vm.List", "dom0").startsWith(success())); // and the first one is still there
}

void AdminServerTest::adminapi_003_staleSocketIsReplaced()
{
    CoreFixture core;
    core.daemon.reset();
    // What a killed daemon leaves: a socket that nobody listens on.
    {
        const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        const std::string path = core.adminSocket();
        std::copy(path.begin(), path.end(), std::begin(address.sun_path));
        QCOMPARE(::bind(fd.get(), genericAddress(address), sizeof(address)), 0);
    }
    core.restart();
    QVERIFY(core.call("admin.vm.List", "dom0").startsWith(success()));
}

void AdminServerTest::adminapi_004_nothingIsAnsweredBeforeTheHalfClose()
{
    CoreFixture core;
    RawClient client(core.adminSocket());
    client.write(QByteArray("admin.vmclass.List dom0 name dom0\0", 34));
    // Another whole call goes through meanwhile: the daemon had its chance to answer too early.
    QVERIFY(core.call("admin.vm.List", "dom0").startsWith(success()));
    QVERIFY(client.received().isEmpty());
    QVERIFY(!client.hasEnded());
    client.halfClose();
    QVERIFY(client.waitForEnd());
    QVERIFY(client.received().startsWith(success()));
}

void AdminServerTest::adminapi_007_adminapi_008_malformedHeaderClosesWithoutAByte()
{
    const CoreFixture core;
    for (const QByteArray &bytes : {QByteArray("admin.vm.List dom0 name dom0"),
                                    QByteArray("admin.vm.List dom0 name\0", 24),
                                    QByteArray("admin.vm.List dom0 keyword foo\0", 31),
                                    QByteArray()}) {
        RawClient client(core.adminSocket());
        client.write(bytes);
        client.halfClose();
        QVERIFY(client.waitForEnd());
        QCOMPARE(client.received(), QByteArray());
    }
}

void AdminServerTest::adminapi_010_adminapi_011_tooLongIsAbortedAtOnce()
{
    CoreFixture core;
    const QByteArray header("admin.vm.feature.Set+f dom0 name dom0\0", 38);
    {
        RawClient client(core.adminSocket());
        client.write(header + QByteArray(65536 - header.size(), 'x'));
        client.halfClose();
        QVERIFY(client.waitForEnd());
        QCOMPARE(client.received(), success());
    }
    RawClient client(core.adminSocket());
    client.write(header + QByteArray(65537 - header.size(), 'x'));
    QVERIFY(client.waitForEnd()); // without a half-close
    QCOMPARE(client.received(), QByteArray());
}

void AdminServerTest::adminapi_012_adminapi_013_answersEndWithTheConnection()
{
    CoreFixture core;
    QCOMPARE(core.call("admin.vm.tag.Set+a", "dom0"), QByteArray("\x30\x00", 2));
    QCOMPARE(core.call("admin.vm.tag.Get+a", "dom0"), QByteArray("\x30\x00\x31", 3));
}

void AdminServerTest::adminapi_016_debugFillsTheTrace()
{
    CoreFixture plain;
    QCOMPARE(plain.call("admin.vm.Kill", "dom0").split('\0').at(2), QByteArray());
    CoreFixture debugging({.debug = true});
    const QByteArray answer = debugging.call("admin.vm.Kill", "dom0");
    QVERIFY(answer.split('\0').at(2).contains("admin.vm.Kill"));
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
}

void AdminServerTest::adminapi_017_adminapi_051_unknownMethodIsNoAnswer()
{
    CoreFixture core;
    QCOMPARE(core.call("admin.vm.Frobnicate", "dom0"), QByteArray());
    QCOMPARE(core.call("admin.vm.property.HelpRst+label", "dom0"), QByteArray());
    QCOMPARE(core.call("bulkhead.TemplateRoot+copy", "dom0", "/"), QByteArray()); // not on this socket
}

void AdminServerTest::adminapi_018_unknownQubesAreAnError()
{
    CoreFixture core;
    QCOMPARE(exceptionType(core.call("admin.vm.Start", "nobody")), QByteArray("QubesVMNotFoundError"));
    QCOMPARE(exceptionType(core.callFrom("nobody", "admin.vm.Start", "dom0")), QByteArray("QubesVMNotFoundError"));
    QCOMPARE(exceptionType(core.call("admin.vm.Start", "9a")), QByteArray("QubesValueError"));
}

void AdminServerTest::adminapi_019_adminapi_020_uuidsAddressQubes()
{
    CoreFixture core;
    core.addTemplate("base");
    const QByteArray line = core.call("admin.vm.List", "base").mid(2);
    const QByteArray uuid = line.mid(line.indexOf("uuid=") + 5, 36);
    QCOMPARE(core.call("admin.vm.List", "uuid:" + uuid).mid(2), line);
    QVERIFY(core.call("admin.vm.List", "uuid:00000000-0000-0000-0000-000000000000").mid(2).startsWith("dom0 "));
    const QByteArray upper = "uuid:ABCDEF00-0000-4000-8000-000000000000";
    QCOMPARE(exceptionType(core.call("admin.vm.List", upper)), QByteArray("QubesVMInvalidUUIDError"));
    QCOMPARE(exceptionType(core.call("admin.vm.List", upper.toLower())), QByteArray("QubesVMNotFoundError"));
    QCOMPARE(exceptionType(core.call("admin.vm.List", "uuid:0")), QByteArray("QubesVMInvalidUUIDError"));
}

void AdminServerTest::adminapi_021_adminapi_022_adminapi_023_columnsAreCheckedFirst_data()
{
    QTest::addColumn<QByteArray>("service");
    QTest::addColumn<QByteArray>("destination");
    QTest::addColumn<QByteArray>("payload");
    QTest::newRow("payload where none belongs")
        << QByteArray("admin.vm.Start") << QByteArray("work") << QByteArray("x");
    QTest::newRow("argument where none belongs")
        << QByteArray("admin.vm.Start+x") << QByteArray("work") << QByteArray();
    QTest::newRow("no argument") << QByteArray("admin.vm.tag.Set") << QByteArray("work") << QByteArray();
    QTest::newRow("no payload") << QByteArray("admin.label.Create+x") << QByteArray("dom0") << QByteArray();
    QTest::newRow("labels of a qube") << QByteArray("admin.label.List") << QByteArray("work") << QByteArray();
    QTest::newRow("globals of a qube") << QByteArray("admin.property.Set+stats_interval") << QByteArray("work")
                                       << QByteArray("5");
}

void AdminServerTest::adminapi_021_adminapi_022_adminapi_023_columnsAreCheckedFirst()
{
    QFETCH(QByteArray, service);
    QFETCH(QByteArray, destination);
    QFETCH(QByteArray, payload);
    CoreFixture core;
    core.addTemplate("base");
    core.addAppVm("work", "base");
    const auto stream = core.subscribe();
    QCOMPARE(core.call(service, destination, payload), QByteArray());
    QCOMPARE(core.stateOf("work"), QByteArray("Halted"));
    QCOMPARE(stream->events().size(), 1); // nothing happened
    QCOMPARE(core.call("admin.property.Get+stats_interval", "dom0"), success("default=True type=int 3"));
}

void AdminServerTest::adminapi_025_clientThatLeavesDoesNotStopItsStart()
{
    CoreFixture core;
    core.addTemplate("base");
    core.addAppVm("work", "base");
    core.driver.holdStarts();
    auto client = core.begin("admin.vm.Start", "work");
    QVERIFY(eventually([&] {
        return core.driver.log() == std::vector<std::string>{"start work"};
    }));
    client->close();
    QVERIFY(core.call("admin.vm.List", "dom0").startsWith(success())); // the hang-up was seen by now
    core.driver.releaseStarts();
    QVERIFY(eventually([&] {
        return core.stateOf("work") == QByteArray("Running");
    }));
}

void AdminServerTest::adminapi_027_idleSubscribersDoNotBlockCalls()
{
    CoreFixture core;
    std::vector<std::unique_ptr<RawClient>> streams;
    for (int i = 0; i < 200; ++i) {
        streams.push_back(core.begin("admin.Events", "dom0"));
        QCoreApplication::processEvents(); // the daemon accepts in this thread, too
    }
    QVERIFY(core.call("admin.vm.List", "dom0").startsWith(success()));
    QVERIFY(eventually([&] {
        return std::ranges::all_of(streams, [](const auto &stream) {
            return stream->events() == QStringList{QStringLiteral("|connection-established")};
        });
    }));
}

void AdminServerTest::startsBegin_oneInEachTurn()
{
    CoreFixture core;
    core.addTemplate("base");
    constexpr int Starts = 8;
    std::vector<std::unique_ptr<RawClient>> starting;
    for (int i = 0; i < Starts; ++i) {
        core.addAppVm("work" + QByteArray::number(i), "base");
    }
    const auto events = core.subscribe();
    (void)events->events();
    for (int i = 0; i < Starts; ++i) {
        starting.push_back(core.begin("admin.vm.Start", "work" + QByteArray::number(i)));
    }
    // Who only reads comes last, and is answered before most of them began.
    const auto reader = core.begin("admin.vm.property.Get+label", "work0");
    QVERIFY(reader->waitForEnd());
    QVERIFY(reader->received().startsWith(success()));
    QVERIFY(events->events().filter(QStringLiteral("domain-pre-start")).size() < Starts / 2);
    for (const auto &client : starting) {
        QVERIFY(client->waitForEnd());
        QCOMPARE(client->received(), success());
    }
}

void AdminServerTest::startsBegin_notForAQubeThatIsGone()
{
    CoreFixture core;
    core.addTemplate("base");
    core.addAppVm("first", "base");
    core.addAppVm("work", "base");
    const auto first = core.begin("admin.vm.Start", "first");
    const auto removal = core.begin("admin.vm.Remove", "work");
    const auto start = core.begin("admin.vm.Start", "work"); // it is there when this comes, and not at its turn
    QVERIFY(first->waitForEnd() && removal->waitForEnd() && start->waitForEnd());
    QCOMPARE(first->received(), success());
    QCOMPARE(removal->received(), success());
    QVERIFY2(!exceptionType(start->received()).isEmpty(), start->received().constData());
    QVERIFY(!core.call("admin.vm.List", "dom0").contains("work"));
}

void AdminServerTest::S_146_unfinishedRequestIsClosedAfterTheDeadline()
{
    CoreFixture core({.deadline = std::chrono::milliseconds(300)});
    RawClient silent(core.adminSocket());
    RawClient half(core.adminSocket());
    half.write("admin.vm.List dom0");
    QVERIFY(silent.waitForEnd());
    QVERIFY(half.waitForEnd());
    QCOMPARE(half.received(), QByteArray());
    // The deadline is the request's only: a stream lives on.
    const auto stream = core.subscribe();
    RawClient another(core.adminSocket());
    QVERIFY(another.waitForEnd());
    QVERIFY(!stream->hasEnded());
}

void AdminServerTest::S_199_socketPathsAreTrustedOnlyIfOurs()
{
    const QTemporaryDir directory;
    const std::string base = directory.path().toStdString();
    const auto refusalOf = [](const std::string &path) {
        const auto opened = Listener::open(path, Access::Group);
        return opened ? std::string("opened") : std::string(nameOf(opened.error().code));
    };
    std::filesystem::create_symlink("/tmp", base + "/link");
    QCOMPARE(refusalOf(base + "/link"), std::string("Refused"));
    QVERIFY(std::filesystem::is_symlink(base + "/link"));

    const UniqueFd file(::open((base + "/file").c_str(), O_CREAT | O_WRONLY, 0600));
    QCOMPARE(refusalOf(base + "/file"), std::string("Refused"));
    QVERIFY(std::filesystem::is_regular_file(base + "/file"));

    QCOMPARE(refusalOf(base + "/" + std::string(120, 'x')), std::string("BadValue"));

    QCOMPARE(::mkdir((base + "/open").c_str(), 0700), 0);
    QCOMPARE(::chmod((base + "/open").c_str(), 0777), 0);
    QCOMPARE(refusalOf(base + "/open/s"), std::string("Refused"));
    QCOMPARE(refusalOf(base + "/nowhere/s"), std::string("Io"));
    QCOMPARE(refusalOf(base + "/good"), std::string("opened"));
    QVERIFY(!std::filesystem::exists(base + "/good")); // it goes with its object
}

QTEST_GUILESS_MAIN(AdminServerTest)
#include "adminservertest.moc"
