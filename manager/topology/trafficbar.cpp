// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/trafficbar.h"

#include "manager/topology/legendsample.h"
#include "manager/topology/trafficwords.h"

#include <KLocalizedString>
#include <QHBoxLayout>
#include <QLabel>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

LegendSample::Draw drawingOf(TrafficStep step)
{
    return [step](QPainter &painter, const QPainterPath &path, PictureStyle style) {
        style.zoom = MarksOnlyZoom; // a head, and no plug
        drawLink(painter, path, {.isInUse = true, .traffic = step}, {}, style);
    };
}

} // namespace

TrafficBar::TrafficBar(QWidget *parent)
    : QWidget(parent)
{
    setObjectName(u"topology.traffic"_s);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(8, 2, 8, 4);
    row->setSpacing(12);
    auto *numbers = new QLabel(i18nc("@info legend of the numbers on links", "↑ a qube sends   ↓ it receives"), this);
    numbers->setObjectName(u"topology.traffic.numbers"_s);
    numbers->setTextFormat(Qt::PlainText);
    row->addWidget(numbers);
    row->addStretch(1);
    for (const TrafficStep step : {TrafficStep::Idle, TrafficStep::Little, TrafficStep::Some, TrafficStep::Much}) {
        row->addWidget(new LegendSample(drawingOf(step), stepWords(step), this));
    }
}

} // namespace Bulkhead
