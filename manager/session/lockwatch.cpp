// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/lockwatch.h"

#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QDBusVariant>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr auto lockerService = "org.freedesktop.ScreenSaver"_L1;
constexpr auto lockerPath = "/org/freedesktop/ScreenSaver"_L1;
constexpr auto logindService = "org.freedesktop.login1"_L1;
constexpr auto logindPath = "/org/freedesktop/login1"_L1;
constexpr auto logindSessionInterface = "org.freedesktop.login1.Session"_L1;
constexpr auto propertiesInterface = "org.freedesktop.DBus.Properties"_L1;
constexpr auto lockedHint = "LockedHint"_L1;

/// Calls without waiting; `done` gets an answer that is none of an error.
template<typename T, typename Done>
void ask(const QDBusConnection &bus, const QDBusMessage &question, QObject *context, Done done)
{
    auto *const watcher = new QDBusPendingCallWatcher(bus.asyncCall(question), context);
    QObject::connect(watcher,
                     &QDBusPendingCallWatcher::finished,
                     context,
                     [done = std::move(done)](QDBusPendingCallWatcher *finished) {
                         const QDBusPendingReply<T> reply = *finished;
                         if (!reply.isError()) {
                             done(reply.value());
                         }
                         finished->deleteLater();
                     });
} // NOLINT(clang-analyzer-cplusplus.NewDeleteLeaks): its parent owns the watcher, until it is done

} // namespace

LockWatch::LockWatch(const QDBusConnection &session, const QDBusConnection &system, QObject *parent)
    : QObject(parent)
    , m_sessionBus(session)
    , m_systemBus(system)
    , m_lockers(lockerService, session, QDBusServiceWatcher::WatchForRegistration)
{
    // Lockers differ in the path.
    m_sessionBus.connect(lockerService, {}, lockerService, u"ActiveChanged"_s, this, SLOT(onLockerChanged(bool)));
    connect(&m_lockers, &QDBusServiceWatcher::serviceRegistered, this, &LockWatch::askLocker);
    askLocker();
    findLogindSession();
}

std::optional<bool> LockWatch::isLocked() const
{
    if (!m_locker && !m_logind) {
        return std::nullopt;
    }
    return m_locker.value_or(false) || m_logind.value_or(false);
}

void LockWatch::askLocker()
{
    ask<bool>(m_sessionBus,
              QDBusMessage::createMethodCall(lockerService, lockerPath, lockerService, u"GetActive"_s),
              this,
              [this](bool isActive) {
                  onLockerChanged(isActive);
              });
}

void LockWatch::findLogindSession()
{
    QDBusMessage question =
        QDBusMessage::createMethodCall(logindService, logindPath, u"org.freedesktop.login1.Manager"_s, u"GetSession"_s);
    question.setArguments({u"auto"_s});
    ask<QDBusObjectPath>(m_systemBus, question, this, [this](const QDBusObjectPath &path) {
        m_logindSession = path.path();
        m_systemBus.connect(logindService,
                            m_logindSession,
                            propertiesInterface,
                            u"PropertiesChanged"_s,
                            this,
                            SLOT(onLogindChanged(QString, QVariantMap, QStringList)));
        askLogind();
    });
}

void LockWatch::askLogind()
{
    QDBusMessage question =
        QDBusMessage::createMethodCall(logindService, m_logindSession, propertiesInterface, u"Get"_s);
    question.setArguments({QString(logindSessionInterface), QString(lockedHint)});
    ask<QDBusVariant>(m_systemBus, question, this, [this](const QDBusVariant &value) {
        take(m_logind, value.variant().toBool());
    });
}

void LockWatch::onLockerChanged(bool isActive)
{
    take(m_locker, isActive);
}

void LockWatch::onLogindChanged(const QString &interface, const QVariantMap &values, const QStringList &invalidated)
{
    if (interface != logindSessionInterface) {
        return;
    }
    if (const auto hint = values.constFind(lockedHint); hint != values.constEnd()) {
        take(m_logind, hint->toBool());
    } else if (invalidated.contains(lockedHint)) {
        askLogind();
    }
}

void LockWatch::take(std::optional<bool> &place, bool isLocked)
{
    const auto before = this->isLocked();
    place = isLocked;
    if (const auto now = this->isLocked(); now && now != before) {
        Q_EMIT changed(*now);
    }
}

} // namespace Bulkhead
