// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/linkrules.h"

#include <QLabel>

namespace Bulkhead
{

/// The line of text that goes with the pointer while something is dragged: what a release would do, or why it would do
/// nothing (spec ui 7.5).
class PointerText : public QLabel
{
    Q_OBJECT

public:
    explicit PointerText(QWidget *parent);

    void showVerdict(const LinkVerdict &verdict, const QPoint &pointer);
    void follow(const QPoint &pointer);
};

} // namespace Bulkhead
