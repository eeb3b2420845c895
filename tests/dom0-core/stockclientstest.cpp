// SPDX-License-Identifier: GPL-2.0-or-later
// What the field's programs send, byte for byte and in their order, against the real server; and what they read out of
// the answers. @source spec admin-api, 10
#include "tests/dom0-core/corefixture.h"

#include <QHash>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

/// Speaks as the field's library does: a plus even without an argument, one connection a call, and an answer is one of
/// success, exception or nothing.
class StockClient
{
public:
    explicit StockClient(CoreFixture &core)
        : m_core(core)
    {
    }

    /// The content of the success frame. Anything else ends the test.
    QByteArray call(const QByteArray &method,
                    const QByteArray &destination,
                    const QByteArray &argument = {},
                    const QByteArray &payload = {})
    {
        const QByteArray answer = ask(method, destination, argument, payload);
        if (!answer.startsWith(success())) {
            qFatal(
                "%s+%s %s: %s", method.constData(), argument.constData(), destination.constData(), answer.constData());
        }
        return answer.mid(2);
    }

    QByteArray ask(const QByteArray &method,
                   const QByteArray &destination,
                   const QByteArray &argument = {},
                   const QByteArray &payload = {})
    {
        ++m_calls;
        RawClient client(m_core.adminSocket());
        client.write(method + '+' + argument + " dom0 name " + destination + '\0' + payload);
        client.halfClose();
        return client.waitForEnd() ? client.received() : QByteArray("(no end)");
    }

    /// `admin.vm.List`, as name → its pairs.
    QList<QHash<QByteArray, QByteArray>> list()
    {
        QList<QHash<QByteArray, QByteArray>> qubes;
        for (const QByteArray &line : call("admin.vm.List", "dom0").split('\n')) {
            if (line.isEmpty()) {
                continue;
            }
            const QList<QByteArray> words = line.split(' ');
            QHash<QByteArray, QByteArray> qube{{"name", words.first()}};
            for (const QByteArray &pair : words.mid(1)) {
                const qsizetype sign = pair.indexOf('=');
                qube.insert(pair.left(sign), pair.mid(sign + 1));
            }
            qubes << qube;
        }
        return qubes;
    }

    /// `GetAll`: a name, `default=`, `type=` and the rest of the line, in this order.
    QHash<QByteArray, QByteArray> properties(const QByteArray &qube)
    {
        QHash<QByteArray, QByteArray> values;
        for (const QByteArray &line : call("admin.vm.property.GetAll", qube).split('\n')) {
            const QList<QByteArray> words = line.split(' ');
            if (words.size() >= 4 && words.at(1).startsWith("default=") && words.at(2).startsWith("type=")) {
                values.insert(words.first(), words.mid(3).join(' ').replace("\\n", "\n").replace("\\\\", "\\"));
            } else if (!line.isEmpty()) {
                qFatal("a line that the library cannot read: %s", line.constData());
            }
        }
        return values;
    }

    [[nodiscard]] int calls() const
    {
        return m_calls;
    }

private:
    CoreFixture &m_core;
    int m_calls = 0;
};

} // namespace

class StockClientsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_033_adminapi_034_lsIsOneListAndOneCallAQube();
    void prefs_readAndChange();
    void create_andClone();
    void startAndShutdown_waitAsTheToolsDo();
    void featuresTagsAndLabels();
    void adminapi_164_managerStartsAndFollows();

private:
    std::unique_ptr<CoreFixture> m_core;
};

void StockClientsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("net", "base");
    m_core->addAppVm("work", "base");
    QCOMPARE(m_core->call("admin.vm.property.Set+provides_network", "net", "True"), success());
    QCOMPARE(m_core->call("admin.vm.property.Set+netvm", "work", "net"), success());
}

void StockClientsTest::cleanup()
{
    m_core.reset();
}

