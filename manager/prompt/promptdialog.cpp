// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/promptdialog.h"

#include "manager/client/demomode.h"
#include "manager/client/qubesource.h"
#include "manager/delegates/labelmark.h"
#include "manager/models/qubewords.h"
#include "manager/models/untrustedtext.h"
#include "manager/policylink/servicewords.h"
#include "manager/prompt/targetdelegate.h"
#include "manager/prompt/targetmodel.h"
#include "manager/widgets/demonotice.h"

#include <KLocalizedString>
#include <KMessageWidget>
#include <QAccessible>
#include <QAction>
#include <QApplication>
#include <QCloseEvent>
#include <QFontDatabase>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSortFilterProxyModel>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWindow>

#include <algorithm>
#include <array>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Between two looks at the clock while the wait runs.
constexpr std::chrono::milliseconds Tick{40};
/// The same while it does not even run.
constexpr std::chrono::milliseconds SlowTick{250};
constexpr int BarSteps = 1000;
constexpr int BarHeight = 4;

constexpr int MarkSize = 48;
constexpr int Margin = 16;
constexpr int Gap = 12;
constexpr int ButtonHeight = 36;   ///< at least 32. Source: spec ui 21
constexpr int WidthInLetters = 80; ///< of the window
constexpr int MaxRows = 6;         ///< of the list at once
constexpr int SearchFrom = 8;      ///< so many targets are searched rather than looked through
constexpr int CountLines = 2;      ///< kept free: a caller that asks again moves nothing, and makes nobody wait
constexpr int MeaningLines = 3;    ///< kept free, so that no button moves when another target is chosen

constexpr qsizetype WholeArgument = 56;
constexpr qsizetype ArgumentHead = 32;
constexpr qsizetype ArgumentTail = 20;

constexpr std::array Activating{Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space, Qt::Key_Escape, Qt::Key_Select};
constexpr std::array Modifiers{
    Qt::Key_Shift, Qt::Key_Control, Qt::Key_Alt, Qt::Key_AltGr, Qt::Key_Meta, Qt::Key_Super_L, Qt::Key_Super_R};

QLabel *makeLabel(const QString &objectName, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

KMessageWidget *makeMessage(const QString &objectName, QWidget *parent)
{
    auto *message = new KMessageWidget(parent);
    message->setObjectName(objectName);
    message->setTextFormat(Qt::PlainText);
    message->setWordWrap(true);
    message->setCloseButtonVisible(false);
    for (QLabel *label : message->findChildren<QLabel *>()) {
        label->setFocusPolicy(Qt::NoFocus); // it can be copied with the mouse, but is no stop of the keyboard
    }
    return message;
}

bool isInput(QEvent::Type type)
{
    switch (type) {
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
    case QEvent::ShortcutOverride:
    case QEvent::Shortcut:
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::Wheel:
    case QEvent::TouchBegin:
    case QEvent::TouchUpdate:
    case QEvent::TouchEnd:
    case QEvent::TabletPress:
    case QEvent::TabletRelease:
    case QEvent::ContextMenu:
    case QEvent::InputMethod:
        return true;
    default: // Qt's own list has hundreds
        return false;
    }
}

/// Something went down, by the person's hand.
bool isPress(const QEvent &event)
{
    switch (event.type()) {
    case QEvent::KeyPress:
    case QEvent::ShortcutOverride:
        return !std::ranges::contains(Modifiers, static_cast<Qt::Key>(static_cast<const QKeyEvent &>(event).key()));
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
    case QEvent::TouchBegin:
    case QEvent::TabletPress:
        return true;
    default:
        return false;
    }
}

/// A key that is held down presses nothing.
bool isRepeatedPress(const QEvent &event)
{
    if (event.type() != QEvent::KeyPress && event.type() != QEvent::KeyRelease) {
        return false;
    }
    const auto &key = static_cast<const QKeyEvent &>(event);
    return key.isAutoRepeat() && std::ranges::contains(Activating, static_cast<Qt::Key>(key.key()));
}

} // namespace

QString shortArgument(const QString &argument)
{
    const QString clean = shownText(argument, argument.size() + 1);
    return clean.size() <= WholeArgument ? clean : QString(clean.first(ArgumentHead) + u'…' + clean.last(ArgumentTail));
}

