// SPDX-License-Identifier: GPL-2.0-or-later
// The xen driver's sequences on a hypervisor in memory.
#include "dom0-core/driver/xen/xendriver.h"

#include "dom0-core/driver/xen/runrecords.h"
#include "tests/dom0-core/faketoolstack.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

using namespace Bulkhead;
using Test::FakeToolstack;
namespace fs = std::filesystem;

namespace
{

constexpr const char *WorkUuid = "01234567-89ab-cdef-0123-456789abcdef";
constexpr const char *OtherUuid = "fedcba98-7654-3210-fedc-ba9876543210";

DomainConfig work()
{
    DomainConfig config{.name = *QubeName::parse("work"), .uuid = WorkUuid, .root = {.path = "/dev/loop0"}};
    config.kernel = "6.12";
    config.commandLine = "ro";
    return config;
}

} // namespace

class XenDriverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void xendomain_006_runsOnlyWhenAllIsReady();
    void start_failsWithoutTheKernelsFiles();
    void start_ofARunningQubeIsRefused();
    void xendomain_030_failedBuildLeavesNothing();
    void xendomain_029_builderThatDiesLeavesNothing();
    void start_thatCannotBeWatchedIsTakenBack();
    void start_failsIfTheDomainEndsMeanwhile();
    void xendomain_028_model_069_guestsEndIsTheDomains_data();
    void xendomain_028_model_069_guestsEndIsTheDomains();
    void suspended_isNotTheEnd();
    void destroyedBySomebodyElse_isNoticed();
    void destroy_twiceAnswersBothOnce();
    void destroy_thatFailsAnswersAllTheSame();
    void ended_isToldOnceHoweverItCame();
    void shutdown_doesNotWaitForTheGuest();
    void pause_isCountedOnce();
    void xendomain_032_restartTakesOverWhatRuns();
    void xendomain_033_halfBuiltIsRemovedByTheNextStart();
    void adopt_removesWhatStoppedMeanwhile();
    void xendomain_035_reusedNumberIsNobodyElses();
    void xendomain_041_unknownDomainsAreLeftAlone();
    void network_isPluggedOnce();
    void disks_comeAndGoAndAreRemembered();

private:
    /// As a daemon that was started anew would.
    void restart();
    [[nodiscard]] Result<DomId> start(const DomainConfig &config) const;
    [[nodiscard]] std::vector<RunRecord> records() const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_directory;
    FakeToolstack *m_xen = nullptr; ///< the driver's
    std::unique_ptr<Driver> m_driver;
};

void XenDriverTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    QVERIFY(m_temporary->isValid());
    m_directory = m_temporary->path().toStdString();
    fs::create_directories(m_directory / "kernels/6.12");
    std::ofstream(m_directory / "kernels/6.12/vmlinuz") << "kernel";
    std::ofstream(m_directory / "kernels/6.12/initramfs") << "initramfs";
    restart();
}

void XenDriverTest::cleanup()
{
    m_driver.reset();
}

void XenDriverTest::restart()
{
    auto toolstack = std::make_unique<FakeToolstack>();
    if (m_xen != nullptr && m_driver) {
        toolstack->list = m_xen->list;
        toolstack->lastId = m_xen->lastId;
    }
    m_xen = toolstack.get();
    XenDriverConfig config;
    config.runDirectory = m_directory / "run";
    config.kernels = m_directory / "kernels";
    config.consoleLogs = m_directory / "console";
    config.qrexecDaemon.clear();
    m_driver.reset(makeXenDriver(config, std::move(toolstack), nullptr));
}

Result<DomId> XenDriverTest::start(const DomainConfig &config) const
{
    std::optional<Result<DomId>> outcome;
    m_driver->start(config, [&](Result<DomId> started) {
        outcome = std::move(started);
    });
    if (!outcome) {
        return fail(Errc::TimedOut, "the start does not end");
    }
    return *std::move(outcome);
}

std::vector<RunRecord> XenDriverTest::records() const
{
    return RunRecords(m_directory / "run" / "xen").all();
}

void XenDriverTest::xendomain_006_runsOnlyWhenAllIsReady()
{
    bool wasPaused = false;
    m_xen->duringUnpause = [&](DomId) {
        wasPaused = m_xen->watched.size() == 1; // its end is watched for before it does anything
    };
    const auto domain = start(work());
    QCOMPARE(domain.value(), DomId{1});
    QVERIFY(wasPaused);
    QCOMPARE(m_xen->log, (std::vector<std::string>{"build work", "unpause 1"}));
    const auto &settings = m_xen->orders.at(0).settings;
    QVERIFY(std::ranges::contains(settings, std::pair<std::string, std::string>("name", "work"))); // there when it runs
    QCOMPARE(records().at(0).domain, DomId{1});
}

