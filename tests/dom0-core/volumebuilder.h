// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/storage/pool.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::Test
{

/// The volumes of a template `debian` and of the qubes `work` (AppVM) and `brief` (DispVM of work) on it, as the model
/// tells them.
class VolumeBuilder
{
public:
    /// @param driver, directory  of the pool of all volumes
    VolumeBuilder(const std::string &driver, const std::filesystem::path &directory)
        : VolumeBuilder(
              {.name = std::string(DefaultPool), .driver = driver, .options = {{"dir_path", directory.string()}}})
    {
    }

    /// @param pool  of all volumes
    explicit VolumeBuilder(const PoolConfig &pool)
    {
        m_models.model.apply(Change::AddPool{.pool = pool});
        m_models.add("debian", QubeClass::TemplateVM);
        m_models.add("work", QubeClass::AppVM);
        m_models.set("work", "template", "debian");
        m_models.add("brief", QubeClass::DispVM);
        m_models.model.apply(Change::SetProperty{
            .id = m_models.get("brief").id, .name = "template", .value = "work", .type = PropertyType::Reference});
    }

    [[nodiscard]] VolumeSet setOf(const char *qube) const
    {
        return {.qube = qubeName(qube), .volumes = qubeVolumes(m_models.model, m_models.get(qube))};
    }

    [[nodiscard]] Volume volume(const char *qube, VolumeName name) const
    {
        return *findVolume(m_models.model, m_models.get(qube), name);
    }

    void choose(const char *qube, VolumeName name, const VolumeSettings &settings)
    {
        m_models.model.apply(Change::SetVolume{.id = m_models.get(qube).id, .volume = name, .settings = settings});
    }

    void addPool(const PoolConfig &pool)
    {
        m_models.model.apply(Change::AddPool{.pool = pool});
    }

    void useInPlace(const std::filesystem::path &root)
    {
        m_models.model.apply(Change::SetRootInPlace{.id = m_models.get("debian").id, .path = root});
    }

private:
    ModelBuilder m_models;
};

/// Runs an operation of a pool and waits until it is done.
template<typename T, typename Operation> Result<T> waitFor(Operation operation)
{
    std::optional<Result<T>> outcome;
    operation([&](Result<T> result) {
        outcome = std::move(result);
    });
    if (!QTest::qWaitFor(
            [&] {
                return outcome.has_value();
            },
            20000)) {
        return fail(Errc::TimedOut, "the operation does not end");
    }
    return *std::move(outcome);
}

inline std::string contentOf(const std::filesystem::path &path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline void writeFile(const std::filesystem::path &path, std::string_view words)
{
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << words;
}

/// Names in a folder, sorted.
inline std::vector<std::string> namesIn(const std::filesystem::path &folder)
{
    std::vector<std::string> names;
    for (const auto &entry : std::filesystem::directory_iterator(folder)) {
        names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
}

} // namespace Bulkhead::Test
