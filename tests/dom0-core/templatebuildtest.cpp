// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-template's orders with a stand-in for the sandbox's tool and a scripted Admin API.
#include "base/fd.h"
#include "dom0-core/cli/template/aptsources.h"
#include "dom0-core/cli/template/buildoutput.h"
#include "dom0-core/cli/template/buildtemplate.h"
#include "dom0-core/cli/template/options.h"
#include "dom0-core/cli/template/sandbox.h"
#include "dom0-core/cli/template/templates.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <map>

using namespace Bulkhead;
using namespace Bulkhead::Cli;

namespace
{

namespace fs = std::filesystem;

void write(const fs::path &path, std::string_view text)
{
    std::ofstream(path) << text;
}

std::string read(const fs::path &path)
{
    std::ifstream in(path);
    return {std::istreambuf_iterator<char>(in), {}};
}

Result<TemplateOptions> parse(std::vector<std::string> words)
{
    words.insert(words.begin(), "bulkhead-template");
    std::vector<char *> arguments;
    std::ranges::transform(words, std::back_inserter(arguments), [](auto &word) {
        return word.data();
    });
    return parseTemplateOptions(arguments);
}

} // namespace

class TemplateBuildTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void options_eachOrderTakesItsOwn();
    void sources_areTheSystemsOwn();
    void sources_otherDistributionsAreNone();
    void aptOptions_takeProxiesAndNothingElse();
    void sandbox_writesOneFolderOnlyAndHasNoNetworkUnlessAsked();
    void failure_isToldInWords_data();
    void failure_isToldInWords();
    void build_makesRootAndTellsTheCore();
    void build_leavesNothingWhenItFails_data();
    void build_leavesNothingWhenItFails();
    void build_stopped_leavesNothing();
    void build_clearsWhatAKilledOneLeft();
    void build_refusesWhatCannotBe();
    void remove_namesTheQubesThatUseIt();
    void remove_asksOnce();

private:
    [[nodiscard]] Result<void> build(RootForm form = RootForm::Image);

    std::unique_ptr<QTemporaryDir> m_folder;
    fs::path m_root;
    BuildPlaces m_places;
    BuildHooks m_hooks;
    std::vector<std::string> m_progress;
    std::vector<std::string> m_added;
    Result<void> m_addResult;
    UniqueFd m_stop;
    UniqueFd m_stopEnd;
};

void TemplateBuildTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_root = m_folder->path().toStdString();
    m_places = {.apt = m_root / "apt",
                .lists = m_root / "lists",
                .builds = m_root / "builds",
                .sandbox = FAKE_SANDBOX,
                .isApart = false,
                .room = 1};
    fs::create_directories(m_places.apt / "sources.list.d");
    fs::create_directories(m_places.lists);
    write(m_places.apt / "sources.list", "deb http://mirror.invalid/debian trixie main\n");
    write(m_places.lists / "packages.list", "xterm # a terminal\n\n# comment\nmousepad\n");
    write(m_places.lists / "image.list", "systemd-sysv\n");
    write(m_places.lists / "directory.list", "s6\n");
    write(m_root / "guest.deb", "package");
    write(m_root / "plan", ": >root.tar");
    qputenv("PLAN", (m_root / "plan").c_str());
    qputenv("LOG", (m_root / "log").c_str());
    m_progress.clear();
    m_added.clear();
    m_addResult = {};
    m_hooks = {.takenNames =
                   [] {
                       return std::vector<std::string>{"dom0", "work"};
                   },
               .add =
                   [this](const NewTemplate &made) {
                       m_added.push_back(made.name + (fs::exists(made.root) ? " with a root" : " without"));
                       return m_addResult;
                   },
               .progress =
                   [this](std::string_view words) {
                       m_progress.emplace_back(words);
                   }};
    std::array<int, 2> pipe{};
    QVERIFY(::pipe2(pipe.data(), O_CLOEXEC) == 0);
    m_stop.reset(pipe[0]);
    m_stopEnd.reset(pipe[1]);
}

void TemplateBuildTest::cleanup()
{
    m_folder.reset();
}

Result<void> TemplateBuildTest::build(RootForm form)
{
    BH_TRY(auto name, QubeName::parse("debian-13"));
    const BuildOrder order{.name = std::move(name), .form = form, .guestPackage = m_root / "guest.deb"};
    return buildTemplate(order, m_places, m_hooks, m_stop.get());
}

