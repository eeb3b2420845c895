// SPDX-License-Identifier: GPL-2.0-or-later
// The policy's daemon as it ships, under its confinement, with files on disk, and a core and a prompt that the test
// plays.
#include "base/clock.h"
#include "tests/qrexec/playedsocket.h"
#include "tests/support/eventually.h"
#include "vchan-io/transport/socketexchange.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QTemporaryDir>

#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <memory>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

const std::string System =
    R"({"domains": {"dom0": {"tags": [], "type": "AdminVM", "template_for_dispvms": false, "default_dispvm": null,)"
    R"( "icon": "adminvm-black", "guivm": null, "power_state": "Running", "internal": null},)"
    R"( "a": {"tags": [], "type": "AppVM", "template_for_dispvms": false, "default_dispvm": null,)"
    R"( "icon": "appvm-red", "guivm": "dom0", "power_state": "Running", "internal": null,)"
    R"( "uuid": "aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa"},)"
    R"( "b": {"tags": [], "type": "AppVM", "template_for_dispvms": false, "default_dispvm": null,)"
    R"( "icon": "appvm-red", "guivm": "dom0", "power_state": "Running", "internal": null,)"
    R"( "uuid": "bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb"}}})";

const std::string Deny = "result=deny";
const std::string Allow =
    "user=DEFAULT\nresult=allow\ntarget=b\ntarget_uuid=uuid:bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb\n"
    "autostart=True\nrequested_target=b";

/// An answer that is under way.
struct Pending {
    std::unique_ptr<SocketExchange> exchange;
    std::optional<std::string> answer;
};

class Rig
{
public:
    Rig()
    {
        QDir(m_directory.path()).mkpath(QStringLiteral("policy/include"));
        m_loop = *EventLoop::create(m_clock);
        core.open(*m_loop, path("core"));
        prompt.open(*m_loop, path("ask"));
        notices.open(*m_loop, path("notify"));
    }

    ~Rig()
    {
        m_process.terminate();
        m_process.waitForFinished(LongestMs);
    }

    void put(const QString &name, const QByteArray &text)
    {
        // As an editor does it: another file, renamed.
        const QString file = QString::fromStdString(path("policy/")) + name;
        QFile made(file + QStringLiteral(".new"));
        QVERIFY(made.open(QIODevice::WriteOnly));
        made.write(text);
        made.close();
        QVERIFY(::rename(qPrintable(made.fileName()), qPrintable(file)) == 0);
    }

    void start()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral(BULKHEAD_POLICYD),
                        {QStringLiteral("--policy-path"),
                         text("policy"),
                         QStringLiteral("--old-policy-path"),
                         text("old"),
                         QStringLiteral("--socket-path"),
                         text("policy.sock"),
                         QStringLiteral("--core-socket"),
                         text("core"),
                         QStringLiteral("--ask-socket"),
                         text("ask"),
                         QStringLiteral("--notify-socket"),
                         text("notify"),
                         QStringLiteral("--ready-fd"),
                         QStringLiteral("1")});
        QVERIFY(m_process.waitForReadyRead(LongestMs));
    }

    std::unique_ptr<Pending> ask(const std::string &query)
    {
        auto pending = std::make_unique<Pending>();
        auto exchange = SocketExchange::start(*m_loop,
                                              path("policy.sock"),
                                              query,
                                              {.answer = 4096, .deadline = std::nullopt},
                                              [to = pending.get()](Result<std::string> answer) {
                                                  to->answer = answer.value_or("broken");
                                              });
        if (exchange) {
            pending->exchange = *std::move(exchange);
        }
        return pending;
    }

    std::unique_ptr<Pending> call(const std::string &more = {})
    {
        return ask("source=a\nintended_target=b\nservice_and_arg=s\n" + more + "\n");
    }

    /// The whole way, with a core that answers.
    std::string decided(const std::string &more = {})
    {
        const auto pending = call(more);
        letCoreAnswer(core.conversations.size());
        waitFor(*pending);
        return pending->answer.value_or("nothing");
    }

    void letCoreAnswer(std::size_t before, const std::string &answer = "0"s + '\0' + System)
    {
        QVERIFY(QTest::qWaitFor(
            [&] {
                turn();
                return core.conversations.size() > before && core.heard().ends_with(" dom0"s + '\0');
            },
            LongestMs));
        core.answer(answer);
    }

    void waitFor(Pending &pending)
    {
        QVERIFY(QTest::qWaitFor(
            [&] {
                turn();
                return pending.answer.has_value();
            },
            LongestMs));
    }

    void turn()
    {
        m_loop->runUntilIdle();
    }

    [[nodiscard]] std::string path(const std::string &name) const
    {
        return m_directory.path().toStdString() + '/' + name;
    }

    [[nodiscard]] QString text(const std::string &name) const
    {
        return QString::fromStdString(path(name));
    }

    QProcess &process()
    {
        return m_process;
    }

