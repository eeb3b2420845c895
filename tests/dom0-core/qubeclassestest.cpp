// SPDX-License-Identifier: GPL-2.0-or-later
// What each class of qube is, and what else a qube gets when it is made.
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

class QubeClassesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void standalone_livesAndGoes();
    void remote_isKnownAndRunsElsewhere();
    void remote_propertiesAreHeldToTheirRules();
    void model_042_guivmTagFollows();
    void model_042_tagsAreRightAfterALoad();
    void model_043_creatorsGiveTheirTags();
    void creator_givesItsGuivm();
    void adminapi_077_adminapi_078_volumesGoWhereTheyAreTold();
    void model_089_aCloneCarriesEverything();
    void adminapi_143_notesKeepTheirText();
    void adminapi_144_notesThatAreTooLong();
    void features_checksOfSingleNames_data();
    void features_checksOfSingleNames();
    void features_balancingIsAProperty();
    void features_theCoresOwnNoteIsNotListed();
    void model_029_anObjectionLeavesTheValue();
    void model_029_anObjectionLeavesFeatureAndQube();
    void model_064_anObjectionStopsAStart();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    /// From now on whatever is announced under that name is objected to.
    void objectTo(const std::string &event)
    {
        m_core->daemon->registry().addObjector([event](const Event &proposed) -> Checked<void> {
            if (proposed.name == event) {
                return refuse(RefusalKind::BadValue, "Not in this test.");
            }
            return {};
        });
    }

    std::unique_ptr<CoreFixture> m_core;
};

void QubeClassesTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
}

void QubeClassesTest::cleanup()
{
    m_core.reset();
}

