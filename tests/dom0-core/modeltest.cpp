// SPDX-License-Identifier: GPL-2.0-or-later
// The rules of qubes, without any I/O.
#include "base/formatted.h"
#include "dom0-core/model/newqube.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/qubefeatures.h"
#include "dom0-core/model/references.h"
#include "dom0-core/model/volumes.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <algorithm>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class ModelTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void domains_leadToTheirQubes();
    void model_001_model_002_namesOfNewQubes();
    void model_003_numbersAreTheLowestFree();
    void model_003_noNumberLeftIsAnError();
    void model_004_identityCannotBeSet();
    void model_005_uuidIsVersion4();
    void model_007_defaultLabels();
    void model_009_iconOfEveryRow();
    void model_011_defaultsOfAFreshAppVm();
    void model_014_maxmemDefault();
    void model_015_noBalancingWithoutAnAgent();
    void model_016_maxmemWhileRunningNeedsHotplug();
    void model_017_model_019_model_022_model_023_model_024_model_025_S_147_valuesAreHeldToTheirGrammar_data();
    void model_017_model_019_model_022_model_023_model_024_model_025_S_147_valuesAreHeldToTheirGrammar();
    void model_018_kernelMustBeThere();
    void model_020_kernelOptionsDefault();
    void model_021_bootModeDefault();
    void model_026_templateGivesDefaults();
    void model_032_poolsFallBack();
    void references_mustBeOfTheRightKind();
    void model_086_model_087_S_157_removal();
    void everyProperty_hasHelpAndReads();
    void model_036_missingAndEmptyFeaturesDiffer();
    void model_041_serviceNamesAreLimited();
    void model_044_rootOfAnAppVmIsItsTemplates();
    void model_045_disposablesBeginWithTheirTemplatesData();
    void preloaded_disposablesDoNotHoldTheirTemplate();

private:
    std::optional<ModelBuilder> m_builder;
};

void ModelTest::init()
{
    m_builder.emplace();
    m_builder->host.kernels["6.12"] = "";
    m_builder->add("base", QubeClass::TemplateVM);
    m_builder->add("work", QubeClass::AppVM);
    m_builder->set("work", "template", "base");
}

void ModelTest::model_001_model_002_namesOfNewQubes()
{
    const auto isAccepted = [this](const std::string &name) {
        return checkNewQube(m_builder->model,
                            {.klass = QubeClass::AppVM, .name = name, .templateName = "base", .label = "red"})
            .has_value();
    };
    QVERIFY(isAccepted(std::string(31, 'a')));
    QVERIFY(!isAccepted(std::string(32, 'a')));
    QVERIFY(isAccepted("Work")); // another name than work
    for (const char *name : {"", "x-dm", "none", "default", "Domain-0", "9lives", "work", "dom0", "a b", "a/b"}) {
        QVERIFY2(!isAccepted(name), name);
    }
}

void ModelTest::model_003_numbersAreTheLowestFree()
{
    QCOMPARE(m_builder->get("work").id.value(), 2U);
    m_builder->add("third", QubeClass::AppVM);
    m_builder->model.apply(Change::RemoveQube{.id = Qid(2)});
    QCOMPARE(m_builder->model.freeQid().value().value(), 2U);
    // Not while its volumes are still being removed.
    m_builder->model.apply(Change::SetStage{.id = Qid(3), .stage = QubeStage::Removing});
    QVERIFY(m_builder->model.isLeaving("third"));
    m_builder->add("again", QubeClass::AppVM);
    QCOMPARE(m_builder->get("again").id.value(), 2U);
    QCOMPARE(m_builder->model.freeQid().value().value(), 4U);
}

void ModelTest::model_003_noNumberLeftIsAnError()
{
    for (std::uint32_t id = 3; id <= MaxQid; ++id) {
        m_builder->add(formatted("q{}", id), QubeClass::AppVM, Qid(id));
    }
    QVERIFY(!m_builder->model.freeQid());
    const auto checked = checkNewQube(
        m_builder->model, {.klass = QubeClass::AppVM, .name = "more", .templateName = "base", .label = "red"});
    QCOMPARE(checked.error().kind, RefusalKind::General);
}

