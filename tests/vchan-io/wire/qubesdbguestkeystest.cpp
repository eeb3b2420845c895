// SPDX-License-Identifier: GPL-2.0-or-later
// What qubes write for dom0, well-behaved and hostile.
#include "vchan-io/wire/qubesdbguestkeys.h"

#include "base/formatted.h"

#include <QTest>

#include <initializer_list>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;

namespace
{

std::vector<Entry> entries(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs)
{
    std::vector<Entry> all;
    for (const auto &[key, value] : pairs) {
        all.push_back({.key = Key::parse(key).value(), .value = Value::parse(value).value()});
    }
    return all;
}

} // namespace

class QubesDbGuestKeysTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void blockDevice_asTheFieldsAgentWritesIt();
    void qubesdb_040_idsThatCannotBeAreLeftOut();
    void blockDevice_hostileFieldsAreTamed();
    void devices_areBounded();
    void featuresRequest_isTakenWhole();
    void featuresRequest_oneBadValueSpoilsIt();
    void tools_areWhatTheyCanBe();
    void traffic_roundTrip();
    void traffic_thatIsNoneIsRefused_data();
    void traffic_thatIsNoneIsRefused();
};

void QubesDbGuestKeysTest::blockDevice_asTheFieldsAgentWritesIt()
{
    const auto devices = blockDevicesIn(entries({{"/qubes-block-devices/sda/desc", "USB DISK (data)"},
                                                 {"/qubes-block-devices/sda/size", "8000000000"},
                                                 {"/qubes-block-devices/sda/mode", "r"},
                                                 {"/qubes-block-devices/sda/parent", "4-4.1:1.0"},
                                                 {"/qubes-block-devices/sda1/parent", "sda"},
                                                 {"/qubes-block-devices", ""},
                                                 {"/qubes-usb-devices/1-1/desc", "not this"}}));
    QCOMPARE(devices.size(), 2U);
    QCOMPARE(devices[0],
             (GuestBlockDevice{.id = "sda",
                               .description = "USB DISK (data)",
                               .size = 8'000'000'000,
                               .isWritable = false,
                               .parent = "4-4.1:1.0"}));
    QCOMPARE(devices[1], (GuestBlockDevice{.id = "sda1", .parent = "sda"}));
}

void QubesDbGuestKeysTest::qubesdb_040_idsThatCannotBeAreLeftOut()
{
    const auto devices = blockDevicesIn(entries({{"/qubes-block-devices/SDA/size", "1"},
                                                 {"/qubes-block-devices/sd.a/size", "1"},
                                                 {"/qubes-block-devices/abcdefghijklm/size", "1"},
                                                 {"/qubes-block-devices//size", "1"},
                                                 {"/qubes-block-devices/sdb", "1"},
                                                 {"/qubes-block-devices/abcdefghijkl/size", "1"}}));
    QCOMPARE(devices.size(), 1U);
    QCOMPARE(devices.front().id, std::string("abcdefghijkl"));
}

void QubesDbGuestKeysTest::blockDevice_hostileFieldsAreTamed()
{
    const auto devices = blockDevicesIn(entries({{"/qubes-block-devices/sda/desc", "<b>\x1B[0m\n& caf\xC3\xA9"},
                                                 {"/qubes-block-devices/sda/size", "-1"},
                                                 {"/qubes-block-devices/sda/mode", "rwx"},
                                                 {"/qubes-block-devices/sda/parent", "../sdb"},
                                                 {"/qubes-block-devices/sdb/size", "99999999999999999999999"},
                                                 {"/qubes-block-devices/sdb/desc", std::string(3000, 'd')},
                                                 {"/qubes-block-devices/sdc/size", "12 "}}));
    QCOMPARE(devices[0].description, std::string("_b___0m__ caf__"));
    QCOMPARE(devices[0].size, 0U);
    QVERIFY(devices[0].isWritable);
    QCOMPARE(devices[0].parent, std::string());
    QCOMPARE(devices[1].size, 0U);
    QCOMPARE(devices[1].description.size(), 128U);
    QCOMPARE(devices[2].size, 0U);
}

void QubesDbGuestKeysTest::devices_areBounded()
{
    std::vector<Entry> many;
    for (int i = 0; i < 4000; ++i) {
        many.push_back({.key = Key::parse(formatted("/qubes-block-devices/d{}/size", i)).value(),
                        .value = Value::parse("1").value()});
    }
    QCOMPARE(blockDevicesIn(many).size(), MaxGuestDevices);
}

