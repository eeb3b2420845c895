// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/networkproof.h"

#include <QObject>
#include <QString>

#include <functional>

namespace Bulkhead
{

/// One thing to be tried for real, by a program in a qube; nothing of what it says is read, only whether it went well.
struct Probe {
    enum class Kind : std::uint8_t {
        Reach,    ///< a packet goes there and an answer comes back
        CutDown,  ///< the tunnel of a hop is taken down for the test
        StayShut, ///< with the tunnel down, a packet to the outside must get no answer
        Restore,  ///< the tunnel is set up again
    };

    Kind kind = Kind::Reach;
    QString qube;    ///< where the program runs
    QString hop;     ///< what it is about: the qube to be reached, or that holds the tunnel; empty: the outside
    QString account; ///< who runs it there
    QString command; ///< a line for a shell of that qube, of fixed words only; empty: one packet is sent, pingCommand()
    QStringList way = {}; ///< of a packet to a hop: the qubes before it, the sender first

    friend bool operator==(const Probe &, const Probe &) = default;
};

/// What came of one.
enum class ProbeResult : std::uint8_t {
    Holds,   ///< as it should be
    Fails,   ///< no answer where one should come, or one where none may come
    Unknown, ///< the program could not be run
};

/// Probes along a qube's way, from its net qube to the outside, and with each tunnel down.
[[nodiscard]] QList<Probe> probesFor(const NetworkProof &proof);

/// One packet to an address, and two seconds for its answer; empty for what is no address.
[[nodiscard]] QString pingCommand(const QString &address);

/// What a probe is about, in words, before its result.
[[nodiscard]] QString probeWords(const Probe &probe);

/// Runs probes one after the other. Once a tunnel was taken down it is set up again, whatever else comes.
class ProbeRunner : public QObject
{
    Q_OBJECT

public:
    /// The program's status; nothing if it could not be run.
    using Ended = std::move_only_function<void(std::optional<int> status)>;
    /// Runs a command in a qube and calls `ended` once, later.
    using Run = std::function<void(const Probe &probe, Ended ended)>;

    explicit ProbeRunner(Run run, QObject *parent = nullptr);

    /// A test that runs is ended first; of that no signal comes any more, its tunnels are set up again.
    void start(const QList<Probe> &probes);

    [[nodiscard]] bool isRunning() const
    {
        return m_isRunning;
    }

Q_SIGNALS:
    void answered(const Bulkhead::Probe &probe, Bulkhead::ProbeResult result);
    void finished();

private:
    void next(qsizetype number);

    Run m_run;
    QList<Probe> m_probes;
    std::size_t m_round = 0;
    bool m_isRunning = false;
};

} // namespace Bulkhead
