// SPDX-License-Identifier: GPL-2.0-or-later
// Messages of a desktop's bus, byte by byte.
#include "clipboard/job/busmessage.h"

#include <QByteArray>
#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Job;
using namespace std::string_literals;

namespace
{

QByteArray hexOf(const std::string &bytes)
{
    return QByteArray::fromStdString(bytes).toHex();
}

/// A return with a path and a number, and a field that nobody reads, as a bus writes it.
const std::string Return = "l\x02\x01\x01\x0c\0\0\0\x07\0\0\0\x20\0\0\0"
                           "\x05\x01u\0\x02\0\0\0"
                           "\x07\x01s\0\x03\0\0\0:.1\0\0\0\0\0"
                           "\x08\x01g\0\x02ou\0"
                           "\x02\0\0\0/a\0\0\x2a\0\0\0"s;

} // namespace

class BusMessageTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void call_isAsTheSpecificationSays();
    void call_holdsEachKindOfValue();
    void length_isKnownFromTheHead();
    void answer_isRead();
    void answer_thatEndsEarlyIsNone();
};

void BusMessageTest::call_isAsTheSpecificationSays()
{
    const std::string message = buildBusCall(
        {.destination = "d", .path = "/p", .interface = "i.i", .member = "M", .arguments = {std::string("ab")}}, 5);
    QCOMPARE(hexOf(message),
             hexOf("l\x01\0\x01\x07\0\0\0\x05\0\0\0\x47\0\0\0"
                   "\x01\x01o\0\x02\0\0\0/p\0\0\0\0\0\0"
                   "\x02\x01s\0\x03\0\0\0i.i\0\0\0\0\0"
                   "\x03\x01s\0\x01\0\0\0M\0\0\0\0\0\0\0"
                   "\x06\x01s\0\x01\0\0\0d\0\0\0\0\0\0\0"
                   "\x08\x01g\0\x01s\0"
                   "\0"
                   "\x02\0\0\0"
                   "ab\0"s));
}

void BusMessageTest::call_holdsEachKindOfValue()
{
    const std::string message = buildBusCall({.destination = "d",
                                              .path = "/",
                                              .interface = "i.i",
                                              .member = "M",
                                              .arguments = {std::uint32_t{1},
                                                            std::int32_t{-1},
                                                            BusStrings{"a"},
                                                            BusDictionary{{"k", std::uint64_t{2}}, {"l", true}}}},
                                             1);
    QVERIFY(message.contains("\x08\x01g\0\x09uiasa{sv}\0"s));
    const std::string body = "\x01\0\0\0\xff\xff\xff\xff"
                             "\x06\0\0\0\x01\0\0\0a\0\0\0"
                             "\x28\0\0\0"s;
    QVERIFY2(message.contains(body), hexOf(message).constData());
    QVERIFY(message.contains("k\0\x01t\0"s));
    QVERIFY(message.ends_with("\x01\0\0\0l\0\x01"
                              "b\0\0\0\0\x01\0\0\0"s));
    QCOMPARE(*lengthOfBusMessage(message).value(), message.size());
}

void BusMessageTest::length_isKnownFromTheHead()
{
    QCOMPARE(*lengthOfBusMessage(Return).value(), Return.size());
    QVERIFY(!lengthOfBusMessage(Return.substr(0, 15)).value());
    QCOMPARE(lengthOfBusMessage("B"s + Return.substr(1)).error().code, Errc::BadField);
    std::string huge = Return;
    huge[6] = '\x7f'; // of the body
    QCOMPARE(lengthOfBusMessage(huge).error().code, Errc::TooMuch);
}

void BusMessageTest::answer_isRead()
{
    const auto message = parseBusMessage(Return);
    QVERIFY(message.has_value());
    QCOMPARE(message->kind, BusKind::Return);
    QCOMPARE(message->replyTo, 2U);
    QCOMPARE(message->arguments.size(), 2U);
    QCOMPARE(std::get<std::string>(message->arguments[0]), "/a"s);
    QCOMPARE(std::get<std::uint32_t>(message->arguments[1]), 42U);
}

void BusMessageTest::answer_thatEndsEarlyIsNone()
{
    for (std::size_t size = 0; size < Return.size(); ++size) {
        const auto message = parseBusMessage(std::string_view(Return).substr(0, size));
        QVERIFY2(!message, qPrintable(QString::number(size)));
    }
    std::string other = Return;
    other[1] = '\x09';
    QVERIFY(!parseBusMessage(other));
    other = Return;
    other[18] = 'v'; // a field of a kind that has none
    QVERIFY(!parseBusMessage(other));
}

QTEST_APPLESS_MAIN(BusMessageTest)

#include "busmessagetest.moc"