void TemplateBuildTest::options_eachOrderTakesItsOwn()
{
    const auto built = parse({"build", "debian-13", "--suite", "forky", "--directory", "--guest-package", "/g.deb"});
    QVERIFY(built.has_value());
    const auto &order = std::get<BuildOrder>(built->order);
    QCOMPARE(order.name.text(), "debian-13");
    QCOMPARE(order.suite, "forky");
    QVERIFY(order.form == RootForm::Directory);
    QCOMPARE(order.guestPackage.string(), "/g.deb");
    QVERIFY(std::get<RemoveOrder>(parse({"remove", "old", "--yes"})->order).isSure);
    QVERIFY(std::get<NewTemplate>(parse({"add", "a", "/p", "--in-place", "--run-directory", "/r"})->order).isInPlace);
    QVERIFY(std::holds_alternative<ListOrder>(parse({"list"})->order));
    QVERIFY(std::holds_alternative<HelpOrder>(parse({"--help"})->order));
    QVERIFY(!parse({"build", "debian-13", "--yes"}));
    QVERIFY(!parse({"build", "debian-13", "--image", "--directory"}));
    QVERIFY(!parse({"build", "../evil"}));
    QVERIFY(!parse({"build", "a", "--suite"}));
    QVERIFY(!parse({"list", "a"}));
    QVERIFY(!parse({"add", "a"}));
    QVERIFY(!parse({"remove", "a", "--sure"}));
    QVERIFY(!parse({}));
}

void TemplateBuildTest::sources_areTheSystemsOwn()
{
    write(m_places.apt / "sources.list", "# deb http://off.invalid/debian trixie main\n");
    write(m_places.apt / "sources.list.d" / "debian.sources",
          "Types: deb deb-src\n# comment\nURIs: https://mirror.invalid/d\nSuites: bookworm bookworm-updates\n\n"
          "Types: deb\nURIs: https://security.invalid/s\nSuites: bookworm-security\n");
    const auto archives = readArchives(m_places.apt);
    QVERIFY(archives.has_value());
    const auto lines = sourceLines(*archives, "trixie");
    QVERIFY(lines.has_value());
    QVERIFY(lines->contains("] https://mirror.invalid/d trixie main\n"));
    QVERIFY(lines->contains("] https://mirror.invalid/d trixie-updates main\n"));
    QVERIFY(lines->contains("] https://security.invalid/s trixie-security main\n"));
    QVERIFY(lines->contains("signed-by=/usr/share/keyrings/debian-archive-keyring.gpg"));
    QVERIFY(!sourceLines(*archives, "trixie main\ndeb").has_value());
}

void TemplateBuildTest::sources_otherDistributionsAreNone()
{
    write(m_places.apt / "sources.list",
          "deb [arch=amd64 signed-by=/k] http://other.invalid/apt cloud-sdk main\ndeb-src http://a.invalid/ trixie "
          "main\n");
    write(m_places.apt / "sources.list.d" / "off.sources",
          "Enabled: no\nTypes: deb\nURIs: http://off.invalid/debian\nSuites: trixie\n");
    QVERIFY(readArchives(m_places.apt).error().code == Errc::NotFound);
    write(m_places.apt / "sources.list.d" / "z.list",
          "deb [ arch=amd64 trusted=no ] http://yes.invalid/debian trixie main\n");
    QCOMPARE(readArchives(m_places.apt)->main, "http://yes.invalid/debian");
}

void TemplateBuildTest::aptOptions_takeProxiesAndNothingElse()
{
    const auto options = aptOptionsFrom("DPkg::Post-Invoke:: \"evil\";\nAcquire::http::Proxy \"http://p.invalid\";\n"
                                        "APT::Get::AllowUnauthenticated \"true\";\n");
    QVERIFY(std::ranges::contains(options, "Acquire::http::Proxy \"http://p.invalid\""));
    QVERIFY(std::ranges::none_of(options, [](const auto &option) {
        return option.contains("evil") || option.contains("Unauthenticated");
    }));
}

