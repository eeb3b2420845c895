// SPDX-License-Identifier: GPL-2.0-or-later
// Many clients at once do what comes to mind while the daemon dies under them again and again. In the end the store,
// the driver and the pool tell the same story. BULKHEAD_MANY_OPERATIONS makes it longer, BULKHEAD_MANY_SEED another
// one.
#include "base/formatted.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <array>
#include <random>
#include <set>

using namespace Bulkhead;
using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

constexpr std::size_t Clients = 8;
constexpr int Names = 12; ///< few, so that the clients meet

std::uint32_t setting(const char *name, std::uint32_t otherwise)
{
    bool isNumber = false;
    const std::uint32_t number = qEnvironmentVariable(name).toUInt(&isNumber);
    return isNumber ? number : otherwise;
}

struct Request {
    QByteArray service;
    QByteArray destination;
    QByteArray payload;
};

} // namespace

class ManyThingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void S_151_S_154_S_156_storeDriverAndPoolAgreeAfterAll_data();
    void S_151_S_154_S_156_storeDriverAndPoolAgreeAfterAll();

private:
    [[nodiscard]] std::uint32_t below(std::uint32_t bound)
    {
        return static_cast<std::uint32_t>(m_random() % bound);
    }

    [[nodiscard]] QByteArray someQube()
    {
        return "q" + QByteArray::number(below(Names));
    }

    [[nodiscard]] Request somethingToDo();
    void beginSomething();
    void dieAndComeBack();
    void letAllEnd();
    [[nodiscard]] QByteArray wholeState();
    void checkAgreement();

    std::mt19937 m_random;
    std::unique_ptr<CoreFixture> m_core;
    std::array<std::unique_ptr<RawClient>, Clients> m_clients;
    int m_answered = 0;
};

void ManyThingsTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addTemplate("other");
    m_answered = 0;
}

void ManyThingsTest::cleanup()
{
    for (auto &client : m_clients) {
        client.reset();
    }
    m_core.reset();
}

Request ManyThingsTest::somethingToDo()
{
    const QByteArray qube = someQube();
    switch (below(16)) {
    case 0:
    case 1:
    case 2:
        return {
            .service = "admin.vm.Create.AppVM+base", .destination = "dom0", .payload = "name=" + qube + " label=red"};
    case 3:
        return {.service = "admin.vm.Remove", .destination = qube, .payload = {}};
    case 4:
    case 5:
    case 6:
        return {.service = "admin.vm.Start", .destination = qube, .payload = {}};
    case 7:
        return {.service = "admin.vm.Kill", .destination = qube, .payload = {}};
    case 8:
        return {.service = "admin.vm.Shutdown+force", .destination = qube, .payload = {}};
    case 9:
        return {.service = "admin.vm.Pause", .destination = qube, .payload = {}};
    case 10:
        return {.service = "admin.vm.Unpause", .destination = qube, .payload = {}};
    case 11:
        return {
            .service = "admin.vm.property.Set+netvm", .destination = qube, .payload = below(3) == 0 ? "" : someQube()};
    case 12:
        return {.service = "admin.vm.property.Set+provides_network",
                .destination = qube,
                .payload = below(2) == 0 ? "True" : "False"};
    case 13:
        return {.service = "admin.vm.property.Set+template",
                .destination = qube,
                .payload = below(2) == 0 ? "base" : "other"};
    case 14:
        return {.service = "admin.vm.feature.Set+f", .destination = qube, .payload = QByteArray::number(below(9))};
    default:
        return {.service = "admin.vm.tag.Set+t" + QByteArray::number(below(4)), .destination = qube, .payload = {}};
    }
}

void ManyThingsTest::beginSomething()
{
    auto &client = m_clients.at(below(Clients));
    if (client && !client->hasEnded() && below(4) != 0) {
        return; // this one still waits; now and then it goes away instead
    }
    m_answered += client && client->hasEnded() && !client->received().isEmpty() ? 1 : 0;
    const Request request = somethingToDo();
    client = m_core->begin(request.service, request.destination, request.payload);
}

