// SPDX-License-Identifier: GPL-2.0-or-later
// The local driver with real namespaces: needs root and a template, and says so where they are missing.
#include "dom0-core/driver/local/sandbox/idmapping.h"
#include "tests/dom0-core/locallab.h"

#include <QDir>
#include <QFile>
#include <QSignalSpy>
#include <QTest>

#include <csignal>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

/// Waits for what takes a guest a while.
template<typename Condition> bool eventually(Condition condition)
{
    return QTest::qWaitFor(condition, 30000);
}

/// Calls an operation of a driver and waits until it is done.
template<typename Operation> Result<void> wait(Operation operation)
{
    std::optional<Result<void>> outcome;
    operation([&](Result<void> result) {
        outcome = std::move(result);
    });
    if (!eventually([&] {
            return outcome.has_value();
        })) {
        return fail(Errc::TimedOut, "the operation does not end");
    }
    return *std::move(outcome);
}

bool writeFile(const std::filesystem::path &path, const QByteArray &content)
{
    QFile file(QString::fromStdString(path.string()));
    return file.open(QIODevice::WriteOnly) && file.write(content) == content.size();
}

} // namespace

class LocalDriverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void start_givesTheQubeItsOwnWorld();
    void start_givesEachQubeANumberOfItsOwn();
    void start_refusesANameThatRuns();
    void start_thatFailsLeavesNothing();
    void start_withoutMemoryIsRefused();
    void S_205_qubeReachesNothingOfItsHost();
    void ids_areNobodyOutside();
    void privateVolume_staysAndTheRestIsForgotten();
    void shutdown_endsTheGuestInOrder();
    void destroy_endsTheQubeNow();
    void crash_isToldAsOne();
    void pause_stopsEveryProcess();
    void memory_isCounted();
    void disk_isAnImageOfDom0();
    void disk_isAnImageOfAnotherQube();
    void S_205_disk_leadsNowhereElse();
    void adopt_findsWhatRuns();
    void adopt_removesAStartThatWasCutOff();

private:
    [[nodiscard]] Driver &driver() const
    {
        return *m_driver;
    }

    [[nodiscard]] Result<void> attach(DomId domain, const AttachedDisk &disk) const
    {
        auto attached = wait([&](auto done) {
            driver().attachDisk(domain, disk, std::move(done));
        });
        if (!attached) {
            qInfo("not attached: %s", attached.error().text().c_str());
        }
        return attached;
    }

    std::unique_ptr<Test::LocalLab> m_lab;
    Driver *m_driver = nullptr;
};

void LocalDriverTest::initTestCase()
{
    qRegisterMetaType<DomId>();
    if (const auto missing = Test::LocalLab::missing(); !missing.isEmpty()) {
        QSKIP(qPrintable(missing));
    }
}

void LocalDriverTest::init()
{
    m_lab = std::make_unique<Test::LocalLab>();
    QVERIFY(m_lab->start());
    m_driver = &m_lab->makeDriver();
}

void LocalDriverTest::cleanup()
{
    m_lab.reset();
}

void LocalDriverTest::start_givesTheQubeItsOwnWorld()
{
    const auto config = m_lab->qube("work");
    const auto domain = m_lab->startQube(config);
    QVERIFY(domain);

    QCOMPARE(m_lab->in("work", {u"hostname"_s}).output.trimmed(), QByteArray("work"));
    QCOMPARE(m_lab->in("work", {u"cat"_s, u"/etc/machine-id"_s}).output.trimmed(),
             QByteArray::fromStdString(config.uuid).replace("-", ""));
    QCOMPARE(m_lab->in("work", {u"cat"_s, u"/proc/1/comm"_s}).output.trimmed(), QByteArray("s6-svscan"));
    QCOMPARE(m_lab->in("work", {u"ls"_s, u"/sys/class/net"_s}).status, 2); // not even a view of the host's devices
    QVERIFY(!m_lab->inNetworkOf("work", {u"ip"_s, u"-o"_s, u"link"_s}).output.contains("eth0")); // no net qube
    const auto self = QString::number(QCoreApplication::applicationPid());
    for (const auto &kind : {u"pid"_s, u"net"_s, u"ipc"_s, u"uts"_s, u"mnt"_s, u"user"_s, u"cgroup"_s}) {
        const auto of = [&](const QString &pid) {
            return QFile::symLinkTarget(u"/proc/%1/ns/%2"_s.arg(pid, kind));
        };
        QVERIFY2(of(self) != of(QString::number(m_lab->process1("work"))), qPrintable(kind));
    }
}