void ModelTest::model_004_identityCannotBeSet()
{
    for (const char *property : {"name", "qid", "uuid"}) {
        QCOMPARE(m_builder->check("work", property, "7"), std::string("QubesException"));
        const Qube &work = m_builder->get("work");
        QVERIFY(!checkReset(m_builder->model, work, *findProperty(work.klass, property)));
    }
    for (const char *property : {"klass", "icon", "updateable", "xid", "visible_ip"}) {
        QCOMPARE(m_builder->check("work", property, "1"), std::string("QubesPropertyValueError"));
    }
}

void ModelTest::model_005_uuidIsVersion4()
{
    std::array<std::byte, 16> bytes{};
    bytes.fill(std::byte{0xFF});
    QCOMPARE(Uuid::fromRandom(bytes).text(), std::string("ffffffff-ffff-4fff-bfff-ffffffffffff"));
    QVERIFY(Uuid::parse(Uuid::fromRandom(bytes).text()).has_value());
    QVERIFY(!Uuid::parse("FFFFFFFF-ffff-4fff-bfff-ffffffffffff"));
    QVERIFY(!Uuid::parse("ffffffff-ffff-4fff-bfff-fffffffffff"));
}

void ModelTest::model_007_defaultLabels()
{
    QStringList labels;
    for (const Label &label : defaultLabels()) {
        labels << QString::fromStdString(formatted("{} {} {}", label.index, label.name, label.color.text()));
    }
    QCOMPARE(labels.join(QStringLiteral(", ")),
             QStringLiteral("1 red 0xcc0000, 2 orange 0xf57900, 3 yellow 0xedd400, 4 green 0x73d216, "
                            "5 gray 0x555555, 6 blue 0x3465a4, 7 purple 0x75507b, 8 black 0x000000"));
}

void ModelTest::model_009_iconOfEveryRow()
{
    m_builder->add("alone", QubeClass::StandaloneVM);
    m_builder->add("far", QubeClass::RemoteVM);
    m_builder->add("brief", QubeClass::DispVM);
    QCOMPARE(m_builder->read("dom0", "icon"), std::string("adminvm-black"));
    QCOMPARE(m_builder->read("base", "icon"), std::string("templatevm-red"));
    QCOMPARE(m_builder->read("work", "icon"), std::string("appvm-red"));
    QCOMPARE(m_builder->read("alone", "icon"), std::string("standalonevm-red"));
    QCOMPARE(m_builder->read("far", "icon"), std::string("remotevm-red"));
    QCOMPARE(m_builder->read("brief", "icon"), std::string("dispvm-red"));
    m_builder->setFeature("work", "servicevm", "1");
    QCOMPARE(m_builder->read("work", "icon"), std::string("servicevm-red"));
    m_builder->set("work", "template_for_dispvms", "True");
    QCOMPARE(m_builder->read("work", "icon"), std::string("templatevm-red"));
}

void ModelTest::model_011_defaultsOfAFreshAppVm()
{
    QCOMPARE(m_builder->read("work", "virt_mode"), std::string("pvh"));
    QCOMPARE(m_builder->read("work", "memory"), std::string("400"));
    QCOMPARE(m_builder->read("work", "vcpus"), std::string("2"));
    QCOMPARE(m_builder->read("work", "default_user"), std::string("user"));
    QCOMPARE(m_builder->read("work", "qrexec_timeout"), std::string("60"));
    QCOMPARE(m_builder->read("work", "netvm"), std::string());
    QCOMPARE(m_builder->read("work", "guivm"), std::string("dom0"));
    QCOMPARE(m_builder->read("work", "mac"), std::string("00:16:3e:5e:6c:00"));
    QCOMPARE(m_builder->read("work", "ip"), std::string("(unset)"));
    QCOMPARE(m_builder->read("work", "updateable"), std::string("False"));
    QCOMPARE(m_builder->read("base", "updateable"), std::string("True"));
}

