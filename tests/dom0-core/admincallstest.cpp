// SPDX-License-Identifier: GPL-2.0-or-later
// The answers of the calls on qubes, byte for byte.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;

class AdminCallsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_028_vmclassListHasTheSixClasses();
    void adminapi_029_adminapi_030_listIsSortedWithDom0First();
    void adminapi_031_listOfAQubeIsItsLine();
    void adminapi_096_currentStateHasFourPairs();
    void console_isSaidOfWhoRuns();
    void console_isRefusedWhereTheDriverHasNone();
    void adminapi_070_createMakesQubeVolumesAndTag();
    void adminapi_072_adminapi_074_adminapi_075_S_148_badCreationsChangeNothing_data();
    void adminapi_072_adminapi_074_adminapi_075_S_148_badCreationsChangeNothing();
    void adminapi_076_poolKeyIsRefused();
    void adminapi_079_failedVolumesLeaveNoQube();
    void adminapi_080_noSecondAdminVm();
    void create_usesTheDefaultTemplate();
    void adminapi_097_adminapi_099_adminapi_100_removal();
    void adminapi_098_S_157_whatIsNamedStays();
    void adminapi_065_adminapi_066_labelsAreListedInOrder();
    void adminapi_067_adminapi_068_adminapi_069_labelsComeAndGo();
    void adminapi_053_adminapi_057_adminapi_058_adminapi_059_features();
    void adminapi_056_adminapi_055_featuresAreFoundAlongChains();
    void adminapi_060_adminapi_062_adminapi_064_tags();
    void S_145_adminapi_063_nobodyButDom0LearnsAnything();
    void templateRoot_isCopiedOrUsedInPlace();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void AdminCallsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
}

void AdminCallsTest::cleanup()
{
    m_core.reset();
}

void AdminCallsTest::adminapi_028_vmclassListHasTheSixClasses()
{
    QCOMPARE(call("admin.vmclass.List", "dom0"),
             success("AdminVM\nAppVM\nDispVM\nRemoteVM\nStandaloneVM\nTemplateVM\n"));
}

void AdminCallsTest::adminapi_029_adminapi_030_listIsSortedWithDom0First()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    m_core->addAppVm("Zoo", "base");
    m_core->addAppVm("apple", "base");
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.List", "dom0"),
             success("dom0 class=AdminVM state=Running uuid=00000000-0000-0000-0000-000000000000\n"
                     "Zoo class=AppVM state=Halted uuid=04040404-0404-4404-8404-040404040404\n"
                     "apple class=AppVM state=Halted uuid=05050505-0505-4505-8505-050505050505\n"
                     "base class=TemplateVM state=Halted uuid=02020202-0202-4202-8202-020202020202\n"
                     "work class=AppVM state=Running uuid=03030303-0303-4303-8303-030303030303\n"));
}

void AdminCallsTest::adminapi_031_listOfAQubeIsItsLine()
{
    m_core->addTemplate("base");
    QCOMPARE(call("admin.vm.List", "base"),
             success("base class=TemplateVM state=Halted uuid=02020202-0202-4202-8202-020202020202\n"));
}

void AdminCallsTest::adminapi_096_currentStateHasFourPairs()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.CurrentState", "work"), success("mem=0 mem_static_max=0 cputime=0 power_state=Halted"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.CurrentState", "work"),
             success("mem=409600 mem_static_max=4096000 cputime=1000000000 power_state=Running"));
}

void AdminCallsTest::console_isSaidOfWhoRuns()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    m_core->driver.setConsole(std::filesystem::path("/dev/pts/7"));
    QCOMPARE(exceptionType(call("admin.vm.Console", "work")), QByteArray("QubesVMNotRunningError"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.Console", "work"), success("/dev/pts/7"));
    QCOMPARE(exceptionType(call("admin.vm.Console", "dom0")), QByteArray("QubesException"));
    QCOMPARE(m_core->callFrom("work", "admin.vm.Console", "work"), QByteArray());
    QCOMPARE(call("admin.vm.Console+x", "work"), QByteArray());
    QCOMPARE(call("admin.vm.Console", "work", "x"), QByteArray());
    m_core->driver.setConsole(fail(Errc::Driver, "xenstore does not say"));
    const QByteArray broken = call("admin.vm.Console", "work");
    QCOMPARE(exceptionType(broken), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(broken).contains("xenstore does not say"));
}

void AdminCallsTest::console_isRefusedWhereTheDriverHasNone()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.Console", "work")), QByteArray("QubesNotImplementedError"));
}

