// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/lifecycle/guestservices.h"
#include "dom0-core/lifecycle/registry.h"
#include "dom0-core/lifecycle/runner.h"
#include "dom0-core/model/volumes.h"
#include "dom0-core/storage/pool.h"

#include <QObject>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace Bulkhead
{

/// What is done to single volumes of qubes beside the starts and stops: judges it, does it under the qube's lock, saves
/// what the model has to know, and announces it. Main thread only.
/// @source spec admin-api, 8.7
class VolumeEditor : public QObject
{
    Q_OBJECT

public:
    using Done = Runner::Done;
    using Inspected = std::move_only_function<void(Checked<VolumeState>)>;

    /// A volume that is named in a call; the qube may go before the call is done.
    struct Which {
        Qid id;
        VolumeName volume = VolumeName::Private;
    };

    /// All but `parent` outlive the editor.
    VolumeEditor(Registry &registry, Runner &runner, Pool &pool, GuestServices &services, QObject *parent = nullptr);

    void inspect(Which which, Inspected done);
    void revert(Which which, const std::string &revision, Done done);
    void resize(Which which, std::uint64_t bytes, Done done);
    void clear(Which which, Done done);
    /// @param source  the volume whose contents are copied
    void clone(Which source, Which target, Done done);

    void setRevisionsToKeep(Which which, int count, Done done);
    void setWritable(Which which, bool writable, Done done);
    void setEphemeral(Which which, bool ephemeral, Done done);

    /// Where somebody writes what the volume will hold, and how many bytes that must be.
    struct ImportPlace {
        std::uint64_t bytes = 0;
        std::filesystem::path path;
    };

    using ImportBegun = std::move_only_function<void(Checked<ImportPlace>)>;

    /// @param bytes  nothing: as large as the volume is
    void beginImport(Which which, std::optional<std::uint64_t> bytes, ImportBegun done);
    /// @param failure  why there is nothing to keep, for a person; empty if there is
    void endImport(Which which, const std::string &failure, Done done);

private:
    using Work = std::move_only_function<void(const Qube &, const Volume &, Done)>;

    enum class Needs : std::uint8_t {
        Nothing,
        Halted,
    };

    /// Runs `work` when nobody else works on the qube, if it is still there and fits.
    void run(Which which, Needs needs, Work work, Done done);
    void resizeLocked(const Qube &qube, const Volume &volume, std::uint64_t bytes, Done done);
    void tellGrown(Which which, Done done);
    void saveSettings(Which which, const std::function<void(VolumeSettings &)> &change, Done done);
    void beginImportLocked(Which which, std::uint64_t bytes, ImportBegun done);
    void announce(const QubeName &qube, std::string name, std::vector<std::pair<std::string, std::string>> pairs);

    Registry &m_registry;
    Runner &m_runner;
    Pool &m_pool;
    GuestServices &m_services;
};

} // namespace Bulkhead