void XenDriverTest::start_failsWithoutTheKernelsFiles()
{
    fs::remove(m_directory / "kernels/6.12/initramfs");
    const auto domain = start(work());
    QCOMPARE(domain.error().code, Errc::NotFound);
    QVERIFY(domain.error().text().contains("6.12/initramfs"));
    QVERIFY(m_xen->log.empty());
}

void XenDriverTest::start_ofARunningQubeIsRefused()
{
    QVERIFY(start(work()));
    QCOMPARE(start(work()).error().code, Errc::InUse);
    QCOMPARE(m_xen->list.size(), 1U);
}

void XenDriverTest::xendomain_030_failedBuildLeavesNothing()
{
    m_xen->buildFails = Error{.code = Errc::Driver, .sysErrno = 0, .detail = "xvda: no such device"};
    const auto domain = start(work());
    QCOMPARE(domain.error().detail, std::string("xvda: no such device")); // libxl's own words
    QVERIFY(records().empty());
    m_xen->buildFails.reset();
    QVERIFY(start(work())); // and nothing stands in the next start's way
}

void XenDriverTest::xendomain_029_builderThatDiesLeavesNothing()
{
    m_xen->buildFails = Error{.code = Errc::Driver, .sysErrno = 0, .detail = "no answer"};
    m_xen->buildLeavesDomain = true;
    m_xen->list.push_back({.id = DomId{7}, .uuid = OtherUuid});
    m_xen->lastId = 7;
    QVERIFY(!start(work()));
    QCOMPARE(m_xen->list.size(), 1U);
    QCOMPARE(m_xen->list.at(0).id, DomId{7}); // found by its UUID, and no other
    QVERIFY(records().empty());
}

void XenDriverTest::start_thatCannotBeWatchedIsTakenBack()
{
    m_xen->duringBuild = [&](DomId) {
        m_xen->list.clear(); // gone before anybody could look
    };
    QCOMPARE(start(work()).error().code, Errc::NotFound);
    QVERIFY(records().empty());
}

void XenDriverTest::start_failsIfTheDomainEndsMeanwhile()
{
    m_xen->duringUnpause = [&](DomId domain) {
        m_xen->stopGuest(domain, ShutdownReason::Crash);
    };
    const QSignalSpy ended(m_driver.get(), &Driver::ended);
    const auto domain = start(work());
    QVERIFY(domain.error().text().contains("ended while it was being started"));
    QVERIFY(m_xen->list.empty());
    QCOMPARE(ended.size(), 0); // nobody was told that it began
}

void XenDriverTest::xendomain_028_model_069_guestsEndIsTheDomains_data()
{
    QTest::addColumn<int>("reason");
    QTest::addColumn<bool>("crashed");
    QTest::newRow("power off") << static_cast<int>(ShutdownReason::Poweroff) << false;
    QTest::newRow("reboot") << static_cast<int>(ShutdownReason::Reboot) << false;
    QTest::newRow("crash") << static_cast<int>(ShutdownReason::Crash) << true;
    QTest::newRow("watchdog") << static_cast<int>(ShutdownReason::Watchdog) << true;
    QTest::newRow("soft reset") << static_cast<int>(ShutdownReason::SoftReset) << false;
    QTest::newRow("one that nobody knows") << static_cast<int>(ShutdownReason::Unknown) << false;
}

void XenDriverTest::xendomain_028_model_069_guestsEndIsTheDomains()
{
    QFETCH(const int, reason);
    QFETCH(const bool, crashed);
    const auto domain = start(work()).value();
    m_xen->holdsDestroys = true;
    QSignalSpy ended(m_driver.get(), &Driver::ended);
    const QSignalSpy changed(m_driver.get(), &Driver::stateChanged);
    m_xen->stopGuest(domain, static_cast<ShutdownReason>(reason));
    QCOMPARE(changed.size(), 1);
    QCOMPARE(m_xen->log.back(), std::string("destroy 1"));
    QCOMPARE(ended.size(), 0); // its volumes are still in use
    m_xen->held.at(0)({});
    QCOMPARE(ended.size(), 1);
    QCOMPARE(ended.at(0).at(1).toBool(), crashed);
    QVERIFY(records().empty());
}

void XenDriverTest::suspended_isNotTheEnd()
{
    const auto domain = start(work()).value();
    const QSignalSpy ended(m_driver.get(), &Driver::ended);
    m_xen->stopGuest(domain, ShutdownReason::Suspend);
    QCOMPARE(m_xen->list.size(), 1U);
    QCOMPARE(ended.size(), 0);
}

