// SPDX-License-Identifier: GPL-2.0-or-later
// Disposables that are made in advance: kept ready, handed out, replaced.
#include "dom0-core/model/preload.h"

#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <algorithm>
#include <fstream>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class PreloadTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void model_098_fillsUpToTheMax();
    void model_098_notBeyondTheMemory();
    void model_099_theOneHandedOutIsAnybodys();
    void model_100_twoRequestsGetTwo();
    void request_waitsForOneThatIsAlmostReady();
    void request_getsAFreshOneIfThatFails();
    void model_101_aChangedPropertyReplacesThem();
    void model_101_ignoredPropertiesDoNot();
    void model_101_aTemplateThatStoppedReplacesThem();
    void model_101_anotherTemplateReplacesThem();
    void model_102_restartKeepsWhatIsReady();
    void model_102_restartLeavesNoOrphan_data();
    void model_102_restartLeavesNoOrphan();
    void model_103_unpausedByHandIsUsed();
    void model_088_removalOfTheTemplateTakesThemAlong();
    void max_lessTakesSomeAway();
    void max_ofDom0CountsForTheDefault();
    void renewal_byCall();
    void features_areJudged_data();
    void features_areJudged();
    void failure_isNotTriedForEver();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    /// Every agent connects as soon as its qube runs.
    void connectAgents();
    void restart();
    [[nodiscard]] QByteArrayList list();
    [[nodiscard]] bool isReady(const QByteArray &name);
    /// Waits until exactly `count` are listed, ready, and nothing else is left of what was made in advance.
    void awaitReady(int count);
    void keep(const QByteArray &count);

    [[nodiscard]] QByteArray create()
    {
        return call("admin.vm.CreateDisposable", "dvm").mid(2);
    }

    [[nodiscard]] int disposables()
    {
        return static_cast<int>(call("admin.vm.List", "dom0").count("class=DispVM"));
    }

    std::unique_ptr<CoreFixture> m_core;
};

void PreloadTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    connectAgents();
    m_core->addTemplate("base");
    m_core->addAppVm("dvm", "base");
    QCOMPARE(call("admin.vm.property.Set+template_for_dispvms", "dvm", "True"), success());
    QCOMPARE(call("admin.vm.feature.Set+qrexec", "base", "1"), success());
    QCOMPARE(call("admin.vm.feature.Set+supported-rpc.qubes.WaitForRunningSystem", "base", "1"), success());
}

void PreloadTest::cleanup()
{
    m_core.reset();
}

void PreloadTest::connectAgents()
{
    QObject::connect(&m_core->daemon->registry(), &Registry::announced, this, [this](const Event &event) {
        if (event.name == "domain-spawn") {
            std::ofstream(m_core->runDirectory() + "/qubes/qrexec." + event.subject->text()).put('\n');
        }
    });
}

void PreloadTest::restart()
{
    m_core->restart();
    connectAgents();
}

QByteArrayList PreloadTest::list()
{
    const QByteArray answer = call("admin.vm.feature.Get+preload-dispvm", "dvm");
    const QByteArray names = exceptionType(answer).isEmpty() ? answer.mid(2) : QByteArray();
    return names.isEmpty() ? QByteArrayList() : names.split(' ');
}

bool PreloadTest::isReady(const QByteArray &name)
{
    return m_core->stateOf(name) == "Paused"
        && call("admin.vm.feature.Get+preload-dispvm-completed", name) == success("1")
        && call("admin.vm.property.Get+is_preload", name) == success("default=True type=bool True");
}

void PreloadTest::awaitReady(int count)
{
    QVERIFY(eventually([&] {
        const QByteArrayList names = list();
        return names.size() == count && disposables() == count && std::ranges::all_of(names, [this](const auto &name) {
                   return isReady(name);
               });
    }));
}

void PreloadTest::keep(const QByteArray &count)
{
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-max", "dvm", count), success());
}

void PreloadTest::model_098_fillsUpToTheMax()
{
    const auto stream = m_core->subscribe();
    keep("2");
    awaitReady(2);
    QVERIFY(stream->events().contains(u"dvm|domain-preload-dispvm-start|reason=preload-dispvm-max changed|delay=3"_s));
    for (const QByteArray &name : list()) {
        QCOMPARE(call("admin.vm.feature.Get+internal", name), success("1"));
        QCOMPARE(call("admin.vm.property.Get+auto_cleanup", name), success("default=False type=bool True"));
        QVERIFY(!call("admin.vm.tag.List", name).contains("created-by")); // nobody asked for it yet
        QVERIFY(std::ranges::contains(m_core->services.log, name.toStdString() + " qubes.WaitForRunningSystem"));
    }
}