void TemplateBuildTest::sandbox_writesOneFolderOnlyAndHasNoNetworkUnlessAsked()
{
    SandboxedProgram program{.words = {"/usr/bin/true", "--bind"}, .work = "/var/lib/x"};
    const auto words = sandboxCommand(program);
    const auto end = std::ranges::find(words, "--");
    QCOMPARE(std::count(words.begin(), end, "--bind"), 1);
    const auto bound = std::ranges::find(words, "--bind");
    QCOMPARE(*(bound + 1), "/var/lib/x");
    QCOMPARE(*(bound + 2), "/work");
    for (const auto *const wanted :
         {"--unshare-net", "--unshare-pid", "--unshare-ipc", "--clearenv", "--die-with-parent"}) {
        QVERIFY2(std::find(words.begin(), end, wanted) != end, wanted);
    }
    for (const auto *const never :
         {"/", "/etc", "/run", "/home", "/root", "/var", "--dev-bind", "CAP_NET_ADMIN", "ALL"}) {
        const auto place = std::find(words.begin(), end, never);
        QVERIFY2(place == end || *(place - 1) == "--tmpfs", never);
    }
    program.network = Network::Hosts;
    program.firstId = FirstBuildId;
    const auto apart = sandboxCommand(program);
    QVERIFY(!std::ranges::contains(apart, "--unshare-net"));
    QVERIFY(!std::ranges::contains(apart, "/var/lib/x")); // bound by who starts it: its root cannot walk there
}

void TemplateBuildTest::failure_isToldInWords_data()
{
    QTest::addColumn<QString>("line");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("words");
    QTest::newRow("no network") << "W: Failed to fetch x  Temporary failure resolving 'm'" << int(Errc::PeerGone)
                                << "mirror cannot be reached";
    QTest::newRow("full") << "dpkg: error: cannot copy: No space left on device" << int(Errc::Io) << "full";
    QTest::newRow("unsigned") << "E: The repository 'x' is not signed." << int(Errc::Refused) << "not signed";
    QTest::newRow("no suite") << "E: The repository 'x lenny Release' does not have a Release file."
                              << int(Errc::NotFound) << "no suite lenny";
    QTest::newRow("other") << "E: Unable to locate package \x1b[31mx" << int(Errc::Driver)
                           << "Unable to locate package \\x1b[31mx";
    QTest::newRow("nothing said") << "I: fine" << int(Errc::Driver) << "could not be installed";
}

void TemplateBuildTest::failure_isToldInWords()
{
    QFETCH(const QString, line);
    QFETCH(const int, code);
    QFETCH(const QString, words);
    const Error error = explainFailure({line.toStdString(), "E: mmdebstrap failed to run"}, "lenny");
    QCOMPARE(int(error.code), code);
    QVERIFY2(error.detail.contains(words.toStdString()), error.detail.c_str());
}

void TemplateBuildTest::build_makesRootAndTellsTheCore()
{
    for (const RootForm form : {RootForm::Image, RootForm::Directory}) {
        fs::remove(m_root / "log");
        const auto built = build(form);
        QVERIFY2(built.has_value(), built ? "" : built.error().text().c_str());
        const std::string log = read(m_root / "log");
        QVERIFY(log.contains(form == RootForm::Image ? "--include=xterm,mousepad,systemd-sysv"
                                                     : "--include=xterm,mousepad,s6"));
        QVERIFY(log.contains("--aptopt=Acquire::http::Proxy \"http://proxy.invalid:3142\""));
        QVERIFY(log.contains("apt-get install --yes /root/bulkhead-guest.deb"));
        QVERIFY(log.contains(form == RootForm::Image ? "mkfs.ext4" : "/usr/bin/tar"));
        QVERIFY(!fs::exists(m_places.builds / "debian-13"));
    }
    QCOMPARE(m_added, (std::vector<std::string>{"debian-13 with a root", "debian-13 with a root"}));
    QVERIFY(std::ranges::contains(m_progress, "reading the lists of the mirror"));
    QVERIFY(std::ranges::contains(m_progress, "making the image"));
}

void TemplateBuildTest::build_leavesNothingWhenItFails_data()
{
    QTest::addColumn<QString>("plan");
    QTest::addColumn<bool>("isAddFailing");
    QTest::newRow("packages") << "echo 'E: The repository x is not signed.'; exit 25" << false;
    QTest::newRow("killed") << "kill -9 $$" << false;
    QTest::newRow("core refuses") << ": >root.tar" << true;
}

