// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/service/programs.h"

#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

class ProgramsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_046_inheritedVariables();
    void qrexec_047_argumentIsOneWordOrNone();
    void qrexec_056_shellIsALoginShell();
    void sourceAndTargetAreVariables();
    void waitProgramRunsDirectly();
};

namespace
{

const Account account{
    .name = "user", .uid = 1000, .gid = 1000, .groups = {1000}, .home = "/home/user", .shell = "/bin/bash"};

ServiceRequest requestFor(const std::string &line)
{
    return *parseCommand("user:QUBESRPC " + line)->service();
}

bool has(const Program &program, const std::string &variable)
{
    return std::ranges::count(program.environment, variable) == 1;
}

/// Any value of it.
bool hasVariable(const Program &program, const std::string &name)
{
    return std::ranges::any_of(program.environment, [&name](const std::string &variable) {
        return variable.starts_with(name + '=');
    });
}

} // namespace

void ProgramsTest::qrexec_046_inheritedVariables()
{
    const std::vector<std::string> inherited{"PATH=/bin",
                                             "HOME=/elsewhere",
                                             "QREXEC_SERVICE_PATH=/services",
                                             "QREXEC_AGENT_PID=1",
                                             "QREXEC_REMOTE_DOMAIN=forged",
                                             "QREXECX=1"};
    const auto program = serviceProgram(account, requestFor("test.Echo work"), "/services/test.Echo", inherited, 77);
    QVERIFY(has(program, "PATH=/bin"));
    QVERIFY(has(program, "QREXEC_SERVICE_PATH=/services"));
    QVERIFY(has(program, "QREXEC_AGENT_PID=77"));
    QVERIFY(has(program, "QREXEC_REMOTE_DOMAIN=work"));
    QVERIFY(has(program, "HOME=/home/user"));
    QVERIFY(!hasVariable(program, "QREXECX"));
    QVERIFY(!has(program, "HOME=/elsewhere"));
    QVERIFY(!has(program, "QREXEC_AGENT_PID=1"));
    QVERIFY(!has(program, "QREXEC_REMOTE_DOMAIN=forged"));

    const auto shell = shellProgram(account, {"id"}, inherited);
    QVERIFY(!hasVariable(shell, "QREXEC_REMOTE_DOMAIN"));
}

void ProgramsTest::qrexec_047_argumentIsOneWordOrNone()
{
    const auto argumentsFor = [](const std::string &line) {
        const auto program = serviceProgram(account, requestFor(line), "/services/test.Echo", {}, 1);
        // What stands after the script: the file and its arguments.
        return std::vector<std::string>(program.arguments.begin() + 3, program.arguments.end());
    };
    QCOMPARE(argumentsFor("test.Echo work"), (std::vector<std::string>{"/services/test.Echo"}));
    QCOMPARE(argumentsFor("test.Echo+ work"), (std::vector<std::string>{"/services/test.Echo"}));
    QCOMPARE(argumentsFor("test.Echo+-x+y work"), (std::vector<std::string>{"/services/test.Echo", "-x+y"}));

    const auto empty = serviceProgram(account, requestFor("test.Echo+ work"), "/services/test.Echo", {}, 1);
    QVERIFY(has(empty, "QREXEC_SERVICE_ARGUMENT="));
    const auto none = serviceProgram(account, requestFor("test.Echo work"), "/services/test.Echo", {}, 1);
    QVERIFY(!hasVariable(none, "QREXEC_SERVICE_ARGUMENT"));
}

void ProgramsTest::qrexec_056_shellIsALoginShell()
{
    const auto program = shellProgram(account, {"echo $HOME; exit 3"}, {});
    QCOMPARE(program.path, std::string("/bin/bash"));
    QCOMPARE(program.arguments, (std::vector<std::string>{"-bash", "-lc", "echo $HOME; exit 3"}));
    QCOMPARE(program.directory, std::string("/home/user"));
    QVERIFY(has(program, "SHELL=/bin/bash"));
    QVERIFY(has(program, "USER=user"));
    QVERIFY(has(program, "LOGNAME=user"));
}

void ProgramsTest::sourceAndTargetAreVariables()
{
    const auto guest = serviceProgram(account, requestFor("test.Echo+a work"), "/s", {}, 1);
    QVERIFY(has(guest, "QREXEC_SERVICE_FULL_NAME=test.Echo+a"));
    QVERIFY(has(guest, "QREXEC_SERVICE_ARGUMENT=a"));
    QVERIFY(has(guest, "QREXEC_REQUESTED_TARGET_TYPE="));

    const auto named = serviceProgram(account, requestFor("test.Echo work name dom0"), "/s", {}, 1);
    QVERIFY(has(named, "QREXEC_REQUESTED_TARGET_TYPE=name"));
    QVERIFY(has(named, "QREXEC_REQUESTED_TARGET=dom0"));
    QVERIFY(!hasVariable(named, "QREXEC_REQUESTED_TARGET_KEYWORD"));

    const auto keyword = serviceProgram(account, requestFor("test.Echo work keyword adminvm"), "/s", {}, 1);
    QVERIFY(has(keyword, "QREXEC_REQUESTED_TARGET_KEYWORD=adminvm"));
    QVERIFY(!hasVariable(keyword, "QREXEC_REQUESTED_TARGET"));
}

void ProgramsTest::waitProgramRunsDirectly()
{
    const auto program = waitProgram(requestFor("qubes.WaitForSession dom0"), "/s/qubes.WaitForSession", {});
    QCOMPARE(program.path, std::string("/s/qubes.WaitForSession"));
    QCOMPARE(program.arguments, std::vector<std::string>{"/s/qubes.WaitForSession"});
    QVERIFY(has(program, "QREXEC_REMOTE_DOMAIN=dom0"));
}

QTEST_GUILESS_MAIN(ProgramsTest)
#include "programstest.moc"
