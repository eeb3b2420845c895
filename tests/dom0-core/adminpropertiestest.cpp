// SPDX-License-Identifier: GPL-2.0-or-later
// Properties through the API: framing of the answers, and that a refused change changes nothing.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;

class AdminPropertiesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_035_listAndGetAllNameTheSame();
    void model_035_getAllEqualsSingleGets();
    void adminapi_036_adminapi_037_adminapi_038_adminapi_039_singleGets();
    void adminapi_040_getAllEscapes();
    void adminapi_042_getDefault();
    void adminapi_043_adminapi_044_adminapi_046_adminapi_047_S_147_refusedValuesChangeNothing_data();
    void adminapi_043_adminapi_044_adminapi_046_adminapi_047_S_147_refusedValuesChangeNothing();
    void adminapi_045_emptyMeansNone();
    void adminapi_050_helpIsPlainText();
    void adminapi_052_globalsLiveInDom0();
    void S_158_loopOverTheApi();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    std::unique_ptr<CoreFixture> m_core;
};

void AdminPropertiesTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void AdminPropertiesTest::cleanup()
{
    m_core.reset();
}

void AdminPropertiesTest::adminapi_035_listAndGetAllNameTheSame()
{
    for (const auto &[prefix, qube] : {std::pair<QByteArray, QByteArray>("admin.vm.property.", "work"),
                                       std::pair<QByteArray, QByteArray>("admin.vm.property.", "base"),
                                       std::pair<QByteArray, QByteArray>("admin.vm.property.", "dom0"),
                                       std::pair<QByteArray, QByteArray>("admin.property.", "dom0")}) {
        QByteArrayList names;
        for (const QByteArray &line : call(prefix + "GetAll", qube).mid(2).split('\n')) {
            names << line.left(line.indexOf(' '));
        }
        QCOMPARE(names.join('\n'), call(prefix + "List", qube).mid(2));
        QVERIFY(names.size() > 9);
    }
    // Load stage first, then name: what refers to qubes comes last.
    const QByteArray list = call("admin.vm.property.List", "work");
    QVERIFY(list.indexOf("\nvisible_netmask\n") < list.indexOf("\naudiovm\n"));
    QVERIFY(list.endsWith("\ntemplate\n"));
}

void AdminPropertiesTest::model_035_getAllEqualsSingleGets()
{
    for (const QByteArray &line : call("admin.vm.property.GetAll", "work").mid(2).split('\n')) {
        if (!line.isEmpty()) {
            const QByteArray name = line.left(line.indexOf(' '));
            QCOMPARE(call("admin.vm.property.Get+" + name, "work"), success(line.mid(name.size() + 1)));
        }
    }
}

void AdminPropertiesTest::adminapi_036_adminapi_037_adminapi_038_adminapi_039_singleGets()
{
    QCOMPARE(call("admin.vm.property.Get+debug", "work"), success("default=True type=bool False")); // 036
    QCOMPARE(call("admin.vm.property.Get+updateable", "base"), success("default=True type=bool True"));
    QCOMPARE(call("admin.vm.property.Get+netvm", "work"), success("default=True type=vm "));        // 037
    QCOMPARE(call("admin.vm.property.Get+stubdom_mem", "work"), success("default=True type=int ")); // 038
    QCOMPARE(call("admin.vm.property.Get+label", "dom0"), success("default=False type=label black"));
    QCOMPARE(exceptionType(call("admin.vm.property.Get+nonsense", "work")), QByteArray("QubesNoSuchPropertyError"));
    QCOMPARE(exceptionType(call("admin.vm.property.Get", "work")), QByteArray("QubesNoSuchPropertyError")); // 039
    QCOMPARE(exceptionType(call("admin.vm.property.Get+netvm", "dom0")), QByteArray("QubesNoSuchPropertyError"));
}

void AdminPropertiesTest::adminapi_040_getAllEscapes()
{
    m_core->host.kernels["6.12"] = "";
    QCOMPARE(call("admin.vm.property.Set+kernelopts", "work", "a\\b"), success());
    QVERIFY(call("admin.vm.property.GetAll", "work").contains("\nkernelopts default=False type=str a\\\\b\n"));
    QCOMPARE(call("admin.vm.property.Get+kernelopts", "work"), success("default=False type=str a\\b"));
}

void AdminPropertiesTest::adminapi_042_getDefault()
{
    QCOMPARE(call("admin.vm.property.GetDefault+label", "work"), success());
    QCOMPARE(call("admin.vm.property.GetDefault+memory", "work"), success("type=int 400"));
    QCOMPARE(call("admin.vm.property.Set+memory", "work", "500"), success());
    QCOMPARE(call("admin.vm.property.GetDefault+memory", "work"), success("type=int 400"));
    QCOMPARE(call("admin.vm.property.GetDefault+netvm", "work"), success("type=vm "));
    QCOMPARE(call("admin.property.GetDefault+default_template", "dom0"), success());
    QCOMPARE(call("admin.property.GetDefault+default_guivm", "dom0"), success("type=vm dom0"));
}

