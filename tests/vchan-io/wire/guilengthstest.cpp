// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/guipeer.h"

#include <QTest>

#include <array>

using namespace Bulkhead;
using Gui::MessageType;
using Gui::Version;
using Test::guiHeader;

/// Which types exist in which direction, and which lengths a header may claim.
class GuiLengthsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void gui_028_gui_029_S_023_fixedLengthsFromAgent_data();
    void gui_028_gui_029_S_023_fixedLengthsFromAgent();
    void gui_093_variableLengthsFromAgent_data();
    void gui_093_variableLengthsFromAgent();
    void gui_023_gui_024_S_024_typesThatNoAgentSends();
    void gui_105_S_024_pagesByFrameNumberAreRefused();
    void S_023_lengthsFromDaemon_data();
    void S_023_lengthsFromDaemon();
    void gui_030_gui_031_agentSkipsWhatItDoesNotKnow();
    void S_024_typesThatNoDaemonSends();
    void S_023_headerIsTwelveBytes();
};

void GuiLengthsTest::gui_028_gui_029_S_023_fixedLengthsFromAgent_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<quint32>("size");

    QTest::newRow("Create") << MessageType::Create << 24U;
    QTest::newRow("Destroy") << MessageType::Destroy << 0U;
    QTest::newRow("Map") << MessageType::Map << 8U;
    QTest::newRow("Unmap") << MessageType::Unmap << 0U;
    QTest::newRow("Configure") << MessageType::Configure << 20U;
    QTest::newRow("Damage") << MessageType::Damage << 16U;
    QTest::newRow("Dock") << MessageType::Dock << 0U;
    QTest::newRow("Title") << MessageType::Title << 128U;
    QTest::newRow("WindowClass") << MessageType::WindowClass << 128U;
    QTest::newRow("SizeHints") << MessageType::SizeHints << 36U;
    QTest::newRow("StateFlags") << MessageType::StateFlags << 8U;
    QTest::newRow("Cursor") << MessageType::Cursor << 4U;
}

void GuiLengthsTest::gui_028_gui_029_S_023_fixedLengthsFromAgent()
{
    QFETCH(const MessageType, type);
    QFETCH(const quint32, size);
    const auto length = [type](std::uint32_t claimed, int minorNumber) {
        const auto header = guiHeader(std::to_underlying(type), 7, claimed);
        return Gui::FromAgent::bodyLength(header, Version(static_cast<std::uint16_t>(minorNumber)));
    };

    for (const std::uint32_t claimed : {size - 1, size + 1, 0U, 0xFFFFFFFFU}) {
        if (claimed == size) {
            continue;
        }
        for (const int strict : {6, 7, 8}) {
            const auto refused = length(claimed, strict);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, claimed < size ? Errc::ShortMessage : Errc::LongMessage);
        }
        for (const int lenient : {0, 4, 5}) {
            QCOMPARE(length(claimed, lenient), std::size_t{size}); // the type's length, whatever the header says
        }
    }
    QCOMPARE(length(size, 0), std::size_t{size});
    QCOMPARE(length(size, 8), std::size_t{size});
}

void GuiLengthsTest::gui_093_variableLengthsFromAgent_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<int>("minorNumber");
    QTest::addColumn<quint32>("length");
    QTest::addColumn<bool>("accepted");

    for (const int minorNumber : {2, 5, 6, 8}) {
        QTest::addRow("dump below its fixed part, 1.%d", minorNumber)
            << MessageType::WindowDump << minorNumber << 15U << false;
        QTest::addRow("dump of nothing, 1.%d", minorNumber) << MessageType::WindowDump << minorNumber << 16U << true;
        QTest::addRow("half a reference, 1.%d", minorNumber) << MessageType::WindowDump << minorNumber << 18U << false;
        QTest::addRow("largest dump, 1.%d", minorNumber) << MessageType::WindowDump << minorNumber << 393232U << true;
        QTest::addRow("one reference too many, 1.%d", minorNumber)
            << MessageType::WindowDump << minorNumber << 393236U << false;
        QTest::addRow("dump of 4 GiB, 1.%d", minorNumber)
            << MessageType::WindowDump << minorNumber << 0xFFFFFFFCU << false;
    }
    QTest::newRow("clipboard 0") << MessageType::ClipboardData << 8 << 0U << true;
    QTest::newRow("clipboard 65000 at 1.7") << MessageType::ClipboardData << 7 << 65000U << true;
    QTest::newRow("clipboard 65001 at 1.7") << MessageType::ClipboardData << 7 << 65001U << false;
    QTest::newRow("clipboard 65001 at 1.8") << MessageType::ClipboardData << 8 << 65001U << true;
    QTest::newRow("clipboard 256001 at 1.8") << MessageType::ClipboardData << 8 << 256001U << true;
    QTest::newRow("clipboard 256002 at 1.8") << MessageType::ClipboardData << 8 << 256002U << false;
    QTest::newRow("clipboard 65001 at 1.0") << MessageType::ClipboardData << 0 << 65001U << false;
    QTest::newRow("clipboard of 4 GiB") << MessageType::ClipboardData << 8 << 0xFFFFFFFFU << false;
}