void XenDriverTest::destroyedBySomebodyElse_isNoticed()
{
    const auto domain = start(work()).value();
    QSignalSpy ended(m_driver.get(), &Driver::ended);
    m_xen->destroyBehindOurBack(domain);
    QCOMPARE(ended.size(), 1);
    QCOMPARE(ended.at(0).at(1).toBool(), false);
    QVERIFY(start(work()));
}

void XenDriverTest::destroy_twiceAnswersBothOnce()
{
    const auto domain = start(work()).value();
    m_xen->holdsDestroys = true;
    int first = 0;
    int second = 0;
    m_driver->destroy(domain, [&](const Result<void> &gone) {
        first += gone ? 1 : 100;
    });
    m_driver->destroy(domain, [&](const Result<void> &gone) {
        second += gone ? 1 : 100;
    });
    QCOMPARE(std::ranges::count(m_xen->log, "destroy 1"), 1);
    QCOMPARE(first + second, 0);
    m_xen->held.at(0)({});
    QCOMPARE(first, 1);
    QCOMPARE(second, 1);
    std::optional<Errc> third;
    m_driver->destroy(domain, [&](const Result<void> &gone) {
        third = gone ? Errc::Io : gone.error().code;
    });
    QCOMPARE(third, Errc::NotFound);
}

void XenDriverTest::destroy_thatFailsAnswersAllTheSame()
{
    const auto domain = start(work()).value();
    m_xen->destroyFails = Error{.code = Errc::Driver, .sysErrno = 0, .detail = "a device does not let go"};
    int answers = 0;
    m_driver->destroy(domain, [&](const Result<void> &) {
        ++answers;
    });
    QCOMPARE(answers, 1);
}

void XenDriverTest::ended_isToldOnceHoweverItCame()
{
    const auto domain = start(work()).value();
    const QSignalSpy ended(m_driver.get(), &Driver::ended);
    m_xen->holdsDestroys = true;
    m_xen->stopGuest(domain, ShutdownReason::Poweroff);
    Q_EMIT m_xen->died(domain); // as libxl does after the first
    Q_EMIT m_xen->stopped(domain, ShutdownReason::Crash);
    QCOMPARE(m_xen->held.size(), 1U);
    m_xen->held.at(0)({});
    Q_EMIT m_xen->died(domain);
    QCOMPARE(ended.size(), 1);
}

void XenDriverTest::shutdown_doesNotWaitForTheGuest()
{
    const auto domain = start(work()).value();
    int answers = 0;
    m_driver->shutdown(domain, [&](const Result<void> &asked) {
        answers += asked ? 1 : 100;
    });
    QCOMPARE(answers, 1);
    QCOMPARE(m_xen->log.back(), std::string("shutdown 1"));
    m_xen->waitingForGuest.at(0)(fail(Errc::TimedOut, "no answer")); // a minute later
    QCOMPARE(answers, 1);
}

void XenDriverTest::pause_isCountedOnce()
{
    const auto domain = start(work()).value();
    const QSignalSpy changed(m_driver.get(), &Driver::stateChanged);
    std::vector<bool> answers;
    const auto answer = [&](const Result<void> &done) {
        answers.push_back(done.has_value());
    };
    m_driver->pause(domain, answer);
    m_driver->pause(domain, answer); // would need a second unpause
    m_driver->unpause(domain, answer);
    m_driver->unpause(domain, answer);
    QCOMPARE(answers, (std::vector<bool>{true, false, true, false}));
    QCOMPARE(m_xen->log, (std::vector<std::string>{"build work", "unpause 1", "pause 1", "unpause 1"}));
    QCOMPARE(changed.size(), 2);
}

void XenDriverTest::xendomain_032_restartTakesOverWhatRuns()
{
    const auto domain = start(work()).value();
    m_driver->pause(domain, [](const Result<void> &) { });
    restart();
    const auto running = m_driver->adopt().value();
    QCOMPARE(running.size(), 1U);
    QCOMPARE(running.at(0).id, domain);
    QCOMPARE(running.at(0).uuid, std::string(WorkUuid));
    QCOMPARE(running.at(0).state, DomainState::Paused);
    QCOMPARE(m_xen->log, std::vector<std::string>{}); // not disturbed
    QSignalSpy ended(m_driver.get(), &Driver::ended);
    m_xen->stopGuest(domain, ShutdownReason::Crash);
    QCOMPARE(ended.size(), 1);
}

void XenDriverTest::xendomain_033_halfBuiltIsRemovedByTheNextStart()
{
    // As if the daemon had died while the builder was at work.
    QVERIFY(RunRecords(m_directory / "run" / "xen").write({.name = *QubeName::parse("work"), .uuid = WorkUuid}));
    m_xen->list.push_back({.id = DomId{4}, .uuid = WorkUuid, .isPaused = true});
    QVERIFY(m_driver->adopt().value().empty());
    QVERIFY(m_xen->list.empty());
    QVERIFY(records().empty());
}

