// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/tray/noticeboard.h"

#include <QFrame>
#include <QTimer>

namespace Bulkhead
{

/// A message at the corner of the screen, for desktops that show none themselves. It never takes the focus, and goes
/// after a while or when it is closed.
class Bubble : public QFrame
{
    Q_OBJECT

public:
    static constexpr std::chrono::seconds Life{10};
    static constexpr qsizetype MaxShown = 4; ///< the oldest makes room

    /// Shows one that destroys itself.
    /// @param subject  one of the same subject goes; empty: none does
    static void showNew(const NoticeText &text, const QString &subject = {});
    [[nodiscard]] static QList<Bubble *> shown(); ///< the oldest first

    ~Bubble() override;

protected:
    void enterEvent(QEnterEvent *event) override;
    void leaveEvent(QEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;

private:
    Bubble(const NoticeText &text, QString subject);
    static void arrange();

    QString m_subject;
    QTimer m_life;
};

} // namespace Bulkhead
