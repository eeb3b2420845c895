// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecdata.h"

#include "tests/support/wirebody.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using Test::words;
using enum ProtocolVersion;

namespace
{

Header header(MessageType type, std::size_t length)
{
    return *Qrexec::parseHeader(words({std::to_underlying(type), static_cast<std::int64_t>(length)}));
}

Result<FromCaller> callerSays(MessageType type, std::span<const std::byte> body, ProtocolVersion version = V4)
{
    return parseFromCaller(header(type, body.size()), body, version);
}

Result<FromService> serviceSays(MessageType type, std::span<const std::byte> body, ProtocolVersion version = V4)
{
    return parseFromService(header(type, body.size()), body, version);
}

constexpr std::array Streams{MessageType::DataStdin, MessageType::DataStdout, MessageType::DataStderr};

} // namespace

class QrexecDataTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_001_bytesOnTheWire();
    void S_125_chunkLimits();
    void S_123_whatCallersMaySend();
    void S_123_whatServicesMaySend();
    void exitCodes_data();
    void exitCodes();
    void data_isTheBodyItself();
};

void QrexecDataTest::qrexec_001_bytesOnTheWire()
{
    QCOMPARE(Qrexec::build(Input{}), Test::fromHex("90 01 00 00 00 00 00 00"));
    QCOMPARE(Qrexec::build(ExitCode{127}), Test::fromHex("93 01 00 00 04 00 00 00 7f 00 00 00"));
    const auto text = Test::fromHex("68 69");
    QCOMPARE(Qrexec::build(Output{{text}}), Test::fromHex("91 01 00 00 02 00 00 00 68 69"));
    QCOMPARE(Qrexec::build(ErrorOutput{{text}}), Test::fromHex("92 01 00 00 02 00 00 00 68 69"));
}

void QrexecDataTest::S_125_chunkLimits()
{
    QCOMPARE(maxChunk(V2), std::size_t{4096});
    QCOMPARE(maxChunk(V3), std::size_t{65536});
    QCOMPARE(maxChunk(V4), std::size_t{65536});
    for (const ProtocolVersion version : {V2, V3, V4}) {
        for (const MessageType type : Streams) {
            for (const Link link : {Link::CallerToService, Link::ServiceToCaller}) {
                QVERIFY(bodyLength(link, header(type, maxChunk(version)), version));
                const auto refused = bodyLength(link, header(type, maxChunk(version) + 1), version);
                QVERIFY(!refused);
                QCOMPARE(refused.error().code, Errc::TooMuch);
            }
        }
    }
}

void QrexecDataTest::S_123_whatCallersMaySend()
{
    const auto bytes = Test::fromHex("01 02");
    for (const MessageType type : {MessageType::DataStdin, MessageType::DataStdout}) {
        const auto message = callerSays(type, bytes);
        QVERIFY(message);
        QVERIFY(std::ranges::equal(std::get<Input>(*message).bytes, bytes));
        QVERIFY(std::get<Input>(*callerSays(type, {})).isEnd());
    }
    for (const MessageType type : {MessageType::DataStderr, MessageType::DataExitCode}) {
        QVERIFY(std::holds_alternative<Disregarded>(*callerSays(type, bytes)));
        QVERIFY(std::holds_alternative<Disregarded>(*callerSays(type, {})));
    }
    for (const std::uint32_t type : {0U, 0x18FU, 0x194U, 0x200U, 0x213U, 0x301U, 0xFFFFFFFFU}) {
        const auto refused = callerSays(MessageType{type}, bytes);
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::UnknownType);
    }
}

void QrexecDataTest::S_123_whatServicesMaySend()
{
    const auto bytes = Test::fromHex("01 02");
    for (const MessageType type : {MessageType::DataStdin, MessageType::DataStdout}) {
        QVERIFY(std::ranges::equal(std::get<Output>(*serviceSays(type, bytes)).bytes, bytes));
    }
    QVERIFY(std::ranges::equal(std::get<ErrorOutput>(*serviceSays(MessageType::DataStderr, bytes)).bytes, bytes));
    QVERIFY(std::get<ErrorOutput>(*serviceSays(MessageType::DataStderr, {})).isEnd());
    for (const std::uint32_t type : {0U, 0x18FU, 0x194U, 0x200U, 0x213U, 0x301U, 0xFFFFFFFFU}) {
        QVERIFY(!serviceSays(MessageType{type}, bytes));
    }
}

void QrexecDataTest::exitCodes_data()
{
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<int>("status");

    QTest::newRow("success") << words({0}) << 0;
    QTest::newRow("not found") << words({127}) << 127;
    QTest::newRow("largest") << words({255}) << 255;
    QTest::newRow("one more") << words({256}) << 0;
    QTest::newRow("minus one") << words({-1}) << 255;
    QTest::newRow("with more behind it") << words({3, 9}) << 3;
    QTest::newRow("too short") << Test::fromHex("00 00 00") << 255;
    QTest::newRow("nothing") << Test::Bytes{} << 255;
}

void QrexecDataTest::exitCodes()
{
    QFETCH(const Test::Bytes, body);
    QFETCH(const int, status);
    const auto message = serviceSays(MessageType::DataExitCode, body);
    QVERIFY(message);
    QCOMPARE(int{std::get<ExitCode>(*message).status}, status);
}

void QrexecDataTest::data_isTheBodyItself()
{
    const Test::Bytes body(65536, std::byte{0x41});
    const auto message = serviceSays(MessageType::DataStdout, body);
    QCOMPARE(std::get<Output>(*message).bytes.data(), body.data());
    QVERIFY(!parseFromService(header(MessageType::DataStdout, 5), body, V4)); // not what the header says
}

QTEST_GUILESS_MAIN(QrexecDataTest)
#include "qrexecdatatest.moc"
