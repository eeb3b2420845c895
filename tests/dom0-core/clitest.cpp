// SPDX-License-Identifier: GPL-2.0-or-later
// The command line against a daemon that says what a test lists: the bytes it sends, what it prints, how it ends.
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <fstream>
#include <memory>

#include "clirig.h"
#include "scriptedadmin.h"

using namespace Bulkhead;

namespace
{

constexpr const char *List = "dom0 class=AdminVM state=Running uuid=0\n"
                             "sys-net class=AppVM state=Running uuid=1\n"
                             "work class=AppVM state=Running uuid=2\n"
                             "vault class=AppVM state=Halted uuid=3\n";

std::string properties(const std::string &label, const std::string &netvm)
{
    return "label default=False type=label " + label + "\nnetvm default=True type=vm " + netvm
        + "\nmemory default=False type=int 400\ntemplate default=False type=vm deb\nautostart default=True type=bool "
          "False\n";
}

using Words = std::vector<std::string>;

} // namespace

class CliTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ls_printsTheTableWithOneCallAQube();
    void ls_forScriptsAndPrograms();
    void ls_showsTheNetworkAsATree();
    void ls_filters();
    void ls_refusesAColumnThatThereIsNot();
    void linkAndCommand_areTheSame();
    void prefs_listsPrintsAndSets();
    void features_tellWhatIsNotSet();
    void tags_thatAreSoAlreadyAreNoFailure();
    void service_isAFeature();
    void remove_asksOnceAndRefusesWhereNobodyCanBeAsked();
    void shutdown_waitsForEachAndAsksAgain();
    void shutdown_killsWhatDoesNotEnd();
    void firewall_changesRules();
    void device_sendsWhatTheDaemonReads();
    void device_textOfAQubeDoesNotSteerTheTerminal();
    void volume_showsAndChanges();
    void volume_import_sendsEveryByteInOneCall();
    void volume_import_ofTooShortAFileEndsInFrontOfTheDaemon();
    void pool_addsWithOptions();
    void notes_appendOnALineOfTheirOwn();
    void create_failedSettingLeavesNothing();
    void clone_copiesEverything();
    void run_endsWithTheStatusOfTheCommand();
    void run_startsAHaltedQubeUnlessToldNot();
    void run_inADisposableThatEndsWithIt();
    void errors_haveTheStatusThatScriptsExpect();
    void check_tellsByItsStatus();
    void completion_asksTheDaemon();

private:
    Test::Ran ran(const Words &words)
    {
        m_admin->forgetRequests();
        return m_rig(words);
    }

    /// The requests but for the list of qubes.
    Words asked()
    {
        Words requests = m_admin->requests();
        std::erase(requests, "admin.vm.List dom0");
        return requests;
    }

    void writeClient(const QByteArray &script);

    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<Test::ScriptedAdmin> m_admin;
    Test::CliRig m_rig;
};

void CliTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    const std::filesystem::path run = m_directory->path().toStdString();
    m_admin = std::make_unique<Test::ScriptedAdmin>(run);
    m_rig = {.run = run, .qrexecClient = run / "client"};
    m_admin->answer("admin.vm.List dom0", List);
    m_admin->answer("admin.vm.property.GetAll dom0", "label default=True type=label black\n");
    m_admin->answer("admin.vm.property.GetAll sys-net", properties("red", ""));
    m_admin->answer("admin.vm.property.GetAll work", properties("blue", "sys-net"));
    m_admin->answer("admin.vm.property.GetAll vault", properties("black", ""));
}

void CliTest::cleanup()
{
    m_admin.reset();
    m_directory.reset();
}

