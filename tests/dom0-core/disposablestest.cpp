// SPDX-License-Identifier: GPL-2.0-or-later
// Disposables: made by one call, gone with everything of theirs when they stop.
#include "dom0-core/lifecycle/dispids.h"
#include "dom0-core/model/properties.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"
#include "tests/support/testclock.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class DisposablesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_081_dom0AsDestinationMeansTheCallersDefault();
    void adminapi_082_model_006_theAnswerNamesTheNewQube();
    void adminapi_083_tagsTellWhoMadeIt();
    void adminapi_084_onlyOfATemplateForDisposables();
    void inheritance_valuesFeaturesAndTagsComeAlong();
    void adminapi_054_featuresAreFoundOnTheTemplatesTemplate();
    void model_006_aNumberRestsForAWeek();
    void creation_failsWithoutVolumesAndLeavesNothing();
    void model_073_goneAfter_data();
    void model_073_goneAfter();
    void model_073_goneAfterAStartThatFailed();
    void model_073_goneBeforeTheShutdownIsAnswered();
    void model_073_goneAtTheNextStartOfTheDaemon();
    void running_survivesTheDaemon();
    void named_staysAndLosesItsState();
    void template_rulesWhileDisposablesAreThere();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    /// The name of a fresh one.
    [[nodiscard]] QByteArray create()
    {
        return call("admin.vm.CreateDisposable", "dvm").mid(2);
    }

    [[nodiscard]] bool isThere(const QByteArray &qube)
    {
        return call("admin.vm.List", "dom0").contains(QByteArray('\n' + qube + ' '));
    }

    std::unique_ptr<CoreFixture> m_core;
};

void DisposablesTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("dvm", "base");
    QCOMPARE(call("admin.vm.property.Set+template_for_dispvms", "dvm", "True"), success());
}

void DisposablesTest::cleanup()
{
    m_core.reset();
}

void DisposablesTest::adminapi_081_dom0AsDestinationMeansTheCallersDefault()
{
    const QByteArray refused = call("admin.vm.CreateDisposable", "dom0");
    QCOMPARE(exceptionType(refused), QByteArray("QubesVMError"));
    QVERIFY(exceptionMessage(refused).contains("default_dispvm"));
    QCOMPARE(call("admin.property.Set+default_dispvm", "dom0", "dvm"), success());
    const QByteArray name = call("admin.vm.CreateDisposable", "dom0").mid(2);
    QCOMPARE(call("admin.vm.property.Get+template", name), success("default=False type=vm dvm"));
    // What a disposable opens in a disposable opens in one of its own kind.
    QCOMPARE(call("admin.vm.property.Get+default_dispvm", name), success("default=True type=vm dvm"));
}