/// What a builder of domains was at when the daemon died comes to nothing.
void ManyThingsTest::dieAndComeBack()
{
    m_core->daemon.reset();
    m_core->driver.dropHeldStarts();
    m_core->restart();
}

void ManyThingsTest::letAllEnd()
{
    m_core->driver.releaseStarts();
    for (auto &client : m_clients) {
        QVERIFY(!client || client->waitForEnd());
        m_answered += client && !client->received().isEmpty() ? 1 : 0;
        client.reset();
    }
}

/// Without the generation, which counts.
QByteArray ManyThingsTest::wholeState()
{
    const QByteArray answer = m_core->callCore("bulkhead.Snapshot", "dom0", {});
    return answer.mid(answer.indexOf('\n'));
}

void ManyThingsTest::checkAgreement()
{
    const Model &model = m_core->daemon->registry().model();
    std::set<std::string> running;
    for (const auto &[id, qube] : model.qubes()) {
        if (id == Dom0Qid) {
            continue;
        }
        const auto domain = m_core->driver.domainOf(qube.name);
        QVERIFY2(domain == qube.run.domain, qube.name.text().c_str());
        QVERIFY2(qube.isHalted() != domain.has_value(), qube.name.text().c_str());
        QVERIFY2(m_core->pool.has(qube.name), qube.name.text().c_str());
        if (domain) {
            running.insert(qube.name.text());
        }
    }
    QCOMPARE(m_core->driver.domainCount(), running.size()); // and none that nobody knows
    for (int number = 0; number < Names; ++number) {
        const QubeName name = qubeName(formatted("q{}", number));
        QCOMPARE(m_core->pool.has(name), model.find(name.text()) != nullptr);
    }
    // No two are one behind the other in a circle, and who names a qube names one that is there.
    for (const auto &[id, qube] : model.qubes()) {
        for (const auto &[property, value] : qube.properties) {
            QVERIFY2(!isReference(property) || value.empty() || model.find(value) != nullptr, property.c_str());
        }
    }
}

void ManyThingsTest::S_151_S_154_S_156_storeDriverAndPoolAgreeAfterAll_data()
{
    QTest::addColumn<quint32>("seed");
    const std::uint32_t first = setting("BULKHEAD_MANY_SEED", 1);
    for (std::uint32_t seed = first; seed < first + 3; ++seed) {
        QTest::addRow("seed %u", seed) << seed;
    }
}

void ManyThingsTest::S_151_S_154_S_156_storeDriverAndPoolAgreeAfterAll()
{
    QFETCH(quint32, seed);
    m_random.seed(seed);
    const std::uint32_t operations = setting("BULKHEAD_MANY_OPERATIONS", 400);
    for (std::uint32_t i = 0; i < operations; ++i) {
        beginSomething();
        switch (below(40)) {
        case 0:
            dieAndComeBack();
            break;
        case 1:
        case 2:
            m_core->driver.holdStarts();
            break;
        case 3:
        case 4:
        case 5:
            m_core->driver.releaseStarts();
            break;
        case 6:
            m_core->driver.endGuest(qubeName(someQube().toStdString()), below(2) == 0);
            break;
        default:
            QCoreApplication::processEvents();
        }
    }
    letAllEnd();
    QVERIFY2(m_answered > static_cast<int>(operations / 8), "the clients got no answers: the test does nothing");
    checkAgreement();
    const QByteArray before = wholeState();
    dieAndComeBack();
    checkAgreement();
    // What a start time was is not remembered; all else is as it was told before.
    const auto withoutTimes = [](const QByteArray &state) {
        QByteArrayList lines = state.split('\n');
        lines.removeIf([](const QByteArray &line) {
            return line.startsWith("property start_time ") || line.startsWith("job ");
        });
        return lines;
    };
    QCOMPARE(withoutTimes(wholeState()), withoutTimes(before));
}

QTEST_GUILESS_MAIN(ManyThingsTest)
#include "manythingstest.moc"