void AdminPropertiesTest::adminapi_043_adminapi_044_adminapi_046_adminapi_047_S_147_refusedValuesChangeNothing_data()
{
    QTest::addColumn<QByteArray>("property");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("type");
    const auto row = [](const char *name, const char *property, const char *value, const char *type) {
        QTest::newRow(name) << QByteArray(property) << QByteArray(value) << QByteArray(type);
    };
    row("adminapi_043 not ASCII", "default_user", "caf\xc3\xa9", "QubesValueError");
    row("adminapi_044 no number", "memory", "abc", "QubesValueError");
    row("out of range", "memory", "0", "QubesPropertyValueError");
    row("adminapi_046 bad name", "netvm", "9a", "QubesValueError");
    row("unknown qube", "netvm", "nobody", "QubesPropertyValueError");
    row("wrong kind of qube", "template", "work", "QubesPropertyValueError");
    row("no template", "template", "", "QubesPropertyValueError");
    row("adminapi_047 read only", "xid", "5", "QubesPropertyValueError");
    row("write once", "name", "other", "QubesException");
    row("unknown label", "label", "pink", "QubesLabelNotFoundError");
}

void AdminPropertiesTest::adminapi_043_adminapi_044_adminapi_046_adminapi_047_S_147_refusedValuesChangeNothing()
{
    QFETCH(QByteArray, property);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, type);
    const QByteArray before = call("admin.vm.property.GetAll", "work");
    const auto stream = m_core->subscribe();
    const QByteArray answer = call("admin.vm.property.Set+" + property, "work", value);
    QCOMPARE(exceptionType(answer), type);
    QVERIFY(exceptionMessage(answer).size() > 10);
    QCOMPARE(call("admin.vm.property.GetAll", "work"), before);
    QCOMPARE(stream->events().size(), 1);
    m_core->restart();
    QCOMPARE(call("admin.vm.property.GetAll", "work"), before);
}

void AdminPropertiesTest::adminapi_045_emptyMeansNone()
{
    QCOMPARE(call("admin.vm.property.Set+guivm", "work", ""), success());
    QCOMPARE(call("admin.vm.property.Get+guivm", "work"), success("default=False type=vm "));
    m_core->restart();
    QCOMPARE(call("admin.vm.property.Get+guivm", "work"), success("default=False type=vm "));
}

void AdminPropertiesTest::adminapi_050_helpIsPlainText()
{
    QCOMPARE(call("admin.vm.property.Help+klass", "work"), success("Class of the qube."));
    QCOMPARE(exceptionType(call("admin.vm.property.Help+x", "work")), QByteArray("QubesNoSuchPropertyError"));
    QVERIFY(call("admin.property.Help+clockvm", "dom0").startsWith(success("Qube ")));
}

void AdminPropertiesTest::adminapi_052_globalsLiveInDom0()
{
    QCOMPARE(call("admin.property.Get+default_netvm", "dom0"), success("default=True type=vm "));
    QCOMPARE(call("admin.property.Set+default_qrexec_timeout", "dom0", "120"), success());
    QCOMPARE(call("admin.vm.property.Get+qrexec_timeout", "work"), success("default=True type=int 120"));
    QCOMPARE(call("admin.property.Reset+default_qrexec_timeout", "dom0"), success());
    QCOMPARE(call("admin.property.Get+default_qrexec_timeout", "dom0"), success("default=True type=int 60"));
    QCOMPARE(call("admin.property.Get+default_netvm", "work"), QByteArray());
    QCOMPARE(exceptionType(call("admin.property.Get+label", "dom0")), QByteArray("QubesNoSuchPropertyError"));
}

void AdminPropertiesTest::S_158_loopOverTheApi()
{
    for (const QByteArray &name : {QByteArray("a"), QByteArray("b")}) {
        m_core->addAppVm(name, "base");
        QCOMPARE(call("admin.vm.property.Set+provides_network", name, "True"), success());
    }
    QCOMPARE(call("admin.vm.property.Set+netvm", "b", "a"), success());
    const QByteArray answer = call("admin.vm.property.Set+netvm", "a", "b");
    QCOMPARE(exceptionType(answer), QByteArray("QubesPropertyValueError"));
    QVERIFY(exceptionMessage(answer).contains("circle"));
    QCOMPARE(call("admin.vm.property.Get+netvm", "a"), success("default=True type=vm "));
}

QTEST_GUILESS_MAIN(AdminPropertiesTest)
#include "adminpropertiestest.moc"
