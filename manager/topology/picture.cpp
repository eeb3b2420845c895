// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/picture.h"

#include "manager/topology/graphmodel.h"

#include <KLocalizedString>

#include <algorithm>
#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Bulkhead
{

namespace
{

/// Whether one can be a copy of the other: tools that rename a qube make a copy of another name and UUID, then remove
/// the first. Templates come and go with their layers.
bool isAlike(const QubeInfo &one, const QubeInfo &other)
{
    return one.kind != QubeKind::Template && one.kind == other.kind && one.label == other.label
        && one.templateName == other.templateName && one.netQube == other.netQube
        && one.providesNetwork == other.providesNetwork && one.startsAtBoot == other.startsAtBoot
        && one.memoryMiB == other.memoryMiB && one.maxMemoryMiB == other.maxMemoryMiB;
}

} // namespace

Picture::Picture(GraphModel *model, const QString &statePath, QObject *parent)
    : QObject(parent)
    , m_model(model)
    , m_store(statePath)
{
    m_saveTimer.setSingleShot(true);
    m_saveTimer.setInterval(2s); // a drag is many places and one file
    connect(&m_saveTimer, &QTimer::timeout, this, [this] {
        if (const auto saved = save(); !saved) {
            Q_EMIT problem(i18nc("@info %1 a reason of the system",
                                 "The places of the picture could not be kept: %1",
                                 QString::fromStdString(saved.error().text())));
        }
    });
    connect(model, &GraphModel::nodeAdded, this, &Picture::onNodeAdded);
    connect(model, &GraphModel::nodeChanged, this, &Picture::learnKey);
    connect(model, &GraphModel::nodeRemoved, this, &Picture::onNodeRemoved);
    connect(model, &GraphModel::linkChanged, this, &Picture::onLinkChanged);
}

Picture::~Picture()
{
    (void)save(); // there is nobody left to tell
}

/// What a node is kept by. A qube that is gone keeps its key as long as we run: it may come back.
QString Picture::keyOf(const QString &node) const
{
    const QString provider = providerOfStack(node);
    return provider.isEmpty() ? m_keys.value(node, node) : stackName(m_keys.value(provider, provider));
}

/// What was kept by the qube's name, by an older version or of a core that told no UUID, is its own from now on.
void Picture::learnKey(const QString &qube)
{
    if (!m_hasBegun) {
        return; // all are learnt at once
    }
    const QubeInfo *info = m_model->graph().find(qube);
    const QString key = info == nullptr || info->uuid.isEmpty() ? qube : info->uuid;
    m_keys.insert(qube, key);
    m_names.insert(key, qube);
    if (info != nullptr) {
        m_last.insert(qube, *info);
    }
    if (key == qube) {
        return;
    }
    for (const auto &[name, own] : {std::pair{qube, key}, std::pair{stackName(qube), stackName(key)}}) {
        if (m_state.places.contains(name) && !m_state.places.contains(own)) {
            m_state.places.insert(own, m_state.places.take(name));
        }
        if (m_state.pinned.remove(name)) {
            m_state.pinned.insert(own);
        }
    }
    if (m_state.folded.remove(qube)) {
        m_state.folded.insert(key);
    }
}

QSet<QString> Picture::foldedProviders() const
{
    QSet<QString> names;
    for (const QString &key : m_state.folded) {
        names.insert(m_names.value(key, key));
    }
    return names;
}

void Picture::begin()
{
    if (m_hasBegun) {
        return;
    }
    m_hasBegun = true;
    if (auto kept = m_store.read(); kept) {
        m_state = *std::move(kept);
    } else {
        Q_EMIT problem(i18nc("@info %1 a reason",
                             "The kept places could not be read: %1. The file stays as it is, and what you move now is "
                             "not kept.",
                             QString::fromStdString(kept.error().text())));
    }
    const NetworkGraph &graph = m_model->graph();
    for (const QString &name : graph.names()) {
        m_providers.insert(name, graph.providerOf(name));
        learnKey(name);
    }
    if (m_state.places.isEmpty()) {
        const QSet<QString> folded = foldedAtFirst(graph);
        for (const QString &provider : folded) {
            m_state.folded.insert(keyOf(provider));
        }
        const Places found = LayeredLayouter().layout(layoutNodes(graph, folded, Grouping::ByProvider));
        for (auto place = found.begin(); place != found.end(); ++place) {
            m_state.places.insert(keyOf(place.key()), *place);
        }
        saveSoon();
    }
    m_shown.insert(outsideName());
    Q_EMIT nodeShown(outsideName());
    showAll();
    Q_EMIT began();
}

LayoutNode Picture::layoutNode(const QString &name) const
{
    if (const QString provider = providerOfStack(name); !provider.isEmpty()) {
        return {.name = name, .parent = provider, .group = {}, .isLoose = false};
    }
    const NetworkGraph &graph = m_model->graph();
    const QubeInfo *qube = graph.find(name);
    return {.name = name,
            .parent = graph.providerOf(name),
            .group = {},
            .isLoose = qube != nullptr && qube->netQube.isEmpty() && !qube->providesNetwork
                && graph.clientsOf(name).isEmpty()};
}

void Picture::showAll()
{
    const NetworkGraph &graph = m_model->graph();
    QList<LayoutNode> wanted = layoutNodes(graph, foldedProviders(), Grouping::ByProvider);
    // Providers first, so that there is something to stand beside.
    std::ranges::stable_sort(wanted, {}, [&graph](const LayoutNode &node) {
        const QString provider = providerOfStack(node.name);
        return graph.chainOf(provider.isEmpty() ? node.name : provider).hops.size() + (provider.isEmpty() ? 0 : 1);
    });
    QSet<QString> names{outsideName()};
    for (const LayoutNode &node : wanted) {
        names.insert(node.name);
    }
    const QSet<QString> before = m_shown;
    for (const QString &node : before - names) {
        hide(node);
    }
    for (const LayoutNode &node : wanted) {
        if (!m_shown.contains(node.name)) {
            show(node);
        }
    }
}

void Picture::show(const LayoutNode &node)
{
    if (const QString key = keyOf(node.name); !m_state.places.contains(key)) {
        m_state.places.insert(key, placeBeside(node, taken()));
        m_unmoved.insert(node.name);
        saveSoon();
    }
    m_shown.insert(node.name);
    Q_EMIT nodeShown(node.name);
}

void Picture::hide(const QString &node)
{
    if (m_shown.remove(node)) {
        Q_EMIT nodeHidden(node);
    }
}

void Picture::onNodeAdded(const QString &name)
{
    if (!m_hasBegun) {
        return;
    }
    m_providers.insert(name, m_model->graph().providerOf(name));
    learnKey(name);
    if (!m_state.folded.isEmpty()) {
        showAll();
        if (const QString node = nodeFor(name); node != name) {
            Q_EMIT nodeChanged(node);
        }
    } else if (!m_shown.contains(name)) {
        show(layoutNode(name));
    }
}

void Picture::onNodeRemoved(const QString &name)
{
    if (!m_hasBegun) {
        return;
    }
    hide(name); // its place stays: a qube that comes back stands where it stood
    bequeath(name);
    const QString stack = stackName(m_providers.take(name));
    if (!m_state.folded.isEmpty()) {
        showAll();
        if (m_shown.contains(stack)) {
            Q_EMIT nodeChanged(stack);
        }
    }
}

/// Its place goes to the copy that was made of it, if there is one that nobody has placed yet.
void Picture::bequeath(const QString &qube)
{
    const QubeInfo gone = m_last.take(qube);
    const QSet<QString> unmoved = m_unmoved;
    for (const QString &heir : unmoved) {
        const QubeInfo *info = m_model->graph().find(heir);
        if (m_shown.contains(heir) && info != nullptr && isAlike(*info, gone)) {
            m_state.places.insert(keyOf(heir), placeOf(qube));
            if (isPinned(qube)) {
                m_state.pinned.insert(keyOf(heir));
            }
            m_unmoved.remove(heir);
            saveSoon();
            Q_EMIT placeChanged(heir);
            return;
        }
    }
}

void Picture::onLinkChanged(const QString &client)
{
    const QString provider = m_model->graph().providerOf(client);
    const auto known = m_providers.find(client);
    if (!m_hasBegun || known == m_providers.end() || *known == provider) {
        return;
    }
    const QString before = *known;
    *known = provider;
    if (m_state.folded.isEmpty()) {
        return; // it keeps its place, only its line leads elsewhere
    }
    showAll();
    for (const QString &stack : {stackName(before), stackName(provider)}) {
        if (m_shown.contains(stack)) {
            Q_EMIT nodeChanged(stack);
        }
    }
}

QPointF Picture::placeOf(const QString &node) const
{
    return m_state.places.value(keyOf(node));
}

Places Picture::places() const
{
    Places places;
    for (const QString &node : m_shown) {
        places.insert(node, placeOf(node));
    }
    return places;
}

/// Also places of qubes that are there and are shown only after the one that looks for a place.
Places Picture::taken() const
{
    Places taken = places();
    for (const QString &name : m_model->graph().names()) {
        if (const auto kept = m_state.places.constFind(keyOf(name)); kept != m_state.places.cend()) {
            taken.insert(name, *kept);
        }
    }
    return taken;
}

void Picture::move(const Places &places)
{
    for (auto place = places.begin(); place != places.end(); ++place) {
        if (placeOf(place.key()) != *place) {
            m_state.places.insert(keyOf(place.key()), *place);
            m_unmoved.remove(place.key());
            Q_EMIT placeChanged(place.key());
        }
    }
    saveSoon();
}

Places Picture::tidied(Grouping grouping) const
{
    Places places = LayeredLayouter().layout(layoutNodes(m_model->graph(), foldedProviders(), grouping));
    Places pinned;
    for (const QString &node : m_shown) {
        if (isPinned(node)) {
            pinned.insert(node, placeOf(node));
        }
    }
    places.insert(pinned);
    QStringList names = places.keys();
    names.sort();
    for (const QString &node : names) { // what would lie under a pinned one makes room
        if (!pinned.contains(node) && !isFree(places.value(node), pinned)) {
            places.remove(node);
            places.insert(node, placeBeside(layoutNode(node), places));
        }
    }
    return places;
}

bool Picture::isFolded(const QString &provider) const
{
    return m_state.folded.contains(keyOf(provider));
}

void Picture::setFolded(const QString &provider, bool isFolded)
{
    if (isFolded == this->isFolded(provider) || (isFolded && foldableClients(m_model->graph(), provider).isEmpty())) {
        return;
    }
    isFolded ? void(m_state.folded.insert(keyOf(provider))) : void(m_state.folded.remove(keyOf(provider)));
    showAll();
    Q_EMIT nodeChanged(provider);
    saveSoon();
}

bool Picture::isPinned(const QString &node) const
{
    return m_state.pinned.contains(keyOf(node));
}

void Picture::setPinned(const QString &node, bool isPinned)
{
    isPinned ? void(m_state.pinned.insert(keyOf(node))) : void(m_state.pinned.remove(keyOf(node)));
    Q_EMIT nodeChanged(node);
    saveSoon();
}

QString Picture::nodeFor(const QString &qube) const
{
    if (m_shown.contains(qube)) {
        return qube;
    }
    const QString stack = stackName(m_model->graph().providerOf(qube));
    return m_model->graph().find(qube) != nullptr && m_shown.contains(stack) ? stack : QString();
}

void Picture::keepRemembered(const QHash<QString, QString> &remembered)
{
    if (m_state.remembered != remembered) {
        m_state.remembered = remembered;
        saveSoon();
    }
}

void Picture::keepPlan(const QList<NetworkStep> &plan, const QList<PlanStep> &others, bool isPlanning)
{
    if (m_state.plan != plan || m_state.otherPlan != others || m_state.isPlanning != isPlanning) {
        m_state.plan = plan;
        m_state.otherPlan = others;
        m_state.isPlanning = isPlanning;
        saveSoon();
    }
}

void Picture::saveSoon()
{
    m_isUnsaved = true;
    if (!m_saveTimer.isActive()) {
        m_saveTimer.start();
    }
}

Result<void> Picture::save()
{
    m_saveTimer.stop();
    if (!m_isUnsaved || !m_hasBegun) {
        return {};
    }
    m_isUnsaved = false;
    return m_store.write(m_state);
}

} // namespace Bulkhead