void QubeClassesTest::standalone_livesAndGoes()
{
    QCOMPARE(call("admin.vm.Create.StandaloneVM", "dom0", "name=alone label=blue"), success());
    QCOMPARE(exceptionType(call("admin.vm.property.Get+template", "alone")), QByteArray("QubesNoSuchPropertyError"));
    QCOMPARE(call("admin.vm.property.Get+updateable", "alone"), success("default=True type=bool True"));
    QCOMPARE(call("admin.vm.property.Get+icon", "alone"), success("default=True type=str standalonevm-blue"));
    QVERIFY(m_core->pool.has(qubeName("alone")));
    QCOMPARE(call("admin.vm.Start", "alone"), success());
    m_core->restart();
    QCOMPARE(m_core->stateOf("alone"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Kill", "alone"), success());
    QCOMPARE(call("admin.vm.Remove", "alone"), success());
    QVERIFY(!m_core->pool.has(qubeName("alone")));
}

void QubeClassesTest::remote_isKnownAndRunsElsewhere()
{
    QCOMPARE(call("admin.vm.Create.RemoteVM", "dom0", "name=far label=gray"), success());
    QVERIFY(!m_core->pool.has(qubeName("far")));
    QCOMPARE(call("admin.vm.CurrentState", "far"), success("mem=0 mem_static_max=0 cputime=0 power_state=Running"));
    QCOMPARE(exceptionType(call("admin.vm.Start", "far")), QByteArray("QubesVMNotHaltedError"));
    for (const QByteArray &what : {QByteArray("Shutdown"), QByteArray("Kill"), QByteArray("Pause")}) {
        QCOMPARE(exceptionType(call("admin.vm." + what, "far")), QByteArray("QubesVMError"));
    }
    QCOMPARE(exceptionType(call("admin.vm.property.Get+netvm", "far")), QByteArray("QubesNoSuchPropertyError"));
    QCOMPARE(call("admin.vm.property.Get+include_in_backups", "far"), success("default=True type=bool False"));
    m_core->restart();
    QCOMPARE(m_core->stateOf("far"), QByteArray("Running"));
    QCOMPARE(call("admin.vm.Remove", "far"), success());
    QVERIFY(!call("admin.vm.List", "dom0").contains("far"));
}

void QubeClassesTest::remote_propertiesAreHeldToTheirRules()
{
    m_core->addAppVm("relay", "base");
    QCOMPARE(call("admin.vm.Create.RemoteVM", "dom0", "name=far label=gray"), success());
    QCOMPARE(call("admin.vm.property.Set+relayvm", "far", "relay"), success());
    QCOMPARE(call("admin.vm.property.Set+transport_rpc", "far", "qubesair.SSHProxy"), success());
    QCOMPARE(call("admin.vm.property.Set+remote_name", "far", "work"), success());
    QCOMPARE(call("admin.vm.tag.List", "far"), success("created-by-dom0\nrelayvm-relay\n"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+relayvm", "far", "far")), QByteArray("QubesPropertyValueError"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+transport_rpc", "far", "a b/../c")),
             QByteArray("QubesPropertyValueError"));
    QCOMPARE(exceptionType(call("admin.vm.property.Set+remote_name", "far", "none")),
             QByteArray("QubesPropertyValueError"));
    QCOMPARE(exceptionType(call("admin.vm.Remove", "relay")), QByteArray("QubesVMInUseError"));
    QCOMPARE(call("admin.vm.property.Reset+relayvm", "far"), success());
    QCOMPARE(call("admin.vm.tag.List", "far"), success("created-by-dom0\n"));
}

void QubeClassesTest::model_042_guivmTagFollows()
{
    m_core->addAppVm("work", "base");
    m_core->addAppVm("sys-gui", "base");
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\nguivm-dom0\n"));
    const auto stream = m_core->subscribe();
    QCOMPARE(call("admin.vm.property.Set+guivm", "work", "sys-gui"), success());
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\nguivm-sys-gui\n"));
    QCOMPARE(stream->events().filter(u"|domain-tag-"_s),
             (QStringList{u"work|domain-tag-delete:guivm-dom0|tag=guivm-dom0"_s,
                          u"work|domain-tag-add:guivm-sys-gui|tag=guivm-sys-gui"_s}));
    // The default changes for the others only.
    QCOMPARE(call("admin.property.Set+default_guivm", "dom0", ""), success());
    QCOMPARE(call("admin.vm.tag.List", "base"), success("audiovm-dom0\ncreated-by-dom0\n"));
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\nguivm-sys-gui\n"));
    QCOMPARE(call("admin.vm.property.Reset+guivm", "work"), success());
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\n"));
    QCOMPARE(call("admin.property.Reset+default_guivm", "dom0"), success());
    QCOMPARE(call("admin.vm.tag.Get+guivm-dom0", "work"), success("1"));
}

void QubeClassesTest::model_042_tagsAreRightAfterALoad()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.tag.Set+guivm-nobody", "work"), success()); // as a foreign store might have it
    QCOMPARE(call("admin.vm.tag.Remove+guivm-dom0", "work"), success());
    m_core->restart();
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\nguivm-dom0\n"));
}

void QubeClassesTest::model_043_creatorsGiveTheirTags()
{
    QCOMPARE(call("admin.vm.feature.Set+tag-created-vm-with", "dom0", "project-x lab guivm-evil no.tag"), success());
    const auto stream = m_core->subscribe();
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.tag.List", "work"), success("audiovm-dom0\ncreated-by-dom0\nguivm-dom0\nlab\nproject-x\n"));
    QCOMPARE(stream->events().filter(u"|domain-tag-add"_s),
             (QStringList{u"work|domain-tag-add:project-x|tag=project-x"_s,
                          u"work|domain-tag-add:lab|tag=lab"_s,
                          u"work|domain-tag-add:created-by-dom0|tag=created-by-dom0"_s}));
}

void QubeClassesTest::creator_givesItsGuivm()
{
    m_core->addAppVm("sys-gui", "base");
    QCOMPARE(call("admin.vm.feature.Set+set-created-guivm", "dom0", "sys-gui"), success());
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.property.Get+guivm", "work"), success("default=False type=vm sys-gui"));
    QCOMPARE(call("admin.vm.tag.Get+guivm-sys-gui", "work"), success("1"));
    QCOMPARE(call("admin.vm.feature.Set+set-created-guivm", "dom0", "nobody"), success());
    m_core->addAppVm("play", "base");
    QCOMPARE(call("admin.vm.property.Get+guivm", "play"), success("default=True type=vm dom0"));
}

