// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/model/volumes.h"
#include "dom0-core/storage/volumestate.h"

#include <QObject>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// The volumes of one qube, as the model has them. A value; storage keeps no list of qubes.
struct VolumeSet {
    QubeName qube;
    std::vector<Volume> volumes;

    /// Null if the qube has none of that name.
    [[nodiscard]] const Volume *find(VolumeName name) const
    {
        const auto place = std::ranges::find(volumes, name, &Volume::name);
        return place == volumes.end() ? nullptr : &*place;
    }
};

/// Where a running qube's volumes lie, for DomainConfig.
struct StartedVolumes {
    VolumeSource root;
    std::optional<VolumeSource> privateVolume;
    std::optional<VolumeSource> volatileVolume = {}; ///< pools of images only
};

/// Keeps the volumes of qubes, whatever pools they lie in. Implementations: storage (storage.h), fake (tests). Main
/// thread only, never blocks: long work is a child process. Every operation calls its last argument exactly once, later
/// or at once. What may be done to the volumes of a qube that runs is for the caller to say.
class Pool : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Started = std::move_only_function<void(Result<StartedVolumes>)>;
    using Inspected = std::move_only_function<void(Result<VolumeState>)>;
    using Measured = std::move_only_function<void(Result<PoolUsage>)>;
    using ImportBegun = std::move_only_function<void(Result<std::filesystem::path>)>;
    using QObject::QObject;

    /// Makes the qube's own volumes, empty. On failure nothing of them is left. What an interrupted earlier attempt
    /// left under the same name is replaced.
    /// @errors Io, Driver
    virtual void create(const VolumeSet &volumes, Done done) = 0;
    /// Removes the qube's own volumes with their revisions; one that is not there is no error. Never touches what is
    /// used in place.
    /// @errors Io, Driver
    virtual void remove(const VolumeSet &volumes, Done done) = 0;
    /// Whether everything that a start needs is there. Quick: looks at names, not at contents.
    /// @errors NotFound, in words that say what is missing and where
    [[nodiscard]] virtual Result<void> verify(const VolumeSet &volumes) const = 0;
    /// Makes the volumes ready for a run. On failure nothing is left started.
    /// @errors Io, NotFound, InUse, Driver
    virtual void start(const VolumeSet &volumes, Started done) = 0;
    /// The run is over: keeps or discards what it wrote. All volumes are stopped, the first failure is told.
    /// @errors Io, Driver
    virtual void stop(const VolumeSet &volumes, Done done) = 0;
    /// Fills the root of a set that keeps it with a copy of `source`, a directory or an image as the pool has them: all
    /// of it or, on failure, nothing.
    /// @errors Io, NotFound, Driver
    virtual void importRoot(const VolumeSet &volumes, const std::filesystem::path &source, Done done) = 0;

    /// What one volume holds now.
    /// @errors NotFound, Io, Driver
    virtual void inspect(const Volume &volume, Inspected done) = 0;
    /// Goes back to a revision. What the volume held becomes a revision itself, so that this can be taken back.
    /// @errors NotFound (no such revision), InUse (it holds what a run wrote), Unsupported, Io, Driver
    virtual void revert(const Volume &volume, const std::string &revision, Done done) = 0;
    /// Gives the volume more room; one that is in use, too.
    /// @errors BadValue (smaller, or more than the pool could ever hold), Unsupported, Io, Driver
    virtual void resize(const Volume &volume, std::uint64_t bytes, Done done) = 0;
    /// Puts an empty volume of the same size in its place. What it held becomes a revision.
    /// @errors InUse, Io, Driver
    virtual void clear(const Volume &volume, Done done) = 0;
    /// Puts a copy of what `from` last kept in the place of what `to` holds, which becomes a revision.
    /// @errors InUse, Unsupported (an image and a directory), NotFound, Io, Driver
    virtual void clone(const Volume &from, const Volume &to, Done done) = 0;
    /// Makes the place into which somebody writes what the volume will hold, `bytes` of zeros. One that is there
    /// already is made anew.
    /// @errors InUse, Unsupported, BadValue, Io, Driver
    virtual void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) = 0;
    /// Puts it in the volume's place, or removes it. What the volume held becomes a revision.
    enum class Import : std::uint8_t {
        Keep,
        Discard,
    };
    /// @errors NotFound (a start of the qube or of the daemon has removed it), InUse, Io, Driver
    virtual void endImport(const Volume &volume, Import how, Done done) = 0;

    /// Makes the pool's place ready, if that is there, and looks whether it does what the pool asks for.
    /// @errors NotFound, Unsupported, Io, Driver
    virtual void prepare(const PoolConfig &pool, Done done) = 0;
    /// @errors NotFound, Io, Driver
    virtual void measure(const PoolConfig &pool, Measured done) = 0;
};

} // namespace Bulkhead
