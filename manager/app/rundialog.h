// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QDialog>

class QLineEdit;
class QDialogButtonBox;

namespace Bulkhead
{

/// Asks for a command line to run in one qube or several.
class RunDialog : public QDialog
{
    Q_OBJECT

public:
    explicit RunDialog(const QStringList &qubes, QWidget *parent = nullptr);

    [[nodiscard]] QString commandLine() const;

private:
    QLineEdit *m_command;
    QDialogButtonBox *m_buttons;
};

} // namespace Bulkhead
