// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

namespace Bulkhead
{

/// The strip of the traffic's layer, there while it is on: what its numbers and its four kinds of lines mean (spec ui
/// 7.3).
class TrafficBar : public QWidget
{
    Q_OBJECT

public:
    explicit TrafficBar(QWidget *parent = nullptr);
};

} // namespace Bulkhead