void PreloadTest::model_098_notBeyondTheMemory()
{
    m_core->host.availableMiB = 1000; // of which 300 are to stay free: room for one of 400
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-threshold", "dom0", "300"), success());
    keep("5");
    awaitReady(1);
}

void PreloadTest::model_099_theOneHandedOutIsAnybodys()
{
    keep("2");
    awaitReady(2);
    const QByteArrayList before = list();
    const auto stream = m_core->subscribe();
    const QByteArray name = create();
    QCOMPARE(name, before.first());
    QCOMPARE(m_core->stateOf(name), QByteArray("Running"));
    QCOMPARE(call("admin.vm.feature.List", name), success());
    QCOMPARE(call("admin.vm.property.Get+is_preload", name), success("default=True type=bool False"));
    QVERIFY(call("admin.vm.tag.List", name).contains("\ncreated-by-dom0\ndisp-created-by-dom0\n"));
    QVERIFY(!list().contains(name));
    const QString used = u"dvm|domain-preload-dispvm-used|dispvm="_s + QString::fromUtf8(name) + u"|delay=3"_s;
    QVERIFY(stream->events().contains(used));
    QVERIFY(eventually([&] {
        return list().size() == 2 && isReady(list().last());
    }));
    QCOMPARE(list().first(), before.last());
    QCOMPARE(call("admin.vm.Shutdown+wait", name), success());
    QVERIFY(exceptionType(call("admin.vm.List", name)) == "QubesVMNotFoundError");
}

void PreloadTest::model_100_twoRequestsGetTwo()
{
    keep("2");
    awaitReady(2);
    const QByteArrayList ready = list();
    const auto first = m_core->begin("admin.vm.CreateDisposable", "dvm");
    const auto second = m_core->begin("admin.vm.CreateDisposable", "dvm");
    QVERIFY(first->waitForEnd());
    QVERIFY(second->waitForEnd());
    const QByteArrayList got{first->received().mid(2), second->received().mid(2)};
    QVERIFY(got.first() != got.last());
    QVERIFY(ready.contains(got.first()) && ready.contains(got.last()));
}

void PreloadTest::request_waitsForOneThatIsAlmostReady()
{
    m_core->services.isHolding = true;
    keep("1");
    QVERIFY(eventually([&] {
        return m_core->services.waiting() == 1U;
    }));
    const QByteArray coming = list().first();
    const auto request = m_core->begin("admin.vm.CreateDisposable", "dvm");
    QVERIFY(eventually([&] {
        return !list().contains(coming); // another may have taken its place already
    }));
    QVERIFY(request->received().isEmpty());
    m_core->services.isHolding = false;
    m_core->services.answer({});
    QVERIFY(request->waitForEnd());
    QCOMPARE(request->received(), success(coming));
    QCOMPARE(m_core->stateOf(coming), QByteArray("Running"));
    QCOMPARE(call("admin.vm.feature.List", coming), success());
}

void PreloadTest::request_getsAFreshOneIfThatFails()
{
    m_core->services.isHolding = true;
    keep("1");
    QVERIFY(eventually([&] {
        return m_core->services.waiting() == 1U;
    }));
    const QByteArray coming = list().first();
    const auto request = m_core->begin("admin.vm.CreateDisposable", "dvm");
    QVERIFY(eventually([&] {
        return !list().contains(coming); // another may have taken its place already
    }));
    m_core->services.answer(fail(Errc::TimedOut, "it hangs"));
    QVERIFY(request->waitForEnd());
    const QByteArray name = request->received().mid(2);
    QVERIFY(name.startsWith("disp") && name != coming);
    QCOMPARE(m_core->stateOf(name), QByteArray("Halted"));
    QVERIFY(eventually([&] {
        return !call("admin.vm.List", "dom0").contains(QByteArray(coming + ' '));
    }));
}

