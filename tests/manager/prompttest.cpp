// SPDX-License-Identifier: GPL-2.0-or-later
// The prompt from the socket on which policyd asks to its answer there.
#include "manager/prompt/prompt.h"

#include "base/fd.h"
#include "manager/prompt/guard.h"
#include "manager/prompt/inputgate.h"
#include "manager/prompt/promptdialog.h"
#include "tests/manager/fakesource.h"
#include "tests/support/testclock.h"

#include <KMessageWidget>
#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <vector>

using namespace Bulkhead;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using Test::makeQube;
using Test::running;

namespace
{

sockaddr_un addressOf(const QString &path)
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const QByteArray bytes = path.toLocal8Bit();
    std::copy(bytes.begin(), bytes.end(), std::begin(address.sun_path));
    return address;
}

const sockaddr *generic(const sockaddr_un &address)
{
    return static_cast<const sockaddr *>(static_cast<const void *>(&address));
}

/// What policyd is to its prompt.
class Asker
{
public:
    explicit Asker(const QString &path)
        : m_socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0))
    {
        const sockaddr_un address = addressOf(path);
        m_isConnected = ::connect(m_socket.get(), generic(address), sizeof(address)) == 0;
    }

    void send(const QByteArray &text) const
    {
        qsizetype sent = 0;
        while (sent < text.size()) {
            const ssize_t count = ::send(m_socket.get(),
                                         text.constData() + sent,
                                         static_cast<std::size_t>(text.size() - sent),
                                         MSG_DONTWAIT | MSG_NOSIGNAL);
            if (count < 0 && errno != EAGAIN) {
                return;
            }
            sent += std::max<ssize_t>(count, 0);
            QCoreApplication::processEvents();
        }
        ::shutdown(m_socket.get(), SHUT_WR);
    }

    /// What came back, once the other side has closed.
    std::optional<QByteArray> answer()
    {
        std::array<char, 512> buffer{};
        const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count > 0) {
            m_answer.append(buffer.data(), count);
        }
        return count == 0 || (count < 0 && errno != EAGAIN) ? std::optional(m_answer) : std::nullopt;
    }

    void hangUp()
    {
        m_socket.reset();
    }

    [[nodiscard]] bool isConnected() const
    {
        return m_isConnected;
    }

private:
    UniqueFd m_socket;
    bool m_isConnected = false;
    QByteArray m_answer;
};

QByteArray questionOf(const QByteArray &source = "work", const QByteArray &service = "qubes.Filecopy")
{
    return QByteArrayLiteral("policy.Ask dom0 name dom0\0") + R"({"source": ")" + source + R"(", "service": ")"
        + service + R"(", "argument": "+", "targets": ["untrusted", "vault"], "default_target": "vault", "icons": {}})";
}

/// With what a rule for it takes.
QByteArray rememberable(const QByteArray &ruleTarget = "@default")
{
    return questionOf().chopped(1) + R"(, "rule_target": ")" + ruleTarget + R"(", "rule_options": "autostart=no"})";
}

} // namespace

class PromptTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void qrexec_076_allowedTargetIsAnswered();
    void qrexec_076_denialIsAnswered();
    void qrexec_076_policy_063_promptThatDies();
    void malformedQuestion_isDenied();
    void tooLongQuestion_isDenied();
    void strangersAreTurnedAway();
    void secondPrompt_doesNotServe();
    void socket_isForItsGroup();
    void ui_145_callerThatGoesClosesThePrompt();
    void ui_142_hundredEqualQuestionsAreOne();
    void S_132_floodIsDenied();
    void ui_143_denyAllIsShownAndCanBeEnded();
    void rememberedUntilShutdown_asksNoMore();
    void rememberedDenial_asksNoMore();
    void ui_144_alwaysWantsTheRuleThatIsShown();
    void ui_144_alwaysDenied();
    void remembered_canBeForgotten();
    void S_134_callerThatIsRemoved();
    void locked_hidesAndWaits();
    void nobodyAnswers_isADenial();

private:
    std::unique_ptr<Asker> ask(const QByteArray &text = questionOf());
    void waitForWindow(const QString &caller = u"work"_s);
    void press(const QString &button);
    void remember(Term term);
    [[nodiscard]] QString path(const QString &name) const;

    std::unique_ptr<QTemporaryDir> m_directory;
    UniqueFd m_policyd;
    Test::TestClock m_clock;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<PromptDialog> m_dialog;
    std::unique_ptr<Prompt> m_prompt;
    std::unique_ptr<PolicySocket> m_socket;
};

