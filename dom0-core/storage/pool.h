// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "dom0-core/driver/driver.h"

#include <QObject>

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>

namespace Bulkhead
{

/// What becomes of a qube's root when the qube stops.
enum class RootKind : std::uint8_t {
    Kept,      ///< templates: the root is the qube's own and stays
    Discarded, ///< qubes with a template: changes to the root are gone at the stop
};

/// All that a pool needs to know about a qube to find or make its volumes. A value; the pool keeps no list of qubes.
struct VolumeSet {
    QubeName qube;
    RootKind rootKind = RootKind::Discarded;
    /// Whose root it is: the qube itself (Kept), or the template at the end of the chain (Discarded).
    QubeName rootOwner;
    /// A directory or image outside the pool that is used as rootOwner's root, read-only; empty if the root lies in the
    /// pool.
    std::filesystem::path rootInPlace;
    /// Disposables: each run begins with a copy of that qube's private volume, which is gone at the stop. Nothing: the
    /// private volume is the qube's own and stays.
    std::optional<QubeName> privateFrom = {};
};

/// Where a running qube's volumes lie, for DomainConfig.
struct StartedVolumes {
    VolumeSource root;
    std::optional<VolumeSource> privateVolume;
    std::optional<VolumeSource> volatileVolume = {}; ///< pools of images only
};

/// Keeps the volumes of qubes: root (over the template's) and private. Implementations: directory (local driver), file
/// (images, xen driver), fake (tests). Main thread only, never blocks: long work is a child process. Every operation
/// calls `done` exactly once, later or at once.
class Pool : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Started = std::move_only_function<void(Result<StartedVolumes>)>;
    using QObject::QObject;

    /// Makes the qube's own volumes, empty. On failure nothing of them is left. What an interrupted earlier attempt
    /// left under the same name is replaced.
    /// @errors Io
    virtual void create(const VolumeSet &volumes, Done done) = 0;
    /// Removes the qube's own volumes; one that is not there is no error. Never touches rootInPlace.
    /// @errors Io
    virtual void remove(const VolumeSet &volumes, Done done) = 0;
    /// Whether everything that a start needs is there. Quick: looks at names, not at contents.
    /// @errors NotFound, in words that say what is missing and where
    [[nodiscard]] virtual Result<void> verify(const VolumeSet &volumes) const = 0;
    /// Makes the volumes ready for a run. On failure nothing is left started.
    /// @errors Io, NotFound
    virtual void start(const VolumeSet &volumes, Started done) = 0;
    /// The run is over: keeps or discards what it wrote.
    /// @errors Io
    virtual void stop(const VolumeSet &volumes, Done done) = 0;
    /// Fills the root of a Kept set with a copy of `source`, a directory or an image as the pool has them: all of it
    /// or, on failure, nothing.
    /// @errors Io, NotFound
    virtual void importRoot(const VolumeSet &volumes, const std::filesystem::path &source, Done done) = 0;
};

} // namespace Bulkhead