void QubeClassesTest::adminapi_077_adminapi_078_volumesGoWhereTheyAreTold()
{
    const auto poolOf = [this](const QByteArray &qube, const QByteArray &volume) {
        const QByteArray info = call("admin.vm.volume.Info+" + volume, qube);
        return info.mid(info.indexOf("pool=") + 5).split('\n').first();
    };
    const QByteArray service = "admin.vm.CreateInPool.AppVM+base";
    QCOMPARE(call("admin.pool.Add+file-reflink", "dom0", "name=p\ndir_path=/srv/p"), success());
    QCOMPARE(call(service, "dom0", "name=one label=red pool:private=p"), success());
    QCOMPARE(poolOf("one", "private"), QByteArray("p"));
    QVERIFY(poolOf("one", "volatile") != "p");
    QCOMPARE(call(service, "dom0", "pool=p name=all label=red"), success());
    QCOMPARE(poolOf("all", "private"), QByteArray("p"));
    QCOMPARE(poolOf("all", "volatile"), QByteArray("p"));
    QVERIFY(poolOf("all", "root") != "p"); // its template's root lies elsewhere

    for (const QByteArray &payload : {QByteArray("name=x label=red pool=p pool:root=p"),
                                      QByteArray("name=x label=red pool=p pool=p"),
                                      QByteArray("name=x label=red pool:home=p"),
                                      QByteArray("pool=p")}) {
        QCOMPARE(call(service, "dom0", payload), QByteArray());
    }
    QCOMPARE(exceptionType(call(service, "dom0", "name=x label=red pool=q")), QByteArray("QubesException"));
    QCOMPARE(exceptionType(call(service, "dom0", "name=x label=red pool:kernel=p")), QByteArray("QubesException"));
    QCOMPARE(call("admin.vm.Create.AppVM+base", "dom0", "name=x label=red pool:private=p"), QByteArray());
    QVERIFY(!call("admin.vm.List", "dom0").contains("\nx "));
}

/// What the field's library does, call by call. Spec qube-model, 12.2.
void QubeClassesTest::model_089_aCloneCarriesEverything()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.property.Set+memory", "work", "700"), success());
    QCOMPARE(call("admin.vm.tag.Set+project", "work"), success());
    QCOMPARE(call("admin.vm.feature.Set+f", "work", "v"), success());
    QCOMPARE(call("admin.vm.notes.Set", "work", "mine"), success());
    const QByteArray rules = "action=accept dst4=10.0.0.0/8\naction=drop\n";
    QCOMPARE(call("admin.vm.firewall.Set", "work", rules), success());

    m_core->addAppVm("copy", "base");
    for (const QByteArray &line : call("admin.vm.property.GetAll", "work").mid(2).split('\n')) {
        const QList<QByteArray> words = line.split(' ');
        const bool isOwn = words.first() == "name" || words.first() == "qid" || words.first() == "uuid";
        if (line.contains(" default=False ") && !isOwn) {
            const QByteArray value = line.mid(line.indexOf(' ', line.indexOf(" type=") + 1) + 1);
            QCOMPARE(call("admin.vm.property.Set+" + words.first(), "copy", value), success());
        }
    }
    for (const QByteArray &tag : call("admin.vm.tag.List", "work").mid(2).trimmed().split('\n')) {
        QCOMPARE(call("admin.vm.tag.Set+" + tag, "copy"), success());
    }
    for (const QByteArray &feature : call("admin.vm.feature.List", "work").mid(2).trimmed().split('\n')) {
        QCOMPARE(
            call("admin.vm.feature.Set+" + feature, "copy", call("admin.vm.feature.Get+" + feature, "work").mid(2)),
            success());
    }
    QCOMPARE(call("admin.vm.notes.Set", "copy", call("admin.vm.notes.Get", "work").mid(2)), success());
    QCOMPARE(call("admin.vm.firewall.Set", "copy", call("admin.vm.firewall.Get", "work").mid(2)), success());
    const QByteArray token = call("admin.vm.volume.CloneFrom+private", "work").mid(2);
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", token), success());

    for (const QByteArray &reading : {QByteArray("admin.vm.property.Get+memory"),
                                      QByteArray("admin.vm.property.Get+label"),
                                      QByteArray("admin.vm.tag.List"),
                                      QByteArray("admin.vm.feature.Get+f"),
                                      QByteArray("admin.vm.notes.Get"),
                                      QByteArray("admin.vm.firewall.Get")}) {
        QCOMPARE(call(reading, "copy"), call(reading, "work"));
    }
    QVERIFY(call("admin.vm.firewall.Get", "copy").contains("10.0.0.0/8"));
}

