// SPDX-License-Identifier: GPL-2.0-or-later
// On a bus of the test's own, with a locker and a logind that the test plays.
#include "manager/session/lockwatch.h"

#include "base/error.h"

#include <QDBusConnectionInterface>
#include <QDBusMessage>
#include <QDBusObjectPath>
#include <QProcess>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

constexpr int LongestMs = 20000;

/// What a desktop's locker offers.
class Locker : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.ScreenSaver")

public:
    explicit Locker(bool isActive)
        : m_isActive(isActive)
    {
    }

    void setActive(bool isActive)
    {
        m_isActive = isActive;
        Q_EMIT ActiveChanged(isActive);
    }

public Q_SLOTS:

    // NOLINTNEXTLINE(readability-identifier-naming): the bus's names
    [[nodiscard]] bool GetActive() const
    {
        return m_isActive;
    }

Q_SIGNALS:
    void ActiveChanged(bool isActive);

private:
    bool m_isActive;
};

/// logind, as far as a session's hint goes.
class LoginManager : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Manager")

public Q_SLOTS:

    // NOLINTNEXTLINE(readability-identifier-naming)
    [[nodiscard]] QDBusObjectPath GetSession(const QString &name) const
    {
        return QDBusObjectPath(name == u"auto"_s ? u"/org/freedesktop/login1/session/_31"_s : u"/"_s);
    }
};

class LoginSession : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.login1.Session")
    Q_PROPERTY(bool LockedHint MEMBER m_isLocked)

public:
    explicit LoginSession(bool isLocked)
        : m_isLocked(isLocked)
    {
    }

    /// As logind does it: what changed goes with the signal.
    void setLocked(const QDBusConnection &bus, bool isLocked)
    {
        m_isLocked = isLocked;
        QDBusMessage signal = QDBusMessage::createSignal(
            u"/org/freedesktop/login1/session/_31"_s, u"org.freedesktop.DBus.Properties"_s, u"PropertiesChanged"_s);
        signal.setArguments(
            {u"org.freedesktop.login1.Session"_s, QVariantMap{{u"LockedHint"_s, isLocked}}, QStringList()});
        QVERIFY(bus.send(signal));
    }

private:
    bool m_isLocked;
};

} // namespace

class LockWatchTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_daemon = std::make_unique<QProcess>();
        m_daemon->start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address=1"_s});
        QVERIFY(m_daemon->waitForReadyRead(LongestMs));
        m_address = QString::fromLatin1(m_daemon->readLine()).trimmed();
    }

    void cleanup()
    {
        m_daemon->kill();
        m_daemon->waitForFinished();
        m_daemon.reset();
    }

    void nobodyThere_nothingIsSaid()
    {
        const LockWatch watch(connectAs(u"watch"_s), connectAs(u"watch"_s));
        // The bus answers in order: when it has answered us, it has answered the watch.
        QVERIFY(connectAs(u"watch"_s).interface()->isServiceRegistered(u"org.freedesktop.DBus"_s));
        QVERIFY(!watch.isLocked());
    }

    void S_076_lockersWord_counts()
    {
        Locker locker(false);
        const QDBusConnection theirs =
            offer(&locker, u"/org/freedesktop/ScreenSaver"_s, u"org.freedesktop.ScreenSaver"_s);
        LockWatch watch(connectAs(u"watch"_s), connectAs(u"other"_s));
        const QSignalSpy changes(&watch, &LockWatch::changed);
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(false), LongestMs);
        locker.setActive(true);
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(true), LongestMs);
        locker.setActive(false);
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(false), LongestMs);
        QCOMPARE(changes.size(), 3);
    }

    void S_077_lockerThatDies_hasUnlockedNothing()
    {
        LockWatch watch(connectAs(u"watch"_s), connectAs(u"other"_s));
        const QSignalSpy changes(&watch, &LockWatch::changed);
        {
            Locker locker(true);
            const QDBusConnection theirs =
                offer(&locker, u"/org/freedesktop/ScreenSaver"_s, u"org.freedesktop.ScreenSaver"_s);
            QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(true), LongestMs);
            QDBusConnection::disconnectFromBus(theirs.name());
        }
        QTRY_VERIFY_WITH_TIMEOUT(!isRegistered(u"org.freedesktop.ScreenSaver"_s), LongestMs);
        QCOMPARE(watch.isLocked(), std::optional(true));
        // The next one is asked, and its word counts.
        Locker next(false);
        const QDBusConnection theirs =
            offer(&next, u"/org/freedesktop/ScreenSaver"_s, u"org.freedesktop.ScreenSaver"_s);
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(false), LongestMs);
        QCOMPARE(changes.size(), 2);
    }

    void S_077_logindsWord_countsToo()
    {
        LoginManager manager;
        LoginSession session(false);
        const QDBusConnection theirs = offer(&manager, u"/org/freedesktop/login1"_s, u"org.freedesktop.login1"_s);
        QVERIFY(QDBusConnection(theirs).registerObject(
            u"/org/freedesktop/login1/session/_31"_s, &session, QDBusConnection::ExportAllProperties));
        Locker locker(false);
        const QDBusConnection lockers =
            offer(&locker, u"/org/freedesktop/ScreenSaver"_s, u"org.freedesktop.ScreenSaver"_s);
        LockWatch watch(connectAs(u"watch"_s), connectAs(u"watch"_s));
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(false), LongestMs);
        // The first word may have come before logind was heard of.
        QTRY_VERIFY_WITH_TIMEOUT((session.setLocked(theirs, true), watch.isLocked() == std::optional(true)), LongestMs);
        locker.setActive(true);
        locker.setActive(false); // the locker alone does not say that it is over
        QVERIFY(isRegistered(u"org.freedesktop.ScreenSaver"_s));
        QCoreApplication::processEvents();
        QCOMPARE(watch.isLocked(), std::optional(true));
        session.setLocked(theirs, false);
        QTRY_COMPARE_WITH_TIMEOUT(watch.isLocked(), std::optional(false), LongestMs);
    }

private:
    [[nodiscard]] QDBusConnection connectAs(const QString &name) const
    {
        return QDBusConnection::connectToBus(m_address, m_address + name);
    }

    /// An object on a connection of its own, under the service's name.
    QDBusConnection offer(QObject *object, const QString &path, const QString &service)
    {
        QDBusConnection bus = connectAs(service + QString::number(++m_offers));
        BH_ASSERT(
            bus.registerObject(path, object, QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
        BH_ASSERT(bus.registerService(service));
        return bus;
    }

    [[nodiscard]] bool isRegistered(const QString &service) const
    {
        return connectAs(u"asks"_s).interface()->isServiceRegistered(service);
    }

    std::unique_ptr<QProcess> m_daemon;
    QString m_address;
    int m_offers = 0;
};

QTEST_GUILESS_MAIN(LockWatchTest)
#include "lockwatchtest.moc"
