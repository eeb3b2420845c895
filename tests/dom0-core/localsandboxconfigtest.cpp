// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

#include <QTest>

using namespace Bulkhead;

namespace
{

SandboxConfig sample()
{
    SandboxConfig config{.name = *QubeName::parse("work")};
    config.domain = DomId{7};
    config.uuid = "01234567-89ab-cdef-0123-456789abcdef";
    config.ids = {.mode = IdMode::Own, .first = FirstQubeId + 7 * IdsPerQube};
    config.memoryMiB = 300;
    config.layers = {"/srv/a template: with odd $(words)", "/usr/lib/bulkhead/guest-tree"};
    config.changes = "/var/lib/qubes/appvms/work/.root.run";
    config.privateVolume = "/var/lib/qubes/appvms/work/private";
    config.exchangeDirectory = "/run/bulkhead/exchange.d/7";
    config.init = "/usr/lib/bulkhead/guest-init";
    config.networked = true;
    return config;
}

std::string sampleText()
{
    return sandboxRunFile("/usr/lib/bulkhead/bulkhead-sandbox", sample()).value();
}

} // namespace

class LocalSandboxConfigTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runFile_isReadBackAsItWas();
    void runFile_namesItsInterpreter();
    void runFile_refusesAPathThatWouldBeTwoLines();
    void parse_refuses_data();
    void parse_refuses();
    void parse_refusesEveryCutFile();
    void idMapping_fitsTheNamespaceOfDom0_data();
    void idMapping_fitsTheNamespaceOfDom0();
    void idMapping_givesEachDomainItsOwnRange();
    void idMapping_mapsTheSessionUserAlone();
};

void LocalSandboxConfigTest::runFile_isReadBackAsItWas()
{
    QCOMPARE(parseSandboxRunFile(sampleText()).value(), sample());

    auto bare = sample();
    bare.changes.reset();
    bare.privateVolume.reset();
    bare.exchangeDirectory.reset();
    bare.forwards = true;
    QCOMPARE(parseSandboxRunFile(sandboxRunFile("/s", bare).value()).value(), bare);
}

void LocalSandboxConfigTest::runFile_namesItsInterpreter()
{
    QVERIFY(sampleText().starts_with("#!/usr/lib/bulkhead/bulkhead-sandbox\n"));
}

void LocalSandboxConfigTest::runFile_refusesAPathThatWouldBeTwoLines()
{
    auto config = sample();
    config.privateVolume = "/var/lib/qubes/a\nlayer /";
    QCOMPARE(sandboxRunFile("/s", config).error().code, Errc::BadValue);
}

void LocalSandboxConfigTest::parse_refuses_data()
{
    QTest::addColumn<QByteArray>("from");
    QTest::addColumn<QByteArray>("to");

    QTest::newRow("dom0's number") << QByteArray("domain 7") << QByteArray("domain 0");
    QTest::newRow("a reserved number") << QByteArray("domain 7") << QByteArray("domain 32752");
    QTest::newRow("a signed number") << QByteArray("domain 7") << QByteArray("domain -7");
    QTest::newRow("no number") << QByteArray("memory-mib 300") << QByteArray("memory-mib 300x");
    QTest::newRow("a name that is none") << QByteArray("name work") << QByteArray("name ../work");
    QTest::newRow("a uuid in capitals") << QByteArray("89ab-cdef") << QByteArray("89AB-cdef");
    QTest::newRow("a short uuid") << QByteArray("456789abcdef") << QByteArray("456789abcde");
    QTest::newRow("an unknown mode") << QByteArray("ids own") << QByteArray("ids all");
    QTest::newRow("a relative path") << QByteArray("private /") << QByteArray("private ");
    QTest::newRow("neither yes nor no") << QByteArray("networked yes") << QByteArray("networked maybe");
    QTest::newRow("an unknown setting") << QByteArray("forwards no") << QByteArray("forwards no\ndebug yes");
    QTest::newRow("a setting twice") << QByteArray("forwards no") << QByteArray("forwards no\nforwards yes");
    QTest::newRow("a missing setting") << QByteArray("ids own\n") << QByteArray();
    QTest::newRow("no interpreter") << QByteArray("#!") << QByteArray("name ");
}

void LocalSandboxConfigTest::parse_refuses()
{
    QFETCH(const QByteArray, from);
    QFETCH(const QByteArray, to);
    auto text = QByteArray::fromStdString(sampleText());
    QVERIFY(text.contains(from));
    text.replace(text.indexOf(from), from.size(), to);
    const auto parsed = parseSandboxRunFile(text.toStdString());
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, Errc::BadValue);
}

void LocalSandboxConfigTest::parse_refusesEveryCutFile()
{
    const auto text = sampleText();
    for (std::size_t length = 0; length < text.size(); ++length) {
        QVERIFY2(!parseSandboxRunFile(std::string_view(text).substr(0, length)), std::to_string(length).c_str());
    }
}

void LocalSandboxConfigTest::idMapping_fitsTheNamespaceOfDom0_data()
{
    QTest::addColumn<QByteArray>("uidMap");
    QTest::addColumn<int>("mode");
    const auto own = static_cast<int>(IdMode::Own);
    const auto shared = static_cast<int>(IdMode::Shared);
    const auto single = static_cast<int>(IdMode::Single);

    QTest::newRow("the machine's own root") << QByteArray("         0          0 4294967295\n") << own;
    QTest::newRow("a user with subordinate ids") << QByteArray("0 1000 1\n1 100000 65536\n") << shared;
    QTest::newRow("the same in another order") << QByteArray("1 100000 65536\n0 1000 1\n") << shared;
    QTest::newRow("exactly one range") << QByteArray("0 100000 65536\n") << shared;
    QTest::newRow("one id short of a range") << QByteArray("0 100000 65535\n") << single;
    QTest::newRow("ids that begin late") << QByteArray("5 100000 65536\n") << single;
    QTest::newRow("a plain user") << QByteArray("0 1000 1\n") << single;
}

void LocalSandboxConfigTest::idMapping_fitsTheNamespaceOfDom0()
{
    QFETCH(const QByteArray, uidMap);
    QTEST(static_cast<int>(idMappingFor(DomId{3}, uidMap.toStdString()).value().mode), "mode");
}

void LocalSandboxConfigTest::idMapping_givesEachDomainItsOwnRange()
{
    constexpr std::string_view everything = "0 0 4294967295\n";
    const auto first = idMappingFor(DomId{1}, everything).value();
    const auto second = idMappingFor(DomId{2}, everything).value();
    const auto last = idMappingFor(DomId{MaxDomId}, everything).value();
    QVERIFY(first.first >= FirstQubeId);
    QCOMPARE(second.first - first.first, IdsPerQube);
    QVERIFY(std::uint64_t{last.first} + IdsPerQube < 0xFFFFFFFF); // (uid_t)-1 is no id
    QCOMPARE(first.mapLine(), "0 1879113728 65536\n");
    QCOMPARE(first.initId(), 0U);
    QVERIFY(!idMappingFor(DomId{1}, "nonsense"));
    QVERIFY(!idMappingFor(DomId{1}, ""));
}

void LocalSandboxConfigTest::idMapping_mapsTheSessionUserAlone()
{
    const auto ids = idMappingFor(DomId{9}, "0 1000 1\n").value();
    QCOMPARE(ids.mapLine(), "1000 0 1\n");
    QCOMPARE(ids.initId(), SessionUserId);
}

QTEST_GUILESS_MAIN(LocalSandboxConfigTest)
#include "localsandboxconfigtest.moc"
