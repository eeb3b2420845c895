// SPDX-License-Identifier: GPL-2.0-or-later
// The xen driver's sequences on a hypervisor in memory.
#include "dom0-core/driver/xen/xendriver.h"

#include "base/fd.h"
#include "dom0-core/driver/xen/consoleterminal.h"
#include "dom0-core/driver/xen/runrecords.h"
#include "tests/dom0-core/fakememory.h"
#include "tests/dom0-core/faketoolstack.h"
#include "tests/support/eventually.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>

using namespace Bulkhead;
using Test::FakeMemory;
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
    void start_getsRoomFromOthers();
    void start_failsWhereNobodyHasRoom();
    void start_failedGivesTheRoomBack();
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
    void outside_isWhereADeviceIs();
    void disks_comeAndGoAndAreRemembered();
    void console_isATerminalBelowDevPts_data();
    void console_isATerminalBelowDevPts();
    void console_isThereWhileTheDomainIs();
    void console_isLentToAGroup();

private:
    /// As a daemon that was started anew would.
    void restart(Memory::Balancer *balancer = nullptr);
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

void XenDriverTest::restart(Memory::Balancer *balancer)
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
    config.consoleGroup.clear(); // the terminals of these tests are nobody's
    config.balancer = balancer;
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

void XenDriverTest::start_getsRoomFromOthers()
{
    FakeMemory machine;
    Memory::Balancer balancer(machine, {.step = std::chrono::milliseconds(0)});
    machine.add(0, 2000, 4000, 500); // dom0 prefers 1000 MiB
    machine.free = 100 * Memory::MiB;
    restart(&balancer);
    auto config = work();
    config.maxMemoryMiB = 4000;
    std::uint64_t freeAtBuild = 0;
    m_xen->duringBuild = [&](DomId) {
        freeAtBuild = machine.free;
        QCOMPARE(m_xen->orders.at(0).maxMemoryMiB, 4000U);
    };
    std::optional<Result<DomId>> outcome;
    m_driver->start(config, [&](Result<DomId> started) {
        outcome = std::move(started);
    });
    BH_EVENTUALLY(outcome.has_value());
    QCOMPARE(outcome->value(), DomId{1});
    QVERIFY2(freeAtBuild >= 400 * Memory::MiB, qPrintable(QString::number(freeAtBuild)));
    bool isFree = false; // the next gets its turn: nothing is held any more
    balancer.reserve(Memory::MiB, [&](const Result<void> &, const Memory::Balancer::Hold &) {
        isFree = true;
    });
    BH_EVENTUALLY(isFree);
}

void XenDriverTest::start_failsWhereNobodyHasRoom()
{
    FakeMemory machine;
    Memory::Balancer balancer(machine, {.step = std::chrono::milliseconds(0)});
    machine.add(0, 1000, 4000, 500);
    machine.free = 100 * Memory::MiB;
    restart(&balancer);
    QCOMPARE(start(work()).error().code, Errc::TooMuch);
    QVERIFY(m_xen->log.empty()); // nothing was built
    QVERIFY(records().empty());
}

void XenDriverTest::start_failedGivesTheRoomBack()
{
    FakeMemory machine;
    Memory::Balancer balancer(machine, {.step = std::chrono::milliseconds(0)});
    machine.free = 4000 * Memory::MiB;
    restart(&balancer);
    m_xen->buildFails = Error{.code = Errc::Driver, .sysErrno = 0, .detail = "no"};
    QVERIFY(!start(work()));
    m_xen->buildFails.reset();
    QVERIFY(start(work()));
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
                           .mac = "00:16:3e:5e:6c:00",
                           .visibleAddress = "192.168.1.2",
                           .visiblePrefix = 24};
    std::vector<bool> answers;
    const auto answer = [&](const Result<void> &done) {
        answers.push_back(done.has_value());
    };
    QVERIFY(m_driver->isPluggedInto(domain, std::nullopt));
    m_driver->attachNetwork(domain, link, answer);
    m_driver->attachNetwork(domain, link, answer);
    QVERIFY(m_driver->isPluggedInto(domain, net) && !m_driver->isPluggedInto(domain, std::nullopt));
    m_driver->detachNetwork(domain, answer);
    m_driver->detachNetwork(domain, answer); // nothing to do
    QCOMPARE(answers, (std::vector<bool>{true, false, true, true}));
    QCOMPARE(std::ranges::count(m_xen->log, "attach sys-net 2"), 1);
    const auto told = std::ranges::find(m_xen->log, "tell gateway 10.137.0.1 2");
    QVERIFY(told < std::ranges::find(m_xen->log, "attach sys-net 2"));   // it is there when the interface appears
    QVERIFY(std::ranges::contains(m_xen->log, "tell ip 192.168.1.2 2")); // what it is to see, not what is so
    QVERIFY(std::ranges::contains(m_xen->log, "tell prefix 24 2"));
    QCOMPARE(std::ranges::count(m_xen->log, "detach 2"), 1);
}

