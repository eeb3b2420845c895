// SPDX-License-Identifier: GPL-2.0-or-later
// qubes.xml into the store and out of it.
#include "base/formatted.h"
#include "dom0-core/store/store.h"
#include "dom0-core/store/xml/exportxml.h"
#include "dom0-core/store/xml/importxml.h"
#include "dom0-core/storetool/storetool.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Bulkhead::QubesXml;

namespace
{

/// A file around some domains, in the field's words.
std::string fileWith(const std::string &domains, const std::string &before = {})
{
    return formatted(
        "<?xml version='1.0' encoding='utf-8'?>\n<qubes>\n{}"
        "<domains>\n<domain id=\"domain-0\" class=\"AdminVM\"><properties/></domain>\n{}</domains>\n</qubes>\n",
        before,
        domains);
}

std::string domain(int number, const std::string &name, const std::string &klass, const std::string &more = {})
{
    return formatted("<domain id=\"domain-{}\" class=\"{}\">\n<properties>\n"
                     "<property name=\"qid\">{}</property>\n<property name=\"name\">{}</property>\n"
                     "<property name=\"uuid\">00000000-0000-4000-8000-{:012}</property>\n"
                     "<property name=\"label\">red</property>\n{}</properties></domain>\n",
                     number,
                     klass,
                     number,
                     name,
                     number,
                     more);
}

std::string value(const char *name, const std::string &text)
{
    return formatted("<property name=\"{}\">{}</property>\n", name, text);
}

} // namespace

class QubesXmlTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void model_110_exportedIsImportedAsTheSame();
    void export_isTheFormatOfTheField();
    void export_keepsWhiteSpace();
    void export_refusesWhatXmlCannotSay();
    void import_orderDoesNotMatter();
    void import_tellsWhatItLeavesOutByLine();
    void import_takesPoolsAndSettingsOfVolumes();
    void import_tellsOfVolumesThatLieElsewhere();
    void model_008_oldGrayBecomesGray();
    void model_113_assignedDevicesOfEveryVersionAreRead();
    void S_163_hostileFilesAreRefused_data();
    void S_163_hostileFilesAreRefused();
    void S_163_limitsAreReached();
    void S_163_externalEntitiesAreNotRead();
    void tool_importsInOneTransaction();
    void tool_refusesAStoreThatIsNotEmpty();
    void tool_strictImportsAllOrNothing();
    void tool_refusesWhileTheStoreIsInUse();
    void model_112_exportReplacesTheFileWhole();

private:
    /// What is imported into a fresh store, as a model.
    [[nodiscard]] std::string import(const std::string &bytes)
    {
        m_model = std::make_unique<ModelBuilder>();
        const auto document = parseDocument(bytes);
        if (!document) {
            return document.error().text();
        }
        auto imported = importDocument(*document, m_model->model);
        if (!imported) {
            return imported.error().text();
        }
        m_model->model.apply(imported->changes);
        m_remarks = std::move(imported->remarks);
        return {};
    }

    [[nodiscard]] std::string inDirectory(const char *name) const
    {
        return m_directory->filePath(QString::fromLatin1(name)).toStdString();
    }

    [[nodiscard]] StoreTool::Places places() const
    {
        return {.store = inDirectory("store.sqlite"), .kernels = inDirectory("kernels")};
    }

    [[nodiscard]] std::string write(const std::string &bytes) const
    {
        const std::string path = inDirectory("in.xml");
        std::ofstream(path, std::ios::binary) << bytes;
        return path;
    }

    [[nodiscard]] Result<std::vector<std::string>>
    importFile(const std::string &bytes, StoreTool::IfNotEmpty ifNotEmpty, StoreTool::IfIncomplete ifIncomplete) const
    {
        return StoreTool::importFile(places(), write(bytes), ifNotEmpty, ifIncomplete);
    }

    std::unique_ptr<ModelBuilder> m_model;
    std::vector<Remark> m_remarks;
    std::unique_ptr<QTemporaryDir> m_directory;
};

void QubesXmlTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void QubesXmlTest::cleanup()
{
    m_directory.reset();
}

