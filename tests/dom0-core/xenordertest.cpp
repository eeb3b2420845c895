// SPDX-License-Identifier: GPL-2.0-or-later
// What goes between the driver and the builder, what is planned for a qube, and what a domain may do in xenstore.
#include "dom0-core/driver/xen/builderrun.h"
#include "dom0-core/driver/xen/buildorder.h"
#include "dom0-core/driver/xen/consoletail.h"
#include "dom0-core/driver/xen/domainplan.h"
#include "dom0-core/driver/xen/domainrights.h"

#include <QTemporaryDir>
#include <QTest>

#include <filesystem>
#include <fstream>
#include <optional>

using namespace Bulkhead;
namespace fs = std::filesystem;
using Access = NodeRights::Access;

namespace
{

BuildOrder sample()
{
    BuildOrder order{.name = *QubeName::parse("work")};
    order.uuid = "01234567-89ab-cdef-0123-456789abcdef";
    order.kind = DomainKind::Pv;
    order.memoryMiB = 400;
    order.maxMemoryMiB = 4000;
    order.vcpus = 2;
    order.kernel = "/k/vmlinuz";
    order.initramfs = "/k/initramfs";
    order.commandLine = "root=/dev/mapper/dmroot ro console=hvc0 swiotlb=2048";
    order.disks = {{.name = "xvda", .device = "/dev/loop0", .writable = false},
                   {.name = "xvdb", .device = "/dev/loop1", .writable = true}};
    order.nic = OrderedNic{.mac = "00:16:3e:5e:6c:00", .address = "10.137.0.5", .backend = *QubeName::parse("sys-net")};
    order.settings = {{"name", "work"}, {"default-user", "user"}};
    return order;
}

DomainConfig qube()
{
    DomainConfig config{.name = *QubeName::parse("work"),
                        .uuid = "01234567-89ab-cdef-0123-456789abcdef",
                        .root = {.path = "/dev/loop0"}};
    config.privateVolume = VolumeSource{.path = "/dev/loop1", .writable = true};
    config.volatileVolume = VolumeSource{.path = "/dev/loop2", .writable = true};
    config.kernel = "6.12";
    config.commandLine = "ro";
    return config;
}

constexpr XenMachine WithPvh{.canPv = true, .canPvh = true};

NodeWithRights node(const char *path, std::uint32_t owner, std::vector<NodeRights::Grant> grants = {})
{
    return {.path = path, .rights = {.owner = DomId{owner}, .others = Access::None, .grants = std::move(grants)}};
}

const NodeRights::Grant GuestReads{.domain = DomId{5}, .access = Access::Read};

} // namespace

class XenOrderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void order_isReadBackAsItWas();
    void order_isRefusedAtEveryEdge_data();
    void order_isRefusedAtEveryEdge();
    void order_withALineBreakIsNotWritten();
    void order_isRefusedWhenCutOff();
    void answer_isReadBackAsItWas();
    void answer_isRefusedUnlessWhole_data();
    void answer_isRefusedUnlessWhole();
    void builder_getsTheOrderAndAnswers();
    void builder_thatDiesHasNoAnswer();
    void builder_thatHangsIsEnded();
    void builder_thatIsNotThereIsNamed();
    void builder_hasNothingOfOthers();
    void xendomain_005_pvIsForMachinesWithoutVirtualisation_data();
    void xendomain_005_pvIsForMachinesWithoutVirtualisation();
    void xendomain_012_disksAndTheirNames();
    void plan_needsAKernelOfDom0();
    void settings_tellTheQubeWhoItIs();
    void rights_asLibxlSetsThem();
    void rights_thatReachTooFar_data();
    void rights_thatReachTooFar();
    void console_tailIsShortAndEscaped();

private:
    /// A builder that is this shell script.
    [[nodiscard]] Result<DomId> runScript(const char *script,
                                          std::chrono::milliseconds limit = std::chrono::minutes(1));
};

