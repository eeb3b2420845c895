// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/replugging.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead
{

namespace
{

Qid takeLast(std::vector<Qid> &ids)
{
    const Qid last = ids.back();
    ids.pop_back();
    return last;
}

} // namespace

Replugging::Replugging(const Registry &registry, Runner &runner)
    : m_registry(registry)
    , m_runner(runner)
{
}

void Replugging::follow(std::vector<Qid> clients, TakeBack takeBack, Done done)
{
    moveNext(std::make_unique<Move>(
        Move{.waiting = std::move(clients), .touched = {}, .takeBack = std::move(takeBack), .done = std::move(done)}));
}

void Replugging::moveNext(MovePtr move)
{
    if (move->waiting.empty()) {
        move->done({});
        return;
    }
    const Qid id = takeLast(move->waiting);
    m_runner.plugs().acquire(id, [this, id, move = std::move(move)](QubeLock::Hold hold) mutable {
        unplugFirst(id, std::move(hold), std::move(move));
    });
}

void Replugging::unplugFirst(Qid id, QubeLock::Hold hold, MovePtr move)
{
    m_runner.unplug(id, [this, id, hold = std::move(hold), move = std::move(move)](Checked<void> unplugged) mutable {
        if (!unplugged) { // it is plugged in as it was
            giveUp(std::move(move), std::move(unplugged).error());
            return;
        }
        move->touched.push_back(id);
        m_runner.plug(id, [this, hold = std::move(hold), move = std::move(move)](Checked<void> plugged) mutable {
            if (!plugged) {
                giveUp(std::move(move), std::move(plugged).error());
                return;
            }
            moveNext(std::move(move));
        });
    });
}

void Replugging::giveUp(MovePtr move, Refusal reason)
{
    move->reason = std::move(reason);
    if (const auto takenBack = move->takeBack(); !takenBack) {
        // What is plugged in as the store no longer says is unplugged instead.
        move->reason.message +=
            formatted(" That could not be taken back, so whoever is not plugged in anew has no network now: {}",
                      takenBack.error().message);
        unplugWaiting(std::move(move));
        return;
    }
    goBack(std::move(move));
}

void Replugging::goBack(MovePtr move)
{
    if (move->touched.empty()) {
        move->done(std::unexpected(std::move(move->reason)));
        return;
    }
    const Qid id = takeLast(move->touched);
    m_runner.plugs().acquire(id, [this, id, move = std::move(move)](QubeLock::Hold hold) mutable {
        plugBack(id, std::move(hold), std::move(move));
    });
}

void Replugging::plugBack(Qid id, QubeLock::Hold hold, MovePtr move)
{
    m_runner.unplug(id, [this, id, hold = std::move(hold), move = std::move(move)](Checked<void> unplugged) mutable {
        if (!unplugged) {
            move->reason.message +=
                formatted(" {} It is still plugged into what it was to leave: shut it down to end that.",
                          unplugged.error().message);
            goBack(std::move(move));
            return;
        }
        m_runner.plug(id, [this, id, hold = std::move(hold), move = std::move(move)](Checked<void> plugged) mutable {
            if (!plugged) {
                move->reason.message += formatted(
                    " Going back failed too, so {} has no network now: {}", nameOf(id), plugged.error().message);
            }
            goBack(std::move(move));
        });
    });
}

void Replugging::unplugWaiting(MovePtr move)
{
    if (move->waiting.empty()) {
        move->done(std::unexpected(std::move(move->reason)));
        return;
    }
    const Qid id = takeLast(move->waiting);
    m_runner.plugs().acquire(id, [this, id, move = std::move(move)](QubeLock::Hold hold) mutable {
        m_runner.unplug(
            id, [this, hold = std::move(hold), move = std::move(move)](const Checked<void> &unplugged) mutable {
                if (!unplugged) {
                    move->reason.message += formatted(" {} It is still plugged in as before: shut it down to end that.",
                                                      unplugged.error().message);
                }
                unplugWaiting(std::move(move));
            });
    });
}

std::string Replugging::nameOf(Qid id) const
{
    const Qube *const qube = m_registry.model().find(id);
    return qube == nullptr ? std::string("a qube that is gone") : std::string(qube->name.text());
}

} // namespace Bulkhead
