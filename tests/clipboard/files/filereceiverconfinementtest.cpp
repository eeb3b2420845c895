// SPDX-License-Identifier: GPL-2.0-or-later
// Each call is made in a child that has confined itself as the receiver does. The filter is the shipped one, without
// what sanitizers need, so the children use nothing but raw system calls afterwards.
#include "clipboard/files/receiverconfinement.h"
#include "tests/support/confinedchild.h"

#include <QDir>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Bulkhead::FileCopy;

namespace
{

// clang-format off
const SystemCall Forbidden[] = {
    {"open", [] { return syscall(SYS_open, "/etc/passwd", O_RDONLY); }},
    {"openat", [] { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0); }},
    {"execve", [] { return syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"execveat", [] { return syscall(SYS_execveat, -1, "", nullptr, nullptr, 0); }},
    {"fork", [] { return syscall(SYS_fork); }},
    {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
    {"ptrace", [] { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"kill", [] { return syscall(SYS_kill, 0, 0); }},
    {"unix socket", [] { return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"internet socket", [] { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"connect", [] { return syscall(SYS_connect, -1, nullptr, 0); }},
    {"mknodat", [] { return syscall(SYS_mknodat, AT_FDCWD, "x", 0, 0); }},
    {"linkat", [] { return syscall(SYS_linkat, AT_FDCWD, "x", AT_FDCWD, "y", 0); }},
    {"chown", [] { return syscall(SYS_fchownat, AT_FDCWD, "x", 0, 0, 0); }},
    {"setxattr", [] { return syscall(SYS_setxattr, "x", "y", nullptr, 0, 0); }},
    {"chroot", [] { return syscall(SYS_chroot, "/"); }},
    {"mount", [] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }},
    {"setuid", [] { return syscall(SYS_setuid, 0); }},
    {"io_uring", [] { return syscall(SYS_io_uring_setup, 0, nullptr); }},
    {"mmap with exec", [] {
        return syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
};

const SystemCall Needed[] = {
    {"mmap", [] { return syscall(SYS_mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
    {"brk", [] { return syscall(SYS_brk, nullptr); }},
    {"syncfs of nothing", []() -> long { return syscall(SYS_syncfs, -1) == -1 ? 0 : -1; }},
};
// clang-format on

int actConfined(Act act)
{
    if (!giveUpPrivileges() || !filterReceiverCalls(Sanitizers::Absent)) {
        return NotConfined;
    }
    return act() < 0 ? Failed : Allowed;
}

bool kernelHasLandlock()
{
    return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) >= 2;
}

} // namespace

class FileReceiverConfinementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void filecopy_031_S_190_forbiddenCall_killsTheReceiver_data()
    {
        addRows(Forbidden);
    }

    void filecopy_031_S_190_forbiddenCall_killsTheReceiver()
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

    void filecopy_031_onlyItsDirectoriesAreOpen()
    {
        if (!kernelHasLandlock()) {
            QSKIP("this kernel has no Landlock that knows of moves");
        }
        const QTemporaryDir directory;
        for (const char *const name : {"work", ".staging", "personal"}) {
            QVERIFY(QDir(directory.path()).mkdir(QString::fromLatin1(name)));
        }
        const std::string root = directory.path().toStdString();
        const auto confined = [&root](const std::function<bool()> &act) {
            return fateOf([&] {
                const QubeName work = QubeName::parse("work").value();
                if (!giveUpPrivileges() || !closeReceiverFiles(root, work, Sanitizers::Absent)) {
                    return NotConfined;
                }
                return act() ? Allowed : Failed;
            });
        };
        const auto makes = [&root](const char *name) {
            const int fd = ::open((root + name).c_str(), O_WRONLY | O_CREAT | O_EXCL, 0600);
            return fd >= 0;
        };
        QCOMPARE(confined([&] {
                     return makes("/.staging/x")
                         && ::rename((root + "/.staging/x").c_str(), (root + "/work/x").c_str()) == 0;
                 }),
                 Allowed);
        QCOMPARE(confined([&] {
                     return makes("/x");
                 }),
                 Failed);
        QCOMPARE(confined([&] {
                     return makes("/personal/x");
                 }),
                 Failed);
        QCOMPARE(confined([&] {
                     return ::open("/etc/passwd", O_RDONLY) >= 0;
                 }),
                 Failed);
        QCOMPARE(confined([&] {
                     return ::open((root + "/work/x").c_str(), O_RDONLY) >= 0; // not even what came before
                 }),
                 Failed);
        QCOMPARE(confined([&] {
                     return ::rename((root + "/work/x").c_str(), (root + "/personal/x").c_str()) == 0;
                 }),
                 Failed);
        QCOMPARE(confined([&] {
                     return ::mkfifo((root + "/work/fifo").c_str(), 0600) == 0;
                 }),
                 Failed);
    }
};

QTEST_GUILESS_MAIN(FileReceiverConfinementTest)
#include "filereceiverconfinementtest.moc"
