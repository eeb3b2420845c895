// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/service.h"

#include "base/formatted.h"
#include "base/log.h"
#include "dom0-core/model/network.h"
#include "dom0-core/model/properties.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <QByteArray>

#include <algorithm>
#include <chrono>
#include <functional>
#include <system_error>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr LogCategory Log("bulkhead.core.qubesdb");

/// Source: docs/protocol/qubesdb.md, Traffic.
constexpr std::string_view TrafficInterval = "/bulkhead-traffic-interval";

/// Random bytes of a seed. Source: spec qubesdb, section 4.1.
constexpr std::size_t SeedSize = 64;
/// A qube that writes a trigger again and again is told of this often, so that it cannot drown those who listen.
constexpr std::chrono::milliseconds QuietTime(500);

/// Events that tell of what has not happened yet, of what the databases themselves did, or of what follows from a
/// change that another event tells of: there may be some for each client.
bool changesNothing(std::string_view event)
{
    static constexpr std::array Prefixes{std::string_view("domain-pre-"),
                                         std::string_view("property-pre-"),
                                         std::string_view("domain-feature-pre-"),
                                         std::string_view("domain-qdb-"),
                                         std::string_view("domain-stats"),
                                         std::string_view("net-domain-connect"),
                                         std::string_view("property-reset:gateway"),
                                         std::string_view("property-reset:visible_")};
    return std::ranges::any_of(Prefixes, [event](std::string_view prefix) {
        return event.starts_with(prefix);
    });
}

/// Events that tell of one qube's life, or of its rules: of others' keys, none but those about it can change.
bool isOfItAlone(std::string_view event)
{
    static constexpr std::array Prefixes{std::string_view("domain-spawn"),
                                         std::string_view("domain-start"),
                                         std::string_view("domain-stopped"),
                                         std::string_view("domain-shutdown"),
                                         std::string_view("domain-paused"),
                                         std::string_view("domain-unpaused"),
                                         std::string_view("domain-verify-files"),
                                         std::string_view("firewall-changed"),
                                         std::string_view("property-reset:xid"),
                                         std::string_view("property-reset:stubdom_xid"),
                                         std::string_view("property-reset:start_time")};
    return std::ranges::any_of(Prefixes, [event](std::string_view prefix) {
        return event.starts_with(prefix);
    });
}

Keys ownKeys(const Qube &dom0)
{
    Keys keys;
    keys.set("/name", dom0.name.text());
    keys.set("/type", nameOf(dom0.klass));
    return keys;
}

} // namespace

Result<std::unique_ptr<Service>> Service::create(Parts parts)
{
    BH_TRY(auto loop, EventLoop::create(parts.clock));
    return std::unique_ptr<Service>(new Service(std::move(parts), std::move(loop)));
}

Service::Service(Parts parts, std::unique_ptr<EventLoop> loop)
    : m_parts(std::move(parts))
    , m_loop(std::move(loop))
    , m_bridge(*m_loop)
{
    m_refresh.setSingleShot(true);
    m_quiet.setSingleShot(true);
    connect(&m_refresh, &QTimer::timeout, this, &Service::refreshNow);
    connect(&m_quiet, &QTimer::timeout, this, &Service::onQuietOver);
    connect(&m_parts.registry, &Registry::announced, this, &Service::onEvent);
    connect(&m_parts.runner, &Runner::aboutToPlug, this, &Service::onAboutToPlug);
    m_parts.providers.emplace_back(std::bind_front(&Service::addTrafficKey, this));
}

Service::~Service() = default;

Result<void> Service::adopt()
{
    for (const auto &[id, qube] : m_parts.registry.model().qubes()) {
        if (id != Dom0Qid && qube.run.domain) {
            m_adopted.insert(id);
            begin(qube);
        }
    }
    const Qube &dom0 = *m_parts.registry.model().find(Dom0Qid);
    auto store = std::make_unique<QubeStore>(*m_loop, dom0.name);
    store->show({}, ownKeys(dom0));
    BH_CHECK(store->listen(m_parts.directory));
    store->watchReports([this](const std::string &path) {
        onReport(Dom0Qid, path);
    });
    m_stores.insert_or_assign(Dom0Qid, std::move(store));
    removeStaleSockets();
    return {};
}

