// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminsource.h"

#include "manager/client/adminformat.h"
#include "manager/client/coresnapshot.h"

#include <QLoggingCategory>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{
Q_LOGGING_CATEGORY(sourceLog, "bulkhead.manager.source", QtInfoMsg)
}

namespace
{

/// Events of a qube's life and the state that holds after them.
struct StateEvent {
    QLatin1StringView event;
    QubeState state;
    QLatin1StringView text;
};

constexpr std::array stateEvents{
    StateEvent{"domain-pre-start"_L1, QubeState::Starting, "Transient"_L1},
    StateEvent{"domain-start"_L1, QubeState::Running, "Running"_L1},
    StateEvent{"domain-paused"_L1, QubeState::Paused, "Paused"_L1},
    StateEvent{"domain-unpaused"_L1, QubeState::Running, "Running"_L1},
    StateEvent{"domain-resumed"_L1, QubeState::Running, "Running"_L1},
    StateEvent{"domain-pre-shutdown"_L1, QubeState::ShuttingDown, "Halting"_L1},
    StateEvent{"domain-stopped"_L1, QubeState::ShuttingDown, "Halting"_L1},
    StateEvent{"domain-shutdown"_L1, QubeState::Halted, "Halted"_L1},
};

/// Whether a qube has other details after an event of this name.
bool changesDetails(const QString &event)
{
    const bool isProperty = event.startsWith("property-"_L1) && !event.contains("-pre-"_L1);
    return isProperty || event == "domain-feature-set:gui"_L1 || event == "domain-feature-delete:gui"_L1;
}

} // namespace

AdminSource::AdminSource(const QString &socketPath, const QString &coreSocketPath, QObject *parent)
    : QubeSource(parent)
    , m_client(socketPath)
    , m_core(coreSocketPath)
    , m_deeds(&m_client)
    , m_events(socketPath)
{
    connect(&m_events, &EventStream::established, this, &AdminSource::onEstablished);
    connect(&m_events, &EventStream::received, this, &AdminSource::onEvent);
    connect(&m_events, &EventStream::lost, this, &AdminSource::onLost);
}

QubeSource::Connection AdminSource::connection() const
{
    return m_connection;
}

QDateTime AdminSource::lostSince() const
{
    return m_lostSince;
}

bool AdminSource::isLoaded() const
{
    return m_loaded;
}

QList<QubeInfo> AdminSource::qubes() const
{
    return m_qubes.values();
}

QList<LabelInfo> AdminSource::labels() const
{
    return m_labels;
}

SystemDefaults AdminSource::defaults() const
{
    return m_defaults;
}

void AdminSource::setRetryDelays(EventStream::Delays delays)
{
    m_events.setDelays(std::move(delays));
}

void AdminSource::start()
{
    m_events.start();
}

void AdminSource::reconnectNow()
{
    m_events.retryNow();
}

void AdminSource::reload()
{
    if (m_core.socketPath().isEmpty()) {
        readOneByOne();
    } else {
        readSnapshot();
    }
}

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
    if (!snapshot) {
        qCDebug(sourceLog, "%s; the qubes are read one by one", snapshot.error().text().c_str());
        readOneByOne();
        return;
    }
    m_listing = false;
    m_qubes.clear();
    for (const QubeInfo &qube : snapshot->qubes) {
        m_qubes.insert(qube.name, qube);
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

void AdminSource::applyDuringList()
{
    for (const AdminEvent &event : std::exchange(m_duringList, {})) {
        apply(event);
    }
}

void AdminSource::readOneByOne()
{
    readLabels();
    readDefaults();
    readList();
}

void AdminSource::onEstablished()
{
    m_connection = Connection::Connected;
    m_lostSince = {};
    m_listing = false;
    m_duringList.clear();
    m_reading.clear();
    Q_EMIT connectionChanged();
    reload();
}

void AdminSource::onLost()
{
    if (m_connection != Connection::Lost) {
        m_connection = Connection::Lost;
        m_lostSince = QDateTime::currentDateTime();
        Q_EMIT connectionChanged();
    }
}

void AdminSource::onEvent(const AdminEvent &event)
{
    if (m_listing) {
        m_duringList.push_back(event);
        return;
    }
    apply(event);
}

void AdminSource::apply(const AdminEvent &event)
{
    if (event.subject.isEmpty() || event.subject == "dom0"_L1) {
        applyToSystem(event);
    }
    if (!event.subject.isEmpty()) {
        applyToQube(event);
    }
}

void AdminSource::applyToSystem(const AdminEvent &event)
{
    if (event.name == "domain-add"_L1) {
        readOne(event.values.value(u"vm"_s));
    } else if (event.name == "domain-delete"_L1) {
        forget(event.values.value(u"vm"_s));
    } else if (event.name.startsWith("label-"_L1)) {
        readLabels();
    } else if (event.name.startsWith("property-"_L1) && !event.name.contains("-pre-"_L1)) {
        readDefaults();
    }
}

void AdminSource::applyToQube(const AdminEvent &event)
{
    const QString &name = event.subject;
    if (const auto known = std::ranges::find(stateEvents, event.name, &StateEvent::event); known != stateEvents.end()) {
        setState(name, known->state, known->text);
        readDetails(name); // the domain's number came or went with the state
        return;
    }
    if (event.name == "domain-start-failed"_L1) {
        Q_EMIT startFailed(name, event.values.value(u"reason"_s));
        readOne(name);
    } else if (event.name == "domain-shutdown-failed"_L1) {
        readOne(name);
    } else if (changesDetails(event.name)) {
        readDetails(name);
    }
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
        applyProperties(qube, *properties);
        qube.hasGui = hasGui;
        store(qube);
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

void AdminSource::setState(const QString &name, QubeState state, const QString &text)
{
    if (const auto known = m_qubes.constFind(name); known != m_qubes.constEnd()) {
        QubeInfo qube = *known;
        qube.state = state;
        qube.stateText = text;
        if (state == QubeState::Halted || state == QubeState::Starting) {
            qube.domId = -1; // the number ended with the domain; the next one has to be read
        }
        store(qube);
    }
}

void AdminSource::store(const QubeInfo &qube)
{
    QubeInfo &place = m_qubes[qube.name];
    if (place != qube) {
        place = qube;
        Q_EMIT qubeChanged(qube);
    }
}

void AdminSource::forget(const QString &name)
{
    if (m_qubes.remove(name) > 0) {
        Q_EMIT qubeRemoved(name);
    }
}

void AdminSource::perform(Deed deed, const QString &qube, QObject *context, Done done)
{
    m_deeds.perform(deed, qube, context, std::move(done));
}

void AdminSource::create(const NewQube &qube, QObject *context, Done done)
{
    m_deeds.create(qube, context, std::move(done));
}

void AdminSource::setLabel(const QString &qube, const QString &label, QObject *context, Done done)
{
    m_deeds.setLabel(qube, label, context, std::move(done));
}

void AdminSource::setNetwork(
    const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done)
{
    m_deeds.setNetwork(qube, network, netQube, context, std::move(done));
}

} // namespace Bulkhead
