// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/rundialog.h"

#include <KLocalizedString>
#include <QDialogButtonBox>
#include <QFontDatabase>
#include <QFormLayout>
#include <QLineEdit>
#include <QPushButton>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

RunDialog::RunDialog(const QStringList &qubes, QWidget *parent)
    : QDialog(parent)
    , m_command(new QLineEdit(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, this))
{
    setObjectName(u"run"_s);
    setWindowTitle(qubes.size() == 1 ? i18nc("@title:window; %1 a qube's name", "Run in %1", qubes.first())
                                     : i18ncp("@title:window", "Run in %1 Qube", "Run in %1 Qubes", qubes.size()));
    m_command->setObjectName(u"run.command"_s);
    m_command->setAccessibleName(i18nc("@label:textbox", "Command"));
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->setPlaceholderText(u"xterm"_s);
    m_command->setMinimumWidth(fontMetrics().averageCharWidth() * 48);

    QPushButton *run = m_buttons->button(QDialogButtonBox::Ok);
    run->setObjectName(u"run.start"_s);
    run->setText(i18nc("@action:button", "Run"));
    run->setIcon(QIcon::fromTheme(u"system-run"_s));
    run->setEnabled(false);
    connect(m_command, &QLineEdit::textChanged, run, [this, run] {
        run->setEnabled(!commandLine().isEmpty());
    });
    connect(m_buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *form = new QFormLayout;
    form->addRow(i18nc("@label:textbox", "Command:"), m_command);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(m_buttons);
}

QString RunDialog::commandLine() const
{
    return m_command->text().trimmed();
}

} // namespace Bulkhead
