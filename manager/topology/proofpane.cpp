// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/proofpane.h"

#include "manager/client/qubesource.h"
#include "manager/models/untrustedtext.h"
#include "manager/topology/wrappedlines.h"

#include <KLocalizedString>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QTreeWidgetItem *addLine(QTreeWidgetItem *parent, const QString &text, const QString &icon = {})
{
    auto *item = new QTreeWidgetItem(parent, QStringList{text}); // the tree owns it
    item->setToolTip(0, plainToolTip(text));
    if (!icon.isEmpty()) {
        item->setIcon(0, QIcon::fromTheme(icon));
    }
    return item;
}

QTreeWidgetItem *addHeading(QTreeWidget *tree, const QString &text)
{
    auto *item = new QTreeWidgetItem(tree, QStringList{text}); // the tree owns it
    QFont bold = item->font(0);
    bold.setBold(true);
    item->setFont(0, bold);
    return item;
}

QString passageWords(const ProofHop &hop)
{
    if (hop.next.isEmpty()) {
        return i18nc("@info %1 a qube's name", "%1 faces the outside itself.", hop.qube);
    }
    switch (hop.passage) {
    case Passage::Everything:
        return i18nc("@info %1 and %2 names of qubes", "%1 → %2: everything is let through.", hop.qube, hop.next);
    case Passage::Filtered:
        return i18nc("@info %1 and %2 names of qubes", "%1 → %2 lets through by rules:", hop.qube, hop.next);
    case Passage::Nothing:
        return i18nc("@info %1 and %2 names of qubes", "%1 → %2: nothing is let through.", hop.qube, hop.next);
    case Passage::Unknown:
        return i18nc("@info %1 and %2 names of qubes", "%1 → %2: its rules are not known yet.", hop.qube, hop.next);
    }
    return {};
}

QString resultWords(ProbeResult result)
{
    switch (result) {
    case ProbeResult::Holds:
        return i18nc("@info result of a test", "yes");
    case ProbeResult::Fails:
        return i18nc("@info result of a test", "no");
    case ProbeResult::Unknown:
        return i18nc("@info result of a test", "could not be tried");
    }
    return {};
}

QString iconOf(ProbeResult result)
{
    return result == ProbeResult::Holds ? u"dialog-ok"_s
        : result == ProbeResult::Fails  ? u"dialog-error"_s
                                        : u"dialog-question"_s;
}

} // namespace

ProofPane::ProofPane(QubeSource *source, GraphModel *model, ProbeRunner::Run run, QWidget *parent)
    : QWidget(parent)
    , m_source(source)
    , m_reader(source, model)
    , m_reach(model)
    , m_probes(std::move(run))
    , m_summary(new QLabel(this))
    , m_tree(new QTreeWidget(this))
    , m_test(new QPushButton(QIcon::fromTheme(u"system-run"_s), i18nc("@action:button", "Test Now"), this))
{
    setObjectName(u"topology.proof"_s);
    m_summary->setObjectName(u"proof.summary"_s);
    m_summary->setTextFormat(Qt::PlainText);
    m_summary->setWordWrap(true);
    m_tree->setObjectName(u"proof.tree"_s);
    m_tree->setAccessibleName(i18nc("@label for a screen reader", "What can reach what"));
    m_tree->setHeaderHidden(true);
    m_tree->setFrameShape(QFrame::NoFrame);
    new WrappedLines(m_tree); // the tree owns it
    m_test->setObjectName(u"proof.test"_s);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(8, 8, 8, 8);
    layout->addWidget(m_summary);
    layout->addWidget(m_tree, 1);
    layout->addWidget(m_test);
    setMinimumWidth(fontMetrics().averageCharWidth() * 40);
    connect(&m_reader, &ProofReader::changed, this, &ProofPane::refresh);
    connect(&m_reach, &ReachReader::changed, this, &ProofPane::refresh);
    connect(m_test, &QPushButton::clicked, this, &ProofPane::test);
    connect(&m_probes, &ProbeRunner::answered, this, &ProofPane::note);
    connect(&m_probes, &ProbeRunner::finished, this, [this] {
        refresh();
        Q_EMIT tested(m_reached);
    });
    refresh();
}

void ProofPane::setOutside(const QString &address)
{
    m_test->setToolTip(i18nc("@info:tooltip %1 an address",
                             "Sends single packets from the qube to each hop and to %1, and, where a tunnel is on the "
                             "way, once more while it is down. Connections through the tunnel stop meanwhile.",
                             address));
}

void ProofPane::show(const QString &qube)
{
    if (qube != m_reader.qube()) {
        m_results.clear();
        m_reached.clear();
        m_reader.ask(qube);
        m_reach.ask(qube);
    }
}