void CliTest::writeClient(const QByteArray &script)
{
    QFile file(QString::fromStdString(m_rig.qrexecClient.string()));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write("#!/bin/sh\n" + script);
    file.close();
    QVERIFY(file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void CliTest::ls_printsTheTableWithOneCallAQube()
{
    const auto table = ran({"qvm-ls"});
    QCOMPARE(table.status, 0);
    QCOMPARE(table.out,
             std::string("NAME     STATE    CLASS    LABEL  TEMPLATE  NETVM\n"
                         "dom0     Running  AdminVM  black  -         -\n"
                         "sys-net  Running  AppVM    red    deb       -\n"
                         "work     Running  AppVM    blue   deb       sys-net\n"
                         "vault    Halted   AppVM    black  deb       -\n"));
    QCOMPARE(m_admin->requests().size(), 5U);
}

void CliTest::ls_forScriptsAndPrograms()
{
    QCOMPARE(ran({"qvm-ls", "--raw-list"}).out, std::string("dom0\nsys-net\nwork\nvault\n"));
    QCOMPARE(m_admin->requests().size(), 1U);
    QCOMPARE(ran({"qvm-ls", "--raw-data", "-O", "NAME,netvm,memory", "work", "vault"}).out,
             std::string("work|sys-net|400\nvault|-|400\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-data", "--fields=name,state", "--sort", "name", "--reverse"}).out,
             std::string("work|Running\nvault|Halted\nsys-net|Running\ndom0|Running\n"));
    const auto json = ran({"qvm-ls", "--json", "-O", "name,memory,netvm,autostart", "work", "dom0"});
    const QJsonArray list = QJsonDocument::fromJson(QByteArray::fromStdString(json.out)).array();
    QCOMPARE(list.size(), 2);
    QVERIFY(list[0].toObject()[QStringLiteral("netvm")].isNull());
    QCOMPARE(list[1].toObject()[QStringLiteral("memory")].toInt(), 400);
    QCOMPARE(list[1].toObject()[QStringLiteral("netvm")].toString(), QStringLiteral("sys-net"));
    QVERIFY(list[1].toObject()[QStringLiteral("autostart")].isBool());
}

void CliTest::ls_showsTheNetworkAsATree()
{
    QCOMPARE(ran({"qvm-ls", "--tree", "-O", "name,state"}).out,
             std::string("NAME     STATE\ndom0     Running\nsys-net  Running\n└─work   Running\nvault    Halted\n"));
}

void CliTest::ls_filters()
{
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--halted"}).out, std::string("vault\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--netvm-is", "sys-net"}).out, std::string("work\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--label", "red", "blue"}).out, std::string("sys-net\nwork\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--prefs", "memory=400", "--class", "AppVM"}).out,
             std::string("sys-net\nwork\nvault\n"));
    for (const char *qube : {"dom0", "sys-net", "vault"}) {
        m_admin->answer(std::string("admin.vm.tag.Get+mine ") + qube, "0");
        m_admin->refuse(std::string("admin.vm.feature.Get+servicevm ") + qube, "QubesFeatureNotFoundError", "no");
    }
    m_admin->answer("admin.vm.tag.Get+mine work", "1");
    m_admin->answer("admin.vm.feature.Get+servicevm work", "1");
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--tags", "mine"}).out, std::string("work\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--exclude-tags", "mine"}).out, std::string("dom0\nsys-net\nvault\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--servicevm", "y"}).out, std::string("work\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-list", "--features", "servicevm="}).out, std::string("dom0\nsys-net\nvault\n"));
}

void CliTest::ls_refusesAColumnThatThereIsNot()
{
    const auto refused = ran({"qvm-ls", "-O", "name,nonsense"});
    QCOMPARE(refused.status, 2);
    QVERIFY(refused.err.contains("'nonsense'"));
    QVERIFY(refused.out.empty());
}

void CliTest::linkAndCommand_areTheSame()
{
    const std::string link = ran({"/usr/bin/qvm-ls", "work"}).out;
    QVERIFY(link.contains("sys-net"));
    QCOMPARE(ran({"bulkhead", "ls", "work"}).out, link);
    QCOMPARE(ran({"bulkhead", "qvm-ls", "work"}).out, link);
}

void CliTest::prefs_listsPrintsAndSets()
{
    QCOMPARE(ran({"qvm-prefs", "vault"}).out,
             std::string("autostart  D  False\nlabel      -  black\nmemory     -  400\nnetvm      D  None\n"
                         "template   -  deb\n"));
    QVERIFY(!ran({"qvm-prefs", "--hide-default", "vault"}).out.contains("netvm"));
    m_admin->answer("admin.vm.property.Get+netvm work", "default=False type=vm sys-net");
    QCOMPARE(ran({"qvm-prefs", "work", "netvm"}).out, std::string("sys-net\n"));
    m_admin->answer("admin.vm.property.Set+provides_network work <True>");
    QCOMPARE(ran({"qvm-prefs", "-s", "work", "provides-network", "True"}).status, 0);
    QCOMPARE(asked(), (Words{"admin.vm.property.Set+provides_network work <True>"}));
    m_admin->answer("admin.vm.property.Set+netvm work");
    QCOMPARE(ran({"qvm-prefs", "work", "netvm", "none"}).status, 0);
    QCOMPARE(asked().back(), std::string("admin.vm.property.Set+netvm work"));
    m_admin->answer("admin.vm.property.Reset+netvm work");
    QCOMPARE(ran({"qvm-prefs", "--default", "work", "netvm"}).status, 0);
    m_admin->answer("admin.property.Set+default_netvm dom0 <sys-net>");
    QCOMPARE(ran({"qubes-prefs", "default_netvm", "sys-net"}).status, 0);
}

