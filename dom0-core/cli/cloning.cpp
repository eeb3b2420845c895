// SPDX-License-Identifier: GPL-2.0-or-later
// Copies a qube through the calls that anybody may make: the daemon has none for it (spec qube-model, 12.2).
#include "base/formatted.h"
#include "dom0-core/cli/devicetext.h"
#include "dom0-core/cli/featurelist.h"
#include "dom0-core/cli/keyvalues.h"
#include "dom0-core/cli/newqube.h"
#include "dom0-core/cli/propertytext.h"
#include "dom0-core/cli/qubes.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

/// Volumes that last, by name.
using LastingVolumes = std::vector<std::pair<std::string, KeyValues>>;

Result<LastingVolumes> lastingVolumes(const Daemon &daemon, const std::string &qube)
{
    BH_TRY(const std::string list, daemon.call({.method = "admin.vm.volume.List", .qube = qube}));
    LastingVolumes volumes;
    for (const std::string &name : linesOf(list)) {
        BH_TRY(const std::string info, daemon.call({.method = "admin.vm.volume.Info", .argument = name, .qube = qube}));
        KeyValues values = parseKeyValues(info);
        if (valueOf(values, "save_on_stop") == "True") {
            volumes.emplace_back(name, std::move(values));
        }
    }
    return volumes;
}

class Cloning
{
public:
    Cloning(Session &session, std::string source, NewQube wanted, OnMinorErrors onMinorErrors)
        : m_console(session.console)
        , m_daemon(session.daemon)
        , m_source(std::move(source))
        , m_wanted(std::move(wanted))
        , m_onMinorErrors(onMinorErrors)
    {
    }

    Result<void> run()
    {
        BH_CHECK(learn());
        BH_CHECK(createQube(m_daemon, m_wanted));
        if (auto filled = fill(); !filled) {
            return removeHalfMade(m_daemon, m_wanted.name, std::move(filled).error());
        }
        return {};
    }

private:
    /// What the source is, as far as the new qube is to be the same.
    Result<void> learn()
    {
        BH_TRY(const QubeLine line, findQube(m_daemon, m_source));
        BH_TRY(m_properties, allProperties(m_daemon, "admin.vm.property.", m_source));
        if (m_wanted.klass.empty()) {
            m_wanted.klass = line.klass;
        }
        const bool hasTemplate = m_wanted.klass == "AppVM" || m_wanted.klass == "DispVM";
        if (m_wanted.templateName.empty() && hasTemplate) {
            m_wanted.templateName = valueOfProperty("template");
        }
        if (m_wanted.label.empty()) {
            m_wanted.label = valueOfProperty("label");
        }
        BH_TRY(m_volumes, lastingVolumes(m_daemon, m_source));
        return m_wanted.pools.empty() ? keepPools() : Result<void>();
    }

    [[nodiscard]] std::string valueOfProperty(std::string_view name) const
    {
        const Property *const property = findIn(m_properties, name);
        return property == nullptr ? std::string() : property->value;
    }

    /// A volume that lies elsewhere than a new one would stays there.
    Result<void> keepPools()
    {
        BH_TRY(const auto globals, allProperties(m_daemon, "admin.property.", "dom0"));
        for (const auto &[name, values] : m_volumes) {
            const Property *const usual = findIn(globals, formatted("default_pool_{}", name));
            const std::string pool = valueOf(values, "pool");
            if (usual != nullptr && usual->value != pool) {
                m_wanted.pools[formatted("pool:{}", name)] = pool;
            }
        }
        return {};
    }

    Result<void> fill()
    {
        BH_CHECK(minor("properties", copyProperties()));
        BH_CHECK(minor("tags", copyTags()));
        BH_CHECK(minor("features", copyFeatures()));
        BH_CHECK(minor("notes", copyNotes()));
        BH_CHECK(minor("firewall rules", copyFirewall()));
        BH_CHECK(copyVolumes());
        return minor("devices", copyDevices());
    }

    Result<void> minor(std::string_view what, Result<void> done)
    {
        if (done) {
            return {};
        }
        Error error = std::move(done).error().in(formatted("copying {}", what));
        if (m_onMinorErrors == OnMinorErrors::Stop) {
            return std::unexpected(std::move(error));
        }
        m_console.complain(error.text());
        return {};
    }