void XenOrderTest::order_isReadBackAsItWas()
{
    const auto text = buildOrderText(sample()).value();
    QCOMPARE(parseBuildOrder(text).value(), sample());
    auto least = sample();
    least.maxMemoryMiB = 0;
    least.disks.clear();
    least.nic.reset();
    least.settings.clear();
    auto with6 = sample();
    with6.nic->address6 = "fd09:24ef:4179::a89:5";
    QCOMPARE(parseBuildOrder(buildOrderText(with6).value()).value(), with6);
    QCOMPARE(parseBuildOrder(buildOrderText(least).value()).value(), least);
}

void XenOrderTest::order_isRefusedAtEveryEdge_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("instead");
    const auto row = [](const char *name, const char *line, const char *instead) {
        QTest::newRow(name) << QByteArray(line) << QByteArray(instead);
    };
    row("another version", "bulkhead-build-order 1\n", "bulkhead-build-order 2\n");
    row("a line that nobody knows", "vcpus 2\n", "vcpus 2\ndevice-model /bin/sh\n");
    row("a line twice", "vcpus 2\n", "vcpus 2\nvcpus 2\n");
    row("no name", "name work\n", "");
    row("a name that is none", "name work\n", "name ../work\n");
    row("a UUID that is none", "uuid 01234567", "uuid 0123456");
    row("a kind that is none", "kind pv\n", "kind hvm\n");
    row("no memory at all", "\nmemory-mib 400\n", "\nmemory-mib 0\n");
    row("memory that is no number", "\nmemory-mib 400\n", "\nmemory-mib 400x\n");
    row("a limit below the beginning", "max-memory-mib 4000\n", "max-memory-mib 399\n");
    row("a limit that no machine has", "max-memory-mib 4000\n", "max-memory-mib 16777217\n");
    row("no limit", "max-memory-mib 4000\n", "");
    row("too many processors", "vcpus 2\n", "vcpus 129\n");
    row("a kernel that is no full path", "kernel /k", "kernel k");
    row("a disk without a device", "disk xvda read-only /dev/loop0\n", "disk xvda read-only\n");
    row("a disk of a name that is none", "disk xvda ", "disk sda1 ");
    row("a disk with another mode", "xvda read-only", "xvda rw");
    row("two disks of one name", "disk xvdb", "disk xvda");
    row("a setting with a path", "setting name work\n", "setting ../name work\n");
    row("a net qube that is none", "10.137.0.5 sys-net\n", "10.137.0.5 /dev\n");
    row("a truth that is none", "backs-devices no\n", "backs-devices maybe\n");
}

void XenOrderTest::order_isRefusedAtEveryEdge()
{
    QFETCH(const QByteArray, line);
    QFETCH(const QByteArray, instead);
    auto text = QByteArray::fromStdString(buildOrderText(sample()).value());
    QVERIFY(text.contains(line));
    text.replace(text.indexOf(line), line.size(), instead);
    QCOMPARE(parseBuildOrder(text.toStdString()).error().code, Errc::BadValue);
}

void XenOrderTest::order_withALineBreakIsNotWritten()
{
    auto order = sample();
    order.commandLine = "ro\nkernel /other";
    QCOMPARE(buildOrderText(order).error().code, Errc::BadValue);
}

void XenOrderTest::order_isRefusedWhenCutOff()
{
    const auto text = buildOrderText(sample()).value();
    const auto needed = text.find("disk "); // what follows is allowed to be missing, line by line
    for (std::size_t length = 0; length < needed; ++length) {
        QVERIFY2(!parseBuildOrder(std::string_view(text).substr(0, length)), std::to_string(length).c_str());
    }
    QVERIFY(!parseBuildOrder(text + std::string(MaxBuildOrder, 'x') + "\n"));
}

void XenOrderTest::answer_isReadBackAsItWas()
{
    QCOMPARE(parseBuildAnswer(buildAnswerText(DomId{7})).value(), DomId{7});
    const auto failed = parseBuildAnswer(buildAnswerText(fail(Errc::Io, "first line\nsecond")));
    QCOMPARE(failed.error().code, Errc::Driver);
    QVERIFY(failed.error().detail.contains("first line second"));
    QCOMPARE(parseBuildAnswer(buildAnswerText(fail(Errc::TooMuch, "no room"))).error().code, Errc::TooMuch);
}

