// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/kernelpool.h"

#include "base/formatted.h"

#include <system_error>

namespace Bulkhead
{

namespace fs = std::filesystem;

namespace
{

std::unexpected<Error> fixed()
{
    return fail(Errc::Unsupported, "a kernel is dom0's and cannot be changed from here. Choose another one instead");
}

class KernelDirectory final : public VolumeDriver
{
public:
    KernelDirectory(fs::path directory, QObject *parent)
        : VolumeDriver(parent)
        , m_directory(std::move(directory))
    {
    }

    void create(const Volume &, Done done) override
    {
        done({});
    }

    void remove(const Volume &, Done done) override
    {
        done({});
    }

    [[nodiscard]] Result<void> verify(const Volume &) const override
    {
        return {};
    }

    void start(const Volume &, Started done) override
    {
        done(VolumeSource{});
    }

    void stop(const Volume &, Done done) override
    {
        done({});
    }

    void inspect(const Volume &volume, Inspected done) override
    {
        VolumeState state{.isOutdated = false};
        const fs::path image = m_directory / volume.vid / "modules.img";
        std::error_code code; // a kernel without modules has an empty volume
        if (!volume.vid.empty() && fs::is_regular_file(image, code)) {
            state.path = image;
            state.size = fs::file_size(image, code);
            state.usage = state.size;
        }
        done(std::move(state));
    }

    void revert(const Volume &, const std::string &, Done done) override
    {
        done(fixed());
    }

    void resize(const Volume &, std::uint64_t, Done done) override
    {
        done(fixed());
    }

    void clear(const Volume &, Done done) override
    {
        done(fixed());
    }

    void beginImport(const Volume &, std::uint64_t, ImportBegun done) override
    {
        done(fixed());
    }

    void endImport(const Volume &, Import, Done done) override
    {
        done(fixed());
    }

    void importFrom(const Volume &, const fs::path &, Done done) override
    {
        done(fixed());
    }

    void clone(const Volume &, const Volume &, Done done) override
    {
        done(fixed());
    }

    [[nodiscard]] Result<fs::path> exported(const Volume &) const override
    {
        return fixed();
    }

    void prepare(Done done) override
    {
        std::error_code code; // what cannot be looked at is none
        done(fs::is_directory(m_directory, code)
                 ? Result<void>{}
                 : fail(Errc::NotFound, formatted("{} is no directory", m_directory.string())));
    }

    void measure(Measured done) override
    {
        done(PoolUsage{}); // it is dom0's disk, and none of it is given out
    }

private:
    const fs::path m_directory;
};

} // namespace

VolumeDriver *makeKernelPool(const fs::path &directory, QObject *parent)
{
    return new KernelDirectory(directory, parent);
}

} // namespace Bulkhead