void LocalDriverTest::start_givesEachQubeANumberOfItsOwn()
{
    QCOMPARE(m_lab->startQube(m_lab->qube("one")), DomId{1});
    QCOMPARE(m_lab->startQube(m_lab->qube("two")), DomId{2});
    QVERIFY(wait([&](Driver::Done done) {
        driver().destroy(DomId{1}, std::move(done));
    }));
    QCOMPARE(m_lab->startQube(m_lab->qube("one")), DomId{3});
}

void LocalDriverTest::start_refusesANameThatRuns()
{
    QVERIFY(m_lab->startQube(m_lab->qube("work")));
    Errc code{};
    driver().start(m_lab->qube("work"), [&](Result<DomId> started) {
        code = started.error().code;
    });
    QCOMPARE(code, Errc::InUse);
    QVERIFY(m_lab->process1("work") != 0); // the one that runs was not touched
}

void LocalDriverTest::start_thatFailsLeavesNothing()
{
    auto config = m_lab->qube("work");
    config.root.path = "/nowhere";
    QSignalSpy ended(&driver(), &Driver::ended);
    QTest::ignoreMessage(QtWarningMsg, QRegularExpression(u"/nowhere"_s));
    QVERIFY(!m_lab->startQube(config));
    QVERIFY(m_lab->isEmpty());
    QCOMPARE(ended.count(), 0);                     // nobody was told of a domain
    QVERIFY(m_lab->startQube(m_lab->qube("work"))); // and the name is free
}

void LocalDriverTest::start_withoutMemoryIsRefused()
{
    auto config = m_lab->qube("work");
    config.memoryMiB = 4'000'000'000;
    Errc code{};
    driver().start(config, [&](Result<DomId> started) {
        code = started.error().code;
    });
    QCOMPARE(code, Errc::TooMuch);
    QVERIFY(m_lab->isEmpty());
}

void LocalDriverTest::S_205_qubeReachesNothingOfItsHost()
{
    QVERIFY(m_lab->startQube(m_lab->qube("work")));
    QVERIFY(m_lab->startQube(m_lab->qube("other")));
    // As process 1 is: with what rights it kept, not with those that nsenter brings along.
    const auto denied = [&](const QString &command) {
        const auto pid = QString::number(m_lab->process1("work"));
        const auto ran = Test::run({u"nsenter"_s,
                                    u"-t"_s,
                                    pid,
                                    u"-a"_s,
                                    u"--"_s,
                                    u"setpriv"_s,
                                    u"--no-new-privs"_s,
                                    u"--bounding-set"_s,
                                    u"-all,+chown,+dac_override,+fowner,+setuid,+setgid,+kill"_s,
                                    u"sh"_s,
                                    u"-c"_s,
                                    command});
        return ran.status != 0;
    };
    QVERIFY(!denied(u"true"_s)); // what follows is denied for its own sake
    QVERIFY(denied(u"ls "_s + QString::fromStdString(m_lab->directory().string()))); // host files
    QVERIFY(denied(u"ls /proc/%1"_s.arg(m_lab->process1("other"))));                 // others' processes
    QVERIFY(denied(u"kill -0 %1"_s.arg(m_lab->process1("other"))));
    QVERIFY(denied(u"unshare --user true"_s)); // no further user namespaces
    QVERIFY(denied(u"unshare --mount true"_s));
    QVERIFY(denied(u"mount -t tmpfs none /mnt"_s));
    QVERIFY(denied(u"mknod /tmp/disk b 8 0"_s));
    QVERIFY(denied(u"echo 1 >/proc/sys/kernel/sysrq"_s));
    QVERIFY(denied(u"ip link add dummy0 type dummy"_s));

    QFile status(u"/proc/%1/status"_s.arg(m_lab->process1("work")));
    QVERIFY(status.open(QIODevice::ReadOnly));
    const auto text = status.readAll();
    QVERIFY(text.contains("NoNewPrivs:\t1"));
    QVERIFY(text.contains("CapBnd:\t00000000000004fb")); // files, users, signals, low ports: nothing else
}