private:
    // The loop outlives the sockets that watch through it.
    BootClock m_clock;
    QTemporaryDir m_directory;
    std::unique_ptr<EventLoop> m_loop;

public:
    PlayedSocket core;
    PlayedSocket prompt;
    PlayedSocket notices;

private:
    QProcess m_process;
};

const QString User = QStringLiteral("30-user.policy");

} // namespace

class PolicydProgramTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void qrexec_072_answersByRules();
    void evaluations_sayWhichLineDecides();
    void qrexec_073_malformedQueriesGetNothing();
    void policy_069_S_136_changesTakeEffect();
    void policy_070_S_136_brokenFromTheStart();
    void S_136_filesThatOthersMayWrite();
    void S_135_coreThatDoesNotAnswer();
    void qrexec_076_policy_063_question();
    void ui_082_targetThatThePersonPointedAtIsChosenOnce();
    void S_135_promptThatIsNotThere();
    void policy_066_policy_067_notices();
    void questionsEndWithTheirCaller();
};

void PolicydProgramTest::qrexec_072_answersByRules()
{
    Rig rig;
    rig.put(User, "s * a b allow\n");
    rig.start();
    QCOMPARE(rig.decided(), Allow);
    QCOMPARE(rig.decided("requested_source=\n"), Allow);
    QCOMPARE(rig.decided("requested_source=b\n"), Deny);
    QCOMPARE(rig.decided("just_evaluate=yes\n"), "result=allow"s);
    const auto other = rig.ask("service_and_arg=t\nintended_target=b\nsource=a\n\n");
    rig.letCoreAnswer(rig.core.conversations.size());
    rig.waitFor(*other);
    QCOMPARE(other->answer, std::optional(Deny));
    const auto byEnd = rig.ask("source=a\nintended_target=b\nservice_and_arg=s"); // and the end of the stream
    rig.letCoreAnswer(rig.core.conversations.size());
    rig.waitFor(*byEnd);
    QCOMPARE(byEnd->answer, std::optional(Allow));
}

void PolicydProgramTest::evaluations_sayWhichLineDecides()
{
    Rig rig;
    rig.put(User, "# for b\ns  *  a  b  ask default_target=b\n");
    rig.start();
    const std::string explain = "just_evaluate=yes\nexplain=yes\n";
    const std::string why =
        "outcome=ask\nrule=" + rig.path("policy/30-user.policy") + ":2\nrule_text=s * a b ask default_target=b";
    QCOMPARE(rig.decided(explain), "result=deny\n" + why);
    QCOMPARE(rig.decided(explain + "assume_yes_for_ask=yes\n"), "result=allow\n" + why);
    QCOMPARE(rig.prompt.conversations.size(), 0U);
    const auto other = rig.ask("service_and_arg=t\nintended_target=b\nsource=a\n" + explain + "\n");
    rig.letCoreAnswer(rig.core.conversations.size());
    rig.waitFor(*other);
    QCOMPARE(other->answer, std::optional("result=deny\noutcome=deny"s)); // no line speaks of it
}

