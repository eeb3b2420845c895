// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/sandbox/sandboxconfig.h"

#include <algorithm>
#include <charconv>
#include <format>
#include <map>

namespace Bulkhead
{

namespace
{

/// Settings by key, in the order of the file.
using Settings = std::multimap<std::string, std::string, std::less<>>;

Result<Settings> splitLines(std::string_view text)
{
    if (text.size() > MaxSandboxConfig) {
        return fail(Errc::BadValue, "the configuration is too long");
    }
    if (!text.starts_with("#!") || !text.ends_with('\n')) {
        return fail(Errc::BadValue, "the configuration does not begin with its interpreter or is cut off");
    }
    text.remove_prefix(text.find('\n') + 1);
    Settings settings;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        const auto space = line.find(' ');
        if (space == 0 || space == std::string_view::npos || space + 1 == line.size()) {
            return fail(Errc::BadValue, "a line is not a setting and its value");
        }
        settings.emplace(std::string(line.substr(0, space)), std::string(line.substr(space + 1)));
    }
    return settings;
}

/// Takes settings out one by one, so that what is left at the end was not asked for.
class SettingsReader
{
public:
    explicit SettingsReader(Settings settings)
        : m_settings(std::move(settings))
    {
    }

    std::optional<std::string> take(std::string_view key)
    {
        const auto found = m_settings.lower_bound(key); // the first of several: layers have an order
        if (found == m_settings.end() || found->first != key) {
            return std::nullopt;
        }
        auto value = std::move(found->second);
        m_settings.erase(found);
        return value;
    }

    Result<std::string> need(std::string_view key)
    {
        auto value = take(key);
        if (!value) {
            return fail(Errc::BadValue, std::format("{} is missing", key));
        }
        return *std::move(value);
    }

    Result<std::uint32_t> number(std::string_view key)
    {
        BH_TRY(const auto text, need(key));
        std::uint32_t value = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
        if (error != std::errc() || end != text.data() + text.size()) {
            return fail(Errc::BadValue, std::format("{} is not a number", key));
        }
        return value;
    }

    Result<bool> truth(std::string_view key)
    {
        BH_TRY(const auto text, need(key));
        if (text != "yes" && text != "no") {
            return fail(Errc::BadValue, std::format("{} is neither yes nor no", key));
        }
        return text == "yes";
    }

    Result<void> finish() const
    {
        if (!m_settings.empty()) {
            return fail(Errc::BadValue, std::format("{} is unknown or given twice", m_settings.begin()->first));
        }
        return {};
    }

private:
    Settings m_settings;
};

Result<std::filesystem::path> absolute(std::string_view key, std::string text)
{
    if (!text.starts_with('/')) {
        return fail(Errc::BadValue, std::format("{} is not an absolute path", key));
    }
    return std::filesystem::path(std::move(text));
}

Result<std::optional<std::filesystem::path>> optionalPath(SettingsReader &in, std::string_view key)
{
    auto text = in.take(key);
    if (!text) {
        return std::nullopt;
    }
    return absolute(key, *std::move(text));
}

bool isUuid(std::string_view text)
{
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(text, shape, [](char c, char wanted) {
        return wanted == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

} // namespace

Result<std::string> sandboxRunFile(const std::filesystem::path &program, const SandboxConfig &config)
{
    std::string text = std::format("#!{}\n", program.string());
    std::size_t lines = 1;
    const auto add = [&](std::string_view key, const std::string &value) {
        text += std::format("{} {}\n", key, value);
        ++lines;
    };
    const auto word = [](bool value) -> std::string {
        return value ? "yes" : "no";
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
    if (config.privateVolume) {
        add("private", config.privateVolume->string());
    }
    if (config.exchangeDirectory) {
        add("exchange", config.exchangeDirectory->string());
    }
    add("init", config.init);
    add("networked", word(config.networked));
    add("forwards", word(config.forwards));
    if (std::cmp_not_equal(std::ranges::count(text, '\n'), lines)) {
        return fail(Errc::BadValue, std::format("a path of qube {} holds a line break", config.name.text()));
    }
    return text;
}

Result<SandboxConfig> parseSandboxRunFile(std::string_view text)
{
    BH_TRY(auto settings, splitLines(text));
    SettingsReader in(std::move(settings));
    BH_TRY(const auto rawName, in.need("name"));
    BH_TRY(auto name, QubeName::parse(rawName));
    SandboxConfig config{.name = std::move(name)};
    BH_TRY(const auto domain, in.number("domain"));
    if (domain == 0 || domain > MaxDomId) {
        return fail(Errc::BadValue, "domain is not the number of a qube");
    }
    config.domain = DomId{domain};
    BH_TRY(config.uuid, in.need("uuid"));
    if (!isUuid(config.uuid)) {
        return fail(Errc::BadValue, "uuid is not one in lower case");
    }
    BH_TRY(const auto mode, in.need("ids"));
    BH_TRY(config.ids.mode, parseIdMode(mode));
    BH_TRY(config.ids.first, in.number("first-id"));
    BH_TRY(config.memoryMiB, in.number("memory-mib"));
    while (auto layer = in.take("layer")) {
        BH_TRY(auto path, absolute("layer", *std::move(layer)));
        config.layers.push_back(std::move(path));
    }
    if (config.layers.empty()) {
        return fail(Errc::BadValue, "layer is missing");
    }
    BH_TRY(config.privateVolume, optionalPath(in, "private"));
    BH_TRY(config.exchangeDirectory, optionalPath(in, "exchange"));
    BH_TRY(config.init, in.need("init"));
    BH_TRY(config.networked, in.truth("networked"));
    BH_TRY(config.forwards, in.truth("forwards"));
    BH_CHECK(in.finish());
    return config;
}

} // namespace Bulkhead
