// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/domidcounter.h"
#include "dom0-core/driver/local/memoryinfo.h"
#include "dom0-core/driver/local/qubeunit.h"
#include "dom0-core/driver/local/sandbox/processhandle.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"
#include "dom0-core/driver/units/qrexecunit.h"
#include "dom0-core/process/steps.h"

#include <QDir>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <unistd.h>

#include <memory>

using namespace Bulkhead;

namespace
{

SandboxConfig sample(const char *name = "work")
{
    SandboxConfig config{.name = *QubeName::parse(name)};
    config.domain = DomId{7};
    config.uuid = "01234567-89ab-cdef-0123-456789abcdef";
    config.layers = {"/"};
    config.init = "/init";
    return config;
}

QrexecDaemonUnit daemonUnit(const std::string &daemon, const std::string &user)
{
    const auto config = sample();
    return {.daemon = daemon, .name = config.name, .uuid = config.uuid, .domain = config.domain, .user = user};
}

} // namespace

class LocalUnitsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void counter_countsFromOneAndNeverBack();
    void counter_refusesAFileThatIsNotItsOwn_data();
    void counter_refusesAFileThatIsNotItsOwn();
    void counter_endsWithTheLastNumber();

    void unit_startsWhenToldAndOnceOnly();
    void unit_isFoundAgain();
    void unit_withABrokenRunFileIsLeftOut();
    void unit_thatIsUnfinishedGoes();
    void unit_keepsItsLink();
    void unit_keepsItsDisks();
    void unit_knowsHowItsQubeEnded();
    void qrexecUnit_runsTheDaemonAsTheDesktopUser();
    void qrexecDropIn_runsTheDaemonAsTheDesktopUser();
    void qrexecUnit_refusesWordsForAShell_data();
    void qrexecUnit_refusesWordsForAShell();
    void remove_leavesNothing();

    void process_isNotTakenForAnother();
    void memory_isTakenFromTheKernelsWords();
    void memory_thatIsNotThereIsRefused();

    void steps_runInOrderAndStopAtTheFirstFailure();
    void steps_thatCleanUpGoOn();
    void steps_waitForTheStepBefore();

private:
    [[nodiscard]] std::filesystem::path at(const char *name) const
    {
        return std::filesystem::path(m_directory->path().toStdString()) / name;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void LocalUnitsTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(m_directory->isValid());
}

void LocalUnitsTest::counter_countsFromOneAndNeverBack()
{
    QCOMPARE(DomIdCounter(at("counter")).take().value(), DomId{1});
    QCOMPARE(DomIdCounter(at("counter")).take().value(), DomId{2}); // another daemon, the same dom0
    QCOMPARE(readSmallFile(at("counter")).value(), "2\n");          // written before anybody can use the number
}

void LocalUnitsTest::counter_refusesAFileThatIsNotItsOwn_data()
{
    QTest::addColumn<QByteArray>("contents");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("cut off") << QByteArray("12");
    QTest::newRow("words") << QByteArray("none\n");
    QTest::newRow("more than there are") << QByteArray("32752\n");
    QTest::newRow("two lines") << QByteArray("1\n2\n");
}

void LocalUnitsTest::counter_refusesAFileThatIsNotItsOwn()
{
    QFETCH(const QByteArray, contents);
    QVERIFY(writeSmallFile(at("counter"), contents.toStdString()));
    QCOMPARE(DomIdCounter(at("counter")).take().error().code, Errc::BadValue);
    QCOMPARE(readSmallFile(at("counter")).value(), contents.toStdString());
}

void LocalUnitsTest::counter_endsWithTheLastNumber()
{
    QVERIFY(writeSmallFile(at("counter"), "32750\n"));
    QCOMPARE(DomIdCounter(at("counter")).take().value(), DomId{MaxDomId});
    QCOMPARE(DomIdCounter(at("counter")).take().error().code, Errc::TooMuch);
}

void LocalUnitsTest::unit_startsWhenToldAndOnceOnly()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    const auto folder = units.qubeUnit(sample().name);
    QCOMPARE(folder.filename().string(), "qube-work");
    QVERIFY(std::filesystem::exists(folder / "down"));
    QVERIFY(readSmallFile(folder / "finish").value().contains("exit 125")); // s6: failed for good
    QCOMPARE(readSmallFile(folder / "notification-fd").value(), "3\n");
    QCOMPARE(readSmallFile(folder / "run").value(), sandboxRunFile("/bin/sandbox", sample()).value());
    QVERIFY(QFileInfo(QString::fromStdString((folder / "run").string())).isExecutable());
}

