// SPDX-License-Identifier: GPL-2.0-or-later
// The calls on devices, byte for byte, and what becomes of block devices while qubes start and end.
#include "dom0-core/adminapi/devicetext.h"
#include "dom0-core/model/blockdevices.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <format>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class AdminDevicesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

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
    void model_109_assignmentsSurviveARestart();
    void attachments_areFoundAgainAfterARestart();
    void model_107_deviceThatWentMeanwhileIsTakenBack();
    void model_086_qubesWithAssignedDevicesStay();
    void model_086_removedQubesTakeTheirAssignmentsAlong();
    void S_174_listsOfHostileQubesAreBoundedAndSafe();
    void nobodyButDom0_learnsOfDevices();

private:
    using Keys = std::vector<std::pair<std::string, std::string>>;

    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    [[nodiscard]] QByteArray block(const QByteArray &name, const QByteArray &qube, const QByteArray &payload = {})
    {
        return call("admin.vm.device.block." + name, qube, payload);
    }

    void start(const QByteArray &qube)
    {
        QCOMPARE(call("admin.vm.Start", qube), success());
    }

    /// What the qube's own database then holds below /qubes-block-devices/, and the word that it changed.
    void publish(const std::string &qube, const Keys &keys);
    void unpublish(const std::string &qube, const std::string &device);
    void tell(const std::string &qube, const std::vector<std::vector<std::byte>> &messages);

    /// The messages of the driver's log that are about disks.
    [[nodiscard]] QStringList disks() const;
    /// Events about devices, from a stream.
    [[nodiscard]] static QStringList deviceEvents(const RawClient &stream);

    std::unique_ptr<CoreFixture> m_core;
};

void AdminDevicesTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    m_core->addAppVm("usb", "base");
}

void AdminDevicesTest::cleanup()
{
    m_core.reset();
}

void AdminDevicesTest::tell(const std::string &qube, const std::vector<std::vector<std::byte>> &messages)
{
    RawClient guest(std::format("{}/qubes/qubesdb.{}.sock", m_core->runDirectory(), qube));
    for (const auto &message : messages) {
        guest.write(QByteArray(static_cast<const char *>(static_cast<const void *>(message.data())),
                               static_cast<qsizetype>(message.size())));
    }
    const auto answers = static_cast<qsizetype>(messages.size() * QubesDb::HeaderSize);
    QVERIFY(eventually([&] {
        return guest.received().size() >= answers;
    }));
}

void AdminDevicesTest::publish(const std::string &qube, const Keys &keys)
{
    std::vector<std::vector<std::byte>> messages;
    for (const auto &[key, value] : keys) {
        messages.push_back(
            QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices/" + key).value(),
                                          .value = QubesDb::Value::parse(value).value()}));
    }
    messages.push_back(QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices").value(),
                                                     .value = QubesDb::Value::parse("").value()}));
    tell(qube, messages);
}

void AdminDevicesTest::unpublish(const std::string &qube, const std::string &device)
{
    tell(qube,
         {QubesDb::build(QubesDb::Remove{.path = QubesDb::Path::parse("/qubes-block-devices/" + device + "/").value()}),
          QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices").value(),
                                        .value = QubesDb::Value::parse("").value()})});
}

QStringList AdminDevicesTest::disks() const
{
    QStringList about;
    for (const std::string &line : m_core->driver.log()) {
        if (line.starts_with("disk ") || line.starts_with("no disk ")) {
            about << QString::fromStdString(line);
        }
    }
    return about;
}

QStringList AdminDevicesTest::deviceEvents(const RawClient &stream)
{
    QStringList about;
    for (const QString &event : stream.events()) {
        if (event.contains(u"|device-"_s)) {
            about << event;
        }
    }
    return about;
}

void AdminDevicesTest::adminapi_032_classesAreListed()
{
    QCOMPARE(call("admin.deviceclass.List", "dom0"), success("block\npci\n"));
    QCOMPARE(call("admin.deviceclass.List", "work"), QByteArray());
}