void GuiLengthsTest::gui_093_variableLengthsFromAgent()
{
    QFETCH(const MessageType, type);
    QFETCH(const int, minorNumber);
    QFETCH(const quint32, length);
    QFETCH(const bool, accepted);
    const auto header = guiHeader(std::to_underlying(type), 7, length);
    const auto accept = Gui::FromAgent::bodyLength(header, Version(static_cast<std::uint16_t>(minorNumber)));
    QCOMPARE(accept.has_value(), accepted);
    QCOMPARE(accept.value_or(length), std::size_t{length});
}

void GuiLengthsTest::gui_023_gui_024_S_024_typesThatNoAgentSends()
{
    for (const std::uint32_t type : {0U,
                                     1U,
                                     123U,
                                     124U,
                                     125U,
                                     126U,
                                     127U,
                                     128U,
                                     129U,
                                     137U,
                                     138U,
                                     139U,
                                     142U,
                                     149U,
                                     150U,
                                     0x82000000U,
                                     0xFFFFFFFFU}) {
        for (const Version version : {Version(0), Version(5), Gui::OwnVersion}) {
            const auto refused = Gui::FromAgent::bodyLength(guiHeader(type, 7, 0), version);
            QVERIFY(!refused);
            QCOMPARE(refused.error().code, Errc::UnknownType);
            QVERIFY(!Gui::FromAgent::parse(guiHeader(type, 7, 0), {}, version));
        }
    }
}

void GuiLengthsTest::gui_105_S_024_pagesByFrameNumberAreRefused()
{
    for (const std::uint32_t length : {0U, 27U, 28U, 32U, 0xFFFFFFFFU}) {
        const auto refused = Gui::FromAgent::bodyLength(guiHeader(135, 7, length), Version(0));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::Unsupported);
        QVERIFY(refused.error().detail.contains("machine frame"));
    }
}

void GuiLengthsTest::S_023_lengthsFromDaemon_data()
{
    QTest::addColumn<MessageType>("type");
    QTest::addColumn<quint32>("size");

    QTest::newRow("Key") << MessageType::Key << 20U;
    QTest::newRow("Button") << MessageType::Button << 20U;
    QTest::newRow("Motion") << MessageType::Motion << 16U;
    QTest::newRow("Crossing") << MessageType::Crossing << 28U;
    QTest::newRow("Focus") << MessageType::Focus << 12U;
    QTest::newRow("Destroy") << MessageType::Destroy << 0U;
    QTest::newRow("Map") << MessageType::Map << 8U;
    QTest::newRow("Configure") << MessageType::Configure << 20U;
    QTest::newRow("Close") << MessageType::Close << 0U;
    QTest::newRow("ClipboardRequest") << MessageType::ClipboardRequest << 0U;
    QTest::newRow("Keymap") << MessageType::Keymap << 32U;
    QTest::newRow("StateFlags") << MessageType::StateFlags << 8U;
    QTest::newRow("WindowDumpAck") << MessageType::WindowDumpAck << 0U;
}

void GuiLengthsTest::S_023_lengthsFromDaemon()
{
    QFETCH(const MessageType, type);
    QFETCH(const quint32, size);
    const auto length = [type](std::uint32_t claimed) {
        return Gui::FromDaemon::bodyLength(guiHeader(std::to_underlying(type), 7, claimed));
    };
    QCOMPARE(length(size), std::size_t{size});
    QVERIFY(!length(size + 1));
    QVERIFY(!length(size - 1));
    QVERIFY(!length(0xFFFFFFFFU));
}

void GuiLengthsTest::gui_030_gui_031_agentSkipsWhatItDoesNotKnow()
{
    for (const std::uint32_t type : {0U, 123U, 129U, 138U, 150U, 0xFFFFFFFFU}) {
        for (const std::uint32_t length : {0U, 1U, 300U, 70000U}) {
            const auto header = guiHeader(type, 7, length);
            QCOMPARE(Gui::FromDaemon::bodyLength(header), std::size_t{length});
            const auto message = Gui::FromDaemon::parse(header, Test::Bytes(length));
            QVERIFY(message);
            QVERIFY(std::holds_alternative<Gui::FromDaemon::Skipped>(*message));
        }
        QVERIFY(!Gui::FromDaemon::bodyLength(guiHeader(type, 7, Gui::MaxBodyFromDaemon + 1))); // bounded all the same
    }
}

void GuiLengthsTest::S_024_typesThatNoDaemonSends()
{
    for (const std::uint32_t type : {130U, 133U, 135U, 136U, 141U, 143U, 144U, 146U, 147U, 148U}) {
        const auto refused = Gui::FromDaemon::bodyLength(guiHeader(type, 7, 0));
        QVERIFY(!refused);
        QCOMPARE(refused.error().code, Errc::UnknownType);
    }
}

void GuiLengthsTest::S_023_headerIsTwelveBytes()
{
    QVERIFY(Test::acceptsOnlyWhole(Gui::parseHeader, Test::words({130, 7, 24})));
    const auto header = Gui::parseHeader(Test::words({130, -1, 24}));
    QCOMPARE(header->window.value(), 0xFFFFFFFFU);
}

QTEST_GUILESS_MAIN(GuiLengthsTest)
#include "guilengthstest.moc"
