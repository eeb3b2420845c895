// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/lockcurtain.h"

#include <QApplication>
#include <QEvent>

#include <utility>

namespace Bulkhead
{

LockCurtain::LockCurtain(QObject *parent)
    : QObject(parent)
{
    qApp->installEventFilter(this);
}

void LockCurtain::setLocked(bool isLocked)
{
    if (std::exchange(m_isLocked, isLocked) != isLocked) {
        isLocked ? close() : open();
    }
}

void LockCurtain::close()
{
    const QWidgetList windows = QApplication::topLevelWidgets();
    for (QWidget *const window : windows) {
        if (!window->isVisible()) {
            continue;
        }
        if (window->windowType() == Qt::Popup) {
            window->close();
            continue;
        }
        window->hide();
        window->show(); // behind the curtain, see eventFilter()
    }
}

void LockCurtain::open()
{
    for (const QPointer<QWidget> &window : std::exchange(m_behind, {})) {
        if (window.isNull()) {
            continue;
        }
        const bool isShown = window->isVisible();
        window->hide();
        window->setAttribute(Qt::WA_DontShowOnScreen, false);
        window->setVisible(isShown);
    }
}

/// Windows hear that they are shown before the desktop does.
bool LockCurtain::eventFilter(QObject *watched, QEvent *event)
{
    if (m_isLocked && event->type() == QEvent::Show) {
        if (auto *const widget = qobject_cast<QWidget *>(watched);
            widget != nullptr && widget->isWindow() && !widget->testAttribute(Qt::WA_DontShowOnScreen)) {
            widget->setAttribute(Qt::WA_DontShowOnScreen);
            m_behind << widget;
        }
    }
    return QObject::eventFilter(watched, event);
}

} // namespace Bulkhead