void PolicydProgramTest::qrexec_073_malformedQueriesGetNothing()
{
    Rig rig;
    rig.put(User, "* * * * allow\n");
    rig.start();
    for (const std::string &query : {"source=a\n\n"s, "\n"s, "nonsense\n\n"s, std::string(70'000, 'x')}) {
        const auto pending = rig.ask(query);
        rig.waitFor(*pending);
        QVERIFY(pending->answer == "" || pending->answer == "broken");
    }
    QCOMPARE(rig.core.conversations.size(), std::size_t{0});
    QCOMPARE(rig.decided(), Allow);
}

void PolicydProgramTest::policy_069_S_136_changesTakeEffect()
{
    Rig rig;
    rig.put(User, "!include include/x\n");
    rig.put(QStringLiteral("include/x"), "s * a b deny\n");
    rig.start();
    QCOMPARE(rig.decided(), Deny);
    rig.put(QStringLiteral("include/x"), "s * a b allow\n"); // an included file changes
    QCOMPARE(rig.decided(), Allow);
    rig.put(QStringLiteral("20-new.policy"), "s * a b deny\n"); // a file is new
    QCOMPARE(rig.decided(), Deny);
    QVERIFY(QFile::rename(rig.text("policy/20-new.policy"), rig.text("policy/40-new.policy"))); // is renamed
    QCOMPARE(rig.decided(), Allow);
    rig.put(QStringLiteral("50-broken.policy"), "s * a\n"); // is broken
    QCOMPARE(rig.decided(), Deny);
    QCOMPARE(rig.decided(), Deny);
    QVERIFY(QFile::remove(rig.text("policy/50-broken.policy"))); // and is put right
    QCOMPARE(rig.decided(), Allow);
    QVERIFY(QFile::remove(rig.text("policy/include/x")));
    QCOMPARE(rig.decided(), Deny);
}

void PolicydProgramTest::policy_070_S_136_brokenFromTheStart()
{
    Rig rig;
    rig.put(User, "s * a b allow\n\xef\xbb\xbf\n");
    rig.start();
    QCOMPARE(rig.decided(), Deny);
    rig.put(User, "s * a b allow\n");
    QCOMPARE(rig.decided(), Allow);
    QVERIFY(QDir(rig.text("policy")).removeRecursively());
    QCOMPARE(rig.decided(), Deny);
}

void PolicydProgramTest::S_136_filesThatOthersMayWrite()
{
    Rig rig;
    rig.put(User, "s * a b allow\n");
    rig.start();
    QCOMPARE(rig.decided(), Allow);
    QVERIFY(::chmod(rig.path("policy/30-user.policy").c_str(), 0666) == 0);
    QCOMPARE(rig.decided(), Deny);
    QVERIFY(::chmod(rig.path("policy/30-user.policy").c_str(), 0644) == 0);
    QCOMPARE(rig.decided(), Allow);
    if (::geteuid() == 0 && ::chown(rig.path("policy/30-user.policy").c_str(), 1000, 1000) == 0) {
        QCOMPARE(rig.decided(), Deny);
    }
}

void PolicydProgramTest::S_135_coreThatDoesNotAnswer()
{
    Rig rig;
    rig.put(User, "s * a b allow\n");
    rig.start();
    for (const std::string &answer : {""s, "0"s, "0"s + '\0', "2"s + '\0' + "E", "0"s + '\0' + System.substr(1)}) {
        const auto pending = rig.call();
        rig.letCoreAnswer(rig.core.conversations.size(), answer);
        rig.waitFor(*pending);
        QCOMPARE(pending->answer, std::optional(Deny));
    }
    rig.core.listener.reset();
    const auto pending = rig.call();
    rig.waitFor(*pending);
    QCOMPARE(pending->answer, std::optional(Deny));
    rig.process().kill();
    QVERIFY(rig.process().waitForFinished(LongestMs));
    QVERIFY(!rig.call()->exchange); // dead: nobody answers
}

void PolicydProgramTest::qrexec_076_policy_063_question()
{
    Rig rig;
    rig.put(User, "s * a @anyvm ask\n");
    rig.start();
    const auto answered = [&rig](const std::string &reply) {
        const std::size_t questions = rig.prompt.conversations.size();
        const auto pending = rig.call();
        rig.letCoreAnswer(rig.core.conversations.size());
        if (!QTest::qWaitFor(
                [&] {
                    rig.turn();
                    return rig.prompt.conversations.size() > questions && rig.prompt.heard().ends_with("\"}");
                },
                LongestMs)) {
            return "no question"s;
        }
        rig.prompt.answer(reply);
        rig.waitFor(*pending);
        return pending->answer.value_or("nothing");
    };
    QCOMPARE(answered("allow:b"), Allow);
    QVERIFY(
        rig.prompt.conversations.back().heard.starts_with("policy.Ask dom0 name dom0"s + '\0' + "{\"source\": \"a\""));
    for (const char *const reply : {"deny", "", "allow:", "allow:a", "allow:dom0", "allow:nosuch", "nonsense"}) {
        QCOMPARE(answered(reply), Deny);
    }
}

void PolicydProgramTest::ui_082_targetThatThePersonPointedAtIsChosenOnce()
{
    Rig rig;
    rig.put(User, "s * a @anyvm ask\n");
    rig.start();
    const auto questionHas = [&rig](const std::string &words) {
        const std::size_t questions = rig.prompt.conversations.size();
        const auto pending = rig.call();
        rig.letCoreAnswer(rig.core.conversations.size());
        const bool isAsked = QTest::qWaitFor(
            [&] {
                rig.turn();
                return rig.prompt.conversations.size() > questions && rig.prompt.heard().ends_with("\"}");
            },
            LongestMs);
        const bool isThere = isAsked && rig.prompt.heard().contains(words);
        rig.prompt.answer("deny");
        rig.waitFor(*pending);
        return isThere && pending->answer == Deny; // it allows nothing
    };
    QVERIFY(questionHas(R"("default_target": "")")); // what a qube asks for chooses nothing
    QCOMPARE(rig.decided("just_evaluate=yes\nexplain=yes\nchosen=yes\n").substr(0, Deny.size()), Deny);
    QVERIFY(questionHas(R"("default_target": "b")"));
    QVERIFY(questionHas(R"("default_target": "")"));
}

void PolicydProgramTest::S_135_promptThatIsNotThere()
{
    Rig rig;
    rig.put(User, "s * a b ask\n");
    rig.prompt.listener.reset();
    rig.start();
    QCOMPARE(rig.decided(), Deny);
}

void PolicydProgramTest::policy_066_policy_067_notices()
{
    Rig rig;
    rig.put(User, "s * a b deny\n");
    rig.start();
    QCOMPARE(rig.decided(), Deny);
    BH_EVENTUALLY((rig.turn(), rig.notices.heard().ends_with("\"target\": \"b\"}")));
    const std::size_t before = rig.notices.conversations.size();
    rig.put(User, "s * a b deny notify=no\n");
    QCOMPARE(rig.decided(), Deny);
    rig.put(User, "s * a b allow\n");
    QCOMPARE(rig.decided(), Allow);
    rig.put(User, "s * a b allow notify=yes\n");
    QCOMPARE(rig.decided(), Allow);
    BH_EVENTUALLY((rig.turn(), rig.notices.conversations.size() > before));
    QCOMPARE(rig.notices.conversations.size(), before + 1);
}

void PolicydProgramTest::questionsEndWithTheirCaller()
{
    Rig rig;
    rig.put(User, "s * a b ask\n");
    rig.start();
    auto pending = rig.call();
    rig.letCoreAnswer(0);
    BH_EVENTUALLY((rig.turn(), rig.prompt.heard().ends_with("\"}")));
    const auto isGone = [&rig] {
        // More than the end of what policyd had to say: that came with the question.
        pollfd entry{.fd = rig.prompt.conversations.back().socket.get(), .events = 0, .revents = 0};
        return ::poll(&entry, 1, 0) == 1 && (entry.revents & POLLHUP) != 0;
    };
    QVERIFY(!isGone());
    pending->exchange.reset();
    BH_EVENTUALLY(isGone());
}

QTEST_GUILESS_MAIN(PolicydProgramTest)

#include "policydprogramtest.moc"
