// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/firewallrules.h"
#include "manager/recipes/reciperunner.h"
#include "tests/manager/networks.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTest>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// What recipes make, and that they make it whole.
class RecipesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void recipes_sayWhatTheyAre();
    void vault_hasNoNetwork();
    void localOnly_dropsWhatIsNotAround();
    void firewall_filtersBeforeItPlugs();
    void vpn_failsClosedBeforeItHasAClient();
    void tor_isDebiansWhereThereIsNoWhonix();
    void tor_isWhonixsWhereItsTemplatesAre();
    void tor_needsTwoNames();
    void place_fillsTheNetworkIn();
    void problems_areSaid();
    void destinations_becomeRules_data();
    void destinations_becomeRules();
    void rules_areTheCores();
    void runner_doesTheWhole();
    void runner_leavesAVaultNoDisposables();
    void runner_takesEverythingBack();
    void runner_saysWhatItCouldNotTakeBack();

private:
    [[nodiscard]] RecipeChoice choice(const QString &key, const QString &place = {}) const;
    [[nodiscard]] QStringList wordsOf(const RecipePlan &plan) const;
    void run(const RecipePlan &plan);

    NetworkGraph m_graph;
    QStringList m_taken;
    SystemDefaults m_defaults;
    std::unique_ptr<Test::FakeSource> m_source;
    std::unique_ptr<RecipeRunner> m_runner;
    std::optional<RecipeRunner::Outcome> m_outcome;
};

void RecipesTest::init()
{
    m_source = std::make_unique<Test::FakeSource>();
    m_runner = std::make_unique<RecipeRunner>(m_source.get());
    m_outcome.reset();
    m_source->load(Test::smallNetwork());
    m_graph = Test::graphOf(m_source->list);
    m_taken = m_graph.names();
    m_defaults = m_source->standard;
}

RecipeChoice RecipesTest::choice(const QString &key, const QString &place) const
{
    return choiceFor(*recipeOf(key), m_graph, m_taken, m_defaults, place);
}

QStringList RecipesTest::wordsOf(const RecipePlan &plan) const
{
    QStringList words;
    for (const RecipeStep &step : plan.steps) {
        words << Bulkhead::wordsOf(step);
    }
    return words;
}

void RecipesTest::run(const RecipePlan &plan)
{
    m_runner->run(plan, [this](const RecipeRunner::Outcome &outcome) {
        m_outcome = outcome;
    });
}

void RecipesTest::recipes_sayWhatTheyAre()
{
    QStringList keys;
    for (const Recipe &recipe : recipes()) {
        for (const QString &text : {recipe.title, recipe.purpose, recipe.explanation, recipe.icon, recipe.name}) {
            QVERIFY2(!text.isEmpty(), qPrintable(recipe.key));
        }
        keys << recipe.key;
    }
    QCOMPARE(keys, (QStringList{u"vpn"_s, u"tor"_s, u"firewall"_s, u"local"_s, u"vault"_s}));
    QVERIFY(recipeOf(u"none"_s) == nullptr);
}

void RecipesTest::vault_hasNoNetwork()
{
    const RecipeChoice chosen = choice(u"vault"_s, u"sys-firewall"_s); // wherever it was dropped
    QCOMPARE(chosen.name, u"vault-2"_s);                               // there is one already
    const RecipePlan plan = planOf(*recipeOf(u"vault"_s), chosen, m_graph);
    QCOMPARE(wordsOf(plan),
             (QStringList{u"Make vault-2 of debian-13, label black, without a network."_s,
                          u"Let vault-2 have no disposables made, which would have a network."_s}));
    QCOMPARE(after(m_graph, plan, m_defaults).chainOf(u"vault-2"_s).end, NetworkChain::End::NoNetwork);
}

void RecipesTest::localOnly_dropsWhatIsNotAround()
{
    const RecipePlan plan = planOf(*recipeOf(u"local"_s), choice(u"local"_s), m_graph);
    QCOMPARE(plan.steps.size(), 2);
    const QStringList rules = std::get<SetRules>(plan.steps.last()).rules;
    QCOMPARE(rules.first(), u"action=drop specialtarget=dns"_s);
    QCOMPARE(rules.last(), u"action=drop"_s);
    QVERIFY(rules.indexOf(u"action=drop dst4=10.137.0.0/16"_s) < rules.indexOf(u"action=accept dst4=10.0.0.0/8"_s));
    QVERIFY(!rules.contains(u"action=accept"_s));
}