void LocalUnitsTest::unit_isFoundAgain()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.all().empty()); // not even the folder is there
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    QVERIFY(units.writeQrexecUnit("/bin/daemon", sample(), "user"));
    const auto found = QubeUnits(at("units")).all();
    QCOMPARE(found.size(), 1U);
    QCOMPARE(found.front(), sample());

    QVERIFY(!units.wasStarted(sample().name));
    QVERIFY(units.markStarted(sample().name));
    QVERIFY(units.wasStarted(sample().name));
    QVERIFY(!units.isPaused(sample().name));
    QVERIFY(units.markPaused(sample().name, true));
    QVERIFY(units.isPaused(sample().name));
    QVERIFY(units.markPaused(sample().name, false));
    QVERIFY(!units.isPaused(sample().name));
    QVERIFY(units.markPaused(sample().name, false)); // said twice
    QVERIFY(units.markPaused(sample().name, true));

    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample())); // the next run begins anew
    QVERIFY(!units.wasStarted(sample().name));
    QVERIFY(!units.isPaused(sample().name));
}

void LocalUnitsTest::unit_withABrokenRunFileIsLeftOut()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample("good")));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample("bad")));
    QVERIFY(writeSmallFile(units.qubeUnit(*QubeName::parse("bad")) / "run", "#!/bin/sandbox\nname bad\n"));
    const auto found = units.all();
    QCOMPARE(found.size(), 1U);
    QCOMPARE(found.front().name.text(), "good");
}

void LocalUnitsTest::unit_thatIsUnfinishedGoes()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample("whole")));
    QVERIFY(units.writeQrexecUnit("/bin/daemon", sample("whole"), ""));
    QVERIFY(units.writeQrexecUnit("/bin/daemon", sample("alone"), ""));
    QVERIFY(QDir().mkpath(QString::fromStdString(units.qubeUnit(*QubeName::parse("empty")).string())));
    QVERIFY(QDir().mkpath(QString::fromStdString(units.qrexecUnit(*QubeName::parse("empty")).string())));
    units.removeUnfinished();
    const QDir folder(QString::fromStdString(at("units").string()));
    const QStringList left = folder.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    QCOMPARE(left, (QStringList{QStringLiteral("qrexec-daemon-whole"), QStringLiteral("qube-whole")}));
}

void LocalUnitsTest::unit_keepsItsLink()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    QVERIFY(!units.readLink(sample().name));
    const PluggedLink link{.provider = DomId{3}, .address = "10.137.0.5", .address6 = "fd09:24ef:4179::a89:5"};
    QVERIFY(units.writeLink(sample().name, link));
    QCOMPARE(units.readLink(sample().name), std::optional(link));
    PluggedLink unmade = link;
    unmade.isMade = false;
    unmade.isHidden = true;
    QVERIFY(units.writeLink(sample().name, unmade));
    QCOMPARE(units.readLink(sample().name), std::optional(unmade));
    QVERIFY(!units.isOutside(sample().name));
    QVERIFY(units.markOutside(sample().name));
    QVERIFY(units.isOutside(sample().name));
    QVERIFY(units.writeLink(sample().name, std::nullopt));
    QVERIFY(!units.readLink(sample().name));
}

void LocalUnitsTest::unit_keepsItsDisks()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    QVERIFY(units.readDisks(sample().name).empty());
    const std::vector<AttachedDisk> disks{
        {.provider = *QubeName::parse("dom0"), .providerDomain = Dom0, .node = "/dev/loop0", .name = "xvdi"},
        {.provider = *QubeName::parse("sys-usb"),
         .providerDomain = DomId{3},
         .node = "/dev/sr0",
         .name = "xvdj",
         .writable = true,
         .isCdrom = true},
    };
    QVERIFY(units.writeDisks(sample().name, disks));
    QCOMPARE(units.readDisks(sample().name), disks);
    QVERIFY(units.writeDisks(sample().name, {}));
    QVERIFY(units.readDisks(sample().name).empty());
}

void LocalUnitsTest::unit_knowsHowItsQubeEnded()
{
    const QubeUnits units(at("units"));
    const auto name = sample().name;
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    QVERIFY(units.howItCrashed(name).has_value()); // nobody saw it
    QVERIFY(writeSmallFile(units.qubeUnit(name) / UnitFile::Exit, "0\n"));
    QVERIFY(!units.howItCrashed(name));
    QVERIFY(writeSmallFile(units.qubeUnit(name) / UnitFile::Exit, "signal 9\n"));
    QCOMPARE(units.howItCrashed(name), std::optional<std::string>("signal 9"));
    QVERIFY(!units.whyItFailed(name));
    QVERIFY(writeSmallFile(units.qubeUnit(name) / UnitFile::Error, "no template\n"));
    QCOMPARE(units.whyItFailed(name), std::optional<std::string>("no template"));
}

void LocalUnitsTest::qrexecUnit_runsTheDaemonAsTheDesktopUser()
{
    QCOMPARE(qrexecDaemonRunFile(daemonUnit("/usr/lib/qubes/qrexec-daemon", "user")).value(),
             "#!/bin/sh\nexec s6-setuidgid user /usr/lib/qubes/qrexec-daemon --direct -u "
             "01234567-89ab-cdef-0123-456789abcdef 7 work user\n");
    QCOMPARE(qrexecDaemonRunFile(daemonUnit("/d", "")).value(),
             "#!/bin/sh\nexec /d --direct -u 01234567-89ab-cdef-0123-456789abcdef 7 work user\n");
}