void XenDriverTest::adopt_removesWhatStoppedMeanwhile()
{
    const auto domain = start(work()).value();
    m_xen->find(domain)->shutdown = ShutdownReason::Poweroff;
    restart();
    QVERIFY(m_driver->adopt().value().empty());
    QVERIFY(m_xen->list.empty());
}

void XenDriverTest::xendomain_035_reusedNumberIsNobodyElses()
{
    const auto domain = start(work()).value();
    m_xen->list.clear(); // it ended while no daemon ran, and somebody else got its number
    m_xen->list.push_back({.id = domain, .uuid = OtherUuid});
    restart();
    QVERIFY(m_driver->adopt().value().empty());
    QCOMPARE(m_xen->list.size(), 1U); // not touched
    QVERIFY(m_xen->log.empty());
    QVERIFY(records().empty());
}

void XenDriverTest::xendomain_041_unknownDomainsAreLeftAlone()
{
    m_xen->list.push_back({.id = DomId{9}, .uuid = OtherUuid});
    QVERIFY(m_driver->adopt().value().empty());
    QVERIFY(m_xen->log.empty());
    QVERIFY(m_xen->watched.empty());
    Q_EMIT m_xen->stopped(DomId{9}, ShutdownReason::Poweroff);
    QVERIFY(m_xen->log.empty());
}

void XenDriverTest::network_isPluggedOnce()
{
    auto provider = work();
    provider.name = *QubeName::parse("sys-net");
    provider.uuid = OtherUuid;
    const auto net = start(provider).value();
    const auto domain = start(work()).value();
    const NetworkLink link{.provider = provider.name,
                           .providerDomain = net,
                           .address = "10.137.0.5",
                           .gateway = "10.137.0.1",
                           .mac = "00:16:3e:5e:6c:00"};
    std::vector<bool> answers;
    const auto answer = [&](const Result<void> &done) {
        answers.push_back(done.has_value());
    };
    m_driver->attachNetwork(domain, link, answer);
    m_driver->attachNetwork(domain, link, answer);
    m_driver->detachNetwork(domain, answer);
    m_driver->detachNetwork(domain, answer); // nothing to do
    QCOMPARE(answers, (std::vector<bool>{true, false, true, true}));
    QCOMPARE(std::ranges::count(m_xen->log, "attach sys-net 2"), 1);
    const auto told = std::ranges::find(m_xen->log, "tell gateway 10.137.0.1 2");
    QVERIFY(told < std::ranges::find(m_xen->log, "attach sys-net 2")); // it is there when the interface appears
    QCOMPARE(std::ranges::count(m_xen->log, "detach 2"), 1);
}

void XenDriverTest::disks_comeAndGoAndAreRemembered()
{
    auto provider = work();
    provider.name = *QubeName::parse("sys-usb");
    provider.uuid = OtherUuid;
    const auto usb = start(provider).value();
    const auto domain = start(work()).value();
    const AttachedDisk disk{
        .provider = provider.name, .providerDomain = usb, .node = "/dev/sda", .name = "xvdi", .writable = true};
    std::vector<bool> answers;
    const auto answer = [&](const Result<void> &done) {
        answers.push_back(done.has_value());
    };
    m_driver->attachDisk(domain, disk, answer);
    m_driver->attachDisk(domain, disk, answer); // the name is taken
    m_xen->diskFails = Error{.code = Errc::Driver, .sysErrno = 0, .detail = "no"};
    AttachedDisk other = disk;
    other.name = "xvdj";
    m_driver->attachDisk(domain, other, answer);
    QCOMPARE(answers, (std::vector<bool>{true, false, false}));
    QCOMPARE(m_driver->attachedDisks(domain), std::vector<AttachedDisk>{disk});
    QCOMPARE(std::ranges::count(m_xen->log, "disk xvdi sys-usb:/dev/sda 2"), 1);
    restart();
    QVERIFY(m_driver->adopt());
    QCOMPARE(m_driver->attachedDisks(domain), std::vector<AttachedDisk>{disk});
    answers.clear();
    m_driver->detachDisk(domain, "xvdi", answer);
    m_driver->detachDisk(domain, "xvdi", answer); // nothing to do
    QCOMPARE(answers, (std::vector<bool>{true, true}));
    QVERIFY(m_driver->attachedDisks(domain).empty());
}

QTEST_GUILESS_MAIN(XenDriverTest)
#include "xendrivertest.moc"
