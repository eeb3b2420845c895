// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/frames.h"
#include "dom0-core/adminapi/newqubepayload.h"
#include "dom0-core/adminapi/request.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace std::string_literals;

class AdminRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void request_isFourFieldsAndAPayload();
    void adminapi_005_plusWithoutArgumentIsNoArgument();
    void adminapi_006_argumentIsAllBehindTheFirstPlus();
    void adminapi_007_adminapi_008_malformedHeadersAreErrors_data();
    void adminapi_007_adminapi_008_malformedHeadersAreErrors();
    void adminapi_009_keywordAdminvmIsDom0();
    void adminapi_010_sizeLimitIsExact();
    void adminapi_013_successIsTwoBytesAndTheContent();
    void adminapi_014_exceptionHasFourFields();
    void adminapi_015_percentIsDoubled();
    void adminapi_152_pairsEndWithAnEmptyKey();
    void frames_textCannotBringAFieldOfItsOwn();
    void adminapi_073_newQubePayloadIsStrict_data();
    void adminapi_073_newQubePayloadIsStrict();
};

void AdminRequestTest::request_isFourFieldsAndAPayload()
{
    const auto request = parseRequest("admin.vm.Start dom0 name work\0pay\0load"s);
    QVERIFY(request.has_value());
    QCOMPARE(request->method, "admin.vm.Start"s);
    QCOMPARE(request->argument, ""s);
    QCOMPARE(request->source, "dom0"s);
    QCOMPARE(request->destination, "work"s);
    QCOMPARE(request->payload, "pay\0load"s);
}

void AdminRequestTest::adminapi_005_plusWithoutArgumentIsNoArgument()
{
    const auto request = parseRequest("m+ dom0 name dom0\0"s);
    QCOMPARE(request.value().method, "m"s);
    QCOMPARE(request->argument, ""s);
}

void AdminRequestTest::adminapi_006_argumentIsAllBehindTheFirstPlus()
{
    const auto request = parseRequest("m+a+b++c dom0 name dom0\0"s);
    QCOMPARE(request.value().method, "m"s);
    QCOMPARE(request->argument, "a+b++c"s);
}

void AdminRequestTest::adminapi_007_adminapi_008_malformedHeadersAreErrors_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::newRow("empty") << ""s;
    QTest::newRow("no NUL") << "m dom0 name dom0"s;
    QTest::newRow("three fields") << "m dom0 name\0"s;
    QTest::newRow("one field") << "m\0"s;
    QTest::newRow("fields parted by NUL") << "m\0dom0\0name\0dom0\0"s;
    QTest::newRow("other keyword") << "m dom0 keyword foo\0"s;
    QTest::newRow("other type") << "m dom0 type dom0\0"s;
    QTest::newRow("argument not ASCII") << "m+\xc3\xa9 dom0 name dom0\0"s;
    QTest::newRow("destination not ASCII") << "m dom0 name d\xffm0\0"s;
}

void AdminRequestTest::adminapi_007_adminapi_008_malformedHeadersAreErrors()
{
    QFETCH(std::string, bytes);
    QVERIFY(!parseRequest(bytes));
}

void AdminRequestTest::adminapi_009_keywordAdminvmIsDom0()
{
    QCOMPARE(parseRequest("m dom0 keyword adminvm\0"s).value().destination, "dom0"s);
    QVERIFY(!parseRequest("m dom0 keyword foo\0"s));
}

void AdminRequestTest::adminapi_010_sizeLimitIsExact()
{
    const std::string header = "m dom0 name dom0\0"s;
    QVERIFY(parseRequest(header + std::string(65536 - header.size(), 'x')).has_value());
    QCOMPARE(parseRequest(header + std::string(65537 - header.size(), 'x')).error().code, Errc::LongMessage);
}

void AdminRequestTest::adminapi_013_successIsTwoBytesAndTheContent()
{
    QCOMPARE(successFrame(""), "0\0"s);
    QCOMPARE(successFrame("a\nb"), "0\0a\nb"s);
}

void AdminRequestTest::adminapi_014_exceptionHasFourFields()
{
    QCOMPARE(exceptionFrame("QubesException", "", "No."), "2\0QubesException\0\0No.\0"s);
    QCOMPARE(refusalFrame({.kind = RefusalKind::NotHalted, .message = "x"}, "t"), "2\0QubesVMNotHaltedError\0t\0x\0"s);
    QCOMPARE(refusalFrame({.kind = RefusalKind::Protocol, .message = "x"}, ""), ""s);
    QCOMPARE(refusalFrame({.kind = RefusalKind::Permission, .message = "x"}, ""), ""s);
}

void AdminRequestTest::adminapi_015_percentIsDoubled()
{
    QCOMPARE(exceptionFrame("E", "", "100% of %s"), "2\0E\0\0"s + "100%% of %%s\0"s);
}

void AdminRequestTest::adminapi_152_pairsEndWithAnEmptyKey()
{
    QCOMPARE(eventFrame({.subject = std::nullopt, .name = "e", .pairs = {}}), "1\0\0e\0\0"s);
    QCOMPARE(eventFrame({.subject = QubeName::parse("work").value(), .name = "e", .pairs = {{"k", "v"}, {"l", "w"}}}),
             "1\0work\0e\0k\0v\0l\0w\0\0"s);
}

void AdminRequestTest::frames_textCannotBringAFieldOfItsOwn()
{
    QCOMPARE(exceptionFrame("E", "", "a\0b"s), "2\0E\0\0a_b\0"s);
}

void AdminRequestTest::adminapi_073_newQubePayloadIsStrict_data()
{
    QTest::addColumn<std::string>("payload");
    QTest::addColumn<bool>("good");
    QTest::newRow("both") << "name=work label=red"s << true;
    QTest::newRow("other order") << "label=red name=work"s << true;
    QTest::newRow("two spaces") << "name=work  label=red"s << false;
    QTest::newRow("line end") << "name=work label=red\n"s << true; // part of the label, which is then unknown
    QTest::newRow("trailing space") << "name=work label=red "s << false;
    QTest::newRow("no label") << "name=work"s << false;
    QTest::newRow("no name") << "label=red"s << false;
    QTest::newRow("name twice") << "name=work name=play label=red"s << false;
    QTest::newRow("unknown key") << "name=work label=red netvm=x"s << false;
    QTest::newRow("pool") << "name=work label=red pool=p"s << false;
    QTest::newRow("label by number") << "name=work label=1"s << false;
    QTest::newRow("no equals") << "name=work label=red x"s << false;
    QTest::newRow("empty") << ""s << false;
    QTest::newRow("not ASCII") << "name=w\xc3\xb6rk label=red"s << false;
}

void AdminRequestTest::adminapi_073_newQubePayloadIsStrict()
{
    QFETCH(std::string, payload);
    QFETCH(bool, good);
    const auto parsed = parseNewQube(payload, PoolFields::No);
    QCOMPARE(parsed.has_value(), good);
    if (!good) {
        QCOMPARE(parsed.error().kind, RefusalKind::Protocol);
    }
}

QTEST_GUILESS_MAIN(AdminRequestTest)
#include "adminrequesttest.moc"
