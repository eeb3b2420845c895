// SPDX-License-Identifier: GPL-2.0-or-later
// The policy that dom0 begins with.
#include "qrexec/policy/decision.h"
#include "qrexec/policy/loader.h"
#include "tests/qrexec/policyrig.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Policy;
using namespace Bulkhead::Test;
using namespace std::string_literals;

class PolicyShippedTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void policy_081_loadsWithoutAWarning();
    void policy_081_services_data();
    void policy_081_services();
    void clipboard_017_pasteIsJudgedAsIfThePersonWasAsked_data();
    void clipboard_017_pasteIsJudgedAsIfThePersonWasAsked();
    void policy_081_nobodyAdministers();
    void policy_081_administratorsCanBeNamed();
    void policy_081_restoring();

private:
    [[nodiscard]] std::string decided(const std::string &service, const std::string &source, const std::string &target);
    void load();

    FakeFiles m_files;
    LoadedPolicy m_policy;
    SystemInfo m_info = referenceSystem();
};

void PolicyShippedTest::init()
{
    QDirIterator each(QStringLiteral(BULKHEAD_SHIPPED_POLICY), QDir::Files, QDirIterator::Subdirectories);
    while (each.hasNext()) {
        QFile file(each.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString name = QDir(QStringLiteral(BULKHEAD_SHIPPED_POLICY)).relativeFilePath(file.fileName());
        m_files.put(PolicyDirectory + '/' + name.toStdString(), file.readAll().toStdString());
    }
    QubeRecord templateQube{.name = "tpl", .type = "TemplateVM", .guivm = "dom0", .powerState = "Running"};
    m_info.add(templateQube);
    QubeRecord anonymous{.name = "anon", .tags = {"anon-vm", "whonix-updatevm"}, .guivm = "dom0"};
    m_info.add(anonymous);
    m_info.add({.name = "sys-net", .type = "AppVM", .isInternal = true, .powerState = "Running"});
    m_info.add({.name = "sys-whonix", .type = "AppVM", .isInternal = true, .powerState = "Running"});
    m_info.add({.name = "restorer", .tags = {"backup-restore-mgmt"}});
    m_info.add({.name = "restored", .tags = {"backup-restore-in-progress"}});
    m_info.add({.name = "storage", .tags = {"backup-restore-storage"}});
    load();
}

void PolicyShippedTest::load()
{
    auto loaded = loadPolicy(m_files, {});
    QVERIFY2(loaded, loaded ? "" : loaded.error().text.c_str());
    m_policy = *std::move(loaded);
}

/// `ask`, `deny`, `deny unnoticed`, or where it goes.
std::string PolicyShippedTest::decided(const std::string &service, const std::string &source, const std::string &target)
{
    Request request{.source = source, .target = target, .service = {}};
    request.setServiceAndArgument(service);
    const Decision decision = decide(m_policy.rules, m_info, request);
    if (const auto *const allowed = std::get_if<Allowed>(&decision.outcome)) {
        return allowed->target;
    }
    return std::holds_alternative<Question>(decision.outcome) ? "ask" : inWords(decision);
}

void PolicyShippedTest::policy_081_loadsWithoutAWarning()
{
    QVERIFY(m_policy.warnings.empty());
    QVERIFY(m_policy.rules.all().size() > 30);
}

void PolicyShippedTest::policy_081_services_data()
{
    QTest::addColumn<std::string>("service");
    QTest::addColumn<std::string>("source");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<std::string>("outcome");
    const auto add = [](const std::string &service,
                        const std::string &source,
                        const std::string &target,
                        const std::string &outcome) {
        QTest::addRow("%s: %s -> %s", service.c_str(), source.c_str(), target.c_str())
            << service << source << target << outcome;
    };
    for (const char *const toDom0 : {"FeaturesRequest",
                                     "NotifyTools",
                                     "NotifyUpdates",
                                     "GetRandomizedTime",
                                     "SyncAppMenus",
                                     "WindowIconUpdater",
                                     "ReceiveUpdates"}) {
        add("qubes."s + toDom0, "a", "dom0", "dom0");
        add("qubes."s + toDom0, "a", "b", "deny");
    }
    for (const char *const open : {"GetImageRGBA", "OpenInVM", "OpenURL", "StartApp"}) {
        add("qubes."s + open + "+x", "a", "@dispvm", "@dispvm:dvm");
        add("qubes."s + open + "+x", "a", "b", "ask");
        add("qubes."s + open + "+x", "a", "", "ask");
        add("qubes."s + open + "+x", "a", "dom0", "deny");
    }
    for (const char *const run : {"VMShell", "VMExec", "VMExecGUI"}) {
        add("qubes."s + run, "a", "@dispvm", "@dispvm:dvm");
        add("qubes."s + run, "a", "b", "deny");
        add("qubes."s + run, "a", "dom0", "deny");
    }
    add("qubes.VMRootShell", "a", "@dispvm", "deny");
    add("qubes.VMRootShell", "a", "b", "deny");
    add("policy.RegisterArgument+x", "a", "b", "deny");
    add("policy.RegisterArgument+x", "a", "dom0", "deny");
    add("qubes.ConnectTCP+22", "a", "b", "deny");
    add("qubes.Filecopy", "a", "b", "ask");
    add("qubes.Filecopy", "a", "dom0", "deny");
    add("qubes.GetDate", "a", "", "dom0");
    add("qubes.GetDate", "anon", "", "deny");
    add("qubes.Notifications", "a", "", "dom0");
    add("qubes.Notifications", "a", "b", "deny");
    add("qubes.UpdatesProxy", "tpl", "", "sys-net");
    add("qubes.UpdatesProxy", "tpl", "b", "deny");
    add("qubes.UpdatesProxy", "anon", "", "sys-whonix");
    add("qubes.UpdatesProxy", "anon", "b", "deny");
    add("qubes.UpdatesProxy", "a", "", "deny");
    add("qubes.ClipboardPaste", "a", "b", "ask");
    add("qubes.ClipboardPaste", "a", "dom0", "deny");
    for (const char *const inner : {"policy.EvalSimple", "policy.Ask", "policy.Notify", "something.New"}) {
        add(inner, "a", "dom0", "deny");
        add(inner, "a", "b", "deny");
    }
    for (const char *const probe : {"admin.vm.property.GetAll", "admin.property.GetAll"}) {
        add(probe, "a", "dom0", "deny unnoticed");
        add(probe, "a", "b", "deny unnoticed");
    }
}

void PolicyShippedTest::policy_081_services()
{
    QFETCH(std::string, service);
    QFETCH(std::string, source);
    QFETCH(std::string, target);
    QFETCH(std::string, outcome);
    QCOMPARE(decided(service, source, target), outcome);
}

void PolicyShippedTest::clipboard_017_pasteIsJudgedAsIfThePersonWasAsked_data()
{
    QTest::addColumn<std::string>("rules");
    QTest::addColumn<std::string>("source");
    QTest::addColumn<std::string>("target");
    QTest::addColumn<bool>("allowed");
    const std::string paste = "qubes.ClipboardPaste * ";
    QTest::newRow("shipped: to another") << ""s << "a"s << "b"s << true;
    QTest::newRow("shipped: to itself") << ""s << "a"s << "a"s << false;
    QTest::newRow("shipped: to an internal one") << ""s << "a"s << "int"s << false;
    QTest::newRow("shipped: to dom0") << ""s << "a"s << "dom0"s << false;
    QTest::newRow("shipped: of dom0") << ""s << "dom0"s << "b"s << true;
    QTest::newRow("shipped: of one that is gone") << ""s << "gone"s << "b"s << false;
    QTest::newRow("deny") << paste + "a b deny\n" << "a"s << "b"s << false;
    QTest::newRow("deny for another") << paste + "a nodvm deny\n" << "a"s << "b"s << true;
    QTest::newRow("allow") << paste + "a b allow\n" << "a"s << "b"s << true;
    QTest::newRow("ask with this target") << paste + "a b ask target=b\n" << "a"s << "b"s << true;
    QTest::newRow("ask with another target") << paste + "a b ask target=nodvm\n" << "a"s << "b"s << false;
    QTest::newRow("allow with another target") << paste + "a b allow target=nodvm\n" << "a"s << "b"s << true;
}

void PolicyShippedTest::clipboard_017_pasteIsJudgedAsIfThePersonWasAsked()
{
    QFETCH(std::string, rules);
    QFETCH(std::string, source);
    QFETCH(std::string, target);
    QFETCH(bool, allowed);
    m_files.put(PolicyDirectory + "/29-test.policy", rules);
    load();
    Request request{.source = source, .target = target, .service = {}};
    request.setServiceAndArgument("qubes.ClipboardPaste");
    QCOMPARE(wouldAllow(m_policy.rules, m_info, request, Questions::CountAsYes), allowed);
}

void PolicyShippedTest::policy_081_nobodyAdministers()
{
    for (const Rule &rule : m_policy.rules.all()) {
        if (rule.service.starts_with("admin.") && rule.action.verdict != Verdict::Deny) {
            QCOMPARE(rule.source.spelling(), "@tag:backup-restore-mgmt"s);
            QCOMPARE(rule.action.target->spelling(), "dom0"s);
        }
    }
    for (const char *const call :
         {"admin.vm.Start", "admin.vm.Create.AppVM", "policy.Replace+30-user", "policy.List"}) {
        QCOMPARE(decided(call, "a", "dom0"), "deny"s);
        QCOMPARE(decided(call, "a", "b"), "deny"s);
    }
}

void PolicyShippedTest::policy_081_administratorsCanBeNamed()
{
    m_files.put(PolicyDirectory + "/include/admin-local-rwx", "a b allow target=dom0\n");
    m_files.put(PolicyDirectory + "/include/admin-global-ro", "a @adminvm allow target=dom0\n");
    m_files.put(PolicyDirectory + "/include/admin-policy-rwx", "a @adminvm allow target=dom0\n");
    load();
    QCOMPARE(decided("admin.vm.Start", "a", "b"), "dom0"s);
    QCOMPARE(decided("admin.vm.feature.Get+x", "a", "b"), "dom0"s); // whoever may change may look
    QCOMPARE(decided("admin.vm.device.usb.Attach+x", "a", "b"), "dom0"s);
    QCOMPARE(decided("admin.vm.Start", "a", "h"), "deny"s);
    QCOMPARE(decided("admin.vm.List", "a", "dom0"), "dom0"s);
    QCOMPARE(decided("admin.vm.Create.AppVM", "a", "dom0"), "deny"s);
    QCOMPARE(decided("policy.List", "a", "dom0"), "dom0"s);
    QCOMPARE(decided("policy.Replace+x", "a", "dom0"), "dom0"s);
}

void PolicyShippedTest::policy_081_restoring()
{
    QCOMPARE(decided("admin.vm.Create.AppVM", "restorer", "dom0"), "dom0"s);
    QCOMPARE(decided("admin.vm.Create.DispVM", "restorer", "dom0"), "deny"s);
    QCOMPARE(decided("admin.vm.List", "restorer", "b"), "dom0"s);
    QCOMPARE(decided("admin.vm.property.Get+provides_network", "restorer", "b"), "dom0"s);
    QCOMPARE(decided("admin.vm.property.Get+netvm", "restorer", "b"), "deny"s);
    for (const char *const call : {"feature.Set+x",
                                   "firewall.Set",
                                   "property.Set+x",
                                   "tag.Set+x",
                                   "volume.Import+x",
                                   "volume.ImportWithSize+x",
                                   "volume.Info+x",
                                   "volume.List",
                                   "volume.Set.revisions_to_keep+x"}) {
        QCOMPARE(decided("admin.vm."s + call, "restorer", "restored"), "dom0"s);
        QCOMPARE(decided("admin.vm."s + call, "restorer", "b"), "deny"s);
        QCOMPARE(decided("admin.vm."s + call, "a", "restored"), "deny"s);
    }
    QCOMPARE(decided("qubes.RestoreById", "restorer", "storage"), "storage"s);
    QCOMPARE(decided("qubes.RestoreById", "restorer", "b"), "deny"s);
}

QTEST_APPLESS_MAIN(PolicyShippedTest)

#include "policyshippedtest.moc"