void AdminDevicesTest::adminapi_123_linesAreReadAgainWithQuotes()
{
    const AdminApi::DevicePairs pairs{
        {"name", "it's 'mine' a='b' c"}, {"_x", "back\\slash"}, {"serial", ""}, {"last", "' "}};
    const auto read = AdminApi::parsePairs(AdminApi::textOf(pairs));
    QVERIFY(read);
    QCOMPARE(*read, pairs);
    for (const char *broken : {"name", "name='x", "name=", "name=x", "='x'", "a='1'b='2'", "a='1' a='2'", "a b='1'"}) {
        QVERIFY2(!AdminApi::parsePairs(broken), broken);
    }
}

void AdminDevicesTest::available_tellsWhatTheQubePublishes()
{
    QCOMPARE(block("Available", "usb"), success()); // halted
    start("usb");
    QCOMPARE(block("Available", "usb"), success());
    publish("usb",
            {{"sda/desc", "Big_Disk (my_label)"},
             {"sda/size", "1000"},
             {"sda1/desc", ""},
             {"sda1/mode", "r"},
             {"sda1/parent", "sda"},
             {"sdb/parent", "4-4.1:1.0"},
             {"loop0/desc", ""}});
    QCOMPARE(block("Available", "usb"),
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
    start("usb");
    publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QVERIFY(block("Available+sdb", "usb").startsWith(success("sdb::None ")));
    QCOMPARE(block("Available+sdb", "usb").count('\n'), 1);
    QCOMPARE(block("Available+sdc", "usb"), success());
}

void AdminDevicesTest::adminapi_125_assignmentsAreListed()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='required' _read-only='True' _frontend-dev='xvdj'"), success());
    QCOMPARE(block("Assign+usb+_++None", "work", "mode='auto-attach'"), success());
    QCOMPARE(block("Assigned", "work"),
             success("usb+*::None device_id=':None' port_id='*' devclass='block' backend_domain='usb' "
                     "mode='auto-attach' frontend_domain='work'\n"
                     "usb+sda:* device_id='*' port_id='sda' devclass='block' backend_domain='usb' mode='required' "
                     "frontend_domain='work' _frontend-dev='xvdj' _read-only='yes'\n"));
    QVERIFY(block("Assigned+usb+sda", "work").startsWith(success("usb+sda:* ")));
    QCOMPARE(block("Assigned+usb+sdb", "work"), success());
    QCOMPARE(block("Assigned", "usb"), success());
    QCOMPARE(block("Attached", "work"), success());
}

void AdminDevicesTest::adminapi_126_nothingIsAssignedTwice()
{
    const auto stream = m_core->subscribe();
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach' _devtype='cdrom'"), success());
    QCOMPARE(exceptionType(block("Assign+usb+sda", "work", "mode='required'")), QByteArray("DeviceAlreadyAssigned"));
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='manual'"), QByteArray());
    QCOMPARE(block("Assign+usb+sdb+_", "work", "devclass='block'"), QByteArray());
    QCOMPARE(block("Assign+usb+sdb+_", "work"), QByteArray());
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(deviceEvents(*stream),
             QStringList({u"work|device-pre-assign:block|device=usb:sda:*|options={'devtype': 'cdrom'}"_s,
                          u"work|device-assign:block|device=usb:sda:*|options={'devtype': 'cdrom'}"_s}));
}

void AdminDevicesTest::adminapi_127_unassignOfNothingIsRefused()
{
    QCOMPARE(exceptionType(block("Unassign+usb+sda+_", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    QCOMPARE(exceptionType(block("Unassign+usb+sda++None", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(block("Unassign+usb+sda+_", "work"), success());
    QCOMPARE(block("Assigned", "work"), success());
}

void AdminDevicesTest::adminapi_128_haltedQubesGetNothing()
{
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "work")), QByteArray("QubesVMNotRunningError"));
    start("work");
    QCOMPARE(call("admin.vm.Pause", "work"), success());
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "work")), QByteArray("QubesVMNotRunningError"));
    QVERIFY(disks().isEmpty());
}

