// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/topologyfile.h"

#include "base/formatted.h"
#include "base/qubename.h"
#include "manager/topology/linkrules.h"

#include <KLocalizedString>
#include <QSet>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr QByteArrayView firstLine = "bulkhead-topology 1";
constexpr QByteArrayView arrow = "->";

QByteArray settingWord(const NetworkSetting &setting)
{
    switch (setting.kind) {
    case NewQube::Network::Default:
        return "default"_ba;
    case NewQube::Network::None:
        return "none"_ba;
    case NewQube::Network::Provider:
        return setting.provider.toUtf8();
    }
    return "none"_ba;
}

std::optional<QString> readName(const QByteArray &word)
{
    const auto name = QubeName::parse(word.toStdString());
    return name ? std::optional(QString::fromLatin1(word)) : std::nullopt;
}

Result<TopologyLine> parseLine(const QByteArray &line, int number)
{
    const QList<QByteArray> words = line.simplified().split(' ');
    if (words.size() != 3 || words.at(1) != arrow) {
        return fail(Errc::BadField, formatted("line {}: not “QUBE -> NET QUBE”", number));
    }
    const auto qube = readName(words.at(0));
    if (!qube) {
        return fail(Errc::BadField, formatted("line {}: the first word can not be a qube's name", number));
    }
    if (words.at(2) == "none") {
        return TopologyLine{.qube = *qube, .setting = {}};
    }
    if (words.at(2) == "default") {
        return TopologyLine{.qube = *qube, .setting = {.kind = NewQube::Network::Default, .provider = {}}};
    }
    const auto provider = readName(words.at(2));
    if (!provider) {
        return fail(Errc::BadField, formatted("line {}: the last word can not be a qube's name", number));
    }
    return TopologyLine{.qube = *qube, .setting = {.kind = NewQube::Network::Provider, .provider = *provider}};
}

} // namespace

QByteArray writeTopology(const NetworkGraph &graph)
{
    QByteArray bytes = firstLine.toByteArray() + '\n';
    for (const QString &name : graph.names()) {
        if (const QubeInfo &qube = *graph.find(name); isInNetworkPicture(qube)) { // whatever else is looked at
            bytes += name.toUtf8() + " -> " + settingWord(settingOf(qube)) + '\n';
        }
    }
    return bytes;
}

Result<QList<TopologyLine>> parseTopology(const QByteArray &bytes)
{
    if (bytes.size() > MaxTopologyFile) {
        return fail(Errc::TooMuch, "the file is too long for a network's description");
    }
    QList<TopologyLine> lines;
    QSet<QString> seen;
    int number = 0;
    bool hasBegun = false;
    for (const QByteArray &raw : bytes.split('\n')) {
        ++number;
        if (raw.size() > MaxTopologyLine) {
            return fail(Errc::TooMuch, formatted("line {}: too long", number));
        }
        const QByteArray line = raw.trimmed();
        if (line.isEmpty() || line.startsWith('#')) {
            continue;
        }
        if (!hasBegun) {
            if (line != firstLine) {
                return fail(Errc::BadField, formatted("line {}: the file does not begin as this version's do", number));
            }
            hasBegun = true;
            continue;
        }
        BH_TRY(const TopologyLine entry, parseLine(line, number));
        if (seen.contains(entry.qube)) {
            return fail(Errc::Exists,
                        formatted("line {}: {} stands in the file twice", number, entry.qube.toStdString()));
        }
        seen.insert(entry.qube);
        lines << entry;
    }
    if (!hasBegun) {
        return fail(Errc::BadField, "the file is empty");
    }
    return lines;
}

TopologyComparison
compareTopology(const NetworkGraph &graph, const QList<TopologyLine> &lines, const SystemDefaults &defaults)
{
    TopologyComparison comparison;
    comparison.change.title = i18nc("@action what Undo takes back", "Network from a File");
    QSet<QString> named;
    for (const TopologyLine &line : lines) {
        named.insert(line.qube);
        const QubeInfo *qube = graph.find(line.qube);
        if (qube == nullptr) {
            comparison.problems << i18nc("@info %1 a name", "There is no qube “%1”.", line.qube);
        } else if (settingOf(*qube) != line.setting) {
            comparison.change.steps << NetworkStep{
                .qube = line.qube, .before = settingOf(*qube), .after = line.setting};
        }
    }
    comparison.change.steps = ordered(graph, comparison.change.steps, defaults);
    for (const NetworkStep &step : comparison.change.steps) {
        if (const QString problem = problemOf(graph, comparison.change.steps, step, defaults); !problem.isEmpty()) {
            comparison.problems << problem;
        }
    }
    comparison.change.starts = startsFor(graph, comparison.change.steps, defaults);
    for (const QString &name : graph.names()) {
        if (!named.contains(name) && isInNetworkPicture(*graph.find(name))) {
            comparison.unlisted << name;
        }
    }
    return comparison;
}

} // namespace Bulkhead
