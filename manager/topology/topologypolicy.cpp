// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policyfacts.h"
#include "manager/topology/outline.h"
#include "manager/topology/policylayer.h"
#include "manager/topology/proofpane.h"
#include "manager/topology/relationlayer.h"
#include "manager/topology/rulesbar.h"
#include "manager/topology/topologybar.h"
#include "manager/topology/topologypage.h"

#include <KLocalizedString>

// The policy as a layer of the picture. The rest of the page stands in topologypage.cpp.
namespace Bulkhead
{

void TopologyPage::connectPolicy()
{
    m_rulesBar->hide();
    connect(m_bar, &TopologyBar::rulesToggled, this, [this](bool isShown) {
        m_rulesBar->setVisible(isShown);
        m_policy->setSelection(m_scene.selection());
        m_policy->setShown(isShown);
    });
    connect(m_rulesBar, &RulesBar::serviceChanged, this, [this](const QString &service) {
        m_policy->setService(service);
    });
    connect(m_rulesBar, &RulesBar::deniedToggled, this, [this](bool isShown) {
        m_policy->setDeniedShown(isShown);
    });
    connect(&m_scene, &TopologyScene::selectionChangedTo, this, [this](const QStringList &qubes) {
        m_policy->setSelection(qubes);
    });
    connect(m_policy.get(), &PolicyLayer::changed, this, &TopologyPage::showPolicy);
}

void TopologyPage::setPolicy(PolicyFacts *facts)
{
    m_policy->setFacts(facts);
    m_proof->setPolicy(facts);
    m_relations->setPolicy(facts);
    connect(m_source, &QubeSource::attributesChanged, facts, &PolicyFacts::onQubesChanged);
    connect(m_source, &QubeSource::qubeChanged, facts, &PolicyFacts::onQubesChanged);
    connect(m_source, &QubeSource::qubeRemoved, facts, &PolicyFacts::onQubesChanged);
    connect(m_source, &QubeSource::loaded, facts, &PolicyFacts::onQubesChanged);
}

void TopologyPage::showPolicy()
{
    QList<RuleArrow> arrows;
    m_policyWords.clear();
    for (const PolicyAnswer &answer : m_policy->drawn()) {
        arrows << RuleArrow{.from = answer.source,
                            .to = answer.reaches.isEmpty() ? answer.target : answer.reaches,
                            .verdict = answer.verdict,
                            .words = fullAnswerWords(m_policy->service(), answer)};
    }
    for (const PolicyAnswer &answer : m_policy->answers()) {
        m_policyWords[answer.source] << fullAnswerWords(m_policy->service(), answer);
    }
    m_scene.setRules(arrows);
    m_rulesBar->setSummary(m_policy->isShown() ? m_policy->summary() : QString());
    showArrowWords();
}

/// What arrows of any layer say, for those who read the outline instead.
void TopologyPage::showArrowWords()
{
    QHash<QString, QStringList> words = m_policyWords;
    for (const RelationArrow &arrow : m_relations->drawn()) {
        words[arrow.from] << arrow.words;
    }
    m_outline->setRules(words);
}

} // namespace Bulkhead
