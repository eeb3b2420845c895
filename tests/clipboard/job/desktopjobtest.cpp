// SPDX-License-Identifier: GPL-2.0-or-later
// The command that copies and the program that shows it in a desktop, which the test plays on a bus of its own.
#include "tests/clipboard/files/filerig.h"

#include <QDBusConnection>
#include <QDBusObjectPath>
#include <QFileInfo>
#include <QProcess>
#include <QTest>

#include <algorithm>
#include <memory>

using namespace Bulkhead::Test;
using namespace Qt::StringLiterals;

namespace
{

constexpr int UserDefinedError = 100; // KJob's

} // namespace

/// Plasma's job, as the desktop would show it.
class PlayedView : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.JobViewV3")

public:
    QVariantMap shown;
    QList<qulonglong> bytes; ///< as they were told
    int error = -1;          ///< -1: it has not ended
    QString words;

public Q_SLOTS:

    void update(const QVariantMap &properties) // NOLINT(readability-identifier-naming): the desktop's name
    {
        shown = properties;
        bytes << properties.value(u"processedBytes"_s).toULongLong();
    }

    void terminate(uint code, const QString &text, const QVariantMap & /*hints*/)
    {
        error = static_cast<int>(code);
        words = text;
    }

Q_SIGNALS:
    void cancelRequested();
};

class PlayedServer : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.kde.JobViewServerV2")

public:
    QString entry;
    int capabilities = 0;
    QVariantMap hints;

public Q_SLOTS:

    QDBusObjectPath requestView(const QString &desktopEntry, int wanted, const QVariantMap &told)
    {
        entry = desktopEntry;
        capabilities = wanted;
        hints = told;
        return QDBusObjectPath(u"/JobViewServer/JobView_1"_s);
    }
};

class PlayedNotifications : public QObject
{
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")

public:
    QString title;
    QString body;
    QStringList actions;
    QList<int> values; ///< of the bar
    int closed = 0;

public Q_SLOTS:

    uint Notify(const QString & /*program*/, // NOLINT(readability-identifier-naming): the desktop's name
                uint replaces,
                const QString & /*icon*/,
                const QString &summary,
                const QString &text,
                const QStringList &offered,
                const QVariantMap &hints,
                int /*expires*/)
    {
        title = summary;
        body = text;
        actions = offered;
        if (hints.contains(u"value"_s)) {
            values << hints.value(u"value"_s).toInt();
        }
        return replaces == 0 ? 7 : replaces;
    }

    void CloseNotification(uint number) // NOLINT(readability-identifier-naming): the same
    {
        closed += number == 7 ? 1 : 0;
    }

Q_SIGNALS:
    void ActionInvoked(uint number, const QString &key); // NOLINT(readability-identifier-naming): the same
};

class DesktopJobTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void plasma_showsTheJobToItsEnd();
    void plasma_cancelsIt();
    void plasma_hearsWhyItFailed();
    void otherDesktops_showANotification();
    void otherDesktops_cancelThere();
    void quickCopy_isNotShown();
    void desktopThatShowsNothing_changesNothing();
    void jobThatDies_changesNothing();
    void numbersForAnother_areNoJob();

private:
    void playPlasma();
    void playNotifications();
    [[nodiscard]] std::unique_ptr<QProcess> copy(const QByteArrayList &arguments = {}) const;
    /// Lets the call go on.
    void go() const;

    std::unique_ptr<QProcess> m_bus;
    QString m_address;
    std::unique_ptr<QDBusConnection> m_connection;
    std::unique_ptr<FileRig> m_rig;
    PlayedServer m_server;
    std::unique_ptr<PlayedView> m_view;
    std::unique_ptr<PlayedNotifications> m_notifications;
};