PromptDialog::PromptDialog(const Clock &clock, QubeSource *source, QWidget *parent)
    : QDialog(parent,
              Qt::Dialog | Qt::CustomizeWindowHint | Qt::WindowTitleHint | Qt::WindowCloseButtonHint
                  | Qt::WindowStaysOnTopHint)
    , m_clock(clock)
    , m_source(source)
    , m_targets(new TargetModel(source, this))
    , m_filter(new QSortFilterProxyModel(this))
    , m_mark(new QLabel(this))
    , m_caller(makeLabel(u"prompt.caller"_s, this))
    , m_kind(makeLabel(u"prompt.kind"_s, this))
    , m_request(makeLabel(u"prompt.request"_s, this))
    , m_said(makeLabel(u"prompt.said"_s, this))
    , m_to(makeLabel(u"prompt.to"_s, this))
    , m_search(new QLineEdit(this))
    , m_list(new QListView(this))
    , m_meaning(makeMessage(u"prompt.meaning"_s, this))
    , m_detailsButton(new QToolButton(this))
    , m_details(new QPlainTextEdit(this))
    , m_counts(makeLabel(u"prompt.counts"_s, this))
    , m_blocked(makeMessage(u"prompt.blocked"_s, this))
    , m_wait(makeLabel(u"prompt.wait"_s, this))
    , m_bar(new QProgressBar(this))
    , m_deny(new QPushButton(this))
    , m_denyAll(new QPushButton(this))
    , m_allow(new QPushButton(this))
{
    setObjectName(u"prompt"_s);
    build();
    connectParts();
    qApp->installEventFilter(this);
    applyGuard();
}

PromptDialog::~PromptDialog() = default;

QWidget *PromptDialog::makeCaller()
{
    auto *row = new QWidget(this);
    QFont big = m_caller->font();
    big.setPointSizeF(big.pointSizeF() * 1.4);
    big.setBold(true);
    m_caller->setFont(big);
    QPalette quiet = m_kind->palette();
    quiet.setColor(QPalette::WindowText, quiet.color(QPalette::PlaceholderText));
    m_mark->setObjectName(u"prompt.mark"_s);
    m_mark->setFixedSize(MarkSize, MarkSize);

    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_caller);
    words->addWidget(m_kind);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(Gap);
    layout->addWidget(m_mark, 0, Qt::AlignTop);
    layout->addLayout(words, 1);
    return row;
}

