// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/filecopies.h"

#include "manager/app/messagearea.h"
#include "manager/files/copyjob.h"
#include "manager/files/copywords.h"
#include "manager/models/untrustedtext.h"

#include <KLocalizedString>
#include <QAccessible>
#include <QAction>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// A text that changes faster cannot be read (spec ui 16).
constexpr auto betweenTexts = 500ms;
/// Per cent between two that are said to a screen reader (spec ui 21).
constexpr unsigned long AnnouncedStep = 25;

} // namespace

FileCopies::FileCopies(QString program, MessageArea *messages, QObject *parent)
    : QObject(parent)
    , m_program(std::move(program))
    , m_messages(messages)
{
    m_pulse.setInterval(betweenTexts);
    connect(&m_pulse, &QTimer::timeout, this, &FileCopies::showProgress);
}

FileCopies::~FileCopies()
{
    for (const Copy &copy : std::as_const(m_running)) {
        copy.job->kill(KJob::Quietly); // there is no window any more that could say it
    }
}

void FileCopies::copy(const QString &qube, const QStringList &paths)
{
    if (!paths.isEmpty()) {
        begin(u"copy %1"_s.arg(++m_count), qube, paths);
    }
}

void FileCopies::begin(const QString &subject, const QString &qube, const QStringList &paths)
{
    auto *job = new CopyJob(m_program, qube, paths, this);
    const QString text = shownText(progressWords(*job));
    KMessageWidget *message = m_messages->show(KMessageWidget::Information, text, subject);
    message->setCloseButtonVisible(false); // what runs can be cancelled as long as it runs
    auto *cancel = new QAction(QIcon::fromTheme(u"dialog-cancel"_s), i18nc("@action:button", "Cancel"), message);
    connect(cancel, &QAction::triggered, job, [job] {
        job->kill(KJob::EmitResult);
    });
    message->addAction(cancel);
    connect(job, &KJob::result, this, [this, job] {
        conclude(job);
    });
    m_running << Copy{.job = job, .subject = subject, .message = message};
    m_pulse.start();
    announce(text);
    job->start();
}

void FileCopies::showProgress()
{
    for (Copy &copy : m_running) {
        const QString text = shownText(progressWords(*copy.job));
        if (copy.message != nullptr && copy.message->text() != text) {
            copy.message->setText(text);
            copy.message->setAccessibleName(text);
        }
        if (copy.job->percent() >= copy.announced + AnnouncedStep) {
            copy.announced = copy.job->percent() / AnnouncedStep * AnnouncedStep;
            announce(text);
        }
    }
}

void FileCopies::conclude(CopyJob *job)
{
    const auto place = std::ranges::find(m_running, job, &Copy::job);
    if (place == m_running.end()) {
        return;
    }
    const QString subject = place->subject;
    m_running.erase(place);
    if (m_running.isEmpty()) {
        m_pulse.stop();
    }
    const QString text = shownText(outcomeWords(*job));
    KMessageWidget *message = m_messages->show(outcomeType(job->error()), text, subject);
    announce(text);
    if (message->messageType() == KMessageWidget::Error) {
        auto *again = new QAction(QIcon::fromTheme(u"view-refresh"_s), i18nc("@action:button", "Try Again"), message);
        connect(again, &QAction::triggered, this, [this, subject, qube = job->qube(), paths = job->paths()] {
            begin(subject, qube, paths);
        });
        message->addAction(again);
    }
}

QStringList FileCopies::busyQubes() const
{
    QStringList qubes;
    for (const Copy &copy : m_running) {
        qubes << copy.job->qube();
    }
    qubes.removeDuplicates();
    qubes.sort();
    return qubes;
}

void FileCopies::stop()
{
    const QList<Copy> running = m_running; // each takes itself out
    for (const Copy &copy : running) {
        copy.job->kill(KJob::EmitResult);
    }
}

void FileCopies::announce(const QString &text)
{
    QAccessibleAnnouncementEvent said(m_messages, text);
    QAccessible::updateAccessibility(&said);
}

} // namespace Bulkhead
