// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/lifecycle.h"

#include <QTest>

#include <array>

using namespace Bulkhead;
using namespace Bulkhead::Lifecycle;

class LifecycleTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void next_everyHappeningInEveryPhase_data();
    void next_everyHappeningInEveryPhase();
    void power_isWhatClientsKnow();
    void fullRun_endsWhereItBegan();
};

namespace
{

constexpr std::array Phases{Phase::Halted,
                            Phase::Preparing,
                            Phase::Booting,
                            Phase::Running,
                            Phase::Paused,
                            Phase::Dying,
                            Phase::Crashed,
                            Phase::Cleaning};

constexpr char letterOf(std::optional<Phase> phase)
{
    constexpr std::string_view Letters = "HPBRpDXC";
    return phase ? Letters.at(static_cast<std::size_t>(*phase)) : '.';
}

} // namespace

void LifecycleTest::next_everyHappeningInEveryPhase_data()
{
    QTest::addColumn<int>("what");
    QTest::addColumn<QByteArray>("phases"); // after it, from: Halted Preparing Booting Running paused Dying X=crashed C
    const auto row = [](const char *name, Happening what, const char *phases) {
        QTest::newRow(name) << static_cast<int>(what) << QByteArray(phases);
    };
    //                                                            HPBRpDXC
    row("a start begins", Happening::StartBegun, /*            */ "P.......");
    row("a start fails without a domain", Happening::StartFailed, ".H......");
    row("the domain is there", Happening::DomainUp, /*         */ ".B......");
    row("a domain is found at the start", Happening::DomainFound, "B.......");
    row("the agent connects", Happening::AgentThere, /*        */ "..R.....");
    row("paused", Happening::DomainPaused, /*                  */ "..pp....");
    row("resumed", Happening::DomainResumed, /*                */ "....R...");
    row("dying", Happening::DomainDying, /*                    */ "..DDD.D.");
    row("crashed", Happening::DomainCrashed, /*                */ "..XXX...");
    row("gone", Happening::DomainGone, /*                      */ "..CCCCC.");
    row("cleaned up", Happening::CleanedUp, /*                 */ ".......H");
}

void LifecycleTest::next_everyHappeningInEveryPhase()
{
    QFETCH(int, what);
    QFETCH(QByteArray, phases);
    QByteArray after;
    for (const Phase phase : Phases) {
        after += letterOf(next(phase, static_cast<Happening>(what)));
    }
    QCOMPARE(after, phases);
}

void LifecycleTest::power_isWhatClientsKnow()
{
    QByteArrayList names;
    for (const Phase phase : Phases) {
        names << QByteArray::fromStdString(std::string(nameOf(powerOf(phase))));
    }
    QCOMPARE(names.join(' '), QByteArray("Halted Transient Transient Running Paused Dying Crashed Dying"));
}

void LifecycleTest::fullRun_endsWhereItBegan()
{
    Phase phase = Phase::Halted;
    for (const Happening what : {Happening::StartBegun,
                                 Happening::DomainUp,
                                 Happening::AgentThere,
                                 Happening::DomainPaused,
                                 Happening::DomainResumed,
                                 Happening::DomainDying,
                                 Happening::DomainGone,
                                 Happening::CleanedUp}) {
        phase = next(phase, what).value();
        QCOMPARE(hasDomain(phase), phase == Phase::Booting || phase == Phase::Running || phase == Phase::Paused);
    }
    QCOMPARE(phase, Phase::Halted);
}

QTEST_GUILESS_MAIN(LifecycleTest)
#include "lifecycletest.moc"
