// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/settings/settingsreader.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>

namespace Bulkhead
{

namespace
{

bool isUuid(std::string_view text)
{
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    return std::ranges::equal(text, shape, [](char c, char wanted) {
        return wanted == '-' ? c == '-' : (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    });
}

} // namespace

Result<SettingsReader> SettingsReader::read(std::string_view text, std::string_view firstLine, std::size_t limit)
{
    if (text.size() > limit) {
        return fail(Errc::BadValue, "the configuration is too long");
    }
    if (!text.starts_with(firstLine) || !text.ends_with('\n')) {
        return fail(Errc::BadValue, "the configuration does not begin as it should or is cut off");
    }
    text.remove_prefix(text.find('\n') + 1);
    SettingsReader reader;
    while (!text.empty()) {
        const auto line = text.substr(0, text.find('\n'));
        text.remove_prefix(line.size() + 1);
        const auto space = line.find(' ');
        if (space == 0 || space == std::string_view::npos || space + 1 == line.size()) {
            return fail(Errc::BadValue, "a line is not a setting and its value");
        }
        reader.m_settings.emplace(std::string(line.substr(0, space)), std::string(line.substr(space + 1)));
    }
    return reader;
}

std::optional<std::string> SettingsReader::take(std::string_view key)
{
    const auto found = m_settings.lower_bound(key); // the first of several: they have an order
    if (found == m_settings.end() || found->first != key) {
        return std::nullopt;
    }
    auto value = std::move(found->second);
    m_settings.erase(found);
    return value;
}

Result<std::string> SettingsReader::need(std::string_view key)
{
    auto value = take(key);
    if (!value) {
        return fail(Errc::BadValue, formatted("{} is missing", key));
    }
    return *std::move(value);
}

Result<std::uint32_t> SettingsReader::number(std::string_view key)
{
    BH_TRY(const auto text, need(key));
    const auto value = numberIn<std::uint32_t>(text);
    if (!value) {
        return fail(Errc::BadValue, formatted("{} is not a number", key));
    }
    return *value;
}

Result<bool> SettingsReader::truth(std::string_view key)
{
    BH_TRY(const auto text, need(key));
    if (text != "yes" && text != "no") {
        return fail(Errc::BadValue, formatted("{} is neither yes nor no", key));
    }
    return text == "yes";
}

Result<std::filesystem::path> SettingsReader::path(std::string_view key)
{
    BH_TRY(auto text, need(key));
    return absolutePath(key, std::move(text));
}

Result<std::optional<std::filesystem::path>> SettingsReader::optionalPath(std::string_view key)
{
    auto text = take(key);
    if (!text) {
        return std::nullopt;
    }
    return absolutePath(key, *std::move(text));
}

Result<std::string> SettingsReader::uuid(std::string_view key)
{
    BH_TRY(auto text, need(key));
    if (!isUuid(text)) {
        return fail(Errc::BadValue, formatted("{} is not one in lower case", key));
    }
    return text;
}

Result<void> SettingsReader::finish() const
{
    if (!m_settings.empty()) {
        return fail(Errc::BadValue, formatted("{} is unknown or given twice", m_settings.begin()->first));
    }
    return {};
}

Result<std::filesystem::path> absolutePath(std::string_view key, std::string text)
{
    if (!text.starts_with('/')) {
        return fail(Errc::BadValue, formatted("{} is not an absolute path", key));
    }
    return std::filesystem::path(std::move(text));
}

std::string truthWord(bool value)
{
    return value ? "yes" : "no";
}

} // namespace Bulkhead