void AdminDevicesTest::adminapi_129_model_108_deniedInterfacesAreNotAttachedByHand()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(call("admin.vm.device.denied.Add", "work", "u03****"), success());
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(block("Detach+usb+sda+_", "work"), success());
    QCOMPARE(call("admin.vm.device.denied.Add", "work", "b******"), success());
    QCOMPARE(block("Attach+usb+sda+_", "work"), QByteArray());
    QCOMPARE(block("Attach+usb+sda+_", "work", "mode='auto-attach'"), success());
}

void AdminDevicesTest::adminapi_130_modesOfAssignments()
{
    QCOMPARE(exceptionType(block("Set.assignment+usb+sda+_", "work", "required")), QByteArray("QubesValueError"));
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach' _read-only='no'"), success());
    const auto stream = m_core->subscribe();
    for (const QByteArray mode : {"required", "ask-to-attach", "auto-attach", "auto-attach"}) {
        QCOMPARE(block("Set.assignment+usb+sda+_", "work", mode), success());
        const QByteArray wanted = "mode='" + mode + "' frontend_domain='work' _read-only='no'";
        QVERIFY(block("Assigned", "work").contains(wanted));
    }
    for (const QByteArray mode : {"manual", "True", "Required", "required\n"}) {
        QCOMPARE(block("Set.assignment+usb+sda+_", "work", mode), QByteArray());
    }
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 6;
    }));
    QCOMPARE(deviceEvents(*stream).first(2),
             QStringList({u"work|device-pre-assign:block|device=usb:sda:*|options={'read-only': 'no'}"_s,
                          u"work|device-assignment-changed:block|device=usb:sda:*"_s}));
}

void AdminDevicesTest::adminapi_131_deniedCodesAreListedAddedAndRemoved()
{
    const QByteArray list = "admin.vm.device.denied.List";
    QCOMPARE(call(list, "work"), success());
    QCOMPARE(call("admin.vm.device.denied.Add", "work", "u030000b******"), success());
    QCOMPARE(call(list, "work"), success("b******\nu030000"));
    QCOMPARE(call("admin.vm.device.denied.Add", "work", "b******"), success());
    QCOMPARE(call("admin.vm.device.denied.Add", "work"), success());
    QCOMPARE(call("admin.vm.device.denied.Remove", "work", "m******u030000"), success());
    QCOMPARE(call(list, "work"), success("b******"));
    QCOMPARE(call("admin.vm.device.denied.Remove", "work", "all"), success());
    QCOMPARE(call(list, "work"), success());
}

void AdminDevicesTest::adminapi_132_deniedCodesHaveSevenCharacters()
{
    const QByteArray add = "admin.vm.device.denied.Add";
    QCOMPARE(exceptionType(call(add, "work", "b*****")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call(add, "work", "b******b******")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call(add, "work", "?******")), QByteArray("QubesPropertyValueError"));
    QCOMPARE(call("admin.vm.device.denied.List", "work"), success());
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
    QCOMPARE(block("Assign+usb+sda+_", "work", payload), accepted ? success() : QByteArray());
    QCOMPARE(block("Assigned", "work") != success(), accepted);
}

void AdminDevicesTest::adminapi_134_unknownDevicesAreNotAttached()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QCOMPARE(block("Attach+usb+sdc+_", "work"), QByteArray());
    QCOMPARE(block("Attach+usb+_++None", "work"), QByteArray()); // two are meant
    QCOMPARE(block("Attach+usb+sda+_", "work", "port_id='sdb'"), QByteArray());
    QCOMPARE(exceptionType(block("Attach+usb+sda++1", "work")), QByteArray("UnrecognizedDevice"));
    QCOMPARE(exceptionType(block("Attach+nobody+sda+_", "work")), QByteArray("QubesVMNotFoundError"));
    QVERIFY(disks().isEmpty());
    QCOMPARE(block("Attached", "work"), success());
}

