// SPDX-License-Identifier: GPL-2.0-or-later
// Each call is made in a child that has confined itself as the daemon does. The filter is the shipped one, without what
// sanitizers need, so the children use nothing but raw system calls afterwards.
#include "base/genericaddress.h"
#include "qrexec/daemon/confinement.h"
#include "tests/support/confinedchild.h"

#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include <csignal>
#include <cstring>
#include <ctime>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Bulkhead::Qrexec;

namespace
{

int s_descriptor = -1;
char s_byte = 0;

// clang-format off
const SystemCall Forbidden[] = {
    {"openat", [] { return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0); }},
    {"open", [] { return syscall(SYS_open, "/etc/passwd", O_RDONLY, 0); }},
    {"openat2", [] { return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0); }},
    {"execve", [] { return syscall(SYS_execve, "/bin/true", nullptr, nullptr); }},
    {"execveat", [] { return syscall(SYS_execveat, s_descriptor, "", nullptr, nullptr, 0); }},
    {"fork", [] { return syscall(SYS_fork); }},
    {"vfork", [] { return syscall(SYS_vfork); }},
    {"clone", [] { return syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr); }},
    {"clone3", [] { return syscall(SYS_clone3, nullptr, 0); }},
    {"ptrace", [] { return syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr); }},
    {"process_vm_readv", [] { return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0); }},
    {"kill", [] { return syscall(SYS_kill, 0, 0); }},
    {"ioctl", [] { return syscall(SYS_ioctl, s_descriptor, TIOCSTI, &s_byte); }},
    {"internet socket", [] { return syscall(SYS_socket, AF_INET, SOCK_STREAM, 0); }},
    {"netlink socket", [] { return syscall(SYS_socket, AF_NETLINK, SOCK_RAW, 0); }},
    {"socketpair", [] { return syscall(SYS_socketpair, AF_INET, SOCK_STREAM, 0, nullptr); }},
    {"io_uring_setup", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
    {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
    {"keyctl", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0); }},
    {"setns", [] { return syscall(SYS_setns, s_descriptor, 0); }},
    {"unshare", [] { return syscall(SYS_unshare, 0); }},
    {"mount", [] { return syscall(SYS_mount, nullptr, nullptr, nullptr, 0, nullptr); }},
    {"setuid", [] { return syscall(SYS_setuid, 0); }},
    {"mkdir", [] { return syscall(SYS_mkdir, "/nonexistent/x", 0700); }},
    {"memfd_create", [] { return syscall(SYS_memfd_create, "test", 0); }},
    {"prctl", [] { return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0); }},
    {"mmap with exec", [] {
        return syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
    {"mprotect with exec", [] { return syscall(SYS_mprotect, nullptr, 4096, PROT_READ | PROT_EXEC); }},
    {"fcntl for ownership", [] { return syscall(SYS_fcntl, s_descriptor, F_SETOWN, getpid()); }},
    {"32-bit calls", [] {
        long result = 20;
        asm volatile("int $0x80" : "+a"(result) : : "memory");
        return result; }},
};

const SystemCall Needed[] = {
    {"unix socket", [] { return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0); }},
    {"mmap", [] { return syscall(SYS_mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }},
    {"write", [] { return syscall(SYS_write, s_descriptor, &s_byte, 1); }},
    {"epoll_create1", [] { return syscall(SYS_epoll_create1, 0); }},
    {"fcntl of flags", [] { return syscall(SYS_fcntl, s_descriptor, F_SETFD, FD_CLOEXEC); }},
    {"fcntl of seals", [] { return syscall(SYS_fcntl, s_descriptor, F_GET_SEALS); }},
    {"clock_gettime", [] { timespec now{}; return syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &now); }},
};
// clang-format on

int actConfined(Act act)
{
    if (!giveUpPrivileges() || !filterDaemonCalls(Sanitizers::Absent, {})) {
        return NotConfined;
    }
    return act() < 0 ? Failed : Allowed;
}

/// Whether a socket can be made at `path`.
bool binds(const std::string &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    const int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
    return socket >= 0 && ::bind(socket, genericAddress(address), sizeof address) == 0;
}

} // namespace

class DaemonConfinementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        s_descriptor = memfd_create("daemonconfinementtest", MFD_CLOEXEC);
        QVERIFY(s_descriptor >= 0);
    }

    void S_190_forbiddenCall_killsTheDaemon_data()
    {
        addRows(Forbidden);
    }

    void S_190_forbiddenCall_killsTheDaemon()
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

    void S_190_landlock_leavesOnlyTheSocketsDirectory()
    {
        if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 1) {
            QSKIP("this kernel has no Landlock");
        }
        const QTemporaryDir sockets;
        const QTemporaryDir other;
        QCOMPARE(fateOf([&] {
                     if (!giveUpPrivileges() || !closeDaemonFiles(sockets.path().toStdString(), {})) {
                         return NotConfined;
                     }
                     const std::string here = sockets.path().toStdString();
                     const std::string there = other.path().toStdString();
                     const bool works = binds(here + "/a")
                         && ::rename((here + "/a").c_str(), (here + "/b").c_str()) == 0
                         && ::symlink("b", (here + "/c").c_str()) == 0 && ::unlink((here + "/b").c_str()) == 0;
                     const bool escapes = binds(there + "/a")
                         || ::open((here + "/file").c_str(), O_CREAT | O_RDWR, 0600) >= 0
                         || ::open("/etc/passwd", O_RDONLY) >= 0 || ::mkdir((here + "/folder").c_str(), 0700) == 0;
                     return works && !escapes ? Allowed : Failed;
                 }),
                 Allowed);
    }

    void S_190_devices_areOpenedOnlyInTheirDirectory()
    {
        if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 1) {
            QSKIP("this kernel has no Landlock");
        }
        const QTemporaryDir sockets;
        const QTemporaryDir devices;
        const std::string node = devices.path().toStdString() + "/node";
        const std::string other = sockets.path().toStdString() + "/other";
        for (const auto &path : {node, other}) {
            QVERIFY(::close(::open(path.c_str(), O_CREAT | O_RDWR, 0600)) == 0);
        }
        const DeviceAccess access{.directory = devices.path().toStdString(), .requests = {FIONREAD}};
        QCOMPARE(fateOf([&] {
                     if (!giveUpPrivileges() || !closeDaemonFiles(sockets.path().toStdString(), access)
                         || !filterDaemonCalls(Sanitizers::Absent, access)) {
                         return NotConfined;
                     }
                     const long opened = syscall(SYS_openat, AT_FDCWD, node.c_str(), O_RDWR | O_CLOEXEC, 0);
                     int waiting = 0;
                     const bool works = opened >= 0 && syscall(SYS_ioctl, opened, FIONREAD, &waiting) == 0;
                     const bool escapes = syscall(SYS_openat, AT_FDCWD, other.c_str(), O_RDWR | O_CLOEXEC, 0) >= 0;
                     return works && !escapes ? Allowed : Failed;
                 }),
                 Allowed);
    }

    void socketDirectoryThatIsMissing_isAnError()
    {
        QCOMPARE(fateOf([] {
                     return giveUpPrivileges() && !closeDaemonFiles("/nonexistent/sockets", {}) ? Allowed : Failed;
                 }),
                 Allowed);
    }
};

QTEST_GUILESS_MAIN(DaemonConfinementTest)
#include "daemonconfinementtest.moc"
