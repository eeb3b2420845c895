// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/log.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "base/loglimiter.h"

#include <QByteArrayList>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <functional>

using namespace Bulkhead;
using namespace std::chrono_literals;

class LogTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_196_floodOfOneQubeIsCutAndCounted();
    void S_196_kindsDoNotGrowWithoutBound();
    void S_196_floodOnDiskIsBoundedAndLeavesOthersTheirLines();
    void S_196_levelsOfOneQubeAreKindsOfTheirOwn();

private:
    /// What is written to standard error meanwhile.
    [[nodiscard]] static QByteArrayList linesOf(const std::function<void()> &writing);
    [[nodiscard]] static qsizetype countOf(const QByteArrayList &lines, const char *subject);
};

QByteArrayList LogTest::linesOf(const std::function<void()> &writing)
{
    const QTemporaryDir directory;
    const QByteArray path = QFile::encodeName(directory.filePath(QStringLiteral("log")));
    {
        const UniqueFd own(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
        const UniqueFd file(::open(path.constData(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (!own || !file || ::dup2(file.get(), STDERR_FILENO) < 0) {
            return {};
        }
        writing();
        (void)::dup2(own.get(), STDERR_FILENO);
    }
    QFile log(QFile::decodeName(path));
    return log.open(QIODevice::ReadOnly) ? log.readAll().trimmed().split('\n') : QByteArrayList();
}

qsizetype LogTest::countOf(const QByteArrayList &lines, const char *subject)
{
    return std::ranges::count_if(lines, [subject](const QByteArray &line) {
        return line.contains(subject);
    });
}

void LogTest::S_196_floodOfOneQubeIsCutAndCounted()
{
    LogLimiter limiter;
    const TimePoint begin{1h};
    std::uint32_t written = 0;
    for (std::uint32_t line = 0; line < 100 * LogLimiter::LinesAMinute; ++line) {
        written += limiter.permits("evil", begin + line * 1ms) ? 1U : 0U;
    }
    QCOMPARE(written, LogLimiter::LinesAMinute);
    QVERIFY(limiter.permits("work", begin + 30s));
    QVERIFY(!limiter.permits("evil", begin + 60s - 1ns));
    QVERIFY(limiter.takeLeftOut(begin + 60s - 1ns).empty());

    const auto leftOut = limiter.takeLeftOut(begin + 60s);
    QVERIFY(leftOut == (std::vector<LogLimiter::LeftOut>{{.kind = "evil", .lines = 99 * 50 + 1}}));
    QVERIFY2(limiter.takeLeftOut(begin + 60s).empty(), "it is told once");
    QVERIFY(limiter.permits("evil", begin + 60s));
    QVERIFY2(limiter.takeLeftOut(begin + 2h).empty(), "nothing was left out of the second minute");
    QCOMPARE(limiter.kinds(), std::size_t{0});
}

void LogTest::S_196_kindsDoNotGrowWithoutBound()
{
    LogLimiter limiter;
    const TimePoint begin{1h};
    for (std::size_t kind = 0; kind < 10 * LogLimiter::MaxKinds; ++kind) {
        (void)limiter.permits(formatted("kind {}", kind), begin);
    }
    QCOMPARE(limiter.kinds(), LogLimiter::MaxKinds);
    const auto leftOut = limiter.takeLeftOut(begin + 60s);
    QCOMPARE(leftOut.size(), std::size_t{1});
    QCOMPARE(leftOut.front().lines, 9U * LogLimiter::MaxKinds + 1 - LogLimiter::LinesAMinute);
    QCOMPARE(limiter.kinds(), std::size_t{0});
}

void LogTest::S_196_floodOnDiskIsBoundedAndLeavesOthersTheirLines()
{
    constexpr LogCategory Log("bulkhead.test.flood");
    const QByteArrayList lines = linesOf([&Log] {
        for (int line = 0; line < 20'000; ++line) {
            Log.warning("evil: broke the protocol in way {}", line);
            if (line % 1000 == 0) {
                Log.warning("work: the connection is closed, {}", line);
            }
        }
    });
    QCOMPARE(countOf(lines, "evil: "), qsizetype{LogLimiter::LinesAMinute});
    QCOMPARE(countOf(lines, "work: "), qsizetype{20});
    QCOMPARE(lines.size(), qsizetype{LogLimiter::LinesAMinute} + 20);
    QCOMPARE(lines.last(), QByteArray("bulkhead.test.flood: warning: work: the connection is closed, 19000"));
}

void LogTest::S_196_levelsOfOneQubeAreKindsOfTheirOwn()
{
    constexpr LogCategory Log("bulkhead.test.levels");
    const QByteArrayList lines = linesOf([&Log] {
        for (int line = 0; line < 200; ++line) {
            Log.info("work: something, {}", line);
        }
        Log.critical("work: the end");
    });
    QCOMPARE(lines.size(), qsizetype{LogLimiter::LinesAMinute} + 1);
    QCOMPARE(lines.last(), QByteArray("bulkhead.test.levels: critical: work: the end"));
}

QTEST_GUILESS_MAIN(LogTest)

#include "logtest.moc"