void DisposablesTest::adminapi_082_model_006_theAnswerNamesTheNewQube()
{
    const QByteArray name = create();
    QVERIFY(name.startsWith("disp"));
    QCOMPARE(call("admin.vm.property.Get+dispid", name), success("default=False type=int " + name.mid(4)));
    QVERIFY(call("admin.vm.List", name).startsWith(success(name + " class=DispVM state=Halted")));
    QVERIFY(m_core->pool.has(qubeName(name.toStdString())));

    const QByteArray answer = call("admin.vm.CreateDisposable", "dvm", "uuid");
    QVERIFY(answer.startsWith(success("uuid:")));
    const QByteArray other = call("admin.vm.List", answer.mid(2)).mid(2).split(' ').first();
    QVERIFY(other.startsWith("disp"));
    QVERIFY(other != name);
    QCOMPARE(exceptionType(call("admin.vm.CreateDisposable", "dvm", "qid")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+dispid", name, "7")), QByteArray("QubesException"));
}

void DisposablesTest::adminapi_083_tagsTellWhoMadeIt()
{
    const auto stream = m_core->subscribe();
    const QByteArray name = create();
    const QByteArray tags = call("admin.vm.tag.List", name);
    QVERIFY(tags.contains("\ncreated-by-dom0\n"));
    QVERIFY(tags.contains("\ndisp-created-by-dom0\n"));
    const QString subject = QString::fromUtf8(name);
    QCOMPARE(stream->events().mid(1),
             (QStringList{u"|domain-add|vm="_s + subject,
                          subject + u"|domain-tag-add:created-by-dom0|tag=created-by-dom0"_s,
                          subject + u"|domain-tag-add:disp-created-by-dom0|tag=disp-created-by-dom0"_s,
                          subject + u"|domain-create-on-disk"_s}));
}

void DisposablesTest::adminapi_084_onlyOfATemplateForDisposables()
{
    m_core->addAppVm("work", "base");
    const QByteArray before = call("admin.vm.List", "dom0");
    for (const QByteArray &qube : {QByteArray("work"), QByteArray("base")}) {
        const QByteArray answer = call("admin.vm.CreateDisposable", qube);
        QCOMPARE(exceptionType(answer), QByteArray("QubesVMError"));
        QVERIFY(exceptionMessage(answer).contains("template_for_dispvms"));
    }
    QCOMPARE(call("admin.vm.List", "dom0"), before);
    QCOMPARE(m_core->callFrom("work", "admin.vm.CreateDisposable", "dvm"), QByteArray()); // no right, no word
}

void DisposablesTest::inheritance_valuesFeaturesAndTagsComeAlong()
{
    QCOMPARE(call("admin.vm.property.Set+memory", "dvm", "500"), success());
    QCOMPARE(call("admin.vm.property.Set+autostart", "dvm", "True"), success());
    QCOMPARE(call("admin.vm.feature.Set+gui", "dvm", "1"), success());
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-delay", "dvm", "9"), success());
    QCOMPARE(call("admin.vm.tag.Set+red-team", "dvm"), success());
    const QByteArray name = create();
    QCOMPARE(call("admin.vm.property.Get+memory", name), success("default=False type=int 500"));
    QCOMPARE(call("admin.vm.property.Get+autostart", name), success("default=True type=bool False"));
    QCOMPARE(call("admin.vm.property.Get+label", name), success("default=False type=label red"));
    QCOMPARE(call("admin.vm.property.Get+auto_cleanup", name), success("default=False type=bool True"));
    QCOMPARE(call("admin.vm.property.Get+include_in_backups", name), success("default=True type=bool False"));
    QCOMPARE(call("admin.vm.feature.List", name), success("gui\n"));
    QCOMPARE(call("admin.vm.tag.Get+red-team", name), success("1"));
    m_core->restart(); // it is removed then: nobody uses it
    QVERIFY(!isThere(name));
}

void DisposablesTest::adminapi_054_featuresAreFoundOnTheTemplatesTemplate()
{
    QCOMPARE(call("admin.vm.feature.Set+t", "base", "deep"), success());
    QCOMPARE(call("admin.vm.feature.CheckWithTemplate+t", create()), success("deep"));
}

void DisposablesTest::model_006_aNumberRestsForAWeek()
{
    ModelBuilder builder;
    TestClock clock;
    // Always the same draw: 0x01010101 % 10000.
    constexpr std::uint32_t Drawn = 0x01010101 % 10000;
    Dispids dispids(
        [] {
            std::array<std::byte, 16> bytes{};
            bytes.fill(std::byte{1});
            return bytes;
        },
        clock);
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn));
    builder.add("brief", QubeClass::DispVM);
    builder.set("brief", "dispid", std::to_string(Drawn));
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn + 1));
    builder.add("disp" + std::to_string(Drawn + 1), QubeClass::AppVM); // somebody called one so
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn + 2));

    builder.model.apply(Change::RemoveQube{.id = builder.get("brief").id});
    dispids.rest(Drawn);
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn + 2));
    clock.advance(std::chrono::days(7) - std::chrono::seconds(1));
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn + 2));
    clock.advance(std::chrono::seconds(1));
    QCOMPARE(dispids.pick(builder.model), std::optional(Drawn));
}

void DisposablesTest::creation_failsWithoutVolumesAndLeavesNothing()
{
    const QByteArray before = call("admin.vm.List", "dom0");
    m_core->pool.failNextCreate({.code = Errc::Io, .sysErrno = ENOSPC, .detail = "making it"});
    QCOMPARE(exceptionType(call("admin.vm.CreateDisposable", "dvm")), QByteArray("StoragePoolException"));
    QCOMPARE(call("admin.vm.List", "dom0"), before);
}

void DisposablesTest::model_073_goneAfter_data()
{
    QTest::addColumn<QByteArray>("end");
    QTest::newRow("a shutdown") << QByteArray("admin.vm.Shutdown+wait");
    QTest::newRow("a kill") << QByteArray("admin.vm.Kill");
    QTest::newRow("its own end") << QByteArray();
    QTest::newRow("a crash") << QByteArray("crash");
}

void DisposablesTest::model_073_goneAfter()
{
    QFETCH(QByteArray, end);
    const QByteArray name = create();
    const auto qube = qubeName(name.toStdString());
    QCOMPARE(call("admin.vm.Start", name), success());
    const auto stream = m_core->subscribe();
    if (end.startsWith("admin")) {
        QCOMPARE(call(end, name), success());
    } else {
        m_core->driver.endGuest(qube, end == "crash");
    }
    QVERIFY(eventually([&] {
        return !isThere(name);
    }));
    QVERIFY(!m_core->pool.has(qube));
    const QString subject = QString::fromUtf8(name);
    QVERIFY(eventually([&] {
        return stream->events().last() == u"|domain-delete|vm="_s + subject;
    }));
    QCOMPARE(stream->events().mid(stream->events().size() - 4),
             (QStringList{subject + u"|domain-stopped"_s,
                          subject + u"|domain-shutdown"_s,
                          u"|domain-pre-delete|vm="_s + subject,
                          u"|domain-delete|vm="_s + subject}));
    m_core->restart();
    QVERIFY(!isThere(name));
}

