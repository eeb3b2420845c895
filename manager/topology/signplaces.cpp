// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/signplaces.h"

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

/// Tried one after the other, from the best one outwards. The ends are left to heads and nodes.
constexpr std::array shares{
    BestSignPlace,
    0.54,
    0.66,
    0.48,
    0.72,
    0.42,
    0.78,
    0.36,
    0.84,
    0.3,
    0.24,
    0.18,
    0.88,
    0.12,
};
/// Between two signs, and between a sign and a node.
constexpr double gap = 3;

class Board
{
public:
    Board(qsizetype count, const QList<QRectF> &taken)
        : m_signs(count)
        , m_taken(taken)
    {
    }

    /// Puts a sign onto its arrow if there is room. Where it stands already, it may stay.
    std::optional<double> put(qsizetype number, const QPainterPath &path, const QSizeF &size)
    {
        for (const double share : shares) {
            const QRectF area = signArea(path, share, size);
            if (isFree(number, area.adjusted(-gap, -gap, gap, gap))) {
                m_signs[number] = area;
                return share;
            }
        }
        return std::nullopt;
    }

private:
    [[nodiscard]] bool isFree(qsizetype number, const QRectF &area) const
    {
        for (qsizetype i = 0; i < m_signs.size(); ++i) {
            if (i != number && m_signs.at(i).intersects(area)) {
                return false;
            }
        }
        return std::ranges::none_of(m_taken, [&area](const QRectF &other) {
            return other.intersects(area);
        });
    }

    QList<QRectF> m_signs; ///< null: not placed
    QList<QRectF> m_taken;
};

} // namespace

QRectF signArea(const QPainterPath &path, double share, const QSizeF &size)
{
    QRectF area(QPointF(), size);
    area.moveCenter(path.pointAtPercent(share));
    return area;
}

QList<SignPlace> signPlaces(const QList<SignWish> &wishes, const QList<QRectF> &taken)
{
    Board board(wishes.size(), taken);
    QList<SignPlace> places(wishes.size());
    for (qsizetype i = 0; i < wishes.size(); ++i) {
        places[i].share = board.put(i, wishes.at(i).path, wishes.at(i).bare);
    }
    for (qsizetype i = 0; i < wishes.size(); ++i) { // a word only where it costs nobody a sign
        const SignWish &wish = wishes.at(i);
        if (wish.withWord.isEmpty() || !places.at(i).share) {
            continue;
        }
        if (const auto share = board.put(i, wish.path, wish.withWord)) {
            places[i] = {.share = share, .hasWord = true};
        }
    }
    return places;
}

} // namespace Bulkhead
