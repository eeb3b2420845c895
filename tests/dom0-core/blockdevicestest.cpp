// SPDX-License-Identifier: GPL-2.0-or-later
// What becomes of block devices while they come and go, and their qubes start and end.
#include "dom0-core/model/blockdevices.h"

#include "tests/dom0-core/devicerig.h"
#include "tests/dom0-core/modelbuilder.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class BlockDevicesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_rig = std::make_unique<DeviceRig>();
    }

    void cleanup()
    {
        m_rig.reset();
    }

    void attach_isAnnounced();
    void attach_failsInTheDriversWords();
    void model_106_firstNameIsXvdi();
    void model_106_readOnlyIsKept();
    void dom0_lendsItsDevices();
    void detach_givesItBack();
    void model_104_requiredDeviceIsThereBeforeTheStart();
    void model_104_requiredDeviceThatCannotBeAttachedEndsTheStart();
    void required_staysWhileTheQubeRuns();
    void autoAttach_atTheStartAndWhenTheDeviceComes();
    void askToAttach_attachesNothing();
    void autoAttach_ofTwoRunningQubesNeitherGetsIt();
    void model_107_deviceThatGoesIsTakenBack();
    void model_107_backendThatEndsTakesItsDevices();
    void frontendThatEnds_freesTheDevice();
    void release_isSeenBeforeTheDeviceIsFree();
    void release_ofAnEarlierRunFreesNothing();
    void deviceThatGoesWhileItIsAttached_isTakenBack();
    void model_109_assignmentsSurviveARestart();
    void attachments_areFoundAgainAfterARestart();
    void model_107_deviceThatWentMeanwhileIsTakenBack();
    void model_086_qubesWithAssignedDevicesStay();
    void model_086_removedQubesTakeTheirAssignmentsAlong();

private:
    std::unique_ptr<DeviceRig> m_rig;
};

void BlockDevicesTest::attach_isAnnounced()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    const auto stream = m_rig->core().subscribe();
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work", "_read-only='true'"), success());
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream),
             QStringList({u"work|device-pre-attach:block|device=usb:sda::None|options={'read-only': 'yes'}"_s,
                          u"work|device-attach:block|device=usb:sda::None|options={'read-only': 'yes'}"_s}));
    QVERIFY(m_rig->block("Available", "usb").contains("attachment='work' interfaces="));
    QCOMPARE(m_rig->block("Attached", "work"),
             success("usb+sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='usb' "
                     "mode='manual' frontend_domain='work' _frontend-dev='xvdi' _read-only='yes'\n"));
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray("DeviceAlreadyAttached"));
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "usb")), QByteArray("QubesValueError"));
    m_rig->core().addAppVm("other", "base");
    m_rig->start("other");
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "other")), QByteArray("DeviceAlreadyAttached"));
}

void BlockDevicesTest::attach_failsInTheDriversWords()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->core().driver.failNextDisk({.code = Errc::Driver, .sysErrno = 0, .detail = "the bus is on fire"});
    const QByteArray answer = m_rig->block("Attach+usb+sda+_", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("the bus is on fire"));
    QCOMPARE(m_rig->block("Attached", "work"), success());
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success()); // nothing of the failure stays
}

void BlockDevicesTest::model_106_firstNameIsXvdi()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}, {"sdc/desc", "C"}, {"sdd/desc", "D"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->block("Attach+usb+sdb+_", "work", "_frontend-dev='xvdk'"), success());
    QCOMPARE(m_rig->block("Attach+usb+sdc+_", "work"), success());
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sdd+_", "work", "_frontend-dev='xvdk'")),
             QByteArray("QubesValueError"));
    QCOMPARE(m_rig->block("Attach+usb+sdd+_", "work"), success());
    QCOMPARE(m_rig->disks(),
             QStringList({u"disk work xvdi usb:/dev/sda"_s,
                          u"disk work xvdk usb:/dev/sdb"_s,
                          u"disk work xvdj usb:/dev/sdc"_s,
                          u"disk work xvdl usb:/dev/sdd"_s}));
    std::set<std::string> taken;
    for (char letter = 'i'; letter <= 'z'; ++letter) {
        taken.insert(std::string("xvd") + letter);
    }
    QCOMPARE(freeFrontendName(taken, false), std::string("xvdaa"));
    QCOMPARE(freeFrontendName({}, true), std::string("xvdd"));
    QCOMPARE(freeFrontendName({"xvdd"}, true), std::string("xvdi"));
}

