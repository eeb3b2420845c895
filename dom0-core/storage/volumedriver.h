// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"

#include <memory>

namespace Bulkhead
{

/// One pool at work: keeps single volumes in one way, in one place. Implementations: file-reflink (filepool.h),
/// directory (directorypool.h), lvm_thin (thinpool.h), linux-kernel (kernelpool.h). The operations and their promises
/// are those of Pool, for one volume; `volume` is always one of this pool. Main thread only, never blocks.
class VolumeDriver : public QObject
{
    Q_OBJECT

public:
    using Done = Pool::Done;
    using Started = std::move_only_function<void(Result<VolumeSource>)>;
    using Inspected = Pool::Inspected;
    using Measured = Pool::Measured;
    using ImportBegun = Pool::ImportBegun;
    using Import = Pool::Import;
    using QObject::QObject;

    virtual void create(const Volume &volume, Done done) = 0;
    virtual void remove(const Volume &volume, Done done) = 0;
    [[nodiscard]] virtual Result<void> verify(const Volume &volume) const = 0;
    /// An empty path: the qube gets nothing of this volume here.
    virtual void start(const Volume &volume, Started done) = 0;
    virtual void stop(const Volume &volume, Done done) = 0;

    virtual void inspect(const Volume &volume, Inspected done) = 0;
    virtual void revert(const Volume &volume, const std::string &revision, Done done) = 0;
    virtual void resize(const Volume &volume, std::uint64_t bytes, Done done) = 0;
    virtual void clear(const Volume &volume, Done done) = 0;
    virtual void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) = 0;
    virtual void endImport(const Volume &volume, Import how, Done done) = 0;
    /// Puts a copy of a directory, an image or a block device of dom0's in the volume's place.
    /// @errors Unsupported (not what this pool keeps), NotFound, InUse, Io, Driver
    virtual void importFrom(const Volume &volume, const std::filesystem::path &source, Done done) = 0;
    /// As importFrom(), from another volume of this pool.
    virtual void clone(const Volume &from, const Volume &to, Done done) = 0;
    /// Where what the volume last kept can be read.
    /// @errors NotFound
    [[nodiscard]] virtual Result<std::filesystem::path> exported(const Volume &volume) const = 0;

    virtual void prepare(Done done) = 0;
    virtual void measure(Measured done) = 0;
};

/// Makes the driver of a pool, which `parent` owns.
/// @errors Unsupported
using VolumeDriverFactory = std::function<Result<VolumeDriver *>(const PoolConfig &pool, QObject *parent)>;

} // namespace Bulkhead
