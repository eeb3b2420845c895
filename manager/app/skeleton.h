// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

namespace Bulkhead
{

/// Grey rows in the place of a list that is still on its way. They stand still (spec ui 15).
class Skeleton : public QWidget
{
    Q_OBJECT

public:
    explicit Skeleton(QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;
};

} // namespace Bulkhead