void BlockDevicesTest::model_106_readOnlyIsKept()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/mode", "r"}, {"sdb/mode", "w"}, {"sdc/mode", "?"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->block("Attach+usb+sdb+_", "work", "_read-only='True'"), success());
    QCOMPARE(m_rig->block("Attach+usb+sdc+_", "work"), success());
    QCOMPARE(m_rig->disks(),
             QStringList({u"disk work xvdi usb:/dev/sda ro"_s,
                          u"disk work xvdj usb:/dev/sdb ro"_s,
                          u"disk work xvdk usb:/dev/sdc"_s}));
}

void BlockDevicesTest::dom0_lendsItsDevices()
{
    m_rig->start("work");
    const auto stream = m_rig->core().subscribe();
    m_rig->publish("dom0", {{"loop7/desc", "image"}});
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream),
             QStringList({u"dom0|device-list-change:block"_s, u"dom0|device-added:block|device=dom0:loop7::7"_s}));
    QVERIFY(m_rig->block("Available", "dom0").contains("loop7::7 "));
    QCOMPARE(m_rig->block("Attach+dom0+loop7+_", "work"), success());
    QCOMPARE(m_rig->disks(), QStringList(u"disk work xvdi dom0:/dev/loop7"_s));
    QCOMPARE(exceptionType(m_rig->block("Attach+dom0+loop7+_", "dom0")), QByteArray("QubesVMError"));
    QCOMPARE(exceptionType(m_rig->block("Assign+dom0+loop7+_", "dom0", "mode='auto-attach'")),
             QByteArray("QubesVMError"));
}

void BlockDevicesTest::detach_givesItBack()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(exceptionType(m_rig->block("Detach+usb+sda+_", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_rig->core().subscribe();
    QCOMPARE(exceptionType(m_rig->block("Detach+usb+sda++1", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(m_rig->block("Detach+usb+sda++None", "work"), success());
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream),
             QStringList({u"work|device-pre-detach:block|port=usb:sda"_s, u"work|device-detach:block|port=usb:sda"_s}));
    QCOMPARE(m_rig->disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(m_rig->block("Attached", "work"), success());
    QVERIFY(!m_rig->block("Available", "usb").contains("attachment"));
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
}

void BlockDevicesTest::model_104_requiredDeviceIsThereBeforeTheStart()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='required' _read-only='yes'"), success());
    const QByteArray refused = m_rig->call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(refused), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(refused).contains("usb:sda:*"));
    QCOMPARE(m_rig->core().driver.domainCount(), 0U);
    QCOMPARE(m_rig->core().stateOf("work"), QByteArray("Halted"));
    m_rig->start("usb");
    QVERIFY(!exceptionType(m_rig->call("admin.vm.Start", "work")).isEmpty()); // the qube runs, and has no such device
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->start("work");
    QCOMPARE(m_rig->disks(), QStringList(u"disk work xvdi usb:/dev/sda ro"_s));
    QVERIFY(m_rig->block("Attached", "work").contains("mode='required' frontend_domain='work' _read-only='yes'"));
}

void BlockDevicesTest::model_104_requiredDeviceThatCannotBeAttachedEndsTheStart()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='required'"), success());
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->core().driver.failNextDisk({.code = Errc::Driver, .sysErrno = 0, .detail = "the bus is on fire"});
    const QByteArray refused = m_rig->call("admin.vm.Start", "work");
    QVERIFY(exceptionMessage(refused).contains("the bus is on fire"));
    QCOMPARE(m_rig->core().stateOf("work"), QByteArray("Halted"));
    QCOMPARE(m_rig->core().driver.domainCount(), 1U); // the one that has the device
    m_rig->start("work");
}

void BlockDevicesTest::required_staysWhileTheQubeRuns()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='required'"), success());
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->start("work");
    QCOMPARE(exceptionType(m_rig->block("Detach+usb+sda+_", "work")), QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(m_rig->disks().size(), 1);
    QCOMPARE(m_rig->block("Set.assignment+usb+sda+_", "work", "auto-attach"), success());
    QCOMPARE(m_rig->block("Detach+usb+sda+_", "work"), success());
}

void BlockDevicesTest::autoAttach_atTheStartAndWhenTheDeviceComes()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    QCOMPARE(m_rig->block("Assign+usb+sda++None", "work", "mode='auto-attach' _frontend-dev='xvdm'"), success());
    m_rig->start("work"); // without the device it starts all the same
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QVERIFY(eventually([&] {
        return m_rig->disks().size() == 1;
    }));
    QCOMPARE(m_rig->disks().first(), u"disk work xvdm usb:/dev/sda"_s); // the more exact one decided
    QCOMPARE(m_rig->call("admin.vm.Kill", "work"), success());
    m_rig->start("work");
    QCOMPARE(m_rig->disks().size(), 2);
    QCOMPARE(m_rig->disks().last(), u"disk work xvdm usb:/dev/sda"_s);
    QVERIFY(
        m_rig->block("Attached", "work").contains("mode='auto-attach' frontend_domain='work' _frontend-dev='xvdm'"));
}