void DisposablesTest::model_073_goneAfterAStartThatFailed()
{
    const QByteArray early = create();
    m_core->driver.failNextStart({.code = Errc::Driver, .detail = "no"});
    QCOMPARE(exceptionType(call("admin.vm.Start", early)), QByteArray("QubesVMError"));
    QVERIFY(!isThere(early));

    QCOMPARE(call("admin.vm.feature.Set+qrexec", "base", "1"), success());
    QCOMPARE(call("admin.vm.property.Set+qrexec_timeout", "dvm", "1"), success());
    const QByteArray late = create(); // its agent never comes
    QCOMPARE(exceptionType(call("admin.vm.Start", late)), QByteArray("QubesVMError"));
    QVERIFY(!isThere(late));
    QVERIFY(!m_core->pool.has(qubeName(late.toStdString())));
}

void DisposablesTest::model_073_goneBeforeTheShutdownIsAnswered()
{
    const QByteArray name = create();
    QCOMPARE(call("admin.vm.Start", name), success());
    const auto shutdown = m_core->begin("admin.vm.Shutdown+wait", name);
    QVERIFY(shutdown->waitForEnd());
    QCOMPARE(shutdown->received(), success());
    QVERIFY(!isThere(name));
    QCOMPARE(exceptionType(call("admin.vm.Start", name)), QByteArray("QubesVMNotFoundError"));
}

void DisposablesTest::model_073_goneAtTheNextStartOfTheDaemon()
{
    const QByteArray name = create();
    const auto qube = qubeName(name.toStdString());
    QCOMPARE(call("admin.vm.Start", name), success());
    m_core->daemon.reset();
    m_core->driver.endGuest(qube, false); // nobody hears it
    m_core->restart();
    QVERIFY(!isThere(name));
    QVERIFY(!m_core->pool.has(qube));
}

void DisposablesTest::running_survivesTheDaemon()
{
    const QByteArray name = create();
    QCOMPARE(call("admin.vm.Start", name), success());
    m_core->restart();
    QCOMPARE(m_core->stateOf(name), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Kill", name), success());
    QVERIFY(!isThere(name));
}

void DisposablesTest::named_staysAndLosesItsState()
{
    QCOMPARE(call("admin.vm.Create.DispVM+dvm", "dom0", "name=mail label=green"), success());
    QCOMPARE(call("admin.vm.property.Get+label", "mail"), success("default=False type=label green"));
    QCOMPARE(call("admin.vm.property.Get+auto_cleanup", "mail"), success("default=True type=bool False"));
    QVERIFY(call("admin.vm.property.Get+dispid", "mail").startsWith(success("default=False type=int ")));
    QVERIFY(!call("admin.vm.tag.List", "mail").contains("disp-created-by"));
    QCOMPARE(call("admin.vm.Start", "mail"), success());
    QCOMPARE(call("admin.vm.Kill", "mail"), success());
    QVERIFY(isThere("mail"));
    m_core->restart();
    QVERIFY(isThere("mail"));
    QCOMPARE(call("admin.vm.Remove", "mail"), success());
}

void DisposablesTest::template_rulesWhileDisposablesAreThere()
{
    m_core->addTemplate("other");
    QCOMPARE(call("admin.vm.Create.DispVM+dvm", "dom0", "name=mail label=green"), success());
    for (const QByteArray &refused : {call("admin.vm.property.Set+template_for_dispvms", "dvm", "False"),
                                      call("admin.vm.property.Reset+template_for_dispvms", "dvm"),
                                      call("admin.vm.Remove", "dvm")}) {
        QCOMPARE(exceptionType(refused), QByteArray("QubesVMInUseError"));
        QVERIFY(exceptionMessage(refused).contains("mail"));
    }
    QCOMPARE(exceptionType(call("admin.vm.property.Reset+template", "mail")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+template", "mail", "base")),
             QByteArray("QubesPropertyValueError"));
    QCOMPARE(call("admin.vm.property.Set+template", "dvm", "other"), success()); // it does not run
    QCOMPARE(call("admin.vm.Start", "mail"), success());
    const QByteArray answer = call("admin.vm.property.Set+template", "dvm", "base");
    QCOMPARE(exceptionType(answer), QByteArray("QubesVMInUseError"));
    QVERIFY(exceptionMessage(answer).contains("mail"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+template", "mail", "dvm")), QByteArray("QubesVMNotHaltedError"));
}

QTEST_GUILESS_MAIN(DisposablesTest)
#include "disposablestest.moc"