void AdminCallsTest::adminapi_070_createMakesQubeVolumesAndTag()
{
    m_core->addTemplate("base");
    QCOMPARE(call("admin.vm.Create.AppVM+base", "dom0", "name=x label=red"), success());
    QVERIFY(m_core->pool.has(qubeName("x")));
    QCOMPARE(call("admin.vm.tag.List", "x"), success("audiovm-dom0\ncreated-by-dom0\nguivm-dom0\n"));
    QCOMPARE(call("admin.vm.property.Get+label", "x"), success("default=False type=label red"));
    QCOMPARE(call("admin.vm.property.Get+template", "x"), success("default=False type=vm base"));
    QCOMPARE(call("admin.vm.property.Get+qid", "x"), success("default=False type=int 2"));
    m_core->restart();
    QCOMPARE(call("admin.vm.property.Get+template", "x"), success("default=False type=vm base"));
}

void AdminCallsTest::adminapi_072_adminapi_074_adminapi_075_S_148_badCreationsChangeNothing_data()
{
    QTest::addColumn<QByteArray>("service");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("type"); // empty: no answer
    QTest::newRow("name used") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=work label=red")
                               << QByteArray("QubesValueError");
    QTest::newRow("name of dom0") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=dom0 label=red")
                                  << QByteArray("QubesValueError");
    QTest::newRow("32 characters") << QByteArray("admin.vm.Create.AppVM+base")
                                   << QByteArray("name=" + QByteArray(32, 'a') + " label=red")
                                   << QByteArray("QubesValueError");
    QTest::newRow("none") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=none label=red")
                          << QByteArray("QubesValueError");
    QTest::newRow("path") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=../x label=red")
                          << QByteArray("QubesValueError");
    QTest::newRow("option") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=-x label=red")
                            << QByteArray("QubesValueError");
    QTest::newRow("unknown template") << QByteArray("admin.vm.Create.AppVM+nobody") << QByteArray("name=x label=red")
                                      << QByteArray("QubesVMNotFoundError");
    QTest::newRow("template is no template")
        << QByteArray("admin.vm.Create.AppVM+work") << QByteArray("name=x label=red") << QByteArray("QubesValueError");
    QTest::newRow("no template at all") << QByteArray("admin.vm.Create.AppVM") << QByteArray("name=x label=red")
                                        << QByteArray("QubesValueError");
    QTest::newRow("unknown label") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=x label=pink")
                                   << QByteArray("QubesLabelNotFoundError");
    QTest::newRow("template of a template") << QByteArray("admin.vm.Create.TemplateVM+base")
                                            << QByteArray("name=x label=red") << QByteArray("QubesValueError");
    QTest::newRow("template of a standalone") << QByteArray("admin.vm.Create.StandaloneVM+base")
                                              << QByteArray("name=x label=red") << QByteArray("QubesValueError");
    QTest::newRow("disposable of no template for disposables")
        << QByteArray("admin.vm.Create.DispVM+work") << QByteArray("name=x label=red") << QByteArray("QubesValueError");
    QTest::newRow("template of a remote qube") << QByteArray("admin.vm.Create.RemoteVM+base")
                                               << QByteArray("name=x label=red") << QByteArray("QubesValueError");
    QTest::newRow("two spaces") << QByteArray("admin.vm.Create.AppVM+base") << QByteArray("name=x  label=red")
                                << QByteArray();
}

void AdminCallsTest::adminapi_072_adminapi_074_adminapi_075_S_148_badCreationsChangeNothing()
{
    QFETCH(QByteArray, service);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, type);
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    const QByteArray before = call("admin.vm.List", "dom0");
    const auto stream = m_core->subscribe();

    const QByteArray answer = call(service, "dom0", payload);
    QCOMPARE(exceptionType(answer), type);
    QCOMPARE(answer.isEmpty(), type.isEmpty());
    QVERIFY(type.isEmpty() || exceptionMessage(answer).size() > 20); // words for a person
    QCOMPARE(call("admin.vm.List", "dom0"), before);
    QCOMPARE(stream->events().size(), 1);
    QVERIFY(!m_core->pool.has(qubeName("x")));
}

void AdminCallsTest::adminapi_076_poolKeyIsRefused()
{
    m_core->addTemplate("base");
    QCOMPARE(call("admin.vm.Create.AppVM+base", "dom0", "name=x label=red pool=p"), QByteArray());
    QCOMPARE(exceptionType(call("admin.vm.List", "x")), QByteArray("QubesVMNotFoundError"));
}

