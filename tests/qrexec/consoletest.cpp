// SPDX-License-Identifier: GPL-2.0-or-later
// The service admin.vm.Console between a core that the test plays and the terminal of a console that the test holds, as
// xenconsoled would.
#include "base/clock.h"
#include "qrexec/console/consoleanswer.h"
#include "qrexec/console/consoleservice.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/support/eventually.h"
#include "tests/support/testclock.h"

#include <QProcess>
#include <QTemporaryDir>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cstdlib>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

std::string readAvailable(const UniqueFd &fd)
{
    std::string text;
    std::array<char, 65536> buffer{};
    ssize_t count = 0;
    while ((count = ::read(fd.get(), buffer.data(), buffer.size())) > 0) {
        text.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return text;
}

bool writeWhole(const UniqueFd &fd, std::string_view text)
{
    return ::write(fd.get(), text.data(), text.size()) == std::ssize(text);
}

/// Every byte there is: what a terminal that is not raw would change, swallow or take for a signal is among them.
std::string everyByte()
{
    std::string text;
    for (int byte = 0; byte < 256; ++byte) {
        text += static_cast<char>(byte);
    }
    return text;
}

/// The two ends of a pipe, neither of which waits.
struct Pipe {
    Pipe()
    {
        std::array<int, 2> ends{-1, -1};
        [&] {
            QVERIFY(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) == 0);
        }();
        read = UniqueFd(ends[0]);
        write = UniqueFd(ends[1]);
    }

    UniqueFd read;
    UniqueFd write;
};

/// A terminal whose other end the test holds in xenconsoled's place, which keeps the terminal open, too.
struct Console {
    Console()
        : domain(::posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC))
    {
        std::array<char, 64> name{};
        [&] {
            QVERIFY(domain && ::grantpt(domain.get()) == 0 && ::unlockpt(domain.get()) == 0);
            QVERIFY(::ptsname_r(domain.get(), name.data(), name.size()) == 0);
        }();
        path = name.data();
        kept = UniqueFd(::open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
    }

    [[nodiscard]] termios state() const
    {
        termios now{};
        [&] {
            QVERIFY(::tcgetattr(kept.get(), &now) == 0);
        }();
        return now;
    }

    UniqueFd domain;
    std::string path;
    UniqueFd kept;
};

struct Caller {
    Pipe input;
    Pipe output;
    std::unique_ptr<ConsoleService> service;
    std::optional<Result<void>> outcome;
};

} // namespace

class ConsoleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void core_isAskedInTheCallersName();
    void bytes_goBothWaysAsTheyAre();
    void terminal_isRawMeanwhileAndAsItWasAfterwards();
    void second_ends200WhileTheFirstIsThere();
    void lock_isTheFieldsToo();
    void refusals_endWithTheCoresWords_data();
    void refusals_endWithTheCoresWords();
    void core_thatIsNotThereIsSaid();
    void domainsEnd_isTheCalls();
    void callersEnd_isTheConsoles();
    void callerThatTakesNothingStopsTheConsole();
    void consoleThatTakesNothingIsLeftSoon();
    void answer_isParsed();
    void program_servesOnlyQubes_data();
    void program_servesOnlyQubes();

private:
    [[nodiscard]] std::unique_ptr<Caller> call();
    void answer(const std::string &text);
    /// A call that has reached the console.
    [[nodiscard]] std::unique_ptr<Caller> connected();
    [[nodiscard]] bool isRaw() const;

    void turn() const
    {
        m_loop->runUntilIdle();
    }

    TestClock m_clock;
    std::unique_ptr<QTemporaryDir> m_directory;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<PlayedSocket> m_core;
    std::unique_ptr<Console> m_console;
};

void ConsoleTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    m_loop = *EventLoop::create(m_clock);
    m_core = std::make_unique<PlayedSocket>();
    m_core->open(*m_loop, m_directory->path().toStdString() + "/core");
    m_console = std::make_unique<Console>();
}

void ConsoleTest::cleanup()
{
    m_core.reset();
    m_loop.reset();
}

std::unique_ptr<Caller> ConsoleTest::call()
{
    auto caller = std::make_unique<Caller>();
    const std::string directory = m_directory->path().toStdString();
    caller->service = std::make_unique<ConsoleService>(*m_loop,
                                                       ConsolePlaces{.core = directory + "/core", .locks = directory},
                                                       ConsoleCall{.source = "work", .qube = *QubeName::parse("vault")},
                                                       StreamFd(std::move(caller->input.read)),
                                                       StreamFd(std::move(caller->output.write)),
                                                       [raw = caller.get()](Result<void> how) {
                                                           raw->outcome = std::move(how);
                                                       });
    caller->service->start();
    return caller;
}