void RecipesTest::firewall_filtersBeforeItPlugs()
{
    RecipeChoice chosen = choice(u"firewall"_s, u"work"_s);
    QCOMPARE(chosen.provider, u"sys-firewall"_s);
    QCOMPARE(chosen.clients, QStringList{u"work"_s});
    chosen.destinations = QStringList{u"example.org:443"_s, u"198.51.100.7"_s};
    const RecipePlan plan = planOf(*recipeOf(u"firewall"_s), chosen, m_graph);
    QCOMPARE(wordsOf(plan),
             (QStringList{u"Make sys-filter of debian-13, label green, network through sys-firewall."_s,
                          u"Let sys-filter provide network to other qubes."_s,
                          u"Replace the firewall rules of work by 4 rules."_s,
                          u"Start sys-filter."_s, // work runs
                          u"Connect work through sys-filter."_s}));
    QCOMPARE(after(m_graph, plan, m_defaults).chainOf(u"work"_s).hops,
             (QStringList{u"work"_s, u"sys-filter"_s, u"sys-firewall"_s, u"sys-net"_s}));
    QCOMPARE(changeIn(plan).steps.size(), 1);
}

void RecipesTest::vpn_failsClosedBeforeItHasAClient()
{
    RecipeChoice chosen = choice(u"vpn"_s, u"personal"_s);
    const RecipePlan plan = planOf(*recipeOf(u"vpn"_s), chosen, m_graph);
    QCOMPARE(wordsOf(plan),
             (QStringList{u"Make sys-vpn of debian-13, label purple, network through sys-firewall."_s,
                          u"Let sys-vpn forward packets into its tunnel only."_s,
                          u"Let sys-vpn provide network to other qubes."_s,
                          u"Connect personal through sys-vpn."_s}));
    QCOMPARE(std::get<SetFeature>(plan.steps.at(1)).feature, u"service.bulkhead-tunnel"_s);
}

void RecipesTest::tor_isDebiansWhereThereIsNoWhonix()
{
    const Recipe &recipe = *recipeOf(u"tor"_s);
    const QStringList oneOfTwo{u"debian-13"_s, u"whonix-gateway-17"_s};
    const RecipeChoice chosen = choiceFor(recipe, m_graph, m_taken, m_defaults, u"personal"_s, oneOfTwo);
    const RecipePlan plan = planOf(recipe, chosen, m_graph);
    QCOMPARE(wordsOf(plan),
             (QStringList{u"Make sys-tor of debian-13, label black, network through sys-firewall."_s,
                          u"Let sys-tor take what its clients send into Tor only."_s,
                          u"Let sys-tor provide network to other qubes."_s,
                          u"Make anon-tor of debian-13, label red, network through sys-tor."_s,
                          u"Connect personal through sys-tor."_s}));
    QCOMPARE(std::get<SetFeature>(plan.steps.at(1)).feature, u"service.bulkhead-tor"_s);
    QCOMPARE(after(m_graph, plan, m_defaults).chainOf(u"anon-tor"_s).hops,
             (QStringList{u"anon-tor"_s, u"sys-tor"_s, u"sys-firewall"_s, u"sys-net"_s}));
}

void RecipesTest::tor_isWhonixsWhereItsTemplatesAre()
{
    const Recipe &recipe = *recipeOf(u"tor"_s);
    const QStringList templates{u"debian-13"_s,
                                u"whonix-gateway-9"_s,
                                u"whonix-gateway-17"_s,
                                u"whonix-workstation-17"_s,
                                u"whonix-workstation-16"_s};
    const RecipeChoice chosen = choiceFor(recipe, m_graph, m_taken, m_defaults, {}, templates);
    QCOMPARE(wordsOf(planOf(recipe, chosen, m_graph)),
             (QStringList{u"Make sys-whonix of whonix-gateway-17, label black, network through sys-firewall."_s,
                          u"Let sys-whonix provide network to other qubes."_s,
                          u"Make anon-whonix of whonix-workstation-17, label red, network through sys-whonix."_s}));
    // Other recipes are of the system's template all the same.
    QCOMPARE(choiceFor(*recipeOf(u"vpn"_s), m_graph, m_taken, m_defaults, {}, templates).templateName, u"debian-13"_s);
}

