// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/copyto/copydialog.h"

#include "manager/client/demomode.h"
#include "manager/client/qubesource.h"
#include "manager/files/copyjob.h"
#include "manager/files/copywords.h"
#include "manager/files/filepolicy.h"
#include "manager/files/pointertext.h"
#include "manager/models/untrustedtext.h"
#include "manager/targets/targetchooser.h"
#include "manager/targets/targetmodel.h"
#include "manager/widgets/demonotice.h"

#include <KGuiItem>
#include <KLocalizedString>
#include <KMessageWidget>
#include <KStandardGuiItem>
#include <QAccessible>
#include <QDialogButtonBox>
#include <QFileInfo>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int Margin = 12; // spec ui 22
constexpr int WidthInLetters = 56;
/// A text that changes faster cannot be read (spec ui 16).
constexpr auto betweenTexts = 500ms;
/// Per cent between two that are said to a screen reader (spec ui 21).
constexpr unsigned long AnnouncedStep = 25;
constexpr qsizetype MostNames = 3;

/// "a.txt, b.txt, c.txt and 2 more"
QString namesOf(const QStringList &paths)
{
    QStringList names;
    for (const QString &path : paths.first(std::min(paths.size(), MostNames))) {
        names << shownText(QFileInfo(path).fileName());
    }
    const QString list = names.join(i18nc("@info between names of files", ", "));
    const qsizetype rest = paths.size() - names.size();
    return rest == 0 ? list : i18ncp("@info %2 names of files", "%2 and %1 more", "%2 and %1 more", rest, list);
}

} // namespace

CopyDialog::CopyDialog(QubeSource *source, FilePolicy *policy, QString program, QStringList paths, QWidget *parent)
    : QDialog(parent)
    , m_source(source)
    , m_policy(policy)
    , m_program(std::move(program))
    , m_paths(std::move(paths))
    , m_chooser(new TargetChooser(source, u"copyto"_s, this))
    , m_verdict(new QLabel(this))
    , m_outcome(new KMessageWidget(this))
    , m_progress(new QProgressBar(this))
    , m_copy(new QPushButton(QIcon::fromTheme(u"edit-copy"_s), i18nc("@action:button", "Copy"), this))
    , m_cancel(new QPushButton(this))
{
    setObjectName(u"copyto"_s);
    setWindowTitle(i18ncp("@title:window", "Copy %1 File to a Qube", "Copy %1 Files to a Qube", m_paths.size()));
    buildWindow();
    m_pulse.setInterval(betweenTexts);
    connect(&m_pulse, &QTimer::timeout, this, &CopyDialog::showProgress);
    connect(m_chooser, &TargetChooser::chosenChanged, this, &CopyDialog::showVerdict);
    connect(m_chooser, &TargetChooser::targetsChanged, this, &CopyDialog::showVerdict);
    connect(m_chooser, &TargetChooser::doubleClicked, m_copy, &QPushButton::click);
    connect(m_policy, &FilePolicy::judged, this, &CopyDialog::showVerdict);
    connect(m_source, &QubeSource::loaded, this, &CopyDialog::showTargets);
    connect(m_source, &QubeSource::qubeChanged, this, &CopyDialog::showTargets);
    connect(m_source, &QubeSource::connectionChanged, this, &CopyDialog::showVerdict);
    showTargets();
    m_chooser->takeFocus();
}

CopyDialog::~CopyDialog()
{
    if (m_job != nullptr) {
        m_job->kill(KJob::Quietly); // there is no window any more that could say it
    }
}

void CopyDialog::buildWindow()
{
    auto *what = new QLabel(whatWords(m_paths), this);
    what->setObjectName(u"copyto.what"_s);
    what->setTextFormat(Qt::PlainText);
    QFont heading = font();
    heading.setBold(true);
    what->setFont(heading);
    auto *names = new QLabel(namesOf(m_paths), this);
    names->setObjectName(u"copyto.names"_s);
    names->setTextFormat(Qt::PlainText);
    names->setWordWrap(true);
    m_verdict->setObjectName(u"copyto.verdict"_s);
    m_verdict->setTextFormat(Qt::PlainText);
    m_verdict->setWordWrap(true);
    m_verdict->setMinimumHeight(2 * fontMetrics().lineSpacing()); // so that no button moves under the hand
    m_outcome->setObjectName(u"copyto.outcome"_s);
    m_outcome->setTextFormat(Qt::PlainText);
    m_outcome->setWordWrap(true);
    m_outcome->setCloseButtonVisible(false);
    m_outcome->hide();
    m_progress->setObjectName(u"copyto.progress"_s);
    m_progress->hide();

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(Margin, Margin, Margin, Margin);
    layout->setSpacing(Margin / 3);
    if (isDemo()) {
        layout->addWidget(makeDemoNotice(this));
        layout->addSpacing(Margin);
    }
    layout->addWidget(what);
    layout->addWidget(names);
    layout->addSpacing(Margin);
    layout->addWidget(m_chooser);
    layout->addSpacing(Margin);
    layout->addWidget(m_verdict);
    layout->addWidget(m_progress);
    layout->addWidget(m_outcome);
    layout->addStretch();
    layout->addSpacing(Margin);
    buildButtons();
    setMinimumWidth(fontMetrics().averageCharWidth() * WidthInLetters);
}

