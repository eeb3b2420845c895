// SPDX-License-Identifier: GPL-2.0-or-later
// libxl's structures, filled without any Xen.
#include "dom0-core/driver/xen/xenconfig.h"

#include <QTest>

#include <cstring>
#include <span>

using namespace Bulkhead;

namespace
{

BuildOrder sample(DomainKind kind)
{
    BuildOrder order{.name = *QubeName::parse("work")};
    order.uuid = "01234567-89ab-cdef-0123-456789abcdef";
    order.kind = kind;
    order.memoryMiB = 400;
    order.vcpus = 9;
    order.kernel = "/k/vmlinuz";
    order.initramfs = "/k/initramfs";
    order.commandLine = "root=/dev/mapper/dmroot ro";
    order.disks = {{.name = "xvda", .device = "/dev/loop0", .writable = false},
                   {.name = "xvdb", .device = "/dev/loop1", .writable = true}};
    order.settings = {{"name", "work"}};
    return order;
}

QByteArray text(const char *words)
{
    return {words};
}

} // namespace

class XenConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void xendomain_001_nameUuidAndKernel();
    void xendomain_007_allProcessorsAreOnline();
    void xendomain_008_whatTheProcessorShows();
    void memoryIsFixedOrBeginsBelowItsLimit();
    void xendomain_012_disksAreBlockDevicesOfDom0();
    void xendomain_013_disksOfAnotherQubeAreNotTrusted();
    void xendomain_013_otherQubesAreNotTrusted();
    void settings_liesBelowVmData();
    void nic_withoutSixBytesIsRefused_data();
    void nic_withoutSixBytesIsRefused();
};

void XenConfigTest::xendomain_001_nameUuidAndKernel()
{
    XenConfig config;
    QVERIFY(config.fill(sample(DomainKind::Pvh)));
    const auto &c = config.get()->c_info;
    QCOMPARE(c.type, LIBXL_DOMAIN_TYPE_PVH);
    QCOMPARE(text(c.name), QByteArray("work"));
    QCOMPARE(uuidText(c.uuid), std::string("01234567-89ab-cdef-0123-456789abcdef"));
    const auto &b = config.get()->b_info;
    QCOMPARE(text(b.kernel), QByteArray("/k/vmlinuz"));
    QCOMPARE(text(b.ramdisk), QByteArray("/k/initramfs"));
    QCOMPARE(text(b.cmdline), QByteArray("root=/dev/mapper/dmroot ro"));
    QCOMPARE(config.get()->on_crash, LIBXL_ACTION_ON_SHUTDOWN_DESTROY);
    auto broken = sample(DomainKind::Pvh);
    broken.uuid = "none";
    XenConfig refused;
    QCOMPARE(refused.fill(broken).error().code, Errc::BadValue);
}

void XenConfigTest::xendomain_007_allProcessorsAreOnline()
{
    XenConfig config;
    QVERIFY(config.fill(sample(DomainKind::Pv)));
    auto &b = config.get()->b_info;
    QCOMPARE(b.max_vcpus, 9);
    for (int i = 0; i < 16; ++i) {
        QCOMPARE(libxl_bitmap_test(&b.avail_vcpus, i) != 0, i < 9);
    }
}

void XenConfigTest::xendomain_008_whatTheProcessorShows()
{
    XenConfig pvh;
    QVERIFY(pvh.fill(sample(DomainKind::Pvh)));
    const auto &b = pvh.get()->b_info;
    QVERIFY(libxl_defbool_val(b.disable_migrate)); // or the clock is not shown as an invariant one
    QVERIFY(!libxl_defbool_val(b.nested_hvm));     // or the guest sees vmx and svm
    QVERIFY(libxl_defbool_val(b.acpi));
    QVERIFY(libxl_defbool_val(b.apic));
    QCOMPARE(b.tsc_mode, LIBXL_TSC_MODE_NATIVE);
    QCOMPARE(b.max_grant_version, 1);
    XenConfig pv;
    QVERIFY(pv.fill(sample(DomainKind::Pv)));
    QCOMPARE(pv.get()->b_info.tsc_mode, LIBXL_TSC_MODE_NATIVE);
    QVERIFY(libxl_defbool_is_default(pv.get()->b_info.nested_hvm));
}

void XenConfigTest::memoryIsFixedOrBeginsBelowItsLimit()
{
    XenConfig config;
    QVERIFY(config.fill(sample(DomainKind::Pvh)));
    QCOMPARE(config.get()->b_info.max_memkb, 400U * 1024);
    QCOMPARE(config.get()->b_info.target_memkb, 400U * 1024); // nothing balances it, and no page is there on demand
    auto balanced = sample(DomainKind::Pvh);
    balanced.maxMemoryMiB = 4000;
    XenConfig other;
    QVERIFY(other.fill(balanced));
    QCOMPARE(other.get()->b_info.max_memkb, 4000U * 1024);
    QCOMPARE(other.get()->b_info.target_memkb, 400U * 1024);
}

