// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/probe.h"

#include <KLocalizedString>
#include <QHostAddress>

#include <algorithm>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// ping ends with 1 where no answer came, and with 2 where it knew no way there.
bool isNoAnswer(int status)
{
    return status == 1 || status == 2;
}

ProbeResult resultOf(Probe::Kind kind, std::optional<int> status)
{
    if (!status) {
        return ProbeResult::Unknown;
    }
    switch (kind) {
    case Probe::Kind::Reach:
        return *status == 0 ? ProbeResult::Holds : isNoAnswer(*status) ? ProbeResult::Fails : ProbeResult::Unknown;
    case Probe::Kind::StayShut:
        return *status == 0 ? ProbeResult::Fails : isNoAnswer(*status) ? ProbeResult::Holds : ProbeResult::Unknown;
    case Probe::Kind::CutDown:
    case Probe::Kind::Restore:
        return *status == 0 ? ProbeResult::Holds : ProbeResult::Fails;
    }
    std::unreachable();
}

bool isTor(const NetworkProof &proof, const QString &qube)
{
    return std::ranges::any_of(proof.hops, [&qube](const ProofHop &hop) {
        return hop.qube == qube && hop.isTor;
    });
}

} // namespace

QString pingCommand(const QString &address)
{
    QHostAddress parsed; // nothing else than an address may get into a command
    return parsed.setAddress(address) && parsed.scopeId().isEmpty()
        ? QString(u"exec ping -q -c 1 -W 2 "_s + parsed.toString())
        : QString();
}

QList<Probe> probesFor(const NetworkProof &proof)
{
    QList<Probe> probes;
    if (proof.chain.hops.size() < 2 && proof.hops.isEmpty()) {
        return probes;
    }
    const Probe reach{
        .kind = Probe::Kind::Reach, .qube = proof.chain.hops.first(), .hop = {}, .account = u"user"_s, .command = {}};
    for (qsizetype place = 1; place < proof.chain.hops.size(); ++place) {
        const QString &hop = proof.chain.hops.at(place);
        Probe probe = reach;
        probe.hop = hop;
        probe.way = proof.chain.hops.first(place);
        probes << probe;
        if (isTor(proof, hop)) { // single packets go no further: it forwards none
            return probes;
        }
    }
    if (proof.chain.end != NetworkChain::End::Outside) {
        return probes;
    }
    probes << reach;
    for (const ProofHop &hop : proof.hops) {
        if (!hop.isTunnel || hop.qube == reach.qube) {
            continue;
        }
        probes << Probe{.kind = Probe::Kind::CutDown,
                        .qube = hop.qube,
                        .hop = hop.qube,
                        .account = u"root"_s,
                        .command = u"ip link set bulkhead-vpn down 2>/dev/null || "
                                   "! ip link show bulkhead-vpn >/dev/null 2>&1"_s};
        Probe shut = reach;
        shut.kind = Probe::Kind::StayShut;
        shut.hop = hop.qube;
        probes << shut;
        // The agent there sets the tunnel up again when the provider's file is written.
        probes << Probe{.kind = Probe::Kind::Restore,
                        .qube = hop.qube,
                        .hop = hop.qube,
                        .account = u"user"_s,
                        .command = u"for file in ~/vpn/wireguard.conf ~/vpn/openvpn.conf; do "
                                   "test ! -e \"$file\" || touch \"$file\"; done"_s};
    }
    return probes;
}

QString probeWords(const Probe &probe)
{
    switch (probe.kind) {
    case Probe::Kind::Reach:
        return probe.hop.isEmpty()
            ? i18nc("@info what is tried", "A packet reaches the outside and its answer comes back")
            : i18nc(
                  "@info what is tried; %1 a qube's name", "A packet reaches %1 and its answer comes back", probe.hop);
    case Probe::Kind::CutDown:
        return i18nc("@info what is tried; %1 a qube's name", "The tunnel of %1 is taken down", probe.hop);
    case Probe::Kind::StayShut:
        return i18nc("@info what is tried; %1 a qube's name",
                     "With the tunnel of %1 down no answer comes from the outside",
                     probe.hop);
    case Probe::Kind::Restore:
        return i18nc("@info what is tried; %1 a qube's name", "The tunnel of %1 is set up again", probe.hop);
    }
    std::unreachable();
}

ProbeRunner::ProbeRunner(Run run, QObject *parent)
    : QObject(parent)
    , m_run(std::move(run))
{
}

void ProbeRunner::start(const QList<Probe> &probes)
{
    for (const Probe &left : std::as_const(m_probes)) {
        if (m_isRunning && left.kind == Probe::Kind::Restore) {
            m_run(left, [](std::optional<int>) { });
        }
    }
    ++m_round;
    m_probes = probes;
    m_isRunning = true;
    next(0);
}

void ProbeRunner::next(qsizetype number)
{
    if (number == m_probes.size()) {
        m_isRunning = false;
        Q_EMIT finished();
        return;
    }
    const Probe probe = m_probes.at(number);
    m_run(probe, [this, round = m_round, number, probe](std::optional<int> status) {
        if (round == m_round) {
            Q_EMIT answered(probe, resultOf(probe.kind, status));
            next(number + 1);
        }
    });
}

} // namespace Bulkhead
