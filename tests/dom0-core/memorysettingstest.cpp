// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/memory/settingsfile.h"

#include <QTemporaryDir>
#include <QTest>

#include <fstream>

using namespace Bulkhead::Memory;

class MemorySettingsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void file_thatIsNotThereChangesNothing();
    void file_isRead();
    void values_thatAreNoneStayAsTheyAre_data();
    void values_thatAreNoneStayAsTheyAre();

private:
    [[nodiscard]] std::string write(const QByteArray &text) const
    {
        const auto path = m_directory.filePath(QStringLiteral("qmemman.conf")).toStdString();
        std::ofstream(path) << text.toStdString();
        return path;
    }

    QTemporaryDir m_directory;
};

void MemorySettingsTest::file_thatIsNotThereChangesNothing()
{
    const auto settings = readSettings("/nonexistent/qmemman.conf");
    QCOMPARE(settings.leastPreferred, 200 * MiB);
    QCOMPARE(settings.dom0Boost, 350 * MiB);
    QCOMPARE(settings.cacheFactor, 1.3);
}

void MemorySettingsTest::file_isRead()
{
    const auto settings = readSettings(write("[global]\n# the least\nvm-min-mem = 256MiB\ndom0-mem-boost = 1GiB\n"
                                             "cache-margin-factor = 1.5\nlog-level = 10\n"));
    QCOMPARE(settings.leastPreferred, 256 * MiB);
    QCOMPARE(settings.dom0Boost, 1024 * MiB);
    QCOMPARE(settings.cacheFactor, 1.5);
}

void MemorySettingsTest::values_thatAreNoneStayAsTheyAre_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::newRow("no number") << QByteArray("vm-min-mem = much");
    QTest::newRow("a unit that is none") << QByteArray("vm-min-mem = 5 parsecs");
    QTest::newRow("too much") << QByteArray("vm-min-mem = 99999999999GiB");
    QTest::newRow("negative") << QByteArray("vm-min-mem = -5MiB");
    QTest::newRow("a factor below one") << QByteArray("cache-margin-factor = 0.5");
    QTest::newRow("a factor that is none") << QByteArray("cache-margin-factor = nan");
    QTest::newRow("another section") << QByteArray("[other]\nvm-min-mem = 5MiB");
}

void MemorySettingsTest::values_thatAreNoneStayAsTheyAre()
{
    QFETCH(const QByteArray, line);
    const auto settings = readSettings(write("[global]\n" + line + "\n"));
    QCOMPARE(settings.leastPreferred, 200 * MiB);
    QCOMPARE(settings.cacheFactor, 1.3);
}

QTEST_GUILESS_MAIN(MemorySettingsTest)
#include "memorysettingstest.moc"