void ProofPane::addWay(const NetworkProof &proof)
{
    QTreeWidgetItem *way = addHeading(m_tree, i18nc("@title", "The way"));
    for (const ProofHop &hop : proof.hops) {
        QTreeWidgetItem *line = addLine(way, passageWords(hop));
        for (const QString &rule : hop.rules) {
            addLine(line, rule);
        }
        if (hop.isTunnel) {
            addLine(
                line, i18nc("@info %1 a qube's name", "%1 forwards into its tunnel only.", hop.qube), u"network-vpn"_s);
        }
        if (hop.isTor) {
            addLine(line,
                    i18nc("@info %1 a qube's name", "%1 takes connections into Tor only.", hop.qube),
                    u"view-private"_s);
        }
    }
}

void ProofPane::addFailures(const NetworkProof &proof)
{
    QTreeWidgetItem *failures = addHeading(m_tree, i18nc("@title", "If something fails"));
    for (const ProofFailure &failure : proof.failures) {
        const QString icon = failure.leaks ? u"dialog-warning"_s : u"security-high"_s;
        addLine(addLine(failures, failure.what, icon), failure.outcome);
    }
}

void ProofPane::addReaders(const NetworkProof &proof)
{
    QTreeWidgetItem *readers = addHeading(m_tree, i18nc("@title", "Who sees its packets"));
    addLine(readers,
            i18nc("@info %1 names of qubes", "As it sends them: %1", QLocale().createSeparatedList(proof.readers)));
    if (!proof.carriers.isEmpty()) {
        addLine(readers,
                i18nc("@info %1 names of qubes",
                      "Inside the tunnel or Tor only: %1",
                      QLocale().createSeparatedList(proof.carriers)));
    }
}

void ProofPane::addReached()
{
    QTreeWidgetItem *reached = addHeading(m_tree, i18nc("@title", "Through others, without you"));
    if (const QString problem = m_reach.problem(); !problem.isEmpty()) {
        addLine(reached, problem, u"dialog-question"_s);
    }
    const auto &closure = m_reach.closure();
    if (!closure) {
        return;
    }
    for (const Reached &each : *closure) {
        QTreeWidgetItem *line =
            addLine(reached, reachedWords(each), leadsOutside(each) ? u"dialog-warning"_s : u"network-disconnect"_s);
        for (const ReachStep &step : each.way) {
            addLine(line, stepWords(step));
        }
    }
    if (closure->isEmpty()) {
        addLine(reached,
                i18nc("@info %1 a qube's name",
                      "Nothing: the policy lets %1 call, start and make no other qube while nobody is asked.",
                      m_reader.qube()),
                u"security-high"_s);
    }
}

void ProofPane::addResults()
{
    QTreeWidgetItem *tests = addHeading(m_tree, i18nc("@title", "Tested"));
    for (const auto &[probe, result] : m_results) {
        addLine(tests,
                i18nc("@info %1 what was tried, %2 yes or no", "%1: %2", probeWords(probe), resultWords(result)),
                iconOf(result));
    }
}

void ProofPane::refresh()
{
    const QString &qube = m_reader.qube();
    const NetworkProof proof = qube.isEmpty() ? NetworkProof() : m_reader.proof();
    if (proof.chain != m_shown.chain) { // results are of another way
        m_results.clear();
        m_reached.clear();
        Q_EMIT tested(m_reached);
    }
    m_shown = proof;
    const auto &closure = m_reach.closure();
    const QString reach = closure ? closureSummary(qube, *closure) : QString();
    m_summary->setText(qube.isEmpty() ? i18nc("@info", "Select one qube to see what it can reach.")
                                      : QString(proof.summary + u' ' + reach).trimmed());
    m_tree->clear();
    if (!proof.hops.isEmpty()) {
        addWay(proof);
    }
    if (!proof.failures.isEmpty()) {
        addFailures(proof);
    }
    if (!proof.readers.isEmpty()) {
        addReaders(proof);
    }
    if (m_reach.isAbout()) {
        addReached();
    }
    if (!m_results.isEmpty()) {
        addResults();
    }
    m_tree->expandAll();
    const QList<QubeInfo> qubes = m_source->qubes();
    const auto self = std::ranges::find(qubes, qube, &QubeInfo::name);
    m_test->setEnabled(!proof.hops.isEmpty() && !m_probes.isRunning() && self != qubes.end()
                       && self->state == QubeState::Running);
}

void ProofPane::test()
{
    m_results.clear();
    m_reached.clear();
    m_probes.start(probesFor(m_shown));
    refresh();
}

void ProofPane::note(const Probe &probe, ProbeResult result)
{
    m_results.emplace_back(probe, result);
    if (probe.kind == Probe::Kind::Reach && result != ProbeResult::Unknown) {
        const QStringList &hops = m_shown.chain.hops;
        const qsizetype place = probe.hop.isEmpty() ? hops.size() : hops.indexOf(probe.hop);
        if (place > 0) {
            m_reached.insert(hops.at(place - 1), result == ProbeResult::Holds);
        }
    }
    refresh();
}

} // namespace Bulkhead
