// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/programstart.h"

#include "base/fd.h"

#include <QByteArray>
#include <QTest>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <string>
#include <vector>

using namespace Bulkhead;

class ProgramStartTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void program_getsWhatIsGivenAndNoMore();
    void program_hearsEverySignal();
    void program_hasASessionOfItsOwnIfAsked();
    void program_thatIsNotThereIsAnError();

private:
    /// What it wrote to its descriptor 7; it must end with status 0.
    [[nodiscard]] static QByteArray run(const std::string &script, SpawnSession session = SpawnSession::Ours);
};

QByteArray ProgramStartTest::run(const std::string &script, SpawnSession session)
{
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return "(no pipe)";
    }
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const auto pid =
        spawnProgram({.words = {"sh", "-c", script},
                      .descriptors = {{.ours = -1, .its = STDIN_FILENO}, {.ours = writing.get(), .its = 7}},
                      .environment = std::vector<std::string>{"PATH=/usr/bin:/bin", "WORD=a b"},
                      .session = session});
    writing.reset();
    QByteArray said;
    std::array<char, 256> buffer{};
    for (ssize_t count = 1; count > 0;) {
        count = ::read(reading.get(), buffer.data(), buffer.size());
        said.append(buffer.data(), std::max<ssize_t>(0, count));
    }
    int status = -1;
    const bool isWell = pid && ::waitpid(*pid, &status, 0) == *pid && status == 0;
    return isWell ? said : "(it failed)" + said;
}

void ProgramStartTest::program_getsWhatIsGivenAndNoMore()
{
    const UniqueFd secret(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    QVERIFY(secret);
    QCOMPARE(run("echo \"$WORD|$HOME\" >&7; cat >&7; [ ! -e /proc/self/fd/" + std::to_string(secret.get()) + " ]"),
             QByteArray("a b|\n"));
}

void ProgramStartTest::program_hearsEverySignal()
{
    sigset_t blocked{};
    sigset_t before{};
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    QCOMPARE(::sigprocmask(SIG_BLOCK, &blocked, &before), 0);
    const auto pipeBefore = std::signal(SIGPIPE, SIG_IGN);
    const QByteArray said = run("grep -E 'Sig(Blk|Ign)' /proc/self/status >&7");
    (void)std::signal(SIGPIPE, pipeBefore);
    QCOMPARE(::sigprocmask(SIG_SETMASK, &before, nullptr), 0);
    QCOMPARE(said, QByteArray("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n"));
}

void ProgramStartTest::program_hasASessionOfItsOwnIfAsked()
{
    // Fields of /proc/PID/stat: the number, the name, the state, the parent, the group, the session.
    const std::string script = "read -r pid name state parent group session rest </proc/$$/stat; echo $session >&7";
    QCOMPARE(run(script).trimmed().toInt(), ::getsid(0));
    QVERIFY(run(script, SpawnSession::Own).trimmed().toInt() != ::getsid(0));
}

void ProgramStartTest::program_thatIsNotThereIsAnError()
{
    const auto pid = spawnProgram({.words = {"no-such-program-here"}});
    QVERIFY(!pid);
    QVERIFY(pid.error().text().contains("no-such-program-here"));
}

QTEST_GUILESS_MAIN(ProgramStartTest)
#include "programstarttest.moc"