void QubesDbGuestKeysTest::featuresRequest_isTakenWhole()
{
    const auto requested = featuresRequestedIn(entries({{"/features-request/gui", "1"},
                                                        {"/features-request/os-version", "13.1-rc_2, x=y"},
                                                        {"/qubes-tools/os", "Linux"}}));
    QCOMPARE(requested.value(), (std::map<std::string, std::string>{{"gui", "1"}, {"os-version", "13.1-rc_2, x=y"}}));
}

void QubesDbGuestKeysTest::featuresRequest_oneBadValueSpoilsIt()
{
    for (const char *bad : {"a/b", "a\nb", "<b>", "caf\xC3\xA9", "a;b"}) {
        QVERIFY(!featuresRequestedIn(entries({{"/features-request/gui", "1"}, {"/features-request/os", bad}})));
    }
}

void QubesDbGuestKeysTest::tools_areWhatTheyCanBe()
{
    QCOMPARE(toolsIn(entries({{"/qubes-tools/qrexec", "1"},
                              {"/qubes-tools/gui", "0"},
                              {"/qubes-tools/gui-emulated", "1"},
                              {"/qubes-tools/default-user", "user_1"},
                              {"/qubes-tools/os", "Linux"}})),
             (GuestTools{.qrexec = true, .guiEmulated = true, .defaultUser = "user_1", .os = "Linux"}));
    QCOMPARE(
        toolsIn(entries(
            {{"/qubes-tools/qrexec", "yes"}, {"/qubes-tools/default-user", "-rf"}, {"/qubes-tools/os", "Linux; rm"}})),
        GuestTools{});
}

void QubesDbGuestKeysTest::traffic_roundTrip()
{
    for (const GuestTraffic &traffic :
         {GuestTraffic{.client = "10.137.0.5", .sent = 0, .received = 0},
          GuestTraffic{.client = "1.2.3.4", .sent = 18'446'744'073'709'551'615U, .received = 7},
          GuestTraffic{.client = "255.255.255.255", .sent = 12, .received = 18'446'744'073'709'551'615U}}) {
        const Write written = buildTraffic(traffic);
        QCOMPARE(written.key.text(), "/bulkhead-traffic/" + traffic.client);
        QCOMPARE(written.value.text(), formatted("{} {}", traffic.sent, traffic.received));
        QCOMPARE(parseTraffic({.key = written.key, .value = written.value}).value(), traffic);
    }
}

void QubesDbGuestKeysTest::traffic_thatIsNoneIsRefused_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");

    const QString good = QStringLiteral("/bulkhead-traffic/10.137.0.5");
    QTest::newRow("another tree") << "/bulkhead-traffics/10.137.0.5" << "1 2";
    QTest::newRow("below a client") << QString(good + QStringLiteral("/x")) << "1 2";
    QTest::newRow("a name") << "/bulkhead-traffic/work.work" << "1 2";
    QTest::newRow("too short") << "/bulkhead-traffic/1.1.1." << "1 2";
    QTest::newRow("too long") << "/bulkhead-traffic/255.255.255.2555" << "1 2";
    QTest::newRow("IPv6") << "/bulkhead-traffic/fd09::5:6" << "1 2";
    QTest::newRow("nothing") << good << "";
    QTest::newRow("one number") << good << "1";
    QTest::newRow("three numbers") << good << "1 2 3";
    QTest::newRow("two blanks") << good << "1  2";
    QTest::newRow("a blank before") << good << " 1 2";
    QTest::newRow("a blank behind") << good << "1 2 ";
    QTest::newRow("negative") << good << "-1 2";
    QTest::newRow("with a sign") << good << "1 +2";
    QTest::newRow("hexadecimal") << good << "0x1 2";
    QTest::newRow("a fraction") << good << "1.5 2";
    QTest::newRow("65 bits") << good << "18446744073709551616 2";
    QTest::newRow("two lines") << good << "1 2\n3";
}

void QubesDbGuestKeysTest::traffic_thatIsNoneIsRefused()
{
    QFETCH(const QString, key);
    QFETCH(const QString, value);
    const auto parsed = parseTraffic(
        {.key = Key::parse(key.toStdString()).value(), .value = Value::parse(value.toStdString()).value()});
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::BadField);
}

QTEST_GUILESS_MAIN(QubesDbGuestKeysTest)
#include "qubesdbguestkeystest.moc"
