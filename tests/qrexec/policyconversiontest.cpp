// SPDX-License-Identifier: GPL-2.0-or-later
// What becomes of policy files of the older format, as text and on a directory of the test's own.
#include "qrexec/policy/conversion.h"
#include "qrexec/policytool/converting.h"
#include "tests/qrexec/policyrig.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::string_literals;
namespace fs = std::filesystem;

namespace
{

using Lines = std::vector<std::string>;

const std::string Own = PolicyDirectory + "/30-user.policy";
const std::string Compat = PolicyDirectory + "/35-compat.policy";
const std::string Input = PolicyDirectory + "/50-config-input.policy";

/// What is planned for a file; nothing where it stays as it is.
Lines planned(FakeFiles &files, std::string_view name)
{
    const auto conversion = Policy::planConversion(files, {});
    if (!conversion) {
        return {"refused: " + conversion.error().text};
    }
    Lines lines;
    for (const Policy::ConvertedFile &file : conversion->files) {
        for (const Policy::Rule &rule : file.rules) {
            if (file.name == name) {
                lines.push_back(Policy::lineOf(rule));
            }
        }
    }
    return lines;
}

/// Makes it a policy that reads these files of the older format, with nothing else in it.
void putOld(FakeFiles &files, const std::map<std::string, std::string> &old)
{
    files.addDirectory(OldDirectory);
    files.put(Compat, "!compat-4.0\n");
    for (const auto &[name, text] : old) {
        files.put(OldDirectory + '/' + name, text);
    }
}

/// A policy's directory and the old one, and a look at every byte and name in both.
class Folder
{
public:
    Folder()
    {
        fs::create_directories(policy());
        fs::create_directories(old());
        put(policy() / "35-compat.policy", "!compat-4.0\n");
    }

    [[nodiscard]] fs::path policy() const
    {
        return root() / "policy.d";
    }

    [[nodiscard]] fs::path old() const
    {
        return root() / "old";
    }

    static void put(const fs::path &file, std::string_view text)
    {
        std::ofstream(file, std::ios::binary) << text;
        (void)::chmod(file.c_str(), 0640);
    }

    [[nodiscard]] std::string convert() const
    {
        const auto done =
            convertOldPolicy({.directories = {policy().string()}, .oldDirectory = old().string()}, referenceSystem());
        return done ? std::to_string(done->status) + ' ' + done->output + done->errors : "error " + done.error().text();
    }

    /// By name from the root on; of each the mode and the content.
    [[nodiscard]] std::map<std::string, std::string> everything() const
    {
        std::map<std::string, std::string> found;
        for (const auto &entry : fs::recursive_directory_iterator(root())) {
            const auto mode = static_cast<unsigned>(entry.status().permissions());
            found[fs::relative(entry.path(), root()).string()] = std::to_string(mode) + ' ' + text(entry.path());
        }
        return found;
    }

    [[nodiscard]] static std::string text(const fs::path &file)
    {
        std::ifstream in(file, std::ios::binary);
        return fs::is_regular_file(file) ? std::string(std::istreambuf_iterator<char>(in), {}) : "none";
    }

private:
    [[nodiscard]] fs::path root() const
    {
        return fs::canonical(m_directory.path().toStdString());
    }

    QTemporaryDir m_directory;
};

} // namespace

class PolicyConversionTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void services_goToTheirWindowsFiles();
    void services_thatAWindowCannotShow_areTheAdministrators();
    void rules_thatCanNeverCount_areLeftOut();
    void denialsBetweenFiles_becomeRules();
    void inputFile_hasTheFirstRuleOfEachDevicesQube();
    void withoutTheDirective_nothingIsInForce();
    void qrexec_079_everyCallIsDecidedAsBefore();
    void qrexec_079_whatWouldChangeACall_changesNothing();
    void qrexec_079_aFailureTakesEverythingBack();
    void conversion_canBeRepeated();
    void olderBackups_areKept();
};

