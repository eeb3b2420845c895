// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QList>
#include <QObject>
#include <QPointer>
#include <QWidget>

namespace Bulkhead
{

/// Keeps this program's windows off the screen while the session is locked: what is shown goes, what comes meanwhile
/// waits, and all that is left is there when the lock ends (spec security, R-33). The windows themselves go on as if
/// they were seen; open menus close.
class LockCurtain : public QObject
{
    Q_OBJECT

public:
    explicit LockCurtain(QObject *parent = nullptr);

    void setLocked(bool isLocked);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void close();
    void open();

    QList<QPointer<QWidget>> m_behind;
    bool m_isLocked = false;
};

} // namespace Bulkhead
