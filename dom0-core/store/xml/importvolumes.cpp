// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/xml/importvolumes.h"

#include "base/formatted.h"
#include "dom0-core/model/poolencryption.h"
#include "dom0-core/model/text.h"

#include <utility>

namespace Bulkhead::QubesXml
{

namespace
{

/// Reads the attributes of one volume, and remembers what cannot be taken over.
class VolumeReader
{
public:
    VolumeReader(const AttributesEntry &entry, const Model &model, const Qube &qube, const Volume &volume)
        : m_entry(entry)
        , m_model(model)
        , m_volume(volume)
    {
        const auto place = qube.volumes.find(volume.name);
        m_settings = place == qube.volumes.end() ? VolumeSettings{} : place->second;
    }

    /// A volume that shows another one lies where that does, and is as large.
    void read()
    {
        if (!m_volume.snapOnStart) {
            pool();
            size();
        }
        if (m_volume.saveOnStop) {
            revisions();
        }
        writable();
        if (m_volume.name == VolumeName::Volatile) {
            ephemeral();
        }
    }

    [[nodiscard]] const VolumeSettings &settings() const
    {
        return m_settings;
    }

    [[nodiscard]] std::vector<std::string> takeLeftOut()
    {
        return std::move(m_leftOut);
    }

private:
    void leaveOut(std::string_view attribute, std::string_view why)
    {
        m_leftOut.push_back(formatted("{}: {}", attribute, why));
    }

    [[nodiscard]] PoolConfig chosenPool() const
    {
        const auto place = m_model.pools().find(m_settings.pool.value_or(m_volume.pool.name));
        return place == m_model.pools().end() ? m_volume.pool : place->second;
    }

    void pool()
    {
        const std::string name = m_entry.of("pool");
        if (name.empty() || name == m_volume.pool.name) {
            return;
        }
        if (!m_model.pools().contains(name)) {
            leaveOut("pool", formatted("there is no pool {} here, it goes to {}", name, m_volume.pool.name));
            return;
        }
        m_settings.pool = name;
    }

    void size()
    {
        const std::string text = m_entry.of("size");
        if (text.empty()) {
            return;
        }
        const auto bytes = parseNumber(text);
        if (!bytes || *bytes == 0 || *bytes > MaxVolumeBytes) {
            leaveOut("size", "it is none");
        } else if (*bytes != m_volume.size) {
            m_settings.size = *bytes;
        }
    }

    void revisions()
    {
        const std::string text = m_entry.of("revisions_to_keep");
        if (text.empty()) {
            return;
        }
        const auto count = parseRevisionsToKeep(text);
        if (!count) {
            leaveOut("revisions_to_keep", count.error().message);
        } else if (*count != chosenPool().revisionsToKeep()) {
            m_settings.revisionsToKeep = *count;
        }
    }

    void writable()
    {
        const std::string text = m_entry.of("rw");
        const auto value = parseBoolean(text);
        if (!text.empty() && !value) {
            leaveOut("rw", "it is neither yes nor no");
        } else if (value && *value != m_volume.writable) {
            m_settings.writable = *value;
        }
    }

    void ephemeral()
    {
        const std::string text = m_entry.of("ephemeral");
        const auto value = parseBoolean(text);
        if (!text.empty() && !value) {
            leaveOut("ephemeral", "it is neither yes nor no");
            return;
        }
        if (!value || *value == chosenPool().hasEphemeralVolatile()) {
            return;
        }
        if (const auto possible = *value ? checkPoolEncrypts(chosenPool()) : Checked<void>(); !possible) {
            leaveOut("ephemeral", possible.error().message);
            return;
        }
        m_settings.ephemeral = *value;
    }

    const AttributesEntry &m_entry;
    const Model &m_model;
    const Volume &m_volume;
    VolumeSettings m_settings;
    std::vector<std::string> m_leftOut;
};

} // namespace

Taken poolFrom(const AttributesEntry &entry, const Model &model)
{
    const std::string name = entry.of("name");
    if (model.pools().contains(name) || name == DefaultPool || name == KernelPool) {
        return {};
    }
    TextMap options = entry.attributes;
    options.erase("name");
    options.erase("driver");
    auto pool = checkNewPool(model, entry.of("driver"), name, options);
    if (!pool) {
        return {.changes = {}, .leftOut = {pool.error().message}};
    }
    return {.changes = {Change::AddPool{.pool = *std::move(pool)}}, .leftOut = {}};
}

Taken volumeFrom(const AttributesEntry &entry, const Model &model, const Qube &qube)
{
    const auto name = volumeNameFrom(entry.of("name"));
    const auto volume = name ? findVolume(model, qube, *name) : std::nullopt;
    if (!volume) {
        return {.changes = {}, .leftOut = {"qubes of this class have no such volume"}};
    }
    if (*name == VolumeName::Kernel) {
        return {}; // it follows from the property
    }
    VolumeReader reader(entry, model, qube, *volume);
    reader.read();
    Taken taken{.changes = {}, .leftOut = reader.takeLeftOut()};
    const auto place = qube.volumes.find(*name);
    const VolumeSettings before = place == qube.volumes.end() ? VolumeSettings{} : place->second;
    if (reader.settings() != before) {
        taken.changes.emplace_back(Change::SetVolume{.id = qube.id, .volume = *name, .settings = reader.settings()});
    }
    return taken;
}

std::string otherPlaceOf(const AttributesEntry &entry, const Model &model, const Qube &qube)
{
    const std::string vid = entry.of("vid");
    const auto name = volumeNameFrom(entry.of("name"));
    const auto volume = name ? findVolume(model, qube, *name) : std::nullopt;
    return vid.empty() || !volume || !volume->saveOnStop || vid == volume->vid
        ? std::string()
        : formatted("its contents are looked for at {}, not at {}", volume->vid, vid);
}

} // namespace Bulkhead::QubesXml