#define BH_ANSWERED(asker, expected)                                                                                   \
    do {                                                                                                               \
        auto &&asked = (asker);                                                                                        \
        std::optional<QByteArray> answer;                                                                              \
        QTRY_VERIFY((answer = asked->answer()).has_value());                                                           \
        QCOMPARE(*answer, QByteArray(expected));                                                                       \
    } while (false)

QString PromptTest::path(const QString &name) const
{
    return m_directory->filePath(name);
}

void PromptTest::init()
{
    qputenv("BULKHEAD_DEMO", "0");
    m_directory = std::make_unique<QTemporaryDir>();
    m_policyd.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un address = addressOf(path(u"policy.sock"_s));
    QCOMPARE(::bind(m_policyd.get(), generic(address), sizeof(address)), 0);
    m_source = std::make_unique<Test::FakeSource>();
    m_source->load({running(makeQube(u"work"_s, u"blue"_s)),
                    makeQube(u"personal"_s, u"yellow"_s),
                    makeQube(u"vault"_s, u"black"_s),
                    makeQube(u"untrusted"_s)});
    m_dialog = std::make_unique<PromptDialog>(m_clock, m_source.get());
    m_prompt = std::make_unique<Prompt>(m_clock, m_source.get(), m_dialog.get());
    m_socket =
        std::make_unique<PolicySocket>(PolicySocket::Paths{.own = path(u"ask"_s), .policyd = path(u"policy.sock"_s)},
                                       MaxPolicyText,
                                       [this](std::unique_ptr<PolicyPeer> peer) {
                                           m_prompt->take(std::move(peer));
                                       });
    QVERIFY(m_socket->listen());
}

void PromptTest::cleanup()
{
    m_socket.reset();
    m_prompt.reset();
    m_dialog.reset();
    m_source.reset();
    m_policyd.reset();
}

std::unique_ptr<Asker> PromptTest::ask(const QByteArray &text)
{
    auto asker = std::make_unique<Asker>(path(u"ask"_s));
    asker->send(text);
    return asker;
}

void PromptTest::waitForWindow(const QString &caller)
{
    QTRY_VERIFY(m_dialog->isVisible() && m_dialog->findChild<QLabel *>(u"prompt.caller"_s)->text() == caller);
    // From another window to it, as a person comes: the offscreen platform tells of no focus that a window has again
    // when it comes back.
    QWidget elsewhere;
    elsewhere.show();
    elsewhere.activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(&elsewhere));
    m_dialog->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(m_dialog.get()));
    QTRY_VERIFY((m_clock.advance(PromptGuard::Wait), m_dialog->gate().look(), m_dialog->gate().isOpen()));
}

void PromptTest::press(const QString &button)
{
    QTest::mouseClick(m_dialog->findChild<QPushButton *>(u"prompt."_s + button), Qt::LeftButton);
}