void QubesXmlTest::model_110_exportedIsImportedAsTheSame()
{
    ModelBuilder builder;
    builder.model.apply(Change::AddLabel{.label = {.index = 9, .name = "pink", .color = {255, 0, 128}}});
    builder.add("base", QubeClass::TemplateVM);
    builder.add("net", QubeClass::AppVM);
    builder.set("net", "template", "base");
    builder.set("net", "provides_network", "True");
    builder.set("net", "netvm", "");
    builder.add("work", QubeClass::AppVM);
    builder.set("work", "label", "pink");
    builder.set("work", "template", "base");
    builder.set("work", "netvm", "net");
    builder.set("work", "kernelopts", "a=\"<&>'\" b");
    builder.set("work", "memory", "777");
    builder.setFeature("work", "service.x", "");
    builder.setFeature("work", "menu-items", "a.desktop b.desktop");
    builder.setFeature("dom0", "config", "1");
    builder.model.apply(Change::AddTag{.id = builder.get("work").id, .tag = "created-by-dom0"});
    builder.setGlobal("default_template", "base");
    builder.setGlobal("default_netvm", "net");
    const std::string first = exportModel(builder.model).value();
    QCOMPARE(import(first), std::string());
    QVERIFY2(m_remarks.empty(), m_remarks.empty() ? "" : m_remarks.front().text.c_str());
    QCOMPARE(exportModel(m_model->model).value(), first);
    QCOMPARE(m_model->get("work").properties.at("kernelopts"), std::string("a=\"<&>'\" b"));
    QCOMPARE(m_model->get("work").uuid, builder.get("work").uuid);
    QVERIFY(m_model->get("net").properties.at("netvm").empty());
}

void QubesXmlTest::export_isTheFormatOfTheField()
{
    ModelBuilder builder;
    builder.add("work", QubeClass::StandaloneVM, Qid(5));
    builder.set("work", "label", "blue");
    builder.setFeature("work", "f", "1");
    builder.model.apply(Change::AddTag{.id = Qid(5), .tag = "t"});
    builder.setGlobal("stats_interval", "5");
    const std::string text = exportModel(builder.model).value();
    QVERIFY(text.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<qubes>\n  <labels>\n"
                             "    <label id=\"label-1\" color=\"0xcc0000\">red</label>\n"));
    const std::string rest = text.substr(text.find("  <pools>"));
    QCOMPARE(rest,
             std::string("  <pools>\n"
                         "    <pool name=\"linux-kernel\" driver=\"linux-kernel\" dir_path=\"/pools/linux-kernel\"/>\n"
                         "    <pool name=\"varlibqubes\" driver=\"file-reflink\" dir_path=\"/pools/varlibqubes\"/>\n"
                         "  </pools>\n"
                         "  <properties>\n    <property name=\"stats_interval\">5</property>\n  </properties>\n"
                         "  <domains>\n"
                         "    <domain id=\"domain-0\" class=\"AdminVM\">\n"
                         "      <properties>\n        <property name=\"label\">black</property>\n      </properties>\n"
                         "      <features>\n      </features>\n      <tags>\n      </tags>\n"
                         "    </domain>\n"
                         "    <domain id=\"domain-5\" class=\"StandaloneVM\">\n"
                         "      <properties>\n"
                         "        <property name=\"label\">blue</property>\n"
                         "        <property name=\"name\">work</property>\n"
                         "        <property name=\"qid\">5</property>\n"
                         "        <property name=\"uuid\">")
                 + builder.get("work").uuid.text()
                 + "</property>\n"
                   "      </properties>\n"
                   "      <features>\n        <feature name=\"f\">1</feature>\n      </features>\n"
                   "      <tags>\n        <tag name=\"t\"/>\n      </tags>\n"
                   "      <volume-config>\n"
                   "        <volume name=\"root\" pool=\"varlibqubes\" vid=\"appvms/work/root\" size=\"10737418240\" "
                   "rw=\"True\" revisions_to_keep=\"1\" save_on_stop=\"True\" snap_on_start=\"False\"/>\n"
                   "        <volume name=\"private\" pool=\"varlibqubes\" vid=\"appvms/work/private\" "
                   "size=\"2147483648\" rw=\"True\" revisions_to_keep=\"1\" save_on_stop=\"True\" "
                   "snap_on_start=\"False\"/>\n"
                   "        <volume name=\"volatile\" pool=\"varlibqubes\" vid=\"appvms/work/volatile\" "
                   "size=\"10737418240\" rw=\"True\" save_on_stop=\"False\" snap_on_start=\"False\" "
                   "ephemeral=\"False\"/>\n"
                   "        <volume name=\"kernel\" pool=\"linux-kernel\" vid=\"\" rw=\"False\" "
                   "save_on_stop=\"False\" snap_on_start=\"False\"/>\n"
                   "      </volume-config>\n"
                   "    </domain>\n  </domains>\n</qubes>\n");
}

