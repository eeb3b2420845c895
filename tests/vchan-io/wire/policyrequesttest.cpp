// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/calls/policyrequest.h"

#include <QTest>

#include <string>
#include <string_view>

using namespace Bulkhead;
using namespace Bulkhead::PolicyAdmin;
using namespace std::string_literals;

namespace
{

const std::string Digits(64, 'a');

Answered<Request>
parse(const std::string &call, std::string_view payload = {}, const std::string &rest = "work name dom0")
{
    return parseRequest(call + ' ' + rest + '\0' + std::string(payload));
}

/// The class of what is wrong, or nothing.
std::string errorOf(const Answered<Request> &request)
{
    return request ? std::string() : std::string(nameOf(request.error().kind));
}

PolicyFile file(Folder folder, std::string_view name)
{
    return *PolicyFile::parse(folder, name);
}

} // namespace

class PolicyRequestTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void calls_areTyped();
    void policy_073_names_data();
    void policy_073_names();
    void policy_072_tokens_data();
    void policy_072_tokens();
    void calls_takeWhatTheyTake_data();
    void calls_takeWhatTheyTake();
    void policy_078_registration_data();
    void policy_078_registration();
    void replies_comeBackAsTheyWere();
    void replies_areBounded();
};

void PolicyRequestTest::calls_areTyped()
{
    QVERIFY(parse("policy.List+") == Request(List{.folder = Folder::Policy}));
    QVERIFY(parse("policy.List") == Request(List{.folder = Folder::Policy}));
    QVERIFY(parse("policy.include.List+") == Request(List{.folder = Folder::Include}));
    QVERIFY(parse("policy.Get+30-user") == Request(Get{.file = file(Folder::Policy, "30-user")}));
    QVERIFY(parse("policy.include.Get+admin-local-ro")
            == Request(Get{.file = file(Folder::Include, "admin-local-ro")}));
    QVERIFY(parse("policy.Replace+x", "any\na b\n")
            == Request(Replace{.file = file(Folder::Policy, "x"), .token = AnyContent{}, .content = "a b\n"}));
    QVERIFY(parse("policy.include.Replace+X", "new\n")
            == Request(Replace{.file = file(Folder::Include, "X"), .token = NoFile{}, .content = ""}));
    QVERIFY(parse("policy.Remove+x", "any")
            == Request(Remove{.file = file(Folder::Policy, "x"), .token = AnyContent{}}));
    QVERIFY(parse("policy.include.Remove+x", "any")
            == Request(Remove{.file = file(Folder::Include, "x"), .token = AnyContent{}}));
    QVERIFY(parse("policy.GetFiles+qubes.Filecopy") == Request(GetFiles{.service = "qubes.Filecopy"}));
    QCOMPARE(file(Folder::Policy, "30-user").path(), "30-user.policy"s);
    QCOMPARE(file(Folder::Include, "ro").path(), "include/ro"s);
}

void PolicyRequestTest::policy_073_names_data()
{
    QTest::addColumn<std::string>("name");
    QTest::addColumn<bool>("isRead");
    QTest::addColumn<bool>("isWritten");
    QTest::newRow("plain") << "30-user_x"s << true << true;
    QTest::newRow("digits") << "0"s << true << true;
    QTest::newRow("upper case") << "30-User"s << true << false;
    QTest::newRow("dot") << "30-user.policy"s << false << false;
    QTest::newRow("dots") << ".."s << false << false;
    QTest::newRow("slash") << "include/x"s << false << false;
    QTest::newRow("plus") << "a+b"s << false << false;
    QTest::newRow("200 letters") << std::string(200, 'a') << true << true;
    QTest::newRow("as long as a file's name can be") << std::string(248, 'a') << true << true;
    QTest::newRow("longer") << std::string(249, 'a') << false << false;
    QTest::newRow("exclamation mark") << "!x"s << false << false;
}

void PolicyRequestTest::policy_073_names()
{
    QFETCH(std::string, name);
    QFETCH(bool, isRead);
    QFETCH(bool, isWritten);
    const std::string refusal = "PolicyAdminInvalidFileNameException";
    QCOMPARE(errorOf(parse("policy.Get+" + name)), isRead ? std::string() : refusal);
    QCOMPARE(errorOf(parse("policy.include.Get+" + name)), isRead ? std::string() : refusal);
    QCOMPARE(errorOf(parse("policy.Remove+" + name, "any")), isRead ? std::string() : refusal);
    QCOMPARE(errorOf(parse("policy.Replace+" + name, "any\n")), isWritten ? std::string() : refusal);
    // No name of an include stops a policy from being read.
    QCOMPARE(errorOf(parse("policy.include.Replace+" + name, "any\n")), isRead ? std::string() : refusal);
}

void PolicyRequestTest::policy_072_tokens_data()
{
    QTest::addColumn<std::string>("token");
    QTest::addColumn<bool>("isOne");
    QTest::newRow("any") << "any"s << true;
    QTest::newRow("new") << "new"s << true;
    QTest::newRow("content") << "sha256:" + Digits << true;
    QTest::newRow("a digit less") << "sha256:" + Digits.substr(1) << false;
    QTest::newRow("a digit more") << "sha256:" + Digits + 'a' << false;
    QTest::newRow("capitals") << "sha256:" + std::string(64, 'A') << false;
    QTest::newRow("no digit") << "sha256:" + Digits.substr(1) + 'g' << false;
    QTest::newRow("another digest") << "sha1:" + Digits << false;
    QTest::newRow("capital word") << "Any"s << false;
    QTest::newRow("blank behind") << "any "s << false;
    QTest::newRow("carriage return") << "any\r"s << false;
    QTest::newRow("nothing") << ""s << false;
}