void CliTest::features_tellWhatIsNotSet()
{
    m_admin->answer("admin.vm.feature.List work", "gui\nempty\n");
    m_admin->answer("admin.vm.feature.Get+gui work", "1");
    m_admin->answer("admin.vm.feature.Get+empty work");
    QCOMPARE(ran({"qvm-features", "work"}).out, std::string("empty\ngui    1\n"));
    QCOMPARE(ran({"qvm-features", "work", "gui"}).out, std::string("1\n"));
    m_admin->refuse("admin.vm.feature.Get+none work", "QubesFeatureNotFoundError", "none");
    const auto missing = ran({"qvm-features", "work", "none"});
    QCOMPARE(missing.status, 1);
    QVERIFY(missing.out.empty() && missing.err.empty());
    m_admin->answer("admin.vm.feature.Set+gui work");
    QCOMPARE(ran({"qvm-features", "work", "gui", ""}).status, 0);
    m_admin->answer("admin.vm.feature.Remove+gui work");
    QCOMPARE(ran({"qvm-features", "--unset", "work", "gui"}).status, 0);
    QCOMPARE(asked(), (Words{"admin.vm.feature.Remove+gui work"}));
}

void CliTest::tags_thatAreSoAlreadyAreNoFailure()
{
    m_admin->answer("admin.vm.tag.List work", "a\nb\n");
    QCOMPARE(ran({"qvm-tags", "work"}).out, std::string("a\nb\n"));
    QCOMPARE(ran({"qvm-tags", "work", "list", "b"}).out, std::string("b\n"));
    QCOMPARE(ran({"qvm-tags", "work", "ls", "c"}).status, 1);
    m_admin->answer("admin.vm.tag.Set+c work");
    m_admin->refuse("admin.vm.tag.Remove+c work", "QubesTagNotFoundError", "no");
    QCOMPARE(ran({"qvm-tags", "work", "add", "c"}).status, 0);
    QCOMPARE(ran({"qvm-tags", "work", "del", "c"}).status, 0);
    QCOMPARE(ran({"qvm-tags", "work", "paint", "c"}).status, 2);
}

void CliTest::service_isAFeature()
{
    m_admin->answer("admin.vm.feature.List work", "gui\nservice.cups\n");
    m_admin->answer("admin.vm.feature.Get+gui work", "1");
    m_admin->answer("admin.vm.feature.Get+service.cups work");
    QCOMPARE(ran({"qvm-service", "work"}).out, std::string("cups  off\n"));
    m_admin->answer("admin.vm.feature.Set+service.cups work <1>");
    QCOMPARE(ran({"qvm-service", "work", "cups", "on"}).status, 0);
    QCOMPARE(ran({"qvm-service", "-e", "work", "cups"}).status, 0);
    QCOMPARE(ran({"qvm-service", "work", "cups", "perhaps"}).status, 2);
}

void CliTest::remove_asksOnceAndRefusesWhereNobodyCanBeAsked()
{
    m_admin->answer("admin.vm.Remove vault");
    m_admin->answer("admin.vm.Remove work");
    const auto alone = ran({"qvm-remove", "vault"});
    QCOMPARE(alone.status, 1);
    QVERIFY(alone.err.contains("--force"));
    QVERIFY(asked().empty());
    m_rig.isTerminal = true;
    m_rig.answer = "n";
    QCOMPARE(ran({"qvm-remove", "vault", "work"}).status, 1);
    QVERIFY(asked().empty());
    m_rig.answer = "y";
    QCOMPARE(ran({"qvm-remove", "vault", "work"}).status, 0);
    QCOMPARE(asked(), (Words{"admin.vm.Remove vault", "admin.vm.Remove work"}));
    QCOMPARE(m_rig.timesAsked, 2);
    m_rig.isTerminal = false;
    QCOMPARE(ran({"qvm-remove", "-f", "vault"}).status, 0);
}