void LocalUnitsTest::qrexecDropIn_runsTheDaemonAsTheDesktopUser()
{
    QCOMPARE(qrexecDaemonDropIn(daemonUnit("/usr/lib/qubes/qrexec-daemon", "user")).value(),
             "[Service]\nExecStart=\nExecStart=/usr/lib/qubes/qrexec-daemon --direct -u "
             "01234567-89ab-cdef-0123-456789abcdef 7 work user\nUser=user\n");
}

void LocalUnitsTest::qrexecUnit_refusesWordsForAShell_data()
{
    QTest::addColumn<QByteArray>("daemon");
    QTest::addColumn<QByteArray>("user");
    QTest::newRow("blank in the program") << QByteArray("/d -x") << QByteArray("user");
    QTest::newRow("command in the user") << QByteArray("/d") << QByteArray("$(id)");
    QTest::newRow("line in the user") << QByteArray("/d") << QByteArray("user\nid");
}

void LocalUnitsTest::qrexecUnit_refusesWordsForAShell()
{
    QFETCH(const QByteArray, daemon);
    QFETCH(const QByteArray, user);
    const auto unit = daemonUnit(daemon.toStdString(), user.toStdString());
    QCOMPARE(qrexecDaemonRunFile(unit).error().code, Errc::BadValue);
    QCOMPARE(qrexecDaemonDropIn(unit).error().code, Errc::BadValue);
}

void LocalUnitsTest::remove_leavesNothing()
{
    const QubeUnits units(at("units"));
    QVERIFY(units.writeQubeUnit("/bin/sandbox", sample()));
    QVERIFY(units.writeQrexecUnit("/bin/daemon", sample(), ""));
    QVERIFY(units.remove(sample().name));
    QVERIFY(std::filesystem::is_empty(at("units")));
    QVERIFY(units.remove(sample().name)); // again: nothing to do
}

void LocalUnitsTest::process_isNotTakenForAnother()
{
    const auto self = ProcessIdentity::of(::getpid()).value();
    QCOMPARE(ProcessIdentity::parse(self.text()).value(), self);
    QVERIFY(openProcess(self));
    auto earlier = self;
    earlier.startTime -= 1; // the number's previous owner
    QCOMPARE(openProcess(earlier).error().code, Errc::NotFound);
    QVERIFY(!ProcessIdentity::parse("-1 5\n"));
    QVERIFY(!ProcessIdentity::parse(""));
}

void LocalUnitsTest::memory_isTakenFromTheKernelsWords()
{
    QCOMPARE(availableMemoryKiB("MemTotal: 100 kB\nMemFree: 5 kB\nMemAvailable:   42 kB\nBuffers: 1 kB\n").value(),
             42U);
    QCOMPARE(availableMemoryKiB("MemTotal: 100 kB\n").error().code, Errc::BadValue);
}

void LocalUnitsTest::memory_thatIsNotThereIsRefused()
{
    QVERIFY(checkMemory(1));
    QCOMPARE(checkMemory(4'000'000'000).error().code, Errc::TooMuch);
}

void LocalUnitsTest::steps_runInOrderAndStopAtTheFirstFailure()
{
    QByteArray ran;
    Steps steps;
    steps.addNow([&]() -> Result<void> {
        ran += 'a';
        return {};
    });
    steps.addNow([&]() -> Result<void> {
        ran += 'b';
        return fail(Errc::Driver, "b failed");
    });
    steps.addNow([&]() -> Result<void> {
        ran += 'c';
        return {};
    });
    Result<void> outcome;
    Steps::run(std::move(steps), [&](Result<void> result) {
        outcome = std::move(result);
    });
    QCOMPARE(ran, QByteArray("ab"));
    QCOMPARE(outcome.error().detail, "b failed");
}

void LocalUnitsTest::steps_thatCleanUpGoOn()
{
    QByteArray ran;
    Steps steps(Steps::OnFailure::GoOn);
    for (const char name : {'a', 'b', 'c'}) {
        steps.addNow([&ran, name]() -> Result<void> {
            ran += name;
            return fail(Errc::Driver, std::string(1, name));
        });
    }
    Result<void> outcome;
    Steps::run(std::move(steps), [&](Result<void> result) {
        outcome = std::move(result);
    });
    QCOMPARE(ran, QByteArray("abc"));
    QCOMPARE(outcome.error().detail, "a");
}

void LocalUnitsTest::steps_waitForTheStepBefore()
{
    Steps::Done pending;
    int finished = 0;
    Steps steps;
    steps.add([&](Steps::Done done) {
        pending = std::move(done);
    });
    Steps::run(std::move(steps), [&](Result<void> result) {
        QVERIFY(result);
        ++finished;
    });
    QCOMPARE(finished, 0);
    std::exchange(pending, nullptr)({});
    QCOMPARE(finished, 1);
}

QTEST_GUILESS_MAIN(LocalUnitsTest)
#include "localunitstest.moc"
