// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/nodelook.h"

#include <QWidget>

#include <functional>

namespace Bulkhead
{

/// A line of a layer's legend: drawn as the picture draws it, with its word beside it.
class LegendSample : public QWidget
{
    Q_OBJECT

public:
    using Draw = std::function<void(QPainter &painter, const QPainterPath &path, const PictureStyle &style)>;

    LegendSample(Draw draw, QString word, QWidget *parent);

    [[nodiscard]] QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    Draw m_draw;
    QString m_word;
};

} // namespace Bulkhead
