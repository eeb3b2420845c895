// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/placestore.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <QStandardPaths>

#include <array>
#include <cmath>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int version = 1;
/// Farther from the middle than this nothing is placed: a file that says so is wrong.
constexpr double farthest = 1e6;
/// Larger than any picture of ours: a few thousand qubes.
constexpr qint64 longestFile = 4 * 1024 * 1024;

constexpr std::array kindWords{std::pair{NewQube::Network::Default, "default"_L1},
                               std::pair{NewQube::Network::None, "none"_L1},
                               std::pair{NewQube::Network::Provider, "provider"_L1}};

QJsonArray namesOf(const QSet<QString> &names)
{
    QStringList list(names.begin(), names.end());
    list.sort();
    return QJsonArray::fromStringList(list);
}

QSet<QString> readNames(const QJsonArray &array)
{
    QSet<QString> names;
    for (const QJsonValue &value : array) {
        if (value.isString()) {
            names.insert(value.toString());
        }
    }
    return names;
}

QJsonObject fromSetting(const NetworkSetting &setting)
{
    for (const auto &[kind, word] : kindWords) {
        if (kind == setting.kind) {
            return {{u"kind"_s, QString(word)}, {u"name"_s, setting.provider}};
        }
    }
    return {};
}

std::optional<NetworkSetting> toSetting(const QJsonObject &object)
{
    for (const auto &[kind, word] : kindWords) {
        if (object[u"kind"].toString() == word) {
            return NetworkSetting{.kind = kind, .provider = object[u"name"].toString()};
        }
    }
    return std::nullopt;
}

QJsonArray fromPlan(const QList<NetworkStep> &plan)
{
    QJsonArray array;
    for (const NetworkStep &step : plan) {
        array << QJsonObject{
            {u"qube"_s, step.qube}, {u"before"_s, fromSetting(step.before)}, {u"after"_s, fromSetting(step.after)}};
    }
    return array;
}

QList<NetworkStep> toPlan(const QJsonArray &array)
{
    QList<NetworkStep> plan;
    for (const QJsonValue &value : array) {
        const auto before = toSetting(value[u"before"].toObject());
        const auto after = toSetting(value[u"after"].toObject());
        if (const QString qube = value[u"qube"].toString(); before && after && !qube.isEmpty()) {
            plan << NetworkStep{.qube = qube, .before = *before, .after = *after};
        }
    }
    return plan;
}

QJsonObject fromCreate(const NewQube &qube)
{
    QJsonObject object = fromSetting({.kind = qube.network, .provider = qube.netQube});
    return {{u"deed"_s, u"create"_s},
            {u"qube"_s, qube.name},
            {u"label"_s, qube.label},
            {u"template"_s, qube.templateName},
            {u"network"_s, object}};
}

/// Nothing for a step that is derived of others when the plan is applied.
std::optional<QJsonObject> fromStep(const PlanStep &step)
{
    if (const auto *create = std::get_if<CreateStep>(&step)) {
        return fromCreate(create->qube);
    }
    if (const auto *label = std::get_if<LabelStep>(&step)) {
        return QJsonObject{{u"deed"_s, u"label"_s},
                           {u"qube"_s, label->qube},
                           {u"before"_s, label->before},
                           {u"after"_s, label->after}};
    }
    if (const auto *gone = std::get_if<DeleteStep>(&step)) {
        return QJsonObject{{u"deed"_s, u"delete"_s}, {u"qube"_s, gone->qube}};
    }
    return std::nullopt;
}

std::optional<PlanStep> toStep(const QJsonObject &object)
{
    const QString deed = object[u"deed"].toString();
    const QString qube = object[u"qube"].toString();
    if (qube.isEmpty()) {
        return std::nullopt;
    }
    if (deed == "label"_L1) {
        return LabelStep{.qube = qube, .before = object[u"before"].toString(), .after = object[u"after"].toString()};
    }
    if (deed == "delete"_L1) {
        return DeleteStep{.qube = qube};
    }
    const auto network = toSetting(object[u"network"].toObject());
    if (deed != "create"_L1 || !network) {
        return std::nullopt;
    }
    return CreateStep{.qube = {.name = qube,
                               .label = object[u"label"].toString(),
                               .templateName = object[u"template"].toString(),
                               .network = network->kind,
                               .netQube = network->provider}};
}