void ModelTest::model_014_maxmemDefault()
{
    QCOMPARE(m_builder->read("work", "maxmem"), std::string("4000"));
    m_builder->setFeature("base", "os", "Linux"); // the template's feature does not count, but its own value does
    QCOMPARE(m_builder->read("base", "maxmem"), std::string("4000"));
    m_builder->set("base", "memory", "600");
    QCOMPARE(m_builder->read("base", "maxmem"), std::string("6000"));
    m_builder->set("base", "memory", "1000");
    QCOMPARE(m_builder->read("base", "maxmem"), std::string("8192")); // half of 16 GiB
}

void ModelTest::model_015_noBalancingWithoutAnAgent()
{
    m_builder->set("work", "virt_mode", "hvm");
    QCOMPARE(m_builder->read("work", "maxmem"), std::string("0"));
    m_builder->setFeature("base", "qrexec", "1");
    QCOMPARE(m_builder->read("work", "maxmem"), std::string("4000"));
    m_builder->setFeature("base", "supported-service.cups", "1");
    QCOMPARE(m_builder->read("work", "maxmem"), std::string("0"));
    m_builder->setFeature("base", "supported-service.meminfo-writer", "1");
    QCOMPARE(m_builder->read("work", "maxmem"), std::string("4000"));
}

void ModelTest::model_016_maxmemWhileRunningNeedsHotplug()
{
    QCOMPARE(m_builder->check("work", "maxmem", "500"), std::string("500"));
    m_builder->setPower("work", PowerState::Running);
    QCOMPARE(m_builder->check("work", "maxmem", "500"), std::string("QubesVMNotHaltedError"));
    m_builder->setFeature("base", "memory-hotplug", "1");
    QCOMPARE(m_builder->check("work", "maxmem", "500"), std::string("500"));
}

void ModelTest::model_017_model_019_model_022_model_023_model_024_model_025_S_147_valuesAreHeldToTheirGrammar_data()
{
    QTest::addColumn<std::string>("property");
    QTest::addColumn<std::string>("text");
    QTest::addColumn<std::string>("result"); // canonical, or the refusal's type
    const auto row = [](const char *property, const std::string &text, const char *result) {
        QTest::newRow(qPrintable(QString::fromLatin1(property) + u' ' + QString::fromStdString(text.substr(0, 30))))
            << std::string(property) << text << std::string(result);
    };
    row("memory", "0", "QubesPropertyValueError"); // model_017
    row("memory", "-1", "QubesPropertyValueError");
    row("memory", " +512 ", "512");
    row("memory", "abc", "QubesValueError");
    row("memory", "1e3", "QubesValueError");
    row("memory", "99999999999999999999", "QubesValueError");
    row("maxmem", "0", "0");
    row("maxmem", "-1", "QubesPropertyValueError");
    row("vcpus", "0", "QubesPropertyValueError");
    row("vcpus", "100000", "QubesPropertyValueError");
    row("kernelopts", std::string(512, 'x'), std::string(512, 'x').c_str()); // model_019
    row("kernelopts", std::string(513, 'x'), "QubesPropertyValueError");
    row("kernelopts", "a\nb", "QubesPropertyValueError");
    row("kernelopts", std::string(60000, 'x'), "QubesValueError");
    row("default_user", "a b", "QubesPropertyValueError"); // model_022
    row("default_user", "root;id", "QubesPropertyValueError");
    row("default_user", "-append", "QubesPropertyValueError");
    row("default_user", "<user>", "QubesPropertyValueError");
    row("default_user", "\"user\"", "QubesPropertyValueError");
    row("default_user", "caf\xc3\xa9", "QubesValueError");
    row("default_user", "first.last", "first.last");
    row("keyboard_layout", "us++", "us++"); // model_023
    row("keyboard_layout", "us+", "QubesPropertyValueError");
    row("keyboard_layout", "u1++", "QubesPropertyValueError");
    row("keyboard_layout", "de+nodeadkeys+grp:alt", "de+nodeadkeys+grp:alt");
    row("devices_denied", "u030000b******u030000", "b******u030000"); // model_024
    row("devices_denied", "?******", "QubesPropertyValueError");
    row("devices_denied", "b*****", "QubesPropertyValueError");
    row("virt_mode", "HVM", "hvm");
    row("virt_mode", "-append x", "QubesPropertyValueError");
    row("mac", "00:16:3E:5E:6C:01", "00:16:3e:5e:6c:01");
    row("mac", "00:16:3e:5e:6c", "QubesPropertyValueError");
    row("ip", "10.1.2.3", "10.1.2.3");
    row("ip", "10.1.2.3/8", "QubesPropertyValueError");
    row("ip", "10.1.2", "QubesPropertyValueError");
    row("ip6", "FD09::0001", "fd09::1");
    row("debug", "ON", "True");
    row("debug", "maybe", "QubesPropertyValueError");
    row("netvm", "", "");
    row("netvm", "-x", "QubesValueError"); // adminapi_046: before the look-up
    row("netvm", "nobody", "QubesPropertyValueError");
    row("label", "pink", "QubesLabelNotFoundError");
    row("label", "re d", "QubesValueError");
    row("label", "", "QubesValueError");
    row("updateable", "True", "QubesPropertyValueError"); // model_025
    row("kernel", "../x", "QubesPropertyValueError");
    row("bootmode", "none such", "QubesPropertyValueError");
    row("bootmode", "default", "default");
}

