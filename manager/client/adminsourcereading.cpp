// SPDX-License-Identifier: GPL-2.0-or-later
// How the source comes to know what there is: all of it at once, where the core tells it so, or piece by piece.
#include "manager/client/adminformat.h"
#include "manager/client/adminsource.h"
#include "manager/client/coresnapshot.h"

#include <QLoggingCategory>

#include <algorithm>
#include <utility>

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(sourceLog, "bulkhead.manager.source", QtInfoMsg)

} // namespace

void AdminSource::readSnapshot()
{
    m_listing = true;
    m_core.call(systemCall("bulkhead.Snapshot"), this, [this, number = ++m_snapshots](const AdminResult &answer) {
        if (number == m_snapshots) {
            onSnapshot(answer);
        }
    });
}

void AdminSource::onSnapshot(const AdminResult &answer)
{
    auto snapshot = answer ? parseSnapshot(*answer) : Result<CoreSnapshot>(fail(Errc::Unsupported, "no snapshot"));
    m_hasOwnCalls = snapshot.has_value();
    if (!snapshot) {
        qCDebug(sourceLog, "%s; the qubes are read one by one", snapshot.error().text().c_str());
        readOneByOne();
        return;
    }
    m_listing = false;
    m_qubes.clear();
    m_outside.reset();
    for (const QubeInfo &qube : snapshot->qubes) {
        m_qubes.insert(qube.name, qube);
        if (qube.leadsOutside) {
            setOutside(qube.name, *qube.leadsOutside);
        }
    }
    ++m_labelGeneration; // an older reading of them would be older than this
    std::ranges::sort(snapshot->labels, {}, &LabelInfo::index);
    if (m_labels != snapshot->labels) {
        m_labels = snapshot->labels;
        Q_EMIT labelsChanged();
    }
    if (m_defaults != snapshot->defaults) {
        m_defaults = snapshot->defaults;
        Q_EMIT defaultsChanged();
    }
    m_loaded = true;
    Q_EMIT loaded();
    applyDuringList();
}

void AdminSource::readOneByOne()
{
    readLabels();
    readDefaults();
    readList();
}

void AdminSource::readList()
{
    m_listing = true;
    m_client.call(systemCall("admin.vm.List"), this, [this](const AdminResult &answer) {
        onList(answer);
    });
}

void AdminSource::onList(const AdminResult &answer)
{
    m_listing = false;
    const auto list = answer ? parseQubeList(*answer) : Result<QList<QubeInfo>>(fail(Errc::PeerGone, "no qube list"));
    if (!list) {
        // The stream ends with the core and brings us back here; a core that lives and refuses its list is broken.
        qCWarning(sourceLog, "reading the list of qubes: %s", list.error().text().c_str());
        return;
    }
    QMap<QString, QubeInfo> qubes;
    for (QubeInfo qube : *list) {
        if (const auto known = m_qubes.constFind(qube.name); known != m_qubes.constEnd() && known->hasDetails) {
            QubeInfo updated = *known; // keeps its details on screen until they are read again
            updated.className = qube.className;
            updated.state = qube.state;
            updated.stateText = qube.stateText;
            qube = updated;
        }
        qubes.insert(qube.name, qube);
    }
    m_qubes = std::move(qubes);
    m_loaded = true;
    Q_EMIT loaded();
    for (const QString &name : m_qubes.keys()) {
        readDetails(name);
        if (m_qubes.value(name).hasDetails) { // of the others they are read once these have come
            m_traits.read(name);
        }
    }
    applyDuringList();
}

void AdminSource::readOne(const QString &name)
{
    m_client.call(qubeCall("admin.vm.List", name), this, [this, name](const AdminResult &answer) {
        const auto list = answer ? parseQubeList(*answer) : Result<QList<QubeInfo>>(QList<QubeInfo>{});
        if (!list || list->size() != 1 || list->first().name != name) {
            return; // gone meanwhile; its domain-delete says so
        }
        QubeInfo qube = m_qubes.value(name, list->first());
        qube.state = list->first().state;
        qube.stateText = list->first().stateText;
        store(qube);
        readDetails(name);
    });
}

