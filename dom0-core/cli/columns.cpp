// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/columns.h"

#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace Bulkhead::Cli
{

namespace
{

enum class Source : std::uint8_t { List, Properties, Volumes };

struct Column {
    std::string_view name;
    Source source;
    std::string_view help;
    std::string_view property = {}; ///< which one, where the names differ
};

constexpr std::array Columns{
    Column{"name", Source::List, "the qube's name"},
    Column{"state", Source::List, "Running, Halted, Paused, …"},
    Column{"class", Source::List, "AppVM, TemplateVM, …"},
    Column{"uuid", Source::List, "the number that stays with the qube"},
    Column{"flags",
           Source::Properties,
           "seven letters: class, state, U updatable, N provides network, "
           "R of a package, D debugged, A started with the machine"},
    Column{"ipback", Source::Properties, "the address that the qube itself sees", "visible_ip"},
    Column{"gateway", Source::Properties, "the way to the network that the qube itself sees", "visible_gateway"},
    Column{"disk", Source::Volumes, "MiB that all volumes take"},
    Column{"priv-curr", Source::Volumes, "MiB that the private volume takes"},
    Column{"priv-max", Source::Volumes, "MiB that it may take"},
    Column{"priv-used", Source::Volumes, "the first of the second, in percent"},
    Column{"root-curr", Source::Volumes, "MiB that the root volume takes"},
    Column{"root-max", Source::Volumes, "MiB that it may take"},
    Column{"root-used", Source::Volumes, "the first of the second, in percent"},
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> Formats{{
    {"simple", "name,state,class,label,template,netvm"},
    {"network", "name,state,netvm,ip,ipback,gateway"},
    {"kernel", "name,state,class,template,kernel,kernelopts"},
    {"full", "name,state,class,label,qid,xid,uuid"},
    {"disk", "name,state,disk,priv-curr,priv-max,priv-used,root-curr,root-max,root-used"},
    {"perf", "name,state,memory,maxmem,vcpus"},
}};

const Column *findColumn(std::string_view name)
{
    const auto *const place = std::ranges::find(Columns, name, &Column::name);
    return place == Columns.end() ? nullptr : place;
}

/// A property, written with `_` or `-`.
const Property *propertyOf(const QubeFacts &qube, std::string_view column)
{
    const Column *const known = findColumn(column);
    std::string name(known != nullptr && !known->property.empty() ? known->property : column);
    std::ranges::replace(name, '-', '_');
    return findIn(qube.properties, name);
}

std::uint64_t numberOf(const QubeFacts &qube, const std::string &volume, std::string_view key)
{
    const auto place = qube.volumes.find(volume);
    const std::string text = place == qube.volumes.end() ? std::string() : valueOf(place->second, key);
    return numberIn<std::uint64_t>(text).value_or(0);
}

/// Of `disk`, and of priv-… and root-….
std::string volumeCell(const QubeFacts &qube, std::string_view column)
{
    constexpr std::uint64_t MiB = 1024ULL * 1024;
    constexpr std::uint64_t Percent = 100;
    if (column == "disk") {
        std::uint64_t sum = 0;
        for (const auto &[name, volume] : qube.volumes) {
            sum += numberOf(qube, name, "usage");
        }
        return std::to_string(sum / MiB);
    }
    const std::string volume = column.starts_with("priv") ? "private" : "root";
    if (!qube.volumes.contains(volume)) {
        return {};
    }
    const std::uint64_t size = numberOf(qube, volume, "size");
    const std::uint64_t usage = numberOf(qube, volume, "usage");
    if (column.ends_with("-used")) {
        return size == 0 ? std::string() : formatted("{}%", usage * Percent / size);
    }
    return std::to_string((column.ends_with("-max") ? size : usage) / MiB);
}

char stateLetter(const QubeLine &line)
{
    constexpr std::string_view Known = "Running Transient Paused Suspended Halting Dying Crashed";
    if (line.state == "Halted" || line.state == "NA" || !Known.contains(line.state)) {
        return line.state == "Halted" ? '-' : '?';
    }
    return static_cast<char>(line.state.front() - 'A' + 'a');
}

std::string flags(const QubeFacts &qube)
{
    constexpr std::array<std::pair<std::string_view, char>, 6> Classes{{
        {"AdminVM", '0'},
        {"TemplateVM", 'T'},
        {"AppVM", 'a'},
        {"StandaloneVM", 's'},
        {"DispVM", 'd'},
        {"RemoteVM", 'r'},
    }};
    constexpr std::array<std::pair<std::string_view, char>, 5> Properties{{
        {"updateable", 'U'},
        {"provides_network", 'N'},
        {"installed_by_rpm", 'R'},
        {"debug", 'D'},
        {"autostart", 'A'},
    }};
    const auto *const klass = std::ranges::find(Classes, qube.line.klass, &std::pair<std::string_view, char>::first);
    std::string text{klass == Classes.end() ? '?' : klass->second, stateLetter(qube.line)};
    for (const auto &[name, letter] : Properties) {
        const Property *const property = findIn(qube.properties, name);
        text += property != nullptr && property->value == "True" ? letter : '-';
    }
    return text;
}

std::optional<std::string> listCell(const QubeLine &line, std::string_view column)
{
    if (column == "name") {
        return line.name;
    }
    if (column == "state") {
        return line.state;
    }
    if (column == "class") {
        return line.klass;
    }
    return column == "uuid" ? std::optional(line.uuid) : std::nullopt;
}

} // namespace

std::vector<std::string> columnNames()
{
    std::vector<std::string> names;
    for (const Column &column : Columns) {
        names.emplace_back(column.name);
    }
    return names;
}

std::vector<std::string> formatNames()
{
    std::vector<std::string> names;
    for (const auto &[name, columns] : Formats) {
        names.emplace_back(name);
    }
    return names;
}

std::optional<std::string> columnsOfFormat(std::string_view format)
{
    const auto *const place = std::ranges::find(Formats, format, &std::pair<std::string_view, std::string_view>::first);
    return place == Formats.end() ? std::nullopt : std::optional(std::string(place->second));
}

std::vector<std::string> columnHelp()
{
    std::vector<std::string> lines;
    for (const Column &column : Columns) {
        lines.push_back(formatted("{:<12}{}", column.name, column.help));
    }
    lines.emplace_back("Every property that 'qvm-prefs QUBE' lists is a column, too.");
    return lines;
}

std::vector<std::string> formatHelp()
{
    std::vector<std::string> lines;
    for (const auto &[name, columns] : Formats) {
        lines.push_back(formatted("{:<12}{}", name, columns));
    }
    return lines;
}

bool needsProperties(std::string_view column)
{
    const Column *const known = findColumn(column);
    return known == nullptr || known->source == Source::Properties;
}

bool needsVolumes(std::string_view column)
{
    const Column *const known = findColumn(column);
    return known != nullptr && known->source == Source::Volumes;
}

bool isColumn(std::string_view column, const std::vector<QubeFacts> &qubes)
{
    return findColumn(column) != nullptr || std::ranges::any_of(qubes, [column](const QubeFacts &qube) {
               return propertyOf(qube, column) != nullptr;
           });
}

std::string cellOf(const QubeFacts &qube, std::string_view column)
{
    if (const auto cell = listCell(qube.line, column)) {
        return *cell;
    }
    if (needsVolumes(column)) {
        return volumeCell(qube, column);
    }
    if (column == "flags") {
        return flags(qube);
    }
    const Property *const property = propertyOf(qube, column);
    return property == nullptr ? std::string() : property->value;
}

Json jsonOf(const QubeFacts &qube, std::string_view column)
{
    const Column *const known = findColumn(column);
    const bool isProperty = known == nullptr || !known->property.empty();
    if (isProperty) {
        const Property *const property = propertyOf(qube, column);
        return property == nullptr ? Json() : property->json();
    }
    const std::string cell = cellOf(qube, column);
    if (const auto number = numberIn<std::int64_t>(cell); known->source == Source::Volumes && number) {
        return Json(*number);
    }
    return cell.empty() ? Json() : Json(cell);
}

} // namespace Bulkhead::Cli