void CliTest::shutdown_waitsForEachAndAsksAgain()
{
    // work ends at once and lets sys-net go, which is refused before.
    m_admin->refuse("admin.vm.Shutdown sys-net", "QubesVMInUseError", "work uses it");
    m_admin->answer("admin.vm.Shutdown work");
    m_admin->tellAfter("admin.vm.Shutdown work", "work", "domain-shutdown");
    const auto refused = ran({"qvm-shutdown", "--wait", "sys-net", "work", "vault"});
    QCOMPARE(refused.status, 1);
    QVERIFY(refused.err.contains("sys-net: work uses it"));
    const Words requests = asked();
    QCOMPARE(requests.front(), std::string("admin.Events dom0"));
    QCOMPARE(std::ranges::count(requests, "admin.vm.Shutdown sys-net"), 2);
    QCOMPARE(std::ranges::count(requests, "admin.vm.Shutdown vault"), 0); // it is halted
    m_admin->answer("admin.vm.Shutdown+force sys-net");
    m_admin->tellAfter("admin.vm.Shutdown+force sys-net", "sys-net", "domain-shutdown");
    QCOMPARE(ran({"qvm-shutdown", "--wait", "--force", "sys-net"}).status, 0);
}

void CliTest::shutdown_killsWhatDoesNotEnd()
{
    m_admin->answer("admin.vm.Shutdown work");
    m_admin->answer("admin.vm.Kill work");
    QCOMPARE(ran({"qvm-shutdown", "--wait", "--timeout", "0", "work"}).status, 0);
    QCOMPARE(asked().back(), std::string("admin.vm.Kill work"));
    QCOMPARE(ran({"qvm-shutdown", "--timeout", "soon", "work"}).status, 2);
}

void CliTest::firewall_changesRules()
{
    m_admin->answer("admin.vm.firewall.Get work",
                    "action=accept dst4=1.2.3.4/32 proto=tcp dstports=80-80\naction=drop\n");
    QCOMPARE(ran({"qvm-firewall", "work"}).out,
             std::string("NO  ACTION  HOST        PROTOCOL  PORT(S)  SPECIAL TARGET  ICMP TYPE  EXPIRE  COMMENT\n"
                         "0   accept  1.2.3.4/32  tcp       80       -               -          -       -\n"
                         "1   drop    -           -         -        -               -          -       -\n"));
    const std::string added = "admin.vm.firewall.Set work <action=accept dst4=1.2.3.4/32 proto=tcp dstports=80-80\n"
                              "action=accept specialtarget=dns\naction=drop\n>";
    m_admin->answer(added);
    QCOMPARE(ran({"qvm-firewall", "work", "add", "--before", "1", "accept", "specialtarget=dns"}).status, 0);
    m_admin->answer("admin.vm.firewall.Set work <action=drop\n>");
    QCOMPARE(ran({"qvm-firewall", "work", "del", "accept", "1.2.3.4", "tcp", "80"}).status, 0);
    QCOMPARE(ran({"qvm-firewall", "work", "del", "--rule-no", "0"}).status, 0);
    QCOMPARE(ran({"qvm-firewall", "work", "del", "--rule-no", "2"}).status, 2);
    QCOMPARE(ran({"qvm-firewall", "work", "del", "accept", "9.9.9.9"}).status, 1);
    m_admin->answer("admin.vm.firewall.Reload work");
    QCOMPARE(ran({"qvm-firewall", "--reload", "work"}).status, 0);
    QCOMPARE(asked(), (Words{"admin.vm.firewall.Reload work"}));
}

void CliTest::device_sendsWhatTheDaemonReads()
{
    m_admin->answer(
        "admin.vm.device.block.Attach+sys-net+sda+_ work <device_id='*' port_id='sda' devclass='block' "
        "backend_domain='sys-net' mode='manual' frontend_domain='work' _frontend-dev='xvdj' _read-only='yes'>");
    QCOMPARE(ran({"qvm-block", "attach", "--ro", "-o", "frontend-dev=xvdj", "work", "sys-net:sda"}).status, 0);
    m_admin->answer("admin.vm.device.block.Available+sda sys-net",
                    "sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='sys-net'\n");
    m_admin->answer("admin.vm.device.block.Assign+sys-net+sda++None work <device_id=':None' port_id='sda' "
                    "devclass='block' backend_domain='sys-net' mode='required' frontend_domain='work'>");
    QCOMPARE(ran({"qvm-device", "block", "assign", "--required", "work", "sys-net:sda"}).status, 0);
    m_admin->answer("admin.vm.device.block.Assigned+sys-net+sda work",
                    "sys-net+sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='sys-net'\n");
    m_admin->answer("admin.vm.device.block.Unassign+sys-net+sda++None work");
    QCOMPARE(ran({"qvm-block", "unassign", "work", "sys-net:sda"}).status, 0);
    m_admin->answer("admin.vm.device.block.Attached work",
                    "sys-net+sda::None device_id=':None' port_id='sda' devclass='block' backend_domain='sys-net'\n");
    m_admin->answer("admin.vm.device.block.Detach+sys-net+sda++None work");
    QCOMPARE(ran({"qvm-block", "detach", "work"}).status, 0);
    QCOMPARE(ran({"qvm-block", "attach", "work", "sda"}).status, 2);
}

