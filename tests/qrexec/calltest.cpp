// SPDX-License-Identifier: GPL-2.0-or-later
// Calls of dom0 through all three programs and the exchange, as they ship.
#include "tests/qrexec/programrig.h"
#include "tests/support/eventually.h"

#include <QFile>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <thread>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

/// Status, output and error output of a call that has ended.
struct Outcome {
    int status = -1;
    QByteArray output;
    QByteArray error;
};

struct Rig : ProgramRig {
    Rig()
    {
        startAgent();
        startDaemon(QString::fromStdString(ownUser()));
    }

    [[nodiscard]] bool isReady() const
    {
        return QFile::exists(socket(QStringLiteral("work")));
    }

    static QString line(const QString &text)
    {
        return QStringLiteral("DEFAULT:") + text;
    }

    Outcome run(const QStringList &arguments, const QByteArray &input = {})
    {
        const auto process = client(arguments);
        process->write(input);
        process->closeWriteChannel();
        return outcomeOf(*process);
    }

    static Outcome outcomeOf(QProcess &process)
    {
        if (process.state() != QProcess::NotRunning && !process.waitForFinished(LongestMs)) {
            return {};
        }
        return {
            .status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2,
            .output = process.readAllStandardOutput(),
            .error = process.readAllStandardError(),
        };
    }

    [[nodiscard]] QByteArray read(const QString &name) const
    {
        QFile file(path(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

    void makeFifo(const QString &name) const
    {
        BH_ASSERT(::mkfifo(path(name).toLocal8Bit().constData(), 0600) == 0);
    }

    /// Lets go who reads a line of the fifo.
    void open(const QString &name) const
    {
        QFile gate(path(name));
        BH_ASSERT(gate.open(QIODevice::WriteOnly) && gate.write("go\n") == 3);
    }
};

constexpr std::size_t BlockSize = std::size_t{1} << 16;

/// Bytes that tell their place, for ever: they repeat after a prime, which no buffer on the way has for its size.
class Pattern
{
public:
    Pattern()
        : m_bytes(Period + BlockSize)
    {
        std::uint32_t state = 1;
        for (std::size_t i = 0; i < m_bytes.size(); ++i) {
            state = state * 1664525 + 1013904223;
            m_bytes[i] = i < Period ? static_cast<std::byte>(state >> 24) : m_bytes[i - Period];
        }
    }

    [[nodiscard]] std::span<const std::byte> at(std::uint64_t place, std::size_t size) const
    {
        return std::span(m_bytes).subspan(place % Period, size);
    }

private:
    static constexpr std::size_t Period = 1'048'573;

    std::vector<std::byte> m_bytes;
};

/// Writes `total` bytes of the pattern to a pipe and closes it.
void writePattern(const Pattern &pattern, UniqueFd pipe, std::uint64_t total)
{
    for (std::uint64_t place = 0; place < total;) {
        const auto block = pattern.at(place, std::min<std::uint64_t>(BlockSize, total - place));
        const ssize_t count = ::write(pipe.get(), block.data(), block.size());
        if (count < 0) {
            return; // what is missing is seen by the reader
        }
        place += static_cast<std::uint64_t>(count);
    }
}

/// How many bytes come out of a pipe until it ends, or until they are not the pattern.
std::uint64_t readPattern(const Pattern &pattern, int pipe)
{
    std::vector<std::byte> block(BlockSize);
    for (std::uint64_t place = 0;;) {
        const ssize_t count = ::read(pipe, block.data(), block.size());
        const auto size = static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        if (size == 0 || std::memcmp(block.data(), pattern.at(place, size).data(), size) != 0) {
            return place;
        }
        place += size;
    }
}

} // namespace

class CallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void command_movesItsStreamsAndStatus()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        const Outcome outcome =
            rig.run({Rig::line(QStringLiteral("tr a-z A-Z; echo wrong >&2; exit 42"))}, "some text");
        QCOMPARE(outcome.output, QByteArray("SOME TEXT"));
        QCOMPARE(outcome.error, QByteArray("wrong\n"));
        QCOMPARE(outcome.status, 42);
    }