void BlockDevicesTest::askToAttach_attachesNothing()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='ask-to-attach'"), success());
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->start("work");
    QVERIFY(m_rig->disks().isEmpty());
}

void BlockDevicesTest::autoAttach_ofTwoRunningQubesNeitherGetsIt()
{
    m_rig->core().addAppVm("other", "base");
    for (const QByteArray qube : {"work", "other"}) {
        QCOMPARE(m_rig->block("Assign+usb+sda+_", qube, "mode='auto-attach'"), success());
        m_rig->start(qube);
    }
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QVERIFY(m_rig->block("Available", "usb").contains("sda"));
    QVERIFY(m_rig->disks().isEmpty());
}

void BlockDevicesTest::model_107_deviceThatGoesIsTakenBack()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sda/parent", "4-1:1.0"}, {"sdb/desc", "B"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_rig->core().subscribe();
    m_rig->unpublish("usb", "sda");
    const QStringList wanted{u"usb|device-list-change:block"_s,
                             u"usb|device-removed:block|port=usb:sda"_s,
                             u"work|device-detach:block|port=usb:sda"_s};
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == wanted.size();
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream), wanted);
    QCOMPARE(m_rig->disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(m_rig->block("Attached", "work"), success());
    // Another device at the same port is another device.
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sda/parent", "4-1:1.0"}});
    QVERIFY(eventually([&] {
        return m_rig->block("Available", "usb").contains("sda:");
    }));
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    m_rig->publish("usb", {{"sda/parent", "4-2:1.1"}});
    QVERIFY(eventually([&] {
        return m_rig->block("Attached", "work") == success();
    }));
}

void BlockDevicesTest::model_107_backendThatEndsTakesItsDevices()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_rig->core().subscribe();
    m_rig->core().driver.endGuest(qubeName("usb"), true);
    const QStringList wanted{u"usb|device-list-change:block"_s,
                             u"usb|device-removed:block|port=usb:sda"_s,
                             u"work|device-detach:block|port=usb:sda"_s};
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == wanted.size();
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream), wanted);
    QCOMPARE(m_rig->disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(m_rig->block("Attached", "work"), success());
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray());
}

void BlockDevicesTest::frontendThatEnds_freesTheDevice()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_rig->core().subscribe();
    QCOMPARE(m_rig->call("admin.vm.Kill", "work"), success());
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 1;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream), QStringList(u"work|device-detach:block|port=usb:sda"_s));
    QVERIFY(!m_rig->block("Available", "usb").contains("attachment"));
    m_rig->start("work");
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
}

void BlockDevicesTest::release_isSeenBeforeTheDeviceIsFree()
{
    m_rig->core().addAppVm("other", "base");
    for (const char *qube : {"usb", "work", "other"}) {
        m_rig->start(qube);
    }
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    const auto isFree = [&] {
        return exceptionType(m_rig->block("Attach+usb+sda+_", "other")) != "DeviceAlreadyAttached";
    };
    const auto isOnItsWay = [&] {
        return m_rig->core().driver.heldDisks() == 1;
    };
    // By hand.
    m_rig->core().driver.holdDetachments();
    const auto detaching = m_rig->core().begin("admin.vm.device.block.Detach+usb+sda+_", "work");
    QVERIFY(eventually(isOnItsWay));
    QVERIFY(!isFree());
    QVERIFY(!detaching->hasEnded());
    m_rig->core().driver.releaseDisks();
    QVERIFY(detaching->waitForEnd());
    QCOMPARE(detaching->received(), success());
    QVERIFY(isFree()); // and it is the other's now
    // Because it goes from the qube that has it.
    m_rig->core().driver.holdDetachments();
    m_rig->unpublish("usb", "sda");
    QVERIFY(eventually(isOnItsWay));
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray("DeviceAlreadyAttached"));
    m_rig->core().driver.releaseDisks();
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
}