void LocalDriverTest::ids_areNobodyOutside()
{
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    QFile uidMap(u"/proc/self/uid_map"_s);
    QVERIFY(uidMap.open(QIODevice::ReadOnly));
    const auto expected = idMappingFor(*domain, uidMap.readAll().toStdString()).value();
    QFile map(u"/proc/%1/uid_map"_s.arg(m_lab->process1("work")));
    QVERIFY(map.open(QIODevice::ReadOnly));
    QCOMPARE(map.readAll().simplified() + '\n', QByteArray::fromStdString(expected.mapLine()));
    if (expected.mode == IdMode::Own) {
        QVERIFY(m_lab->startQube(m_lab->qube("other")));
        const QFileInfo work(u"/proc/%1"_s.arg(m_lab->process1("work")));
        const QFileInfo other(u"/proc/%1"_s.arg(m_lab->process1("other")));
        QVERIFY(work.ownerId() != 0);
        QVERIFY(work.ownerId() != other.ownerId());
    }
}

void LocalDriverTest::privateVolume_staysAndTheRestIsForgotten()
{
    const auto config = m_lab->qube("work");
    auto domain = m_lab->startQube(config);
    QVERIFY(domain);
    QVERIFY(eventually([&] {
        return m_lab->in("work", {u"stat"_s, u"-c"_s, u"%u"_s, u"/home/user"_s}).output.trimmed() == QByteArray("1000");
    }));
    QCOMPARE(m_lab->in("work", {u"touch"_s, u"/home/user/kept"_s, u"/usr/local/kept"_s, u"/etc/lost"_s}).status, 0);
    QVERIFY(wait([&](Driver::Done done) {
        driver().destroy(*domain, std::move(done));
    }));

    domain = m_lab->startQube(config);
    QVERIFY(domain);
    // Another number, another range of ids: yet root's file is root's.
    QCOMPARE(m_lab->in("work", {u"stat"_s, u"-c"_s, u"%u"_s, u"/home/user/kept"_s}).output.trimmed(), QByteArray("0"));
    QCOMPARE(m_lab->in("work", {u"test"_s, u"-e"_s, u"/usr/local/kept"_s}).status, 0);
    QCOMPARE(m_lab->in("work", {u"test"_s, u"-e"_s, u"/etc/lost"_s}).status, 1);
    QVERIFY(!QFile::exists(Test::LocalLab::templateRoot() + u"/etc/lost"_s));
}

void LocalDriverTest::shutdown_endsTheGuestInOrder()
{
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    QSignalSpy states(&driver(), &Driver::stateChanged);
    QSignalSpy ended(&driver(), &Driver::ended);
    QVERIFY(wait([&](Driver::Done done) {
        driver().shutdown(*domain, std::move(done)); // at once: process 1 may not even look for signals yet
    }));
    QVERIFY(eventually([&] {
        return ended.count() == 1;
    }));
    QCOMPARE(ended.first().at(1).toBool(), false);
    QCOMPARE(states.count(), 1);
    QCOMPARE(states.first().at(1).value<DomainState>(), DomainState::Dying);
    QVERIFY(m_lab->isEmpty());
}

void LocalDriverTest::destroy_endsTheQubeNow()
{
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    QSignalSpy ended(&driver(), &Driver::ended);
    QVERIFY(wait([&](Driver::Done done) {
        driver().destroy(*domain, std::move(done));
    }));
    QCOMPARE(ended.count(), 1); // told before the operation is done
    QCOMPARE(ended.first().at(1).toBool(), false);
    QVERIFY(m_lab->isEmpty());
    QCOMPARE(wait([&](Driver::Done done) {
                 driver().destroy(*domain, std::move(done));
             })
                 .error()
                 .code,
             Errc::NotFound);
}