void QubesXmlTest::export_keepsWhiteSpace()
{
    ModelBuilder builder;
    builder.add("work", QubeClass::StandaloneVM);
    builder.set("work", "kernelopts", " a\tb\r\nc\n");
    const auto document = parseDocument(exportModel(builder.model).value());
    QVERIFY(document.has_value());
    const auto &properties = document->domains.back().properties;
    const auto options = std::ranges::find(properties, "kernelopts", &Entry::name);
    QVERIFY(options != properties.end());
    QCOMPARE(options->text, std::string(" a\tb\r\nc\n"));
}

void QubesXmlTest::export_refusesWhatXmlCannotSay()
{
    ModelBuilder builder;
    builder.add("work", QubeClass::StandaloneVM);
    builder.set("work", "kernelopts", "a\vb");
    const auto text = exportModel(builder.model);
    QVERIFY(!text);
    QVERIFY2(text.error().detail.contains("the property kernelopts of work"), text.error().detail.c_str());
}

void QubesXmlTest::import_orderDoesNotMatter()
{
    const std::string work = domain(
        7, "work", "AppVM", value("netvm", "net") + value("template", "base") + value("default_dispvm", "plain"));
    const std::string others = domain(8, "net", "AppVM", value("template", "base") + value("provides_network", "yes"))
        + domain(9, "base", "TemplateVM") + domain(10, "plain", "AppVM", value("template", "base"));
    const std::string globals = "<properties><property name=\"default_template\">base</property></properties>\n";
    QCOMPARE(import(fileWith(work + others, globals)), std::string());
    QVERIFY2(m_remarks.empty(), m_remarks.empty() ? "" : m_remarks.front().text.c_str());
    QCOMPARE(m_model->get("work").properties.at("netvm"), std::string("net"));
    QCOMPARE(m_model->get("work").properties.at("default_dispvm"), std::string("plain")); // believed, though it is none
    QCOMPARE(m_model->get("net").properties.at("provides_network"), std::string("True"));
    QCOMPARE(m_model->model.globals().at("default_template"), std::string("base"));
    const std::string once = exportModel(m_model->model).value();
    QCOMPARE(import(fileWith(others + work, globals)), std::string());
    QCOMPARE(exportModel(m_model->model).value(), once);
}

