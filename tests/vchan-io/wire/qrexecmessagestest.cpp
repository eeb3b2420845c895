// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qrexecmessages.h"

#include "tests/support/wirebody.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;
using Test::field;
using Test::joined;
using Test::words;
using enum ProtocolVersion;

namespace
{

Header header(MessageType type, std::size_t length)
{
    const auto size = static_cast<std::uint32_t>(length);
    return *Qrexec::parseHeader(words({std::to_underlying(type), size}));
}

Test::Bytes text(std::string_view characters)
{
    return field(characters, characters.size());
}

Result<FromAgent>
agentSays(MessageType type, std::span<const std::byte> body, std::optional<ProtocolVersion> version = V4)
{
    return parseFromAgent(header(type, body.size()), body, version);
}

Result<FromDaemon> daemonSays(MessageType type, std::span<const std::byte> body)
{
    return parseFromDaemon(header(type, body.size()), body, V4);
}

Result<FromClient> clientSays(MessageType type, std::span<const std::byte> body)
{
    return parseFromClient(header(type, body.size()), body, DaemonSocketVersion);
}

/// @param service  with its NUL
Test::Bytes trigger4(std::string_view target, std::string_view ident, std::string_view service)
{
    return joined({field("", 64), field(target, 64), field(ident, 32), text(service)});
}

template<typename T> bool holds(const Result<FromAgent> &message)
{
    return message && std::holds_alternative<T>(*message);
}

} // namespace

class QrexecMessagesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_001_bytesOnTheWire();
    void S_022_greetingComesFirstAndOnce();
    void qrexec_004_S_021_versions();
    void qrexec_005_triggersByVersion_data();
    void qrexec_005_triggersByVersion();
    void qrexec_006_triggersAreWrittenForThePeer();
    void qrexec_006_triggersThatDoNotFitAreRefused();
    void qrexec_021_S_023_lengthsFromTheAgent_data();
    void qrexec_021_S_023_lengthsFromTheAgent();
    void qrexec_022_S_026_serviceNamesThatAreNone_data();
    void qrexec_022_S_026_serviceNamesThatAreNone();
    void qrexec_023_idents_data();
    void qrexec_023_idents();
    void qrexec_024_lettersOutsideTheAlphabet();
    void qrexec_025_S_025_targetsAreCut();
    void terminated_portsOfTerminatedConnections();
    void S_026_requestsOfLocalClients_data();
    void S_026_requestsOfLocalClients();
    void clients_portsOfLocalClients();
    void qrexec_029_controlBodiesHaveALimit();
    void S_024_typesOfOtherLinks();
    void refusalsNameTheirRequest();
    void serviceConnect_takesShortAndWholeIdents();
    void messages_returnAsTheyWere();
};

void QrexecMessagesTest::qrexec_001_bytesOnTheWire()
{
    QCOMPARE(Qrexec::build(Hello{4}), Test::fromHex("00 03 00 00 04 00 00 00 04 00 00 00"));
    QCOMPARE(*Qrexec::build(Execute{ExecKind::Command, DomId{0}, std::nullopt, "user:x"}, Link::ClientToDaemon),
             Test::fromHex("00 02 00 00 0f 00 00 00 00 00 00 00 00 00 00 00 75 73 65 72 3a 78 00"));
    QCOMPARE(Qrexec::build(Accepted{MessageType::ExecCommand, {DomId{42}, Port{513}}}),
             Test::fromHex("00 02 00 00 08 00 00 00 2a 00 00 00 01 02 00 00"));
    QCOMPARE(Qrexec::build(ConnectionTerminated{{DomId{43}, Port{514}}}),
             Test::fromHex("11 02 00 00 08 00 00 00 2b 00 00 00 02 02 00 00"));
    QCOMPARE(Qrexec::build(ChannelAddress{DomId{42}, Port{513}}), Test::fromHex("2a 00 00 00 01 02 00 00"));
}