void StockClientsTest::adminapi_033_adminapi_034_lsIsOneListAndOneCallAQube()
{
    StockClient client(*m_core);
    QList<QByteArrayList> table;
    const auto qubes = client.list();
    for (const auto &qube : qubes) {
        const auto properties = client.properties(qube["name"]);
        table << QByteArrayList{qube["name"],
                                qube["state"],
                                qube["class"],
                                properties["label"],
                                properties["template"],
                                properties["netvm"]};
    }
    QCOMPARE(client.calls(), 1 + qubes.size());
    QCOMPARE(table,
             (QList<QByteArrayList>{{"dom0", "Running", "AdminVM", "black", "", ""},
                                    {"base", "Halted", "TemplateVM", "black", "", ""},
                                    {"net", "Halted", "AppVM", "red", "base", ""},
                                    {"work", "Halted", "AppVM", "red", "base", "net"}}));
}

void StockClientsTest::prefs_readAndChange()
{
    StockClient client(*m_core);
    (void)client.list();
    const QByteArrayList names = client.call("admin.vm.property.List", "work").split('\n');
    const auto all = client.properties("work");
    QCOMPARE(names.size() - 1, all.size()); // the last line ends, too
    for (const QByteArray &name : names.first(names.size() - 1)) {
        const QByteArray single = client.call("admin.vm.property.Get", "work", name);
        QVERIFY2(single.endsWith(QByteArray(' ' + all[name])), name.constData());
    }
    (void)client.list();
    QCOMPARE(client.call("admin.vm.property.Set", "work", "memory", "512"), QByteArray());
    QCOMPARE(client.properties("work")["memory"], QByteArray("512"));
    // A refusal is an exception that the library knows by its type.
    QCOMPARE(exceptionType(client.ask("admin.vm.property.Set", "work", "memory", "much")),
             QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(client.ask("admin.vm.property.Get", "work", "none_such")),
             QByteArray("QubesNoSuchPropertyError"));
}

void StockClientsTest::create_andClone()
{
    StockClient client(*m_core);
    QVERIFY(client.call("admin.label.List", "dom0").split('\n').contains("blue"));
    QCOMPARE(client.call("admin.vm.Create.AppVM", "dom0", "base", "name=fresh label=blue"), QByteArray());
    QCOMPARE(client.list().size(), 5);
    QCOMPARE(client.call("admin.vm.property.Set", "fresh", "memory", "600"), QByteArray());
    // The clone: each explicit value, tag and feature, one by one.
    const QByteArray base = client.call("admin.vm.property.Get", "fresh", "template").split(' ').last();
    const QByteArray label = client.call("admin.vm.property.Get", "fresh", "label").split(' ').last();
    QCOMPARE(client.call("admin.vm.Create.AppVM", "dom0", base, "name=copy label=" + label), QByteArray());
    for (const QByteArray &name : client.call("admin.vm.property.List", "fresh").split('\n')) {
        if (name.isEmpty()) {
            continue;
        }
        const QByteArray value = client.call("admin.vm.property.Get", "fresh", name);
        if (value.startsWith("default=False")) {
            // Write-once ones are refused by an exception, which the tool passes over.
            (void)client.ask("admin.vm.property.Set", "copy", name, value.split(' ').mid(2).join(' '));
        }
    }
    for (const QByteArray &tag : client.call("admin.vm.tag.List", "fresh").split('\n')) {
        if (!tag.isEmpty()) {
            QCOMPARE(client.call("admin.vm.tag.Set", "copy", tag), QByteArray());
        }
    }
    QCOMPARE(client.properties("copy")["memory"], QByteArray("600"));
    QCOMPARE(client.properties("copy")["label"], QByteArray("blue"));
    QVERIFY(client.properties("copy")["uuid"] != client.properties("fresh")["uuid"]);
}