void AdminDevicesTest::adminapi_135_remoteQubesHaveNone()
{
    QCOMPARE(call("admin.vm.Create.RemoteVM", "dom0", "name=far label=gray"), success());
    for (const QByteArray list : {"Available", "Assigned", "Attached"}) {
        QCOMPARE(block(list, "far"), success());
        QCOMPARE(call("admin.vm.device.pci." + list, "far"), success());
    }
    QCOMPARE(exceptionType(block("Assign+usb+sda+_", "far", "mode='auto-attach'")), QByteArray("QubesVMError"));
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "far")), QByteArray("QubesVMError"));
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
    start("usb");
    start("work");
    publish("usb", {{"sr0/mode", "r"}});
    const QByteArray answer = block("Attach+usb+sr0+_", "work", options);
    QCOMPARE(accepted ? answer : exceptionType(answer), accepted ? success() : QByteArray("QubesValueError"));
    QCOMPARE(disks().size(), accepted ? 1 : 0);
}

void AdminDevicesTest::pciDevices_areRefusedInWords()
{
    QCOMPARE(call("admin.vm.device.pci.Available", "dom0"), success());
    QCOMPARE(call("admin.vm.device.pci.Attached", "work"), success());
    const QByteArray assigned = call("admin.vm.device.pci.Assign+dom0+00_02.0+_", "work", "mode='required'");
    QCOMPARE(exceptionType(assigned), QByteArray("QubesNotImplementedError"));
    QCOMPARE(exceptionType(call("admin.vm.device.pci.Unassign+dom0+00_02.0+_", "work")),
             QByteArray("DeviceNotAssigned"));
    QCOMPARE(exceptionType(call("admin.vm.device.pci.Detach+dom0+00_02.0+_", "work")), QByteArray("DeviceNotAssigned"));
    start("work");
    QCOMPARE(call("admin.vm.device.pci.Attach+dom0+00_02.0+_", "work"), QByteArray());
    QCOMPARE(call("admin.vm.device.usb.Available", "work"), QByteArray());
    QCOMPARE(call("admin.vm.device.mic.Attach+dom0+mic", "work"), QByteArray());
}

void AdminDevicesTest::attach_isAnnounced()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    const auto stream = m_core->subscribe();
    QCOMPARE(block("Attach+usb+sda+_", "work", "_read-only='true'"), success());
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(deviceEvents(*stream),
             QStringList({u"work|device-pre-attach:block|device=usb:sda::None|options={'read-only': 'yes'}"_s,
                          u"work|device-attach:block|device=usb:sda::None|options={'read-only': 'yes'}"_s}));
    QVERIFY(block("Available", "usb").contains("attachment='work' interfaces="));
    QCOMPARE(block("Attached", "work"),
             success("usb+sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='usb' "
                     "mode='manual' frontend_domain='work' _frontend-dev='xvdi' _read-only='yes'\n"));
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "work")), QByteArray("DeviceAlreadyAttached"));
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "usb")), QByteArray("QubesValueError"));
    m_core->addAppVm("other", "base");
    start("other");
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "other")), QByteArray("DeviceAlreadyAttached"));
}

void AdminDevicesTest::attach_failsInTheDriversWords()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    m_core->driver.failNextDisk({.code = Errc::Driver, .sysErrno = 0, .detail = "the bus is on fire"});
    const QByteArray answer = block("Attach+usb+sda+_", "work");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(answer).contains("the bus is on fire"));
    QCOMPARE(block("Attached", "work"), success());
    QCOMPARE(block("Attach+usb+sda+_", "work"), success()); // nothing of the failure stays
}