    Result<void> callNew(std::string method, std::string argument, std::string payload = {}) const
    {
        BH_CHECK(m_daemon.call({.method = std::move(method),
                                .argument = std::move(argument),
                                .qube = m_wanted.name,
                                .payload = std::move(payload)}));
        return {};
    }

    Result<void> copyProperties() const
    {
        constexpr std::array Own{"name", "qid", "uuid", "template", "label", "installed_by_rpm"};
        for (const Property &property : m_properties) {
            if (property.isDefault || std::ranges::contains(Own, property.name)) {
                continue;
            }
            auto set = callNew("admin.vm.property.Set", property.name, property.value);
            const bool isOfOtherClass = !set && set.error().code == Errc::NotFound;
            if (!set && !isOfOtherClass) {
                return std::unexpected(std::move(set).error().in(property.name));
            }
        }
        return {};
    }

    Result<void> copyTags() const
    {
        BH_TRY(const std::string tags, m_daemon.call({.method = "admin.vm.tag.List", .qube = m_source}));
        for (const std::string &tag : linesOf(tags)) {
            if (!tag.starts_with("created-by-")) {
                BH_CHECK(callNew("admin.vm.tag.Set", tag));
            }
        }
        return {};
    }

    Result<void> copyFeatures() const
    {
        BH_TRY(const auto features, allFeatures(m_daemon, m_source));
        for (const auto &[name, value] : features) {
            const bool isBookkeeping = name.starts_with("preload-dispvm") && name != "preload-dispvm-max";
            if (!isBookkeeping) {
                BH_CHECK(callNew("admin.vm.feature.Set", name, value));
            }
        }
        return {};
    }

    Result<void> copyNotes() const
    {
        const auto notes = m_daemon.call({.method = "admin.vm.notes.Get", .qube = m_source});
        if (!notes && notes.error().code == Errc::PeerGone) {
            return {}; // a daemon that has no notes
        }
        if (!notes) {
            return std::unexpected(notes.error());
        }
        return notes->empty() ? Result<void>() : callNew("admin.vm.notes.Set", {}, *notes);
    }

    Result<void> copyFirewall() const
    {
        BH_TRY(std::string rules, m_daemon.call({.method = "admin.vm.firewall.Get", .qube = m_source}));
        return callNew("admin.vm.firewall.Set", {}, std::move(rules));
    }

    Result<void> copyVolumes() const
    {
        BH_TRY(const auto own, lastingVolumes(m_daemon, m_wanted.name));
        for (const auto &[name, values] : own) {
            if (!std::ranges::contains(m_volumes, name, &LastingVolumes::value_type::first)) {
                continue;
            }
            m_console.detail(formatted("Copying the volume {}", name));
            BH_TRY(std::string token,
                   m_daemon.call({.method = "admin.vm.volume.CloneFrom", .argument = name, .qube = m_source}));
            if (auto copied = callNew("admin.vm.volume.CloneTo", name, std::move(token)); !copied) {
                return std::unexpected(std::move(copied).error().in(formatted("copying the volume {}", name)));
            }
        }
        return {};
    }

    Result<void> copyDevices() const
    {
        const auto classes = m_daemon.call({.method = "admin.deviceclass.List"});
        for (const std::string &name : linesOf(classes.value_or(std::string()))) {
            const std::string family = formatted("admin.vm.device.{}.", name);
            BH_TRY(const std::string list, m_daemon.call({.method = family + "Assigned", .qube = m_source}));
            for (const std::string &line : linesOf(list)) {
                BH_TRY(DeviceLine device, parseDeviceLine(line));
                setValue(device.values, "frontend_domain", m_wanted.name);
                BH_CHECK(callNew(family + "Assign", argumentFor(deviceOf(device)), serialised(device.values)));
            }
        }
        return {};
    }

    Console &m_console;
    const Daemon &m_daemon;
    std::string m_source;
    NewQube m_wanted;
    OnMinorErrors m_onMinorErrors;
    std::vector<Property> m_properties;
    LastingVolumes m_volumes;
};

} // namespace

Result<void> cloneQube(Session &session, const std::string &source, NewQube wanted, OnMinorErrors onMinorErrors)
{
    return Cloning(session, source, std::move(wanted), onMinorErrors).run();
}

} // namespace Bulkhead::Cli