void QubesXmlTest::import_tellsWhatItLeavesOutByLine()
{
    const std::string bytes = "<qubes>\n"                                                         // 1
                              "<pools>\n<pool name=\"lvm\" driver=\"lvm_thin\"/>\n</pools>\n"     // 2 to 4
                              "<properties><property name=\"from_the_future\">1</property>\n"     // 5
                              "<property name=\"stats_interval\">never</property></properties>\n" // 6
                              "<novelty><deep/></novelty>\n"                                      // 7
                              "<domains>\n<domain id=\"domain-0\" class=\"AdminVM\"/>\n"          // 8, 9
                              "<domain id=\"domain-1\" class=\"StandaloneVM\"><properties>\n"     // 10
                              "<property name=\"name\">work</property>\n"                         // 11
                              "<property name=\"uuid\">00000000-0000-4000-8000-000000000001</property>\n"
                              "<property name=\"label\">colourless</property>\n"             // 13
                              "<property name=\"memory\">much</property>\n"                  // 14
                              "<property name=\"xid\">7</property>\n"                        // 15
                              "<property name=\"fresh\">7</property>\n"                      // 16
                              "</properties><features>\n<feature name=\"a b\">1</feature>\n" // 17, 18
                              "</features><tags><tag name=\"a.b\"/></tags>\n"                // 19
                              "<devices class=\"pci\"><device id=\"00_02.0\"/></devices>\n"  // 20
                              "<devices class=\"block\"/>\n"                                 // 21
                              "<volume-config><volume name=\"extra\"/></volume-config></domain></domains></qubes>\n";
    QCOMPARE(import(bytes), std::string());
    std::vector<std::int64_t> lines;
    std::string all;
    for (const Remark &remark : m_remarks) {
        lines.push_back(remark.line);
        all += formatted("{} {}\n", remark.line, remark.text);
    }
    QVERIFY2((lines == std::vector<std::int64_t>{3, 5, 6, 7, 10, 13, 14, 15, 16, 18, 19, 20, 22}), all.c_str());
    QVERIFY(all.contains("5 the global property from_the_future is not known here"));
    QVERIFY(all.contains("14 work: memory is left at its default: Property memory takes a whole number."));
    QVERIFY(all.contains("3 the pool lvm is not taken over as it is: "));
    QVERIFY(all.contains("22 work: the volume extra is not taken over as it is: qubes of this class have no such"));
    QCOMPARE(m_model->get("work").properties.at("label"), std::string("red")); // the most alarming one
    QVERIFY(m_model->get("work").tags.empty() && m_model->get("work").features.empty());
}

void QubesXmlTest::import_takesPoolsAndSettingsOfVolumes()
{
    ModelBuilder builder;
    builder.model.apply(Change::AddPool{
        .pool = {.name = "fast",
                 .driver = "lvm_thin",
                 .options = {{"revisions_to_keep", "3"}, {"thin_pool", "thin"}, {"volume_group", "vg"}}}});
    builder.add("work", QubeClass::StandaloneVM, Qid(5));
    builder.set("work", "label", "blue");
    const auto choose = [&builder](VolumeName volume, const VolumeSettings &settings) {
        builder.model.apply(Change::SetVolume{.id = Qid(5), .volume = volume, .settings = settings});
    };
    choose(VolumeName::Private, {.pool = "fast", .size = std::uint64_t{5} << 30U, .revisionsToKeep = 7});
    choose(VolumeName::Volatile, {.pool = "fast", .ephemeral = true});
    choose(VolumeName::Root, {.revisionsToKeep = -1, .writable = false});
    const std::string first = exportModel(builder.model).value();
    QVERIFY(first.contains("<pool name=\"fast\" driver=\"lvm_thin\" revisions_to_keep=\"3\" thin_pool=\"thin\" "
                           "volume_group=\"vg\"/>"));
    QVERIFY(first.contains("vid=\"vg/vm-work-private\" size=\"5368709120\" rw=\"True\" revisions_to_keep=\"7\""));
    QCOMPARE(import(first), std::string());
    QVERIFY2(m_remarks.empty(), m_remarks.empty() ? "" : m_remarks.front().text.c_str());
    QCOMPARE(m_model->get("work").volumes, builder.get("work").volumes);
    QCOMPARE(m_model->model.pools().at("fast"), builder.model.pools().at("fast"));
    QCOMPARE(exportModel(m_model->model).value(), first);
}

void QubesXmlTest::import_tellsOfVolumesThatLieElsewhere()
{
    std::string work = domain(1, "work", "StandaloneVM");
    work.insert(work.rfind("</domain>"),
                "<volume-config>"
                "<volume name=\"private\" pool=\"gone\" vid=\"appvms/other/private\" size=\"none\" ephemeral=\"yes\"/>"
                "</volume-config>");
    QCOMPARE(import(fileWith(work)), std::string());
    std::string all;
    for (const Remark &remark : m_remarks) {
        all += remark.text + "\n";
    }
    QVERIFY2(all.contains("there is no pool gone here, it goes to varlibqubes"), all.c_str());
    QVERIFY2(all.contains("size: it is none"), all.c_str());
    QVERIFY2(all.contains("looked for at appvms/work/private, not at appvms/other/private"), all.c_str());
    QVERIFY(m_model->get("work").volumes.empty());
}

