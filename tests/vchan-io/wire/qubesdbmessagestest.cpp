// SPDX-License-Identifier: GPL-2.0-or-later
// The messages of QubesDB, byte by byte and at their limits.
#include "vchan-io/wire/qubesdbmessages.h"

#include "tests/support/wirebody.h"

#include <QTest>

#include <initializer_list>
#include <string>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::QubesDb;
using Bulkhead::Test::Bytes;

namespace
{

/// A header as a C structure would be: type, path of 64, three bytes of padding, length.
Bytes header(unsigned type, std::string_view path, std::int64_t length = 0)
{
    return Test::joined({{static_cast<std::byte>(type)}, Test::field(path, 64), Bytes(3), Test::words({length})});
}

Bytes bytesOf(std::string_view text)
{
    return Test::field(text, text.size());
}

Path path(std::string_view text)
{
    return Path::parse(text).value();
}

Write write(std::string_view key, std::string_view value)
{
    return {.key = Key::parse(key).value(), .value = Value::parse(value).value()};
}

Result<Request> request(const Bytes &head, std::string_view body = {})
{
    BH_TRY(const std::size_t length, requestData(head));
    return parseRequest(head, std::span<const std::byte>(bytesOf(body)).first(std::min(length, body.size())));
}

Result<FromQube> fromQube(const Bytes &head, std::string_view body = {})
{
    BH_CHECK(fromQubeData(head));
    return parseFromQube(head, bytesOf(body));
}

Result<FromDom0> fromDom0(const Bytes &head, std::string_view body = {})
{
    BH_CHECK(fromDom0Data(head));
    return parseFromDom0(head, bytesOf(body));
}

constexpr std::uint8_t typeOf(MessageType type)
{
    return std::to_underlying(type);
}

} // namespace

class QubesDbMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qubesdb_001_headerIs72BytesAsInC();
    void qubesdb_001_paddingAndBytesBehindTheNulAreIgnored();
    void qubesdb_003_pathsAreUpTo63Bytes();
    void qubesdb_004_valuesAreUpTo3071Bytes();
    void qubesdb_005_aNulInAValueIsRefusedAndNoMore();
    void qubesdb_006_aPathWithASpaceIsRefusedAndNoMore();
    void qubesdb_007_aWriteThatIsNoKeyEndsTheConnection();
    void paths_areOfTheirAlphabet_data();
    void paths_areOfTheirAlphabet();
    void requests_areReadAsTheyWereBuilt();
    void requests_withDataTheyDoNotHave();
    void answers_areReadAsTheyWereBuilt();
    void qubesdb_024_S_170_whatEndsTheMirrorOfAQube_data();
    void qubesdb_024_S_170_whatEndsTheMirrorOfAQube();
    void qubesdb_024_whatDoesNotEndIt();
    void mirror_fromDom0();
    void parsers_takeTheWholeDataOnly();
};

void QubesDbMessagesTest::qubesdb_001_headerIs72BytesAsInC()
{
    const Bytes built = build(write("/name", "work"));
    QCOMPARE(HeaderSize, 72U);
    QCOMPARE(built.size(), HeaderSize + 4);
    QCOMPARE(built, Test::joined({header(1, "/name", 4), bytesOf("work")}));
    QCOMPARE(built[0], std::byte{1});
    QCOMPARE(built[1], std::byte{'/'});
    QCOMPARE(built[68], std::byte{4});
    QCOMPARE(build(Read{path("/name")}), header(0, "/name"));
    QCOMPARE(build(MultiRead{path("/a")}), header(2, "/a"));
    QCOMPARE(build(List{path("/a")}), header(3, "/a"));
    QCOMPARE(build(Remove{path("/a/")}), header(4, "/a/"));
    QCOMPARE(build(Watch{path("/a")}), header(5, "/a"));
    QCOMPARE(build(Unwatch{path("/a")}), header(6, "/a"));
    QCOMPARE(build(EntriesEnd{}), header(11, ""));
    unsigned type = 7;
    for (const MessageType answer : {MessageType::Ok,
                                     MessageType::NoEntry,
                                     MessageType::Failed,
                                     MessageType::ReadAnswer,
                                     MessageType::MultiReadAnswer,
                                     MessageType::ListAnswer,
                                     MessageType::WatchAnswer}) {
        QCOMPARE(build(Answer{.type = answer, .path = path("/p"), .value = {}}), header(type++, "/p"));
    }
}

void QubesDbMessagesTest::qubesdb_001_paddingAndBytesBehindTheNulAreIgnored()
{
    Bytes head = header(0, std::string_view("/name\0junk \x01", 12));
    head[65] = std::byte{0xFF};
    head[67] = std::byte{0xAA};
    QCOMPARE(request(head).value(), Request(Read{path("/name")}));
}