void ConsoleTest::answer(const std::string &text)
{
    const std::size_t before = m_core->conversations.size();
    BH_EVENTUALLY(
        (turn(), m_core->conversations.size() == std::max<std::size_t>(before, 1) && m_core->heard().ends_with('\0')));
    m_core->answer(text);
}

bool ConsoleTest::isRaw() const
{
    const termios now = m_console->state();
    return (now.c_lflag & (ICANON | ECHO | ISIG)) == 0 && (now.c_oflag & OPOST) == 0;
}

std::unique_ptr<Caller> ConsoleTest::connected()
{
    auto caller = call();
    answer("0\0"s + m_console->path);
    [&] {
        BH_EVENTUALLY((turn(), isRaw()));
    }();
    return caller;
}

void ConsoleTest::core_isAskedInTheCallersName()
{
    const auto caller = call();
    BH_EVENTUALLY((turn(), m_core->heard().ends_with('\0')));
    QCOMPARE(m_core->heard(), "admin.vm.Console+ work name vault\0"s);
}

void ConsoleTest::bytes_goBothWaysAsTheyAre()
{
    const auto caller = connected();
    const std::string bytes = everyByte();
    QVERIFY(writeWhole(caller->input.write, bytes));
    std::string arrived;
    BH_EVENTUALLY((turn(), arrived += readAvailable(m_console->domain), arrived.size() >= bytes.size()));
    QVERIFY(arrived == bytes);
    QVERIFY(writeWhole(m_console->domain, bytes));
    std::string came;
    BH_EVENTUALLY((turn(), came += readAvailable(caller->output.read), came.size() >= bytes.size()));
    QVERIFY(came == bytes);
    QVERIFY(!caller->outcome);
}

void ConsoleTest::terminal_isRawMeanwhileAndAsItWasAfterwards()
{
    const termios before = m_console->state();
    QVERIFY(!isRaw());
    auto caller = connected();
    QVERIFY(isRaw());
    caller->service.reset(); // as a signal ends the program
    const termios after = m_console->state();
    QCOMPARE(after.c_lflag, before.c_lflag);
    QCOMPARE(after.c_iflag, before.c_iflag);
    QCOMPARE(after.c_oflag, before.c_oflag);
    QVERIFY(std::ranges::equal(after.c_cc, before.c_cc));
}

void ConsoleTest::second_ends200WhileTheFirstIsThere()
{
    auto first = connected();
    auto second = call();
    BH_EVENTUALLY((turn(), m_core->conversations.size() == 2 && m_core->heard().ends_with('\0')));
    m_core->answer("0\0"s + m_console->path);
    BH_EVENTUALLY((turn(), second->outcome.has_value()));
    QCOMPARE(consoleStatus(*second->outcome), 200);
    QVERIFY(isRaw()); // the first has it still
    QVERIFY(!first->outcome);
    first->input.write.reset();
    BH_EVENTUALLY((turn(), first->outcome.has_value()));
    QCOMPARE(consoleStatus(*first->outcome), 0);
    QVERIFY(!isRaw());
    m_core->conversations.clear();
    const auto third = connected();
    QVERIFY(!third->outcome);
}

void ConsoleTest::lock_isTheFieldsToo()
{
    // As `flock --nonblock` of the field's script does.
    const QByteArray path = m_directory->filePath(QStringLiteral("vault.terminal.lock")).toUtf8();
    const UniqueFd held(::open(path.constData(), O_RDONLY | O_CREAT | O_CLOEXEC, 0600));
    QVERIFY(::flock(held.get(), LOCK_EX | LOCK_NB) == 0);
    const auto caller = call();
    answer("0\0"s + m_console->path);
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QCOMPARE(consoleStatus(*caller->outcome), 200);
    QVERIFY(!isRaw()); // nothing was done to it
}

void ConsoleTest::refusals_endWithTheCoresWords_data()
{
    QTest::addColumn<std::string>("answered");
    QTest::addColumn<std::string>("words");
    QTest::newRow("not running") << "2\0QubesVMNotRunningError\0\0vault is not running\0"s << "vault is not running"s;
    QTest::newRow("no console here") << "2\0QubesNotImplementedError\0\0none here\0"s << "none here"s;
    QTest::newRow("the caller may not") << ""s << "does not say"s;
    QTest::newRow("cut") << "2\0Qubes"s << ""s;
    QTest::newRow("no terminal") << "0\0/dev/null"s << "no terminal"s;
    QTest::newRow("nothing there") << "0\0/dev/pts/nothing"s << "/dev/pts/nothing"s;
}

void ConsoleTest::refusals_endWithTheCoresWords()
{
    QFETCH(const std::string, answered);
    QFETCH(const std::string, words);
    const auto caller = call();
    answer(answered);
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QVERIFY(!*caller->outcome);
    QVERIFY(caller->outcome->error().text().contains(words));
    QCOMPARE(consoleStatus(*caller->outcome), 1);
}