void PolicyConversionTest::services_goToTheirWindowsFiles()
{
    FakeFiles files;
    putOld(files,
           {{"qubes.Filecopy", "a b allow\n$anyvm $anyvm ask\n"},
            {"qubes.OpenURL", "$anyvm $dispvm allow\n"},
            {"policy.RegisterArgument+u2f.Register", "a b allow,target=dom0\n"},
            {"u2f.Authenticate", "$anyvm a allow\n"},
            {"my.Service", "a b allow,user=root\n"}});
    QCOMPARE(planned(files, "50-config-filecopy"),
             (Lines{"qubes.Filecopy * a b allow", "qubes.Filecopy * @anyvm @anyvm ask"}));
    QCOMPARE(planned(files, "50-config-openurl"), Lines{"qubes.OpenURL * @anyvm @dispvm allow"});
    QCOMPARE(planned(files, "50-config-u2f"),
             (Lines{"policy.RegisterArgument +u2f.Register a b allow target=dom0",
                    "policy.RegisterArgument +u2f.Register @anyvm @anyvm deny",
                    "policy.RegisterArgument +u2f.Register @anyvm @adminvm deny",
                    "u2f.Authenticate * @anyvm a allow"}));
    QCOMPARE(planned(files, "30-user"), Lines{"my.Service * a b allow user=root"});
}

void PolicyConversionTest::services_thatAWindowCannotShow_areTheAdministrators()
{
    FakeFiles files;
    putOld(files,
           {{"qubes.Filecopy", "a b allow\na h ask,notify=no\n"}, {"qubes.InputMouse", "a dom0 allow\na b allow\n"}});
    QCOMPARE(planned(files, "30-user"),
             (Lines{"qubes.Filecopy * a b allow",
                    "qubes.Filecopy * a h ask notify=no",
                    "qubes.InputMouse * a dom0 allow",
                    "qubes.InputMouse * a b allow"}));
    QCOMPARE(planned(files, "50-config-filecopy"), Lines());
    QCOMPARE(planned(files, "50-config-input"), Lines());
}

void PolicyConversionTest::rules_thatCanNeverCount_areLeftOut()
{
    FakeFiles files;
    putOld(files, {{"s", "a b allow\na b allow\n$anyvm $anyvm deny\nb a allow\nb dom0 allow\n"}, {"t", "a b ask\n"}});
    files.put(Own, "t * a b ask\nt * b a allow\n");
    QCOMPARE(planned(files, "30-user"), (Lines{"s * a b allow", "s * @anyvm @anyvm deny", "s * b dom0 allow"}));
}

void PolicyConversionTest::denialsBetweenFiles_becomeRules()
{
    FakeFiles files;
    putOld(files, {{"s+x", "a b allow\n"}, {"s", "$anyvm $anyvm ask\n"}});
    QCOMPARE(
        planned(files, "30-user"),
        (Lines{"s +x a b allow", "s +x @anyvm @anyvm deny", "s +x @anyvm @adminvm deny", "s * @anyvm @anyvm ask"}));
}

void PolicyConversionTest::inputFile_hasTheFirstRuleOfEachDevicesQube()
{
    FakeFiles files;
    putOld(files, {{"qubes.InputMouse", "a dom0 allow\na dom0 ask\n"}});
    files.put(Input, "# of a window\nqubes.InputMouse * a dom0 deny\nqubes.InputMouse * b dom0 ask\n");
    const auto conversion = Policy::planConversion(files, {});
    QVERIFY(conversion.has_value() && conversion->files.size() == 1);
    const Policy::ConvertedFile &file = conversion->files.front();
    QCOMPARE(Policy::textAfter(file, "# of a window\n"),
             "# Rules of this computer's files of the older format.\nqubes.InputMouse * a dom0 allow\n"
             "qubes.InputMouse * b dom0 ask\n"s);
}

void PolicyConversionTest::withoutTheDirective_nothingIsInForce()
{
    FakeFiles files;
    putOld(files, {{"s", "a b allow\n"}});
    files.put(Compat, "# nothing\n");
    QVERIFY(planned(files, "30-user").front().starts_with("refused: no !compat-4.0"));
}

