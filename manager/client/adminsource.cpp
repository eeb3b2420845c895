// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminsource.h"

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

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

/// Whether a qube has other traits after an event of this name.
bool changesTraits(const QString &event)
{
    if (event == "firewall-changed"_L1 || event.startsWith("domain-tag-"_L1)) {
        return true;
    }
    if (!event.startsWith("domain-feature-set:"_L1) && !event.startsWith("domain-feature-delete:"_L1)) {
        return false;
    }
    const QString feature = event.section(u':', 1);
    return feature == startProhibitedFeature() || inheritedTraitFeatures().contains(feature);
}

/// What a policy may ask of a qube besides.
bool changesAttributes(const QString &event)
{
    return event.startsWith("domain-tag-"_L1) || (event.startsWith("property-"_L1) && !event.contains("-pre-"_L1))
        || event == "domain-feature-set:internal"_L1 || event == "domain-feature-delete:internal"_L1;
}

} // namespace

AdminSource::AdminSource(const QString &socketPath, const QString &coreSocketPath, QObject *parent)
    : QubeSource(parent)
    , m_client(socketPath)
    , m_core(coreSocketPath)
    , m_deeds(&m_client)
    , m_traits(&m_client)
    , m_events(socketPath)
    , m_traffic(coreSocketPath, "bulkhead.Traffic")
{
    connect(&m_events, &EventStream::established, this, &AdminSource::onEstablished);
    connect(&m_events, &EventStream::received, this, &AdminSource::onEvent);
    connect(&m_events, &EventStream::lost, this, &AdminSource::onLost);
    connect(&m_traits, &TraitReader::done, this, &AdminSource::onTraits);
    connect(&m_traffic, &EventStream::received, this, &AdminSource::onTraffic);
    connect(&m_traffic, &EventStream::lost, this, &AdminSource::trafficLost);
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
    m_traffic.setDelays(delays);
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

void AdminSource::setOutside(const QString &name, bool leadsOutside)
{
    if (!m_outside) {
        m_outside.emplace();
    }
    if (leadsOutside) {
        m_outside->insert(name);
    } else {
        m_outside->remove(name);
    }
}

void AdminSource::applyDuringList()
{
    for (const AdminEvent &event : std::exchange(m_duringList, {})) {
        apply(event);
    }
}

void AdminSource::onEstablished()
{
    m_connection = Connection::Connected;
    m_lostSince = {};
    m_listing = false;
    m_duringList.clear();
    m_reading.clear();
    m_traits.forgetAll();
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
    if (changesAttributes(event.name)) {
        Q_EMIT attributesChanged();
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
    if (event.name == "bulkhead-outside"_L1) {
        if (m_outside) { // else nobody told how the others stand
            setOutside(name, event.values.value(u"outside"_s) == "True"_L1);
        }
        if (const auto known = m_qubes.constFind(name); known != m_qubes.constEnd()) {
            store(*known);
        }
    } else if (event.name == "domain-start-failed"_L1) {
        Q_EMIT startFailed(name, event.values.value(u"reason"_s));
        readOne(name);
    } else if (event.name == "domain-shutdown-failed"_L1) {
        readOne(name);
    } else if (changesDetails(event.name)) {
        readDetails(name);
    } else if (changesTraits(event.name)) {
        readTraitsAfter(event);
    } else if (event.name == "device-attach:block"_L1 || event.name == "device-detach:block"_L1) {
        Q_EMIT disksChanged(name);
    }
}

/// A template's features are also those of its qubes that have none of their own.
void AdminSource::readTraitsAfter(const AdminEvent &event)
{
    m_traits.read(event.subject);
    if (event.name.startsWith("domain-feature-"_L1)) {
        for (const QubeInfo &qube : std::as_const(m_qubes)) {
            if (qube.templateName == event.subject) {
                m_traits.read(qube.name);
            }
        }
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

void AdminSource::store(QubeInfo qube)
{
    qube.leadsOutside = m_outside ? std::optional(m_outside->contains(qube.name)) : std::nullopt;
    QubeInfo &place = m_qubes[qube.name];
    if (place != qube) {
        place = qube;
        Q_EMIT qubeChanged(qube);
    }
}

void AdminSource::forget(const QString &name)
{
    if (m_outside) {
        m_outside->remove(name);
    }
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

void AdminSource::setDisposableTemplate(const QString &qube,
                                        const QString &disposableTemplate,
                                        QObject *context,
                                        Done done)
{
    m_deeds.setDisposableTemplate(qube, disposableTemplate, context, std::move(done));
}

void AdminSource::setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done)
{
    m_deeds.setProvidesNetwork(qube, provides, context, std::move(done));
}

void AdminSource::setFeature(
    const QString &qube, const QString &feature, const QString &value, QObject *context, Done done)
{
    m_deeds.setFeature(qube, feature, value, context, std::move(done));
}

void AdminSource::readFeatures(const QString &qube, QObject *context, Lines done)
{
    m_deeds.readFeatures(qube, context, std::move(done));
}

void AdminSource::readFirewall(const QString &qube, QObject *context, Lines done)
{
    m_deeds.readFirewall(qube, context, std::move(done));
}

void AdminSource::setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done)
{
    m_deeds.setFirewall(qube, rules, context, std::move(done));
}

void AdminSource::readDisks(const QString &qube, QObject *context, Lines done)
{
    m_deeds.readDisks(qube, context, std::move(done));
}

bool AdminSource::tellsTraffic() const
{
    return m_hasOwnCalls;
}

void AdminSource::followTraffic(bool isFollowed)
{
    if (isFollowed) {
        m_traffic.start();
    } else {
        m_traffic.stop();
    }
}

void AdminSource::onTraffic(const AdminEvent &event)
{
    if (event.name == "bulkhead-traffic"_L1) {
        Q_EMIT trafficChanged(event.subject,
                              {.sent = event.values.value(u"sent"_s).toULongLong(),
                               .received = event.values.value(u"received"_s).toULongLong()});
    }
}

} // namespace Bulkhead
