// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/process/childprocess.h"

#include "base/genericaddress.h"
#include "dom0-core/process/programrun.h"

#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <optional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

sockaddr_un addressOf(const QByteArray &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(static_cast<void *>(address.sun_path), path.data(), static_cast<std::size_t>(path.size()));
    return address;
}

bool isListenedTo(const QByteArray &path)
{
    const UniqueFd probe(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOf(path);
    return ::connect(probe.get(), genericAddress(address), sizeof address) == 0;
}

template<typename Condition> bool eventually(Condition condition)
{
    constexpr int PatienceMs = 20000;
    return QTest::qWaitFor(condition, PatienceMs);
}

/// Listens, and starts one program after the other until it is killed; a byte into `told` for each.
[[noreturn]] void startPrograms(const QByteArray &path, int told)
{
    const UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOf(path);
    bool isWell =
        ::bind(listener.get(), genericAddress(address), sizeof address) == 0 && ::listen(listener.get(), 1000) == 0;
    while (isWell) {
        ChildProcess child;
        isWell = child.start({.words = {u"true"_s}}).has_value() && ::write(told, "x", 1) == 1;
    }
    ::_exit(1);
}

} // namespace

class ChildProcessTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void program_readsSaysAndEnds();
    void program_thatIsNotThereIsAnError();
    void program_isEndedWithItsOwner();
    void answers_areTakenWhole();
    void regress_ourDeathLeavesNoCopyOfUs();
};

void ChildProcessTest::program_readsSaysAndEnds()
{
    std::array<int, 2> ends{-1, -1};
    QCOMPARE(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    QCOMPARE(::write(writing.get(), "abc", 3), ssize_t{3});
    writing.reset();
    ChildProcess child;
    QSignalSpy ended(&child, &ChildProcess::ended);
    QVERIFY(child.start({.words = {u"sh"_s, u"-c"_s, u"cat; echo \"$LC_ALL\"; echo sorry >&2; exit 3"_s},
                         .input = reading.get(),
                         .wantsOutput = true,
                         .plainWords = true}));
    QVERIFY(ended.wait());
    QCOMPARE(child.takeOutput(), QByteArray("abcC\n"));
    QCOMPARE(child.errors(), QByteArray("sorry\n"));
    const auto end = ended.first().first().value<ChildProcess::End>();
    QVERIFY(!end.wasKilled);
    QCOMPARE(end.status, 3);
}

void ChildProcessTest::program_thatIsNotThereIsAnError()
{
    ChildProcess child;
    const auto started = child.start({.words = {u"no-such-program-here"_s}});
    QVERIFY(!started);
    QVERIFY(started.error().text().contains("no-such-program-here"));
}

void ChildProcessTest::program_isEndedWithItsOwner()
{
    std::array<int, 2> ends{-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const UniqueFd ours(ends[0]);
    UniqueFd its(ends[1]);
    {
        ChildProcess child;
        QVERIFY(child.start({.words = {u"cat"_s}, .input = its.get()}));
        its.reset();
    }
    char byte = 0;
    QCOMPARE(::read(ours.get(), &byte, 1), ssize_t{0}); // whoever held the other end is gone
}

void ChildProcessTest::answers_areTakenWhole()
{
    QObject parent;
    std::optional<Result<QByteArray>> answer;
    askProgram(&parent,
               {.words = {u"sh"_s, u"-c"_s, u"cat; head -c 300000 /dev/zero"_s}, .input = "abc"},
               [&answer](Result<QByteArray> outcome) {
                   answer = std::move(outcome);
               });
    QVERIFY(eventually([&] {
        return answer.has_value();
    }));
    QVERIFY(*answer);
    QCOMPARE((*answer)->size(), qsizetype{300003});
    QVERIFY((*answer)->startsWith("abc"));
    std::optional<Result<void>> failed;
    runProgram(
        &parent, {.words = {u"sh"_s, u"-c"_s, u"echo first >&2; echo second >&2; exit 1"_s}}, [&](Result<void> e) {
            failed = std::move(e);
        });
    QVERIFY(eventually([&] {
        return failed.has_value();
    }));
    QCOMPARE(failed->error().text(), std::string("sh: first"));
}

void ChildProcessTest::regress_ourDeathLeavesNoCopyOfUs()
{
    QTemporaryDir folder;
    for (int round = 1; round <= 20; ++round) {
        const QByteArray path = folder.filePath(QString::number(round)).toLocal8Bit();
        std::array<int, 2> ends{-1, -1};
        QCOMPARE(::pipe2(ends.data(), O_CLOEXEC), 0);
        const UniqueFd told(ends[0]);
        UniqueFd telling(ends[1]);
        const pid_t starter = ::fork();
        QVERIFY(starter >= 0);
        if (starter == 0) {
            startPrograms(path, telling.get());
        }
        telling.reset();
        for (int number = 0; number < round; ++number) {
            char byte = 0;
            QCOMPARE(::read(told.get(), &byte, 1), ssize_t{1});
        }
        QVERIFY(isListenedTo(path));
        QCOMPARE(::kill(starter, SIGKILL), 0);
        QCOMPARE(::waitpid(starter, nullptr, 0), starter);
        QVERIFY(eventually([&] {
            return !isListenedTo(path);
        }));
    }
}

QTEST_GUILESS_MAIN(ChildProcessTest)
#include "childprocesstest.moc"
