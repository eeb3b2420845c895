// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/process/child.h"

#include "qrexec/process/account.h"

#include <QTest>

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <csignal>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Qt::StringLiterals;

class ChildTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_058_statusArrivesUnchanged_data();
    void qrexec_058_statusArrivesUnchanged();
    void argumentsArriveAsTheyAre();
    void onlyThreeDescriptorsReachTheProgram();
    void aSessionOfItsOwn();
    void missingProgramIsAnError();
    void signalsAreAsProgramsExpectThem();
    void runAs_data();
    void runAs();
    void unknownUserIsNotFound();
};

namespace
{

struct Ended {
    int status;
    QByteArray output;
};

Ended run(const Program &program, Session session = Session::Ours)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return {-1, {}};
    }
    const UniqueFd in(ends[0]);
    UniqueFd out(ends[1]);
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    auto child = Child::start(program, {null.get(), out.get(), null.get()}, session);
    out.reset();
    if (!child) {
        return {-1, {}};
    }
    QByteArray output;
    std::array<char, 4096> buffer{};
    ssize_t count = 0;
    while ((count = ::read(in.get(), buffer.data(), buffer.size())) > 0) {
        output.append(buffer.data(), count);
    }
    pollfd end{.fd = child->endFd(), .events = POLLIN, .revents = 0};
    ::poll(&end, 1, -1);
    return {child->reap().value_or(-1), output};
}

Program shell(const std::string &text)
{
    return {
        .path = "/bin/sh", .arguments = {"sh", "-c", text}, .environment = {"PATH=/usr/bin:/bin"}, .directory = "/"};
}

Account accountOf(const std::string &name, uid_t uid)
{
    return {.name = name, .uid = uid, .gid = uid, .groups = {uid}, .home = "/", .shell = "/bin/sh"};
}

} // namespace

void ChildTest::qrexec_058_statusArrivesUnchanged_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<int>("status");
    for (const int status : {0, 1, 77, 125, 126, 127, 128, 254, 255}) {
        QTest::addRow("exit %d", status) << u"exit %1"_s.arg(status) << status;
    }
    QTest::newRow("terminated") << u"kill -TERM $$"_s << 128 + SIGTERM;
    QTest::newRow("killed") << u"kill -KILL $$"_s << 128 + SIGKILL;
}

void ChildTest::qrexec_058_statusArrivesUnchanged()
{
    QFETCH(QString, text);
    QFETCH(int, status);
    QCOMPARE(run(shell(text.toStdString())).status, status);
}

void ChildTest::argumentsArriveAsTheyAre()
{
    const Program program{.path = "/usr/bin/printf",
                          .arguments = {"printf", "%s|", "$HOME", "a b", "", "'"},
                          .environment = {},
                          .directory = {}};
    QCOMPARE(run(program).output, QByteArray("$HOME|a b||'|"));
}

void ChildTest::onlyThreeDescriptorsReachTheProgram()
{
    // Opened without close-on-exec on purpose, and something that no shell opens itself.
    const UniqueFd leak(::open("/dev/zero", O_RDONLY));
    QVERIFY(leak);
    const auto ended = run(shell("readlink /proc/self/fd/* || true"));
    QVERIFY(ended.output.contains("/dev/null"));
    QVERIFY(!ended.output.contains("/dev/zero"));
}

void ChildTest::aSessionOfItsOwn()
{
    const auto sessionOf = [](Session session) {
        return run(shell("cut -d' ' -f6 /proc/$$/stat"), session).output.trimmed().toInt();
    };
    QCOMPARE(sessionOf(Session::Ours), ::getsid(0));
    QVERIFY(sessionOf(Session::Own) != ::getsid(0));
}

void ChildTest::missingProgramIsAnError()
{
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    const Program program{.path = "/nonexistent", .arguments = {"x"}, .environment = {}, .directory = {}};
    const auto child = Child::start(program, {null.get(), null.get(), null.get()}, Session::Ours);
    QVERIFY(!child.has_value());
    QCOMPARE(child.error().sysErrno, ENOENT);
}

void ChildTest::signalsAreAsProgramsExpectThem()
{
    const auto old = ::signal(SIGPIPE, SIG_IGN);
    const auto ended = run(shell("kill -PIPE $$; echo survived"));
    (void)::signal(SIGPIPE, old);
    QCOMPARE(ended.status, 128 + SIGPIPE);
}

void ChildTest::runAs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<uint>("uid");
    QTest::addColumn<uint>("own");
    QTest::addColumn<bool>("onlyOneId");
    QTest::addColumn<QString>("expected");

    QTest::newRow("root runs a user's") << u"user"_s << 1000U << 0U << false << u"switch"_s;
    QTest::newRow("root runs its own") << u"root"_s << 0U << 0U << false << u"stay"_s;
    QTest::newRow("a user runs its own") << u"user"_s << 1000U << 1000U << false << u"stay"_s;
    QTest::newRow("a user runs root's") << u"root"_s << 0U << 1000U << false << u"refused"_s;
    QTest::newRow("a user runs another's") << u"other"_s << 1001U << 1000U << false << u"refused"_s;
    QTest::newRow("one id, root, user") << u"user"_s << 1000U << 0U << true << u"stay"_s;
    QTest::newRow("one id, user, root") << u"root"_s << 0U << 1000U << true << u"stay"_s;
    QTest::newRow("one id, another") << u"other"_s << 1001U << 0U << true << u"refused"_s;
}

void ChildTest::runAs()
{
    QFETCH(QString, name);
    QFETCH(uint, uid);
    QFETCH(uint, own);
    QFETCH(bool, onlyOneId);
    QFETCH(QString, expected);
    const auto runAs = decideRunAs(accountOf(name.toStdString(), uid), {.uid = own, .onlyOneId = onlyOneId});
    QCOMPARE(runAs.has_value(), expected != u"refused"_s);
    if (runAs) {
        QCOMPARE(runAs->identity.has_value(), expected == u"switch"_s);
        QCOMPARE(runAs->account.name, name.toStdString());
    }
}

void ChildTest::unknownUserIsNotFound()
{
    QCOMPARE(findAccount("no-such-user").error().code, Errc::NotFound);
    QCOMPARE(findAccount("root")->uid, 0U);
}

QTEST_GUILESS_MAIN(ChildTest)
#include "childtest.moc"
