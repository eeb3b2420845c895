// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/event.h"
#include "dom0-core/model/model.h"
#include "dom0-core/model/refusal.h"
#include "dom0-core/store/store.h"

#include <QObject>

#include <cstdint>
#include <functional>
#include <vector>

namespace Bulkhead
{

/// The qubes as everybody sees them: the model, the store behind it, and the events about both. The one place through
/// which anything changes.
class Registry : public QObject
{
    Q_OBJECT

public:
    /// @param host  outlives the registry
    /// @errors as Store::open() and Store::load()
    [[nodiscard]] static Result<std::unique_ptr<Registry>> open(const std::filesystem::path &store,
                                                                const HostFacts &host);

    [[nodiscard]] const Model &model() const noexcept
    {
        return m_model;
    }

    /// Qubes whose creation or removal a crash interrupted; handed out once. They are not in the model.
    [[nodiscard]] std::vector<Change::AddQube> takeInterrupted();

    /// Saves the changes, all or none, and then makes them in the model. On success they are on the disk.
    /// @errors General, in words for a person
    [[nodiscard]] Checked<void> commit(std::vector<Change::Any> changes);

    void setRun(Qid id, RunState run);

    /// Looks at what is about to happen and may object to it, in words for the person who asked. It changes nothing.
    using Objector = std::function<Checked<void>(const Event &)>;
    void addObjector(Objector objector);

    /// Tells subscribers of what is about to happen. If somebody objects it must not happen; that it was tried has been
    /// told already.
    /// @errors as the objector says
    /// @source spec qube-model, 4.3; admin-api, 9.1
    [[nodiscard]] Checked<void> propose(const Event &event);
    [[nodiscard]] Checked<void> propose(const std::vector<Event> &events);

    /// Differs between any two states of the model, in one life of the daemon.
    [[nodiscard]] std::uint64_t revision() const noexcept
    {
        return m_revision;
    }

    /// Tells subscribers, in the order of the calls.
    void announce(const Event &event);
    void announce(const std::vector<Event> &events);

Q_SIGNALS:
    void announced(const Bulkhead::Event &event);
    /// What the qube is doing has changed; the model tells what to.
    void runChanged(Bulkhead::Qid id);

private:
    Registry(Store store, const HostFacts &host);

    Store m_store;
    Model m_model;
    std::uint64_t m_revision = 0;
    std::vector<Change::AddQube> m_interrupted;
    std::vector<Objector> m_objectors;
};

} // namespace Bulkhead
