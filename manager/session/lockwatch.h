// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QDBusConnection>
#include <QDBusServiceWatcher>
#include <QObject>
#include <QVariantMap>

#include <optional>

namespace Bulkhead
{

/// Knows whether the person's session is locked: it is when the desktop's locker says so (org.freedesktop.ScreenSaver)
/// or logind does (LockedHint). Who goes away has unlocked nothing: a session whose locker dies stays locked until one
/// says otherwise. Where neither is there, nothing is ever said.
class LockWatch : public QObject
{
    Q_OBJECT

public:
    /// @param session, system  the buses to ask on
    LockWatch(const QDBusConnection &session, const QDBusConnection &system, QObject *parent = nullptr);

    /// Nothing: nobody has said so far.
    [[nodiscard]] std::optional<bool> isLocked() const;

Q_SIGNALS:
    /// Also for the first word.
    void changed(bool isLocked);

private Q_SLOTS:
    void onLockerChanged(bool isActive);
    void onLogindChanged(const QString &interface, const QVariantMap &values, const QStringList &invalidated);
    void askLocker();
    void findLogindSession();
    void askLogind();

private: // NOLINT(readability-redundant-access-specifiers): no slots from here on
    void take(std::optional<bool> &place, bool isLocked);

    QDBusConnection m_sessionBus;
    QDBusConnection m_systemBus;
    QDBusServiceWatcher m_lockers;
    QString m_logindSession; ///< its object's path
    std::optional<bool> m_locker;
    std::optional<bool> m_logind;
};

} // namespace Bulkhead
