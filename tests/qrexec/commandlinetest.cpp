// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/commandline.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void user_isAllBeforeTheFirstColon();
    void nogui_isTakenOnce();
    void shellCommand_keepsEveryByte();
    void service_isTakenApart();
    void service_withTargetIsTakenApart();
    void S_120_everyByteOfAService_data();
    void S_120_everyByteOfAService();
    void S_121_lettersOfAnArgument_data();
    void S_121_lettersOfAnArgument();
    void refused_data();
    void refused();
    void qrexec_042_nameOf256BytesIsRefused();
};

void CommandLineTest::user_isAllBeforeTheFirstColon()
{
    const auto command = parseCommand("user:echo a:b");
    QVERIFY(command.has_value());
    QCOMPARE(command->user, std::string("user"));
    QCOMPARE(std::get<ShellCommand>(command->what).text, std::string("echo a:b"));
}

void CommandLineTest::nogui_isTakenOnce()
{
    const auto command = parseCommand("user:nogui:nogui:x");
    QVERIFY(command.has_value());
    QVERIFY(!command->waitsForSession);
    QCOMPARE(std::get<ShellCommand>(command->what).text, std::string("nogui:x"));
    QVERIFY(parseCommand("user:x")->waitsForSession);
}

void CommandLineTest::shellCommand_keepsEveryByte()
{
    const std::string text = "  printf '\xc3\xa9\t$HOME' | QUBESRPC x\n";
    const auto command = parseCommand("root:" + text);
    QVERIFY(command.has_value());
    QCOMPARE(std::get<ShellCommand>(command->what).text, text);
}

void CommandLineTest::service_isTakenApart()
{
    const auto command = parseCommand("user:QUBESRPC test.Echo+a+b work");
    QVERIFY(command.has_value());
    const ServiceRequest *const service = command->service();
    QVERIFY(service != nullptr);
    QCOMPARE(service->name, std::string("test.Echo"));
    QVERIFY(service->argument == "a+b");
    QCOMPARE(service->source.text(), std::string("work"));
    QCOMPARE(service->line, std::string("test.Echo+a+b work"));
    QCOMPARE(service->descriptor(), std::string("test.Echo+a+b"));
    QVERIFY(!service->target.has_value());

    const auto bare = parseCommand("user:QUBESRPC test.Echo work");
    QVERIFY(!bare->service()->argument.has_value());
    QCOMPARE(bare->service()->descriptor(), std::string("test.Echo"));
    QVERIFY(parseCommand("user:QUBESRPC test.Echo+ work")->service()->argument == "");
}

void CommandLineTest::service_withTargetIsTakenApart()
{
    const auto named = parseCommand("user:QUBESRPC test.Echo work name dom0");
    QVERIFY(named->service()->target == (RequestedTarget{RequestedTarget::Kind::Name, "dom0"}));
    const auto keyword = parseCommand("user:QUBESRPC test.Echo work keyword dispvm:base");
    QVERIFY(keyword->service()->target == (RequestedTarget{RequestedTarget::Kind::Keyword, "dispvm:base"}));
}

void CommandLineTest::S_120_everyByteOfAService_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::addColumn<QByteArray>("alphabet");
    const QByteArray letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-+");
    // A plus ends the name and begins the argument; a space ends both.
    QTest::newRow("name") << QByteArray("user:QUBESRPC a") << QByteArray("b+c work") << letters;
    QTest::newRow("argument") << QByteArray("user:QUBESRPC a+b") << QByteArray("c work") << letters;
}

void CommandLineTest::S_120_everyByteOfAService()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    QFETCH(QByteArray, alphabet);
    for (int value = 0; value < 256; ++value) {
        const char byte = static_cast<char>(value);
        const QByteArray text = before + byte + after;
        const auto command = parseCommand(text.toStdString());
        QVERIFY2(command.has_value() == alphabet.contains(byte), QByteArray::number(value).constData());
        if (command) { // not repaired
            const auto *const service = command->service();
            QVERIFY(service != nullptr && service->descriptor().contains(byte));
        }
    }
}

