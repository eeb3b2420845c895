// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/process/steps.h"
#include "dom0-core/storage/thinpool.h"
#include "dom0-core/storage/thinvolumes.h"

#include <utility>

namespace Bulkhead
{

/// See makeThinPool().
class ThinPool final : public VolumeDriver
{
public:
    ThinPool(ThinPoolConfig config, std::unique_ptr<LvmTools> tools, std::function<std::int64_t()> now, QObject *parent)
        : VolumeDriver(parent)
        , m_config(std::move(config))
        , m_tools(std::move(tools))
        , m_now(std::move(now))
    {
    }

    void create(const Volume &volume, Done done) override;
    void remove(const Volume &volume, Done done) override;

    [[nodiscard]] Result<void> verify(const Volume &) const override
    {
        return {}; // what is missing a start finds out from the tools, which cannot be asked at once
    }

    void start(const Volume &volume, Started done) override;
    void stop(const Volume &volume, Done done) override;
    void inspect(const Volume &volume, Inspected done) override;
    void revert(const Volume &volume, const std::string &revision, Done done) override;
    void resize(const Volume &volume, std::uint64_t bytes, Done done) override;
    // In thinpoolcontents.cpp.
    void clear(const Volume &volume, Done done) override;
    void beginImport(const Volume &volume, std::uint64_t bytes, ImportBegun done) override;
    void endImport(const Volume &volume, Import how, Done done) override;
    void importFrom(const Volume &volume, const std::filesystem::path &source, Done done) override;
    void clone(const Volume &from, const Volume &to, Done done) override;

    [[nodiscard]] Result<std::filesystem::path> exported(const Volume &volume) const override;
    void prepare(Done done) override;
    void measure(Measured done) override;

private:
    using Found = std::move_only_function<void(ThinVolumes)>;
    /// Finds a volume among all, or answers with why not.
    template<typename Answer>
    void find(const std::string &vid, Answer done, std::move_only_function<void(ThinVolumes, Answer)> then);
    void findReplaceable(const Volume &volume, Done done, std::move_only_function<void(ThinVolumes, Done)> then);
    [[nodiscard]] Steps::Step command(QStringList words);
    void run(std::vector<QStringList> commands, Done done);
    [[nodiscard]] std::filesystem::path device(std::string_view name) const;
    [[nodiscard]] std::vector<QStringList>
    keep(const ThinVolumes &found, const std::string &ready, int revisions) const;
    void snapFrom(const ThinVolumes &own, const std::optional<std::string> &origin, const Volume &volume, Started done);

    const ThinPoolConfig m_config;
    const std::unique_ptr<LvmTools> m_tools;
    const std::function<std::int64_t()> m_now;
};

template<typename Answer>
void ThinPool::find(const std::string &vid, Answer done, std::move_only_function<void(ThinVolumes, Answer)> then)
{
    m_tools->ask(LvmCommands::list(m_config.group),
                 [vid, done = std::move(done), then = std::move(then)](Result<QByteArray> answer) mutable {
                     auto all = std::move(answer).and_then(LvmCommands::parseList);
                     if (!all) {
                         done(std::unexpected(std::move(all).error()));
                         return;
                     }
                     then(ThinVolumes(vid, *std::move(all)), std::move(done));
                 });
}

} // namespace Bulkhead