void QubesXmlTest::model_008_oldGrayBecomesGray()
{
    const std::string labels = "<labels><label id=\"label-5\" color=\"0x555753\">gray</label>"
                               "<label id=\"label-6\" color=\"0x123456\">blue</label>"
                               "<label id=\"label-12\" color=\"0x00FF00\">lime</label></labels>\n";
    QCOMPARE(import(fileWith({}, labels)), std::string());
    QCOMPARE(m_model->model.labels().find("gray")->color.text(), std::string("0x555555"));
    QCOMPARE(m_model->model.labels().find("lime")->index, 12U);
    QCOMPARE(m_remarks.size(), 1U); // gray needs no word, another blue does
    QVERIFY(m_remarks.front().text.contains("blue keeps its colour 0x3465a4"));
}

void QubesXmlTest::model_113_assignedDevicesOfEveryVersionAreRead()
{
    std::string work = domain(1, "work", "AppVM");
    const std::string devices = "<devices class=\"block\">"
                                "<device backend-domain=\"usb\" id=\"sda\"/>"
                                "<device backend-domain=\"usb\" id=\"sdb\" required=\"False\"/>"
                                "<device backend-domain=\"usb\" id=\"sdc\" required=\"True\"/>"
                                "<device backend-domain=\"usb\" mode=\"ask-to-attach\">"
                                "<option name=\"identity\">:None:1</option><option name=\"read-only\">True</option>"
                                "</device>"
                                "<device backend-domain=\"dom0\" id=\"*\" identity=\":0\" mode=\"auto-attach\"/>"
                                "<device backend-domain=\"usb\" id=\"sdd\" mode=\"sometimes\"/>"
                                "<device backend-domain=\"gone\" id=\"sdd\"/>"
                                "<device backend-domain=\"usb\" id=\"../x\"/>"
                                "<device backend-domain=\"usb\"/>"
                                "<device backend-domain=\"usb\" id=\"sdd\"><option name=\"other\">1</option></device>"
                                "</devices>";
    work.insert(work.rfind("</domain>"), devices);
    QCOMPARE(import(fileWith(work + domain(2, "usb", "AppVM"))), std::string());
    QCOMPARE(m_remarks.size(), 5U);
    const AssignmentMap &assignments = m_model->get("work").assignments;
    const Qid usb = m_model->get("usb").id;
    const auto modeOf = [&](Qid backend, const char *port, const char *identity) {
        return std::string(
            nameOf(assignments.at({.klass = {}, .backend = backend, .port = port, .identity = identity}).mode));
    };
    QCOMPARE(assignments.size(), 5U);
    QCOMPARE(modeOf(usb, "sda", "*"), std::string("required"));
    QCOMPARE(modeOf(usb, "sdb", "*"), std::string("auto-attach"));
    QCOMPARE(modeOf(usb, "sdc", "*"), std::string("required"));
    QCOMPARE(modeOf(usb, "*", ":None:1"), std::string("ask-to-attach"));
    QCOMPARE(modeOf(Dom0Qid, "*", ":0"), std::string("auto-attach"));
    const TextMap options = assignments.at({.klass = {}, .backend = usb, .port = "*", .identity = ":None:1"}).options;
    QCOMPARE(options, (TextMap{{"read-only", "yes"}}));
    const std::string once = exportModel(m_model->model).value();
    QCOMPARE(import(once), std::string());
    QCOMPARE(m_remarks.size(), 0U);
    QCOMPARE(exportModel(m_model->model).value(), once);
}