void DesktopJobTest::init()
{
    m_rig = std::make_unique<FileRig>();
    m_view = std::make_unique<PlayedView>();
    m_notifications = std::make_unique<PlayedNotifications>();
    m_bus = std::make_unique<QProcess>();
    m_bus->start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address=1"_s});
    QVERIFY(m_bus->waitForReadyRead(LongestMs));
    m_address = QString::fromLocal8Bit(m_bus->readLine().trimmed());
    m_connection = std::make_unique<QDBusConnection>(QDBusConnection::connectToBus(m_address, u"desktop"_s));
    QVERIFY(m_connection->isConnected());
    FileRig::write(m_rig->source("f"), QByteArray(31'000'000, 'x'));
    // The first 20 MB, and the rest when it is told to.
    m_rig->setCall("head -c 20000000 >\"$RIG/part\"; : >\"$RIG/begun\"; until [ -e \"$RIG/go\" ]; do sleep 0.01; done\n"
                   "{ cat \"$RIG/part\"; cat; } | receive\n");
}

void DesktopJobTest::cleanup()
{
    m_connection.reset();
    QDBusConnection::disconnectFromBus(u"desktop"_s);
    m_bus->terminate();
    QVERIFY(m_bus->waitForFinished(LongestMs));
    m_rig.reset();
}

void DesktopJobTest::playPlasma()
{
    QVERIFY(m_connection->registerObject(u"/JobViewServer"_s, &m_server, QDBusConnection::ExportAllSlots));
    QVERIFY(m_connection->registerObject(u"/JobViewServer/JobView_1"_s,
                                         m_view.get(),
                                         QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(m_connection->registerService(u"org.kde.JobViewServer"_s));
}

void DesktopJobTest::playNotifications()
{
    QVERIFY(m_connection->registerObject(u"/org/freedesktop/Notifications"_s,
                                         m_notifications.get(),
                                         QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals));
    QVERIFY(m_connection->registerService(u"org.freedesktop.Notifications"_s));
}

std::unique_ptr<QProcess> DesktopJobTest::copy(const QByteArrayList &arguments) const
{
    return m_rig->startSender(
        "qvm-copy",
        arguments + QByteArrayList{"f"},
        {"DBUS_SESSION_BUS_ADDRESS=" + m_address.toLocal8Bit(), "BULKHEAD_COPY_JOB=" BULKHEAD_COPY_JOB});
}

void DesktopJobTest::go() const
{
    FileRig::write(m_rig->path("go"), "");
}

void DesktopJobTest::plasma_showsTheJobToItsEnd()
{
    playPlasma();
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return !m_view->bytes.isEmpty() && m_view->bytes.last() >= 15'000'000;
    }));
    QCOMPARE(m_server.entry, u"bulkhead-open"_s);
    QCOMPARE(m_server.capabilities, 1); // can be cancelled
    QCOMPARE(m_view->shown.value(u"title"_s).toString(), u"Copying 1 file"_s);
    QCOMPARE(m_view->shown.value(u"descriptionValue1"_s).toString(), u"the qube that you choose"_s);
    QCOMPARE(m_view->shown.value(u"totalBytes"_s).toULongLong(), 31'000'000ULL);
    QCOMPARE(m_view->shown.value(u"percent"_s).toULongLong(), m_view->bytes.last() * 100 / 31'000'000);
    QCOMPARE(m_view->error, -1);
    go();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning && m_view->error >= 0;
    }));
    QCOMPARE(sender->exitCode(), 0);
    QCOMPARE(m_view->error, 0);
    QVERIFY(std::ranges::is_sorted(m_view->bytes));
    QCOMPARE(QFileInfo(m_rig->received("f")).size(), 31'000'000);
}

void DesktopJobTest::plasma_cancelsIt()
{
    playPlasma();
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return !m_view->bytes.isEmpty() && m_view->bytes.last() >= 15'000'000;
    }));
    Q_EMIT m_view->cancelRequested(); // while nothing goes on
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning && m_view->error >= 0;
    }));
    QCOMPARE(sender->exitCode(), 32);
    QCOMPARE(sender->readAllStandardError(), QByteArray("cancelled\n"));
    QCOMPARE(m_view->words, u"cancelled"_s);
    go();
    QVERIFY(eventually([&] {
        return m_rig->stagingNames().isEmpty();
    }));
    QVERIFY(!QFile::exists(m_rig->received("f")));
}

