// SPDX-License-Identifier: GPL-2.0-or-later
#include "gui-daemon/identity.h"

#include "gui-daemon/strip.h"

#include <QTemporaryFile>
#include <QTest>

using namespace Bulkhead;

namespace
{

using Arguments = QList<QByteArray>;

const Arguments Complete{"--name", "work", "--domid", "5", "--label-index", "1", "--label-color", "0xcc0000"};

Result<Options> parse(const Arguments &arguments)
{
    std::vector<const char *> raw;
    for (const QByteArray &argument : arguments) {
        raw.push_back(argument.constData());
    }
    return parseOptions(raw);
}

Result<StripPicture> readPicture(const QByteArray &content)
{
    QTemporaryFile file;
    if (!file.open() || file.write(content) != content.size() || !file.seek(0)) {
        return fail(Errc::Io, "no file");
    }
    return readStrip(file.handle());
}

} // namespace

class IdentityTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void completeIdentity_isTaken()
    {
        const auto options = parse(Complete + Arguments{"--demo", "--strip-fd", "9", "--transport", "memfd"});
        QVERIFY(options);
        QCOMPARE(options->identity.name.text(), std::string("work"));
        QCOMPARE(options->identity.domain, DomId{5});
        QCOMPARE(options->identity.labelIndex, 1U);
        QCOMPARE(options->identity.labelColor.rgb(), 0xCC0000U);
        QVERIFY(options->identity.demo);
        QCOMPARE(options->stripDescriptor, 9);
        QCOMPARE(options->transport, std::string("memfd"));
    }

    void everyPart_isMandatory()
    {
        for (qsizetype i = 0; i < Complete.size(); i += 2) {
            Arguments without = Complete;
            without.remove(i, 2);
            QVERIFY2(!parse(without), Complete[i].constData());
        }
    }

    void gui_154_malformedPart_isRefused_data()
    {
        QTest::addColumn<int>("index");
        QTest::addColumn<QByteArray>("value");
        QTest::newRow("name begins with a digit") << 1 << QByteArray("9a");
        QTest::newRow("name of a device model") << 1 << QByteArray("a-dm");
        QTest::newRow("none") << 1 << QByteArray("none");
        QTest::newRow("32 letters") << 1 << QByteArray(32, 'a');
        QTest::newRow("no name") << 1 << QByteArray();
        QTest::newRow("dom0's domid") << 3 << QByteArray("0");
        QTest::newRow("reserved domid") << 3 << QByteArray("32752");
        QTest::newRow("domid with rest") << 3 << QByteArray("5x");
        QTest::newRow("negative domid") << 3 << QByteArray("-5");
        QTest::newRow("label 0") << 5 << QByteArray("0");
        QTest::newRow("label 256") << 5 << QByteArray("256");
        QTest::newRow("colour by name") << 7 << QByteArray("red");
        QTest::newRow("short colour") << 7 << QByteArray("0xcc00");
    }

    void gui_154_malformedPart_isRefused()
    {
        QFETCH(int, index);
        QFETCH(QByteArray, value);
        Arguments arguments = Complete;
        arguments[index] = value;
        QVERIFY(!parse(arguments));
    }

    void unknownDoubleOrIncompleteOptions_areRefused()
    {
        QVERIFY(!parse(Complete + Arguments{"--frame", "off"}));
        QVERIFY(!parse(Complete + Arguments{"--name", "other"}));
        QVERIFY(!parse(Complete + Arguments{"--transport"}));
        QVERIFY(!parse(Complete + Arguments{"more"}));
    }

    void gui_118_delay_isANumberOfMilliseconds()
    {
        QCOMPARE(parse(Complete)->eventsMaxDelay.count(), 0);
        QCOMPARE(parse(Complete + Arguments{"--events-max-delay", "5000"})->eventsMaxDelay.count(), 5000);
        for (const char *const value : {"5001", "-1", "1s", ""}) {
            QVERIFY(!parse(Complete + Arguments{"--events-max-delay", value}));
        }
    }

    void strip_isReadWhole()
    {
        const QByteArray head = QByteArray::fromHex("0200000001000000");
        const auto strip = readPicture(head + QByteArray(8, 'x'));
        QVERIFY(strip);
        QCOMPARE(strip->size, (Size{2, 1}));
        QCOMPARE(strip->pixels.size(), 8U);
        QVERIFY(!readPicture(head + QByteArray(7, 'x')));
        QVERIFY(!readPicture(head + QByteArray(9, 'x')));
        QVERIFY(!readPicture(head.first(7)));
        QVERIFY(!readPicture(QByteArray::fromHex("01080000 01000000") + QByteArray(qsizetype{0x801} * 4, 'x')));
    }
};

QTEST_GUILESS_MAIN(IdentityTest)
#include "identitytest.moc"