void QubesDbMessagesTest::qubesdb_003_pathsAreUpTo63Bytes()
{
    const std::string longest = "/" + std::string(62, 'a');
    QCOMPARE(request(header(0, longest)).value(), Request(Read{path(longest)}));
    QVERIFY(!Path::parse(longest + 'a'));
    // The last byte of the field counts as NUL whatever it is.
    QCOMPARE(request(header(0, longest + 'b')).value(), Request(Read{path(longest)}));
}

void QubesDbMessagesTest::qubesdb_004_valuesAreUpTo3071Bytes()
{
    const std::string longest(3071, 'v');
    QCOMPARE(request(header(1, "/a", 3071), longest).value(), Request(write("/a", longest)));
    QVERIFY(!Value::parse(longest + 'v'));
    QCOMPARE(requestData(header(1, "/a", 3072)).value(), 0U);
    QCOMPARE(request(header(1, "/a", 3072)).value(), Request(Malformed{.skip = 3072}));
    QCOMPARE(request(header(1, "/a", 0xFFFFFFFF)).value(), Request(Malformed{.skip = 0xFFFFFFFF}));
    QCOMPARE(fromQubeData(header(1, "/a", 3072)).error().code, Errc::TooMuch);
    QCOMPARE(fromQubeData(header(1, "/a", 3071)).value(), 3071U);
}

void QubesDbMessagesTest::qubesdb_005_aNulInAValueIsRefusedAndNoMore()
{
    const std::string_view value("a\0b", 3);
    QCOMPARE(request(header(1, "/a", 3), value).value(), Request(Malformed{}));
    QCOMPARE(fromQube(header(1, "/a", 3), value).value(), FromQube(Malformed{}));
}

void QubesDbMessagesTest::qubesdb_006_aPathWithASpaceIsRefusedAndNoMore()
{
    QCOMPARE(request(header(0, "/a b")).value(), Request(Malformed{}));
    QCOMPARE(request(header(1, "/a b", 1), "x").value(), Request(Malformed{}));
}

void QubesDbMessagesTest::qubesdb_007_aWriteThatIsNoKeyEndsTheConnection()
{
    for (const char *bad : {"abc", "/a/", "/", ""}) {
        QCOMPARE(request(header(1, bad, 1), "x").value(), Request(Malformed{.endsConnection = true}));
    }
}

void QubesDbMessagesTest::paths_areOfTheirAlphabet_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("all signs") << QByteArray("/Az09-_/.:@") << true;
    QTest::newRow("empty") << QByteArray() << true;
    QTest::newRow("only a slash") << QByteArray("/") << true;
    QTest::newRow("prefix without slash") << QByteArray("qubes") << true;
    QTest::newRow("begins like an option") << QByteArray("-a") << false;
    QTest::newRow("line end") << QByteArray("/a\n") << false;
    QTest::newRow("beyond ASCII") << QByteArray("/\xC3\xA4") << false;
    QTest::newRow("plus") << QByteArray("/a+b") << false;
}

void QubesDbMessagesTest::paths_areOfTheirAlphabet()
{
    QFETCH(const QByteArray, text);
    QFETCH(const bool, accepted);
    QCOMPARE(Path::parse(text.toStdString()).has_value(), accepted);
    const Request parsed = request(header(0, text.toStdString())).value();
    QCOMPARE(std::holds_alternative<Read>(parsed), accepted);
}

void QubesDbMessagesTest::requests_areReadAsTheyWereBuilt()
{
    const auto reread = [](const auto &message) {
        const Bytes built = build(message);
        const std::span<const std::byte> bytes(built);
        return parseRequest(bytes.first(HeaderSize), bytes.subspan(HeaderSize)).value() == Request(message);
    };
    QVERIFY(reread(Read{path("/a")}));
    QVERIFY(reread(write("/a", "")));
    QVERIFY(reread(write("/a", "\x01\xFF")));
    QVERIFY(reread(MultiRead{path("")}));
    QVERIFY(reread(List{path("/a/")}));
    QVERIFY(reread(Remove{path("/a/")}));
    QVERIFY(reread(Watch{path("/")}));
    QVERIFY(reread(Unwatch{path("/a")}));
}

void QubesDbMessagesTest::requests_withDataTheyDoNotHave()
{
    QCOMPARE(requestData(header(0, "/a", 1)).error().code, Errc::LongMessage);
    QCOMPARE(requestData(header(0, "/a", 5000)).error().code, Errc::LongMessage);
    for (const unsigned type : {2U, 3U, 4U, 5U, 6U}) {
        QCOMPARE(request(header(type, "/a", 1), "x").value(), Request(Malformed{}));
    }
    for (const unsigned type : {7U, 13U, 14U, 255U}) {
        QCOMPARE(request(header(type, "/a", 1), "x").value(), Request(Malformed{}));
    }
}

