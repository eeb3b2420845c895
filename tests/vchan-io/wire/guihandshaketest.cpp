// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/guihandshake.h"

#include "tests/support/wirebody.h"

#include <QTest>

using namespace Bulkhead;
using Test::words;

class GuiHandshakeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void version_isMajorAndMinor();
    void gui_006_gui_007_gui_008_gui_009_negotiation_data();
    void gui_006_gui_007_gui_008_gui_009_negotiation();
    void S_021_otherMajorVersionsAreRefusedByBothNames();
    void gui_011_screenDescription_roundsUp();
    void gui_012_gui_013_agentTakesOnlyWhatItSpeaks_data();
    void gui_012_gui_013_agentTakesOnlyWhatItSpeaks();
    void anyScreenIsLegal();
    void handshake_acceptsOnlyWholeItems();
};

void GuiHandshakeTest::version_isMajorAndMinor()
{
    QCOMPARE(Gui::buildVersion(Gui::OwnVersion), Test::fromHex("08 00 01 00"));
}

void GuiHandshakeTest::gui_006_gui_007_gui_008_gui_009_negotiation_data()
{
    QTest::addColumn<quint32>("announced");
    QTest::addColumn<quint32>("negotiated");
    QTest::addColumn<bool>("isAnnouncedBack");

    for (quint32 minorNumber = 0; minorNumber <= 8; ++minorNumber) {
        QTest::addRow("1.%u", minorNumber)
            << (0x10000U | minorNumber) << (0x10000U | minorNumber) << (minorNumber >= 4);
    }
    QTest::newRow("newer by one") << 0x10009U << 0x10008U << true;
    QTest::newRow("newest there can be") << 0x1FFFFU << 0x10008U << true;
}

void GuiHandshakeTest::gui_006_gui_007_gui_008_gui_009_negotiation()
{
    QFETCH(const quint32, announced);
    QFETCH(const quint32, negotiated);
    QFETCH(const bool, isAnnouncedBack);

    const auto version = Gui::negotiate(words({announced}));
    QVERIFY(version);
    QCOMPARE(version->word(), negotiated);

    const auto screen = Gui::ScreenDescription::of({1366, 768}, 24);
    const auto description = Test::fromHex("58050000 00030000 18000000 09100000");
    const auto word = isAnnouncedBack ? words({negotiated}) : Test::Bytes{};
    QCOMPARE(Gui::buildAnswer(*version, screen), Test::joined({word, description}));
}

void GuiHandshakeTest::S_021_otherMajorVersionsAreRefusedByBothNames()
{
    for (const std::uint32_t word : {0x00000U, 0x00008U, 0x20000U, 0xFFFFFFFFU}) {
        const auto version = Gui::negotiate(words({word}));
        QVERIFY(!version);
        QCOMPARE(version.error().code, Errc::Unsupported);
        const std::string theirs = std::to_string(word >> 16) + "." + std::to_string(word & 0xFFFF);
        QVERIFY(version.error().detail.contains(theirs));
        QVERIFY(version.error().detail.contains("1.8"));
    }
}

void GuiHandshakeTest::gui_011_screenDescription_roundsUp()
{
    const auto screen = Gui::ScreenDescription::of({1921, 1080}, 24);
    QCOMPARE(screen.width, 1928U);
    QCOMPARE(screen.height, 1080U);
    QCOMPARE(screen.memoryKiB, 1928U * 1080U * 4U / 1024U + 1U);
    QCOMPARE(Gui::ScreenDescription::of({65535, 65535}, 24).memoryKiB, 16776960U + 1U);
}

void GuiHandshakeTest::gui_012_gui_013_agentTakesOnlyWhatItSpeaks_data()
{
    QTest::addColumn<quint32>("answer");
    QTest::addColumn<bool>("accepted");

    QTest::newRow("1.3") << 0x10003U << false;
    QTest::newRow("1.4") << 0x10004U << true;
    QTest::newRow("1.5") << 0x10005U << true;
    QTest::newRow("1.6") << 0x10006U << true;
    QTest::newRow("1.7") << 0x10007U << true;
    QTest::newRow("1.8") << 0x10008U << true;
    QTest::newRow("1.9") << 0x10009U << false;
    QTest::newRow("2.0") << 0x20000U << false;
    QTest::newRow("0.8") << 0x00008U << false;
    QTest::newRow("the screen's width instead") << 1368U << false;
}

void GuiHandshakeTest::gui_012_gui_013_agentTakesOnlyWhatItSpeaks()
{
    QFETCH(const quint32, answer);
    QFETCH(const bool, accepted);
    const auto version = Gui::parseNegotiated(words({answer}));
    QCOMPARE(version.has_value(), accepted);
    if (accepted) {
        QCOMPARE(version->word(), answer);
    } else {
        QCOMPARE(version.error().code, Errc::Unsupported);
    }
}

void GuiHandshakeTest::anyScreenIsLegal()
{
    const auto nothing = Gui::parseScreenDescription(words({0, 0, 0, 0}));
    const auto huge = Gui::parseScreenDescription(words({-1, -1, -1, -1}));
    QVERIFY(nothing);
    QVERIFY(huge);
    QCOMPARE(huge->memoryKiB, 0xFFFFFFFFU);
}

void GuiHandshakeTest::handshake_acceptsOnlyWholeItems()
{
    QVERIFY(Test::acceptsOnlyWhole(Gui::negotiate, words({0x10008})));
    QVERIFY(Test::acceptsOnlyWhole(Gui::parseNegotiated, words({0x10008})));
    QVERIFY(Test::acceptsOnlyWhole(Gui::parseScreenDescription, words({1368, 768, 24, 4105})));
}

QTEST_GUILESS_MAIN(GuiHandshakeTest)
#include "guihandshaketest.moc"