    void qrexec_010_qrexec_014_endOfACall_isReportedAndItsPortUsedAgain()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        rig.addService(QStringLiteral("test.Ports"), "#!/bin/sh\ntr '\\0' ' ' < /proc/$QREXEC_AGENT_PID/cmdline\n");
        for (const char *const name : {"work", "1", "uuid:01234567-89ab-cdef-0123-456789abcdef"}) {
            const Outcome outcome = rig.run({QStringLiteral("-d"),
                                             QString::fromLatin1(name),
                                             Rig::line(QStringLiteral("QUBESRPC test.Ports dom0"))});
            QCOMPARE(outcome.status, 0);
            QVERIFY2(outcome.output.contains("--call-domain=0 "), outcome.output.constData());
        }
        // More calls than there are ports: none of them was lost. (Their ends are reported after the client's.)
        std::vector<std::unique_ptr<QProcess>> running;
        running.reserve(8);
        for (int i = 0; i < 8; ++i) {
            running.push_back(rig.client({Rig::line(QStringLiteral("echo %1").arg(i))}));
        }
        for (int i = 0; i < 8; ++i) {
            const Outcome outcome = Rig::outcomeOf(*running.at(static_cast<std::size_t>(i)));
            QCOMPARE(outcome.status, 0);
            QCOMPARE(outcome.output, QByteArray::number(i) + '\n');
        }
    }

    void qrexec_039_justExec_runsWithoutStreamsAndReportsTheStart()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        rig.addService(QStringLiteral("test.Streams"),
                       "#!/bin/sh\n"
                       "in=$(readlink /proc/$$/fd/0); out=$(readlink /proc/$$/fd/1)\n"
                       "echo \"$in\" > \"$RIG/in\"; echo \"$out\" > \"$RIG/out\"\n"
                       "echo unheard; cat; echo done > \"$RIG/ended\"; exit 9\n");
        const Outcome outcome =
            rig.run({QStringLiteral("-e"), Rig::line(QStringLiteral("QUBESRPC test.Streams dom0"))}, "input");
        QCOMPARE(outcome.status, 0); // that of the start
        QCOMPARE(outcome.output, QByteArray());
        BH_EVENTUALLY(rig.read(QStringLiteral("ended")) == "done\n");
        QCOMPARE(rig.read(QStringLiteral("in")), QByteArray("/dev/null\n"));
        QCOMPARE(rig.read(QStringLiteral("out")), QByteArray("/dev/null\n"));
        QCOMPARE(rig.run({QStringLiteral("-e"), Rig::line(QStringLiteral("QUBESRPC test.None dom0"))}).status, 127);
    }

    void qrexec_061_endOfInput_leavesTheOutput()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        rig.makeFifo(QStringLiteral("gate"));
        const auto process = rig.client({Rig::line(
            QStringLiteral("cat; echo ended; read x < '%1'; echo more").arg(rig.path(QStringLiteral("gate"))))});
        process->write("in ");
        process->closeWriteChannel();
        QByteArray output;
        BH_EVENTUALLY((output += process->readAllStandardOutput()) == "in ended\n");
        rig.open(QStringLiteral("gate"));
        const Outcome outcome = Rig::outcomeOf(*process);
        QCOMPARE(outcome.output, QByteArray("more\n"));
        QCOMPARE(outcome.status, 0);
    }

    void qrexec_063_oneGibibyteBothWays_isExact()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        constexpr std::uint64_t Total = std::uint64_t{1} << 30;
        std::array<int, 2> in{};
        std::array<int, 2> out{};
        QVERIFY(::pipe2(in.data(), O_CLOEXEC) == 0 && ::pipe2(out.data(), O_CLOEXEC) == 0);
        const UniqueFd theirInput(in[0]);
        const UniqueFd ourOutput(out[0]);
        UniqueFd theirOutput(out[1]);
        QProcess process;
        process.setProcessEnvironment(rig.dom0Environment());
        process.setChildProcessModifier([&theirInput, &theirOutput] {
            (void)::dup2(theirInput.get(), STDIN_FILENO);
            (void)::dup2(theirOutput.get(), STDOUT_FILENO);
        });
        process.start(QStringLiteral(BULKHEAD_QREXEC_CLIENT),
                      rig.clientArguments({Rig::line(QStringLiteral("exec cat"))}));
        QVERIFY(process.waitForStarted(LongestMs));
        theirOutput.reset();
        const Pattern pattern;
        const std::jthread writer(writePattern, std::cref(pattern), UniqueFd(in[1]), Total);
        QCOMPARE(readPattern(pattern, ourOutput.get()), Total);
        BH_EVENTUALLY(process.state() == QProcess::NotRunning);
        QCOMPARE(process.exitCode(), 0);
    }

    void qrexec_064_qubesEndDies_theCallerEndsWith255()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        const auto process = rig.client({Rig::line(QStringLiteral("echo there; exec sleep 1000"))});
        QByteArray output;
        BH_EVENTUALLY((output += process->readAllStandardOutput()) == "there\n");
        const auto descendants = descendantsOf(rig.agent().processId());
        QCOMPARE(descendants.size(), 2U); // the call's process, and the command
        ::kill(static_cast<pid_t>(descendants.front()), SIGKILL);
        QCOMPARE(Rig::outcomeOf(*process).status, 255);
        ::kill(static_cast<pid_t>(descendants.back()), SIGKILL);
    }

    void qrexec_020_agentIsKilled_itsCallsGoOnAndKeepTheirPorts()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        rig.addService(QStringLiteral("test.Port"), "#!/bin/sh\ntr '\\0' ' ' < /proc/$QREXEC_AGENT_PID/cmdline\n");
        const auto process = rig.client({Rig::line(QStringLiteral("echo there; cat"))});
        QByteArray output;
        BH_EVENTUALLY((output += process->readAllStandardOutput()) == "there\n");
        rig.agent().kill();
        BH_EVENTUALLY(rig.agent().state() == QProcess::NotRunning && !rig.isReady());
        rig.startAgent();
        BH_EVENTUALLY(rig.isReady());
        const Outcome other = rig.run({Rig::line(QStringLiteral("QUBESRPC test.Port dom0"))});
        QVERIFY2(other.output.contains("--call-port=514 "), other.output.constData());
        process->write("still here");
        process->closeWriteChannel();
        const Outcome outcome = Rig::outcomeOf(*process);
        QCOMPARE(outcome.output, QByteArray("still here"));
        QCOMPARE(outcome.status, 0);
    }

    void daemonIsKilled_itsCallsGoOnAndNewOnesWork()
    {
        Rig rig;
        BH_EVENTUALLY(rig.isReady());
        const auto process = rig.client({Rig::line(QStringLiteral("echo there; cat"))});
        QByteArray output;
        BH_EVENTUALLY((output += process->readAllStandardOutput()) == "there\n");
        rig.daemon().kill();
        BH_EVENTUALLY(rig.daemon().state() == QProcess::NotRunning);
        QFile::remove(rig.socket(QStringLiteral("work"))); // it could not
        rig.startDaemon(QString::fromStdString(ownUser()));
        BH_EVENTUALLY(rig.isReady());
        process->write("still here");
        process->closeWriteChannel();
        QCOMPARE(Rig::outcomeOf(*process).output, QByteArray("still here"));
        QCOMPARE(rig.run({Rig::line(QStringLiteral("echo anew"))}).output, QByteArray("anew\n"));
    }
};

QTEST_GUILESS_MAIN(CallTest)
#include "calltest.moc"
