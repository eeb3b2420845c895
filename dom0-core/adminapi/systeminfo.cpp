// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/systeminfo.h"

#include "dom0-core/model/properties.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

using namespace Qt::StringLiterals;

namespace Bulkhead::AdminApi
{

namespace
{

QString textOf(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

/// Null where there is nothing, or where the class has no such property.
QJsonValue nameOrNull(const Model &model, const Qube &qube, std::string_view property)
{
    const std::string name = readText(model, qube, property);
    return name.empty() ? QJsonValue() : QJsonValue(textOf(name));
}

QJsonObject infoOf(const Model &model, const Qube &qube)
{
    const std::string labelName = readText(model, qube, "label");
    const Label *const label = model.labels().find(labelName);
    QJsonArray tags;
    for (const std::string &tag : qube.tags) {
        tags.append(textOf(tag));
    }
    const auto internal = qube.features.find(std::string_view("internal"));
    return {
        {u"internal"_s, internal == qube.features.end() ? QJsonValue() : QJsonValue(textOf(internal->second))},
        {u"tags"_s, tags},
        {u"type"_s, textOf(nameOf(qube.klass))},
        {u"template_for_dispvms"_s, readBoolean(model, qube, "template_for_dispvms")},
        {u"default_dispvm"_s, nameOrNull(model, qube, "default_dispvm")},
        {u"icon"_s, QString(u"appvm-"_s + textOf(labelName))}, // the label's icon, not the qube's
        {u"guivm"_s, nameOrNull(model, qube, "guivm")},
        {u"power_state"_s, textOf(nameOf(qube.run.power))},
        {u"label"_s, textOf(label == nullptr ? LabelColor().text() : label->color.text())},
        {u"uuid"_s, textOf(qube.uuid.text())},
        {u"relayvm"_s, nameOrNull(model, qube, "relayvm")},
        {u"transport_rpc"_s, nameOrNull(model, qube, "transport_rpc")},
    };
}

} // namespace

SystemInfo::SystemInfo(const Registry &registry)
    : m_registry(registry)
{
}

const std::string &SystemInfo::text()
{
    if (m_revision != m_registry.revision()) {
        QJsonObject domains;
        for (const auto &[id, qube] : m_registry.model().qubes()) {
            domains.insert(textOf(qube.name.text()), infoOf(m_registry.model(), qube));
        }
        m_text = QJsonDocument(QJsonObject{{u"domains"_s, domains}}).toJson(QJsonDocument::Compact).toStdString();
        m_revision = m_registry.revision();
    }
    return m_text;
}

} // namespace Bulkhead::AdminApi
