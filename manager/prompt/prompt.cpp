// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/prompt.h"

#include "base/printable.h"
#include "manager/client/qubesource.h"
#include "manager/policylink/policymessages.h"
#include "manager/prompt/guard.h"
#include "manager/prompt/promptdialog.h"

#include <KLocalizedString>
#include <QLocale>
#include <QLoggingCategory>
#include <QTime>

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(promptLog, "bulkhead.prompt", QtInfoMsg)

void log(const Question &question, const char *what)
{
    qCInfo(promptLog,
           "%s: %s: %s",
           qUtf8Printable(question.source),
           printable(question.service.toStdString()).c_str(),
           what);
}

} // namespace

Prompt::Prompt(const Clock &clock, QubeSource *source, PromptDialog *dialog, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_source(source)
    , m_dialog(dialog)
{
    connect(dialog, &PromptDialog::allowed, this, &Prompt::onAllowed);
    connect(dialog, &PromptDialog::denied, this, &Prompt::onDenied);
    connect(dialog, &PromptDialog::callerDenied, this, [this] {
        deny(m_queue.block(m_clock.now()), "denied by the person, with all that follows for ten minutes");
    });
    connect(dialog, &PromptDialog::unblockWanted, this, &Prompt::unblockAll);
    connect(dialog, &PromptDialog::forgetWanted, this, [this] {
        m_memory.forget();
        update();
    });
    connect(source, &QubeSource::qubeRemoved, this, [this](const QString &name) {
        m_memory.forgetQube(name); // another one may come by its name
        deny(m_queue.takeOf(name, m_clock.now()), "denied: the calling qube is gone");
    });
    m_wake.setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &Prompt::update);
}

Prompt::~Prompt() = default;

void Prompt::take(std::unique_ptr<PolicyPeer> peer)
{
    const auto question = parseQuestion(peer->text());
    if (!question) {
        qCWarning(promptLog, "a question is denied: %s", question.error().text().c_str());
        peer->answer(denyReply());
        return;
    }
    if (peer->isGone()) {
        return;
    }
    if (const auto remembered = m_memory.answerTo(*question)) {
        log(*question,
            remembered->isEmpty() ? "denied, as the person said until shutdown"
                                  : "allowed, as the person said until shutdown");
        peer->answer(remembered->isEmpty() ? denyReply() : allowReply(*remembered));
        return;
    }
    const Call call = m_next++;
    const auto taken = m_queue.add(call, *question, m_clock.now());
    if (taken != QuestionQueue::Taken::Waits) {
        log(*question,
            taken == QuestionQueue::Taken::Blocked ? "denied: the person said so for now"
                                                   : "denied: this qube asks too often");
        peer->answer(denyReply());
        return;
    }
    connect(
        peer.get(),
        &PolicyPeer::gone,
        this,
        [this, call] {
            onGone(call);
        },
        Qt::QueuedConnection);
    m_peers.emplace(call, std::move(peer));
    update();
}

void Prompt::onGone(Call call)
{
    if (m_peers.erase(call) != 0) {
        qCInfo(promptLog, "a caller went before it was answered");
        m_queue.remove(call, m_clock.now());
        update();
    }
}

void Prompt::onAllowed(const QString &target, Term term)
{
    const auto front = m_queue.front();
    if (!front || front->number != m_shown || !front->question.targets.contains(target)) {
        return;
    }
    const TimePoint now = m_clock.now();
    const QList<Call> calls = m_queue.takeAllowed(now - PromptGuard::Wait, now);
    for (const Call call : calls) {
        answer(call, allowReply(target));
    }
    if (!calls.isEmpty()) {
        log(front->question, "allowed by the person");
        remember(front->question, target, term); // after the answers: policyd takes none for what it asks no longer
    }
    update();
}

void Prompt::onDenied(Term term)
{
    const auto front = m_queue.front();
    deny(m_queue.takeDenied(m_clock.now()), "denied by the person");
    if (front) {
        remember(front->question, {}, term);
        update();
    }
}

void Prompt::remember(const Question &question, const QString &target, Term term)
{
    switch (term) {
    case Term::Once:
        break;
    case Term::UntilShutdown:
        m_memory.remember(question, target);
        break;
    case Term::Always:
        Q_EMIT ruleWanted(target.isEmpty() ? denyRule(question) : allowRule(question, target));
        break;
    }
}

void Prompt::deny(const QList<Call> &calls, const char *reason)
{
    if (!calls.isEmpty()) {
        qCInfo(promptLog, "%d calls: %s", static_cast<int>(calls.size()), reason);
    }
    for (const Call call : calls) {
        answer(call, denyReply());
    }
    update();
}

void Prompt::answer(Call call, const QByteArray &text)
{
    if (const auto node = m_peers.extract(call)) {
        node.mapped()->answer(text);
    }
}

void Prompt::setLocked(bool isLocked)
{
    if (std::exchange(m_isLocked, isLocked) != isLocked) {
        m_queue.renewPatience(m_clock.now()); // nobody could see it meanwhile
        update();
    }
}

void Prompt::update()
{
    const TimePoint now = m_clock.now();
    if (!m_isLocked) {
        for (const Call call : m_queue.takeExpired(now)) {
            qCInfo(promptLog, "denied: nobody answered");
            answer(call, denyReply());
        }
    }
    const auto front = m_queue.front();
    if (!front || m_isLocked) {
        m_wake.stop();
        m_dialog->hide();
        if (std::exchange(m_shown, 0) != 0) {
            Q_EMIT disappeared();
        }
        return;
    }
    showBlocks();
    m_dialog->setRemembered(m_memory.size());
    m_dialog->setFront(*front);
    const bool isNew = m_shown != front->number;
    m_shown = front->number;
    if (!m_dialog->isVisible()) {
        m_dialog->show();
    }
    if (isNew) {
        Q_EMIT appeared();
    }
    if (const auto end = m_queue.expiry()) {
        m_wake.start(std::max(std::chrono::milliseconds(1), std::chrono::ceil<std::chrono::milliseconds>(*end - now)));
    }
}

void Prompt::showBlocks()
{
    const TimePoint now = m_clock.now();
    const auto blocks = m_queue.blocked(now);
    if (blocks.isEmpty()) {
        m_dialog->setBlockedNotice({});
        return;
    }
    QStringList names = blocks.keys();
    names.sort();
    const auto last = *std::ranges::max_element(blocks);
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(last - now);
    m_dialog->setBlockedNotice(
        i18nc("@info %1 a list of qubes, %2 a time of day",
              "Questions from %1 are denied until %2.",
              QLocale().createSeparatedList(names),
              QLocale().toString(QTime::currentTime().addMSecs(static_cast<int>(left.count())), QLocale::ShortFormat)));
}

void Prompt::unblockAll()
{
    for (const QString &name : m_queue.blocked(m_clock.now()).keys()) {
        m_queue.unblock(name);
    }
    update();
}

} // namespace Bulkhead
