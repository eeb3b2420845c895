// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/prompt/inputgate.h"

#include <QApplication>
#include <QKeyEvent>
#include <QWidget>
#include <QWindow>

#include <algorithm>
#include <array>

namespace Bulkhead
{

namespace
{

/// Between two looks at the clock while the wait runs.
constexpr std::chrono::milliseconds Tick{40};
/// The same while it does not even run.
constexpr std::chrono::milliseconds SlowTick{250};

constexpr std::array Activating{Qt::Key_Return, Qt::Key_Enter, Qt::Key_Space, Qt::Key_Escape, Qt::Key_Select};
constexpr std::array Modifiers{
    Qt::Key_Shift, Qt::Key_Control, Qt::Key_Alt, Qt::Key_AltGr, Qt::Key_Meta, Qt::Key_Super_L, Qt::Key_Super_R};

bool isInput(QEvent::Type type)
{
    switch (type) {
    case QEvent::KeyPress:
    case QEvent::KeyRelease:
    case QEvent::ShortcutOverride:
    case QEvent::Shortcut:
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonRelease:
    case QEvent::MouseButtonDblClick:
    case QEvent::Wheel:
    case QEvent::TouchBegin:
    case QEvent::TouchUpdate:
    case QEvent::TouchEnd:
    case QEvent::TabletPress:
    case QEvent::TabletRelease:
    case QEvent::ContextMenu:
    case QEvent::InputMethod:
        return true;
    default: // Qt's own list has hundreds
        return false;
    }
}

/// Something went down, by the person's hand.
bool isPress(const QEvent &event)
{
    switch (event.type()) {
    case QEvent::KeyPress:
    case QEvent::ShortcutOverride:
        return !std::ranges::contains(Modifiers, static_cast<Qt::Key>(static_cast<const QKeyEvent &>(event).key()));
    case QEvent::MouseButtonPress:
    case QEvent::MouseButtonDblClick:
    case QEvent::TouchBegin:
    case QEvent::TabletPress:
        return true;
    default:
        return false;
    }
}

/// A key that is held down presses nothing.
bool isRepeatedPress(const QEvent &event)
{
    if (event.type() != QEvent::KeyPress && event.type() != QEvent::KeyRelease) {
        return false;
    }
    const auto &key = static_cast<const QKeyEvent &>(event);
    return key.isAutoRepeat() && std::ranges::contains(Activating, static_cast<Qt::Key>(key.key()));
}

} // namespace

InputGate::InputGate(const Clock &clock, QWidget *window)
    : m_clock(clock)
    , m_window(window)
{
    m_turn.setSingleShot(true);
    connect(&m_tick, &QTimer::timeout, this, &InputGate::look);
    connect(&m_turn, &QTimer::timeout, this, &InputGate::openNow);
    qApp->installEventFilter(this); // what a widget of the window gets, and what the window itself gets
}

void InputGate::setCovered(bool isCovered)
{
    m_guard.setCovered(isCovered, m_clock.now());
    look();
}

void InputGate::restart()
{
    m_guard.restart(m_clock.now());
    look();
}

bool InputGate::isOpen() const
{
    return m_isOpen && m_guard.isOpen(m_clock.now());
}

/// A window that is hidden and comes back at once may get the focus again without the toolkit calling it the active
/// one: what it was told of the focus counts, too.
bool InputGate::isFocused() const
{
    const QWindow *const shown = m_window->windowHandle();
    return m_window->isActiveWindow() || (shown != nullptr && QGuiApplication::focusWindow() == shown);
}

bool InputGate::isRunning() const
{
    return m_guard.isRunning();
}

double InputGate::progress() const
{
    return m_guard.progress(m_clock.now());
}

void InputGate::look()
{
    const TimePoint now = m_clock.now();
    // Beside the events: what a window system does not tell when a window comes back counts, too.
    m_guard.setShown(m_window->isVisible(), now);
    m_guard.setFocused(isFocused(), now);
    const bool isWaitOver = m_guard.isOpen(now);
    m_isOpen = m_isOpen && isWaitOver;
    if (!isWaitOver) {
        m_turn.stop();
    } else if (!m_isOpen && !m_turn.isActive()) {
        m_turn.start(0);
    }
    if (!m_window->isVisible() || isWaitOver) {
        m_tick.stop();
    } else if (const auto tick = isRunning() ? Tick : SlowTick;
               !m_tick.isActive() || m_tick.intervalAsDuration() != tick) {
        m_tick.start(tick);
    }
    Q_EMIT looked();
}

void InputGate::openNow()
{
    m_isOpen = true;
    look(); // closes it again if something came
}

bool InputGate::isOurs(const QObject *watched) const
{
    if (watched->isWidgetType()) {
        return static_cast<const QWidget *>(watched)->window() == m_window;
    }
    return watched == m_window->windowHandle();
}

bool InputGate::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_window) {
        onWindowEvent(event->type());
    }
    if (!isInput(event->type()) || !isOurs(watched)) {
        return QObject::eventFilter(watched, event);
    }
    if (!isOpen()) {
        if (isPress(*event)) {
            m_isOpen = false;
            m_guard.restart(m_clock.now());
        }
        look();
        return true;
    }
    return isRepeatedPress(*event) || QObject::eventFilter(watched, event);
}

void InputGate::onWindowEvent(QEvent::Type type)
{
    const TimePoint now = m_clock.now();
    switch (type) {
    case QEvent::Show:
        m_guard.setShown(true, now);
        break;
    case QEvent::Hide:
        m_guard.setShown(false, now);
        break;
    case QEvent::ActivationChange:
        m_guard.setFocused(isFocused(), now);
        break;
    case QEvent::Move:
    case QEvent::Resize:
        m_guard.restart(now);
        break;
    default: // nothing that it has to do with
        return;
    }
    look();
}

} // namespace Bulkhead
