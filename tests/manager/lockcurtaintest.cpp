// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/lockcurtain.h"

#include "manager/tray/bubble.h"

#include <QMenu>
#include <QTest>
#include <QWindow>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

/// Whether the desktop has it, whatever the widget believes.
bool isOnScreen(const QWidget &widget)
{
    return widget.windowHandle() != nullptr && widget.windowHandle()->isVisible();
}

} // namespace

class LockCurtainTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void cleanup()
    {
        qDeleteAll(Bubble::shown());
    }

    void S_076_noticesAreGoneWhileLocked()
    {
        LockCurtain curtain;
        Bubble::showNew({.title = u"before"_s, .text = u"text"_s});
        Bubble *const before = Bubble::shown().constFirst();
        QVERIFY(isOnScreen(*before));
        curtain.setLocked(true);
        QVERIFY(!isOnScreen(*before));
        Bubble::showNew({.title = u"meanwhile"_s, .text = u"text"_s});
        Bubble *const meanwhile = Bubble::shown().constLast();
        QVERIFY(!isOnScreen(*meanwhile));
        curtain.setLocked(true); // said again
        QVERIFY(!isOnScreen(*before) && !isOnScreen(*meanwhile));
        curtain.setLocked(false);
        QVERIFY(isOnScreen(*before) && isOnScreen(*meanwhile));
        QCOMPARE(Bubble::shown().size(), 2);
        Bubble::showNew({.title = u"after"_s, .text = u"text"_s});
        QVERIFY(isOnScreen(*Bubble::shown().constLast()));
    }

    void S_076_whatWentMeanwhile_doesNotComeBack()
    {
        LockCurtain curtain;
        QWidget hidden;
        hidden.show();
        curtain.setLocked(true);
        hidden.hide();
        Bubble::showNew({.title = u"closed"_s, .text = u"text"_s});
        delete Bubble::shown().constFirst();
        curtain.setLocked(false);
        QVERIFY(!hidden.isVisible() && !isOnScreen(hidden));
        hidden.show();
        QVERIFY(isOnScreen(hidden));
        QVERIFY(Bubble::shown().isEmpty());
    }

    void S_076_openMenus_close()
    {
        LockCurtain curtain;
        QMenu menu;
        menu.addAction(u"entry"_s);
        menu.popup({10, 10});
        QVERIFY(isOnScreen(menu));
        curtain.setLocked(true);
        QVERIFY(!isOnScreen(menu));
        curtain.setLocked(false);
        QVERIFY(!isOnScreen(menu));
    }
};

QTEST_MAIN(LockCurtainTest)
#include "lockcurtaintest.moc"
