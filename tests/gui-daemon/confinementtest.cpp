// SPDX-License-Identifier: GPL-2.0-or-later
// Each forbidden call is made in a child that has confined itself as the halves do. The filter is the shipped one,
// without what sanitizers need, so the children use nothing but raw system calls afterwards.
#include "gui-daemon/confinement/confinement.h"

#include <QTest>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>

using namespace Bulkhead;

namespace
{

using Act = long (*)();

constexpr int Allowed = 0;
constexpr int Failed = 1;
constexpr int NotConfined = 2;

/// What becomes of a child that confines itself and does `act`: its exit status, or minus the signal that ended it.
int fateOf(Half half, Act act)
{
    const pid_t child = fork();
    if (child == 0) {
        if (!limitResources(half) || !filterSystemCalls(half, Sanitizers::Absent)) {
            syscall(SYS_exit_group, NotConfined);
        }
        const long result = act();
        syscall(SYS_exit_group, result < 0 ? Failed : Allowed);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

struct Call {
    const char *name;
    Act act;
    bool wireHalf; ///< allowed in it
    bool screenHalf;
};

int s_descriptor = -1;
char s_byte = 0;
[[maybe_unused]] unsigned long s_request = 0;

const Call Calls[] = {
    {"openat",
     [] {
         return syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0);
     },
     false,
     false},
    {"open",
     [] {
         return syscall(SYS_open, "/etc/passwd", O_RDONLY, 0);
     },
     false,
     false},
    {"openat2",
     [] {
         return syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", nullptr, 0);
     },
     false,
     false},
    {"unlink",
     [] {
         return syscall(SYS_unlink, "/nonexistent");
     },
     false,
     false},
    {"socket",
     [] {
         return syscall(SYS_socket, AF_UNIX, SOCK_STREAM, 0);
     },
     false,
     false},
    {"connect",
     [] {
         return syscall(SYS_connect, s_descriptor, nullptr, 0);
     },
     false,
     false},
    {"bind",
     [] {
         return syscall(SYS_bind, s_descriptor, nullptr, 0);
     },
     false,
     false},
    {"accept4",
     [] {
         const long result = syscall(SYS_accept4, s_descriptor, nullptr, nullptr, 0);
         return result < 0 && errno == ENOTSOCK ? 0 : result;
     },
     false,
     true},
    {"execve",
     [] {
         return syscall(SYS_execve, "/bin/true", nullptr, nullptr);
     },
     false,
     false},
    {"execveat",
     [] {
         return syscall(SYS_execveat, s_descriptor, "", nullptr, nullptr, 0);
     },
     false,
     false},
    {"fork",
     [] {
         return syscall(SYS_fork);
     },
     false,
     false},
    {"clone",
     [] {
         return syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr);
     },
     false,
     false},
    {"clone3",
     [] {
         return syscall(SYS_clone3, nullptr, 0);
     },
     false,
     false},
    {"ptrace",
     [] {
         return syscall(SYS_ptrace, PTRACE_TRACEME, 0, nullptr, nullptr);
     },
     false,
     false},
    {"process_vm_readv",
     [] {
         return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0);
     },
     false,
     false},
    {"kill",
     [] {
         return syscall(SYS_kill, 0, 0);
     },
     false,
     false},
    {"ioctl",
     [] {
         return syscall(SYS_ioctl, s_descriptor, TIOCSTI, &s_byte);
     },
     false,
     false},
    {"io_uring_setup",
     [] {
         return syscall(SYS_io_uring_setup, 1, nullptr);
     },
     false,
     false},
    {"bpf",
     [] {
         return syscall(SYS_bpf, 0, nullptr, 0);
     },
     false,
     false},
    {"keyctl",
     [] {
         return syscall(SYS_keyctl, 0, 0, 0, 0, 0);
     },
     false,
     false},
    {"setns",
     [] {
         return syscall(SYS_setns, s_descriptor, 0);
     },
     false,
     false},
    {"prctl",
     [] {
         return syscall(SYS_prctl, PR_SET_DUMPABLE, 1, 0, 0, 0);
     },
     false,
     false},
    {"mmap with exec",
     [] {
         return syscall(SYS_mmap, nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
     },
     false,
     false},
    {"mprotect with exec",
     [] {
         return syscall(SYS_mprotect, nullptr, 4096, PROT_READ | PROT_EXEC);
     },
     false,
     false},
    {"fcntl for ownership",
     [] {
         return syscall(SYS_fcntl, s_descriptor, F_SETOWN, getpid());
     },
     false,
     false},
    {"32-bit calls",
     [] {
         long result = 20;
         asm volatile("int $0x80" : "+a"(result) : : "memory");
         return result;
     },
     false,
     false},
    {"memfd_create",
     [] {
         return syscall(SYS_memfd_create, "test", 0);
     },
     false,
     true},
    {"ftruncate",
     [] {
         return syscall(SYS_ftruncate, s_descriptor, 0);
     },
     false,
     true},
    {"mmap",
     [] {
         return syscall(SYS_mmap, nullptr, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
     },
     true,
     true},
    {"write",
     [] {
         return syscall(SYS_write, s_descriptor, &s_byte, 1);
     },
     true,
     true},
    {"clock_gettime",
     [] {
         timespec now{};
         return syscall(SYS_clock_gettime, CLOCK_BOOTTIME, &now);
     },
     true,
     true},
    {"close",
     [] {
         return syscall(SYS_close, s_descriptor);
     },
     true,
     true},
};

} // namespace

class ConfinementTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void initTestCase()
    {
        s_descriptor = memfd_create("confinementtest", MFD_CLOEXEC);
        QVERIFY(s_descriptor >= 0);
    }

