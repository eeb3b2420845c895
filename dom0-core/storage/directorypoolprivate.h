// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/directorypool.h"

#include <optional>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// The pool behind makeDirectoryPool(): makes, starts and stops in directorypool.cpp, roots that are shown or kept in
/// directorypoolroots.cpp, the rest in directorypoolchanges.cpp.
class DirectoryPool final : public VolumeDriver
{
    Q_OBJECT

public:
    DirectoryPool(std::filesystem::path directory, std::unique_ptr<FileWork> work, QObject *parent)
        : VolumeDriver(parent)
        , m_directory(std::move(directory))
        , m_work(std::move(work))
    {
    }

    void create(const Volume &volume, Done done) override;
    void remove(const Volume &volume, Done done) override;
    [[nodiscard]] Result<void> verify(const Volume &volume) const override;
    void start(const Volume &volume, Started done) override;
    void stop(const Volume &volume, Done done) override;
    void inspect(const Volume &volume, Inspected done) override;
    void revert(const Volume &volume, const std::string &revision, Done done) override;
    void clear(const Volume &volume, Done done) override;
    void importFrom(const Volume &volume, const std::filesystem::path &source, Done done) override;
    void clone(const Volume &from, const Volume &to, Done done) override;
    [[nodiscard]] Result<std::filesystem::path> exported(const Volume &volume) const override;
    void prepare(Done done) override;
    void measure(Measured done) override;

    void resize(const Volume &volume, std::uint64_t bytes, Done done) override;
    void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) override;
    void endImport(const Volume &volume, Import how, Done done) override;

private:
    [[nodiscard]] std::filesystem::path placeOf(const Volume &volume) const;
    [[nodiscard]] std::filesystem::path sourceOf(const Volume &volume) const;
    /// What the volume was before the run that is on.
    [[nodiscard]] static std::filesystem::path beforeRun(const std::filesystem::path &place);
    [[nodiscard]] static std::filesystem::path hidden(const std::filesystem::path &place, std::string_view why);

    /// The archive of an import that is on.
    [[nodiscard]] static std::filesystem::path importOf(const std::filesystem::path &place)
    {
        return hidden(place, "import");
    }

    [[nodiscard]] Result<void> checkImport(const Volume &volume, std::uint64_t bytes) const;
    void unpack(const std::filesystem::path &archive, const std::filesystem::path &fresh, Done done);
    void startRoot(const Volume &volume, Started done);
    void stopRoot(const Volume &volume, Done done);
    void keepChanges(const Volume &volume, Done done);
    [[nodiscard]] static Result<void> checkReplaceable(const Volume &volume, const std::filesystem::path &place);
    /// Empty files in a qube's folder whose names tell which directory it shows as its root.
    [[nodiscard]] static std::vector<std::filesystem::path> showMarks(const std::filesystem::path &folder);
    [[nodiscard]] Result<void> markShown(const Volume &volume) const;
    [[nodiscard]] Result<void> unmarkShown(const Volume &volume) const;
    [[nodiscard]] bool isShown(const std::filesystem::path &root) const;
    [[nodiscard]] std::optional<bool> isOutdated(const Volume &volume) const;
    void put(const std::filesystem::path &place,
             int revisions,
             std::move_only_function<void(const std::filesystem::path &, Done)> fill,
             Done done);
    [[nodiscard]] Result<void> moveAside(const std::filesystem::path &place, int revisions) const;
    [[nodiscard]] Result<void> makeRevision(const std::filesystem::path &from,
                                            const std::filesystem::path &place) const;
    void prune(const std::filesystem::path &place, int keep, Done done);
    void discardAll(std::vector<std::filesystem::path> paths, Done done);

    const std::filesystem::path m_directory;
    const std::unique_ptr<FileWork> m_work;
};

} // namespace Bulkhead
