// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonsettings.h"

#include "manager/client/adminclient.h"
#include "tests/manager/scriptedcore.h"

#include <QTest>

#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

/// What a qube's features make of its gui-daemon's command line.
class DaemonSettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void init()
    {
        m_core = std::make_unique<Test::ScriptedCore>();
        m_core->listen();
        m_client = std::make_unique<AdminClient>(m_core->path());
    }

    void clipboard_027_nothingSetIsNoOption()
    {
        QCOMPARE(read(), QStringList());
        QCOMPARE(m_core->requests.size(), 8);
    }

    void clipboard_027_ownFeatureGoesBeforeTheDefault()
    {
        set("gui-max-clipboard-size", "work", "1000");
        set("gui-default-max-clipboard-size", "dom0", "2000");
        set("gui-default-secure-copy-sequence", "dom0", "Mod4-c");
        set("gui-secure-paste-sequence", "work", "none");
        set("gui-events-max-delay", "work", "150");
        QCOMPARE(read(),
                 (QStringList{u"--secure-copy-sequence"_s,
                              u"Mod4-c"_s,
                              u"--secure-paste-sequence"_s,
                              u"none"_s,
                              u"--max-clipboard-size"_s,
                              u"1000"_s,
                              u"--events-max-delay"_s,
                              u"150"_s}));
    }

    void clipboard_027_sizesOutOfRangeAreNotUsed_data()
    {
        QTest::addColumn<QByteArray>("size");
        QTest::addColumn<bool>("used");
        QTest::newRow("least") << QByteArray("256") << true;
        QTest::newRow("less") << QByteArray("255") << false;
        QTest::newRow("most") << QByteArray("256000") << true;
        QTest::newRow("more") << QByteArray("256001") << false;
        QTest::newRow("negative") << QByteArray("-1") << false;
        QTest::newRow("no number") << QByteArray("much") << false;
    }

    void clipboard_027_sizesOutOfRangeAreNotUsed()
    {
        QFETCH(QByteArray, size);
        QFETCH(bool, used);
        QCOMPARE(daemonOption(u"--max-clipboard-size"_s, size).size(), used ? 2 : 0);
    }

    void gui_118_delaysOutOfRangeAreNotUsed()
    {
        QCOMPARE(daemonOption(u"--events-max-delay"_s, "0").size(), 2);
        QCOMPARE(daemonOption(u"--events-max-delay"_s, "5000").size(), 2);
        for (const char *const value : {"5001", "-1", "x", "1.5"}) {
            QCOMPARE(daemonOption(u"--events-max-delay"_s, value), QStringList());
        }
    }

    void endlessSequenceIsNotUsed()
    {
        QCOMPARE(daemonOption(u"--secure-copy-sequence"_s, QByteArray(101, 'x')), QStringList());
    }

private:
    void set(const QByteArray &feature, const QByteArray &qube, const QByteArray &value)
    {
        m_core->answer("admin.vm.feature.Get+" + feature + ">" + qube, Test::success(value));
    }

    QStringList read()
    {
        DaemonSettings settings(m_client.get());
        std::optional<QStringList> found;
        settings.read(u"work"_s, this, [&found](const QStringList &arguments) {
            found = arguments;
        });
        [[maybe_unused]] const bool isThere = QTest::qWaitFor([&found] {
            return found.has_value();
        });
        return found.value_or(QStringList{u"no answer"_s});
    }

    std::unique_ptr<Test::ScriptedCore> m_core;
    std::unique_ptr<AdminClient> m_client;
};

QTEST_GUILESS_MAIN(DaemonSettingsTest)
#include "daemonsettingstest.moc"
