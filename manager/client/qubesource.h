// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/adminerror.h"
#include "manager/client/snapshot.h"
#include "manager/client/trafficrate.h"

#include <QDateTime>
#include <QList>
#include <QObject>
#include <QStringList>

#include <functional>

namespace Bulkhead
{

/// What a person can ask of one qube.
enum class Deed : std::uint8_t {
    Start,
    ShutDown,
    Restart,
    Pause,
    Resume,
    Kill,
    Delete,
};

/// A qube to be made.
struct NewQube {
    enum class Network : std::uint8_t { Default, None, Provider };

    QString name;
    QString label;
    QString templateName;
    Network network = Network::Default;
    QString netQube; ///< only for Provider
};

/// The qubes as the core knows them, and what may be asked of them. The windows know nothing else of the core:
/// AdminSource is the real one, tests bring their own.
///
/// Reads change by signals only. Deeds are asynchronous: `done` runs exactly once and never inside the call, unless
/// `context` is gone by then. What a deed changed arrives as an event, not with its answer.
class QubeSource : public QObject
{
    Q_OBJECT

public:
    enum class Connection : std::uint8_t {
        Connecting, ///< not yet known
        Connected,
        Lost, ///< what is shown may be old
    };
    using Done = std::move_only_function<void(const std::expected<void, AdminError> &)>;
    /// Lines in the order that the core has them.
    using Lines = std::move_only_function<void(const std::expected<QStringList, AdminError> &)>;

    using QObject::QObject;

    [[nodiscard]] virtual Connection connection() const = 0;
    [[nodiscard]] virtual QDateTime lostSince() const = 0;
    /// False until the first whole list of names and states came.
    [[nodiscard]] virtual bool isLoaded() const = 0;
    [[nodiscard]] virtual QList<QubeInfo> qubes() const = 0;
    [[nodiscard]] virtual QList<LabelInfo> labels() const = 0; ///< by index
    [[nodiscard]] virtual SystemDefaults defaults() const = 0;

    virtual void start() = 0;
    virtual void reload() = 0;
    virtual void reconnectNow() = 0;

    virtual void perform(Deed deed, const QString &qube, QObject *context, Done done) = 0;
    virtual void create(const NewQube &qube, QObject *context, Done done) = 0;
    virtual void setLabel(const QString &qube, const QString &label, QObject *context, Done done) = 0;
    /// @param netQube  empty: no network; the default is Network::Default
    virtual void
    setNetwork(const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done) = 0;
    /// @param disposableTemplate  of which the qube's disposables are made; empty: it opens none
    virtual void
    setDisposableTemplate(const QString &qube, const QString &disposableTemplate, QObject *context, Done done) = 0;
    virtual void setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done) = 0;
    virtual void
    setFeature(const QString &qube, const QString &feature, const QString &value, QObject *context, Done done) = 0;
    /// Names of the features that are on, those of its template left out.
    virtual void readFeatures(const QString &qube, QObject *context, Lines done) = 0;
    /// The qube's firewall: one rule a line, as `admin.vm.firewall.Get` has it.
    virtual void readFirewall(const QString &qube, QObject *context, Lines done) = 0;
    virtual void setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done) = 0;
    /// The disks of other qubes that it has: one a line, as `admin.vm.device.block.Attached` has it.
    virtual void readDisks(const QString &qube, QObject *context, Lines done) = 0;

    /// Whether the core can tell what goes over links. May be another one after each loaded().
    [[nodiscard]] virtual bool tellsTraffic() const = 0;
    /// The core counts as long as somebody follows: not longer than it is looked at.
    virtual void followTraffic(bool isFollowed) = 0;

Q_SIGNALS:
    void connectionChanged();
    void loaded(); ///< the whole list was replaced, at first and after each reconnection
    void qubeChanged(const Bulkhead::QubeInfo &qube); ///< also a new one
    void qubeRemoved(const QString &name);
    void labelsChanged();
    void defaultsChanged();
    /// Something of a qube that QubeInfo does not hold is another one: its tags, a property, whether it is internal.
    void attributesChanged();
    /// Another qube's disk was lent to this one or taken back.
    void disksChanged(const QString &qube);
    /// While it is followed: what a qube sends and receives from now on. Of one that was not told of yet it is nothing.
    void trafficChanged(const QString &qube, const Bulkhead::TrafficRate &rate);
    /// What was told of traffic holds no longer; what comes begins anew.
    void trafficLost();
    /// A start that the core reports as failed, whoever asked for it.
    void startFailed(const QString &name, const QString &reason);
};

/// The label of this name, or a black one of its name: the most alarming choice.
[[nodiscard]] LabelInfo labelNamed(const QList<LabelInfo> &labels, const QString &name);

} // namespace Bulkhead