QWidget *PromptDialog::makeTargets()
{
    auto *box = new QWidget(this);
    m_to->setText(i18nc("@label:listbox the qube that is called", "&To:"));
    m_to->setBuddy(m_list);
    m_search->setObjectName(u"prompt.search"_s);
    m_search->setAccessibleName(i18nc("@label:textbox", "Search the qubes"));
    m_search->setPlaceholderText(i18nc("@info:placeholder", "Search…"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(QIcon::fromTheme(u"search-symbolic"_s), QLineEdit::LeadingPosition);

    m_filter->setSourceModel(m_targets);
    m_filter->setFilterCaseSensitivity(Qt::CaseInsensitive);
    m_list->setObjectName(u"prompt.targets"_s);
    m_list->setAccessibleName(i18nc("@label:listbox", "To"));
    m_list->setModel(m_filter);
    m_list->setItemDelegate(new TargetDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setSelectionMode(QAbstractItemView::SingleSelection);
    m_list->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_list->setTextElideMode(Qt::ElideMiddle);

    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_to);
    layout->addWidget(m_search);
    layout->addWidget(m_list);
    return box;
}

QWidget *PromptDialog::makeDetails()
{
    auto *box = new QWidget(this);
    m_detailsButton->setObjectName(u"prompt.details.show"_s);
    m_detailsButton->setText(i18nc("@action:button shows the technical names", "D&etails"));
    m_detailsButton->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    m_detailsButton->setArrowType(isRightToLeft() ? Qt::LeftArrow : Qt::RightArrow);
    m_detailsButton->setAutoRaise(true);
    m_detailsButton->setCheckable(true);
    m_detailsButton->setMinimumHeight(TargetDelegate::RowHeight);
    m_details->setObjectName(u"prompt.details"_s);
    m_details->setAccessibleName(i18nc("@label", "Technical names of this call"));
    m_details->setReadOnly(true);
    m_details->setTabChangesFocus(true);
    m_details->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_details->setWordWrapMode(QTextOption::WrapAnywhere);
    m_details->setFixedHeight(fontMetrics().lineSpacing() * 5 + Gap);
    m_details->hide();
    auto *layout = new QVBoxLayout(box);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(m_detailsButton, 0, Qt::AlignLeading);
    layout->addWidget(m_details);
    return box;
}

void PromptDialog::buildButtons()
{
    const auto prepare = [](QPushButton *button, const QString &name, const QString &icon, const QString &text) {
        button->setObjectName(name);
        button->setText(text);
        button->setIcon(QIcon::fromTheme(icon));
        button->setAutoDefault(false);
        button->setDefault(false);
        button->setMinimumHeight(ButtonHeight);
    };
    prepare(m_deny, u"prompt.deny"_s, u"dialog-cancel"_s, i18nc("@action:button", "&Deny"));
    prepare(m_denyAll, u"prompt.denyall"_s, u"dialog-cancel"_s, i18nc("@action:button", "Deny All for &10 Minutes"));
    prepare(m_allow, u"prompt.allow"_s, u"dialog-ok-apply"_s, i18nc("@action:button", "&Allow"));
    m_bar->setObjectName(u"prompt.bar"_s);
    m_bar->setAccessibleName(i18nc("@label:progressbar", "Wait until this can be answered"));
    m_bar->setRange(0, BarSteps);
    m_bar->setTextVisible(false);
    m_bar->setFixedHeight(BarHeight);
    QSizePolicy keepsItsPlace = m_bar->sizePolicy();
    keepsItsPlace.setRetainSizeWhenHidden(true);
    m_bar->setSizePolicy(keepsItsPlace);
    m_wait->setMinimumHeight(fontMetrics().lineSpacing());
}

void PromptDialog::build()
{
    QWidget *const caller = makeCaller();
    QFont heading = m_request->font();
    heading.setPointSizeF(heading.pointSizeF() * 1.15);
    m_request->setFont(heading);
    m_said->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_meaning->setMinimumHeight(fontMetrics().lineSpacing() * MeaningLines + 2 * Gap);
    m_counts->setMinimumHeight(fontMetrics().lineSpacing() * CountLines);
    m_counts->setAlignment(Qt::AlignLeading | Qt::AlignTop);
    m_blocked->setMessageType(KMessageWidget::Information);
    auto *unblock = new QAction(i18nc("@action:button", "Ask Again"), this);
    m_blocked->addAction(unblock);
    m_blocked->hide();
    connect(unblock, &QAction::triggered, this, &PromptDialog::unblockWanted);
    QWidget *const targets = makeTargets();
    QWidget *const details = makeDetails();
    buildButtons();

    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addWidget(m_deny);
    buttons->addWidget(m_denyAll);
    buttons->addStretch();
    buttons->addSpacing(Margin);
    buttons->addWidget(m_allow);
    auto *content = new QVBoxLayout;
    content->setContentsMargins(Margin, Margin, Margin, Margin);
    content->setSpacing(Gap);
    for (QWidget *part : {caller,
                          static_cast<QWidget *>(m_request),
                          static_cast<QWidget *>(m_said),
                          targets,
                          static_cast<QWidget *>(m_meaning),
                          details,
                          static_cast<QWidget *>(m_counts),
                          static_cast<QWidget *>(m_blocked)}) {
        content->addWidget(part);
    }
    content->addStretch();
    auto *wait = new QVBoxLayout;
    wait->setSpacing(4);
    wait->addWidget(m_wait);
    wait->addWidget(m_bar);
    content->addLayout(wait);
    content->addLayout(buttons);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(0);
    if (isDemo()) {
        layout->addWidget(makeDemoNotice(this));
    }
    layout->addLayout(content);
    setMinimumWidth(fontMetrics().averageCharWidth() * WidthInLetters);
    const std::array order{static_cast<QWidget *>(m_search),
                           static_cast<QWidget *>(m_list),
                           static_cast<QWidget *>(m_detailsButton),
                           static_cast<QWidget *>(m_details),
                           static_cast<QWidget *>(m_deny),
                           static_cast<QWidget *>(m_denyAll),
                           static_cast<QWidget *>(m_allow)};
    for (std::size_t at = 1; at < order.size(); ++at) {
        setTabOrder(order.at(at - 1), order.at(at));
    }
}

void PromptDialog::connectParts()
{
    connect(&m_tick, &QTimer::timeout, this, &PromptDialog::refresh);
    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_filter->setFilterFixedString(text.trimmed());
    });
    connect(m_list->selectionModel(), &QItemSelectionModel::selectionChanged, this, [this] {
        showMeaning();
        applyGuard();
    });
    connect(m_targets, &TargetModel::targetsChanged, this, &PromptDialog::onTargetsChanged);
    connect(m_source, &QubeSource::qubeChanged, this, &PromptDialog::showCaller);
    connect(m_source, &QubeSource::labelsChanged, this, &PromptDialog::showCaller);
    connect(m_source, &QubeSource::loaded, this, &PromptDialog::showCaller);
    connect(m_detailsButton, &QToolButton::toggled, this, [this](bool isShown) {
        m_details->setVisible(isShown);
        m_detailsButton->setArrowType(isShown ? Qt::DownArrow : isRightToLeft() ? Qt::LeftArrow : Qt::RightArrow);
        fit();
    });
    connect(m_deny, &QPushButton::clicked, this, &PromptDialog::denied);
    connect(m_denyAll, &QPushButton::clicked, this, &PromptDialog::callerDenied);
    connect(m_allow, &QPushButton::clicked, this, [this] {
        refresh();
        if (isOpen() && !chosenTarget().isEmpty()) {
            Q_EMIT allowed(chosenTarget());
        }
    });
}