void CliTest::device_textOfAQubeDoesNotSteerTheTerminal()
{
    for (const char *qube : {"dom0", "sys-net", "work", "vault"}) {
        m_admin->answer(std::string("admin.vm.device.block.Attached ") + qube);
    }
    m_admin->answer("admin.vm.device.block.Available sys-net",
                    "sda:x device_id='x' port_id='sda' devclass='block' backend_domain='sys-net' name='a\x1b[31mb'\n");
    const auto list = ran({"qvm-block", "list", "sys-net"});
    QCOMPARE(list.status, 0);
    QVERIFY(list.out.contains("sys-net:sda") && list.out.contains("a\\x1b[31mb"));
    m_admin->answer("admin.vm.feature.Get+os work", "\x1b]0;x\x07");
    QCOMPARE(ran({"qvm-features", "work", "os"}).out, std::string("\x1b]0;x\x07\n")); // exact in a pipe
    m_rig.isTerminal = true;
    QCOMPARE(ran({"qvm-features", "work", "os"}).out, std::string("\\x1b]0;x\\x07\n"));
}

void CliTest::volume_showsAndChanges()
{
    m_admin->answer("admin.vm.volume.Info+private work", "pool=p\nvid=v\nsize=1024\nusage=10\nrw=True\n");
    m_admin->answer("admin.vm.volume.ListSnapshots+private work", "1\n2\n");
    QCOMPARE(ran({"qvm-volume", "info", "work:private", "size"}).out, std::string("1024\n"));
    QCOMPARE(ran({"qvm-volume", "info", "work:private", "revisions"}).out, std::string("1\n2\n"));
    QVERIFY(ran({"qvm-volume", "info", "work:private"}).out.starts_with("pool   p\n"));
    const auto json = ran({"qvm-volume", "info", "--json", "work:private"}).out;
    QCOMPARE(QJsonDocument::fromJson(QByteArray::fromStdString(json)).object()[QStringLiteral("size")].toInt(), 1024);
    m_admin->answer("admin.vm.volume.Revert+private work <2>");
    QCOMPARE(ran({"qvm-volume", "revert", "work:private"}).status, 0);
    m_admin->answer("admin.vm.volume.Resize+private work <2048>");
    QCOMPARE(ran({"qvm-volume", "resize", "work:private", "2K"}).status, 0);
    QCOMPARE(ran({"qvm-volume", "resize", "work:private", "1"}).status, 1); // it would shrink
    m_admin->answer("admin.vm.volume.Set.rw+private work <False>");
    QCOMPARE(ran({"qvm-volume", "config", "work:private", "rw", "False"}).status, 0);
    QCOMPARE(ran({"qvm-volume", "config", "work:private", "size", "5"}).status, 2);
    m_admin->answer("admin.vm.volume.List work", "private\n");
    QCOMPARE(ran({"qvm-volume", "list", "work"}).out,
             std::string("POOL:VOLUME  VMNAME  VOLUME_NAME  REVERT_POSSIBLE\np:v          work    private      Yes\n"));
    QCOMPARE(ran({"qvm-ls", "--raw-data", "-O", "priv-used", "work"}).out, std::string("0%\n"));
}