void RecipesTest::tor_needsTwoNames()
{
    const Recipe &recipe = *recipeOf(u"tor"_s);
    m_taken << u"anon-tor"_s;
    RecipeChoice chosen = choice(u"tor"_s);
    QCOMPARE(chosen.companion, u"anon-tor-2"_s);
    QCOMPARE(problemsOf(recipe, chosen, m_graph, m_taken), QStringList());
    chosen.name = chosen.companion;
    QCOMPARE(problemsOf(recipe, chosen, m_graph, m_taken), QStringList{u"There is a qube “anon-tor-2” already."_s});
}

void RecipesTest::place_fillsTheNetworkIn()
{
    QCOMPARE(choice(u"vpn"_s).provider, u"sys-firewall"_s); // the system's
    QCOMPARE(choice(u"vpn"_s, u"vpn"_s).provider, u"vpn"_s);
    QCOMPARE(choice(u"vpn"_s, u"untrusted"_s).provider, u"vpn"_s);
    QCOMPARE(choice(u"vpn"_s, u"untrusted"_s).clients, QStringList{u"untrusted"_s});
    QCOMPARE(choice(u"local"_s, u"untrusted"_s).clients, QStringList()); // it has none
    QCOMPARE(choice(u"vpn"_s, u"vault"_s).provider, u"sys-firewall"_s);
}

void RecipesTest::problems_areSaid()
{
    const Recipe &recipe = *recipeOf(u"firewall"_s);
    RecipeChoice chosen = choice(u"firewall"_s, u"work"_s);
    QCOMPARE(problemsOf(recipe, chosen, m_graph, m_taken), QStringList());
    chosen.name = u"vpn"_s;
    chosen.provider = u"work"_s;
    chosen.clients = QStringList{u"gone"_s};
    chosen.destinations = QStringList{u"example.org:99999"_s};
    const QStringList problems = problemsOf(recipe, chosen, m_graph, m_taken);
    QCOMPARE(problems,
             (QStringList{u"There is a qube “vpn” already."_s,
                          u"Choose the net qube that it goes through."_s,
                          u"There is no qube “gone”."_s,
                          u"“example.org:99999”: a port is a number from 1 to 65535."_s}));
    chosen = choice(u"firewall"_s);
    chosen.name.clear();
    chosen.templateName.clear();
    chosen.clients = QStringList{u"sys-net"_s}; // it would go through itself
    QCOMPARE(problemsOf(recipe, chosen, m_graph, m_taken),
             (QStringList{u"The qube needs a name."_s,
                          u"The system has no default template: choose one."_s,
                          u"This would make a loop: sys-firewall reaches its own network through sys-net."_s}));
}

void RecipesTest::destinations_becomeRules_data()
{
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("rule"); // empty: refused

    QTest::newRow("name") << " Example.org " << "action=accept dsthost=example.org";
    QTest::newRow("name and port") << "example.org:443" << "action=accept dsthost=example.org proto=tcp dstports=443";
    QTest::newRow("IPv4") << "192.0.2.7" << "action=accept dst4=192.0.2.7";
    QTest::newRow("IPv4 and port") << "192.0.2.7:22" << "action=accept dst4=192.0.2.7 proto=tcp dstports=22";
    QTest::newRow("IPv6") << "2001:db8::1" << "action=accept dst6=2001:db8::1";
    QTest::newRow("IPv6 and port") << "[2001:db8::1]:22" << "action=accept dst6=2001:db8::1 proto=tcp dstports=22";
    QTest::newRow("nothing") << "" << "";
    QTest::newRow("words") << "every where" << "";
    QTest::newRow("another rule") << "a.org\naction=accept" << "";
    QTest::newRow("half an address") << "192.0.2" << "";
    QTest::newRow("too large a number") << "192.0.2.256" << "";
    QTest::newRow("IPv6 of a link") << "fe80::1%eth0" << "";
    QTest::newRow("no port") << "example.org:" << "";
    QTest::newRow("port 0") << "example.org:0" << "";
    QTest::newRow("begins with a dash") << "-example.org" << "";
}