void PromptDialog::setFront(const QuestionQueue::Front &front)
{
    showCounts(front);
    if (front.number == m_number) {
        return; // how many ask it is no reason to look again: an Allow is for those that were there
    }
    m_number = front.number;
    m_question = front.question;
    m_guard.restart(m_clock.now());
    showQuestion();
    applyGuard();
}

void PromptDialog::showQuestion()
{
    const ServiceWords words = wordsFor(m_question.service, m_question.source, {});
    setWindowTitle(i18nc("@title:window %1 the qube that asks", "Question from %1", m_question.source));
    m_mark->clear();
    showCaller();
    m_request->setText(words.request);
    setAccessibleDescription(words.request);
    m_said->setVisible(!m_question.argument.isEmpty());
    m_said->setText(i18nc(
        "@info %1 what the other side said with its call", "What it says: “%1”", shortArgument(m_question.argument)));
    showTargets();
    showMeaning();
    showDetails();
    if (m_search->isHidden()) {
        m_list->setFocus();
    } else {
        m_search->setFocus();
    }
    fit();
}

void PromptDialog::fit()
{
    layout()->activate();
    const int wanted = isVisible() ? std::max(width(), minimumWidth()) : minimumWidth();
    resize(wanted,
           layout()->hasHeightForWidth() ? layout()->totalHeightForWidth(wanted) : layout()->totalSizeHint().height());
}

void PromptDialog::showCaller()
{
    if (m_question.source.isEmpty() || m_source == nullptr) {
        return;
    }
    QubeInfo qube = qubeNamed(*m_source, m_question.source);
    const LabelInfo label = labelNamed(m_source->labels(), qube.label);
    const QPixmap mark = markPixmap(markFor(label, badgeFor(qube)), MarkSize, devicePixelRatioF());
    const bool isOther = m_mark->pixmap().isNull() || m_mark->pixmap().toImage() != mark.toImage();
    m_mark->setPixmap(mark);
    m_mark->setAccessibleName(i18nc("@info %1 name of a label", "Label %1", qube.label));
    m_caller->setText(qube.name);
    m_kind->setText(qube.className.isEmpty() ? i18nc("@info", "The core does not tell more about this qube.")
                                             : descriptionOf(qube, label));
    if (isOther) {
        restartGuard(); // it was another colour when it was looked at
    }
}

void PromptDialog::showTargets()
{
    m_search->clear();
    m_targets->setTargets(m_question.targets);
    m_search->setVisible(m_question.targets.size() >= SearchFrom);
    m_list->clearSelection();
    if (!m_question.defaultTarget.isEmpty()) {
        const QModelIndex row = m_filter->mapFromSource(m_targets->index(m_targets->rowOf(m_question.defaultTarget)));
        m_list->setCurrentIndex(row);
        m_list->scrollTo(row);
    }
    fitList();
}

void PromptDialog::fitList()
{
    const int rows = std::clamp(m_targets->rowCount(), 1, MaxRows);
    const int rowHeight = std::max(m_list->sizeHintForRow(0), TargetDelegate::RowHeight);
    m_list->setFixedHeight(rows * rowHeight + 2 * m_list->frameWidth());
}

QString PromptDialog::chosenTarget() const
{
    const QModelIndexList chosen = m_list->selectionModel()->selectedIndexes();
    return chosen.isEmpty() ? QString() : chosen.first().data(TargetModel::TargetRole).toString();
}

