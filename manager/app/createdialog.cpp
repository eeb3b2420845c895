// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/createdialog.h"

#include "manager/app/labelpicker.h"
#include "manager/app/namecheck.h"
#include "manager/client/demomode.h"
#include "manager/delegates/labelmark.h"
#include "manager/delegates/strip.h"
#include "manager/widgets/demonotice.h"

#include <KColorScheme>
#include <KLocalizedString>
#include <KMessageWidget>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Data of the network box: which choice, and the provider of the third.
constexpr int NetworkRole = Qt::UserRole + 1;

QLabel *makeProblemLabel(const QString &objectName, QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    QPalette palette = label->palette();
    KColorScheme::adjustForeground(palette, KColorScheme::NegativeText, QPalette::WindowText);
    label->setPalette(palette);
    label->hide();
    return label;
}

void setProblem(QLabel *label, const QString &text)
{
    label->setText(text);
    label->setVisible(!text.isEmpty());
}

QWidget *withProblem(QWidget *field, QLabel *problem, QWidget *parent)
{
    auto *both = new QWidget(parent);
    auto *layout = new QVBoxLayout(both);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(4);
    layout->addWidget(field);
    layout->addWidget(problem);
    return both;
}

} // namespace

CreateDialog::CreateDialog(QubeSource *source, QWidget *parent)
    : QDialog(parent)
    , m_source(source)
    , m_failure(new KMessageWidget(this))
    , m_preview(new QLabel(this))
    , m_name(new QLineEdit(this))
    , m_nameProblem(makeProblemLabel(u"new.name.problem"_s, this))
    , m_label(new LabelPicker(this))
    , m_template(new QComboBox(this))
    , m_templateProblem(makeProblemLabel(u"new.template.problem"_s, this))
    , m_network(new QComboBox(this))
    , m_buttons(new QDialogButtonBox(QDialogButtonBox::Cancel, this))
    , m_create(m_buttons->addButton(i18nc("@action:button", "Create"), QDialogButtonBox::AcceptRole))
{
    setObjectName(u"new"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(i18nc("@title:window", "New Qube"));
    build();
    fillLabels();
    fillTemplates();
    fillNetworks();
    m_name->setText(suggestedName());
    m_name->selectAll();

    connect(m_name, &QLineEdit::textChanged, this, &CreateDialog::check);
    connect(m_label, &LabelPicker::chosenChanged, this, &CreateDialog::check);
    connect(m_template, &QComboBox::currentIndexChanged, this, &CreateDialog::check);
    connect(m_create, &QPushButton::clicked, this, &CreateDialog::create);
    connect(m_buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(source, &QubeSource::labelsChanged, this, &CreateDialog::fillLabels);
    check();
}

void CreateDialog::build()
{
    m_failure->setObjectName(u"new.failure"_s);
    m_failure->setMessageType(KMessageWidget::Error);
    m_failure->setTextFormat(Qt::PlainText);
    m_failure->setWordWrap(true);
    m_failure->setCloseButtonVisible(false);
    m_failure->hide();
    m_preview->setObjectName(u"new.preview"_s);
    m_preview->setAccessibleName(i18nc("@label", "How its windows will be framed"));
    m_name->setObjectName(u"new.name"_s);
    m_name->setAccessibleName(i18nc("@label:textbox", "Name"));
    m_name->setMinimumWidth(fontMetrics().averageCharWidth() * 36);
    m_label->setObjectName(u"new.label"_s);
    m_template->setObjectName(u"new.template"_s);
    m_template->setAccessibleName(i18nc("@label:listbox", "Based on"));
    m_network->setObjectName(u"new.network"_s);
    m_network->setAccessibleName(i18nc("@label:listbox", "Network"));
    m_create->setObjectName(u"new.create"_s);
    m_create->setIcon(QIcon::fromTheme(u"list-add"_s));
    m_create->setDefault(true);
    m_buttons->button(QDialogButtonBox::Cancel)->setObjectName(u"new.cancel"_s);

    auto *form = new QFormLayout;
    form->setFormAlignment(Qt::AlignHCenter | Qt::AlignTop);
    form->setHorizontalSpacing(8);
    form->setVerticalSpacing(12);
    form->addRow(i18nc("@label:textbox", "Name:"), withProblem(m_name, m_nameProblem, this));
    form->addRow(i18nc("@label", "Label:"), m_label);
    form->addRow(i18nc("@label:listbox", "Based on:"), withProblem(m_template, m_templateProblem, this));
    form->addRow(i18nc("@label:listbox", "Network:"), m_network);
    form->addRow(i18nc("@label", "Windows:"), m_preview);

    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 12, 12, 12);
    layout->setSpacing(12);
    if (isDemo()) {
        layout->addWidget(makeDemoNotice(this));
    }
    layout->addWidget(m_failure);
    layout->addLayout(form);
    layout->addStretch();
    layout->addWidget(m_buttons);
}

void CreateDialog::fillLabels()
{
    m_label->setLabels(m_source->labels());
}

void CreateDialog::fillTemplates()
{
    const QString preferred = m_source->defaults().templateName;
    const QList<LabelInfo> labels = m_source->labels();
    for (const QubeInfo &qube : m_source->qubes()) {
        if (qube.kind == QubeKind::Template) {
            m_template->addItem(markIcon(markFor(labelNamed(labels, qube.label), badgeFor(qube))), qube.name);
        }
    }
    m_template->setCurrentIndex(std::max(0, m_template->findText(preferred)));
    m_template->setEnabled(m_template->count() > 0);
    if (m_template->count() == 0) {
        setProblem(m_templateProblem, i18nc("@info", "There is no template yet. Add one first."));
    }
}

void CreateDialog::fillNetworks()
{
    const QString standard = m_source->defaults().netQube;
    const auto add = [this](const QIcon &icon, const QString &text, NewQube::Network network, const QString &name) {
        m_network->addItem(icon, text, name);
        m_network->setItemData(m_network->count() - 1, static_cast<int>(network), NetworkRole);
    };
    add(QIcon::fromTheme(u"network-wired"_s),
        standard.isEmpty() ? i18nc("@item:inlistbox", "Default (none)")
                           : i18nc("@item:inlistbox %1 a qube's name", "Default (%1)", standard),
        NewQube::Network::Default,
        {});
    add(QIcon::fromTheme(u"network-offline"_s),
        i18nc("@item:inlistbox no network", "None"),
        NewQube::Network::None,
        {});
    const QList<LabelInfo> labels = m_source->labels();
    for (const QubeInfo &qube : m_source->qubes()) {
        if (qube.providesNetwork) {
            add(markIcon(markFor(labelNamed(labels, qube.label), badgeFor(qube))),
                qube.name,
                NewQube::Network::Provider,
                qube.name);
        }
    }
}

QStringList CreateDialog::takenNames() const
{
    QStringList names;
    for (const QubeInfo &qube : m_source->qubes()) {
        names << qube.name;
    }
    return names;
}

QString CreateDialog::suggestedName() const
{
    const QStringList taken = takenNames();
    for (int number = 1;; ++number) {
        if (const QString name = u"qube-%1"_s.arg(number); !taken.contains(name)) {
            return name;
        }
    }
}

NewQube CreateDialog::wanted() const
{
    return {.name = m_name->text(),
            .label = m_label->chosen().name,
            .templateName = m_template->currentText(),
            .network = static_cast<NewQube::Network>(m_network->currentData(NetworkRole).toInt()),
            .netQube = m_network->currentData().toString()};
}

void CreateDialog::check()
{
    const QString problem = nameProblem(m_name->text(), takenNames());
    setProblem(m_nameProblem, problem);
    m_name->setAccessibleDescription(problem);
    const bool isComplete = problem.isEmpty() && !m_name->text().isEmpty() && !m_label->chosen().name.isEmpty()
        && m_template->currentIndex() >= 0;
    m_create->setEnabled(isComplete && !m_isBusy);
    showPreview();
}

void CreateDialog::showPreview()
{
    const StripContent strip{.qube = m_name->text(),
                             .mark = markFor(m_label->chosen()),
                             .badge = isDemo() ? i18nc("badge of a frame", "demo") : QString()};
    m_preview->setPixmap(QPixmap::fromImage(drawStrip(strip, font())));
}

void CreateDialog::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    for (QWidget *field : {static_cast<QWidget *>(m_name),
                           static_cast<QWidget *>(m_label),
                           static_cast<QWidget *>(m_template),
                           static_cast<QWidget *>(m_network)}) {
        field->setEnabled(!isBusy);
    }
    m_create->setText(isBusy ? i18nc("@action:button", "Creating…") : i18nc("@action:button", "Create"));
    check();
}

