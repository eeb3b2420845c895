// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/serviceconfig.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Qt::StringLiterals;

class ServiceConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyKeyIsRead();
    void qrexec_044_forms_data();
    void qrexec_044_forms();
    void unknownKeysAreToldOnly();
    void qrexec_045_forceUserWithSocketOptions();
    void load_takesTheMostSpecificFile();
    void load_withoutAFileHasDefaults();
    void S_198_errorNamesFileLineAndWhatMayStandThere_data();
    void S_198_errorNamesFileLineAndWhatMayStandThere();
};

void ServiceConfigTest::everyKeyIsRead()
{
    const auto config = parseServiceConfig("wait-for-session = true\n"
                                           "skip-service-descriptor=true\n"
                                           "exit-on-client-eof\t=\ttrue # why\n"
                                           "exit-on-service-eof = true\r\n");
    QVERIFY(config.has_value());
    QVERIFY(config->waitForSession);
    QVERIFY(config->skipServiceDescriptor);
    QVERIFY(config->exitOnClientEof);
    QVERIFY(config->exitOnServiceEof);
    QVERIFY(!config->forceUser);
    QVERIFY(parseServiceConfig("force-user = 'root'")->forceUser == "root");
}

void ServiceConfigTest::qrexec_044_forms_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("empty file") << QByteArray("") << true;
    QTest::newRow("blank lines") << QByteArray("\n\n") << true;
    QTest::newRow("comment") << QByteArray("# anything = [x\n") << true;
    QTest::newRow("no final newline") << QByteArray("wait-for-session=true") << true;
    QTest::newRow("CRLF") << QByteArray("wait-for-session=true\r\n") << true;
    QTest::newRow("number 0") << QByteArray("wait-for-session = 0\n") << true;
    QTest::newRow("number 1") << QByteArray("wait-for-session = 1\n") << true;
    QTest::newRow("comment behind a value") << QByteArray("force-user = 'a#b' # c\n") << true;
    QTest::newRow("comment glued to a value") << QByteArray("wait-for-session = true#c\n") << true;
    QTest::newRow("trailing blanks") << QByteArray("wait-for-session = true \t\n") << true;
    QTest::newRow("empty string") << QByteArray("force-user = ''\n") << true;
    QTest::newRow("unknown key") << QByteArray("colour = 'red'\n") << true;
    QTest::newRow("unknown key twice") << QByteArray("colour = 1\ncolour = 2\n") << true;

    QTest::newRow("number 2") << QByteArray("wait-for-session = 2\n") << false;
    QTest::newRow("leading zero") << QByteArray("colour = 01\n") << false;
    QTest::newRow("sign") << QByteArray("colour = -1\n") << false;
    QTest::newRow("leading blank") << QByteArray(" wait-for-session = true\n") << false;
    QTest::newRow("blank before a comment") << QByteArray(" # x\n") << false;
    QTest::newRow("section") << QByteArray("[section]\n") << false;
    QTest::newRow("double quotes") << QByteArray("force-user = \"root\"\n") << false;
    QTest::newRow("triple quotes") << QByteArray("force-user = '''root'''\n") << false;
    QTest::newRow("open quote") << QByteArray("force-user = 'root\n") << false;
    QTest::newRow("NUL") << QByteArray("# \0\n", 4) << false;
    QTest::newRow("known key twice") << QByteArray("wait-for-session=true\nwait-for-session=true\n") << false;
    QTest::newRow("number for a user") << QByteArray("force-user = 1\n") << false;
    QTest::newRow("number for a truth value") << QByteArray("exit-on-client-eof = 1\n") << false;
    QTest::newRow("string for a truth value") << QByteArray("wait-for-session = 'true'\n") << false;
    QTest::newRow("bad value of an unknown key") << QByteArray("colour = red\n") << false;
    QTest::newRow("no value") << QByteArray("wait-for-session =\n") << false;
    QTest::newRow("no equals sign") << QByteArray("wait-for-session true\n") << false;
    QTest::newRow("two values") << QByteArray("wait-for-session = true true\n") << false;
    QTest::newRow("True") << QByteArray("wait-for-session = True\n") << false;
}

