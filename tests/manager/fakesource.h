// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/qubesource.h"

#include <QPointer>

#include <deque>

namespace Bulkhead::Test
{

/// A qube with its details, halted.
[[nodiscard]] QubeInfo makeQube(const QString &name, const QString &label = QStringLiteral("red"));
/// The same one running as a domain.
[[nodiscard]] QubeInfo running(QubeInfo qube, std::int64_t domId = 7);
[[nodiscard]] QList<LabelInfo> someLabels();

/// A source that a test fills by hand; it works without a core. Deeds are kept until the test answers them.
class FakeSource : public QubeSource
{
    Q_OBJECT

public:
    /// A deed that was asked for.
    struct Asked {
        QString what; ///< "Start work", "label work green", "network work sys-net", "create work red debian",
                      ///< "provides vpn yes", "feature vpn name=value", "rules work RULE;RULE"
        QPointer<QObject> context;
        Done done;
    };

    using QubeSource::QubeSource;

    [[nodiscard]] Connection connection() const override
    {
        return state;
    }

    [[nodiscard]] QDateTime lostSince() const override
    {
        return lost;
    }

    [[nodiscard]] bool isLoaded() const override
    {
        return hasList;
    }

    [[nodiscard]] QList<QubeInfo> qubes() const override
    {
        return list;
    }

    [[nodiscard]] QList<LabelInfo> labels() const override
    {
        return labelList;
    }

    [[nodiscard]] SystemDefaults defaults() const override
    {
        return standard;
    }

    void start() override
    {
    }

    void reload() override
    {
        ++reloads;
    }

    void reconnectNow() override
    {
        ++reconnections;
    }

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

    [[nodiscard]] bool tellsTraffic() const override
    {
        return hasTraffic;
    }

    void followTraffic(bool isFollowed) override
    {
        isTrafficFollowed = isFollowed;
    }

    /// Connects and brings the whole list at once.
    void load(const QList<QubeInfo> &qubes);
    void lose(const QDateTime &since);
    /// As an event would.
    void change(const QubeInfo &qube);
    void remove(const QString &name);
    /// Answers the oldest deed.
    void answer(const std::expected<void, AdminError> &result = {});
    [[nodiscard]] QStringList askedFor() const;

    Connection state = Connection::Connecting;
    QDateTime lost;
    bool hasList = false;
    QList<QubeInfo> list;
    QList<LabelInfo> labelList = someLabels();
    SystemDefaults standard{.templateName = QStringLiteral("debian-13"), .netQube = QStringLiteral("sys-firewall")};
    std::deque<Asked> asked;
    QHash<QString, QStringList> features;  ///< what reading answers, at once when it is asked for
    QHash<QString, QStringList> firewalls; ///< the same; a qube without an entry accepts everything
    QHash<QString, QStringList> disks;     ///< the same
    QStringList disksRead;                 ///< of whom they were asked for
    bool hasTraffic = true;                ///< with the next load()
    bool isTrafficFollowed = false;
    int reloads = 0;
    int reconnections = 0;
};

} // namespace Bulkhead::Test