    void S_190_calls_areKilledUnlessListed_data()
    {
        QTest::addColumn<int>("index");
        for (int i = 0; i < static_cast<int>(std::size(Calls)); ++i) {
            QTest::newRow(Calls[i].name) << i;
        }
    }

    void S_190_calls_areKilledUnlessListed()
    {
        QFETCH(int, index);
        const Call &call = Calls[index];
        QCOMPARE(fateOf(Half::Wire, call.act), call.wireHalf ? Allowed : -SIGSYS);
        QCOMPARE(fateOf(Half::Screen, call.act), call.screenHalf ? Allowed : -SIGSYS);
    }

#ifdef BULKHEAD_XEN
    /// A request of Xen's devices: what it does and its number (Linux, include/uapi/xen).
    void S_190_requestsOfXensDevices_areKilledUnlessListed_data()
    {
        QTest::addColumn<quint64>("request");
        QTest::addColumn<bool>("wireHalf");
        const auto number = [](unsigned int device, unsigned int call, std::size_t size) {
            return static_cast<quint64>(_IOC(_IOC_NONE, device, call, size));
        };
        QTest::newRow("evtchn: bind a virtual interrupt") << number('E', 0, 4) << false;
        QTest::newRow("evtchn: bind to a domain") << number('E', 1, 8) << false;
        QTest::newRow("evtchn: offer to a domain") << number('E', 2, 4) << false;
        QTest::newRow("evtchn: unbind") << number('E', 3, 4) << false;
        QTest::newRow("evtchn: notify") << number('E', 4, 4) << true;
        QTest::newRow("evtchn: reset") << number('E', 5, 0) << false;
        QTest::newRow("gntdev: map") << number('G', 0, 24) << true;
        QTest::newRow("gntdev: let go") << number('G', 1, 16) << true;
        QTest::newRow("gntalloc: share") << number('G', 5, 24) << false;
        QTest::newRow("gntdev: farewell") << number('G', 7, 16) << false;
        QTest::newRow("gntdev: copy") << number('G', 8, 16) << false;
        QTest::newRow("privcmd: hypercall") << number('P', 0, 48) << false;
    }

    void S_190_requestsOfXensDevices_areKilledUnlessListed()
    {
        QFETCH(quint64, request);
        QFETCH(bool, wireHalf);
        s_request = request;
        const Act act = [] {
            // The descriptor is no such device: what the filter lets through fails.
            return syscall(SYS_ioctl, s_descriptor, s_request, &s_byte) < 0 ? 0L : -1L;
        };
        QCOMPARE(fateOf(Half::Wire, act), wireHalf ? Allowed : -SIGSYS);
        QCOMPARE(fateOf(Half::Screen, act), -SIGSYS);
    }
#endif

    void S_192_wireHalf_cannotHoldMoreDescriptors()
    {
        const auto fillUp = []() -> long {
            for (int i = 0; i < 40; ++i) {
                if (syscall(SYS_dup, s_descriptor) < 0) {
                    return -1;
                }
            }
            return 0;
        };
        const pid_t child = fork();
        if (child == 0) {
            const bool limited = limitResources(Half::Wire).has_value();
            syscall(SYS_exit_group, limited && fillUp() < 0 ? Allowed : Failed);
        }
        int status = 0;
        waitpid(child, &status, 0);
        QCOMPARE(WEXITSTATUS(status), Allowed);
    }

    void S_190_landlock_closesTheFileSystem()
    {
        if (syscall(SYS_landlock_create_ruleset, nullptr, 0, 1U) < 1) {
            QSKIP("this kernel has no Landlock");
        }
        const pid_t child = fork();
        if (child == 0) {
            const bool done = limitResources(Half::Wire) && closeFileSystem();
            const bool opened = syscall(SYS_openat, AT_FDCWD, "/etc/passwd", O_RDONLY, 0) >= 0;
            syscall(SYS_exit_group, done && !opened ? Allowed : Failed);
        }
        int status = 0;
        waitpid(child, &status, 0);
        QCOMPARE(WEXITSTATUS(status), Allowed);
    }

    void coreFilesAreOffAndMemoryIsClosedToOthers()
    {
        const pid_t child = fork();
        if (child == 0) {
            rlimit core{.rlim_cur = 1, .rlim_max = 1};
            const bool done = limitResources(Half::Wire) && getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_max == 0
                && prctl(PR_GET_DUMPABLE) == 0 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
            syscall(SYS_exit_group, done ? Allowed : Failed);
        }
        int status = 0;
        waitpid(child, &status, 0);
        QCOMPARE(WEXITSTATUS(status), Allowed);
    }
};

QTEST_GUILESS_MAIN(ConfinementTest)
#include "confinementtest.moc"