void ServiceConfigTest::qrexec_044_forms()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, accepted);
    QCOMPARE(parseServiceConfig(text.toStdString()).has_value(), accepted);
}

void ServiceConfigTest::unknownKeysAreToldOnly()
{
    const auto config = parseServiceConfig("Colour.x_1-2 = 'red'\n");
    QVERIFY(config.has_value());
    QCOMPARE(config->unknownKeys, std::vector<std::string>{"Colour.x_1-2"});
}

void ServiceConfigTest::qrexec_045_forceUserWithSocketOptions()
{
    QVERIFY(!parseServiceConfig("force-user='root'\nskip-service-descriptor=true\n").has_value());
    QVERIFY(!parseServiceConfig("exit-on-client-eof=true\nforce-user='root'\n").has_value());
    QVERIFY(parseServiceConfig("force-user='root'\nskip-service-descriptor=false\n").has_value());
    QVERIFY(parseServiceConfig("force-user='root'\nwait-for-session=true\n").has_value());
}

void ServiceConfigTest::load_takesTheMostSpecificFile()
{
    const QTemporaryDir directory;
    QVERIFY(QDir(directory.path()).mkpath(u"early"_s) && QDir(directory.path()).mkpath(u"late"_s));
    const auto put = [&directory](const QString &name, const QByteArray &user) {
        QFile file(directory.filePath(name));
        return file.open(QIODevice::WriteOnly) && file.write("force-user='" + user + "'\n") > 0;
    };
    QVERIFY(put(u"early/test.Echo"_s, "general"));
    QVERIFY(put(u"late/test.Echo+x"_s, "specific"));
    QVERIFY(put(u"late/test.Echo+"_s, "none"));
    const SearchPath path{directory.filePath(u"early"_s).toStdString(), directory.filePath(u"late"_s).toStdString()};
    const auto userFor = [&path](const std::string &descriptor) {
        const auto command = parseCommand("user:QUBESRPC " + descriptor + " work");
        return *loadServiceConfig(path, *command->service())->forceUser;
    };
    QCOMPARE(userFor("test.Echo+x"), std::string("specific"));
    QCOMPARE(userFor("test.Echo+y"), std::string("general"));
    QCOMPARE(userFor("test.Echo"), std::string("none"));
}

void ServiceConfigTest::load_withoutAFileHasDefaults()
{
    const QTemporaryDir directory;
    const auto command = parseCommand("user:QUBESRPC test.Echo work");
    const auto config = loadServiceConfig({directory.path().toStdString()}, *command->service());
    QVERIFY(config.has_value());
    QVERIFY(!config->waitForSession && !config->forceUser && !config->hasSocketOptions());
}

void ServiceConfigTest::S_198_errorNamesFileLineAndWhatMayStandThere_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("said");
    QTest::newRow("no truth value") << QByteArray("exit-on-client-eof = 1")
                                    << QByteArray("exit-on-client-eof needs true or false");
    QTest::newRow("out of range") << QByteArray("wait-for-session = 2")
                                  << QByteArray("wait-for-session needs true or false");
    QTest::newRow("no string") << QByteArray("force-user = 1") << QByteArray("force-user needs a 'string'");
    QTest::newRow("no value") << QByteArray("force-user = root")
                              << QByteArray("a value is neither true, false, a number nor a 'string'");
    QTest::newRow("no key") << QByteArray("[all]") << QByteArray("a line begins with neither a key nor a comment");
}

void ServiceConfigTest::S_198_errorNamesFileLineAndWhatMayStandThere()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, said);
    const QTemporaryDir directory;
    const QString path = directory.filePath(u"test.Echo"_s);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly) && file.write("# a comment\n" + line + "\n") > 0);
    file.close();
    const auto command = parseCommand("user:QUBESRPC test.Echo work");
    const auto config = loadServiceConfig({directory.path().toStdString()}, *command->service());
    QVERIFY(!config);
    QCOMPARE(config.error().detail, path.toStdString() + ": line 2: " + said.toStdString());
}

QTEST_GUILESS_MAIN(ServiceConfigTest)
#include "serviceconfigtest.moc"