void CopyDialog::buildButtons()
{
    auto *buttons = new QDialogButtonBox(this);
    m_copy->setObjectName(u"copyto.copy"_s);
    m_copy->setDefault(true);
    m_cancel->setObjectName(u"copyto.cancel"_s);
    buttons->addButton(m_copy, QDialogButtonBox::AcceptRole);
    buttons->addButton(m_cancel, QDialogButtonBox::RejectRole);
    connect(m_copy, &QPushButton::clicked, this, &CopyDialog::begin);
    connect(m_cancel, &QPushButton::clicked, this, &CopyDialog::reject);
    KGuiItem::assign(m_cancel, KStandardGuiItem::cancel());
    layout()->addWidget(buttons);
}

void CopyDialog::showTargets()
{
    QStringList names;
    for (const QubeInfo &qube : m_source->qubes()) {
        if (qube.kind != QubeKind::Admin && qube.kind != QubeKind::Remote) {
            names << qube.name;
        }
    }
    if (names != m_targets) { // the chooser itself hears of those that go
        m_targets = names;
        m_chooser->setTargets(names, names.contains(m_chooser->chosen()) ? m_chooser->chosen() : QString());
    }
    showVerdict();
}

FileVerdict CopyDialog::verdict() const
{
    if (m_source->connection() == QubeSource::Connection::Lost) {
        return {.text = i18nc("@info", "The core service does not answer. The window connects by itself.")};
    }
    const QString name = m_chooser->chosen();
    if (name.isEmpty()) {
        return {};
    }
    const QubeInfo qube = qubeNamed(*m_source, name);
    return judgeFilesBy(m_policy, &qube, m_paths.size());
}

void CopyDialog::showVerdict()
{
    if (m_job != nullptr || m_isDone) {
        return;
    }
    const FileVerdict now = verdict();
    const QString text =
        now.text.isEmpty() ? i18nc("@info", "Choose the qube that gets a copy.") : withSymbol(now.fit, now.text);
    m_copy->setEnabled(now.fits());
    if (text != m_verdict->text()) {
        m_verdict->setText(text);
        announce(now.text);
    }
}

void CopyDialog::begin()
{
    if (m_job != nullptr || !verdict().fits()) {
        return;
    }
    m_job = new CopyJob(m_program, m_chooser->chosen(), m_paths, this);
    connect(m_job, &KJob::result, this, &CopyDialog::conclude);
    m_announced = 0;
    m_chooser->setEnabled(false);
    m_copy->setEnabled(false);
    m_outcome->hide();
    m_progress->setRange(0, 0);
    m_progress->show();
    m_cancel->setFocus();
    showProgress();
    announce(m_verdict->text());
    m_pulse.start();
    m_job->start();
}

void CopyDialog::showProgress()
{
    const QString text = shownText(progressWords(*m_job));
    m_verdict->setText(text);
    m_progress->setAccessibleName(text);
    if (m_job->totalAmount(KJob::Bytes) > 0 && m_job->processedAmount(KJob::Bytes) > 0) {
        m_progress->setRange(0, 100);
        m_progress->setValue(static_cast<int>(m_job->percent()));
    }
    if (m_job->percent() >= m_announced + AnnouncedStep) {
        m_announced = m_job->percent() / AnnouncedStep * AnnouncedStep;
        announce(text);
    }
}

void CopyDialog::conclude()
{
    m_pulse.stop();
    const CopyJob &job = *std::exchange(m_job, nullptr);
    m_isDone = job.error() == KJob::NoError;
    const QString text = shownText(outcomeWords(job));
    m_progress->hide();
    m_outcome->setMessageType(outcomeType(job.error()));
    m_outcome->setText(text);
    m_outcome->show();
    announce(text);
    if (m_isDone) {
        m_verdict->hide();
        m_copy->hide();
        KGuiItem::assign(m_cancel, KStandardGuiItem::close());
        m_cancel->setFocus();
        return;
    }
    m_chooser->setEnabled(true);
    m_policy->forget(); // it may be another one by now
    m_copy->setText(i18nc("@action:button", "Try Again"));
    m_copy->setIcon(QIcon::fromTheme(u"view-refresh"_s));
    showVerdict();
    m_chooser->takeFocus();
}

void CopyDialog::reject()
{
    if (m_job != nullptr) {
        m_job->kill(KJob::EmitResult);
        return;
    }
    QDialog::reject();
}

void CopyDialog::announce(const QString &text)
{
    if (!text.isEmpty()) {
        QAccessibleAnnouncementEvent said(this, text);
        QAccessible::updateAccessibility(&said);
    }
}

} // namespace Bulkhead