void StockClientsTest::startAndShutdown_waitAsTheToolsDo()
{
    StockClient client(*m_core);
    (void)client.list();
    QVERIFY(client.call("admin.vm.CurrentState", "work").endsWith("power_state=Halted"));
    QCOMPARE(client.call("admin.vm.Start", "work"), QByteArray());
    QVERIFY(client.call("admin.vm.CurrentState", "net").endsWith("power_state=Running")); // its net qube came first
    QCOMPARE(exceptionType(client.ask("admin.vm.Shutdown", "net", "wait")), QByteArray("QubesVMInUseError"));
    QCOMPARE(client.call("admin.vm.Shutdown", "work", "force+wait"), QByteArray());
    QVERIFY(client.call("admin.vm.CurrentState", "work").endsWith("power_state=Halted"));
    QCOMPARE(exceptionType(client.ask("admin.vm.Kill", "work")), QByteArray("QubesVMNotStartedError"));
}

void StockClientsTest::featuresTagsAndLabels()
{
    StockClient client(*m_core);
    QCOMPARE(client.call("admin.vm.feature.Set", "work", "gui", ""), QByteArray());
    QCOMPARE(client.call("admin.vm.feature.List", "work"), QByteArray("gui\n"));
    QCOMPARE(client.call("admin.vm.feature.Get", "work", "gui"), QByteArray());
    QCOMPARE(exceptionType(client.ask("admin.vm.feature.Get", "work", "other")),
             QByteArray("QubesFeatureNotFoundError"));
    QCOMPARE(client.call("admin.vm.tag.Set", "work", "mine"), QByteArray());
    QCOMPARE(client.call("admin.vm.tag.Get", "work", "mine"), QByteArray("1"));
    QCOMPARE(client.call("admin.vm.tag.Remove", "work", "mine"), QByteArray());
    QCOMPARE(client.call("admin.label.Index", "dom0", "red"), QByteArray("1"));
}

/// The manager's start, twice over as it does it, and then what it hears.
void StockClientsTest::adminapi_164_managerStartsAndFollows()
{
    StockClient client(*m_core);
    const auto readRows = [&] {
        int rows = 0;
        for (const auto &qube : client.list()) {
            const QByteArray &name = qube["name"];
            const auto properties = client.properties(name);
            QVERIFY(!properties["qid"].isEmpty());
            for (const char *feature :
                 {"prohibit-start", "skip-update", "updates-available", "os-eol", "internal", "servicevm"}) {
                const QByteArray answer = client.ask("admin.vm.feature.Get", name, feature);
                QVERIFY(answer.startsWith(success()) || exceptionType(answer) == "QubesFeatureNotFoundError");
            }
            QVERIFY(!client.call("admin.label.Index", "dom0", properties["label"]).isEmpty());
            ++rows;
        }
        QCOMPARE(rows, 4);
    };
    readRows();
    QVERIFY(client.call("admin.vm.property.GetDefault", "work", "netvm").startsWith("type=vm "));
    RawClient events(m_core->adminSocket());
    events.write(QByteArray("admin.Events+ dom0 name dom0") + '\0');
    events.halfClose();
    QVERIFY(eventually([&] {
        return events.events() == QStringList{u"|connection-established"_s};
    }));
    readRows();
    QCOMPARE(client.call("admin.vm.Start", "work"), QByteArray());
    QCOMPARE(client.call("admin.vm.Shutdown", "work", "wait"), QByteArray());
    QStringList ofWork;
    for (const QString &event : events.events()) {
        const QString name = event.section(u'|', 1, 1);
        static const QStringList Heard{u"domain-pre-start"_s,
                                       u"domain-start"_s,
                                       u"domain-pre-shutdown"_s,
                                       u"domain-stopped"_s,
                                       u"domain-shutdown"_s};
        if (event.startsWith(u"work|"_s) && Heard.contains(name)) {
            ofWork << name;
        }
    }
    QCOMPARE(ofWork,
             (QStringList{u"domain-pre-start"_s,
                          u"domain-start"_s,
                          u"domain-pre-shutdown"_s,
                          u"domain-stopped"_s,
                          u"domain-shutdown"_s}));
}

QTEST_GUILESS_MAIN(StockClientsTest)
#include "stockclientstest.moc"