QJsonArray fromSteps(const QList<PlanStep> &steps)
{
    QJsonArray array;
    for (const PlanStep &step : steps) {
        if (const auto object = fromStep(step)) {
            array << *object;
        }
    }
    return array;
}

QList<PlanStep> toSteps(const QJsonArray &array)
{
    QList<PlanStep> steps;
    for (const QJsonValue &value : array) {
        if (auto step = toStep(value.toObject())) {
            steps << *std::move(step);
        }
    }
    return steps;
}

PictureState fromJson(const QJsonObject &root)
{
    PictureState state;
    const QJsonObject places = root[u"places"].toObject();
    for (auto place = places.begin(); place != places.end(); ++place) {
        const QJsonArray pair = place.value().toArray();
        const QPointF point(pair.at(0).toDouble(NAN), pair.at(1).toDouble(NAN));
        if (std::abs(point.x()) < farthest && std::abs(point.y()) < farthest) { // also false for what is no number
            state.places.insert(place.key(), point);
        }
    }
    state.pinned = readNames(root[u"pinned"].toArray());
    state.folded = readNames(root[u"folded"].toArray());
    const QJsonObject remembered = root[u"remembered"].toObject();
    for (auto one = remembered.begin(); one != remembered.end(); ++one) {
        state.remembered.insert(one.key(), one.value().toString());
    }
    state.plan = toPlan(root[u"plan"].toArray());
    state.otherPlan = toSteps(root[u"otherPlan"].toArray());
    state.isPlanning = root[u"planning"].toBool();
    return state;
}

QJsonObject toJson(const PictureState &state)
{
    QJsonObject places;
    for (auto place = state.places.begin(); place != state.places.end(); ++place) {
        places.insert(place.key(), QJsonArray{place->x(), place->y()});
    }
    QJsonObject remembered;
    for (auto one = state.remembered.begin(); one != state.remembered.end(); ++one) {
        remembered.insert(one.key(), one.value());
    }
    return {{u"version"_s, version},
            {u"places"_s, places},
            {u"pinned"_s, namesOf(state.pinned)},
            {u"folded"_s, namesOf(state.folded)},
            {u"remembered"_s, remembered},
            {u"plan"_s, fromPlan(state.plan)},
            {u"otherPlan"_s, fromSteps(state.otherPlan)},
            {u"planning"_s, state.isPlanning}};
}

} // namespace

PlaceStore::PlaceStore(QString path)
    : m_path(std::move(path))
{
}

QString PlaceStore::standardPath()
{
    return QString(QStandardPaths::writableLocation(QStandardPaths::GenericStateLocation)
                   + u"/bulkhead/topology.json"_s);
}

Result<PictureState> PlaceStore::read()
{
    m_isForeign = true; // until it is known to be ours
    QFile file(m_path);
    if (!file.exists()) {
        m_isForeign = false;
        return PictureState{};
    }
    if (!file.open(QIODevice::ReadOnly)) {
        return fail(Errc::Io, file.errorString().toStdString());
    }
    const QJsonDocument document = QJsonDocument::fromJson(file.read(longestFile));
    if (!document.isObject() || document[u"version"].toInt() != version) {
        return fail(Errc::BadValue, "the file of the network's picture is of another version or damaged");
    }
    m_isForeign = false;
    return fromJson(document.object());
}

Result<void> PlaceStore::write(const PictureState &state)
{
    if (m_isForeign) {
        return fail(Errc::WrongState, "the file of the network's picture could not be read and is left as it is");
    }
    if (!QDir().mkpath(QFileInfo(m_path).path())) {
        return fail(Errc::Io, "the folder of the network's picture can not be made");
    }
    QSaveFile file(m_path);
    const QByteArray bytes = QJsonDocument(toJson(state)).toJson(QJsonDocument::Indented);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        return fail(Errc::Io, file.errorString().toStdString());
    }
    return {};
}

} // namespace Bulkhead
