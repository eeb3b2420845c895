// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/relationbar.h"

#include "manager/topology/legendsample.h"
#include "manager/topology/relationlook.h"

#include <QAccessible>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

LegendSample::Draw drawingOf(Relation relation)
{
    return [relation](QPainter &painter, const QPainterPath &path, const PictureStyle &style) {
        drawRelation(painter, path, relation, false, style);
    };
}

} // namespace

RelationBar::RelationBar(QWidget *parent)
    : QWidget(parent)
    , m_layout(new QVBoxLayout(this))
{
    setObjectName(u"topology.relations"_s);
    m_layout->setContentsMargins(8, 2, 8, 4);
    m_layout->setSpacing(2);
    for (const Relation relation : allRelations) {
        m_rows.emplace(relation, makeRow(relation));
    }
}

RelationBar::Row RelationBar::makeRow(Relation relation)
{
    auto *row = new QWidget(this);
    auto *layout = new QHBoxLayout(row);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    layout->addWidget(new LegendSample(drawingOf(relation), relationTitle(relation), row));
    auto *summary = new QLabel(row);
    summary->setObjectName(u"topology.relations.summary"_s);
    summary->setTextFormat(Qt::PlainText);
    summary->setWordWrap(true);
    summary->setTextInteractionFlags(Qt::TextSelectableByMouse);
    layout->addWidget(summary, 1);
    row->hide();
    m_layout->addWidget(row);
    return {.row = row, .summary = summary};
}

void RelationBar::show(Relation relation, bool isShown, const QString &summary)
{
    const Row &row = m_rows.at(relation);
    row.row->setVisible(isShown);
    if (row.summary->text() != summary) {
        row.summary->setText(summary);
        if (isShown && !summary.isEmpty()) {
            QAccessibleAnnouncementEvent said(this, relationTitle(relation) + u". "_s + summary);
            QAccessible::updateAccessibility(&said);
        }
    }
}

} // namespace Bulkhead