void LocalDriverTest::crash_isToldAsOne()
{
    QVERIFY(m_lab->startQube(m_lab->qube("work")));
    QSignalSpy ended(&driver(), &Driver::ended);
    QCOMPARE(::kill(static_cast<pid_t>(m_lab->process1("work")), SIGKILL), 0);
    QVERIFY(eventually([&] {
        return ended.count() == 1;
    }));
    QCOMPARE(ended.first().at(1).toBool(), true);
    QVERIFY(m_lab->isEmpty());
}

void LocalDriverTest::pause_stopsEveryProcess()
{
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    const auto states = [&] {
        return Test::run({u"ps"_s,
                          u"-o"_s,
                          u"stat="_s,
                          u"--ppid"_s,
                          QString::number(m_lab->process1("work")),
                          u"-p"_s,
                          QString::number(m_lab->process1("work"))})
            .output.simplified()
            .split(' ');
    };
    const auto services =
        QDir(QStringLiteral(BULKHEAD_GUEST_SOURCE "/services")).entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QVERIFY(services.contains(u"qrexec-agent"_s));
    QVERIFY(eventually([&] {
        return states().size() == services.size() + 1;
    })); // process 1 and a supervisor for each
    QVERIFY(wait([&](Driver::Done done) {
        driver().pause(*domain, std::move(done));
    }));
    QVERIFY(eventually([&] {
        return std::ranges::all_of(states(), [](const QByteArray &state) {
            return state.startsWith('T');
        });
    }));
    QVERIFY(wait([&](Driver::Done done) {
        driver().unpause(*domain, std::move(done));
    }));
    QVERIFY(eventually([&] {
        return std::ranges::none_of(states(), [](const QByteArray &state) {
            return state.startsWith('T');
        });
    }));
}

void LocalDriverTest::memory_isCounted()
{
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    const auto used = driver().memoryUsedKiB(*domain);
    QVERIFY(used);
    QVERIFY(*used > 100 && *used < std::uint64_t{100} * 1024);
    QVERIFY(!driver().memoryUsedKiB(DomId{77}));
}

void LocalDriverTest::disk_isAnImageOfDom0()
{
    const auto image = m_lab->directory() / "image";
    QVERIFY(writeFile(image, "marker"));
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(domain);
    const AttachedDisk disk{
        .provider = *QubeName::parse("dom0"), .providerDomain = Dom0, .node = image, .name = "xvdi", .writable = true};
    QVERIFY(attach(*domain, disk));
    QCOMPARE(m_lab->in("work", {u"cat"_s, u"/dev/xvdi"_s}).output, "marker");
    QCOMPARE(m_lab->in("work", {u"sh"_s, u"-c"_s, u"printf changed >/dev/xvdi"_s}).status, 0);
    QCOMPARE(Test::run({u"cat"_s, QString::fromStdString(image.string())}).output, "changed");
    QVERIFY(!attach(*domain, disk)); // the name is taken
    auto second = disk;
    second.name = "xvdj";
    second.writable = false;
    QVERIFY(attach(*domain, second));
    QVERIFY(m_lab->in("work", {u"sh"_s, u"-c"_s, u"echo no >/dev/xvdj"_s}).status != 0);

    m_lab->loseDriver();
    m_driver = &m_lab->makeDriver();
    QVERIFY(driver().adopt());
    QCOMPARE(driver().attachedDisks(*domain), (std::vector<AttachedDisk>{disk, second}));
    for (const std::string name : {"xvdi", "xvdj", "xvdk"}) {
        QVERIFY(wait([&](auto done) {
            driver().detachDisk(*domain, name, std::move(done));
        }));
    }
    QVERIFY(m_lab->in("work", {u"test"_s, u"-e"_s, u"/dev/xvdi"_s}).status != 0);
    QVERIFY(driver().attachedDisks(*domain).empty());
}

void LocalDriverTest::disk_isAnImageOfAnotherQube()
{
    const auto provider = m_lab->startQube(m_lab->qube("usb"));
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(provider && domain);
    QCOMPARE(
        m_lab->in("usb", {u"sh"_s, u"-c"_s, u"echo lent >/tmp/i; chmod 666 /tmp/i; ln -s /tmp/i /dev/sda"_s}).status,
        0);
    QVERIFY(attach(*domain,
                   {.provider = *QubeName::parse("usb"),
                    .providerDomain = *provider,
                    .node = "/dev/sda",
                    .name = "xvdi",
                    .writable = false}));
    QCOMPARE(m_lab->in("work", {u"cat"_s, u"/dev/xvdi"_s}).output, "lent\n");
}