void PreloadTest::model_101_aChangedPropertyReplacesThem()
{
    keep("2");
    awaitReady(2);
    const QByteArrayList before = list();
    QCOMPARE(call("admin.vm.property.Set+memory", "base", "600"), success()); // of the template's template
    QVERIFY(eventually([&] {
        return list().size() == 2 && !list().contains(before.first()) && !list().contains(before.last());
    }));
    awaitReady(2);
}

void PreloadTest::model_101_ignoredPropertiesDoNot()
{
    keep("1");
    awaitReady(1);
    const QByteArrayList before = list();
    QCOMPARE(call("admin.vm.property.Set+autostart", "dvm", "True"), success());
    QCOMPARE(call("admin.vm.property.Set+include_in_backups", "dvm", "False"), success());
    QCOMPARE(create(), before.first());
}

void PreloadTest::model_101_aTemplateThatStoppedReplacesThem()
{
    keep("1");
    awaitReady(1);
    const QByteArrayList before = list();
    QCOMPARE(call("admin.vm.Start", "base"), success());
    QCOMPARE(call("admin.vm.Kill", "base"), success());
    QVERIFY(eventually([&] {
        return list().size() == 1 && list() != before;
    }));
    awaitReady(1);
}

void PreloadTest::model_101_anotherTemplateReplacesThem()
{
    m_core->addTemplate("other");
    QCOMPARE(call("admin.vm.feature.Set+qrexec", "other", "1"), success());
    keep("1");
    awaitReady(1);
    const QByteArrayList before = list();
    QCOMPARE(call("admin.vm.property.Set+template", "dvm", "other"), success());
    QVERIFY(eventually([&] {
        return list().size() == 1 && list() != before;
    }));
    awaitReady(1);
}

void PreloadTest::model_102_restartKeepsWhatIsReady()
{
    keep("2");
    awaitReady(2);
    const QByteArrayList before = list();
    restart();
    awaitReady(2);
    QCOMPARE(list(), before);
    QCOMPARE(create(), before.first());
}

void PreloadTest::model_102_restartLeavesNoOrphan_data()
{
    QTest::addColumn<QByteArray>("stage");
    for (const QByteArray &stage : {QByteArray("starting"), QByteArray("asking"), QByteArray("unlisted")}) {
        QTest::newRow(stage.constData()) << stage;
    }
}

void PreloadTest::model_102_restartLeavesNoOrphan()
{
    QFETCH(QByteArray, stage);
    if (stage == "starting") {
        m_core->driver.holdStarts();
    }
    m_core->services.isHolding = stage == "asking";
    keep("1");
    if (stage == "unlisted") { // it was being handed out
        awaitReady(1);
    }
    QVERIFY(eventually([&] {
        return list().size() == 1;
    }));
    const QByteArray name = list().first();
    if (stage == "asking") {
        QVERIFY(eventually([&] {
            return m_core->services.waiting() == 1U;
        }));
    }
    const Qid base = m_core->daemon->registry().model().find("dvm")->id;
    const std::string kept = stage == "unlisted" ? std::string() : name.toStdString();
    QVERIFY(m_core->daemon->registry()
                .commit({Change::SetFeature{.id = base, .name = "preload-dispvm", .value = kept},
                         Change::SetFeature{.id = base, .name = "preload-dispvm-max", .value = "0"}})
                .has_value());
    restart();
    QVERIFY(eventually([&] {
        return disposables() == 0;
    }));
    QVERIFY(list().isEmpty());
    QVERIFY(!m_core->pool.has(qubeName(name.toStdString())));
    QVERIFY(!m_core->driver.domainOf(qubeName(name.toStdString())));
}

void PreloadTest::model_103_unpausedByHandIsUsed()
{
    keep("1");
    awaitReady(1);
    const QByteArray name = list().first();
    QCOMPARE(call("admin.vm.Unpause", name), success());
    QCOMPARE(call("admin.vm.property.Get+is_preload", name), success("default=True type=bool False"));
    QVERIFY(!exceptionType(call("admin.vm.feature.Get+internal", name)).isEmpty());
    QVERIFY(eventually([&] {
        return list().size() == 1 && isReady(list().first());
    }));
    QVERIFY(!list().contains(name));
}