void PolicyConversionTest::qrexec_079_everyCallIsDecidedAsBefore()
{
    const Folder folder;
    const std::string own = "my.Service * a h deny\n";
    const std::string copy = "qubes.Filecopy * @anyvm @anyvm ask default_target=b\n";
    const std::string defaults = "qubes.Filecopy * @anyvm @anyvm allow\nmy.Service * @anyvm @anyvm allow\n";
    Folder::put(folder.policy() / "30-user.policy", own);
    Folder::put(folder.policy() / "50-config-filecopy.policy", copy);
    Folder::put(folder.policy() / "90-default.policy", defaults);
    Folder::put(folder.old() / "qubes.Filecopy", "a b allow\n$anyvm h deny\n");
    Folder::put(folder.old() / "my.Service+x", "a b ask,default_target=b\n");
    Folder::put(folder.old() / "my.Service", "b a allow,target=dom0\n");
    Folder::put(folder.old() / "left.rpmnew", "never read");

    const std::string told = folder.convert();
    QVERIFY2(told.starts_with("0 "), told.c_str()); // it has compared the graphs
    QCOMPARE(Folder::text(folder.policy() / "30-user.policy"),
             "# Rules of this computer's files of the older format.\n"
             "my.Service +x a b ask default_target=b\n"
             "my.Service +x @anyvm @anyvm deny\n"
             "my.Service +x @anyvm @adminvm deny\n"
             "my.Service * b a allow target=dom0\n\n"
                 + own);
    QCOMPARE(Folder::text(folder.policy() / "30-user.policy.bak"), own);
    QVERIFY(Folder::text(folder.policy() / "50-config-filecopy.policy").ends_with("\n\n" + copy));
    QCOMPARE(Folder::text(folder.policy() / "50-config-filecopy.policy.bak"), copy);
    QCOMPARE(Folder::text(folder.policy() / "90-default.policy"), defaults);
    QCOMPARE(Folder::text(folder.old() / "my.Service+x.rpmsave"), "a b ask,default_target=b\n"s);
    QCOMPARE(Folder::text(folder.old() / "qubes.Filecopy"), "none"s);
    QCOMPARE(Folder::text(folder.old() / "left.rpmnew"), "never read"s);
    QCOMPARE(folder.convert(), "0 there is nothing to convert\n"s);
}

void PolicyConversionTest::qrexec_079_whatWouldChangeACall_changesNothing()
{
    const Folder folder;
    Folder::put(folder.policy() / "30-user.policy", "my.Service * a b deny\n"); // the old rule would come before it
    Folder::put(folder.old() / "my.Service", "a b allow\n");
    const auto before = folder.everything();
    const std::string told = folder.convert();
    QVERIFY2(told.starts_with("1 Calls would be decided otherwise"), told.c_str());
    QVERIFY2(told.contains("+  \"a\" -> \"b\" [label=\"my.Service+ allow\" color=red];"), told.c_str());
    QCOMPARE(folder.everything(), before);
}

void PolicyConversionTest::qrexec_079_aFailureTakesEverythingBack()
{
    const Folder folder;
    Folder::put(folder.policy() / "30-user.policy", "t * a b deny\r\n# no end");
    Folder::put(folder.old() / "my.Service", "a b allow\n");
    Folder::put(folder.old() / "qubes.Filecopy", "a b allow\n");
    // The last file that is set aside finds no name.
    fs::path taken = folder.old() / "qubes.Filecopy";
    for (int i = 0; i < 100; ++i) {
        taken += ".rpmsave";
        if (taken.filename().string().size() > 255) {
            break;
        }
        Folder::put(taken, "older");
    }
    const auto before = folder.everything();
    const std::string told = folder.convert();
    QVERIFY2(told.starts_with("error ") && told.contains("everything is as it was"), told.c_str());
    QCOMPARE(folder.everything(), before);
}

void PolicyConversionTest::conversion_canBeRepeated()
{
    const Folder folder;
    Folder::put(folder.old() / "my.Service", "a b allow\n");
    Folder::put(folder.old() / "qubes.Filecopy", "a b allow\n");
    QVERIFY(folder.convert().starts_with("0 "));
    const auto after = folder.everything();
    // As if it had been cut off before the last files were set aside.
    fs::rename(folder.old() / "qubes.Filecopy.rpmsave", folder.old() / "qubes.Filecopy");
    QVERIFY(folder.convert().starts_with("0 "));
    QCOMPARE(folder.everything(), after);
}

void PolicyConversionTest::olderBackups_areKept()
{
    const Folder folder;
    Folder::put(folder.policy() / "30-user.policy", "t * a b deny\n");
    Folder::put(folder.policy() / "30-user.policy.bak", "older");
    Folder::put(folder.old() / "my.Service", "a b allow\n");
    Folder::put(folder.old() / "my.Service.rpmsave", "older, too");
    QVERIFY(folder.convert().starts_with("0 "));
    QCOMPARE(Folder::text(folder.policy() / "30-user.policy.bak"), "older"s);
    QCOMPARE(Folder::text(folder.policy() / "30-user.policy.bak.bak"), "t * a b deny\n"s);
    QCOMPARE(Folder::text(folder.old() / "my.Service.rpmsave"), "older, too"s);
    QCOMPARE(Folder::text(folder.old() / "my.Service.rpmsave.rpmsave"), "a b allow\n"s);
}

QTEST_GUILESS_MAIN(PolicyConversionTest)
#include "policyconversiontest.moc"