void RecipesTest::destinations_becomeRules()
{
    QFETCH(const QString, text);
    QFETCH(const QString, rule);
    QCOMPARE(ruleForDestination(text).value_or(QString()), rule);
    if (rule.isEmpty()) {
        QVERIFY(!ruleForDestination(text).error().isEmpty());
    } else {
        QVERIFY(Firewall::parseRules(QString(rule + u'\n').toStdString()));
    }
}

void RecipesTest::rules_areTheCores()
{
    for (const QStringList &rules :
         {localNetworkRules(), onlyTheseRules({u"example.org:443"_s, u"nonsense text"_s, u"2001:db8::1"_s})}) {
        const auto parsed = Firewall::parseRules(QString(rules.join(u'\n') + u'\n').toStdString());
        QVERIFY2(parsed.has_value(), parsed ? "" : parsed.error().text().c_str());
        QCOMPARE(parsed->size(), static_cast<std::size_t>(rules.size()));
    }
}

void RecipesTest::runner_doesTheWhole()
{
    RecipeChoice chosen = choice(u"firewall"_s, u"work"_s);
    chosen.destinations = QStringList{u"192.0.2.7"_s};
    run(planOf(*recipeOf(u"firewall"_s), chosen, m_graph));
    QVERIFY(m_runner->isBusy());
    QCOMPARE(m_source->askedFor(), QStringList{u"create sys-filter green debian-13"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"provides sys-filter yes"_s});
    m_source->answer();
    QTRY_COMPARE(m_source->askedFor(),
                 QStringList{u"rules work action=accept dst4=192.0.2.7;action=accept specialtarget=dns;action=drop"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"start sys-filter"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"network work sys-filter"_s});
    QVERIFY(!m_outcome);
    m_source->answer();
    QVERIFY(m_outcome && m_outcome->isDone);
    QVERIFY(!m_runner->isBusy());
}

void RecipesTest::runner_leavesAVaultNoDisposables()
{
    run(planOf(*recipeOf(u"vault"_s), choice(u"vault"_s), m_graph));
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"disposables vault-2 none"_s});
    m_source->answer();
    QVERIFY(m_outcome && m_outcome->isDone);
}

void RecipesTest::runner_takesEverythingBack()
{
    m_source->firewalls.insert(u"work"_s, {u"action=accept proto=tcp"_s, u"action=drop"_s});
    const RecipeChoice chosen = choice(u"firewall"_s, u"work"_s);
    run(planOf(*recipeOf(u"firewall"_s), chosen, m_graph));
    m_source->answer();
    m_source->answer();
    QTRY_COMPARE(m_source->asked.size(), 1U);
    m_source->answer();
    m_source->answer(); // it is started
    const auto refused = std::unexpected(
        AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"The core says so."_s});
    m_source->answer(refused); // work is not plugged
    QCOMPARE(m_source->askedFor(), QStringList{u"kill sys-filter"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"rules work action=accept proto=tcp;action=drop"_s});
    m_source->answer();
    QCOMPARE(m_source->askedFor(), QStringList{u"delete sys-filter"_s});
    m_source->answer();
    QVERIFY(m_outcome && !m_outcome->isDone);
    QCOMPARE(m_outcome->why, u"Nothing was made: work was refused. The core says so."_s);
    QVERIFY(m_outcome->leftOver.isEmpty());
}

void RecipesTest::runner_saysWhatItCouldNotTakeBack()
{
    run(planOf(*recipeOf(u"vpn"_s), choice(u"vpn"_s), m_graph));
    m_source->answer();
    const auto refused =
        std::unexpected(AdminError{.kind = AdminError::Kind::Exception, .type = u"X"_s, .words = u"No."_s});
    m_source->answer(refused); // the feature
    QCOMPARE(m_source->askedFor(), QStringList{u"delete sys-vpn"_s});
    m_source->answer(refused);
    QCOMPARE(m_outcome->leftOver, QStringList{u"sys-vpn"_s});
}

QTEST_GUILESS_MAIN(RecipesTest)

#include "recipestest.moc"