void CliTest::volume_import_sendsEveryByteInOneCall()
{
    const std::string source = m_directory->filePath(QStringLiteral("source")).toStdString();
    const std::string bytes = "head" + std::string(3UL * 1024 * 1024, '\0') + "tail";
    std::ofstream(source) << bytes;
    const std::string size = std::to_string(bytes.size());
    m_admin->answer("admin.vm.volume.ImportWithSize+private work <" + size + "\n" + bytes + ">");
    const auto quiet = ran({"qvm-volume", "import", "work:private", source});
    QCOMPARE(quiet.status, 0);
    QCOMPARE(quiet.err, std::string());
    QCOMPARE(asked().size(), 1U);

    // The volume stays as long as it is; whether the file fits is the daemon's to say.
    m_admin->refuse("admin.vm.volume.Import+private work <" + bytes + ">", "StoragePoolException", "too many");
    const auto refused = ran({"qvm-volume", "import", "--no-resize", "work:private", source});
    QCOMPARE(refused.status, 1);
    QVERIFY(refused.err.contains("too many"));

    m_rig.isTerminal = true;
    QVERIFY(ran({"qvm-volume", "import", "work:private", source}).err.contains("3 of 3 MiB (100 %)"));
    m_rig.isTerminal = false;
}

void CliTest::volume_import_ofTooShortAFileEndsInFrontOfTheDaemon()
{
    const std::string source = m_directory->filePath(QStringLiteral("short")).toStdString();
    std::ofstream(source) << "abc";
    const auto failed = ran({"qvm-volume", "import", "--size", "5", "work:private", source});
    QCOMPARE(failed.status, 2);
    QVERIFY(failed.err.contains("only 3 bytes of the 5"));
    QCOMPARE(ran({"qvm-volume", "import", "work:private", source + ".none"}).status, 1);
}

void CliTest::pool_addsWithOptions()
{
    m_admin->answer("admin.pool.Add+file dom0 <name=big\ndir_path=/mnt/big\n>");
    QCOMPARE(ran({"qvm-pool", "add", "big", "file", "-o", "dir_path=/mnt/big"}).status, 0);
    QCOMPARE(ran({"qvm-pool", "--add", "big", "file", "-o", "dir_path=/mnt/big"}).status, 0);
    m_admin->answer("admin.pool.List dom0", "big\n");
    m_admin->answer("admin.pool.Info+big dom0", "driver=file\nname=big\nsize=5\n");
    QCOMPARE(ran({"qvm-pool"}).out, std::string("NAME  DRIVER\nbig   file\n"));
    m_admin->answer("admin.pool.ListDrivers dom0", "file dir_path revisions_to_keep\nplain \n");
    QCOMPARE(ran({"qvm-pool", "drivers"}).out,
             std::string("DRIVER  OPTIONS\nfile    dir_path, revisions_to_keep\nplain   -\n"));
    m_admin->answer("admin.pool.Set.revisions_to_keep+big dom0 <2>");
    QCOMPARE(ran({"qvm-pool", "set", "big", "-o", "revisions_to_keep=2"}).status, 0);
}

void CliTest::notes_appendOnALineOfTheirOwn()
{
    m_admin->answer("admin.vm.notes.Get work", "one");
    QCOMPARE(ran({"qvm-notes", "--print", "work"}).out, std::string("one\n"));
    m_admin->answer("admin.vm.notes.Set work <one\ntwo>");
    QCOMPARE(ran({"qvm-notes", "--append", "two", "work"}).status, 0);
    QCOMPARE(ran({"qvm-notes", "--delete", "work"}).status, 1); // nobody can be asked
    m_admin->answer("admin.vm.notes.Set work");
    QCOMPARE(ran({"qvm-notes", "--delete", "-f", "work"}).status, 0);
}

void CliTest::create_failedSettingLeavesNothing()
{
    m_admin->answer("admin.vm.Create.AppVM+deb dom0 <name=new label=red>");
    m_admin->refuse("admin.vm.property.Set+memory new <lots>", "QubesValueError", "100%% wrong");
    m_admin->answer("admin.vm.Remove new");
    const auto failed = ran({"qvm-create", "-l", "red", "-t", "deb", "--prop", "memory=lots", "new"});
    QCOMPARE(failed.status, 1);
    QVERIFY2(failed.err.contains("setting memory: 100% wrong"), failed.err.c_str());
    QCOMPARE(asked().back(), std::string("admin.vm.Remove new"));
    QCOMPARE(ran({"qvm-create", "new"}).status, 2); // no label
    QCOMPARE(ran({"qvm-create", "-l", "red", "a b"}).status, 2);
    QVERIFY(asked().empty());
    m_admin->answer("admin.vm.CreateInPool.StandaloneVM dom0 <name=new label=red pool:private=big>");
    QCOMPARE(ran({"qvm-create", "--standalone", "-l", "red", "--pool", "big:private", "new"}).status, 0);
    m_admin->answer("admin.vm.CreateDisposable dom0", "disp7");
    QCOMPARE(ran({"qvm-create", "--disp"}).out, std::string("disp7\n"));
}