void PromptDialog::showMeaning()
{
    const QString target = chosenTarget();
    const ServiceWords words = wordsFor(m_question.service, m_question.source, targetWord(target));
    QString text = i18nc("@info %1 a sentence or two", "If you allow this: %1", words.meaning);
    if (target == "dom0"_L1) {
        text = i18nc("@info %1 a sentence or two", "%1 dom0 controls all qubes.", text);
    } else if (!target.isEmpty() && m_source != nullptr && !target.startsWith(u'@')) {
        const QubeInfo qube = qubeNamed(*m_source, target);
        if (!qube.className.isEmpty() && qube.state == QubeState::Halted) {
            text = i18nc("@info %1 a sentence or two, %2 a qube's name", "%1 %2 will be started.", text, target);
        }
    }
    const bool isGrave = words.isStrong || !words.isKnown || target == "dom0"_L1;
    m_meaning->setMessageType(isGrave ? KMessageWidget::Warning : KMessageWidget::Information);
    m_meaning->setIcon(QIcon::fromTheme(isGrave ? u"data-warning"_s : u"data-information"_s));
    m_meaning->setText(text);
    m_meaning->setAccessibleName(text);
}

void PromptDialog::showDetails()
{
    m_detailsButton->setChecked(false);
    const QString argument = shownText(m_question.argument, m_question.argument.size() + 1);
    m_details->setPlainText(
        argument.isEmpty() ? i18nc("@info technical name of a service", "Service: %1", m_question.service)
                           : i18nc("@info technical names", "Service: %1\nArgument: %2", m_question.service, argument));
}

void PromptDialog::showCounts(const QuestionQueue::Front &front)
{
    QStringList lines;
    if (front.asksOften) {
        lines << i18nc("@info %1 a qube's name", "%1 asks very often.", front.question.source);
    }
    if (front.calls > 1) {
        lines << i18ncp("@info the same question", "Asked %1 time.", "Asked %1 times.", front.calls);
    }
    if (front.moreOfCaller > 0) {
        lines << i18ncp("@info %2 a qube's name",
                        "%1 more question from %2.",
                        "%1 more questions from %2.",
                        front.moreOfCaller,
                        front.question.source);
    }
    if (front.moreOfOthers > 0) {
        lines << i18ncp(
            "@info", "%1 question from another qube waits.", "%1 questions from other qubes wait.", front.moreOfOthers);
    }
    m_counts->setText(lines.join(u' '));
}

void PromptDialog::setBlockedNotice(const QString &text)
{
    m_blocked->setText(text);
    m_blocked->setVisible(!text.isEmpty());
}

void PromptDialog::onTargetsChanged()
{
    restartGuard();
    showMeaning();
    applyGuard();
}

void PromptDialog::setCovered(bool isCovered)
{
    m_guard.setCovered(isCovered, m_clock.now());
    applyGuard();
}

void PromptDialog::restartGuard()
{
    m_guard.restart(m_clock.now());
    applyGuard();
}

bool PromptDialog::isOpen() const
{
    return m_guard.isOpen(m_clock.now());
}

void PromptDialog::refresh()
{
    applyGuard();
}

void PromptDialog::applyGuard()
{
    const TimePoint now = m_clock.now();
    // Beside the events: what a window system does not tell when a window comes back counts, too.
    m_guard.setShown(isVisible(), now);
    m_guard.setFocused(isActiveWindow(), now);
    const bool isOpenNow = m_guard.isOpen(now);
    const bool isRunning = m_guard.isRunning();
    m_bar->setValue(static_cast<int>(m_guard.progress(now) * BarSteps));
    m_bar->setVisible(!isOpenNow);
    m_wait->setText(isOpenNow       ? QString()
                        : isRunning ? i18nc("@info the buttons do nothing yet", "Available in a moment…")
                        : isActiveWindow()
                        ? i18nc("@info the buttons do nothing", "Another window lies over this one. Move it away.")
                        : i18nc("@info the buttons do nothing", "Choose this window to answer."));
    if (!isVisible() || isOpenNow) {
        m_tick.stop();
    } else if (const auto tick = isRunning ? Tick : SlowTick;
               !m_tick.isActive() || m_tick.intervalAsDuration() != tick) {
        m_tick.start(tick);
    }
    if (!isOpenNow && qobject_cast<QPushButton *>(focusWidget()) != nullptr) {
        m_list->setFocus(); // whoever was on a button goes there again
    }
    m_deny->setEnabled(isOpenNow);
    m_denyAll->setEnabled(isOpenNow);
    m_allow->setEnabled(isOpenNow && !chosenTarget().isEmpty());
    if (isOpenNow != m_wasOpen) {
        m_wasOpen = isOpenNow;
        announce(isOpenNow ? i18nc("@info for a screen reader", "You can answer now.")
                           : i18nc("@info for a screen reader", "Available in a moment."));
    }
}

