// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/trafficrate.h"

#include <QHash>
#include <QObject>

#include <optional>

namespace Bulkhead
{

class GraphModel;
class QubeSource;

/// What goes over the links of the picture. Below the view, without a widget. The core counts only while the layer is
/// on and somebody can see it; what was known is forgotten when either ends, as nobody keeps it up to date.
class TrafficLayer : public QObject
{
    Q_OBJECT

public:
    /// Both outlive this.
    TrafficLayer(QubeSource *source, GraphModel *model, QObject *parent = nullptr);
    ~TrafficLayer() override;
    TrafficLayer(const TrafficLayer &) = delete;
    TrafficLayer &operator=(const TrafficLayer &) = delete;

    /// Whether this core tells of traffic at all. Where it does not, the layer is off.
    [[nodiscard]] bool isAvailable() const;

    void setShown(bool isShown);
    /// Whether the picture is on the screen.
    void setInSight(bool isInSight);

    [[nodiscard]] bool isShown() const
    {
        return m_isShown;
    }

    /// Of every client that runs and whose net qube runs; empty while the layer is off.
    [[nodiscard]] QHash<QString, TrafficRate> rates() const;
    /// Of one of them, or nothing.
    [[nodiscard]] std::optional<TrafficRate> rateOf(const QString &client) const;

Q_SIGNALS:
    void changed(const QString &client); ///< its rate alone
    void reset();                        ///< all may be others
    void shownChanged();
    void availabilityChanged();

private:
    struct Known {
        QString provider; ///< over whose link that went
        TrafficRate rate;
    };

    void follow();
    void forgetAll();
    void onTraffic(const QString &qube, const TrafficRate &rate);
    void onLinkChanged(const QString &client);
    void onLoaded();
    [[nodiscard]] bool isLive(const QString &client) const;

    QubeSource *m_source;
    GraphModel *m_model;
    QHash<QString, Known> m_known;
    bool m_isShown = false;
    bool m_isInSight = false;
    bool m_isFollowed = false;
    bool m_wasAvailable = false;
};

} // namespace Bulkhead