void QrexecMessagesTest::S_022_greetingComesFirstAndOnce()
{
    const auto parse = [](std::span<const std::byte> body) {
        return agentSays(MessageType::Hello, body, std::nullopt);
    };
    QVERIFY(Test::acceptsOnlyWhole(parse, words({4})));
    for (const Link link : {Link::AgentToDaemon,
                            Link::DaemonToAgent,
                            Link::ClientToDaemon,
                            Link::DaemonToClient,
                            Link::CallerToService,
                            Link::ServiceToCaller}) {
        const auto second = bodyLength(link, header(MessageType::Hello, 4), V4);
        const auto early = bodyLength(link, header(MessageType::ConnectionTerminated, 8), std::nullopt);
        QVERIFY(!second);
        QVERIFY(!early);
        QCOMPARE(second.error().code, Errc::WrongState);
        QCOMPARE(early.error().code, Errc::WrongState);
        QCOMPARE(bodyLength(link, header(MessageType::Hello, 4), std::nullopt), std::size_t{4});
        QVERIFY(!bodyLength(link, header(MessageType::Hello, 5), std::nullopt));
        QVERIFY(!bodyLength(link, header(MessageType::Hello, 3), std::nullopt));
    }
}

void QrexecMessagesTest::qrexec_004_S_021_versions()
{
    QCOMPARE(negotiate(Hello{2}), V2);
    QCOMPARE(negotiate(Hello{3}), V3);
    QCOMPARE(negotiate(Hello{4}), V4);
    QCOMPARE(negotiate(Hello{9}), V4);
    QCOMPARE(negotiate(Hello{0xFFFFFFFF}), V4);
    for (const std::uint32_t old : {0U, 1U}) {
        const auto refused = negotiate(Hello{old});
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Unsupported);
        QVERIFY(refused.error().detail.contains("protocol " + std::to_string(old)));
        QVERIFY(refused.error().detail.contains("2 to 4"));
    }
    QVERIFY(!negotiateLocal(Hello{2}));
    QCOMPARE(negotiateLocal(Hello{3}), V3);
    QCOMPARE(negotiateLocal(Hello{4}), V3);
}

void QrexecMessagesTest::qrexec_005_triggersByVersion_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<ProtocolVersion>("version");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("v2 at 2") << MessageType::Trigger2 << V2 << true;
    QTest::newRow("v2 at 3") << MessageType::Trigger2 << V3 << false;
    QTest::newRow("v2 at 4") << MessageType::Trigger2 << V4 << false;
    QTest::newRow("v3 at 2") << MessageType::Trigger3 << V2 << false;
    QTest::newRow("v3 at 3") << MessageType::Trigger3 << V3 << true;
    QTest::newRow("v3 at 4") << MessageType::Trigger3 << V4 << true;
    QTest::newRow("v4 at 2") << MessageType::Trigger4 << V2 << false;
    QTest::newRow("v4 at 3") << MessageType::Trigger4 << V3 << false;
    QTest::newRow("v4 at 4") << MessageType::Trigger4 << V4 << true;
}

void QrexecMessagesTest::qrexec_005_triggersByVersion()
{
    QFETCH(const MessageType, type);
    QFETCH(const ProtocolVersion, version);
    QFETCH(const bool, accepted);
    const std::size_t size = type == MessageType::Trigger2 ? 128 : 170;
    const auto length = bodyLength(Link::AgentToDaemon, header(type, size), version);
    QCOMPARE(length.has_value(), accepted);
    if (!accepted) {
        QCOMPARE(length.error().code, Errc::UnknownType);
    }
}

void QrexecMessagesTest::qrexec_006_triggersAreWrittenForThePeer()
{
    const Trigger trigger{.target = RequestedQube::cleaned("work"),
                          .ident = *RequestIdent::fromText("SOCKET5"),
                          .service = *RequestedService::cleaned("qubes.Filecopy+x")};
    const auto isTold = [&trigger](ProtocolVersion version, MessageType type, const Test::Bytes &body) {
        const auto message = Qrexec::build(trigger, version);
        const auto expected = joined({words({std::to_underlying(type), static_cast<std::int64_t>(body.size())}), body});
        return message && *message == expected && holds<Trigger>(agentSays(type, body, version));
    };
    const auto name = text("qubes.Filecopy+x\0"s);
    QVERIFY(isTold(V4, MessageType::Trigger4, trigger4("work", "SOCKET5", "qubes.Filecopy+x\0"s)));
    QVERIFY(isTold(V3, MessageType::Trigger3, joined({field("work", 64), field("SOCKET5", 32), name})));
    QVERIFY(isTold(
        V2, MessageType::Trigger2, joined({field("qubes.Filecopy+x", 64), field("work", 32), field("SOCKET5", 32)})));
}