void XenOrderTest::answer_isRefusedUnlessWhole_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"", "domain 7", "domain\n", "domain 0\n", "domain 32752\n", "domain 7 8\n", "hello\n"}) {
        QTest::newRow(text) << QByteArray(text);
    }
}

void XenOrderTest::answer_isRefusedUnlessWhole()
{
    QFETCH(const QByteArray, text);
    QCOMPARE(parseBuildAnswer(text.toStdString()).error().code, Errc::Driver);
}

Result<DomId> XenOrderTest::runScript(const char *script, std::chrono::milliseconds limit)
{
    const QTemporaryDir directory;
    const auto path = fs::path(directory.path().toStdString()) / "builder";
    std::ofstream(path) << "#!/bin/sh\n" << script;
    fs::permissions(path, fs::perms::owner_all);
    std::optional<Result<DomId>> outcome;
    QObject owner;
    runBuilder(&owner, {.path = path, .limit = limit}, sample(), [&](Result<DomId> built) {
        outcome = std::move(built);
    });
    if (!QTest::qWaitFor(
            [&] {
                return outcome.has_value();
            },
            20000)) {
        return fail(Errc::TimedOut, "the test waits in vain");
    }
    return *std::move(outcome);
}

void XenOrderTest::builder_getsTheOrderAndAnswers()
{
    QCOMPARE(
        runScript("read -r first; cat >/dev/null; [ \"$first\" = 'bulkhead-build-order 1' ] && echo domain 12").value(),
        DomId{12});
    const auto failed = runScript("cat >/dev/null; echo 'failed xvda: no such device'; exit 1");
    QCOMPARE(failed.error().detail, std::string("xvda: no such device"));
}

void XenOrderTest::builder_thatDiesHasNoAnswer()
{
    QCOMPARE(runScript("kill -KILL $$").error().code, Errc::Driver);
    QCOMPARE(runScript("printf 'domain 1'; kill -KILL $$").error().code, Errc::Driver); // cut off: not a number to use
}

void XenOrderTest::builder_thatHangsIsEnded()
{
    QCOMPARE(runScript("exec sleep 1000", std::chrono::milliseconds(100)).error().code, Errc::TimedOut);
}

void XenOrderTest::builder_thatIsNotThereIsNamed()
{
    std::optional<Result<DomId>> outcome;
    QObject owner;
    runBuilder(&owner, {.path = "/nowhere/builder"}, sample(), [&](Result<DomId> built) {
        outcome = std::move(built);
    });
    QVERIFY(QTest::qWaitFor(
        [&] {
            return outcome.has_value();
        },
        20000));
    QVERIFY(outcome->error().text().contains("/nowhere/builder"));
}

void XenOrderTest::builder_hasNothingOfOthers()
{
    // Its words, its environment but for two variables, and its descriptors tell of no other qube.
    const auto told = runScript(
        "cat >/dev/null\n"
        "[ $# = 0 ] || { echo failed words; exit; }\n"
        "[ \"$(env | grep -cvE '^(PATH|LC_ALL|PWD|_|SHLVL|OLDPWD)=')\" = 0 ] || { echo failed environment; exit; }\n"
        "echo domain 3");
    QVERIFY2(told.has_value(), told ? "" : told.error().text().c_str());
}

void XenOrderTest::xendomain_005_pvIsForMachinesWithoutVirtualisation_data()
{
    QTest::addColumn<int>("mode");
    QTest::addColumn<bool>("canPv");
    QTest::addColumn<bool>("canPvh");
    QTest::addColumn<int>("kind"); // -1: refused
    const auto row = [](const char *name, VirtMode mode, bool canPv, bool canPvh, int kind) {
        QTest::newRow(name) << static_cast<int>(mode) << canPv << canPvh << kind;
    };
    row("pvh where there is virtualisation", VirtMode::Pvh, true, true, static_cast<int>(DomainKind::Pvh));
    row("pvh without it", VirtMode::Pvh, true, false, static_cast<int>(DomainKind::Pv));
    row("pv stays pv", VirtMode::Pv, true, true, static_cast<int>(DomainKind::Pv));
    row("pv where Xen was built without", VirtMode::Pv, false, true, -1);
    row("nothing goes", VirtMode::Pvh, false, false, -1);
    row("hvm", VirtMode::Hvm, true, true, -1);
}