void AdminCallsTest::adminapi_079_failedVolumesLeaveNoQube()
{
    m_core->addTemplate("base");
    const auto stream = m_core->subscribe();
    m_core->pool.failNextCreate({.code = Errc::Io, .sysErrno = ENOSPC, .detail = "making x"});
    const QByteArray answer = call("admin.vm.Create.AppVM+base", "dom0", "name=x label=red");
    QCOMPARE(exceptionType(answer), QByteArray("StoragePoolException"));
    QVERIFY(exceptionMessage(answer).contains("No space left"));
    QCOMPARE(exceptionType(call("admin.vm.List", "x")), QByteArray("QubesVMNotFoundError"));
    QCOMPARE(stream->events(),
             (QStringList{QStringLiteral("|connection-established"),
                          QStringLiteral("|domain-add|vm=x"),
                          QStringLiteral("x|domain-tag-add:created-by-dom0|tag=created-by-dom0"),
                          QStringLiteral("|domain-pre-delete|vm=x"),
                          QStringLiteral("|domain-delete|vm=x")}));
    m_core->restart();
    QCOMPARE(exceptionType(call("admin.vm.List", "x")), QByteArray("QubesVMNotFoundError"));
    m_core->addAppVm("x", "base"); // the name and the number are free again
}

void AdminCallsTest::adminapi_080_noSecondAdminVm()
{
    QVERIFY(!exceptionType(call("admin.vm.Create.AdminVM", "dom0", "name=x label=red")).isEmpty());
    QCOMPARE(call("admin.vm.List", "dom0").count('\n'), 1);
}

void AdminCallsTest::create_usesTheDefaultTemplate()
{
    m_core->addTemplate("base");
    QCOMPARE(call("admin.property.Set+default_template", "dom0", "base"), success());
    QCOMPARE(call("admin.vm.Create.AppVM", "dom0", "name=x label=red"), success());
    QCOMPARE(call("admin.vm.property.Get+template", "x"), success("default=False type=vm base"));
}