/// Those of qubes that ended while no daemon ran; a daemon that was killed leaves all of its own, and new ones have
/// taken their places.
void Service::removeStaleSockets()
{
    std::set<std::filesystem::path> own;
    for (const auto &[id, store] : m_stores) {
        const Qube &qube = *m_parts.registry.model().find(id);
        const SocketPaths paths = SocketPaths::in(m_parts.directory.string(), qube.name.text());
        own.insert({paths.readWrite, paths.readOnly});
    }
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_parts.directory, error)) {
        const bool isOurs = entry.path().filename().string().starts_with("qubesdb.")
            && std::filesystem::is_socket(entry.symlink_status(error));
        if (isOurs && !own.contains(entry.path())) {
            Log.info("{} is of a qube that has ended", entry.path().string());
            std::filesystem::remove(entry.path(), error);
        }
    }
}

const Database *Service::databaseOf(Qid id) const
{
    const auto place = m_stores.find(id);
    return place == m_stores.end() ? nullptr : &place->second->database();
}

void Service::onEvent(const Event &event)
{
    const Model &model = m_parts.registry.model();
    const Qube *const subject = event.subject ? model.find(event.subject->text()) : nullptr;
    if (subject != nullptr && event.name == "domain-spawn") {
        begin(*subject);
        writeSeed(*m_stores.at(subject->id));
        m_parts.registry.announce(Event{.subject = subject->name, .name = "domain-qdb-create", .pairs = {}});
    }
    if (subject != nullptr && event.name == "firewall-changed") {
        republishFirewall(*subject);
    }
    if (subject != nullptr && event.name == "domain-stopped") {
        forgetStore(subject->id);
        m_adopted.erase(subject->id);
    }
    if (!changesNothing(event.name)) {
        noteChange(event, subject);
    }
}

void Service::noteChange(const Event &event, const Qube *subject)
{
    if (event.name == "domain-add" || event.name == "domain-delete") {
        // Nobody refers to it yet, or any more; only what is said of it comes or goes.
        const Model &model = m_parts.registry.model();
        for (const auto &[key, value] : event.pairs) {
            if (const Qube *const added = key == "vm" ? model.find(value) : nullptr) {
                refreshClient(added->id);
            }
        }
        for (const Qid id : m_clients.strangers(model)) {
            refreshClient(id);
        }
    } else if (subject != nullptr && isOfItAlone(event.name)) {
        noteRunOf(*subject);
    } else {
        refreshDependentsOf(subject);
    }
}

/// Its own keys, what its net qube has about it, and the keys of those that it shows.
void Service::noteRunOf(const Qube &subject)
{
    refreshClient(subject.id);
    if (const auto displayed = m_displayed.find(subject.id); displayed != m_displayed.end()) {
        for (const Qid id : displayed->second) {
            refresh(id);
        }
    }
}

void Service::begin(const Qube &qube)
{
    QubeStore &store = makeStore(qube);
    if (auto listening = store.listen(m_parts.directory); !listening) {
        Log.warning("{}: programs of dom0 cannot reach its database: {}", qube.name.text(), listening.error().text());
    }
    store.watchReports([this, id = qube.id](const std::string &path) {
        onReport(id, path);
    });
    if (m_parts.backend != nullptr && qube.run.domain) {
        store.serve(*m_parts.backend, *qube.run.domain);
    }
}

QubeStore &Service::makeStore(const Qube &qube)
{
    forgetStore(qube.id); // of a run that did not end in order; its sockets go before the new ones come
    auto &store = *m_stores.emplace(qube.id, std::make_unique<QubeStore>(*m_loop, qube.name)).first->second;
    showOwn(qube, store);
    m_clients.writeLists();
    return store;
}

void Service::forgetStore(Qid id)
{
    m_clients.end(id);
    m_stores.erase(id);
}

void Service::showOwn(const Qube &qube, QubeStore &store)
{
    const Model &model = m_parts.registry.model();
    store.show({}, keysOf(m_parts.providers, model, qube));
    m_clients.follow(model, qube);
    for (const std::string_view property : {"guivm", "audiovm"}) {
        if (const Qube *const display = referredQube(model, qube, property)) {
            m_displayed[display->id].insert(qube.id);
        }
    }
}