void ConsoleTest::core_thatIsNotThereIsSaid()
{
    m_core->listener.reset();
    const auto caller = call();
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QCOMPARE(consoleStatus(*caller->outcome), 1);
}

void ConsoleTest::domainsEnd_isTheCalls()
{
    const auto caller = connected();
    QVERIFY(writeWhole(m_console->domain, "reboot: Power down\r\n"));
    m_console->kept.reset();
    m_console->domain.reset();
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QCOMPARE(consoleStatus(*caller->outcome), 0);
    // Whatever the kernel kept of what was said last; there is an end behind it.
    const std::string last = readAvailable(caller->output.read);
    QVERIFY("reboot: Power down\r\n"s.starts_with(last));
    char none = 0;
    QCOMPARE(::read(caller->output.read.get(), &none, 1), 0);
}

void ConsoleTest::callersEnd_isTheConsoles()
{
    const auto caller = connected();
    QVERIFY(writeWhole(caller->input.write, "exit\r"));
    caller->input.write.reset();
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QCOMPARE(consoleStatus(*caller->outcome), 0);
    QCOMPARE(readAvailable(m_console->domain), "exit\r"s);
    QVERIFY(!isRaw());
}

void ConsoleTest::callerThatTakesNothingStopsTheConsole()
{
    const auto caller = connected();
    // More than the pipe, what the service keeps, and the terminal hold together: then the domain has to wait.
    constexpr std::size_t FarMore = 4'000'000;
    std::size_t written = 0;
    const std::string chunk(4096, 'x');
    const auto say = [&] {
        const ssize_t count = ::write(m_console->domain.get(), chunk.data(), chunk.size());
        written += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
        turn();
        return count > 0;
    };
    while (written < FarMore && say()) { }
    QVERIFY(written < FarMore);
    std::size_t taken = 0;
    BH_EVENTUALLY((turn(), taken += readAvailable(caller->output.read).size(), taken == written));
    QVERIFY(say()); // and it goes on
}

void ConsoleTest::consoleThatTakesNothingIsLeftSoon()
{
    const auto caller = connected();
    const std::string much(60000, 'x'); // a terminal holds 4096 bytes
    QVERIFY(writeWhole(caller->input.write, much));
    caller->input.write.reset();
    turn();
    QVERIFY(!caller->outcome); // it has its chance
    m_clock.advance(ConsoleBridge::LastWords);
    BH_EVENTUALLY((turn(), caller->outcome.has_value()));
    QCOMPARE(consoleStatus(*caller->outcome), 0);
    QVERIFY(!isRaw());
}

void ConsoleTest::answer_isParsed()
{
    QCOMPARE(*parseConsoleAnswer("0\0/dev/pts/3"s), "/dev/pts/3"s);
    QCOMPARE(parseConsoleAnswer("2\0A\0\0why\0"s).error().code, Errc::Refused);
    QCOMPARE(parseConsoleAnswer("2\0A\0\0why\0"s).error().detail, "why"s);
    QCOMPARE(parseConsoleAnswer("").error().code, Errc::PeerGone);
    QCOMPARE(parseConsoleAnswer("0").error().code, Errc::PeerGone);
}

void ConsoleTest::program_servesOnlyQubes_data()
{
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("target");
    const QString work = QStringLiteral("work");
    const QString name = QStringLiteral("name");
    QTest::newRow("no service's environment") << QString() << QString() << QString();
    QTest::newRow("dom0 by a word") << work << QStringLiteral("keyword") << QStringLiteral("adminvm");
    QTest::newRow("a path") << work << name << QStringLiteral("../../etc/x");
    QTest::newRow("more than a name") << work << name << QStringLiteral("vault dom0");
}

void ConsoleTest::program_servesOnlyQubes()
{
    QFETCH(const QString, source);
    QFETCH(const QString, type);
    QFETCH(const QString, target);
    QProcess program;
    QProcessEnvironment environment;
    environment.insert(QStringLiteral("QREXEC_REMOTE_DOMAIN"), source);
    environment.insert(QStringLiteral("QREXEC_REQUESTED_TARGET_TYPE"), type);
    environment.insert(QStringLiteral("QREXEC_REQUESTED_TARGET"), target);
    program.setProcessEnvironment(environment);
    program.start(QStringLiteral(BULKHEAD_CONSOLE), QStringList());
    QVERIFY(program.waitForFinished(LongestMs));
    QCOMPARE(program.exitStatus(), QProcess::NormalExit);
    QCOMPARE(program.exitCode(), 1);
    QVERIFY(program.readAllStandardOutput().isEmpty());
    QVERIFY(program.readAllStandardError().startsWith("bulkhead.console"));
}

QTEST_GUILESS_MAIN(ConsoleTest)

#include "consoletest.moc"