void AdminDevicesTest::model_106_firstNameIsXvdi()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}, {"sdc/desc", "C"}, {"sdd/desc", "D"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(block("Attach+usb+sdb+_", "work", "_frontend-dev='xvdk'"), success());
    QCOMPARE(block("Attach+usb+sdc+_", "work"), success());
    QCOMPARE(exceptionType(block("Attach+usb+sdd+_", "work", "_frontend-dev='xvdk'")), QByteArray("QubesValueError"));
    QCOMPARE(block("Attach+usb+sdd+_", "work"), success());
    QCOMPARE(disks(),
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

void AdminDevicesTest::model_106_readOnlyIsKept()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/mode", "r"}, {"sdb/mode", "w"}, {"sdc/mode", "?"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(block("Attach+usb+sdb+_", "work", "_read-only='True'"), success());
    QCOMPARE(block("Attach+usb+sdc+_", "work"), success());
    QCOMPARE(disks(),
             QStringList({u"disk work xvdi usb:/dev/sda ro"_s,
                          u"disk work xvdj usb:/dev/sdb ro"_s,
                          u"disk work xvdk usb:/dev/sdc"_s}));
}

void AdminDevicesTest::dom0_lendsItsDevices()
{
    start("work");
    const auto stream = m_core->subscribe();
    publish("dom0", {{"loop7/desc", "image"}});
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(deviceEvents(*stream),
             QStringList({u"dom0|device-list-change:block"_s, u"dom0|device-added:block|device=dom0:loop7::7"_s}));
    QVERIFY(block("Available", "dom0").contains("loop7::7 "));
    QCOMPARE(block("Attach+dom0+loop7+_", "work"), success());
    QCOMPARE(disks(), QStringList(u"disk work xvdi dom0:/dev/loop7"_s));
    QCOMPARE(exceptionType(block("Attach+dom0+loop7+_", "dom0")), QByteArray("QubesVMError"));
    QCOMPARE(exceptionType(block("Assign+dom0+loop7+_", "dom0", "mode='auto-attach'")), QByteArray("QubesVMError"));
}

void AdminDevicesTest::detach_givesItBack()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(exceptionType(block("Detach+usb+sda+_", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(exceptionType(block("Detach+usb+sda++1", "work")), QByteArray("DeviceNotAssigned"));
    QCOMPARE(block("Detach+usb+sda++None", "work"), success());
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 2;
    }));
    QCOMPARE(deviceEvents(*stream),
             QStringList({u"work|device-pre-detach:block|port=usb:sda"_s, u"work|device-detach:block|port=usb:sda"_s}));
    QCOMPARE(disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(block("Attached", "work"), success());
    QVERIFY(!block("Available", "usb").contains("attachment"));
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
}

void AdminDevicesTest::model_104_requiredDeviceIsThereBeforeTheStart()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='required' _read-only='yes'"), success());
    const QByteArray refused = call("admin.vm.Start", "work");
    QCOMPARE(exceptionType(refused), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(refused).contains("usb:sda:*"));
    QCOMPARE(m_core->driver.domainCount(), 0U);
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    start("usb");
    QVERIFY(!exceptionType(call("admin.vm.Start", "work")).isEmpty()); // the qube runs, and has no such device
    publish("usb", {{"sda/desc", "A"}});
    start("work");
    QCOMPARE(disks(), QStringList(u"disk work xvdi usb:/dev/sda ro"_s));
    QVERIFY(block("Attached", "work").contains("mode='required' frontend_domain='work' _read-only='yes'"));
}

void AdminDevicesTest::model_104_requiredDeviceThatCannotBeAttachedEndsTheStart()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='required'"), success());
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    m_core->driver.failNextDisk({.code = Errc::Driver, .sysErrno = 0, .detail = "the bus is on fire"});
    const QByteArray refused = call("admin.vm.Start", "work");
    QVERIFY(exceptionMessage(refused).contains("the bus is on fire"));
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QCOMPARE(m_core->driver.domainCount(), 1U); // the one that has the device
    start("work");
}

void AdminDevicesTest::required_staysWhileTheQubeRuns()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='required'"), success());
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    start("work");
    QCOMPARE(exceptionType(block("Detach+usb+sda+_", "work")), QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(disks().size(), 1);
    QCOMPARE(block("Set.assignment+usb+sda+_", "work", "auto-attach"), success());
    QCOMPARE(block("Detach+usb+sda+_", "work"), success());
}

void AdminDevicesTest::autoAttach_atTheStartAndWhenTheDeviceComes()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    QCOMPARE(block("Assign+usb+sda++None", "work", "mode='auto-attach' _frontend-dev='xvdm'"), success());
    start("work"); // without the device it starts all the same
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    QVERIFY(eventually([&] {
        return disks().size() == 1;
    }));
    QCOMPARE(disks().first(), u"disk work xvdm usb:/dev/sda"_s); // the more exact one decided
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    start("work");
    QCOMPARE(disks().size(), 2);
    QCOMPARE(disks().last(), u"disk work xvdm usb:/dev/sda"_s);
    QVERIFY(block("Attached", "work").contains("mode='auto-attach' frontend_domain='work' _frontend-dev='xvdm'"));
}

