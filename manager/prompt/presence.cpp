// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/presence.h"

#include "manager/prompt/prompt.h"
#include "manager/prompt/promptdialog.h"
#include "manager/prompt/x11/screenwatch.h"

#include <KWindowSystem>
#include <KX11Extras>
#include <QDBusConnection>
#include <QLoggingCategory>

#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(presenceLog, "bulkhead.prompt.presence", QtInfoMsg)

} // namespace

Presence::Presence(Prompt *prompt, PromptDialog *dialog, QObject *parent)
    : QObject(parent)
    , m_prompt(prompt)
    , m_dialog(dialog)
{
    dialog->setAttribute(Qt::WA_ShowWithoutActivating);
    connect(prompt, &Prompt::appeared, this, &Presence::onAppeared);
    connect(prompt, &Prompt::disappeared, this, &Presence::onDisappeared);
    if (KWindowSystem::isPlatformX11()) {
        auto watch = ScreenWatch::create();
        if (watch) {
            m_watch = *std::move(watch);
            connect(m_watch.get(), &ScreenWatch::coveredChanged, dialog, &PromptDialog::setCovered);
            connect(m_watch.get(), &ScreenWatch::raiseWanted, dialog, &QWidget::raise);
            connect(m_watch.get(), &ScreenWatch::quiet, this, &Presence::takeFocus);
        } else {
            qCWarning(presenceLog, "what lies over a question is not seen: %s", watch.error().text().c_str());
        }
    }
    watchLock();
}

Presence::~Presence() = default;

void Presence::watchLock()
{
    // The desktop's own word; without a bus nothing locks.
    QDBusConnection::sessionBus().connect(u"org.freedesktop.ScreenSaver"_s,
                                          u"/org/freedesktop/ScreenSaver"_s,
                                          u"org.freedesktop.ScreenSaver"_s,
                                          u"ActiveChanged"_s,
                                          this,
                                          SLOT(onLockChanged(bool)));
}

void Presence::onLockChanged(bool isLocked)
{
    m_prompt->setLocked(isLocked);
}

void Presence::onAppeared()
{
    if (m_watch == nullptr) {
        m_dialog->activateWindow();
        return;
    }
    KX11Extras::setOnAllDesktops(m_dialog->winId(), true);
    m_watch->watch(static_cast<xcb_window_t>(m_dialog->winId()));
    m_dialog->raise();
    if (!m_dialog->isActiveWindow()) {
        m_watch->waitForQuiet();
    }
}

void Presence::onDisappeared()
{
    if (m_watch != nullptr) {
        m_watch->watch(XCB_WINDOW_NONE);
    }
}

void Presence::takeFocus()
{
    if (m_dialog->isVisible() && !m_dialog->isActiveWindow()) {
        KX11Extras::forceActiveWindow(m_dialog->winId());
    }
}

} // namespace Bulkhead