void XenOrderTest::xendomain_005_pvIsForMachinesWithoutVirtualisation()
{
    QFETCH(const int, mode);
    QFETCH(const bool, canPv);
    QFETCH(const bool, canPvh);
    QFETCH(const int, kind);
    auto config = qube();
    config.virtMode = static_cast<VirtMode>(mode);
    const auto order = planDomain(config, {.canPv = canPv, .canPvh = canPvh}, "/k");
    if (kind < 0) {
        QCOMPARE(order.error().code, Errc::Unsupported);
        return;
    }
    QCOMPARE(static_cast<int>(order.value().kind), kind);
}

void XenOrderTest::xendomain_012_disksAndTheirNames()
{
    const auto order = planDomain(qube(), WithPvh, "/k").value();
    const std::vector<OrderedDisk> expected{{.name = "xvda", .device = "/dev/loop0", .writable = false},
                                            {.name = "xvdb", .device = "/dev/loop1", .writable = true},
                                            {.name = "xvdc", .device = "/dev/loop2", .writable = true}};
    QCOMPARE(order.disks, expected);
    QCOMPARE(order.kernel, fs::path("/k/6.12/vmlinuz"));
    QCOMPARE(order.initramfs, fs::path("/k/6.12/initramfs"));
}

void XenOrderTest::plan_needsAKernelOfDom0()
{
    auto config = qube();
    config.kernel.clear();
    QCOMPARE(planDomain(config, WithPvh, "/k").error().code, Errc::Unsupported);
}

void XenOrderTest::settings_tellTheQubeWhoItIs()
{
    auto config = qube();
    config.address = "10.137.0.5";
    config.gui = false;
    config.network = NetworkLink{.provider = *QubeName::parse("sys-net"),
                                 .providerDomain = DomId{2},
                                 .address = "10.137.0.5",
                                 .gateway = "10.137.0.1",
                                 .mac = "00:16:3e:5e:6c:00"};
    const std::vector<std::pair<std::string, std::string>> expected{
        {"name", "work"},
        {"uuid", "01234567-89ab-cdef-0123-456789abcdef"},
        {"default-user", "user"},
        {"gui", "no"},
        {"provides-network", "no"},
        {"ip", "10.137.0.5"},
        {"gateway", "10.137.0.1"},
        {"prefix", "32"},
    };
    QCOMPARE(planDomain(config, WithPvh, "/k").value().settings, expected);
    // Nothing in the qube tells of an address that is hidden from it; its net qube hears the real one.
    config.address = "192.168.1.2";
    config.network->visibleAddress = "192.168.1.2";
    config.network->visibleGateway = "192.168.1.1";
    config.network->visiblePrefix = 24;
    const auto order = planDomain(config, WithPvh, "/k").value();
    QCOMPARE(order.settings.at(5), (std::pair<std::string, std::string>("ip", "192.168.1.2")));
    QCOMPARE(order.settings.at(6), (std::pair<std::string, std::string>("gateway", "192.168.1.1")));
    QCOMPARE(order.settings.at(7), (std::pair<std::string, std::string>("prefix", "24")));
    QCOMPARE(order.nic->address, std::string("10.137.0.5"));
}

