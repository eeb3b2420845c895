// SPDX-License-Identifier: GPL-2.0-or-later
// Each call is made in a child that has confined itself as the policy's daemon does. The filter is the shipped one,
// without what sanitizers need, so the children use nothing but raw system calls afterwards.
#include "qrexec/policyd/confinement.h"
#include "tests/support/confinedchild.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Bulkhead::Qrexec;

namespace
{

// clang-format off
const SystemCall Forbidden[] = {
    {"open to write", [] { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_WRONLY, 0); }},
    {"open to make", [] { return syscall(SYS_openat, AT_FDCWD, "/nonexistent/x", O_RDONLY | O_CREAT, 0600); }},
    {"execve", [] { return syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"fork", [] { return syscall(SYS_fork); }},
    {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
    {"ptrace", [] { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"kill", [] { return syscall(SYS_kill, 0, 0); }},
    {"internet socket", [] { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"bind", [] { return syscall(SYS_bind, -1, nullptr, 0); }},
    {"rename", [] { return syscall(SYS_rename, "/nonexistent/x", "/nonexistent/y"); }},
    {"chmod", [] { return syscall(SYS_chmod, "/nonexistent/x", 0600); }},
    {"mkdir", [] { return syscall(SYS_mkdir, "/nonexistent/x", 0700); }},
    {"mmap with exec", [] {
        return syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
};

const SystemCall Needed[] = {
    {"unix socket", [] { return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"open to read", [] { return syscall(SYS_openat, AT_FDCWD, "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0); }},
    {"epoll_create1", [] { return syscall(SYS_epoll_create1, 0); }},
    {"mmap", [] { return syscall(SYS_mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
};
// clang-format on

int actConfined(Act act)
{
    if (!giveUpPrivileges() || !filterPolicyDaemonCalls(Sanitizers::Absent)) {
        return NotConfined;
    }
    return act() < 0 ? Failed : Allowed;
}

} // namespace

class PolicydConfinementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_190_forbiddenCall_killsPolicyd_data()
    {
        addRows(Forbidden);
    }

    void S_190_forbiddenCall_killsPolicyd()
    {
        QFETCH(int, index);
        const Act act = Forbidden[index].act;
        QCOMPARE(fateOf([act] {
                     return actConfined(act);
                 }),
                 -SIGSYS);
    }

    void neededCall_isAllowed_data()
    {
        addRows(Needed);
    }

    void neededCall_isAllowed()
    {
        QFETCH(int, index);
        const Act act = Needed[index].act;
        QCOMPARE(fateOf([act] {
                     return actConfined(act);
                 }),
                 Allowed);
    }

    void S_190_landlock_leavesNothingToWrite()
    {
        if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 1) {
            QSKIP("this kernel has no Landlock");
        }
        const QTemporaryDir sockets;
        const std::string here = sockets.path().toStdString();
        QVERIFY(::close(::open((here + "/file").c_str(), O_CREAT | O_RDWR, 0600)) == 0);
        QCOMPARE(fateOf([&] {
                     if (!giveUpPrivileges() || !closePolicyDaemonFiles(here)) {
                         return NotConfined;
                     }
                     const bool escapes = ::open((here + "/file").c_str(), O_WRONLY) >= 0
                         || ::open((here + "/other").c_str(), O_CREAT | O_RDWR, 0600) >= 0
                         || ::mkdir((here + "/folder").c_str(), 0700) == 0;
                     const bool works = ::open((here + "/file").c_str(), O_RDONLY) >= 0
                         && ::open("/etc", O_RDONLY | O_DIRECTORY) >= 0 && ::unlink((here + "/file").c_str()) == 0;
                     return works && !escapes ? Allowed : Failed;
                 }),
                 Allowed);
    }
};

QTEST_GUILESS_MAIN(PolicydConfinementTest)

#include "policydconfinementtest.moc"
