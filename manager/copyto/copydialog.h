// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/files/filedrag.h"

#include <QDialog>
#include <QPointer>
#include <QStringList>
#include <QTimer>

class KMessageWidget;
class QLabel;
class QProgressBar;
class QPushButton;

namespace Bulkhead
{

class CopyJob;
class FilePolicy;
class QubeSource;
class TargetChooser;

/// To which qube? The person chooses one for files of dom0, sees what the policy says of it, and then how far the copy
/// is and what became of it: one window from the file manager's menu to the end (spec ui 8.2, "Copy to qube").
class CopyDialog : public QDialog
{
    Q_OBJECT

public:
    /// @param source, policy  outlive this
    /// @param program  see CopyJob
    /// @param paths  absolute
    CopyDialog(QubeSource *source, FilePolicy *policy, QString program, QStringList paths, QWidget *parent = nullptr);
    ~CopyDialog() override;

    /// While something is copied: cancels it, and says what that leaves. Else closes.
    void reject() override;

private:
    void buildWindow();
    void buildButtons();
    void showTargets();
    /// What the button would do, or why nothing.
    void showVerdict();
    [[nodiscard]] FileVerdict verdict() const;
    void begin();
    void showProgress();
    void conclude();
    void announce(const QString &text);

    QubeSource *m_source;
    FilePolicy *m_policy;
    QString m_program;
    QStringList m_paths;
    QStringList m_targets;
    TargetChooser *m_chooser;
    QLabel *m_verdict;
    KMessageWidget *m_outcome;
    QProgressBar *m_progress;
    QPushButton *m_copy;
    QPushButton *m_cancel;
    QPointer<CopyJob> m_job; ///< while it runs
    bool m_isDone = false;   ///< they are there
    QTimer m_pulse;
    unsigned long m_announced = 0; ///< per cent
};

} // namespace Bulkhead