void CliTest::clone_copiesEverything()
{
    m_admin->answer("admin.vm.volume.List work", "root\nprivate\n");
    m_admin->answer("admin.vm.volume.List copy", "root\nprivate\n");
    for (const char *qube : {"work", "copy"}) {
        m_admin->answer(std::string("admin.vm.volume.Info+root ") + qube, "pool=p\nsave_on_stop=False\n");
        m_admin->answer(std::string("admin.vm.volume.Info+private ") + qube, "pool=p\nsave_on_stop=True\n");
    }
    m_admin->answer("admin.property.GetAll dom0", "default_pool_private default=False type=str p\n");
    m_admin->answer("admin.vm.Create.AppVM+deb dom0 <name=copy label=blue>");
    m_admin->answer("admin.vm.property.Set+memory copy <400>");
    m_admin->answer("admin.vm.tag.List work", "created-by-dom0\nmine\n");
    m_admin->answer("admin.vm.tag.Set+mine copy");
    m_admin->answer("admin.vm.feature.List work", "gui\n");
    m_admin->answer("admin.vm.feature.Get+gui work", "1");
    m_admin->answer("admin.vm.feature.Set+gui copy <1>");
    m_admin->answer("admin.vm.notes.Get work", "note");
    m_admin->answer("admin.vm.notes.Set copy <note>");
    m_admin->answer("admin.vm.firewall.Get work", "action=drop\n");
    m_admin->answer("admin.vm.firewall.Set copy <action=drop\n>");
    m_admin->answer("admin.vm.volume.CloneFrom+private work", "token");
    m_admin->answer("admin.vm.volume.CloneTo+private copy <token>");
    m_admin->answer("admin.deviceclass.List dom0", "block\n");
    m_admin->answer("admin.vm.device.block.Assigned work",
                    "sys-net+sda:* device_id='*' port_id='sda' devclass='block' backend_domain='sys-net' "
                    "mode='required' frontend_domain='work'\n");
    m_admin->answer("admin.vm.device.block.Assign+sys-net+sda+_ copy <device_id='*' port_id='sda' devclass='block' "
                    "backend_domain='sys-net' mode='required' frontend_domain='copy'>");
    const auto cloned = ran({"qvm-clone", "work", "copy"});
    QVERIFY2(cloned.status == 0, cloned.err.c_str());

    // Without its data it is no clone: nothing stays of it.
    m_admin->refuse("admin.vm.volume.CloneTo+private copy <token>", "StoragePoolException", "full");
    m_admin->answer("admin.vm.Remove copy");
    const auto failed = ran({"qvm-clone", "--ignore-errors", "work", "copy"});
    QCOMPARE(failed.status, 1);
    QVERIFY(failed.err.contains("full"));
    QCOMPARE(asked().back(), std::string("admin.vm.Remove copy"));
}

void CliTest::run_endsWithTheStatusOfTheCommand()
{
    writeClient("echo \"$@\" >\"${0%/*}/args\"\nexit 7\n");
    QCOMPARE(ran({"qvm-run", "-p", "-u", "root", "work", "cat -n"}).status, 7);
    QFile args(m_directory->filePath(QStringLiteral("args")));
    QVERIFY(args.open(QIODevice::ReadOnly));
    QCOMPARE(args.readAll(), QByteArray("-d work root:cat -n\n"));
    writeClient("kill -TERM $$\n");
    QCOMPARE(ran({"qvm-run", "-p", "work", "x"}).status, 128 + 15);
    m_rig.qrexecClient = "/nonexistent/client";
    const auto missing = ran({"qvm-run", "-p", "work", "x"});
    QCOMPARE(missing.status, 1);
    QVERIFY(missing.err.contains("/nonexistent/client"));
    QCOMPARE(ran({"qvm-run", "-p", "dom0", "x"}).status, 2);
    QCOMPARE(ran({"qvm-run", "work"}).status, 2);
}