void AdminDevicesTest::askToAttach_attachesNothing()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='ask-to-attach'"), success());
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    start("work");
    QVERIFY(disks().isEmpty());
}

void AdminDevicesTest::autoAttach_ofTwoRunningQubesNeitherGetsIt()
{
    m_core->addAppVm("other", "base");
    for (const QByteArray qube : {"work", "other"}) {
        QCOMPARE(block("Assign+usb+sda+_", qube, "mode='auto-attach'"), success());
        start(qube);
    }
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    QVERIFY(block("Available", "usb").contains("sda"));
    QVERIFY(disks().isEmpty());
}

void AdminDevicesTest::model_107_deviceThatGoesIsTakenBack()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}, {"sda/parent", "4-1:1.0"}, {"sdb/desc", "B"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_core->subscribe();
    unpublish("usb", "sda");
    const QStringList wanted{u"usb|device-list-change:block"_s,
                             u"usb|device-removed:block|port=usb:sda"_s,
                             u"work|device-detach:block|port=usb:sda"_s};
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == wanted.size();
    }));
    QCOMPARE(deviceEvents(*stream), wanted);
    QCOMPARE(disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(block("Attached", "work"), success());
    // Another device at the same port is another device.
    publish("usb", {{"sda/desc", "A"}, {"sda/parent", "4-1:1.0"}});
    QVERIFY(eventually([&] {
        return block("Available", "usb").contains("sda:");
    }));
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    publish("usb", {{"sda/parent", "4-2:1.1"}});
    QVERIFY(eventually([&] {
        return block("Attached", "work") == success();
    }));
}

void AdminDevicesTest::model_107_backendThatEndsTakesItsDevices()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_core->subscribe();
    m_core->driver.endGuest(qubeName("usb"), true);
    const QStringList wanted{u"usb|device-list-change:block"_s,
                             u"usb|device-removed:block|port=usb:sda"_s,
                             u"work|device-detach:block|port=usb:sda"_s};
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == wanted.size();
    }));
    QCOMPARE(deviceEvents(*stream), wanted);
    QCOMPARE(disks().last(), u"no disk work xvdi"_s);
    QCOMPARE(block("Attached", "work"), success());
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "work")), QByteArray());
}

void AdminDevicesTest::frontendThatEnds_freesTheDevice()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QVERIFY(eventually([&] {
        return deviceEvents(*stream).size() == 1;
    }));
    QCOMPARE(deviceEvents(*stream), QStringList(u"work|device-detach:block|port=usb:sda"_s));
    QVERIFY(!block("Available", "usb").contains("attachment"));
    start("work");
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
}

void AdminDevicesTest::model_109_assignmentsSurviveARestart()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='required' _read-only='yes' _frontend-dev='xvdj'"), success());
    QCOMPARE(block("Assign+dom0+_++0", "work", "mode='ask-to-attach'"), success());
    const QByteArray before = block("Assigned", "work");
    m_core->restart();
    QCOMPARE(block("Assigned", "work"), before);
    QCOMPARE(block("Unassign+usb+sda+_", "work"), success());
    m_core->restart();
    QCOMPARE(block("Assigned", "work").count('\n'), 1);
}

void AdminDevicesTest::attachments_areFoundAgainAfterARestart()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    m_core->restart();
    publish("usb", {{"sda/desc", "A"}}); // the qube's daemon brings its keys with it
    QVERIFY(block("Available", "usb").contains("attachment='work'"));
    QVERIFY(block("Attached", "work").startsWith(success("usb+sda::None ")));
    QCOMPARE(exceptionType(block("Attach+usb+sda+_", "work")), QByteArray("DeviceAlreadyAttached"));
    QCOMPARE(block("Detach+usb+sda+_", "work"), success());
    QCOMPARE(disks().last(), u"no disk work xvdi"_s);
}

