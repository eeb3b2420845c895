// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

#include "base/formatted.h"
#include "dom0-core/settings/settingsreader.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

Result<void> takeIdentity(SettingsReader &in, SandboxConfig &config)
{
    BH_TRY(const auto domain, in.number("domain"));
    if (domain == 0 || domain > MaxDomId) {
        return fail(Errc::BadValue, "domain is not the number of a qube");
    }
    config.domain = DomId{domain};
    BH_TRY(config.uuid, in.uuid("uuid"));
    BH_TRY(const auto mode, in.need("ids"));
    BH_TRY(config.ids.mode, parseIdMode(mode));
    BH_TRY(config.ids.first, in.number("first-id"));
    return {};
}

Result<void> takeFiles(SettingsReader &in, SandboxConfig &config)
{
    while (auto layer = in.take("layer")) {
        BH_TRY(auto path, absolutePath("layer", *std::move(layer)));
        config.layers.push_back(std::move(path));
    }
    if (config.layers.empty()) {
        return fail(Errc::BadValue, "layer is missing");
    }
    BH_TRY(config.changes, in.optionalPath("changes"));
    BH_TRY(config.privateVolume, in.optionalPath("private"));
    BH_TRY(config.exchangeDirectory, in.optionalPath("exchange"));
    return {};
}

} // namespace

Result<std::string> sandboxRunFile(const std::filesystem::path &program, const SandboxConfig &config)
{
    std::string text = formatted("#!{}\n", program.string());
    std::size_t lines = 1;
    const auto add = [&](std::string_view key, const std::string &value) {
        text += formatted("{} {}\n", key, value);
        ++lines;
    };
    add("name", config.name.text());
    add("domain", std::to_string(config.domain.value()));
    add("uuid", config.uuid);
    add("ids", std::string(nameOf(config.ids.mode)));
    add("first-id", std::to_string(config.ids.first));
    add("memory-mib", std::to_string(config.memoryMiB));
    for (const auto &layer : config.layers) {
        add("layer", layer.string());
    }
    if (config.changes) {
        add("changes", config.changes->string());
    }
    if (config.privateVolume) {
        add("private", config.privateVolume->string());
    }
    if (config.exchangeDirectory) {
        add("exchange", config.exchangeDirectory->string());
    }
    add("init", config.init);
    add("networked", truthWord(config.networked));
    add("forwards", truthWord(config.forwards));
    if (std::cmp_not_equal(std::ranges::count(text, '\n'), lines)) {
        return fail(Errc::BadValue, formatted("a path of qube {} holds a line break", config.name.text()));
    }
    return text;
}

Result<SandboxConfig> parseSandboxRunFile(std::string_view text)
{
    BH_TRY(auto in, SettingsReader::read(text, "#!", MaxSandboxConfig));
    BH_TRY(const auto rawName, in.need("name"));
    BH_TRY(auto name, QubeName::parse(rawName));
    SandboxConfig config{.name = std::move(name)};
    BH_CHECK(takeIdentity(in, config));
    BH_TRY(config.memoryMiB, in.number("memory-mib"));
    BH_CHECK(takeFiles(in, config));
    BH_TRY(config.init, in.need("init"));
    BH_TRY(config.networked, in.truth("networked"));
    BH_TRY(config.forwards, in.truth("forwards"));
    BH_CHECK(in.finish());
    return config;
}

} // namespace Bulkhead