void DesktopJobTest::plasma_hearsWhyItFailed()
{
    playPlasma();
    m_rig->setCall("head -c 20000000 >/dev/null; until [ -e \"$RIG/go\" ]; do sleep 0.01; done; exit 126\n");
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return !m_view->bytes.isEmpty();
    }));
    go();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning && m_view->error >= 0;
    }));
    QCOMPARE(sender->exitCode(), 126);
    QCOMPARE(m_view->error, UserDefinedError);
    QCOMPARE(m_view->words, u"the call was refused: by the policy, or by who was asked"_s);
}

void DesktopJobTest::otherDesktops_showANotification()
{
    playNotifications();
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return !m_notifications->values.isEmpty() && m_notifications->values.last() >= 48;
    }));
    QCOMPARE(m_notifications->title, u"Copying 1 file"_s);
    QCOMPARE(m_notifications->body, u"To the qube that you choose"_s);
    QCOMPARE(m_notifications->actions, (QStringList{u"cancel"_s, u"Cancel"_s}));
    go();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning && m_notifications->closed == 1;
    }));
    QCOMPARE(sender->exitCode(), 0);
}

void DesktopJobTest::otherDesktops_cancelThere()
{
    playNotifications();
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return !m_notifications->values.isEmpty() && m_notifications->values.last() >= 48;
    }));
    Q_EMIT m_notifications->ActionInvoked(8, u"cancel"_s); // of another program's
    Q_EMIT m_notifications->ActionInvoked(7, u"default"_s);
    Q_EMIT m_notifications->ActionInvoked(7, u"cancel"_s);
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning;
    }));
    QCOMPARE(sender->exitCode(), 32);
    QVERIFY(eventually([&] {
        return m_notifications->body == u"cancelled"_s;
    }));
    QVERIFY(m_notifications->actions.isEmpty());
}

void DesktopJobTest::quickCopy_isNotShown()
{
    playPlasma();
    playNotifications();
    m_rig->setCall("receive\n");
    FileRig::write(m_rig->source("f"), "abc");
    const auto sender = copy();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning;
    }));
    QCOMPARE(sender->exitCode(), 0);
    QVERIFY(m_view->bytes.isEmpty());
    QVERIFY(m_notifications->title.isEmpty());
}

void DesktopJobTest::desktopThatShowsNothing_changesNothing()
{
    const auto sender = copy();
    go();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning;
    }));
    QCOMPARE(sender->exitCode(), 0);
    QCOMPARE(sender->readAllStandardError(), QByteArray());
    QCOMPARE(QFileInfo(m_rig->received("f")).size(), 31'000'000);
}

void DesktopJobTest::jobThatDies_changesNothing()
{
    m_rig->addProgram("job", "#!/bin/sh\nexit 1\n");
    const auto sender = m_rig->startSender("qvm-copy",
                                           {"f"},
                                           {"DBUS_SESSION_BUS_ADDRESS=" + m_address.toLocal8Bit(),
                                            "BULKHEAD_COPY_JOB=" + m_rig->path("bin/job").toLocal8Bit()});
    go();
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning;
    }));
    QCOMPARE(sender->exitCode(), 0);
    QCOMPARE(QFileInfo(m_rig->received("f")).size(), 31'000'000);
}

void DesktopJobTest::numbersForAnother_areNoJob()
{
    m_rig->addProgram("job", "#!/bin/sh\n: >\"$RIG/started\"\n");
    m_rig->setCall("receive\n");
    const auto sender = m_rig->startSender("qvm-copy",
                                           {"--progress-fd=1", "f"},
                                           {"DBUS_SESSION_BUS_ADDRESS=" + m_address.toLocal8Bit(),
                                            "BULKHEAD_COPY_JOB=" + m_rig->path("bin/job").toLocal8Bit()});
    QVERIFY(eventually([&] {
        return sender->state() == QProcess::NotRunning;
    }));
    QVERIFY(!QFile::exists(m_rig->path("started")));
}

QTEST_GUILESS_MAIN(DesktopJobTest)

#include "desktopjobtest.moc"