void CommandLineTest::S_121_lettersOfAnArgument_data()
{
    QTest::addColumn<QByteArray>("argument");
    QTest::addColumn<bool>("accepted");
    for (int byte = 1; byte < 256; ++byte) {
        const char c = static_cast<char>(byte);
        // The first space ends the argument, and `b` is then the source.
        const bool accepted = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.'
            || c == '_' || c == '-' || c == '+';
        QTest::addRow("byte %02x", byte) << (QByteArray("a") + c + "b") << accepted;
    }
    QTest::newRow("variable") << QByteArray("$HOME") << false;
    QTest::newRow("backticks") << QByteArray("`id`") << false;
    QTest::newRow("parent directory") << QByteArray("../x") << false;
    QTest::newRow("option") << QByteArray("-x") << true;
    QTest::newRow("end of options") << QByteArray("--") << true;
    QTest::newRow("leading plus") << QByteArray("+a") << true;
    QTest::newRow("format") << QByteArray("%s") << false;
}

void CommandLineTest::S_121_lettersOfAnArgument()
{
    QFETCH(QByteArray, argument);
    QFETCH(bool, accepted);
    const auto command = parseCommand("user:QUBESRPC test.Echo+" + argument.toStdString() + " work");
    QCOMPARE(command.has_value(), accepted);
    if (accepted) {
        QVERIFY(command->service()->argument == argument.toStdString());
    }
}

void CommandLineTest::refused_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::newRow("empty") << QByteArray("");
    QTest::newRow("no colon") << QByteArray("echo");
    QTest::newRow("no user") << QByteArray(":echo");
    QTest::newRow("keyword alone") << QByteArray("user:QUBESRPC");
    QTest::newRow("keyword glued to a word") << QByteArray("user:QUBESRPCx a b");
    QTest::newRow("no source") << QByteArray("user:QUBESRPC test.Echo");
    QTest::newRow("empty source") << QByteArray("user:QUBESRPC test.Echo  work");
    QTest::newRow("only a space for a source") << QByteArray("user:QUBESRPC test.Echo ");
    QTest::newRow("empty name") << QByteArray("user:QUBESRPC +a work");
    QTest::newRow("empty descriptor") << QByteArray("user:QUBESRPC  work");
    QTest::newRow("two words") << QByteArray("user:QUBESRPC test.Echo work name");
    QTest::newRow("four words") << QByteArray("user:QUBESRPC test.Echo work name dom0 x");
    QTest::newRow("unknown kind of target") << QByteArray("user:QUBESRPC test.Echo work number 4");
    QTest::newRow("source that is no name") << QByteArray("user:QUBESRPC test.Echo @anyvm");
    QTest::newRow("S_122: here") << QByteArray("user:QUBESRPC . work");
    QTest::newRow("S_122: parent directory") << QByteArray("user:QUBESRPC .. work");
    QTest::newRow("S_122: absolute") << QByteArray("user:QUBESRPC /bin/sh work");
    QTest::newRow("S_122: walking up") << QByteArray("user:QUBESRPC ../../bin/sh work");
    QTest::newRow("quote") << QByteArray("user:QUBESRPC a'b work");
}

void CommandLineTest::refused()
{
    QFETCH(QByteArray, text);
    const auto command = parseCommand(text.toStdString());
    QVERIFY(!command.has_value());
    QCOMPARE(command.error().code, Errc::BadValue);
}

void CommandLineTest::qrexec_042_nameOf256BytesIsRefused()
{
    const auto withName = [](std::size_t length) {
        return parseCommand("user:QUBESRPC " + std::string(length, 'a') + " work");
    };
    QVERIFY(withName(255).has_value());
    QVERIFY(!withName(256).has_value());

    const auto withDescriptor = [](std::size_t length) {
        return parseCommand("user:QUBESRPC a+" + std::string(length - 2, 'b') + " work");
    };
    QVERIFY(withDescriptor(65000).has_value());
    QVERIFY(!withDescriptor(65001).has_value());
}

QTEST_GUILESS_MAIN(CommandLineTest)
#include "commandlinetest.moc"