void QrexecMessagesTest::qrexec_006_triggersThatDoNotFitAreRefused()
{
    Trigger trigger{.target = RequestedQube::cleaned(std::string(31, 't')),
                    .service = *RequestedService::cleaned(std::string(63, 's'))};
    QVERIFY(Qrexec::build(trigger, V2));

    trigger.service = *RequestedService::cleaned(std::string(64, 's'));
    QVERIFY(!Qrexec::build(trigger, V2));
    QVERIFY(Qrexec::build(trigger, V3));

    trigger.service = *RequestedService::cleaned("s");
    trigger.target = RequestedQube::cleaned(std::string(32, 't'));
    QVERIFY(!Qrexec::build(trigger, V2));
    QVERIFY(Qrexec::build(trigger, V3));

    trigger.source = RequestedQube::cleaned("remote");
    const auto refused = Qrexec::build(trigger, V3);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::Unsupported);
    QVERIFY(Qrexec::build(trigger, V4));
}

void QrexecMessagesTest::qrexec_021_S_023_lengthsFromTheAgent_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<ProtocolVersion>("version");
    QTest::addColumn<quint32>("length");
    QTest::addColumn<bool>("accepted");

    const auto edges = [](const char *name, MessageType type, ProtocolVersion version, quint32 least, quint32 most) {
        QTest::addRow("%s, shortest", name) << type << version << least << true;
        QTest::addRow("%s, one less", name) << type << version << least - 1 << false;
        QTest::addRow("%s, longest", name) << type << version << most << true;
        QTest::addRow("%s, one more", name) << type << version << most + 1 << false;
        QTest::addRow("%s, nothing", name) << type << version << 0U << false;
        QTest::addRow("%s, 4 GiB", name) << type << version << 0xFFFFFFFFU << false;
    };
    edges("trigger 2", MessageType::Trigger2, V2, 128, 128);
    edges("trigger 3", MessageType::Trigger3, V3, 97, 96 + 65000);
    edges("trigger 4", MessageType::Trigger4, V4, 161, 160 + 65000);
    edges("terminated", MessageType::ConnectionTerminated, V4, 8, 8);
}

void QrexecMessagesTest::qrexec_021_S_023_lengthsFromTheAgent()
{
    QFETCH(const MessageType, type);
    QFETCH(const ProtocolVersion, version);
    QFETCH(const quint32, length);
    QFETCH(const bool, accepted);
    const auto accept = bodyLength(Link::AgentToDaemon, header(type, length), version);
    QCOMPARE(accept.has_value(), accepted);
    QCOMPARE(accept.value_or(length), std::size_t{length});
}

void QrexecMessagesTest::qrexec_022_S_026_serviceNamesThatAreNone_data()
{
    QTest::addColumn<std::string>("service");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("one letter") << "a\0"s << true;
    QTest::newRow("with an argument") << "a+b+c\0"s << true;
    QTest::newRow("empty argument") << "a+\0"s << true;
    QTest::newRow("longest") << std::string(64999, 'a') + '\0' << true;
    QTest::newRow("NUL inside") << "a\0b\0"s << false;
    QTest::newRow("two NULs at the end") << "a\0\0"s << false;
    QTest::newRow("no NUL") << "ab"s << false;
    QTest::newRow("longest without NUL") << std::string(65000, 'a') << false;
    QTest::newRow("empty") << "\0"s << false;
    QTest::newRow("only an argument") << "+a\0"s << false;
}