void PromptTest::qrexec_076_allowedTargetIsAnswered()
{
    const auto asker = ask();
    waitForWindow();
    QVERIFY(!asker->answer());
    press(u"allow"_s);
    BH_ANSWERED(asker, "allow:vault");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::qrexec_076_denialIsAnswered()
{
    const auto asker = ask();
    waitForWindow();
    press(u"deny"_s);
    BH_ANSWERED(asker, "deny");
    const auto closed = ask();
    waitForWindow();
    m_dialog->close();
    BH_ANSWERED(closed, "deny");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::qrexec_076_policy_063_promptThatDies()
{
    const auto asker = ask();
    waitForWindow();
    m_prompt.reset();
    BH_ANSWERED(asker, ""); // which policyd takes for a no
}

void PromptTest::malformedQuestion_isDenied()
{
    BH_ANSWERED(ask("hello"), "deny");
    BH_ANSWERED(ask(questionOf().chopped(1)), "deny");
    BH_ANSWERED(ask({}), "deny");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::tooLongQuestion_isDenied()
{
    BH_ANSWERED(ask(QByteArray(MaxPolicyText + 1, 'x')), "");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::strangersAreTurnedAway()
{
    ::unlink(path(u"policy.sock"_s).toLocal8Bit().constData()); // nobody is policyd
    BH_ANSWERED(ask(), "");
    if (::geteuid() == 0) {
        const sockaddr_un address = addressOf(path(u"policy.sock"_s));
        m_policyd.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        QCOMPARE(::bind(m_policyd.get(), generic(address), sizeof(address)), 0);
        if (::chown(path(u"policy.sock"_s).toLocal8Bit().constData(), 971, 971) == 0) {
            BH_ANSWERED(ask(), "");
        }
    }
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::secondPrompt_doesNotServe()
{
    PolicySocket second({.own = path(u"ask"_s), .policyd = path(u"policy.sock"_s)},
                        MaxPolicyText,
                        [](const std::unique_ptr<PolicyPeer> &) { });
    const auto listening = second.listen();
    QVERIFY(!listening);
    QCOMPARE(listening.error().code, Errc::Exists);
    m_socket.reset(); // died: its name stays
    QVERIFY(second.listen());
}

void PromptTest::socket_isForItsGroup()
{
    struct stat status = {};
    QCOMPARE(::stat(path(u"ask"_s).toLocal8Bit().constData(), &status), 0);
    QCOMPARE(status.st_mode & 0777U, 0660U);
}

void PromptTest::ui_145_callerThatGoesClosesThePrompt()
{
    const auto asker = ask();
    waitForWindow();
    const auto other = ask(questionOf("personal"));
    QTRY_COMPARE(m_dialog->findChild<QLabel *>(u"prompt.counts"_s)->text(), u"1 question from another qube waits."_s);
    asker->hangUp();
    waitForWindow(u"personal"_s);
    other->hangUp();
    QTRY_VERIFY(!m_dialog->isVisible());
}

void PromptTest::ui_142_hundredEqualQuestionsAreOne()
{
    std::vector<std::unique_ptr<Asker>> askers;
    for (int call = 0; call < 100; ++call) {
        askers.push_back(ask());
        QCoreApplication::processEvents();
    }
    const auto other = ask(questionOf("personal"));
    QTRY_COMPARE(m_dialog->findChild<QLabel *>(u"prompt.counts"_s)->text(),
                 u"Asked 100 times. 1 question from another qube waits."_s);
    waitForWindow();
    press(u"allow"_s);
    for (const auto &asker : askers) {
        BH_ANSWERED(asker, "allow:vault");
    }
    waitForWindow(u"personal"_s);
    press(u"deny"_s);
    BH_ANSWERED(other, "deny");
}

void PromptTest::S_132_floodIsDenied()
{
    std::vector<std::unique_ptr<Asker>> askers;
    for (int call = 0; call < 100; ++call) {
        askers.push_back(ask(questionOf("work", "s" + QByteArray::number(call))));
        QCoreApplication::processEvents();
    }
    for (std::size_t call = 9; call < askers.size(); ++call) {
        BH_ANSWERED(askers.at(call), "deny");
    }
    QVERIFY(!askers.at(8)->answer());
    const auto other = ask(questionOf("personal"));
    QTRY_VERIFY(m_dialog->findChild<QLabel *>(u"prompt.counts"_s)->text().contains(u"another qube"_s));
    waitForWindow();
    press(u"deny"_s);
    waitForWindow(u"personal"_s); // is not starved
    press(u"allow"_s);
    BH_ANSWERED(other, "allow:vault");
}

void PromptTest::ui_143_denyAllIsShownAndCanBeEnded()
{
    const auto first = ask();
    const auto second = ask(questionOf("work", "other"));
    waitForWindow();
    press(u"denyall"_s);
    BH_ANSWERED(first, "deny");
    BH_ANSWERED(second, "deny");
    BH_ANSWERED(ask(), "deny");
    const auto other = ask(questionOf("personal"));
    waitForWindow(u"personal"_s);
    auto *notice = m_dialog->findChild<KMessageWidget *>(u"prompt.blocked"_s);
    QVERIFY(notice->isVisible());
    QVERIFY(notice->text().contains(u"work"_s));
    notice->actions().first()->trigger();
    QVERIFY(!notice->isVisible());
    const auto again = ask();
    waitForWindow(u"personal"_s);
    press(u"deny"_s);
    waitForWindow();
    press(u"deny"_s);
    BH_ANSWERED(again, "deny");
}

void PromptTest::remember(Term term)
{
    m_dialog->findChild<QCheckBox *>(u"prompt.remember"_s)->click();
    auto *terms = m_dialog->findChild<QComboBox *>(u"prompt.remember.term"_s);
    QVERIFY(terms->isVisible());
    terms->setCurrentIndex(terms->findData(static_cast<int>(term)));
    waitForWindow(); // it asks something else now
}

void PromptTest::rememberedUntilShutdown_asksNoMore()
{
    const auto asker = ask(rememberable());
    waitForWindow();
    remember(Term::UntilShutdown);
    press(u"allow"_s);
    BH_ANSWERED(asker, "allow:vault");
    BH_ANSWERED(ask(rememberable()), "allow:vault");
    QVERIFY(!m_dialog->isVisible());
    const auto other = ask(rememberable("untrusted"));
    waitForWindow();
    press(u"deny"_s);
    BH_ANSWERED(other, "deny");
}

void PromptTest::rememberedDenial_asksNoMore()
{
    const auto asker = ask(rememberable());
    waitForWindow();
    remember(Term::UntilShutdown);
    press(u"deny"_s);
    BH_ANSWERED(asker, "deny");
    BH_ANSWERED(ask(rememberable()), "deny");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::ui_144_alwaysWantsTheRuleThatIsShown()
{
    QSignalSpy wanted(m_prompt.get(), &Prompt::ruleWanted);
    const auto asker = ask(rememberable());
    waitForWindow();
    remember(Term::Always);
    const QString shown = m_dialog->findChild<QPlainTextEdit *>(u"prompt.remember.rules"_s)->toPlainText();
    press(u"allow"_s);
    BH_ANSWERED(asker, "allow:vault");
    QCOMPARE(wanted.size(), 1);
    const QString rule = wanted.first().first().toString();
    QCOMPARE(rule, u"qubes.Filecopy + work @default allow target=vault autostart=no"_s);
    QVERIFY(shown.contains(u"Allow: %1\n"_s.arg(rule)));
}

void PromptTest::ui_144_alwaysDenied()
{
    QSignalSpy wanted(m_prompt.get(), &Prompt::ruleWanted);
    const auto asker = ask(rememberable("untrusted"));
    waitForWindow();
    remember(Term::Always);
    press(u"deny"_s);
    BH_ANSWERED(asker, "deny");
    QCOMPARE(wanted.size(), 1);
    QCOMPARE(wanted.first().first().toString(), u"qubes.Filecopy + work untrusted deny"_s);
}

void PromptTest::remembered_canBeForgotten()
{
    const auto asker = ask(rememberable());
    waitForWindow();
    remember(Term::UntilShutdown);
    press(u"allow"_s);
    BH_ANSWERED(asker, "allow:vault");
    const auto other = ask(questionOf("personal"));
    waitForWindow(u"personal"_s);
    auto *notice = m_dialog->findChild<KMessageWidget *>(u"prompt.remembered"_s);
    QVERIFY(notice->isVisible());
    notice->actions().first()->trigger();
    QVERIFY(!notice->isVisible());
    const auto again = ask(rememberable());
    waitForWindow(u"personal"_s);
    press(u"deny"_s);
    BH_ANSWERED(other, "deny");
    waitForWindow();
    press(u"deny"_s);
    BH_ANSWERED(again, "deny");
}

void PromptTest::S_134_callerThatIsRemoved()
{
    const auto asker = ask();
    waitForWindow();
    m_source->remove(u"work"_s);
    BH_ANSWERED(asker, "deny");
    QVERIFY(!m_dialog->isVisible());
}

void PromptTest::locked_hidesAndWaits()
{
    const auto asker = ask();
    waitForWindow();
    m_prompt->setLocked(true);
    QVERIFY(!m_dialog->isVisible());
    const auto other = ask(questionOf("personal"));
    QCoreApplication::processEvents();
    QVERIFY(!m_dialog->isVisible());
    QVERIFY(!asker->answer());
    m_prompt->setLocked(false);
    QVERIFY(m_dialog->isVisible());
    QVERIFY2(!m_dialog->gate().isOpen(), "it is new to the eye");
    waitForWindow();
    press(u"allow"_s);
    BH_ANSWERED(asker, "allow:vault");
}

void PromptTest::nobodyAnswers_isADenial()
{
    const auto asker = ask();
    waitForWindow();
    m_clock.advance(QuestionQueue::Patience - 2s);
    m_prompt->update();
    QVERIFY(!asker->answer());
    m_clock.advance(2s);
    m_prompt->update();
    BH_ANSWERED(asker, "deny");
    QVERIFY(!m_dialog->isVisible());
}

QTEST_MAIN(PromptTest)

#include "prompttest.moc"