void QubeClassesTest::adminapi_143_notesKeepTheirText()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.notes.Get", "work"), success());
    const QByteArray text = "Gr\xc3\xbc\xc3\x9f"
                            "e\n\t\xe6\x97\xa5\xe6\x9c\xac 100%";
    QCOMPARE(call("admin.vm.notes.Set", "work", text), success());
    m_core->restart();
    QCOMPARE(call("admin.vm.notes.Get", "work"), success(text));
    // A bell, an escape, a NUL, a right-to-left override, a line separator.
    QCOMPARE(call("admin.vm.notes.Set",
                  "work",
                  QByteArray("a\a\x1b\0b\xe2\x80\xae"
                             "c\xe2\x80\xa8",
                             12)),
             success());
    QCOMPARE(call("admin.vm.notes.Get", "work"), success("a___b_c_"));
    QCOMPARE(call("admin.vm.notes.Set", "work", "\xff"), QByteArray());
    QCOMPARE(call("admin.vm.notes.Get", "work"), success("a___b_c_"));
    QCOMPARE(call("admin.vm.notes.Set", "work"), success());
    QCOMPARE(call("admin.vm.notes.Get", "work"), success());
    QCOMPARE(call("admin.vm.notes.Get", "dom0"), QByteArray());
}

void QubeClassesTest::adminapi_144_notesThatAreTooLong()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.notes.Set", "work", QByteArray(65000, 'x')), success());
    QCOMPARE(call("admin.vm.notes.Set", "work", QByteArray(66000, 'y')), QByteArray());
    QCOMPARE(call("admin.vm.notes.Get", "work"), success(QByteArray(65000, 'x')));
}

void QubeClassesTest::features_checksOfSingleNames_data()
{
    QTest::addColumn<QByteArray>("feature");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<bool>("accepted");
    const auto row = [](const char *name, const char *feature, const char *value, bool accepted) {
        QTest::newRow(name) << QByteArray(feature) << QByteArray(value) << accepted;
    };
    row("a path to keep", "custom-persist.k", "/home/x:y", true);
    row("a file to make", "custom-persist.k", "file:root:root:0640:/etc/x:y", true);
    row("a directory to make", "custom-persist.k", "dir:user:user:755:/srv", true);
    row("another kind", "custom-persist.k", "link:user:user:755:/srv", false);
    row("a mode that is none", "custom-persist.k", "dir:user:user:789:/srv", false);
    row("nobody's", "custom-persist.k", "dir::user:755:/srv", false);
    row("a path that is not full", "custom-persist.k", "dir:user:user:755:srv", false);
    row("no path at all", "custom-persist.k", "", false);
    row("a letter first", "vm-config.x1", "1", true);
    row("a digit first", "vm-config.1x", "1", false);
}

void QubeClassesTest::features_checksOfSingleNames()
{
    QFETCH(QByteArray, feature);
    QFETCH(QByteArray, value);
    QFETCH(bool, accepted);
    const QByteArray answer = call("admin.vm.feature.Set+" + feature, "base", value);
    QCOMPARE(exceptionType(answer), accepted ? QByteArray() : QByteArray("QubesValueError"));
    QCOMPARE(call("admin.vm.feature.List", "base"), success(accepted ? feature + '\n' : QByteArray()));
}