void CliTest::run_startsAHaltedQubeUnlessToldNot()
{
    writeClient("exit 0\n");
    m_admin->answer("admin.vm.Start vault");
    QCOMPARE(ran({"qvm-run", "-p", "-n", "vault", "true"}).status, 1);
    QVERIFY(asked().empty());
    QCOMPARE(ran({"qvm-run", "-p", "vault", "true"}).status, 0);
    QCOMPARE(asked(), (Words{"admin.vm.Start vault"}));
    m_rig.isTerminal = true;
    const auto coloured = ran({"qvm-run", "-p", "work", "true"});
    QCOMPARE(coloured.out, std::string("\033[31m\033[0m"));
    QVERIFY(ran({"qvm-run", "-p", "--no-colour-output", "--no-colour-stderr", "work", "true"}).out.empty());
}

void CliTest::run_inADisposableThatEndsWithIt()
{
    writeClient("exit 3\n");
    const auto unknown = ran({"qvm-run", "-p", "--dispvm", "true"});
    QCOMPARE(unknown.status, 1); // a daemon without the call
    QVERIFY(unknown.err.contains("making a disposable"));
    m_admin->answer("admin.vm.CreateDisposable base", "disp1");
    m_admin->answer("admin.vm.Start disp1");
    m_admin->answer("admin.vm.Kill disp1");
    QCOMPARE(ran({"qvm-run", "-p", "--dispvm=base", "true"}).status, 3);
    QCOMPARE(asked(), (Words{"admin.vm.CreateDisposable base", "admin.vm.Start disp1", "admin.vm.Kill disp1"}));
}

void CliTest::errors_haveTheStatusThatScriptsExpect()
{
    const auto unknown = ran({"qvm-start", "nonsense"});
    QCOMPARE(unknown.status, 2);
    QCOMPARE(unknown.err, std::string("qvm-start: error: no such qube: 'nonsense'\n"));
    QCOMPARE(ran({"qvm-start", "work"}).status, 1); // it runs already
    QCOMPARE(ran({"qvm-start", "--skip-if-running", "work"}).status, 0);
    const auto option = ran({"qvm-start", "--nonsense", "work"});
    QCOMPARE(option.status, 2);
    QVERIFY(option.err.contains("usage: qvm-start"));
    m_admin->refuse("admin.vm.Kill vault", "QubesVMNotStartedError", "vault is halted");
    QCOMPARE(ran({"qvm-kill", "vault"}).err, std::string("qvm-kill: error: vault: vault is halted\n"));
    m_admin->refuse("admin.vm.property.Get+x work", "QubesNoSuchPropertyError", "no property x");
    QCOMPARE(ran({"qvm-prefs", "work", "x"}).status, 1);
    QCOMPARE(ran({"qvm-pause", "work"}).status, 1); // no answer
    m_admin.reset();
    QCOMPARE(m_rig({"qvm-ls"}).status, 1);
}

void CliTest::check_tellsByItsStatus()
{
    QCOMPARE(ran({"qvm-check", "work", "vault"}).status, 0);
    QCOMPARE(ran({"qvm-check", "-q", "nonsense"}).err, std::string());
    QCOMPARE(ran({"qvm-check", "-q", "nonsense"}).status, 1);
    QCOMPARE(ran({"qvm-check", "--running", "work"}).status, 0);
    QCOMPARE(ran({"qvm-check", "--running", "vault"}).status, 1);
    QCOMPARE(ran({"qvm-check", "--running", "vault", "work"}).status, 3);
    m_admin->answer("admin.vm.property.Get+netvm work", "default=False type=vm sys-net");
    QCOMPARE(ran({"qvm-check", "--networked", "work"}).status, 0);
}

void CliTest::completion_asksTheDaemon()
{
    const auto complete = [this](const Words &words) {
        Words line{"bulkhead", "complete"};
        line.insert(line.end(), words.begin(), words.end());
        return ran(line).out;
    };
    QCOMPARE(complete({"1", "qvm-start", "v"}), std::string("vault\n"));
    QCOMPARE(complete({"2", "bulkhead", "start", "s"}), std::string("sys-net\n"));
    m_admin->answer("admin.vm.property.List work", "label\nlock\nnetvm\n");
    QCOMPARE(complete({"2", "qvm-prefs", "work", "l"}), std::string("label\nlock\n"));
    m_admin->answer("admin.label.List dom0", "red\nblue\n");
    QCOMPARE(complete({"2", "qvm-create", "--label", ""}), std::string("blue\nred\n"));
    m_admin->answer("admin.vm.tag.List work", "good\n$(bad)\n");
    QCOMPARE(complete({"3", "qvm-tags", "work", "del", ""}), std::string("good\n")); // nothing that a shell would run
}

QTEST_GUILESS_MAIN(CliTest)
#include "clitest.moc"
