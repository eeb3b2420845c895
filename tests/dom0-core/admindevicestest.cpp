// SPDX-License-Identifier: GPL-2.0-or-later
// The calls on devices, byte for byte.
#include "base/formatted.h"
#include "dom0-core/adminapi/devicetext.h"
#include "dom0-core/model/blockdevices.h"
#include "tests/dom0-core/devicerig.h"
#include "tests/dom0-core/modelbuilder.h"
#include "vchan-io/wire/calls/devicewords.h"
#include "vchan-io/wire/qubesdbmessages.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class AdminDevicesTest : public QObject
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

    void adminapi_032_classesAreListed();
    void adminapi_123_linesAreReadAgainWithQuotes();
    void available_tellsWhatTheQubePublishes();
    void adminapi_124_availableTakesAPort();
    void adminapi_125_assignmentsAreListed();
    void adminapi_126_nothingIsAssignedTwice();
    void adminapi_127_unassignOfNothingIsRefused();
    void adminapi_128_haltedQubesGetNothing();
    void adminapi_129_model_108_deniedInterfacesAreNotAttachedByHand();
    void adminapi_130_modesOfAssignments();
    void adminapi_131_deniedCodesAreListedAddedAndRemoved();
    void adminapi_132_deniedCodesHaveSevenCharacters();
    void adminapi_133_argumentsAreDecoded();
    void adminapi_134_payloadsAgreeWithTheArgument_data();
    void adminapi_134_payloadsAgreeWithTheArgument();
    void adminapi_134_unknownDevicesAreNotAttached();
    void adminapi_135_remoteQubesHaveNone();
    void options_areJudged_data();
    void options_areJudged();
    void pciDevices_areRefusedInWords();
    void S_174_listsOfHostileQubesAreBoundedAndSafe();
    void nobodyButDom0_learnsOfDevices();

private:
    std::unique_ptr<DeviceRig> m_rig;
};

void AdminDevicesTest::adminapi_032_classesAreListed()
{
    QCOMPARE(m_rig->call("admin.deviceclass.List", "dom0"), success("block\npci\n"));
    QCOMPARE(m_rig->call("admin.deviceclass.List", "work"), QByteArray());
}

void AdminDevicesTest::adminapi_123_linesAreReadAgainWithQuotes()
{
    const DeviceWords::Pairs pairs{
        {"name", "it's 'mine' a='b' c"}, {"_x", "back\\slash"}, {"serial", ""}, {"last", "' "}};
    const auto read = DeviceWords::parsePairs(DeviceWords::textOf(pairs));
    QVERIFY(read);
    QCOMPARE(*read, pairs);
    for (const char *broken : {"name", "name='x", "name=", "name=x", "='x'", "a='1'b='2'", "a='1' a='2'", "a b='1'"}) {
        QVERIFY2(!DeviceWords::parsePairs(broken), broken);
    }
}

void AdminDevicesTest::available_tellsWhatTheQubePublishes()
{
    QCOMPARE(m_rig->block("Available", "usb"), success()); // halted
    m_rig->start("usb");
    QCOMPARE(m_rig->block("Available", "usb"), success());
    m_rig->publish("usb",
                   {{"sda/desc", "Big_Disk (my_label)"},
                    {"sda/size", "1000"},
                    {"sda1/desc", ""},
                    {"sda1/mode", "r"},
                    {"sda1/parent", "sda"},
                    {"sdb/parent", "4-4.1:1.0"},
                    {"loop0/desc", ""}});
    QCOMPARE(m_rig->block("Available", "usb"),
             success("loop0::0 device_id=':0' port_id='loop0' devclass='block' backend_domain='usb' "
                     "interfaces='b******' _mode='w' _size='0' _device_node='/dev/loop0'\n"
                     "sda1::None:1 device_id=':None:1' port_id='sda1' devclass='block' backend_domain='usb' "
                     "interfaces='b******' parent_port_id='sda' parent_devclass='block' _mode='r' _size='0' "
                     "_device_node='/dev/sda1'\n"
                     "sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='usb' "
                     "name='my label' serial='Big Disk' interfaces='b******' _mode='w' _size='1000' "
                     "_device_node='/dev/sda'\n"
                     "sdb:0000:0000::?******:1.0 device_id='0000:0000::?******:1.0' port_id='sdb' devclass='block' "
                     "backend_domain='usb' interfaces='b******' parent_port_id='4-4.1' parent_devclass='usb' _mode='w' "
                     "_size='0' _device_node='/dev/sdb'\n"));
}

