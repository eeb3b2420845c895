// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QDialog>
#include <QStringList>

class QLineEdit;
class QMessageBox;
class QPushButton;

namespace Bulkhead
{

/// Asks before cutting the power of qubes. Accepted only by its own button; Return and Escape cancel.
[[nodiscard]] QMessageBox *makeKillQuestion(const QStringList &qubes, QWidget *parent);

/// Asks before ending the program while files are being copied. Accepted only by its own button; Return and Escape
/// go on copying.
/// @param qubes  that they are copied to
[[nodiscard]] QMessageBox *makeStopCopyingQuestion(const QStringList &qubes, QWidget *parent);

/// Asks before deleting qubes for good: the name has to be typed for one, their number for several (spec ui 10.2).
class DeleteQuestion : public QDialog
{
    Q_OBJECT

public:
    explicit DeleteQuestion(const QStringList &qubes, QWidget *parent = nullptr);

private:
    QString m_expected;
    QLineEdit *m_typed;
    QPushButton *m_delete;
};

} // namespace Bulkhead