void QubesXmlTest::S_163_hostileFilesAreRefused_data()
{
    QTest::addColumn<std::string>("bytes");
    QTest::addColumn<std::string>("words");
    const auto add = [](const char *name, const std::string &bytes, const std::string &words) {
        QTest::newRow(name) << bytes << words;
    };
    add("empty", {}, "line 1:");
    add("no XML", "hello", "line 1:");
    add("another format", "<html/>", "does not begin with the element qubes");
    add("cut", fileWith(domain(1, "work", "AppVM")).substr(0, 200), "line ");
    add("two roots", fileWith({}) + "<qubes/>", "line ");
    add("text between elements", "<qubes>words</qubes>", "text where none belongs");
    add("element in a text",
        fileWith(domain(1, "work", "AppVM", value("memory", "<b>1</b>"))),
        "element where only text belongs");
    add("entities of its own", "<!DOCTYPE q [<!ENTITY a \"aaaa\">]><qubes>&a;</qubes>", "entities of its own");
    add("no such entity", "<qubes><properties><property name=\"x\">&a;</property></properties></qubes>", "line 1");
    add("no dom0", "<qubes><domains/></qubes>", "no domain-0");
    add("unknown class", fileWith(domain(1, "work", "GhostVM")), "this version knows no qubes of class GhostVM");
    add("number twice", fileWith(domain(1, "a", "AppVM") + domain(1, "b", "AppVM")), "domain-1 comes twice");
    add("name twice", fileWith(domain(1, "a", "AppVM") + domain(2, "a", "AppVM")), "comes twice");
    add("uuid twice",
        fileWith(domain(1, "a", "AppVM")
                 + domain(2, "b", "AppVM").replace(domain(2, "b", "AppVM").find("000000000002"), 12, "000000000001")),
        "comes twice");
    add("number too high", fileWith(domain(10001, "a", "AppVM")), "no number of a qube");
    add("number that is none", fileWith("<domain id=\"domain--1\" class=\"AppVM\"/>"), "no number of a qube");
    add("bad name", fileWith(domain(1, "../a", "AppVM")), "no name that a qube can have");
    add("second dom0", fileWith(domain(1, "dom0", "AppVM")), "no name that a qube can have");
    add("second AdminVM", fileWith(domain(1, "a", "AdminVM")), "domain-0 is the AdminVM");
    add("no name", fileWith("<domain id=\"domain-1\" class=\"AppVM\"/>"), "no name");
    add("label twice",
        fileWith({},
                 "<labels><label id=\"label-9\" color=\"0x000001\">a</label><label id=\"label-10\" "
                 "color=\"0x000001\">a</label></labels>"),
        "two labels a");
    add("label in another's place",
        fileWith({}, "<labels><label id=\"label-1\" color=\"0x000001\">a</label></labels>"),
        "label 1 is there already, as red");
    add("label without a number", fileWith({}, "<labels><label color=\"0x000001\">a</label></labels>"), "no label");
}

void QubesXmlTest::S_163_hostileFilesAreRefused()
{
    QFETCH(std::string, bytes);
    QFETCH(std::string, words);
    const std::string told = import(bytes);
    QVERIFY2(told.contains(words), told.c_str());
}

void QubesXmlTest::S_163_limitsAreReached()
{
    std::string deep = "<qubes>";
    for (int i = 0; i < 10000; ++i) {
        deep += "<a>";
    }
    QVERIFY(import(deep).contains("nested too deeply"));
    std::string wide = "<qubes><novelty>";
    for (std::size_t i = 0; i < 1'000'000; ++i) {
        wide += "<a/>";
    }
    QVERIFY(import(wide + "</novelty></qubes>").contains("too many elements"));
    QVERIFY(import(std::string(MaxFileBytes + 1, ' ')).contains("larger than any such file"));
    // Remarks do not grow without end either.
    std::string strange = "<qubes>";
    for (std::size_t i = 0; i < 2 * MaxRemarks; ++i) {
        strange += "<a/>";
    }
    QCOMPARE(parseDocument(strange + "</qubes>")->remarks.size(), MaxRemarks);
}

void QubesXmlTest::S_163_externalEntitiesAreNotRead()
{
    std::ofstream(inDirectory("secret")) << "secret";
    const std::string told =
        import("<!DOCTYPE q [<!ENTITY x SYSTEM \"file://" + inDirectory("secret")
               + "\">]><qubes><properties><property name=\"updatevm\">&x;</property></properties></qubes>");
    QVERIFY2(told.contains("entities of its own"), told.c_str());
    QVERIFY(!told.contains("secret\""));
}