void QubeClassesTest::features_balancingIsAProperty()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.feature.Set+service.meminfo-writer", "work", ""), success());
    QCOMPARE(call("admin.vm.property.Get+maxmem", "work"), success("default=False type=int 0"));
    QCOMPARE(call("admin.vm.feature.List", "work"), success());
    QCOMPARE(call("admin.vm.feature.Set+service.meminfo-writer", "work", "1"), success());
    QCOMPARE(call("admin.vm.property.Get+maxmem", "work"), success("default=True type=int 4000"));
    QCOMPARE(call("admin.vm.feature.List", "work"), success());
}

void QubeClassesTest::features_theCoresOwnNoteIsNotListed()
{
    m_core->addAppVm("work", "base");
    const Qid id = m_core->daemon->registry().model().find("work")->id;
    QVERIFY(m_core->daemon->registry()
                .commit({Change::SetFeature{.id = id, .name = "deferred-netvm-original", .value = ""}})
                .has_value());
    QCOMPARE(call("admin.vm.feature.List", "work"), success());
    QCOMPARE(call("admin.vm.feature.Get+deferred-netvm-original", "work"), success());
}

void QubeClassesTest::model_029_anObjectionLeavesTheValue()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.property.Set+memory", "work", "500"), success());
    objectTo("property-pre-set:memory");
    objectTo("property-pre-del:memory");
    objectTo("property-pre-set:check_updates_vm");
    const auto stream = m_core->subscribe();
    const QByteArray refused = call("admin.vm.property.Set+memory", "work", "600");
    QCOMPARE(exceptionType(refused), QByteArray("QubesValueError"));
    QCOMPARE(exceptionMessage(refused), QByteArray("Not in this test."));
    QVERIFY(!exceptionType(call("admin.vm.property.Reset+memory", "work")).isEmpty());
    QVERIFY(!exceptionType(call("admin.property.Set+check_updates_vm", "dom0", "False")).isEmpty());
    QVERIFY(stream->events().filter(u"|property-set:"_s).isEmpty());
    QVERIFY(stream->events().filter(u"|property-reset:"_s).isEmpty());
    QVERIFY(!stream->events().filter(u"|property-pre-set:memory"_s).isEmpty()); // that it was tried is told
    m_core->restart();
    QCOMPARE(call("admin.vm.property.Get+memory", "work"), success("default=False type=int 500"));
    QCOMPARE(call("admin.property.Get+check_updates_vm", "dom0"), success("default=True type=bool True"));
}

void QubeClassesTest::model_029_anObjectionLeavesFeatureAndQube()
{
    m_core->addAppVm("work", "base");
    QCOMPARE(call("admin.vm.feature.Set+f", "work", "1"), success());
    objectTo("domain-feature-pre-set:f");
    objectTo("domain-feature-pre-delete:f");
    objectTo("domain-pre-delete");
    QVERIFY(!exceptionType(call("admin.vm.feature.Set+f", "work", "2")).isEmpty());
    QVERIFY(!exceptionType(call("admin.vm.feature.Remove+f", "work")).isEmpty());
    QVERIFY(!exceptionType(call("admin.vm.Remove", "work")).isEmpty());
    QCOMPARE(call("admin.vm.feature.Get+f", "work"), success("1"));
    m_core->restart();
    QCOMPARE(call("admin.vm.feature.Get+f", "work"), success("1"));
}

void QubeClassesTest::model_064_anObjectionStopsAStart()
{
    m_core->addAppVm("work", "base");
    objectTo("domain-pre-start");
    const auto stream = m_core->subscribe();
    QCOMPARE(exceptionMessage(call("admin.vm.Start", "work")), QByteArray("Not in this test."));
    QCOMPARE(stream->events().last(), u"work|domain-start-failed|reason=Not in this test."_s);
    QCOMPARE(m_core->stateOf("work"), QByteArray("Halted"));
    QVERIFY(m_core->driver.log().empty());
    QVERIFY(!m_core->pool.isStarted(qubeName("work")));
}

QTEST_GUILESS_MAIN(QubeClassesTest)
#include "qubeclassestest.moc"
