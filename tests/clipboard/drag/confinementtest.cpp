// SPDX-License-Identifier: GPL-2.0-or-later
// Each call is made in a child that has confined itself as bulkhead-drag does. The filter is the shipped one, without
// what sanitizers need, so the children use nothing but raw system calls afterwards.
#include "clipboard/drag/broker/confinement.h"

#include "tests/support/confinedchild.h"

#include <QTest>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <csignal>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

// clang-format off
const SystemCall Forbidden[] = {
    {"openat", [] { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0); }},
    {"execve", [] { return syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"fork", [] { return syscall(SYS_fork); }},
    {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
    {"ptrace", [] { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"kill", [] { return syscall(SYS_kill, 0, 0); }},
    {"internet socket", [] { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"bind", [] { return syscall(SYS_bind, -1, nullptr, 0); }},
    {"unlink", [] { return syscall(SYS_unlink, "/nonexistent/x"); }},
    {"rename", [] { return syscall(SYS_rename, "/nonexistent/x", "/nonexistent/y"); }},
    {"mkdir", [] { return syscall(SYS_mkdir, "/nonexistent/x", 0700); }},
    {"mmap with exec", [] {
        return syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
};

const SystemCall Needed[] = {
    {"unix socket", [] { return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"a call's stream", [] { int ends[2]; return syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, ends); }},
    {"poll, as the X library does", [] { return syscall(SYS_poll, nullptr, 0, 0); }},
    {"mmap", [] { return syscall(SYS_mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
};
// clang-format on

int actConfined(Act act)
{
    if (!giveUpPrivileges() || !Drag::filterSystemCalls(Sanitizers::Absent)) {
        return NotConfined;
    }
    return act() < 0 ? Failed : Allowed;
}

} // namespace

class DragConfinementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_190_forbiddenCall_killsBulkheadDrag_data()
    {
        addRows(Forbidden);
    }

    void S_190_forbiddenCall_killsBulkheadDrag()
    {
        QFETCH(const int, index);
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
        QFETCH(const int, index);
        const Act act = Needed[index].act;
        QCOMPARE(fateOf([act] {
                     return actConfined(act);
                 }),
                 Allowed);
    }

    void S_190_landlock_leavesNoFile()
    {
        if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 1) {
            QSKIP("this kernel has no Landlock");
        }
        QCOMPARE(fateOf([] {
                     if (!giveUpPrivileges() || !closeFileSystem()) {
                         return NotConfined;
                     }
                     return ::open("/etc/passwd", O_RDONLY) < 0 && ::open("/", O_RDONLY | O_DIRECTORY) < 0 ? Allowed
                                                                                                           : Failed;
                 }),
                 Allowed);
    }
};

QTEST_GUILESS_MAIN(DragConfinementTest)
#include "confinementtest.moc"
