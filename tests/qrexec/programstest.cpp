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
    void qrexec_046_sessionProgram_hasTheSessionsEnvironment();
    void sessionShell_isTheOneThatTheSessionNames();
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

void ProgramsTest::qrexec_046_sessionProgram_hasTheSessionsEnvironment()
{
    const std::vector<std::string> inherited{
        "HOME=/elsewhere", "DISPLAY=:7", "QREXEC_REMOTE_DOMAIN=forged", "QREXEC_SERVICE_PATH=/services"};
    const auto program = sessionProgram(requestFor("test.Echo+a work"), "/services/test.Echo", inherited, 77);
    QCOMPARE(program.path, std::string("/services/test.Echo"));
    QCOMPARE(program.arguments, (std::vector<std::string>{"/services/test.Echo", "a"}));
    QVERIFY(program.directory.empty());
    for (const char *const variable : {"HOME=/elsewhere",
                                       "DISPLAY=:7",
                                       "QREXEC_SERVICE_PATH=/services",
                                       "QREXEC_REMOTE_DOMAIN=work",
                                       "QREXEC_SERVICE_ARGUMENT=a",
                                       "QREXEC_AGENT_PID=77"}) {
        QVERIFY2(has(program, variable), variable);
    }
    QVERIFY(!has(program, "QREXEC_REMOTE_DOMAIN=forged"));
}

void ProgramsTest::sessionShell_isTheOneThatTheSessionNames()
{
    const auto program = sessionShellProgram({"ls -l"}, std::vector<std::string>{"SHELL=/bin/bash", "QREXECX=1"});
    QCOMPARE(program.path, std::string("/bin/bash"));
    QCOMPARE(program.arguments, (std::vector<std::string>{"bash", "-c", "ls -l"}));
    QCOMPARE(program.environment, (std::vector<std::string>{"SHELL=/bin/bash"}));
    for (const std::vector<std::string> &without : {std::vector<std::string>{}, std::vector<std::string>{"SHELL="}}) {
        QCOMPARE(sessionShellProgram({"ls"}, without).path, std::string("/bin/sh"));
    }
}

QTEST_GUILESS_MAIN(ProgramsTest)
#include "programstest.moc"
