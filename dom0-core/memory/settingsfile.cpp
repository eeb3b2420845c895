// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/memory/settingsfile.h"

#include "base/log.h"
#include "base/printable.h"

#include <QSettings>
#include <QString>

#include <array>
#include <charconv>
#include <optional>
#include <utility>

namespace Bulkhead::Memory
{

namespace
{

constexpr LogCategory Log("bulkhead.core.memory");

std::optional<std::uint64_t> sizeIn(std::string_view text)
{
    constexpr std::array<std::pair<std::string_view, std::uint64_t>, 5> Units{
        {{"", 1}, {"B", 1}, {"KiB", KiB}, {"MiB", MiB}, {"GiB", 1024 * MiB}}};
    constexpr std::uint64_t Most = 1ULL << 50U; // more than any machine has, and no product overflows below it
    std::uint64_t number = 0;
    const auto *const end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc()) {
        return std::nullopt;
    }
    const auto unitText = std::string_view(parsed, end);
    for (const auto &[unit, bytes] : Units) {
        if (unit == unitText) {
            return number <= Most / bytes ? std::optional(number * bytes) : std::nullopt;
        }
    }
    return std::nullopt;
}

std::optional<double> factorIn(std::string_view text)
{
    constexpr double Most = 10;
    double factor = 0;
    const auto *const end = text.data() + text.size();
    const auto [parsed, error] = std::from_chars(text.data(), end, factor);
    return error == std::errc() && parsed == end && factor >= 1 && factor <= Most ? std::optional(factor)
                                                                                  : std::nullopt;
}

template<typename Value>
void readOne(const QSettings &file, const char *key, std::optional<Value> (*parse)(std::string_view), Value &setting)
{
    const auto name = QStringLiteral("global/") + QLatin1StringView(key);
    if (!file.contains(name)) {
        return;
    }
    const auto text = file.value(name).toString().trimmed().toStdString();
    if (const auto value = parse(text)) {
        setting = *value;
    } else {
        Log.warning(
            "{}: {} cannot be \"{}\", so it stays as it is", file.fileName().toStdString(), key, printable(text, 64));
    }
}

} // namespace

Settings readSettings(const std::filesystem::path &path)
{
    const QSettings file(QString::fromStdString(path.string()), QSettings::IniFormat);
    Settings settings;
    readOne<std::uint64_t>(file, "vm-min-mem", sizeIn, settings.leastPreferred);
    readOne<std::uint64_t>(file, "dom0-mem-boost", sizeIn, settings.dom0Boost);
    readOne<double>(file, "cache-margin-factor", factorIn, settings.cacheFactor);
    return settings;
}

} // namespace Bulkhead::Memory