void AdminSource::readLabels()
{
    const std::size_t generation = ++m_labelGeneration;
    m_client.call(systemCall("admin.label.List"), this, [this, generation](const AdminResult &answer) {
        if (!answer || generation != m_labelGeneration) {
            return;
        }
        const QStringList names = parseLines(*answer);
        m_newLabels.clear();
        m_labelsMissing = names.size();
        for (const QString &name : names) {
            readLabel(name, generation);
        }
    });
}

void AdminSource::readLabel(const QString &name, std::size_t generation)
{
    const auto finish = [this, generation](const LabelInfo &label) {
        if (generation != m_labelGeneration) {
            return;
        }
        m_newLabels.push_back(label);
        if (--m_labelsMissing == 0) {
            std::ranges::sort(m_newLabels, {}, &LabelInfo::index);
            if (m_labels != m_newLabels) {
                m_labels = m_newLabels;
                Q_EMIT labelsChanged();
            }
        }
    };
    m_client.call(
        systemCall("admin.label.Index", name.toLatin1()), this, [this, name, finish](const AdminResult &index) {
            LabelInfo label{.name = name, .index = index ? index->trimmed().toUInt() : 0, .color = {}};
            m_client.call(systemCall("admin.label.Get", name.toLatin1()),
                          this,
                          [label, finish](const AdminResult &color) mutable {
                              if (color) { // else black, the most alarming one
                                  label.color =
                                      LabelColor::parse(color->trimmed().toStdString()).value_or(LabelColor());
                              }
                              finish(label);
                          });
        });
}

void AdminSource::readDefaults()
{
    readDefault("default_template", &SystemDefaults::templateName);
    readDefault("default_netvm", &SystemDefaults::netQube);
    readDefault("updatevm", &SystemDefaults::updateQube);
}

void AdminSource::readDefault(const QByteArray &property, QString SystemDefaults::*member)
{
    m_client.call(systemCall("admin.property.Get", property), this, [this, member](const AdminResult &answer) {
        const auto value = answer ? parseProperty(*answer) : Result<PropertyValue>(PropertyValue{});
        if (value && m_defaults.*member != value->value) {
            m_defaults.*member = value->value;
            Q_EMIT defaultsChanged();
        }
    });
}

void AdminSource::readDetails(const QString &name)
{
    if (m_reading.contains(name)) {
        m_reading[name] = Reading::AgainAfterwards;
        return;
    }
    m_reading.insert(name, Reading::UnderWay);
    m_client.call(
        qubeCall("admin.vm.feature.CheckWithTemplate", name, "gui"), this, [this, name](const AdminResult &answer) {
            readProperties(name, answer ? isFeatureOn(*answer) : true);
        });
}

void AdminSource::readProperties(const QString &name, bool hasGui)
{
    m_client.call(qubeCall("admin.vm.property.GetAll", name), this, [this, name, hasGui](const AdminResult &answer) {
        onProperties(name, hasGui, answer);
    });
}

void AdminSource::onTraits(const QString &name, const QubeTraits &traits)
{
    if (const auto known = m_qubes.constFind(name); known != m_qubes.constEnd()) { // else deleted while we asked
        QubeInfo qube = *known;
        qube.traits = traits;
        store(qube);
    }
}

void AdminSource::onProperties(const QString &name, bool hasGui, const AdminResult &answer)
{
    const bool again = m_reading.take(name) == Reading::AgainAfterwards;
    if (!m_qubes.contains(name)) {
        return; // deleted while we asked
    }
    const auto properties = answer ? parseProperties(*answer) : Result<Properties>(fail(Errc::PeerGone, "no answer"));
    if (properties) {
        QubeInfo qube = m_qubes.value(name);
        const QString oldLabel = qube.label;
        const bool isNew = !qube.hasDetails;
        applyProperties(qube, *properties);
        qube.hasGui = hasGui;
        store(qube);
        if (isNew) {
            m_traits.read(name);
        }
        if (qube.label != oldLabel && !std::ranges::contains(m_labels, qube.label, &LabelInfo::name)) {
            readLabels(); // a new one: not every core tells of it
        }
    } else {
        qCWarning(sourceLog, "%s: reading its properties: %s", qUtf8Printable(name), properties.error().text().c_str());
    }
    if (again) {
        readDetails(name);
    }
}

} // namespace Bulkhead