void QrexecMessagesTest::qrexec_022_S_026_serviceNamesThatAreNone()
{
    QFETCH(const std::string, service);
    QFETCH(const bool, accepted);
    const auto message = agentSays(MessageType::Trigger4, trigger4("work", "SOCKET5", service));
    QVERIFY(message); // the connection goes on either way
    if (accepted) {
        QCOMPARE(std::get<Trigger>(*message).service.text(), service.substr(0, service.size() - 1));
    } else {
        QCOMPARE(std::get<MalformedTrigger>(*message).ident, RequestIdent::fromText("SOCKET5")->raw());
    }
}

void QrexecMessagesTest::qrexec_023_idents_data()
{
    QTest::addColumn<std::string>("ident");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("empty") << ""s << true;
    QTest::newRow("usual") << "SOCKET12"s << true;
    QTest::newRow("every sign") << "aZ09_.- "s << true;
    QTest::newRow("longest") << std::string(31, 'i') << true;
    QTest::newRow("no NUL") << std::string(32, 'i') << false;
    QTest::newRow("something behind the NUL") << "SOCKET1\0x"s << false;
    QTest::newRow("slash") << "a/b"s << false;
    QTest::newRow("line break") << "a\n"s << false;
    QTest::newRow("above ASCII") << "\xC3\xA9"s << false;
}

void QrexecMessagesTest::qrexec_023_idents()
{
    QFETCH(const std::string, ident);
    QFETCH(const bool, accepted);
    const auto message = agentSays(MessageType::Trigger4, trigger4("work", ident, "service\0"s));
    QVERIFY(message);
    if (accepted) {
        QCOMPARE(std::get<Trigger>(*message).ident.text(), ident);
        return;
    }
    const auto refusal = Qrexec::build(ServiceRefused{std::get<MalformedTrigger>(*message).ident});
    QCOMPARE(refusal, joined({words({0x203, 32}), field(ident, 32)})); // the same 32 bytes
}

void QrexecMessagesTest::qrexec_024_lettersOutsideTheAlphabet()
{
    const auto message = agentSays(MessageType::Trigger4, trigger4("@disp:a$b c/é", "", "a$b/c d@e:f\0"s));
    QVERIFY(holds<Trigger>(message));
    const auto &trigger = std::get<Trigger>(*message);
    QCOMPARE(trigger.service.text(), "a_b_c_d_e_f"s);
    QCOMPARE(trigger.target.text(), "@disp:a_b_c___"s);
    QVERIFY(trigger.source.text().empty());
}

void QrexecMessagesTest::qrexec_025_S_025_targetsAreCut()
{
    const std::string full(64, 't');
    const auto message = agentSays(MessageType::Trigger4, trigger4(full, "", "s\0"s));
    QVERIFY(holds<Trigger>(message));
    QCOMPARE(std::get<Trigger>(*message).target.text(), full.substr(1));
    const auto garbage = agentSays(MessageType::Trigger4, trigger4("work\0evil"s, "", "s\0"s));
    QCOMPARE(std::get<Trigger>(*garbage).target.text(), "work"s);
}

void QrexecMessagesTest::terminated_portsOfTerminatedConnections()
{
    const auto terminated = [](std::int64_t domain, std::int64_t port) {
        return agentSays(MessageType::ConnectionTerminated, words({domain, port}));
    };
    QCOMPARE(std::get<ConnectionTerminated>(*terminated(43, 514)).channel, (ChannelAddress{DomId{43}, Port{514}}));
    QVERIFY(terminated(0, 513));
    QVERIFY(terminated(0, 768));
    QVERIFY(terminated(-1, 768)); // a domain that is none frees nothing
    QVERIFY(!terminated(0, 512));
    QVERIFY(!terminated(0, 769));
    QVERIFY(!terminated(0, 0));
    const auto parse = [](std::span<const std::byte> body) {
        return agentSays(MessageType::ConnectionTerminated, body);
    };
    QVERIFY(Test::acceptsOnlyWhole(parse, words({43, 514})));
}