void AdminDevicesTest::adminapi_124_availableTakesAPort()
{
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QVERIFY(m_rig->block("Available+sdb", "usb").startsWith(success("sdb::None ")));
    QCOMPARE(m_rig->block("Available+sdb", "usb").count('\n'), 1);
    QCOMPARE(m_rig->block("Available+sdc", "usb"), success());
}

void AdminDevicesTest::adminapi_125_assignmentsAreListed()
{
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='required' _read-only='True' _frontend-dev='xvdj'"),
             success());
    QCOMPARE(m_rig->block("Assign+usb+_++None", "work", "mode='auto-attach'"), success());
    QCOMPARE(m_rig->block("Assigned", "work"),
             success("usb+*::None device_id=':None' port_id='*' devclass='block' backend_domain='usb' "
                     "mode='auto-attach' frontend_domain='work'\n"
                     "usb+sda:* device_id='*' port_id='sda' devclass='block' backend_domain='usb' mode='required' "
                     "frontend_domain='work' _frontend-dev='xvdj' _read-only='yes'\n"));
    QVERIFY(m_rig->block("Assigned+usb+sda", "work").startsWith(success("usb+sda:* ")));
    QCOMPARE(m_rig->block("Assigned+usb+sdb", "work"), success());
    QCOMPARE(m_rig->block("Assigned", "usb"), success());
    QCOMPARE(m_rig->block("Attached", "work"), success());
}

void AdminDevicesTest::adminapi_126_nothingIsAssignedTwice()
{
    const auto stream = m_rig->core().subscribe();
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach' _devtype='cdrom'"), success());
    QCOMPARE(exceptionType(m_rig->block("Assign+usb+sda", "work", "mode='required'")),
             QByteArray("DeviceAlreadyAssigned"));
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='manual'"), QByteArray());
    QCOMPARE(m_rig->block("Assign+usb+sdb+_", "work", "devclass='block'"), QByteArray());
    QCOMPARE(m_rig->block("Assign+usb+sdb+_", "work"), QByteArray());
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream),
             QStringList({u"work|device-pre-assign:block|device=usb:sda:*|options={'devtype': 'cdrom'}"_s,
                          u"work|device-assign:block|device=usb:sda:*|options={'devtype': 'cdrom'}"_s}));
}

