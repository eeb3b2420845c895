// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/questions.h"

#include <KLocalizedString>
#include <QDialogButtonBox>
#include <QLabel>
#include <QLineEdit>
#include <QLocale>
#include <QMessageBox>
#include <QPushButton>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QLabel *sentence(const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    return label;
}

} // namespace

QMessageBox *makeKillQuestion(const QStringList &qubes, QWidget *parent)
{
    auto *question = new QMessageBox(parent);
    question->setObjectName(u"kill"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::Warning);
    question->setTextFormat(Qt::PlainText);
    question->setWindowTitle(qubes.size() == 1
                                 ? i18nc("@title:window %1 a qube's name", "Kill %1?", qubes.first())
                                 : i18ncp("@title:window", "Kill %1 Qube?", "Kill %1 Qubes?", qubes.size()));
    question->setText(
        i18nc("@info %1 names of qubes", "This cuts the power of %1.", QLocale().createSeparatedList(qubes)));
    question->setInformativeText(i18nc("@info", "What is not saved there is lost."));
    QPushButton *kill = question->addButton(i18nc("@action:button", "Kill"), QMessageBox::DestructiveRole);
    kill->setObjectName(u"kill.confirm"_s);
    kill->setIcon(QIcon::fromTheme(u"process-stop"_s));
    QPushButton *cancel = question->addButton(QMessageBox::Cancel);
    cancel->setObjectName(u"kill.cancel"_s);
    question->setDefaultButton(cancel);
    question->setEscapeButton(cancel);
    QObject::connect(kill, &QPushButton::clicked, question, &QMessageBox::accept);
    return question;
}

QMessageBox *makeStopCopyingQuestion(const QStringList &qubes, QWidget *parent)
{
    auto *question = new QMessageBox(parent);
    question->setObjectName(u"stopcopying"_s);
    question->setAttribute(Qt::WA_DeleteOnClose);
    question->setIcon(QMessageBox::Warning);
    question->setTextFormat(Qt::PlainText);
    question->setWindowTitle(i18nc("@title:window", "Stop Copying and Quit?"));
    question->setText(i18nc("@info %1 names of qubes",
                            "Files are still being copied to %1. Stop copying and quit?",
                            QLocale().createSeparatedList(qubes)));
    question->setInformativeText(i18nc("@info", "What is not there as a whole is removed there."));
    QPushButton *stop = question->addButton(i18nc("@action:button", "Stop and Quit"), QMessageBox::DestructiveRole);
    stop->setObjectName(u"stopcopying.confirm"_s);
    stop->setIcon(QIcon::fromTheme(u"application-exit"_s));
    QPushButton *keep = question->addButton(i18nc("@action:button", "Keep Copying"), QMessageBox::RejectRole);
    keep->setObjectName(u"stopcopying.cancel"_s);
    question->setDefaultButton(keep);
    question->setEscapeButton(keep);
    QObject::connect(stop, &QPushButton::clicked, question, &QMessageBox::accept);
    return question;
}

DeleteQuestion::DeleteQuestion(const QStringList &qubes, QWidget *parent)
    : QDialog(parent)
    , m_expected(qubes.size() == 1 ? qubes.first() : QString::number(qubes.size()))
    , m_typed(new QLineEdit(this))
{
    setObjectName(u"delete"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(qubes.size() == 1 ? i18nc("@title:window %1 a qube's name", "Delete %1?", qubes.first())
                                     : i18ncp("@title:window", "Delete %1 Qube?", "Delete %1 Qubes?", qubes.size()));
    m_typed->setObjectName(u"delete.typed"_s);
    m_typed->setMinimumWidth(fontMetrics().averageCharWidth() * 40);

    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Cancel, this);
    m_delete = buttons->addButton(i18nc("@action:button", "Delete"), QDialogButtonBox::DestructiveRole);
    m_delete->setObjectName(u"delete.confirm"_s);
    m_delete->setIcon(QIcon::fromTheme(u"edit-delete"_s));
    m_delete->setEnabled(false);
    m_delete->setAutoDefault(false);
    buttons->button(QDialogButtonBox::Cancel)->setObjectName(u"delete.cancel"_s);
    buttons->button(QDialogButtonBox::Cancel)->setDefault(true);
    connect(m_typed, &QLineEdit::textChanged, m_delete, [this](const QString &text) {
        m_delete->setEnabled(text == m_expected);
    });
    connect(m_delete, &QPushButton::clicked, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);

    auto *prompt =
        sentence(qubes.size() == 1
                     ? i18nc("@label:textbox %1 a qube's name", "To delete it, type its name, %1:", m_expected)
                     : i18nc("@label:textbox %1 a number", "To delete them, type how many they are, %1:", m_expected),
                 this);
    prompt->setBuddy(m_typed);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    layout->addWidget(sentence(i18nc("@info %1 names of qubes",
                                     "This deletes %1 with everything kept there. "
                                     "It cannot be taken back.",
                                     QLocale().createSeparatedList(qubes)),
                               this));
    layout->addWidget(prompt);
    layout->addWidget(m_typed);
    layout->addWidget(buttons);
    m_typed->setFocus();
}

} // namespace Bulkhead
