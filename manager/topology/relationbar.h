// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/relations.h"

#include <QWidget>

#include <map>

class QLabel;
class QVBoxLayout;

namespace Bulkhead
{

/// The strip of the layers that show what depends on what, there while one is on: the line and the head of each, its
/// name, and what there is to say of it (spec ui 7.3).
class RelationBar : public QWidget
{
    Q_OBJECT

public:
    explicit RelationBar(QWidget *parent = nullptr);

    /// @param summary  plain text; empty: nothing
    void show(Relation relation, bool isShown, const QString &summary);
    using QWidget::show;

private:
    struct Row {
        QWidget *row;
        QLabel *summary;
    };

    [[nodiscard]] Row makeRow(Relation relation);

    QVBoxLayout *m_layout;
    std::map<Relation, Row> m_rows;
};

} // namespace Bulkhead