void XenOrderTest::rights_asLibxlSetsThem()
{
    const std::vector<NodeWithRights> nodes{
        node("", 0, {GuestReads}),
        node("name", 0, {GuestReads}),
        node("vm-data/bulkhead/name", 0, {GuestReads}),
        node("data", 5),
        node("control/shutdown", 5),
        node("device", 0, {GuestReads}),
        node("device/vbd", 0, {GuestReads}),
        node("device/vbd/51712", 5, {{.domain = Dom0, .access = Access::Read}}),
        node("console", 0, {GuestReads}),
        node("console/backend-id", 5, {{.domain = Dom0, .access = Access::Read}}),
        node("device/vif/0/state", 5, {{.domain = DomId{3}, .access = Access::Read}}), // its net qube
        node("device/vif/0/mtu", 3, {GuestReads}), // read-only to the guest, so libxl gives it to the other end
    };
    const auto judged = checkRights(DomId{5}, DomId{3}, nodes);
    QVERIFY2(judged.has_value(), judged ? "" : judged.error().text().c_str());
}

void XenOrderTest::rights_thatReachTooFar_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("owner");
    QTest::addColumn<int>("others");
    QTest::addColumn<int>("granted");
    QTest::addColumn<int>("access");
    const auto row = [](const char *name, const char *path, int owner, Access others, int granted, Access access) {
        QTest::newRow(name) << QByteArray(path) << owner << static_cast<int>(others) << granted
                            << static_cast<int>(access);
    };
    row("the guest owns its name", "name", 5, Access::None, 0, Access::None);
    row("the guest owns its settings", "vm-data/bulkhead/ip", 5, Access::None, 0, Access::None);
    row("the guest owns its directory", "", 5, Access::None, 0, Access::None);
    row("the guest writes its memory's target", "memory/target", 0, Access::None, 5, Access::ReadWrite);
    row("everybody reads", "data", 5, Access::Read, 0, Access::None);
    row("everybody writes", "data", 5, Access::ReadWrite, 0, Access::None);
    row("another qube reads", "name", 0, Access::None, 6, Access::Read);
    row("another qube owns a device's end", "device/vbd/51712", 6, Access::None, 0, Access::None);
    row("another qube writes a device's end", "device/vif/0", 5, Access::None, 6, Access::Write);
    row("a qube that is not the net qube owns a value", "device/vif/0/mtu", 6, Access::None, 5, Access::Read);
    row("the net qube owns the interface", "device/vif/0", 3, Access::None, 5, Access::Read);
    row("the net qube owns more than values", "device/vbd/51712/mtu", 3, Access::None, 5, Access::Read);
    row("a name that only begins alike", "database", 5, Access::None, 0, Access::None);
}

void XenOrderTest::rights_thatReachTooFar()
{
    QFETCH(const QByteArray, path);
    QFETCH(const int, owner);
    QFETCH(const int, others);
    QFETCH(const int, granted);
    QFETCH(const int, access);
    auto bad = node(path.constData(),
                    static_cast<std::uint32_t>(owner),
                    {{.domain = DomId{static_cast<std::uint32_t>(granted)}, .access = static_cast<Access>(access)}});
    bad.rights.others = static_cast<Access>(others);
    const std::vector<NodeWithRights> nodes{node("domid", 0, {GuestReads}), bad};
    QCOMPARE(checkRights(DomId{5}, DomId{3}, nodes).error().code, Errc::Refused);
}

void XenOrderTest::console_tailIsShortAndEscaped()
{
    const QTemporaryDir directory;
    const fs::path folder(directory.path().toStdString());
    QVERIFY(consoleTail(folder / "none").empty());
    const auto log = consoleLogOf(folder, *QubeName::parse("work"));
    QCOMPARE(log.filename(), fs::path("guest-work.log"));
    {
        std::ofstream file(log);
        for (int i = 0; i < 10000; ++i) {
            file << "line " << i << "\r\n";
        }
        file << "\x1b[31mKernel panic\n";
    }
    const auto tail = consoleTail(log);
    QCOMPARE(tail.size(), 8U);
    QCOMPARE(tail.back(), std::string("\\x1b[31mKernel panic"));
    QCOMPARE(tail.at(6), std::string("line 9999"));
}

QTEST_GUILESS_MAIN(XenOrderTest)
#include "xenordertest.moc"
