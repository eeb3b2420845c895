// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "manager/prompt/guard.h"
#include "manager/prompt/questionqueue.h"

#include <QDialog>
#include <QPointer>
#include <QTimer>

class KMessageWidget;
class QLabel;
class QLineEdit;
class QListView;
class QPlainTextEdit;
class QProgressBar;
class QPushButton;
class QSortFilterProxyModel;
class QToolButton;

namespace Bulkhead
{

class QubeSource;
class TargetModel;

/// The window that asks: who wants what of whom, and what will be possible then. It takes no answer before its guard is
/// open, and has no default button: an answer is a press of a button that the person went to.
class PromptDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param clock, source  outlive this
    PromptDialog(const Clock &clock, QubeSource *source, QWidget *parent = nullptr);
    ~PromptDialog() override;

    /// Shows a question, or what is new about the one that is shown.
    void setFront(const QuestionQueue::Front &front);
    /// Callers that are denied for now, in words; empty: none.
    void setBlockedNotice(const QString &text);
    /// Something that is not ours lies over the window.
    void setCovered(bool isCovered);
    /// The window was moved or its size changed, by whomever.
    void restartGuard();

    /// The target that an Allow would name; empty: none is chosen.
    [[nodiscard]] QString chosenTarget() const;
    [[nodiscard]] bool isOpen() const;
    /// Looks at the clock: what the guard says is shown. A timer does this while it matters.
    void refresh();

Q_SIGNALS:
    void allowed(const QString &target);
    void denied();
    void callerDenied(); ///< this, and what comes from this caller for a while
    void unblockWanted();

public:
    void reject() override;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void changeEvent(QEvent *event) override;
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void moveEvent(QMoveEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void build();
    void buildButtons();
    [[nodiscard]] QWidget *makeCaller();
    [[nodiscard]] QWidget *makeTargets();
    [[nodiscard]] QWidget *makeDetails();
    void connectParts();
    void showCaller();
    void showQuestion();
    void showTargets();
    void showMeaning();
    void showDetails();
    void showCounts(const QuestionQueue::Front &front);
    void onTargetsChanged();
    void applyGuard();
    void announce(const QString &text);
    [[nodiscard]] bool isOurs(const QObject *watched) const;
    [[nodiscard]] bool chooseByKey(const QKeyEvent &event);
    void fitList();
    void fit();

    const Clock &m_clock;
    QPointer<QubeSource> m_source;
    PromptGuard m_guard;
    QTimer m_tick;
    Question m_question;
    quint64 m_number = 0;
    bool m_wasOpen = false;

    TargetModel *m_targets;
    QSortFilterProxyModel *m_filter;
    QLabel *m_mark;
    QLabel *m_caller;
    QLabel *m_kind;
    QLabel *m_request;
    QLabel *m_said;
    QLabel *m_to;
    QLineEdit *m_search;
    QListView *m_list;
    KMessageWidget *m_meaning;
    QToolButton *m_detailsButton;
    QPlainTextEdit *m_details;
    QLabel *m_counts;
    KMessageWidget *m_blocked;
    QLabel *m_wait;
    QProgressBar *m_bar;
    QPushButton *m_deny;
    QPushButton *m_denyAll;
    QPushButton *m_allow;
};

/// An argument of a call as one line: whole if it is short, else its beginning and its end, never without the end.
[[nodiscard]] QString shortArgument(const QString &argument);

} // namespace Bulkhead