void PolicyRequestTest::policy_072_tokens()
{
    QFETCH(std::string, token);
    QFETCH(bool, isOne);
    const std::string expected = isOne ? "" : "PolicyAdminProtocolException";
    QCOMPARE(errorOf(parse("policy.Replace+x", token + "\ncontent")), expected);
    QCOMPARE(errorOf(parse("policy.Remove+x", token)), expected);
    // The whole payload is the token there.
    QCOMPARE(errorOf(parse("policy.Remove+x", token + '\n')), "PolicyAdminProtocolException"s);
    QCOMPARE(errorOf(parse("policy.Replace+x", token)), "PolicyAdminProtocolException"s);
    if (const auto parsed = parseToken(token); parsed && std::holds_alternative<Digest>(*parsed)) {
        QCOMPARE(tokenText(std::get<Digest>(*parsed)), token);
    }
}

void PolicyRequestTest::calls_takeWhatTheyTake_data()
{
    QTest::addColumn<std::string>("call");
    QTest::addColumn<std::string>("payload");
    QTest::newRow("list with an argument") << "policy.List+x"s << ""s;
    QTest::newRow("list with an input") << "policy.List+"s << "x"s;
    QTest::newRow("get without a name") << "policy.Get+"s << ""s;
    QTest::newRow("get with an input") << "policy.Get+x"s << "x"s;
    QTest::newRow("replace without a name") << "policy.Replace+"s << "any\n"s;
    QTest::newRow("remove without a name") << "policy.Remove+"s << "any"s;
    QTest::newRow("files of no service") << "policy.GetFiles+"s << ""s;
    QTest::newRow("files of a service with an argument") << "policy.GetFiles+a.B+c"s << ""s;
    QTest::newRow("files with an input") << "policy.GetFiles+a.B"s << "x"s;
    QTest::newRow("another call") << "policy.Set+x"s << ""s;
    QTest::newRow("no call") << "+x"s << ""s;
}

void PolicyRequestTest::calls_takeWhatTheyTake()
{
    QFETCH(std::string, call);
    QFETCH(std::string, payload);
    QCOMPARE(errorOf(parse(call, payload)), "PolicyAdminProtocolException"s);
}

void PolicyRequestTest::policy_078_registration_data()
{
    QTest::addColumn<std::string>("call");
    QTest::addColumn<std::string>("value");
    QTest::addColumn<std::string>("rest");
    QTest::addColumn<bool>("isAccepted");
    const std::string rest = "sys-usb name work";
    const std::string call = "policy.RegisterArgument+u2f.Authenticate";
    QTest::newRow("plain") << call << "ab-c_d.9"s << rest << true;
    QTest::newRow("64 bytes") << call << std::string(64, 'a') << rest << true;
    QTest::newRow("65 bytes") << call << std::string(65, 'a') << rest << false;
    QTest::newRow("nothing") << call << ""s << rest << false;
    QTest::newRow("line feed") << call << "ab\n"s << rest << false;
    QTest::newRow("plus") << call << "a+b"s << rest << false;
    QTest::newRow("blank") << call << "a b"s << rest << false;
    QTest::newRow("NUL") << call << "a\0b"s << rest << false;
    QTest::newRow("not ASCII") << call << "\xC3\xA4"s << rest << false;
    QTest::newRow("no service") << "policy.RegisterArgument+"s << "ab"s << rest << false;
    QTest::newRow("any service") << "policy.RegisterArgument+*"s << "ab"s << rest << false;
    QTest::newRow("a keyword as frontend") << call << "ab"s << "sys-usb keyword dispvm"s << false;
    QTest::newRow("no frontend") << call << "ab"s << "sys-usb name "s << false;
    QTest::newRow("a frontend that is no name") << call << "ab"s << "sys-usb name @anyvm"s << false;
    QTest::newRow("a backend that is no name") << call << "ab"s << "* name work"s << false;
    QTest::newRow("blanks in the frontend") << call << "ab"s << "sys-usb name a b allow"s << false;
}

void PolicyRequestTest::policy_078_registration()
{
    QFETCH(std::string, call);
    QFETCH(std::string, value);
    QFETCH(std::string, rest);
    QFETCH(bool, isAccepted);
    const auto request = parse(call, value, rest);
    QCOMPARE(request.has_value(), isAccepted);
    if (isAccepted) {
        QVERIFY(request
                == Request(RegisterArgument{.service = "u2f.Authenticate",
                                            .value = value,
                                            .frontend = *QubeName::parse("work"),
                                            .backend = *QubeName::parse("sys-usb")}));
    }
}

void PolicyRequestTest::replies_comeBackAsTheyWere()
{
    for (const auto kind : {Reply::Kind::Content, Reply::Kind::Refused, Reply::Kind::Broken}) {
        for (const std::string &text : {""s, "a\0b\n"s}) {
            const Reply reply{.kind = kind, .text = text};
            const auto again = parseReply(buildReply(reply));
            QVERIFY(again && *again == reply);
        }
    }
    const Answered<std::string> refused = std::unexpected(Refusal{.kind = ErrorClass::Token, .message = "no"});
    QCOMPARE(buildReply(replyOf(refused)), "1\0PolicyAdminTokenException no"s);
    QCOMPARE(buildReply(replyOf("content"s)), "0\0content"s);
}

void PolicyRequestTest::replies_areBounded()
{
    QVERIFY(!parseReply(""));
    QVERIFY(!parseReply("0"));
    QVERIFY(!parseReply("00"));
    QVERIFY(!parseReply("3\0"s));
    QVERIFY(parseReply("0\0"s + std::string(MaxReply - 2, 'a')));
    QVERIFY(!parseReply("0\0"s + std::string(MaxReply - 1, 'a')));
}

QTEST_GUILESS_MAIN(PolicyRequestTest)
#include "policyrequesttest.moc"
