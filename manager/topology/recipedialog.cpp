// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/recipedialog.h"

#include "manager/delegates/labelmark.h"
#include "manager/topology/graphmodel.h"
#include "manager/topology/networkproof.h"
#include "manager/topology/networkwords.h"
#include "manager/topology/picturecolors.h"

#include <KLocalizedString>
#include <QComboBox>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int usualWidth = 560;

QLabel *makeText(const QString &objectName, const QString &text, QWidget *parent)
{
    auto *label = new QLabel(text, parent);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    return label;
}

template<typename Field> Field *named(Field *field, const QString &objectName, const QString &accessibleName)
{
    field->setObjectName(objectName);
    field->setAccessibleName(accessibleName);
    return field;
}

/// What the plan tells the core, as facts of the network that will be.
ProofFacts factsOf(const RecipePlan &plan)
{
    ProofFacts facts;
    for (const RecipeStep &step : plan.steps) {
        if (const auto *rules = std::get_if<SetRules>(&step)) {
            facts.rules.insert(rules->qube, rules->rules);
        } else if (const auto *feature = std::get_if<SetFeature>(&step)) {
            (feature->feature == tunnelFeature() ? facts.tunnels : facts.tors).insert(feature->qube);
        }
    }
    return facts;
}

/// Whose way is worth a look.
QStringList behind(const RecipeChoice &choice)
{
    QStringList qubes = choice.clients;
    if (!choice.companion.isEmpty()) {
        qubes.prepend(choice.companion);
    }
    return qubes.isEmpty() ? QStringList{choice.name} : qubes;
}

} // namespace

RecipeDialog::RecipeDialog(
    const Recipe &recipe, const RecipeChoice &choice, QubeSource *source, GraphModel *model, QWidget *parent)
    : QDialog(parent)
    , m_recipe(recipe)
    , m_source(source)
    , m_model(model)
    , m_start(choice)
    , m_fields(new QWidget(this))
    , m_name(named(new QLineEdit(choice.name, m_fields), u"recipe.name"_s, i18nc("@label:textbox", "Name")))
    , m_label(named(new QComboBox(m_fields), u"recipe.label"_s, i18nc("@label:listbox", "Label")))
    , m_provider(named(new QComboBox(m_fields), u"recipe.provider"_s, i18nc("@label:listbox", "Network through")))
    , m_clients(named(new QListWidget(m_fields), u"recipe.clients"_s, i18nc("@label:listbox", "Qubes behind it")))
    , m_destinations(
          named(new QPlainTextEdit(m_fields), u"recipe.destinations"_s, i18nc("@label:textbox", "What they may reach")))
    , m_steps(makeText(u"recipe.steps"_s, {}, this))
    , m_check(makeText(u"recipe.check"_s, {}, this))
    , m_problems(makeText(u"recipe.problems"_s, {}, this))
    , m_make(new QPushButton(QIcon::fromTheme(u"list-add"_s), i18nc("@action:button", "Create"), this))
{
    setObjectName(u"recipe"_s);
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(recipe.title);
    build(choice);
    connect(m_name, &QLineEdit::textChanged, this, &RecipeDialog::refresh);
    connect(m_label, &QComboBox::currentIndexChanged, this, &RecipeDialog::refresh);
    connect(m_provider, &QComboBox::currentIndexChanged, this, &RecipeDialog::refresh);
    connect(m_clients, &QListWidget::itemChanged, this, &RecipeDialog::refresh);
    connect(m_destinations, &QPlainTextEdit::textChanged, this, &RecipeDialog::refresh);
    connect(model, &GraphModel::linkChanged, this, &RecipeDialog::refresh);
    connect(model, &GraphModel::nodeRemoved, this, &RecipeDialog::refresh);
    resize(usualWidth, 0);
    refresh();
    m_name->selectAll();
    m_name->setFocus();
}

void RecipeDialog::build(const RecipeChoice &choice)
{
    auto *layout = new QVBoxLayout(this);
    QLabel *purpose = makeText(u"recipe.purpose"_s, m_recipe.purpose, this);
    QFont bold = purpose->font();
    bold.setBold(true);
    purpose->setFont(bold);
    layout->addWidget(purpose);
    layout->addWidget(makeText(u"recipe.explanation"_s, m_recipe.explanation, this));
    auto *form = new QFormLayout(m_fields);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(i18nc("@label:textbox", "&Name:"), m_name);
    for (const LabelInfo &label : m_source->labels()) {
        m_label->addItem(markIcon(markFor(label)), label.name, label.name);
    }
    m_label->setCurrentIndex(std::max(0, m_label->findData(choice.label)));
    form->addRow(i18nc("@label:listbox", "&Label:"), m_label);
    const NetworkGraph &graph = m_model->graph();
    for (const QString &name : graph.names()) {
        if (graph.find(name)->providesNetwork) {
            m_provider->addItem(markIcon(m_model->markOf(name)), name, name);
        }
    }
    m_provider->setCurrentIndex(m_provider->findData(choice.provider));
    form->addRow(i18nc("@label:listbox", "Network &through:"), m_provider);
    form->setRowVisible(m_provider, m_recipe.asksForProvider);
    fillClients(choice);
    form->addRow(i18nc("@label:listbox", "&Qubes behind it:"), m_clients);
    form->setRowVisible(m_clients, m_recipe.asksForClients);
    m_destinations->setPlaceholderText(i18nc("@info:placeholder one destination a line", "example.org:443"));
    m_destinations->setTabChangesFocus(true);
    m_destinations->setPlainText(choice.destinations.join(u'\n'));
    m_destinations->setMaximumHeight(5 * fontMetrics().height());
    form->addRow(i18nc("@label:textbox", "They may &reach:"), m_destinations);
    form->setRowVisible(m_destinations, m_recipe.asksForDestinations);
    layout->addWidget(m_fields);
    layout->addWidget(m_steps);
    layout->addWidget(m_check);
    QPalette alarming = m_problems->palette();
    alarming.setColor(QPalette::WindowText, schemeColor(KColorScheme::NegativeText));
    m_problems->setPalette(alarming);
    layout->addWidget(m_problems);
    layout->addStretch(1);
    auto *buttons = new QDialogButtonBox(this);
    m_make->setObjectName(u"recipe.make"_s);
    m_make->setDefault(true);
    buttons->addButton(m_make, QDialogButtonBox::ActionRole); // the dialog waits for the core's answer
    buttons->addButton(QDialogButtonBox::Cancel)->setObjectName(u"recipe.cancel"_s);
    connect(m_make, &QPushButton::clicked, this, &RecipeDialog::submit);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    layout->addWidget(buttons);
}