void TemplateBuildTest::build_leavesNothingWhenItFails()
{
    QFETCH(const QString, plan);
    QFETCH(const bool, isAddFailing);
    write(m_root / "plan", plan.toStdString());
    if (isAddFailing) {
        m_addResult = fail(Errc::Refused, "no");
    }
    QVERIFY(!build().has_value());
    QCOMPARE(m_added.size(), isAddFailing ? 1U : 0U);
    QVERIFY(!fs::exists(m_places.builds / "debian-13"));
}

void TemplateBuildTest::build_stopped_leavesNothing()
{
    write(m_root / "plan", "sleep 1000"); // ended by the stop, which is there before
    QVERIFY(::write(m_stopEnd.get(), "x", 1) == 1);
    const auto built = build();
    QVERIFY(!built.has_value());
    QVERIFY(built.error().code == Errc::Refused);
    QVERIFY(m_added.empty());
    QVERIFY(!fs::exists(m_places.builds / "debian-13"));
}

void TemplateBuildTest::build_clearsWhatAKilledOneLeft()
{
    fs::create_directories(m_places.builds / "debian-13" / "tmp" / "half");
    write(m_places.builds / "debian-13" / "root", "half");
    write(m_root / "plan", "[ ! -e root ] && [ ! -e tmp/half ] && : >root.tar");
    QVERIFY(build().has_value());
}

void TemplateBuildTest::build_refusesWhatCannotBe()
{
    m_hooks.takenNames = [] {
        return std::vector<std::string>{"debian-13"};
    };
    QVERIFY(build().error().code == Errc::Exists);
    m_hooks.takenNames = [] {
        return std::vector<std::string>{};
    };
    m_places.room = UINTMAX_MAX;
    QCOMPARE(build().error().sysErrno, ENOSPC);
    m_places.room = 1;
    fs::remove(m_root / "guest.deb");
    QVERIFY(build().error().detail.contains("--guest-package"));
    QVERIFY(!fs::exists(m_root / "log")); // nothing was begun
}

void TemplateBuildTest::remove_namesTheQubesThatUseIt()
{
    const std::map<std::string, std::string> answers{
        {"admin.vm.List dom0",
         "dom0 class=AdminVM state=Running\nold class=TemplateVM state=Halted\nwork class=AppVM state=Running\n"
         "mail class=AppVM state=Halted\nnew class=TemplateVM state=Halted\n"},
        {"admin.vm.property.Get+template work", "default=False type=vm old"},
        {"admin.vm.property.Get+template mail", "default=False type=vm old"},
    };
    const AdminCall admin = [&](std::string_view service, std::string_view destination) -> Result<std::string> {
        return answers.at(std::string(service) + " " + std::string(destination));
    };
    const auto refused = removeTemplate(*QubeName::parse("old"), admin, [] {
        return true;
    });
    QVERIFY(refused.error().code == Errc::InUse);
    QVERIFY(refused.error().detail.contains("work, mail"));
    QVERIFY(removeTemplate(*QubeName::parse("work"),
                           admin,
                           [] {
                               return true;
                           })
                .error()
                .code
            == Errc::NotFound);
    const auto templates = listTemplates(admin);
    QCOMPARE(templates->size(), 2U);
    QCOMPARE(templates->front().users, (std::vector<std::string>{"work", "mail"}));
    QCOMPARE(templates->front().state, "Halted");
}

void TemplateBuildTest::remove_asksOnce()
{
    std::vector<std::string> calls;
    const AdminCall admin = [&](std::string_view service, std::string_view destination) -> Result<std::string> {
        calls.push_back(std::string(service) + " " + std::string(destination));
        return service == "admin.vm.List" ? "old class=TemplateVM state=Halted\n" : "";
    };
    int asked = 0;
    const auto stays = removeTemplate(*QubeName::parse("old"), admin, [&] {
        return ++asked > 1;
    });
    QVERIFY(stays.error().code == Errc::Refused);
    QCOMPARE(calls, (std::vector<std::string>{"admin.vm.List dom0"}));
    QVERIFY(removeTemplate(*QubeName::parse("old"), admin, [&] {
                return ++asked > 1;
            }).has_value());
    QCOMPARE(asked, 2);
    QCOMPARE(calls.back(), "admin.vm.Remove old");
}

QTEST_GUILESS_MAIN(TemplateBuildTest)
#include "templatebuildtest.moc"