void QubesXmlTest::tool_importsInOneTransaction()
{
    using enum StoreTool::IfIncomplete;
    const std::string base = domain(1, "base", "TemplateVM");
    const auto told =
        importFile(fileWith(base + domain(2, "work", "AppVM", value("template", "base") + value("new", "1"))),
                   StoreTool::IfNotEmpty::Refuse,
                   Remark);
    QVERIFY2(told.has_value(), told ? "" : told.error().text().c_str());
    QCOMPARE(told->size(), 1U);
    QVERIFY2(told->front().starts_with(inDirectory("in.xml") + ":"), told->front().c_str());
    const std::string text = StoreTool::exportStore(places()).value();
    QVERIFY(text.contains("<property name=\"template\">base</property>"));
    // A file that is refused leaves what was there.
    QVERIFY(!importFile(fileWith(base + base), StoreTool::IfNotEmpty::Replace, Remark).has_value());
    QCOMPARE(StoreTool::exportStore(places()).value(), text);
}

void QubesXmlTest::tool_refusesAStoreThatIsNotEmpty()
{
    using enum StoreTool::IfIncomplete;
    const std::string labels = "<labels><label id=\"label-9\" color=\"0x000001\">own</label></labels>";
    const auto old =
        fileWith(domain(1, "old", "TemplateVM") + domain(2, "user", "AppVM", value("template", "old")), labels);
    QVERIFY(importFile(old, StoreTool::IfNotEmpty::Refuse, Remark).has_value());
    const auto fresh = fileWith(domain(1, "other", "StandaloneVM"));
    const auto refused = importFile(fresh, StoreTool::IfNotEmpty::Refuse, Remark);
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::InUse);
    QVERIFY(refused.error().detail.contains("--replace"));
    const auto replaced = importFile(fresh, StoreTool::IfNotEmpty::Replace, Remark);
    QVERIFY2(replaced.has_value(), replaced ? "" : replaced.error().text().c_str());
    const std::string text = StoreTool::exportStore(places()).value();
    QVERIFY(text.contains("other") && !text.contains("old") && !text.contains("own"));
}

void QubesXmlTest::tool_strictImportsAllOrNothing()
{
    const auto bytes = fileWith(domain(1, "work", "StandaloneVM", value("new", "1")));
    const auto refused = importFile(bytes, StoreTool::IfNotEmpty::Refuse, StoreTool::IfIncomplete::Refuse);
    QVERIFY(!refused);
    QVERIFY2(refused.error().detail.contains("the property new is not known here"), refused.error().detail.c_str());
    QVERIFY(!StoreTool::exportStore(places()).value().contains("work"));
}

void QubesXmlTest::tool_refusesWhileTheStoreIsInUse()
{
    const auto running = Store::open(places().store);
    QVERIFY(running.has_value());
    const auto imported = importFile(fileWith({}), StoreTool::IfNotEmpty::Refuse, StoreTool::IfIncomplete::Remark);
    QVERIFY(!imported);
    QVERIFY(imported.error().detail.contains("in use by another bulkheadd"));
    QVERIFY(!StoreTool::exportStore(places()).has_value());
    QVERIFY(!StoreTool::exportStore({.store = inDirectory("none.sqlite"), .kernels = {}}).has_value());
    QVERIFY(!std::filesystem::exists(inDirectory("none.sqlite")));
}

void QubesXmlTest::model_112_exportReplacesTheFileWhole()
{
    const std::string path = inDirectory("out.xml");
    std::ofstream(path) << "old";
    std::ofstream(path + ".new") << "what a crash left";
    QVERIFY(StoreTool::writeWhole(path, "fresh").has_value());
    std::stringstream read;
    read << std::ifstream(path).rdbuf();
    QCOMPARE(read.str(), std::string("fresh"));
    QVERIFY(!std::filesystem::exists(path + ".new"));
    // Where the last step cannot be done, the old file stays.
    const std::string directory = inDirectory("directory");
    std::filesystem::create_directories(directory + "/full");
    QVERIFY(!StoreTool::writeWhole(directory, "fresh").has_value());
    QVERIFY(std::filesystem::is_directory(directory + "/full"));
}

QTEST_GUILESS_MAIN(QubesXmlTest)
#include "qubesxmltest.moc"