void Service::writeSeed(QubeStore &store)
{
    QByteArray bytes;
    while (bytes.size() < static_cast<qsizetype>(SeedSize)) {
        for (const std::byte byte : m_parts.random()) {
            bytes.append(static_cast<char>(byte));
        }
    }
    const std::string seed = bytes.toBase64().toStdString();
    store.writeOnce(Key::parse("/qubes-random-seed").value(), Value::parse(seed).value());
}

void Service::refreshDependentsOf(const Qube *subject)
{
    const Model &model = m_parts.registry.model();
    for (const auto &[id, qube] : model.qubes()) {
        if (subject == nullptr || dependsOn(model, qube, *subject)) {
            refreshClient(id); // one that is halted is in its net qube's list, too
        }
    }
}

void Service::refresh(Qid id)
{
    m_changed.insert(id);
    if (!m_refresh.isActive()) {
        m_refresh.start(std::chrono::milliseconds(0));
    }
}

void Service::refreshClient(Qid id)
{
    m_changedClients.insert(id);
    refresh(id);
}

void Service::refreshNow()
{
    m_refresh.stop();
    const Model &model = m_parts.registry.model();
    for (const Qid id : std::exchange(m_changed, {})) {
        const auto store = m_stores.find(id);
        const Qube *const qube = model.find(id);
        if (store != m_stores.end() && qube != nullptr && id != Dom0Qid) {
            showOwn(*qube, *store->second);
        }
    }
    for (const Qid id : std::exchange(m_changedClients, {})) {
        m_clients.update(model, id);
    }
    m_clients.writeLists();
}

void Service::setTrafficInterval(std::optional<std::chrono::seconds> every)
{
    m_trafficInterval = every;
    const Model &model = m_parts.registry.model();
    for (const auto &[id, store] : m_stores) {
        if (const Qube *const qube = model.find(id); qube != nullptr && providesNetwork(model, *qube)) {
            refresh(id);
        }
    }
}

/// Nothing of the model: it is there while somebody listens. A net qube that ran before this life of the daemon may
/// hold what the last one wrote, and keeps what it is not told to change.
void Service::addTrafficKey(const Model &model, const Qube &qube, Keys &keys) const
{
    if (!providesNetwork(model, qube)) {
        return;
    }
    if (m_trafficInterval) {
        keys.set(TrafficInterval, std::to_string(m_trafficInterval->count()));
    } else if (m_adopted.contains(qube.id)) {
        keys.set(TrafficInterval, "0");
    }
}

/// Also where nothing changed: whoever asked for it wants the net qube to read the rules again.
void Service::republishFirewall(const Qube &client)
{
    for (const std::string &trigger : firewallTriggersOf(m_parts.registry.model(), client)) {
        m_clients.forgetGroup(client.id, trigger);
    }
    refreshClient(client.id);
}

void Service::onAboutToPlug(Qid client)
{
    refreshClient(client); // the net qube that it leaves is told, too
    refreshNow();
}

void Service::onReport(Qid id, const std::string &path)
{
    if (!path.starts_with(TrafficTree)) {
        onTrigger(id, path);
        return;
    }
    const Database::Entry *const entry = m_trafficInterval ? databaseOf(id)->find(path) : nullptr;
    if (entry != nullptr) { // else it was removed
        Q_EMIT trafficWritten(id, Entry{.key = Key::parse(path).value(), .value = entry->value});
    }
}

void Service::onTrigger(Qid id, const std::string &path)
{
    const auto [place, isFirst] = m_quieted.try_emplace({id, path}, false);
    if (!isFirst) {
        place->second = true;
        return;
    }
    if (!m_quiet.isActive()) {
        m_quiet.start(QuietTime);
    }
    announce(place->first);
}

void Service::onQuietOver()
{
    std::map<Trigger, bool> written;
    written.swap(m_quieted);
    std::erase_if(written, [](const auto &entry) {
        return !entry.second;
    });
    for (const auto &[trigger, isAgain] : written) {
        onTrigger(trigger.first, trigger.second);
    }
}

void Service::announce(const Trigger &trigger)
{
    const Qube *const qube = m_parts.registry.model().find(trigger.first);
    if (qube == nullptr) {
        return;
    }
    m_parts.registry.announce(Event{.subject = qube->name,
                                    .name = formatted("domain-qdb-change:{}", trigger.second),
                                    .pairs = {{"path", trigger.second}}});
}

} // namespace Bulkhead::QubesDb