void XenConfigTest::xendomain_012_disksAreBlockDevicesOfDom0()
{
    XenConfig config;
    QVERIFY(config.fill(sample(DomainKind::Pvh)));
    QCOMPARE(config.get()->num_disks, 2);
    const std::span disks(config.get()->disks, 2);
    QCOMPARE(text(disks[0].vdev), QByteArray("xvda"));
    QCOMPARE(text(disks[0].pdev_path), QByteArray("/dev/loop0"));
    QCOMPARE(disks[0].readwrite, 0);
    QCOMPARE(disks[1].readwrite, 1);
    for (const auto &disk : disks) {
        QCOMPARE(disk.backend, LIBXL_DISK_BACKEND_PHY);
        QCOMPARE(disk.format, LIBXL_DISK_FORMAT_RAW);
        QCOMPARE(text(disk.script), QByteArray("/usr/lib/bulkhead/block-bulkhead"));
        QVERIFY(disk.backend_domname == nullptr);
    }
}

void XenConfigTest::xendomain_013_disksOfAnotherQubeAreNotTrusted()
{
    const AttachedDisk lent{.provider = *QubeName::parse("sys-usb"),
                            .providerDomain = DomId{7},
                            .node = "/dev/sda",
                            .name = "xvdi",
                            .writable = false,
                            .isCdrom = true};
    XenDisk disk;
    disk.fill(lent);
    QCOMPARE(text(disk.get()->pdev_path), QByteArray("/dev/sda"));
    QCOMPARE(text(disk.get()->vdev), QByteArray("xvdi"));
    QCOMPARE(disk.get()->backend, LIBXL_DISK_BACKEND_PHY);
    QCOMPARE(disk.get()->format, LIBXL_DISK_FORMAT_RAW);
    QCOMPARE(disk.get()->backend_domid, 7U);
    QCOMPARE(disk.get()->readwrite, 0);
    QCOMPARE(disk.get()->is_cdrom, 1);
    QCOMPARE(disk.get()->removable, 1);
    QVERIFY(disk.get()->script == nullptr); // whose script it is, the other qube says
    QVERIFY(!libxl_defbool_is_default(disk.get()->trusted) && !libxl_defbool_val(disk.get()->trusted));
    AttachedDisk own = lent;
    own.providerDomain = Dom0;
    own.writable = true;
    XenDisk second;
    second.fill(own);
    QCOMPARE(second.get()->backend_domid, 0U);
    QCOMPARE(second.get()->readwrite, 1);
    QCOMPARE(text(second.get()->script), QByteArray("/usr/lib/bulkhead/block-bulkhead"));
    QVERIFY(libxl_defbool_is_default(second.get()->trusted));
}

void XenConfigTest::xendomain_013_otherQubesAreNotTrusted()
{
    auto order = sample(DomainKind::Pvh);
    order.nic = OrderedNic{.mac = "00:16:3e:5e:6c:0f", .address = "10.137.0.5", .backend = *QubeName::parse("sys-net")};
    XenConfig config;
    QVERIFY(config.fill(order));
    QCOMPARE(config.get()->num_nics, 1);
    const auto &nic = *config.get()->nics;
    QVERIFY(!libxl_defbool_val(nic.trusted));
    QCOMPARE(text(nic.backend_domname), QByteArray("sys-net"));
    QCOMPARE(text(nic.ip), QByteArray("10.137.0.5"));
    QCOMPARE(nic.nictype, LIBXL_NIC_TYPE_VIF);
    QCOMPARE(int(nic.mac[0]), 0x00);
    QCOMPARE(int(nic.mac[5]), 0x0f);
    order.nic->address6 = "fd09:24ef:4179::a89:5";
    XenConfig both;
    QVERIFY(both.fill(order));
    QCOMPARE(text(both.get()->nics->ip), QByteArray("10.137.0.5 fd09:24ef:4179::a89:5"));
}

void XenConfigTest::settings_liesBelowVmData()
{
    XenConfig config;
    QVERIFY(config.fill(sample(DomainKind::Pvh)));
    const std::span list(config.get()->c_info.xsdata, 3);
    QCOMPARE(text(list[0]), QByteArray("vm-data/bulkhead/name"));
    QCOMPARE(text(list[1]), QByteArray("work"));
    QVERIFY(list[2] == nullptr);
}

void XenConfigTest::nic_withoutSixBytesIsRefused_data()
{
    QTest::addColumn<QByteArray>("mac");
    for (const char *mac :
         {"", "00:16:3e:5e:6c", "00:16:3e:5e:6c:0g", "00-16-3e-5e-6c-00", "00:16:3e:5e:6c:000", "00:16:3e:5e:6c:+1"}) {
        QTest::newRow(mac) << QByteArray(mac);
    }
}

void XenConfigTest::nic_withoutSixBytesIsRefused()
{
    QFETCH(const QByteArray, mac);
    XenNic nic;
    const OrderedNic wanted{.mac = mac.toStdString(), .address = "10.137.0.5", .backend = *QubeName::parse("sys-net")};
    QCOMPARE(nic.fill(wanted).error().code, Errc::BadValue);
}

QTEST_GUILESS_MAIN(XenConfigTest)
#include "xenconfigtest.moc"