void PromptDialog::announce(const QString &text)
{
    if (isVisible()) {
        QAccessibleAnnouncementEvent event(this, text);
        QAccessible::updateAccessibility(&event);
    }
}

bool PromptDialog::isOurs(const QObject *watched) const
{
    if (watched->isWidgetType()) {
        return static_cast<const QWidget *>(watched)->window() == this;
    }
    return watched == windowHandle();
}

bool PromptDialog::eventFilter(QObject *watched, QEvent *event)
{
    if (!isInput(event->type()) || !isOurs(watched)) {
        return QDialog::eventFilter(watched, event);
    }
    if (!isOpen()) {
        if (isPress(*event)) {
            m_guard.onInput(m_clock.now());
        }
        applyGuard();
        return true;
    }
    if (!m_wasOpen) {
        applyGuard(); // the clock was quicker than the timer
    }
    if (isRepeatedPress(*event)) {
        return true;
    }
    if (event->type() == QEvent::KeyPress && (watched == m_search || watched == m_list)) {
        return chooseByKey(*static_cast<QKeyEvent *>(event)) || QDialog::eventFilter(watched, event);
    }
    return QDialog::eventFilter(watched, event);
}

bool PromptDialog::chooseByKey(const QKeyEvent &event)
{
    const bool isArrow = event.key() == Qt::Key_Down || event.key() == Qt::Key_Up;
    const bool isReturn = event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter;
    if (isArrow && chosenTarget().isEmpty() && m_filter->rowCount() > 0) {
        m_list->setFocus();
        m_list->setCurrentIndex(m_filter->index(event.key() == Qt::Key_Down ? 0 : m_filter->rowCount() - 1, 0));
        m_list->selectionModel()->select(m_list->currentIndex(), QItemSelectionModel::ClearAndSelect);
        return true;
    }
    if (isArrow && m_search->hasFocus()) {
        m_list->setFocus();
        return true;
    }
    if (isReturn && m_search->hasFocus() && m_filter->rowCount() == 1) {
        m_list->setCurrentIndex(m_filter->index(0, 0)); // chooses; it answers nothing
        return true;
    }
    return false;
}

void PromptDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        // No default button: it presses the one that has the focus, and else nothing.
        if (auto *button = qobject_cast<QAbstractButton *>(focusWidget()); button != nullptr && isOpen()) {
            button->click();
        }
        event->accept();
        return;
    }
    QDialog::keyPressEvent(event);
}

void PromptDialog::reject()
{
    if (isOpen()) {
        Q_EMIT denied();
    }
}

void PromptDialog::changeEvent(QEvent *event)
{
    QDialog::changeEvent(event);
    if (event->type() == QEvent::ActivationChange) {
        m_guard.setFocused(isActiveWindow(), m_clock.now());
        applyGuard();
    } else if (event->type() == QEvent::WindowStateChange && isMinimized()) {
        setWindowState(windowState() & ~Qt::WindowMinimized); // a question is not put away
    } else if (event->type() == QEvent::PaletteChange && m_source != nullptr) {
        showCaller();
    }
}

void PromptDialog::showEvent(QShowEvent *event)
{
    QDialog::showEvent(event);
    m_guard.setShown(true, m_clock.now());
    applyGuard();
    announce(i18nc("@info for a screen reader", "Available in a moment."));
}

void PromptDialog::hideEvent(QHideEvent *event)
{
    QDialog::hideEvent(event);
    m_guard.setShown(false, m_clock.now());
    applyGuard();
}

void PromptDialog::closeEvent(QCloseEvent *event)
{
    event->ignore(); // whoever owns this hides it when no question is left
    Q_EMIT denied();
}

void PromptDialog::moveEvent(QMoveEvent *event)
{
    QDialog::moveEvent(event);
    restartGuard();
}

void PromptDialog::resizeEvent(QResizeEvent *event)
{
    QDialog::resizeEvent(event);
    restartGuard();
}

} // namespace Bulkhead