void AdminCallsTest::adminapi_097_adminapi_099_adminapi_100_removal()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    QCOMPARE(exceptionType(call("admin.vm.Remove", "dom0")), QByteArray("QubesVMInUseError"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    const auto stream = m_core->subscribe();
    QCOMPARE(exceptionType(call("admin.vm.Remove", "work")), QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(stream->events().size(), 1);
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    const auto before = stream->events().size();
    QCOMPARE(call("admin.vm.Remove", "work"), success());
    QCOMPARE(stream->events().mid(before),
             (QStringList{QStringLiteral("|domain-pre-delete|vm=work"), QStringLiteral("|domain-delete|vm=work")}));
    QVERIFY(!m_core->pool.has(qubeName("work")));
    m_core->addAppVm("work", "base");
    m_core->restart();
    QVERIFY(call("admin.vm.List", "work").startsWith(success("work class=AppVM state=Halted")));
}

void AdminCallsTest::adminapi_098_S_157_whatIsNamedStays()
{
    m_core->addTemplate("base");
    m_core->addTemplate("other");
    m_core->addAppVm("work", "base");
    m_core->addAppVm("net", "base");
    QCOMPARE(call("admin.vm.property.Set+provides_network", "net", "True"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "net"), success());
    QCOMPARE(call("admin.property.Set+default_template", "dom0", "other"), success());
    for (const QByteArray &qube : {QByteArray("base"), QByteArray("net"), QByteArray("other")}) {
        const QByteArray answer = call("admin.vm.Remove", qube);
        QCOMPARE(exceptionType(answer), QByteArray("QubesVMInUseError"));
        QVERIFY(exceptionMessage(answer).contains("names it"));
        QVERIFY(call("admin.vm.List", qube).startsWith(success()));
    }
    // The way out that the message names.
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", ""), success());
    QCOMPARE(call("admin.vm.Remove", "net"), success());
    QCOMPARE(call("admin.property.Reset+default_template", "dom0"), success());
    QCOMPARE(call("admin.vm.Remove", "other"), success());
}

void AdminCallsTest::adminapi_065_adminapi_066_labelsAreListedInOrder()
{
    QCOMPARE(call("admin.label.List", "dom0"), success("red\norange\nyellow\ngreen\ngray\nblue\npurple\nblack\n"));
    QCOMPARE(call("admin.label.Get+red", "dom0"), success("0xcc0000"));
    QCOMPARE(call("admin.label.Get+5", "dom0"), success("0x555555"));
    QCOMPARE(call("admin.label.Index+black", "dom0"), success("8"));
    QCOMPARE(exceptionType(call("admin.label.Get+pink", "dom0")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionMessage(call("admin.label.Index+pink", "dom0")), QByteArray());
}

void AdminCallsTest::adminapi_067_adminapi_068_adminapi_069_labelsComeAndGo()
{
    QCOMPARE(call("admin.label.Create+pink", "dom0", "0x12345"), QByteArray());
    QCOMPARE(call("admin.label.Create+pink", "dom0", " 0x123456\n"), success());
    QCOMPARE(call("admin.label.Index+pink", "dom0"), success("9"));
    QCOMPARE(call("admin.label.Create+123", "dom0", "0x123456"), QByteArray());
    QCOMPARE(exceptionType(call("admin.label.Create+pink", "dom0", "0x123456")), QByteArray("QubesValueError"));
    QCOMPARE(call("admin.label.Remove+red", "dom0"), QByteArray());
    m_core->restart();
    QCOMPARE(call("admin.label.Get+pink", "dom0"), success("0x123456"));
    m_core->addTemplate("base");
    QCOMPARE(call("admin.vm.property.Set+label", "base", "pink"), success());
    QCOMPARE(exceptionType(call("admin.label.Remove+pink", "dom0")), QByteArray("QubesException"));
    QCOMPARE(call("admin.vm.property.Set+label", "base", "red"), success());
    QCOMPARE(call("admin.label.Remove+pink", "dom0"), success());
    QVERIFY(!call("admin.label.List", "dom0").contains("pink"));
}

void AdminCallsTest::adminapi_053_adminapi_057_adminapi_058_adminapi_059_features()
{
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+f", "dom0")), QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(call("admin.vm.feature.Set+f", "dom0", ""), success());
    QCOMPARE(call("admin.vm.feature.Get+f", "dom0"), success());
    QCOMPARE(call("admin.vm.feature.Set+f", "dom0", "a b%"), success());
    QCOMPARE(call("admin.vm.feature.Get+f", "dom0"), success("a b%"));
    QCOMPARE(exceptionType(call("admin.vm.feature.Set+a b", "dom0", "1")), QByteArray());
    QCOMPARE(exceptionType(call("admin.vm.feature.Set+a$b", "dom0", "1")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call("admin.vm.feature.Set+f", "dom0", "a\nb")), QByteArray("QubesValueError"));
    QCOMPARE(call("admin.vm.feature.Set+f", "dom0", "\xc3\xa9"), QByteArray());
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm", "dom0", "x"), QByteArray());
    QCOMPARE(call("admin.vm.feature.List", "dom0"), success("f\n"));
    m_core->restart();
    QCOMPARE(call("admin.vm.feature.Get+f", "dom0"), success("a b%"));
    QCOMPARE(call("admin.vm.feature.Remove+f", "dom0"), success());
    QCOMPARE(exceptionType(call("admin.vm.feature.Remove+f", "dom0")), QByteArray("QubesFeatureNotFoundError"));
}

void AdminCallsTest::adminapi_056_adminapi_055_featuresAreFoundAlongChains()
{
    m_core->addTemplate("base");
    for (const QByteArray &name : {QByteArray("outer"), QByteArray("inner"), QByteArray("work")}) {
        m_core->addAppVm(name, "base");
    }
    QCOMPARE(call("admin.vm.property.Set+provides_network", "outer", "1"), success());
    QCOMPARE(call("admin.vm.property.Set+provides_network", "inner", "1"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "inner", "outer"), success());
    QCOMPARE(call("admin.vm.property.Set+netvm", "work", "inner"), success());
    QCOMPARE(call("admin.vm.feature.Set+n", "outer", "net"), success());
    QCOMPARE(call("admin.vm.feature.Set+t", "base", "tpl"), success());
    QCOMPARE(call("admin.vm.feature.Set+d", "dom0", "adm"), success());
    QCOMPARE(call("admin.vm.feature.CheckWithNetvm+n", "work"), success("net"));
    QCOMPARE(call("admin.vm.feature.CheckWithTemplate+t", "work"), success("tpl"));
    QCOMPARE(call("admin.vm.feature.CheckWithAdminVM+d", "work"), success("adm"));
    QCOMPARE(call("admin.vm.feature.CheckWithTemplateAndAdminVM+t", "work"), success("tpl"));
    QCOMPARE(call("admin.vm.feature.CheckWithTemplateAndAdminVM+d", "work"), success("adm"));
    QCOMPARE(exceptionType(call("admin.vm.feature.CheckWithTemplate+d", "work")),
             QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+t", "work")), QByteArray("QubesFeatureNotFoundError"));
}

void AdminCallsTest::adminapi_060_adminapi_062_adminapi_064_tags()
{
    QCOMPARE(call("admin.vm.tag.Get+t", "dom0"), success("0"));
    QCOMPARE(call("admin.vm.tag.Set+t", "dom0"), success());
    QCOMPARE(call("admin.vm.tag.Get+t", "dom0"), success("1"));
    QVERIFY(call("admin.vm.tag.Set+a.b", "dom0") != success());
    QCOMPARE(call("admin.vm.tag.List", "dom0"), success("t\n"));
    QCOMPARE(call("admin.vm.tag.Remove+t", "dom0"), success());
    QCOMPARE(exceptionType(call("admin.vm.tag.Remove+t", "dom0")), QByteArray("QubesTagNotFoundError"));
    QCOMPARE(call("admin.vm.tag.Get", "dom0"), success("0"));
}

void AdminCallsTest::S_145_adminapi_063_nobodyButDom0LearnsAnything()
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    m_core->addAppVm("spy", "base");
    const QByteArray before = call("admin.vm.List", "dom0");
    const std::vector<std::pair<QByteArray, QByteArray>> calls{
        {"admin.vm.List", "dom0"},
        {"admin.vm.List", "work"},
        {"admin.vm.List", "nobody"}, // the same answer whether it exists or not
        {"admin.vm.Start", "work"},
        {"admin.vm.Remove", "work"},
        {"admin.vm.CurrentState", "spy"},
        {"admin.vm.property.GetAll", "work"},
        {"admin.vm.feature.Get+missing", "work"},
        {"admin.vm.tag.Set+created-by-x", "spy"},
        {"admin.label.List", "dom0"},
        {"admin.Events", "dom0"},
        {"admin.vm.Stats", "dom0"},
    };
    for (const auto &[service, destination] : calls) {
        QCOMPARE(m_core->callFrom("spy", service, destination), QByteArray());
    }
    for (const QByteArray &name : {QByteArray("work"), QByteArray("fresh")}) {
        QCOMPARE(m_core->callFrom("spy", "admin.vm.Create.AppVM+base", "dom0", "name=" + name + " label=red"),
                 QByteArray());
    }
    QCOMPARE(m_core->callFrom("spy", "admin.vm.property.Set+netvm", "work", "nobody"), QByteArray());
    QCOMPARE(call("admin.vm.List", "dom0"), before);
}

void AdminCallsTest::templateRoot_isCopiedOrUsedInPlace()
{
    const QTemporaryDir root;
    const QByteArray path = root.path().toUtf8();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    QCOMPARE(m_core->callCore("bulkhead.TemplateRoot+copy", "base", path), success());
    QCOMPARE(m_core->pool.importedFrom(qubeName("base")).string(), path.toStdString());

    QCOMPARE(m_core->callCore("bulkhead.TemplateRoot+in-place", "base", path), success());
    m_core->restart();
    QCOMPARE(m_core->daemon->registry().model().find("base")->rootInPlace.string(), path.toStdString());

    m_core->pool.failNextImport({.code = Errc::Io, .sysErrno = ENOSPC, .detail = "copying"});
    QCOMPARE(exceptionType(m_core->callCore("bulkhead.TemplateRoot+copy", "base", path)),
             QByteArray("StoragePoolException"));
    QCOMPARE(m_core->daemon->registry().model().find("base")->rootInPlace.string(), path.toStdString());

    QCOMPARE(exceptionType(m_core->callCore("bulkhead.TemplateRoot+copy", "base", "/no/such/place")),
             QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(m_core->callCore("bulkhead.TemplateRoot+copy", "base", "relative")),
             QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(m_core->callCore("bulkhead.TemplateRoot+copy", "work", path)),
             QByteArray("QubesValueError"));
    QCOMPARE(m_core->callCore("bulkhead.TemplateRoot+move", "base", path), QByteArray());
}

QTEST_GUILESS_MAIN(AdminCallsTest)
#include "admincallstest.moc"
