// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/model/pools.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/model/properties.h"
#include "dom0-core/model/text.h"
#include "dom0-core/model/volumes.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace Bulkhead
{

namespace
{

constexpr std::string_view Revisions = "revisions_to_keep";
constexpr std::string_view EphemeralVolatile = "ephemeral_volatile";
constexpr std::string_view SetupCheck = "setup_check";
constexpr std::size_t MaxPoolOption = 4096; // a path's

const std::array Drivers{
    PoolDriverRule{
        .name = "file-reflink", .required = {"dir_path"}, .optional = {SetupCheck, Revisions, EphemeralVolatile}},
    PoolDriverRule{.name = "linux-kernel", .required = {"dir_path"}, .optional = {}},
    PoolDriverRule{
        .name = "lvm_thin", .required = {"volume_group", "thin_pool"}, .optional = {Revisions, EphemeralVolatile}},
    PoolDriverRule{.name = "directory",
                   .required = {"dir_path"},
                   .optional = {Revisions, EphemeralVolatile},
                   .isForPeople = false},
};

/// Where new volumes go. @source spec qube-model, 5.6
constexpr std::array DefaultPools{std::string_view("default_pool"),
                                  std::string_view("default_pool_private"),
                                  std::string_view("default_pool_root"),
                                  std::string_view("default_pool_volatile"),
                                  std::string_view("default_pool_kernel")};

/// LVM's own grammar for names of groups and volumes, less what would be an option.
bool isLvmName(std::string_view text)
{
    return isPoolName(text) && !text.starts_with('-') && text != "." && text != "..";
}

Checked<std::string> checkOption(std::string_view option, std::string_view text)
{
    if (option == Revisions || option == EphemeralVolatile || option == SetupCheck) {
        return checkPoolOption(option, text);
    }
    if (text.empty() || text.size() > MaxPoolOption || !isPropertyText(text) || text.contains('\n')) {
        return refuse(RefusalKind::General, formatted("{} must be given, on one line.", option));
    }
    if (option == "dir_path" && (!text.starts_with('/') || text.contains("/../") || text.ends_with("/.."))) {
        return refuse(RefusalKind::General, "dir_path must be the full path of a directory in dom0.");
    }
    if ((option == "volume_group" || option == "thin_pool") && !isLvmName(text)) {
        return refuse(RefusalKind::General, formatted("{} is no name that LVM takes.", option));
    }
    return std::string(text);
}

} // namespace

std::string PoolConfig::option(std::string_view key) const
{
    const auto place = options.find(key);
    return place == options.end() ? std::string() : place->second;
}

int PoolConfig::revisionsToKeep() const
{
    const auto kept = parseInteger(option(Revisions));
    return kept ? static_cast<int>(*kept) : 1;
}

bool PoolConfig::hasEphemeralVolatile() const
{
    return parseBoolean(option(EphemeralVolatile)).value_or(false);
}

bool PoolDriverRule::takes(std::string_view option) const
{
    return std::ranges::contains(required, option) || std::ranges::contains(optional, option);
}

std::span<const PoolDriverRule> poolDrivers()
{
    return Drivers;
}

const PoolDriverRule *findPoolDriver(std::string_view name)
{
    const auto *const place = std::ranges::find(Drivers, name, &PoolDriverRule::name);
    return place == Drivers.end() ? nullptr : place;
}

bool isPoolName(std::string_view text)
{
    return !text.empty() && text.size() <= MaxPoolName && std::ranges::all_of(text, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || c == '.' || c == '_' || c == '-';
    });
}

Checked<std::string> checkPoolOption(std::string_view option, std::string_view text)
{
    if (option == Revisions) {
        BH_TRY(const int count, parseRevisionsToKeep(text));
        return std::to_string(count);
    }
    const auto value = parseBoolean(text);
    if (!value) {
        return refuse(RefusalKind::BadValue, formatted("{} is yes or no.", option));
    }
    return booleanText(*value);
}

Checked<PoolConfig>
checkNewPool(const Model &model, std::string_view driver, std::string_view name, const TextMap &options)
{
    const PoolDriverRule *const rule = findPoolDriver(driver);
    if (rule == nullptr || !rule->isForPeople) {
        return refuse(RefusalKind::General, formatted("There is no pool driver {}.", driver));
    }
    if (model.pools().contains(name)) {
        return refuse(RefusalKind::PoolInUse, formatted("There is a pool {} already. Choose another name.", name));
    }
    PoolConfig pool{.name = std::string(name), .driver = std::string(driver)};
    for (const auto &[option, text] : options) {
        if (!rule->takes(option)) {
            return refuse(RefusalKind::General, formatted("Pools of driver {} have no option {}.", driver, option));
        }
        BH_TRY(std::string value, checkOption(option, text));
        pool.options.insert_or_assign(option, std::move(value));
    }
    for (const std::string_view option : rule->required) {
        if (!pool.options.contains(option)) {
            return refuse(RefusalKind::General, formatted("A pool of driver {} needs {}.", driver, option));
        }
    }
    return pool;
}

Checked<void> checkPoolRemoval(const Model &model, const PoolConfig &pool)
{
    for (const std::string_view property : DefaultPools) {
        if (readGlobalText(model, property) == pool.name) {
            return refuse(RefusalKind::PoolInUse,
                          formatted("{} is {}. Set that to another pool first.", pool.name, property));
        }
    }
    for (const auto &[id, qube] : model.qubes()) {
        for (const Volume &volume : qubeVolumes(model, qube)) {
            if (volume.pool.name == pool.name) {
                return refuse(RefusalKind::PoolInUse,
                              formatted("The pool {} holds volumes of {}. Remove that qube first, or clone it into "
                                        "another pool.",
                                        pool.name,
                                        qube.name.text()));
            }
        }
    }
    if (pool.name == DefaultPool || pool.name == KernelPool) {
        return refuse(RefusalKind::PoolInUse, formatted("{} belongs to the system and stays.", pool.name));
    }
    return {};
}

} // namespace Bulkhead