void QrexecMessagesTest::S_026_requestsOfLocalClients_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<Test::Bytes>("body");
    QTest::addColumn<bool>("accepted");

    const auto address = words({0, 0});
    const auto longest = std::string(65535 - 9, 'c') + '\0';
    QTest::newRow("command") << MessageType::ExecCommand << joined({address, text("user:x\0"s)}) << true;
    QTest::newRow("just exec") << MessageType::JustExec << joined({address, text("user:x\0"s)}) << true;
    QTest::newRow("no command at all") << MessageType::ExecCommand << address << false;
    QTest::newRow("no NUL") << MessageType::ExecCommand << joined({address, text("user:x")}) << false;
    QTest::newRow("NUL inside") << MessageType::ExecCommand << joined({address, text("us\0er\0"s)}) << false;
    QTest::newRow("longest") << MessageType::ExecCommand << joined({address, text(longest)}) << true;
    QTest::newRow("one byte more") << MessageType::ExecCommand << joined({address, text("c" + longest)}) << false;
    QTest::newRow("unknown type") << MessageType{0x204} << joined({address, text("user:x\0"s)}) << false;
    QTest::newRow("an agent's type") << MessageType::Trigger4 << trigger4("", "", "s\0"s) << false;
    QTest::newRow("ident without NUL") << MessageType::ServiceConnect << joined({address, text("SOCKET")}) << false;
    QTest::newRow("domain that cannot be")
        << MessageType::ExecCommand << joined({words({0x7FF0, 0}), text("user:x\0"s)}) << false;
}

void QrexecMessagesTest::S_026_requestsOfLocalClients()
{
    QFETCH(const MessageType, type);
    QFETCH(const Test::Bytes, body);
    QFETCH(const bool, accepted);
    QCOMPARE(clientSays(type, body).has_value(), accepted);
}

void QrexecMessagesTest::clients_portsOfLocalClients()
{
    const auto port = [](std::int64_t number) {
        return clientSays(MessageType::ServiceConnect, joined({words({5, number}), field("SOCKET5", 32)}));
    };
    QVERIFY(!port(512));
    QVERIFY(!port(769));
    QCOMPARE(std::get<ServiceConnect>(*port(513)).port, Port{513});
    QCOMPARE(std::get<ServiceConnect>(*port(768)).port, Port{768});
    QCOMPARE(std::get<ServiceConnect>(*port(0)).port, std::nullopt);
    // Towards an agent there is always a port.
    QVERIFY(!daemonSays(MessageType::ServiceConnect, joined({words({5, 0}), field("SOCKET5", 32)})));
    QVERIFY(!daemonSays(MessageType::ExecCommand, joined({words({5, 0}), text("user:x\0"s)})));
}

void QrexecMessagesTest::qrexec_029_controlBodiesHaveALimit()
{
    const auto command = [](std::size_t length) {
        return Execute{ExecKind::Command, DomId{0}, Port{513}, std::string(length, 'c')};
    };
    QVERIFY(Qrexec::build(command(4096 - 9), Link::DaemonToAgent));
    const auto refused = Qrexec::build(command(4096 - 8), Link::DaemonToAgent);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::TooMuch);
    QVERIFY(Qrexec::build(command(65535 - 9), Link::ClientToDaemon));
    QVERIFY(!Qrexec::build(command(65535 - 8), Link::ClientToDaemon));

    Trigger trigger{.service = *RequestedService::cleaned(std::string(3935, 's'))};
    QVERIFY(Qrexec::build(trigger, V4));
    trigger.service = *RequestedService::cleaned(std::string(3936, 's'));
    QVERIFY(!Qrexec::build(trigger, V4));
}