void CreateDialog::create()
{
    m_failure->hide();
    setProblem(m_templateProblem, {});
    const NewQube qube = wanted();
    if (m_collect && m_collect(qube)) {
        accept();
        return;
    }
    setBusy(true);
    m_source->create(qube, this, [this, name = qube.name](const std::expected<void, AdminError> &result) {
        onAnswer(name, result);
    });
}

void CreateDialog::onAnswer(const QString &name, const std::expected<void, AdminError> &result)
{
    setBusy(false);
    if (!result) {
        showFailure(result.error());
        return;
    }
    Q_EMIT created(name);
    accept();
}

void CreateDialog::showFailure(const AdminError &error)
{
    if (error.type == "QubesVMAlreadyExistsError"_L1 || takenNames().contains(m_name->text())) {
        setProblem(m_nameProblem, error.words);
        m_name->setFocus();
    } else if (error.type == "QubesVMNotFoundError"_L1 || error.type == "QubesNoTemplateError"_L1) {
        setProblem(m_templateProblem, error.words);
        m_template->setFocus();
    } else {
        m_failure->setText(i18nc("@info %1 a name, %2 a sentence that says why",
                                 "%1 could not be created. %2 Nothing was left behind; you can try again.",
                                 m_name->text(),
                                 error.words));
        m_failure->show();
    }
}

} // namespace Bulkhead
