// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QWidget>

namespace Bulkhead
{

class TopologyView;

/// The whole picture in a corner, with what is seen of it framed; a press or drag goes there. Skipped by Tab: the keys
/// of the view do the same.
class MiniMap : public QWidget
{
    Q_OBJECT

public:
    explicit MiniMap(TopologyView *view);

    /// The picture's outline is another one.
    void follow();

protected:
    void paintEvent(QPaintEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;

private:
    [[nodiscard]] QTransform toMap() const;

    TopologyView *m_view;
};

} // namespace Bulkhead