void XenDriverTest::outside_isWhereADeviceIs()
{
    QVERIFY(!m_driver->leadsOutside({.providesNetwork = true, .isMarked = true}, std::nullopt));
    QVERIFY(m_driver->leadsOutside({.providesNetwork = true, .hasPciDevice = true}, std::nullopt));
    const auto domain = start(work()).value();
    std::optional<Result<void>> answer;
    m_driver->attachOutside(domain, {.address = "10.137.0.5"}, [&](Result<void> done) {
        answer = std::move(done);
    });
    QVERIFY(answer && *answer); // a device is no link to be made
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

void XenDriverTest::console_isATerminalBelowDevPts_data()
{
    QTest::addColumn<std::string>("written");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("the first") << std::string("/dev/pts/0") << true;
    QTest::newRow("the last there can be") << std::string("/dev/pts/1048575") << true;
    QTest::newRow("nothing") << std::string() << false;
    QTest::newRow("the directory") << std::string("/dev/pts/") << false;
    QTest::newRow("without its bar") << std::string("/dev/pts7") << false;
    QTest::newRow("a terminal of another kind") << std::string("/dev/tty1") << false;
    QTest::newRow("the maker of terminals") << std::string("/dev/pts/ptmx") << false;
    QTest::newRow("a way out") << std::string("/dev/pts/../mem") << false;
    QTest::newRow("a number and more") << std::string("/dev/pts/7/../../mem") << false;
    QTest::newRow("a number too long") << std::string("/dev/pts/12345678") << false;
    QTest::newRow("a byte that ends texts") << std::string("/dev/pts/7\0", 11) << false;
}

void XenDriverTest::console_isATerminalBelowDevPts()
{
    QFETCH(const std::string, written);
    QFETCH(const bool, isOne);
    const auto domain = start(work()).value();
    m_xen->terminal = written;
    const auto terminal = m_driver->consoleTerminal(domain);
    QCOMPARE(terminal.has_value(), isOne);
    if (terminal) {
        QCOMPARE(terminal->string(), written);
    } else {
        QCOMPARE(terminal.error().code, Errc::BadField);
    }
}

void XenDriverTest::console_isThereWhileTheDomainIs()
{
    const auto domain = start(work()).value();
    QVERIFY(m_driver->consoleTerminal(domain));
    m_xen->destroyBehindOurBack(domain);
    QCOMPARE(m_driver->consoleTerminal(domain).error().code, Errc::NotFound);
    QCOMPARE(m_driver->consoleTerminal(DomId{77}).error().code, Errc::NotFound);
}

void XenDriverTest::console_isLentToAGroup()
{
    const UniqueFd other(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)); // in xenconsoled's place
    std::array<char, 64> name{};
    QVERIFY(other && ::grantpt(other.get()) == 0 && ::unlockpt(other.get()) == 0);
    QVERIFY(::ptsname_r(other.get(), name.data(), name.size()) == 0);
    const fs::path terminal = name.data();
    QVERIFY(parseConsoleTerminal(terminal.string()));
    QVERIFY(::chmod(terminal.c_str(), 0600) == 0);
    QVERIFY(lendTerminal(terminal, ::getegid()));
    struct stat now{};
    QVERIFY(::stat(terminal.c_str(), &now) == 0);
    QCOMPARE(now.st_mode & 07777, mode_t{0660});
    QCOMPARE(now.st_gid, ::getegid());

    const fs::path file = m_directory / "file";
    std::ofstream(file) << "no terminal";
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    QCOMPARE(lendTerminal(file, ::getegid()).error().code, Errc::Refused);
    QCOMPARE(fs::status(file).permissions(), fs::perms::owner_read | fs::perms::owner_write);
    fs::create_symlink(terminal, m_directory / "link");
    QCOMPARE(lendTerminal(m_directory / "link", ::getegid()).error().code, Errc::Io);
}

QTEST_GUILESS_MAIN(XenDriverTest)
#include "xendrivertest.moc"
