// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/client/trafficrate.h"
#include "manager/topology/nodelook.h"

#include <QGraphicsItem>

namespace Bulkhead
{

/// Below this zoom the numbers on links could not be read, and are not drawn.
inline constexpr double NumbersZoom = 0.7;

/// The numbers on a link, where it leaves the client: what the client sends over the line, what it receives under it;
/// beside a link that is upright or bends away at once both stand on the side where it is not. Holds values only; the
/// scene tells it what to show. Keeps its size, so that nothing moves when a number changes.
class TrafficItem : public QGraphicsItem
{
public:
    enum { Type = UserType + 4 };

    TrafficItem();

    [[nodiscard]] int type() const override
    {
        return Type;
    }

    [[nodiscard]] const TrafficRate &rate() const
    {
        return m_rate;
    }

    void setRate(const TrafficRate &rate);
    void setDimmed(bool isDimmed);
    /// @param path  the link's, from the client's side on
    void setPath(const QPainterPath &path);
    /// What the numbers take, in the scene.
    [[nodiscard]] QRectF area() const;

    [[nodiscard]] QRectF boundingRect() const override;
    /// None: what lies below is what one points at.
    [[nodiscard]] QPainterPath shape() const override;
    void paint(QPainter *painter, const QStyleOptionGraphicsItem *option, QWidget *widget) override;

private:
    /// Of the line.
    enum class Side : std::uint8_t { Both, Above, Below };

    [[nodiscard]] Side sideBeside(const QPainterPath &path) const;
    [[nodiscard]] QFont font() const;
    [[nodiscard]] double width() const;

    TrafficRate m_rate;
    double m_direction = 1; ///< -1: the numbers are at the left, of an upright link or of the client
    double m_upright = 0;   ///< 1: the link leaves downwards; -1: upwards
    Side m_side = Side::Both;
    bool m_isDimmed = false;
};

} // namespace Bulkhead