void AdminDevicesTest::adminapi_127_unassignOfNothingIsRefused()
{
    QCOMPARE(exceptionType(m_rig->block("Unassign+usb+sda+_", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    QCOMPARE(exceptionType(m_rig->block("Unassign+usb+sda++None", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(m_rig->block("Unassign+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->block("Assigned", "work"), success());
}

void AdminDevicesTest::adminapi_128_haltedQubesGetNothing()
{
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray("QubesVMNotRunningError"));
    m_rig->start("work");
    QCOMPARE(m_rig->call("admin.vm.Pause", "work"), success());
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "work")), QByteArray("QubesVMNotRunningError"));
    QVERIFY(m_rig->disks().isEmpty());
}

void AdminDevicesTest::adminapi_129_model_108_deniedInterfacesAreNotAttachedByHand()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(m_rig->call("admin.vm.device.denied.Add", "work", "u03****"), success());
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->block("Detach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->call("admin.vm.device.denied.Add", "work", "b******"), success());
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), QByteArray());
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work", "mode='auto-attach'"), success());
}

void AdminDevicesTest::adminapi_130_modesOfAssignments()
{
    QCOMPARE(exceptionType(m_rig->block("Set.assignment+usb+sda+_", "work", "required")),
             QByteArray("QubesValueError"));
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", "mode='auto-attach' _read-only='no'"), success());
    const auto stream = m_rig->core().subscribe();
    for (const QByteArray mode : {"required", "ask-to-attach", "auto-attach", "auto-attach"}) {
        QCOMPARE(m_rig->block("Set.assignment+usb+sda+_", "work", mode), success());
        const QByteArray wanted = "mode='" + mode + "' frontend_domain='work' _read-only='no'";
        QVERIFY(m_rig->block("Assigned", "work").contains(wanted));
    }
    for (const QByteArray mode : {"manual", "True", "Required", "required\n"}) {
        QCOMPARE(m_rig->block("Set.assignment+usb+sda+_", "work", mode), QByteArray());
    }
    QVERIFY(eventually([&] {
        return DeviceRig::deviceEvents(*stream).size() == 6;
    }));
    QCOMPARE(DeviceRig::deviceEvents(*stream).first(2),
             QStringList({u"work|device-pre-assign:block|device=usb:sda:*|options={'read-only': 'no'}"_s,
                          u"work|device-assignment-changed:block|device=usb:sda:*"_s}));
}

void AdminDevicesTest::adminapi_131_deniedCodesAreListedAddedAndRemoved()
{
    const QByteArray list = "admin.vm.device.denied.List";
    QCOMPARE(m_rig->call(list, "work"), success());
    QCOMPARE(m_rig->call("admin.vm.device.denied.Add", "work", "u030000b******"), success());
    QCOMPARE(m_rig->call(list, "work"), success("b******\nu030000"));
    QCOMPARE(m_rig->call("admin.vm.device.denied.Add", "work", "b******"), success());
    QCOMPARE(m_rig->call("admin.vm.device.denied.Add", "work"), success());
    QCOMPARE(m_rig->call("admin.vm.device.denied.Remove", "work", "m******u030000"), success());
    QCOMPARE(m_rig->call(list, "work"), success("b******"));
    QCOMPARE(m_rig->call("admin.vm.device.denied.Remove", "work", "all"), success());
    QCOMPARE(m_rig->call(list, "work"), success());
}

void AdminDevicesTest::adminapi_132_deniedCodesHaveSevenCharacters()
{
    const QByteArray add = "admin.vm.device.denied.Add";
    QCOMPARE(exceptionType(m_rig->call(add, "work", "b*****")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(m_rig->call(add, "work", "b******b******")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(m_rig->call(add, "work", "?******")), QByteArray("QubesPropertyValueError"));
    QCOMPARE(m_rig->call("admin.vm.device.denied.List", "work"), success());
}

void AdminDevicesTest::adminapi_133_argumentsAreDecoded()
{
    ModelBuilder qubes;
    qubes.add("usb", QubeClass::AppVM);
    const auto parsed = [&qubes](std::string_view text) {
        return AdminApi::parseDeviceArgument(qubes.model, DeviceClass::Block, text);
    };
    QCOMPARE(parsed("usb+sda+_")->port, std::string("sda"));
    QCOMPARE(parsed("usb+sda+_")->identity, std::string("*"));
    QCOMPARE(parsed("usb+sda")->identity, std::string("*"));
    QCOMPARE(parsed("usb+_++None")->port, std::string("*"));
    QCOMPARE(parsed("usb+_++None")->identity, std::string(":None"));
    QCOMPARE(parsed("usb+sdb+0000+0000++________1.0")->identity, std::string("0000:0000::?******_1.0"));
    QCOMPARE(parsed("usb+sdb+0000+0000++_______+1.0")->identity, std::string(UnknownIdentity) + ":1.0");
    for (const char *bad : {"", "usb", "usb+", "usb+_+_", "usb+_", "usb+sd/a", "usb+sda+", "+sda", "usb+sda+a b"}) {
        QVERIFY2(!parsed(bad), bad);
        QCOMPARE(parsed(bad).error().kind, RefusalKind::Protocol);
    }
    QCOMPARE(parsed("gone+sda+_").error().kind, RefusalKind::QubeNotFound);
}

void AdminDevicesTest::adminapi_134_payloadsAgreeWithTheArgument_data()
{
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("all keys") << QByteArray("device_id='*' port_id='sda' devclass='block' backend_domain='usb' "
                                            "mode='auto-attach' frontend_domain='work'")
                              << true;
    QTest::newRow("another identity, none asked for") << QByteArray("mode='auto-attach' device_id='x'") << true;
    QTest::newRow("port") << QByteArray("mode='auto-attach' port_id='sdb'") << false;
    QTest::newRow("class") << QByteArray("mode='auto-attach' devclass='pci'") << false;
    QTest::newRow("backend") << QByteArray("mode='auto-attach' backend_domain='work'") << false;
    QTest::newRow("frontend") << QByteArray("mode='auto-attach' frontend_domain='usb'") << false;
    QTest::newRow("unknown key") << QByteArray("mode='auto-attach' owner='me'") << false;
    QTest::newRow("unknown mode") << QByteArray("mode='always'") << false;
    QTest::newRow("no pair") << QByteArray("auto-attach") << false;
    QTest::newRow("byte that is none of a value") << QByteArray("mode='auto-attach' _x='\xc3\xa4'") << false;
}

void AdminDevicesTest::adminapi_134_payloadsAgreeWithTheArgument()
{
    QFETCH(QByteArray, payload);
    QFETCH(bool, accepted);
    QCOMPARE(m_rig->block("Assign+usb+sda+_", "work", payload), accepted ? success() : QByteArray());
    QCOMPARE(m_rig->block("Assigned", "work") != success(), accepted);
}

void AdminDevicesTest::adminapi_134_unknownDevicesAreNotAttached()
{
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QCOMPARE(m_rig->block("Attach+usb+sdc+_", "work"), QByteArray());
    QCOMPARE(m_rig->block("Attach+usb+_++None", "work"), QByteArray()); // two are meant
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work", "port_id='sdb'"), QByteArray());
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda++1", "work")), QByteArray("UnrecognizedDevice"));
    QCOMPARE(exceptionType(m_rig->block("Attach+nobody+sda+_", "work")), QByteArray("QubesVMNotFoundError"));
    QVERIFY(m_rig->disks().isEmpty());
    QCOMPARE(m_rig->block("Attached", "work"), success());
}

void AdminDevicesTest::adminapi_135_remoteQubesHaveNone()
{
    QCOMPARE(m_rig->call("admin.vm.Create.RemoteVM", "dom0", "name=far label=gray"), success());
    for (const QByteArray list : {"Available", "Assigned", "Attached"}) {
        QCOMPARE(m_rig->block(list, "far"), success());
        QCOMPARE(m_rig->call("admin.vm.device.pci." + list, "far"), success());
    }
    QCOMPARE(exceptionType(m_rig->block("Assign+usb+sda+_", "far", "mode='auto-attach'")), QByteArray("QubesVMError"));
    QCOMPARE(exceptionType(m_rig->block("Attach+usb+sda+_", "far")), QByteArray("QubesVMError"));
}

void AdminDevicesTest::options_areJudged_data()
{
    QTest::addColumn<QByteArray>("options");
    QTest::addColumn<bool>("accepted");
    const auto row = [](const char *options, bool accepted) {
        QTest::newRow(options) << QByteArray(options) << accepted;
    };
    row("_frontend-dev='xvdi'", true);
    row("_frontend-dev='sda'", true);
    row("_frontend-dev='xvda'", false); // the root
    row("_frontend-dev='hda'", false);
    row("_frontend-dev='xvdi/../x'", false);
    row("_frontend-dev='xvd'", false);
    row("_frontend-dev='xvdI'", false);
    row("_read-only='yes'", true);
    row("_read-only='no'", false); // it can only be read
    row("_read-only='maybe'", false);
    row("_devtype='cdrom'", true);
    row("_devtype='floppy'", false);
    row("_other='1'", false);
}

void AdminDevicesTest::options_areJudged()
{
    QFETCH(QByteArray, options);
    QFETCH(bool, accepted);
    m_rig->start("usb");
    m_rig->start("work");
    m_rig->publish("usb", {{"sr0/mode", "r"}});
    const QByteArray answer = m_rig->block("Attach+usb+sr0+_", "work", options);
    QCOMPARE(accepted ? answer : exceptionType(answer), accepted ? success() : QByteArray("QubesValueError"));
    QCOMPARE(m_rig->disks().size(), accepted ? 1 : 0);
}

void AdminDevicesTest::pciDevices_areRefusedInWords()
{
    QCOMPARE(m_rig->call("admin.vm.device.pci.Available", "dom0"), success());
    QCOMPARE(m_rig->call("admin.vm.device.pci.Attached", "work"), success());
    const QByteArray assigned = m_rig->call("admin.vm.device.pci.Assign+dom0+00_02.0+_", "work", "mode='required'");
    QCOMPARE(exceptionType(assigned), QByteArray("QubesNotImplementedError"));
    QCOMPARE(exceptionType(m_rig->call("admin.vm.device.pci.Unassign+dom0+00_02.0+_", "work")),
             QByteArray("DeviceNotAssigned"));
    QCOMPARE(exceptionType(m_rig->call("admin.vm.device.pci.Detach+dom0+00_02.0+_", "work")),
             QByteArray("DeviceNotAssigned"));
    m_rig->start("work");
    QCOMPARE(m_rig->call("admin.vm.device.pci.Attach+dom0+00_02.0+_", "work"), QByteArray());
    QCOMPARE(m_rig->call("admin.vm.device.usb.Available", "work"), QByteArray());
    QCOMPARE(m_rig->call("admin.vm.device.mic.Attach+dom0+mic", "work"), QByteArray());
}

void AdminDevicesTest::S_174_listsOfHostileQubesAreBoundedAndSafe()
{
    m_rig->start("usb");
    m_rig->start("work");
    DeviceRig::Keys keys{
        {"sda/desc", "<b>' _mode='w'\x1b[31m\n (x' y)"},
        {"sda/size", "-1"},
        {"sda/mode", "rw' x='"},
        {"sda/parent", "sda"}, // its own
        {"sdb/parent", "../../etc"},
        {"sdc/parent", "sdd"}, // a circle
        {"sdd/parent", "sdc"},
        {"UPPER/desc", "x"},
        {"a.b/desc", "x"},
    };
    for (int i = 0; i < 1000; ++i) {
        keys.emplace_back(formatted("x{}/desc", i), "x");
    }
    m_rig->publish("usb", keys);
    const QByteArray answer = m_rig->block("Available", "usb");
    QVERIFY(answer.startsWith(success()));
    QVERIFY(answer.count('\n') <= static_cast<qsizetype>(QubesDb::MaxGuestDevices));
    for (const char c : answer.mid(2)) {
        QVERIFY(c == '\n' || (c >= ' ' && c <= '~'));
    }
    for (const QByteArray &line : answer.mid(2).split('\n')) {
        if (!line.isEmpty()) {
            const auto pairs = DeviceWords::parsePairs(line.mid(line.indexOf(' ') + 1).toStdString());
            QVERIFY(pairs);
            QCOMPARE(pairs->at(3).second, std::string("usb")); // nobody lends what another qube has
        }
    }
    QVERIFY(!answer.contains("UPPER") && !answer.contains("a.b") && !answer.contains("..") && !answer.contains('<'));
    QVERIFY(m_rig->block("Available+sda", "usb").contains("_mode='w' _size='0'"));
    QCOMPARE(m_rig->block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(m_rig->disks(), QStringList(u"disk work xvdi usb:/dev/sda"_s));
}

void AdminDevicesTest::nobodyButDom0_learnsOfDevices()
{
    m_rig->start("usb");
    m_rig->publish("usb", {{"sda/desc", "A"}});
    for (const QByteArray list : {"Available", "Assigned", "Attached"}) {
        QCOMPARE(m_rig->core().callFrom("work", "admin.vm.device.block." + list, "usb"), QByteArray());
    }
    QCOMPARE(m_rig->core().callFrom("work", "admin.vm.device.block.Assign+usb+sda+_", "work", "mode='auto-attach'"),
             QByteArray());
    QCOMPARE(m_rig->core().callFrom("work", "admin.vm.device.block.Assign+nobody+sda+_", "work", "mode='auto-attach'"),
             QByteArray());
    QCOMPARE(m_rig->core().callFrom("work", "admin.vm.device.denied.Add", "work", "b*"), QByteArray());
    QCOMPARE(m_rig->block("Assigned", "work"), success());
}

QTEST_GUILESS_MAIN(AdminDevicesTest)
#include "admindevicestest.moc"