void QubesDbMessagesTest::answers_areReadAsTheyWereBuilt()
{
    const auto reread = [](const Answer &answer) {
        const Bytes built = build(answer);
        const std::span<const std::byte> bytes(built);
        return answerData(bytes.first(HeaderSize)).value() == built.size() - HeaderSize
            && parseAnswer(bytes.first(HeaderSize), bytes.subspan(HeaderSize)).value() == answer;
    };
    const Value value = Value::parse("v").value();
    QVERIFY(reread({.type = MessageType::Ok, .path = path("/a")}));
    QVERIFY(reread({.type = MessageType::ReadAnswer, .path = path("/a"), .value = value}));
    QVERIFY(reread({.type = MessageType::MultiReadAnswer, .path = path("/a"), .value = value}));
    QVERIFY(reread({.type = MessageType::ListAnswer}));
    QVERIFY(reread({.type = MessageType::WatchAnswer, .path = path("/a/")}));
    QCOMPARE(answerData(header(typeOf(MessageType::Ok), "/a", 1)).error().code, Errc::LongMessage);
    QCOMPARE(answerData(header(typeOf(MessageType::Read), "/a")).error().code, Errc::UnknownType);
}

void QubesDbMessagesTest::qubesdb_024_S_170_whatEndsTheMirrorOfAQube_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<QByteArray>("body");
    const auto row = [](const char *name, const Bytes &head, const char *body = "") {
        QTest::newRow(name) << QByteArray(reinterpret_cast<const char *>(head.data()),
                                          static_cast<qsizetype>(head.size()))
                            << QByteArray(body);
    };
    row("unknown type", header(14, "/a"));
    row("a local request", header(0, "/a"));
    row("an answer it was not asked for", header(11, "/a"));
    row("path with a space", header(1, "/a b", 1), "x");
    row("path that begins with a minus", header(4, "-a"));
    row("too long", header(1, "/a", 3072));
    row("write without a slash", header(1, "abc", 1), "x");
    row("write to a tree", header(1, "/a/", 1), "x");
    row("asks for a part", header(2, "/a"));
    row("asks with data", header(2, "", 1), "x");
    row("asks to watch", header(5, "/a"));
    row("a list", header(3, "/a"));
    row("failure with data", header(9, "", 1), "x");
}

void QubesDbMessagesTest::qubesdb_024_S_170_whatEndsTheMirrorOfAQube()
{
    QFETCH(const QByteArray, head);
    QFETCH(const QByteArray, body);
    QVERIFY(!fromQube(bytesOf(head.toStdString()), body.toStdString()));
}

void QubesDbMessagesTest::qubesdb_024_whatDoesNotEndIt()
{
    QCOMPARE(fromQube(header(1, "/a", 1), "x").value(), FromQube(write("/a", "x")));
    QCOMPARE(fromQube(header(4, "/a/")).value(), FromQube(Remove{path("/a/")}));
    QCOMPARE(fromQube(header(4, "/a", 1), "x").value(), FromQube(Malformed{}));
    QCOMPARE(fromQube(header(2, "")).value(), FromQube(MultiRead{}));
    QCOMPARE(fromQube(header(7, "/a")).value(), FromQube(Acknowledged{}));
    QCOMPARE(fromQube(header(8, "/a")).value(), FromQube(Acknowledged{}));
    QCOMPARE(fromQube(header(9, "/a")).value(), FromQube(PeerFailed{}));
}

void QubesDbMessagesTest::mirror_fromDom0()
{
    const Entry entry{.key = Key::parse("/a").value(), .value = Value::parse("x").value()};
    QCOMPARE(fromDom0(header(11, "/a", 1), "x").value(), FromDom0(entry));
    QCOMPARE(fromDom0(header(11, "")).value(), FromDom0(EntriesEnd{}));
    QVERIFY(!fromDom0(header(11, "", 1), "x"));
    QVERIFY(!fromDom0(header(11, "/a", 1), std::string_view("\0", 1)));
    QVERIFY(!fromDom0(header(11, "/a/", 1), "x"));
    QVERIFY(!fromDom0(header(2, "")));
    QCOMPARE(fromDom0(header(1, "/a", 1), "x").value(), FromDom0(write("/a", "x")));
    QCOMPARE(fromDom0(header(4, "/a")).value(), FromDom0(Remove{path("/a")}));
    QCOMPARE(fromDom0(header(9, "/a")).value(), FromDom0(PeerFailed{}));
    QCOMPARE(build(entry), Test::joined({header(11, "/a", 1), bytesOf("x")}));
}

void QubesDbMessagesTest::parsers_takeTheWholeDataOnly()
{
    const auto takesOnly = [](const auto &parse) {
        return Test::acceptsOnlyWhole(
            [&](std::span<const std::byte> body) {
                return parse(header(1, "/a", 5), body).has_value();
            },
            bytesOf("value"));
    };
    QVERIFY(takesOnly(parseRequest));
    QVERIFY(takesOnly(parseFromQube));
    QVERIFY(takesOnly(parseFromDom0));
    QVERIFY(Test::acceptsOnlyWhole(
        [](std::span<const std::byte> head) {
            return requestData(head).has_value();
        },
        header(1, "/a", 5)));
}

QTEST_GUILESS_MAIN(QubesDbMessagesTest)
#include "qubesdbmessagestest.moc"