void QrexecMessagesTest::S_024_typesOfOtherLinks()
{
    const auto exists = [](Link link, MessageType type, std::size_t length) {
        return bodyLength(link, header(type, length), V4).has_value();
    };
    for (const MessageType type : {MessageType::ExecCommand,
                                   MessageType::JustExec,
                                   MessageType::ServiceConnect,
                                   MessageType::ServiceRefused,
                                   MessageType::DataStdin,
                                   MessageType{0},
                                   MessageType{0xFFFFFFFF}}) {
        QVERIFY(!exists(Link::AgentToDaemon, type, 32));
    }
    for (const MessageType type : {MessageType::Trigger4, MessageType::DataStdin, MessageType{0x204}, MessageType{0}}) {
        QVERIFY(!exists(Link::DaemonToAgent, type, 200));
    }
    QVERIFY(!exists(Link::DaemonToAgent, MessageType::ConnectionTerminated, 8));
    QVERIFY(!exists(Link::TriggerToAgent, MessageType::Hello, 4));
    QVERIFY(!exists(Link::TriggerToAgent, MessageType::Trigger3, 170));
    QVERIFY(exists(Link::TriggerToAgent, MessageType::Trigger4, 170));
}

void QrexecMessagesTest::refusalsNameTheirRequest()
{
    const auto parse = [](std::span<const std::byte> body) {
        return daemonSays(MessageType::ServiceRefused, body);
    };
    QVERIFY(Test::acceptsOnlyWhole(parse, field("SOCKET7", 32)));
    const auto message = daemonSays(MessageType::ServiceRefused, field("SOCKET7", 32));
    QCOMPARE(RequestIdent::parse(std::get<ServiceRefused>(*message).ident)->text(), "SOCKET7"s);
    // An ident that is none is the agent's to ignore, not the channel's end.
    const auto malformed = daemonSays(MessageType::ServiceRefused, field("SOCKET7\0x"s, 32));
    QVERIFY(malformed);
    QVERIFY(!RequestIdent::parse(std::get<ServiceRefused>(*malformed).ident));
}

void QrexecMessagesTest::serviceConnect_takesShortAndWholeIdents()
{
    const auto ident = RequestIdent::fromText("SOCKET5")->raw();
    for (const std::size_t size : {8U, 20U, 32U}) {
        const auto message = daemonSays(MessageType::ServiceConnect, joined({words({5, 513}), field("SOCKET5", size)}));
        QVERIFY(message);
        QCOMPARE(std::get<ServiceConnect>(*message), (ServiceConnect{DomId{5}, Port{513}, ident}));
    }
    QVERIFY(!daemonSays(MessageType::ServiceConnect, joined({words({5, 513}), field("SOCKET5", 33)})));
    QVERIFY(!daemonSays(MessageType::ServiceConnect, words({5, 513})));
}

void QrexecMessagesTest::messages_returnAsTheyWere()
{
    const auto body = [](const Test::Bytes &message) {
        return std::span(message).subspan(Qrexec::HeaderSize);
    };
    const Execute execute{ExecKind::JustExec, DomId{3}, Port{600}, "DEFAULT:QUBESRPC a+b work"};
    const auto sent = *Qrexec::build(execute, Link::DaemonToAgent);
    QCOMPARE(std::get<Execute>(*daemonSays(MessageType::JustExec, body(sent))), execute);

    const ServiceConnect connect{DomId{3}, Port{600}, RequestIdent::fromText("SOCKET5")->raw()};
    const auto connectBytes = Qrexec::build(connect);
    QCOMPARE(std::get<ServiceConnect>(*clientSays(MessageType::ServiceConnect, body(connectBytes))), connect);

    const Accepted accepted{MessageType::ServiceConnect, {DomId{42}, Port{513}}};
    const auto reply = Qrexec::build(accepted);
    const auto parsed = parseToClient(header(MessageType::ServiceConnect, 8), body(reply), DaemonSocketVersion);
    QCOMPARE(std::get<Accepted>(*parsed), accepted);

    const Test::Bytes address = Qrexec::build(accepted.channel);
    QVERIFY(Test::acceptsOnlyWhole(parseChannelAddress, address));
    QCOMPARE(parseChannelAddress(address), accepted.channel);

    QVERIFY(!Qrexec::build(Execute{ExecKind::Command, DomId{0}, Port{513}, "a\0b"s}, Link::DaemonToAgent));
}

QTEST_GUILESS_MAIN(QrexecMessagesTest)
#include "qrexecmessagestest.moc"