void AdminDevicesTest::model_107_deviceThatWentMeanwhileIsTakenBack()
{
    start("usb");
    start("work");
    publish("usb", {{"sda/desc", "A"}, {"sdb/desc", "B"}});
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    m_core->restart();
    publish("usb", {}); // the list changed, and comes one by one
    QVERIFY(block("Attached", "work").contains("port_id='sda'"));
    publish("usb", {{"sdb/desc", "B"}});
    QVERIFY(eventually([&] {
        return block("Attached", "work") == success();
    }));
    QCOMPARE(disks().last(), u"no disk work xvdi"_s);
}

void AdminDevicesTest::model_086_qubesWithAssignedDevicesStay()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach'"), success());
    const QByteArray refused = call("admin.vm.Remove", "usb");
    QCOMPARE(exceptionType(refused), QByteArray("QubesVMInUseError"));
    QVERIFY(exceptionMessage(refused).contains("work"));
    QCOMPARE(block("Unassign+usb+sda+_", "work"), success());
    QCOMPARE(call("admin.vm.Remove", "usb"), success());
}

void AdminDevicesTest::model_086_removedQubesTakeTheirAssignmentsAlong()
{
    QCOMPARE(block("Assign+usb+sda+_", "work", "mode='auto-attach' _read-only='yes'"), success());
    QCOMPARE(call("admin.vm.Remove", "work"), success());
    QCOMPARE(call("admin.vm.Remove", "usb"), success());
    m_core->restart();
    m_core->addAppVm("work", "base");
    QCOMPARE(block("Assigned", "work"), success());
}

void AdminDevicesTest::S_174_listsOfHostileQubesAreBoundedAndSafe()
{
    start("usb");
    start("work");
    Keys keys{
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
        keys.emplace_back(std::format("x{}/desc", i), "x");
    }
    publish("usb", keys);
    const QByteArray answer = block("Available", "usb");
    QVERIFY(answer.startsWith(success()));
    QVERIFY(answer.count('\n') <= static_cast<qsizetype>(QubesDb::MaxGuestDevices));
    for (const char c : answer.mid(2)) {
        QVERIFY(c == '\n' || (c >= ' ' && c <= '~'));
    }
    for (const QByteArray &line : answer.mid(2).split('\n')) {
        if (!line.isEmpty()) {
            const auto pairs = AdminApi::parsePairs(line.mid(line.indexOf(' ') + 1).toStdString());
            QVERIFY(pairs);
            QCOMPARE(pairs->at(3).second, std::string("usb")); // nobody lends what another qube has
        }
    }
    QVERIFY(!answer.contains("UPPER") && !answer.contains("a.b") && !answer.contains("..") && !answer.contains('<'));
    QVERIFY(block("Available+sda", "usb").contains("_mode='w' _size='0'"));
    QCOMPARE(block("Attach+usb+sda+_", "work"), success());
    QCOMPARE(disks(), QStringList(u"disk work xvdi usb:/dev/sda"_s));
}

void AdminDevicesTest::nobodyButDom0_learnsOfDevices()
{
    start("usb");
    publish("usb", {{"sda/desc", "A"}});
    for (const QByteArray list : {"Available", "Assigned", "Attached"}) {
        QCOMPARE(m_core->callFrom("work", "admin.vm.device.block." + list, "usb"), QByteArray());
    }
    QCOMPARE(m_core->callFrom("work", "admin.vm.device.block.Assign+usb+sda+_", "work", "mode='auto-attach'"),
             QByteArray());
    QCOMPARE(m_core->callFrom("work", "admin.vm.device.block.Assign+nobody+sda+_", "work", "mode='auto-attach'"),
             QByteArray());
    QCOMPARE(m_core->callFrom("work", "admin.vm.device.denied.Add", "work", "b*"), QByteArray());
    QCOMPARE(block("Assigned", "work"), success());
}

QTEST_GUILESS_MAIN(AdminDevicesTest)
#include "admindevicestest.moc"
