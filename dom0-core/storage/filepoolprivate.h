// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/process/steps.h"
#include "dom0-core/storage/filepool.h"
#include "dom0-core/storage/imagenames.h"
#include "dom0-core/storage/revisions.h"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead
{

/// The pool behind makeFilePool(): starts and stops in filepool.cpp, what is done to halted volumes in
/// filepoolchanges.cpp.
class FilePool final : public VolumeDriver
{
    Q_OBJECT

public:
    FilePool(FilePoolConfig config,
             std::unique_ptr<FileWork> work,
             std::unique_ptr<LoopDevices> loops,
             QObject *parent);

    void create(const Volume &volume, Done done) override;
    void remove(const Volume &volume, Done done) override;
    [[nodiscard]] Result<void> verify(const Volume &volume) const override;
    void start(const Volume &volume, Started done) override;
    void stop(const Volume &volume, Done done) override;
    void inspect(const Volume &volume, Inspected done) override;
    void revert(const Volume &volume, const std::string &revision, Done done) override;
    void resize(const Volume &volume, std::uint64_t bytes, Done done) override;
    void clear(const Volume &volume, Done done) override;
    void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) override;
    void endImport(const Volume &volume, Import how, Done done) override;
    void importFrom(const Volume &volume, const std::filesystem::path &source, Done done) override;
    void clone(const Volume &from, const Volume &to, Done done) override;
    [[nodiscard]] Result<std::filesystem::path> exported(const Volume &volume) const override;
    void prepare(Done done) override;
    void measure(Measured done) override;

private:
    using Path = std::filesystem::path;

    [[nodiscard]] static bool isImage(const Path &path);
    [[nodiscard]] ImageNames namesOf(const Volume &volume) const;
    [[nodiscard]] Path sourceOf(const Volume &volume) const;
    [[nodiscard]] Path currentOf(const Volume &volume) const;
    [[nodiscard]] Result<void> checkReplaceable(const Volume &volume) const;
    [[nodiscard]] Result<void> checkSize(std::uint64_t bytes) const;

    void addFormatted(Steps &steps, const ImageNames &names, std::uint64_t bytes);
    void startKept(const Volume &volume, const ImageNames &names, Started done);
    void startShown(const Volume &volume, const ImageNames &names, Started done);
    [[nodiscard]] Result<VolumeSource> attachFile(const Volume &volume, const Path &path, bool writable);
    [[nodiscard]] Result<VolumeSource> attach(const Volume &volume, const UniqueFd &image, bool writable);

    /// Puts what is ready in the volume's place; what that was becomes a revision if any are kept.
    void keep(const Path &ready, const ImageNames &names, int revisions, Done done);
    [[nodiscard]] Result<void> keepRevision(const ImageNames &names) const;
    [[nodiscard]] Result<void> putInPlace(const Path &ready, const ImageNames &names) const;
    [[nodiscard]] Result<void> prune(const ImageNames &names, int keep) const;
    [[nodiscard]] Result<void> removeAll(const std::vector<Path> &files) const;
    [[nodiscard]] static std::optional<Revision> newestRevision(const ImageNames &names);
    void replaceByCopy(const Path &source, const ImageNames &names, int revisions, Done done);

    const FilePoolConfig m_config;
    const std::unique_ptr<FileWork> m_work;
    const std::unique_ptr<LoopDevices> m_loops;
    std::map<std::string, LoopDevice, std::less<>> m_attached; ///< by vid; held until the stop, at the latest
};

} // namespace Bulkhead