void LocalDriverTest::S_205_disk_leadsNowhereElse()
{
    QVERIFY(writeFile(m_lab->directory() / "secret", "secret"));
    const auto provider = m_lab->startQube(m_lab->qube("usb"));
    const auto domain = m_lab->startQube(m_lab->qube("work"));
    QVERIFY(provider && domain);
    const auto secret = QString::fromStdString((m_lab->directory() / "secret").string());
    const QStringList targets{secret,
                              u"/proc/self/root"_s + secret,
                              u"/proc/1/root/etc/hostname"_s,
                              u"/proc/version"_s,
                              u"/dev/null"_s,
                              u"/tmp"_s};
    for (const QString &target : targets) {
        QCOMPARE(m_lab->in("usb", {u"ln"_s, u"-sfn"_s, target, u"/dev/sda"_s}).status, 0);
        QVERIFY2(
            !attach(
                *domain,
                {.provider = *QubeName::parse("usb"), .providerDomain = *provider, .node = "/dev/sda", .name = "xvdi"}),
            qPrintable(target));
    }
    QVERIFY(m_lab->in("work", {u"test"_s, u"-e"_s, u"/dev/xvdi"_s}).status != 0);
}

void LocalDriverTest::adopt_findsWhatRuns()
{
    const auto running = m_lab->qube("running");
    const auto first = m_lab->startQube(running);
    const auto second = m_lab->startQube(m_lab->qube("paused"));
    QVERIFY(first && second);
    QVERIFY(wait([&](Driver::Done done) {
        driver().pause(*second, std::move(done));
    }));
    const auto process1 = m_lab->process1("running");

    m_driver = &m_lab->makeDriver(); // the daemon died and was started again
    QCOMPARE(m_lab->process1("running"), process1);
    auto found = driver().adopt().value();
    std::ranges::sort(found, {}, &RunningDomain::id);
    QCOMPARE(found.size(), 2U);
    QCOMPARE(found[0].id, *first);
    QCOMPARE(found[0].name, running.name);
    QCOMPARE(found[0].uuid, running.uuid);
    QCOMPARE(found[0].state, DomainState::Running);
    QCOMPARE(found[1].state, DomainState::Paused);
    QVERIFY(wait([&](Driver::Done done) {
        driver().unpause(*second, std::move(done));
    }));
    m_driver = &m_lab->makeDriver();
    found = driver().adopt().value();
    QCOMPARE(found.size(), 2U);
    QVERIFY(std::ranges::all_of(found, [](const RunningDomain &domain) {
        return domain.state == DomainState::Running;
    }));
    QVERIFY(wait([&](Driver::Done done) {
        driver().pause(*second, std::move(done));
    }));

    QSignalSpy ended(&driver(), &Driver::ended);
    QVERIFY(wait([&](Driver::Done done) {
        driver().shutdown(*first, std::move(done));
    }));
    QVERIFY(eventually([&] {
        return ended.count() == 1;
    }));
    QVERIFY(wait([&](Driver::Done done) {
        driver().destroy(*second, std::move(done)); // a paused one too
    }));
    QVERIFY(m_lab->isEmpty());
    QCOMPARE(m_lab->startQube(m_lab->qube("running")), DomId{3}); // the count goes on
}

void LocalDriverTest::adopt_removesAStartThatWasCutOff()
{
    QVERIFY(m_lab->startQube(m_lab->qube("half")));
    m_lab->loseDriver();
    QVERIFY(QFile::remove(QString::fromStdString((m_lab->directory() / "run/units/qube-half/started").string())));

    m_driver = &m_lab->makeDriver();
    QVERIFY(driver().adopt().value().empty());
    QVERIFY(eventually([&] {
        return m_lab->isEmpty();
    }));
}

QTEST_GUILESS_MAIN(LocalDriverTest)
#include "localdrivertest.moc"