void PreloadTest::model_088_removalOfTheTemplateTakesThemAlong()
{
    keep("2");
    awaitReady(2);
    QCOMPARE(call("admin.vm.property.Set+default_dispvm", "dom0", "dvm"), success());
    QCOMPARE(exceptionType(call("admin.vm.Remove", "dvm")), QByteArray("QubesVMInUseError"));
    QCOMPARE(list().size(), 2); // it stays, and so do they
    QCOMPARE(call("admin.vm.property.Reset+default_dispvm", "dom0"), success());
    QCOMPARE(call("admin.vm.Remove", "dvm"), success());
    QCOMPARE(disposables(), 0);
    QVERIFY(!call("admin.vm.List", "dom0").contains("dvm"));
}

void PreloadTest::max_lessTakesSomeAway()
{
    keep("3");
    awaitReady(3);
    const QByteArrayList before = list();
    keep("1");
    awaitReady(1);
    QVERIFY(before.contains(list().first()));
    QCOMPARE(call("admin.vm.feature.Remove+preload-dispvm-max", "dvm"), success());
    awaitReady(0);
}

void PreloadTest::max_ofDom0CountsForTheDefault()
{
    QCOMPARE(call("admin.property.Set+default_dispvm", "dom0", "dvm"), success());
    keep("3");
    awaitReady(3);
    QCOMPARE(call("admin.vm.feature.Set+preload-dispvm-max", "dom0", "1"), success());
    awaitReady(1);
    QCOMPARE(call("admin.property.Reset+default_dispvm", "dom0"), success());
    awaitReady(3);
}

void PreloadTest::renewal_byCall()
{
    keep("2");
    awaitReady(2);
    const QByteArrayList before = list();
    QCOMPARE(call("admin.vm.CreateDisposable+preload", "dvm"), success());
    QVERIFY(!list().contains(before.first()));
    awaitReady(2);
    QVERIFY(!list().contains(before.last()));
    QCOMPARE(call("admin.vm.CreateDisposable+postload", "dvm"), QByteArray());
}

void PreloadTest::features_areJudged_data()
{
    QTest::addColumn<QByteArray>("qube");
    QTest::addColumn<QByteArray>("feature");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("accepted");
    const auto row = [](const char *name, const char *qube, const char *feature, const char *value, bool accepted) {
        QTest::newRow(name) << QByteArray(qube) << QByteArray("preload-dispvm-") + feature << QByteArray(value)
                            << accepted;
    };
    row("a number", "dvm", "max", "0", true);
    row("a word", "dvm", "max", "some", false);
    row("too many", "dvm", "max", "101", false);
    row("below zero", "dvm", "max", "-1", false);
    row("of no template for disposables", "work", "max", "1", false);
    row("none of no template for disposables", "work", "max", "0", true);
    row("of dom0", "dom0", "max", "1", true);
    row("a delay below zero", "dvm", "delay", "-1", true);
    row("a delay that is a word", "dvm", "delay", "soon", false);
    row("memory of dom0", "dom0", "threshold", "500", true);
    row("memory of a qube", "dvm", "threshold", "500", false);
    row("memory that is a word", "dom0", "threshold", "much", false);
}

void PreloadTest::features_areJudged()
{
    QFETCH(QByteArray, qube);
    QFETCH(QByteArray, feature);
    QFETCH(QByteArray, value);
    QFETCH(bool, accepted);
    m_core->addAppVm("work", "base");
    const QByteArray answer = call("admin.vm.feature.Set+" + feature, qube, value);
    QCOMPARE(exceptionType(answer), accepted ? QByteArray() : QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call("admin.vm.feature.Get+" + feature, qube)).isEmpty(), accepted);
    if (qube == "dvm" && value == "0") { // without the service no more than none
        QCOMPARE(call("admin.vm.feature.Remove+supported-rpc.qubes.WaitForRunningSystem", "base"), success());
        QCOMPARE(exceptionType(call("admin.vm.feature.Set+" + feature, qube, "1")), QByteArray("QubesValueError"));
    }
}

void PreloadTest::failure_isNotTriedForEver()
{
    m_core->driver.failNextStart({.code = Errc::TooMuch, .detail = "no memory"});
    keep("1");
    QVERIFY(eventually([&] {
        return m_core->driver.log().size() == 1 && disposables() == 0;
    }));
    QVERIFY(list().isEmpty());
    QCOMPARE(call("admin.vm.CreateDisposable+preload", "dvm"), success()); // asked for again, it works
    awaitReady(1);
}

QTEST_GUILESS_MAIN(PreloadTest)
#include "preloadtest.moc"