/// Texts of several lines need the more height the narrower they are, which a window's size hint does not know. It
/// grows with them, and never shrinks under the hand.
void RecipeDialog::makeRoom()
{
    const int wide = std::max(width(), usualWidth);
    resize(wide, std::max(isVisible() ? height() : 0, layout()->totalHeightForWidth(wide)));
}

void RecipeDialog::fillClients(const RecipeChoice &choice)
{
    const NetworkGraph &graph = m_model->graph();
    for (const QString &name : graph.names()) {
        const QubeInfo &qube = *graph.find(name);
        if (qube.netQube.isEmpty() && !choice.clients.contains(name)) {
            continue; // what has no network is not given one in passing
        }
        auto *item = new QListWidgetItem(markIcon(m_model->markOf(name)), name, m_clients); // the list owns it
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(choice.clients.contains(name) ? Qt::Checked : Qt::Unchecked);
    }
    m_clients->setMinimumHeight(4 * fontMetrics().height());
    m_clients->setMaximumHeight(7 * fontMetrics().height());
}

RecipeChoice RecipeDialog::choice() const
{
    RecipeChoice choice = m_start;
    choice.name = m_name->text().trimmed();
    choice.label = m_label->currentData().toString();
    choice.provider = m_recipe.asksForProvider ? m_provider->currentData().toString() : QString();
    choice.clients.clear();
    choice.destinations.clear();
    for (int row = 0; m_recipe.asksForClients && row < m_clients->count(); ++row) {
        if (m_clients->item(row)->checkState() == Qt::Checked) {
            choice.clients << m_clients->item(row)->text();
        }
    }
    if (m_recipe.asksForDestinations) {
        for (const QString &line : m_destinations->toPlainText().split(u'\n')) {
            if (!line.trimmed().isEmpty()) {
                choice.destinations << line.trimmed();
            }
        }
    }
    return choice;
}

QStringList RecipeDialog::takenNames() const
{
    QStringList names;
    for (const QubeInfo &qube : m_source->qubes()) {
        names << qube.name;
    }
    return names;
}

void RecipeDialog::refresh()
{
    const RecipeChoice chosen = choice();
    const NetworkGraph &graph = m_model->graph();
    const QStringList problems = problemsOf(m_recipe, chosen, graph, takenNames());
    m_problems->setText(problems.join(u'\n'));
    m_problems->setVisible(!problems.isEmpty());
    m_make->setEnabled(problems.isEmpty() && !m_isBusy);
    m_fields->setEnabled(!m_isBusy);
    if (problems.isEmpty()) { // else the last good list stays
        tellPlan(chosen);
    }
    makeRoom();
}

void RecipeDialog::tellPlan(const RecipeChoice &chosen)
{
    const NetworkGraph &graph = m_model->graph();
    const RecipePlan plan = planOf(m_recipe, chosen, graph);
    QStringList lines{i18nc("@info before a list of steps", "This will be done, all of it or nothing:")};
    for (const RecipeStep &step : plan.steps) {
        lines << u"• "_s + wordsOf(step);
    }
    m_steps->setText(lines.join(u'\n'));
    const NetworkGraph then = after(graph, plan, m_source->defaults());
    QStringList checks{i18nc("@info before a list of paths", "The network will then be:")};
    const ProofFacts facts = factsOf(plan);
    const bool isGuarded = facts.tunnels.contains(chosen.name) || facts.tors.contains(chosen.name);
    for (const QString &qube : behind(chosen)) {
        const NetworkProof proof = prove(then, qube, facts);
        checks << u"• "_s + chainWords(proof.chain);
        for (const ProofFailure &failure : proof.failures) {
            if (isGuarded && failure.what.contains(chosen.name)) {
                checks << u"   "_s + failure.what + u": "_s + failure.outcome;
            }
        }
    }
    m_check->setText(checks.join(u'\n'));
}

void RecipeDialog::setBusy(bool isBusy)
{
    m_isBusy = isBusy;
    refresh();
}

void RecipeDialog::showFailure(const QString &text)
{
    setBusy(false);
    m_problems->setText(text);
    m_problems->setVisible(true);
    makeRoom();
}

void RecipeDialog::submit()
{
    setBusy(true);
    Q_EMIT wanted(planOf(m_recipe, choice(), m_model->graph()));
}

} // namespace Bulkhead
