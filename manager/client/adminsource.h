// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminclient.h"
#include "manager/client/admindeeds.h"
#include "manager/client/eventstream.h"
#include "manager/client/qubesource.h"
#include "manager/client/traitreader.h"

#include <QHash>
#include <QMap>
#include <QSet>

namespace Bulkhead
{

/// The qubes through the Admin API. First the event stream, then the state, so that nothing falls between; events that
/// come while the state is on its way are kept and applied after it. The state is one answer where the core has calls
/// of our own (docs/protocol/core.md); else, and whenever that answer does not come, it is the list and then each qube.
/// Of each qube at most one reading of its details is under way; a change meanwhile makes it be read once more.
class AdminSource : public QubeSource
{
    Q_OBJECT

public:
    /// @param coreSocketPath  of the calls of our own; empty: they are not asked for
    explicit AdminSource(const QString &socketPath, const QString &coreSocketPath = {}, QObject *parent = nullptr);

    [[nodiscard]] Connection connection() const override;
    [[nodiscard]] QDateTime lostSince() const override;
    [[nodiscard]] bool isLoaded() const override;
    [[nodiscard]] QList<QubeInfo> qubes() const override;
    [[nodiscard]] QList<LabelInfo> labels() const override;
    [[nodiscard]] SystemDefaults defaults() const override;

    void start() override;
    void reload() override;
    void reconnectNow() override;

    void perform(Deed deed, const QString &qube, QObject *context, Done done) override;
    void create(const NewQube &qube, QObject *context, Done done) override;
    void setLabel(const QString &qube, const QString &label, QObject *context, Done done) override;
    void setNetwork(
        const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done) override;
    void
    setDisposableTemplate(const QString &qube, const QString &disposableTemplate, QObject *context, Done done) override;
    void setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done) override;
    void
    setFeature(const QString &qube, const QString &feature, const QString &value, QObject *context, Done done) override;
    void readFeatures(const QString &qube, QObject *context, Lines done) override;
    void readFirewall(const QString &qube, QObject *context, Lines done) override;
    void setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done) override;
    void readDisks(const QString &qube, QObject *context, Lines done) override;

    [[nodiscard]] bool tellsTraffic() const override;
    void followTraffic(bool isFollowed) override;

    /// For tests: the pauses before connecting again.
    void setRetryDelays(EventStream::Delays delays);

private:
    enum class Reading : std::uint8_t { UnderWay, AgainAfterwards };

    void onEstablished();
    void onLost();
    void onEvent(const AdminEvent &event);
    void apply(const AdminEvent &event);
    void applyToSystem(const AdminEvent &event);
    void applyToQube(const AdminEvent &event);

    void readSnapshot();
    void onSnapshot(const AdminResult &answer);
    void setOutside(const QString &name, bool leadsOutside);
    void applyDuringList();
    void onTraffic(const AdminEvent &event);
    void readOneByOne();
    void readList();
    void onList(const AdminResult &answer);
    void readOne(const QString &name);
    void readLabels();
    void readLabel(const QString &name, std::size_t generation);
    void readDefaults();
    void readDefault(const QByteArray &property, QString SystemDefaults::*member);
    void readDetails(const QString &name);
    void readProperties(const QString &name, bool hasGui);
    void onProperties(const QString &name, bool hasGui, const AdminResult &answer);
    void onTraits(const QString &name, const QubeTraits &traits);
    void readTraitsAfter(const AdminEvent &event);

    void setState(const QString &name, QubeState state, const QString &text);
    void store(QubeInfo qube);
    void forget(const QString &name);

    AdminClient m_client;
    AdminClient m_core; ///< without a path: never asked
    AdminDeeds m_deeds;
    TraitReader m_traits;
    EventStream m_events;
    EventStream m_traffic; ///< open while it is followed
    Connection m_connection = Connection::Connecting;
    QDateTime m_lostSince;
    bool m_loaded = false;
    bool m_listing = false;
    bool m_hasOwnCalls = false;  ///< the core answered one of them, so there are the others, too
    std::size_t m_snapshots = 0; ///< asked for; the answer to an older one is dropped
    QList<AdminEvent> m_duringList;
    QMap<QString, QubeInfo> m_qubes;
    /// Qubes that lead outside, also those whose details are not known yet; nothing: the core does not tell.
    std::optional<QSet<QString>> m_outside;
    QHash<QString, Reading> m_reading;
    QList<LabelInfo> m_labels;
    QList<LabelInfo> m_newLabels; ///< filled answer by answer
    qsizetype m_labelsMissing = 0;
    std::size_t m_labelGeneration = 0; ///< answers of an older reading are dropped
    SystemDefaults m_defaults;
};

} // namespace Bulkhead
