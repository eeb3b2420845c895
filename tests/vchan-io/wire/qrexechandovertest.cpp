// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexechandover.h"

#include "tests/support/wirebody.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using Test::field;
using Test::words;

namespace
{

HandOver handOver(std::string command)
{
    return {
        .kind = ExecKind::Command, .channel = {.domain = DomId{3}, .port = Port{514}}, .command = std::move(command)};
}

} // namespace

class QrexecHandOverTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_054_bytesOnTheWire()
    {
        HandOver call = handOver("a b");
        QCOMPARE(*Qrexec::build(call),
                 Test::fromHex("00 02 00 00  03 00 00 00  02 02 00 00  04 00 00 00  61 20 62 00"));
        call.kind = ExecKind::JustExec;
        QCOMPARE(Qrexec::build(call)->front(), std::byte{0x01});
    }

    void whatIsBuilt_isReadAsTheSame()
    {
        for (const std::string &command : {std::string(), std::string("x"), std::string(65534, 'x')}) {
            const HandOver call = handOver(command);
            const auto bytes = Qrexec::build(call);
            QVERIFY(bytes.has_value());
            const auto header = std::span(*bytes).first(HandOverHeaderSize);
            QCOMPARE(handOverLength(header).value(), command.size() + 1);
            QVERIFY(parseHandOver(header, std::span(*bytes).subspan(HandOverHeaderSize)) == call);
        }
        QCOMPARE(Qrexec::build(handOver(std::string(65535, 'x'))).error().code, Errc::TooMuch);
        QCOMPARE(Qrexec::build(handOver(std::string("a\0b", 3))).error().code, Errc::BadValue);
    }

    void qrexec_055_lengths()
    {
        QVERIFY(!handOverLength(words({0x200, 0, 513})));
        QVERIFY(!handOverLength(words({0x200, 0, 513, 1, 0})));
        QCOMPARE(handOverLength(words({0x200, 0, 513, 0})).error().code, Errc::ShortMessage);
        QCOMPARE(handOverLength(words({0x200, 0, 513, 65535})).value(), std::size_t{65535});
        QCOMPARE(handOverLength(words({0x200, 0, 513, 65536})).error().code, Errc::TooMuch);
        QCOMPARE(handOverLength(words({0x200, 0, 513, -1})).error().code, Errc::TooMuch);
        QCOMPARE(parseHandOver(words({0x200, 0, 513, 3}), field("a", 2)).error().code, Errc::ShortMessage);
        QCOMPARE(parseHandOver(words({0x200, 0, 513, 1}), field("a", 2)).error().code, Errc::LongMessage);
    }

    void qrexec_055_fields()
    {
        const auto parsed = [](std::int64_t type, std::int64_t domain, std::int64_t port, std::string_view text) {
            const auto command = field(text, text.size());
            return parseHandOver(words({type, domain, port, std::ssize(command)}), command);
        };
        const std::string_view good("a\0", 2);
        QVERIFY(parsed(0x200, 0, 513, good).has_value());
        QVERIFY(parsed(0x201, 0x7FEF, 768, good).has_value());
        QCOMPARE(parsed(0x202, 0, 513, good).error().code, Errc::UnknownType);
        QCOMPARE(parsed(0x200, 0x7FF0, 513, good).error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, -1, 513, good).error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, 0, 512, good).error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, 0, 769, good).error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, 0, 513, "a").error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, 0, 513, std::string_view("a\0b\0", 4)).error().code, Errc::BadField);
        QCOMPARE(parsed(0x200, 0, 513, std::string_view("a\0\0", 3)).error().code, Errc::BadField);
    }
};

QTEST_GUILESS_MAIN(QrexecHandOverTest)
#include "qrexechandovertest.moc"
