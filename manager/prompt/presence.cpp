// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/presence.h"

#include "manager/prompt/inputgate.h"
#include "manager/prompt/prompt.h"
#include "manager/prompt/promptdialog.h"
#include "manager/prompt/x11/screenwatch.h"

#include <KConfigGroup>
#include <KSharedConfig>
#include <KWindowSystem>
#include <KX11Extras>
#include <QApplication>
#include <QDBusConnection>
#include <QEvent>
#include <QLoggingCategory>
#include <QWindow>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(presenceLog, "bulkhead.prompt.presence", QtInfoMsg)

/// What a timer sends would else lie there until the server has something to say.
void flushRequests()
{
    if (const auto *x11 = qGuiApp->nativeInterface<QNativeInterface::QX11Application>()) {
        xcb_flush(x11->connection());
    }
}

} // namespace

Presence::Presence(Prompt *prompt, PromptDialog *dialog, QObject *parent)
    : QObject(parent)
    , m_prompt(prompt)
    , m_dialog(dialog)
    , m_lock(QDBusConnection::sessionBus(), QDBusConnection::systemBus())
{
    dialog->setAttribute(Qt::WA_ShowWithoutActivating);
    connect(prompt, &Prompt::appeared, this, &Presence::onAppeared);
    connect(prompt, &Prompt::disappeared, this, &Presence::onDisappeared);
    if (KWindowSystem::isPlatformX11()) {
        auto watch = ScreenWatch::create();
        if (watch) {
            m_watch = *std::move(watch);
            connect(m_watch.get(), &ScreenWatch::coveredChanged, &dialog->gate(), &InputGate::setCovered);
            connect(m_watch.get(), &ScreenWatch::raiseWanted, dialog, &QWidget::raise);
            connect(m_watch.get(), &ScreenWatch::quiet, this, &Presence::takeFocus);
        } else {
            qCWarning(presenceLog, "what lies over a question is not seen: %s", watch.error().text().c_str());
        }
    }
    connect(&m_lock, &LockWatch::changed, prompt, &Prompt::setLocked);
}

Presence::~Presence() = default;

void Presence::onAppeared()
{
    if (KConfigGroup(KSharedConfig::openConfig(u"bulkhead-promptrc"_s), u"Questions"_s).readEntry("Bell", false)) {
        QApplication::beep();
    }
    if (m_watch == nullptr) {
        m_dialog->activateWindow();
        return;
    }
    KX11Extras::setOnAllDesktops(m_dialog->winId(), true);
    m_dialog->windowHandle()->installEventFilter(this);
    m_watch->watch(static_cast<xcb_window_t>(m_dialog->winId()));
    m_dialog->raise();
    m_watch->waitForQuiet(); // whether it has the focus is asked then: what is known of that now may be of a moment ago
}

void Presence::onDisappeared()
{
    m_isFocusDue = false;
    if (m_watch != nullptr) {
        m_watch->watch(XCB_WINDOW_NONE);
    }
}

bool Presence::eventFilter(QObject *watched, QEvent *event)
{
    if (m_isFocusDue && event->type() == QEvent::Expose && m_dialog->windowHandle()->isExposed()) {
        m_isFocusDue = false;
        QMetaObject::invokeMethod(this, &Presence::takeFocus, Qt::QueuedConnection);
    }
    return QObject::eventFilter(watched, event);
}

void Presence::takeFocus()
{
    m_isFocusDue = false;
    if (!m_dialog->isVisible() || m_dialog->isActiveWindow()) {
        return;
    }
    if (m_watch != nullptr && !m_dialog->windowHandle()->isExposed()) {
        m_isFocusDue = true; // a window manager takes no such wish for a window that it has not shown yet
        return;
    }
    if (m_watch == nullptr) {
        m_dialog->activateWindow();
    } else {
        KX11Extras::forceActiveWindow(m_dialog->winId());
        flushRequests();
    }
}

} // namespace Bulkhead