void BlockDevicesTest::release_ofAnEarlierRunFreesNothing()
{
    m_rig->core().addAppVm("other", "base");
    for (const char *qube : {"usb", "work", "other"}) {
        m_rig->start(qube);
    }
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    m_rig->core().driver.holdDetachments();
    const auto detaching = m_rig->core().begin("admin.vm.device.block.Detach+usb+sda+_", "work");
    QVERIFY(eventually([&] {
        return m_rig->core().driver.heldDisks() == 1;
    }));
    QCOMPARE(m_rig->call("admin.vm.Kill", "work"), success());
    m_rig->start("work");
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    m_rig->core().driver.releaseDisks();
    QVERIFY(detaching->waitForEnd());
    QVERIFY(m_rig->block("Attached", "work").contains("usb+sda"));
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "other")), QByteArray("DeviceAlreadyAttached"));
}

void BlockDevicesTest::deviceThatGoesWhileItIsAttached_isTakenBack()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    m_rig->core().driver.holdAttachments();
    const auto attaching = m_rig->core().begin("admin.vm.device.block.Attach+usb+sda+_", "work");
    QVERIFY(eventually([&] {
        return m_rig->core().driver.heldDisks() == 1;
    }));
    m_rig->unpublish("usb", "sda");
    QVERIFY(eventually([&] {
        return m_rig->block("Available", "usb") == success();
    }));
    m_rig->core().driver.releaseDisks();
    QVERIFY(attaching->waitForEnd());
    QCOMPARE(m_rig->block("Attached", "work"), success());
    QCOMPARE(m_rig->disks(), (QStringList{u"disk work xvdi usb:/dev/sda"_s, u"no disk work xvdi"_s}));
}

void BlockDevicesTest::model_109_assignmentsSurviveARestart()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='required' _read-only='yes' _frontend-dev='xvdj'"),
             success());
    QCOMPARE(m_rig->block("Assign+dom0+_++0", "work", "mode='ask-to-attach'"), success());
    const QByteArray before = m_rig->block("Assigned", "work");
    m_rig->core().restart();
    QCOMPARE(m_rig->block("Assigned", "work"), before);
    QCOMPARE(m_rig->block("Unassign+usb+sda+_", "work"), success());
    m_rig->core().restart();
    QCOMPARE(m_rig->block("Assigned", "work").count('\n'), 1);
}

void BlockDevicesTest::attachments_areFoundAgainAfterARestart()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    m_rig->core().restart();
    m_rig->publish("usb", {{"sda/desc", "A"}}); // the qube's daemon brings its keys with it
    QVERIFY(m_rig->block("Available", "usb").contains("attachment='work'"));
    QVERIFY(m_rig->block("Attached", "work").startsWith(success("usb+sda::None ")));
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray("DeviceAlreadyAttached"));
    QCOMPARE(m_rig->block("Detach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->disks().last(), u"no disk work xvdi"_s);
}

void BlockDevicesTest::model_107_deviceThatWentMeanwhileIsTakenBack()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    m_rig->core().restart();
    m_rig->publish("usb", {}); // the list changed, and comes one by one
    QVERIFY(m_rig->block("Attached", "work").contains("port_id='sda'"));
    m_rig->publish("usb", {{"sdb/desc", "B"}});
    QVERIFY(eventually([&] {
        return m_rig->block("Attached", "work") == success();
    }));
    QCOMPARE(m_rig->disks().last(), u"no disk work xvdi"_s);
}

void BlockDevicesTest::model_086_qubesWithAssignedDevicesStay()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    const QByteArray refused = m_rig->call("admin.vm.Remove", "usb");
    QCOMPARE(exceptionType(refused), QByteArray("QubesVMInUseError"));
    QVERIFY(exceptionMessage(refused).contains("work"));
    QCOMPARE(m_rig->block("Unassign+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->call("admin.vm.Remove", "usb"), success());
}

void BlockDevicesTest::model_086_removedQubesTakeTheirAssignmentsAlong()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach' _read-only='yes'"), success());
    QCOMPARE(m_rig->call("admin.vm.Remove", "work"), success());
    QCOMPARE(m_rig->call("admin.vm.Remove", "usb"), success());
    m_rig->core().restart();
    m_rig->core().addAppVm("work", "base");
    QCOMPARE(m_rig->block("Assigned", "work"), success());
}

QTEST_GUILESS_MAIN(BlockDevicesTest)
#include "blockdevicestest.moc"