void ModelTest::model_017_model_019_model_022_model_023_model_024_model_025_S_147_valuesAreHeldToTheirGrammar()
{
    QFETCH(std::string, property);
    QFETCH(std::string, text);
    QFETCH(std::string, result);
    QCOMPARE(m_builder->check("work", property, text), result);
}

void ModelTest::model_018_kernelMustBeThere()
{
    QCOMPARE(m_builder->check("work", "kernel", "6.12"), std::string("6.12"));
    QCOMPARE(m_builder->check("work", "kernel", ""), std::string());
    QCOMPARE(m_builder->check("work", "kernel", "9.9"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->check("work", "kernel", "a/b"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->checkGlobal("default_kernel", "9.9"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->checkGlobal("default_kernel", "6.12"), std::string("6.12"));
}

void ModelTest::model_020_kernelOptionsDefault()
{
    QCOMPARE(m_builder->read("base", "kernelopts"), std::string()); // no kernel
    m_builder->setGlobal("default_kernel", "6.12");
    QCOMPARE(m_builder->read("base", "kernelopts"), std::string("swiotlb=2048"));
    m_builder->host.kernels["6.12"] = "quiet";
    QCOMPARE(m_builder->read("base", "kernelopts"), std::string("quiet"));
    m_builder->set("base", "kernelopts", "from template");
    QCOMPARE(m_builder->read("work", "kernelopts"), std::string("from template"));
    m_builder->set("work", "kernel", "");
    QCOMPARE(m_builder->read("work", "kernelopts"), std::string());
}

void ModelTest::model_021_bootModeDefault()
{
    QCOMPARE(m_builder->read("work", "bootmode"), std::string("default"));
    m_builder->set("base", "appvm_default_bootmode", "safe");
    QCOMPARE(m_builder->read("work", "bootmode"), std::string("default")); // nobody announces it
    m_builder->setFeature("base", "boot-mode.kernelopts.safe", "x");
    QCOMPARE(m_builder->read("work", "bootmode"), std::string("safe"));
    m_builder->setFeature("work", "boot-mode.active", "fast");
    QCOMPARE(m_builder->read("work", "bootmode"), std::string("safe"));
    m_builder->setFeature("base", "boot-mode.kernelopts.fast", "y");
    QCOMPARE(m_builder->read("work", "bootmode"), std::string("fast"));
}

void ModelTest::model_026_templateGivesDefaults()
{
    const std::vector<std::pair<const char *, const char *>> values{{"default_user", "alice"},
                                                                    {"kernel", "6.12"},
                                                                    {"kernelopts", "quiet"},
                                                                    {"vcpus", "4"},
                                                                    {"memory", "700"},
                                                                    {"maxmem", "900"},
                                                                    {"qrexec_timeout", "90"},
                                                                    {"shutdown_timeout", "91"},
                                                                    {"management_dispvm", "work"},
                                                                    {"virt_mode", "pv"}};
    for (const auto &[property, value] : values) {
        m_builder->set("base", property, value);
        QCOMPARE(m_builder->read("work", property), std::string(value));
    }
}

void ModelTest::model_032_poolsFallBack()
{
    const auto read = [this](const char *name) {
        return readGlobal(m_builder->model, *findGlobal(name)).text.value_or("(unset)");
    };
    QCOMPARE(read("default_pool_private"), read("default_pool"));
    QCOMPARE(read("default_pool"), std::string("varlibqubes"));
    QCOMPARE(m_builder->checkGlobal("default_pool", "nowhere"), std::string("QubesPropertyValueError"));
}

void ModelTest::references_mustBeOfTheRightKind()
{
    QCOMPARE(m_builder->check("work", "template", "work"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->check("work", "template", ""), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->check("work", "netvm", "base"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->check("work", "default_dispvm", "base"), std::string("QubesPropertyValueError"));
    m_builder->set("work", "template_for_dispvms", "True");
    QCOMPARE(m_builder->check("base", "default_dispvm", "work"), std::string("work"));
    m_builder->set("base", "default_dispvm", "work");
    QCOMPARE(m_builder->check("work", "template_for_dispvms", "False"), std::string("QubesVMInUseError"));
    QCOMPARE(m_builder->checkGlobal("default_template", "work"), std::string("QubesPropertyValueError"));
    QCOMPARE(m_builder->checkGlobal("default_template", "base"), std::string("base"));
}

void ModelTest::model_086_model_087_S_157_removal()
{
    const auto remove = [this](const char *name) {
        const auto checked = checkRemoval(m_builder->model, m_builder->get(name));
        return checked ? std::string() : std::string(exceptionName(checked.error().kind));
    };
    QCOMPARE(remove("dom0"), std::string("QubesVMInUseError"));
    QCOMPARE(remove("base"), std::string("QubesVMInUseError"));
    m_builder->add("net", QubeClass::AppVM);
    m_builder->set("net", "provides_network", "True");
    m_builder->set("net", "netvm", "");
    m_builder->setGlobal("default_netvm", "net");
    QCOMPARE(remove("net"), std::string("QubesVMInUseError")); // the global property names it
    m_builder->model.apply(Change::ResetGlobal{.name = "default_netvm"});
    QCOMPARE(remove("net"), std::string());
    m_builder->set("work", "netvm", "net");
    QCOMPARE(remove("net"), std::string("QubesVMInUseError"));
    m_builder->model.apply(Change::ResetProperty{.id = m_builder->get("work").id, .name = "netvm"});
    QCOMPARE(remove("net"), std::string());
    m_builder->set("net", "installed_by_rpm", "True");
    QCOMPARE(remove("net"), std::string("QubesVMInUseError"));
    m_builder->setPower("work", PowerState::Paused);
    QCOMPARE(remove("work"), std::string("QubesVMNotHaltedError"));
}

void ModelTest::everyProperty_hasHelpAndReads()
{
    for (const QubeClass klass : {QubeClass::AdminVM,
                                  QubeClass::AppVM,
                                  QubeClass::TemplateVM,
                                  QubeClass::StandaloneVM,
                                  QubeClass::DispVM,
                                  QubeClass::RemoteVM}) {
        std::string_view previous;
        for (const PropertyRule *const rule : propertiesOf(klass)) {
            QVERIFY2(!rule->help.empty() && !rule->help.contains('`'), std::string(rule->name).c_str());
            QVERIFY2(rule->setting != Setting::Computed || rule->byDefault != nullptr, std::string(rule->name).c_str());
            QVERIFY(rule->name != previous);
            previous = rule->name;
        }
    }
}

void ModelTest::model_036_missingAndEmptyFeaturesDiffer()
{
    const auto find = [this](const char *name) {
        return findFeature(m_builder->model, m_builder->get("work"), name, FeatureLookup::Own);
    };
    const auto isOn = [this](const char *name) {
        return isFeatureOn(m_builder->model, m_builder->get("work"), name, FeatureLookup::Own);
    };
    m_builder->setFeature("work", "empty", "");
    m_builder->setFeature("work", "zero", "0");
    QVERIFY(!find("missing").has_value());
    QCOMPARE(find("empty").value(), std::string());
    QVERIFY(!isOn("missing") && !isOn("empty"));
    QVERIFY(isOn("zero"));
}

void ModelTest::model_041_serviceNamesAreLimited()
{
    QVERIFY(checkFeature("service." + std::string(48, 'x'), "1").has_value());
    QCOMPARE(checkFeature("service." + std::string(49, 'x'), "1").error().kind, RefusalKind::BadValue);
    QVERIFY(checkFeature("service.app-dispvm." + std::string(60, 'x'), "1").has_value());
    QVERIFY(!checkFeature("service.", "1"));
    QVERIFY(!checkFeature("service...", "1")); // `..` as a name
    QVERIFY(!checkFeature("vm-config." + std::string(53, 'x'), "1"));
}

void ModelTest::model_044_rootOfAnAppVmIsItsTemplates()
{
    const auto rootOf = [this](std::string_view name) {
        return *findVolume(m_builder->model, m_builder->get(name), VolumeName::Root);
    };
    QVERIFY(rootOf("work").snapOnStart);
    QVERIFY(!rootOf("work").saveOnStop);
    QCOMPARE(rootOf("work").source, std::string("vm-templates/base/root"));
    QCOMPARE(rootOf("work").vid, std::string("appvms/work/root"));
    QVERIFY(rootOf("base").saveOnStop);
    QVERIFY(!rootOf("base").snapOnStart);
    // In whatever pool the template's root lies.
    m_builder->model.apply(Change::AddPool{.pool = {.name = "other", .driver = "file-reflink"}});
    m_builder->model.apply(Change::SetVolume{
        .id = m_builder->get("base").id, .volume = VolumeName::Root, .settings = {.pool = "other", .size = 42}});
    QCOMPARE(rootOf("work").pool.name, std::string("other"));
    QCOMPARE(rootOf("work").size, std::uint64_t{42});
    m_builder->model.apply(Change::SetRootInPlace{.id = m_builder->get("base").id, .path = "/srv/root"});
    QCOMPARE(rootOf("work").inPlace.string(), std::string("/srv/root"));
}

void ModelTest::model_045_disposablesBeginWithTheirTemplatesData()
{
    m_builder->add("brief", QubeClass::DispVM);
    m_builder->set("brief", "template", "work");
    const auto sourceOf = [this](std::string_view qube, VolumeName volume) {
        return findVolume(m_builder->model, m_builder->get(qube), volume)->source;
    };
    QCOMPARE(sourceOf("brief", VolumeName::Private), std::string("appvms/work/private"));
    QCOMPARE(sourceOf("brief", VolumeName::Root), std::string("vm-templates/base/root"));
    QCOMPARE(sourceOf("work", VolumeName::Private), std::string()); // its own
}

void ModelTest::preloaded_disposablesDoNotHoldTheirTemplate()
{
    m_builder->set("work", "template_for_dispvms", "True");
    m_builder->add("brief", QubeClass::DispVM);
    m_builder->set("brief", "template", "work");
    QCOMPARE(checkRemoval(m_builder->model, m_builder->get("work")).error().kind, RefusalKind::InUse);
    QCOMPARE(m_builder->check("work", "template_for_dispvms", "False"), std::string("QubesVMInUseError"));
    m_builder->setFeature("brief", "preload-dispvm-completed", "1");
    QCOMPARE(m_builder->read("brief", "is_preload"), std::string("True"));
    QVERIFY(checkRemoval(m_builder->model, m_builder->get("work")).has_value());
    QCOMPARE(m_builder->check("work", "template_for_dispvms", "False"), std::string("False"));
}

void ModelTest::domains_leadToTheirQubes()
{
    Model &model = m_builder->model;
    const Qid id = m_builder->get("work").id;
    QVERIFY(model.findDomain(DomId(7)) == nullptr);
    model.setRun(id, {.power = PowerState::Running, .domain = DomId(7), .started = std::nullopt});
    QCOMPARE(model.findDomain(DomId(7)), model.find(id));
    model.setRun(id, {.power = PowerState::Running, .domain = DomId(8), .started = std::nullopt});
    QVERIFY(model.findDomain(DomId(7)) == nullptr);
    QCOMPARE(model.findDomain(DomId(8)), model.find(id));
    model.apply(Change::RemoveQube{.id = id});
    QVERIFY(model.findDomain(DomId(8)) == nullptr);
}

QTEST_GUILESS_MAIN(ModelTest)
#include "modeltest.moc"
