// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/qubelock.h"
#include "dom0-core/lifecycle/runner.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Makes running qubes follow a net qube that was changed in the store: all of them, or none. Where one of them cannot
/// be plugged in, the store is taken back and those that were unplugged are plugged in as it then says. Whoever cannot
/// be is left without a network, and the refusal names it: no qube stays connected to what the store does not say, but
/// for one that cannot even be unplugged. Main thread only.
/// @source spec qube-model, 10.1
class Replugging
{
public:
    using Done = Runner::Done;
    /// Makes the store say again what it said before, unless somebody else has changed it since.
    /// @errors as Registry::commit(): the store then goes on saying the new
    using TakeBack = std::move_only_function<Checked<void>()>;

    /// The runner outlives all that it is asked here.
    Replugging(const Registry &registry, Runner &runner);

    /// @param takeBack  called once at most
    /// @param done  a refusal says why, and who is without a network now
    void follow(std::vector<Qid> clients, TakeBack takeBack, Done done);

private:
    /// One change on its way.
    struct Move {
        std::vector<Qid> waiting; ///< plugged in as they were before
        std::vector<Qid> touched; ///< unplugged, and most of them plugged in anew
        TakeBack takeBack;
        Done done;
        Refusal reason = {};
    };

    using MovePtr = std::unique_ptr<Move>;

    void moveNext(MovePtr move);
    void unplugFirst(Qid id, QubeLock::Hold hold, MovePtr move);
    void giveUp(MovePtr move, Refusal reason);
    void goBack(MovePtr move);
    void plugBack(Qid id, QubeLock::Hold hold, MovePtr move);
    void unplugWaiting(MovePtr move);
    [[nodiscard]] std::string nameOf(Qid id) const;

    const Registry &m_registry;
    Runner &m_runner;
};

} // namespace Bulkhead
