// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/screencommands.h"

#include "tests/support/samplemessages.h"

#include <QTest>

#include <cstring>

using namespace Bulkhead;
using namespace Bulkhead::Screen;

namespace
{

constexpr WindowId Window{0x100};

Packet withWord(Packet packet, std::size_t offset, std::uint32_t value)
{
    std::memcpy(packet.data() + offset, &value, sizeof value);
    return packet;
}

std::vector<Command> sampleCommands()
{
    std::vector<Command> commands{
        RequestSegment{.window = Window, .serial = 0xFFFFFFFF, .size = {16384, 6144}},
        DropSegment{.window = Window},
        PaintArea{.window = Window, .serial = 3, .area = {1, 2, 300, 400}},
    };
    for (const auto &message : Test::sampleMessagesFromAgent()) {
        std::visit(
            [&]<typename T>(const T &one) {
                if constexpr (std::is_constructible_v<Command, std::in_place_type_t<T>, T>) {
                    commands.emplace_back(one);
                }
            },
            message);
    }
    return commands;
}

std::vector<Event> sampleEvents()
{
    std::vector<Event> events{
        Adopted{.window = Window, .geometry = {-16384, 6144, 1, 1}},
        Visibility{.window = Window, .visible = true},
        SegmentReady{.window = Window, .serial = 9, .size = {1, 1}},
        Painted{.window = Window, .serial = 9},
        Forgotten{.window = Window},
        ClipboardAsk{.window = Window},
        ClipboardGive{.window = Window, .length = 256000},
    };
    for (const auto &message : Test::sampleMessagesFromDaemon()) {
        std::visit(
            [&]<typename T>(const T &one) {
                if constexpr (std::is_constructible_v<Event, std::in_place_type_t<T>, T>) {
                    events.emplace_back(one);
                }
            },
            message);
    }
    return events;
}

Errc codeOf(const Result<Command> &result)
{
    return result ? Errc::Io : result.error().code;
}

} // namespace

class ScreenCommandsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void everyCommand_isReadAsItWasWritten()
    {
        const auto commands = sampleCommands();
        QVERIFY(commands.size() > std::variant_size_v<Command>);
        for (const Command &command : commands) {
            const auto read = parseCommand(buildCommand(command));
            QVERIFY2(read, qPrintable(QString::number(command.index())));
            QCOMPARE(*read, command);
            QCOMPARE(windowOf(*read), Window);
        }
    }

    void everyEvent_isReadAsItWasWritten()
    {
        const auto events = sampleEvents();
        QVERIFY(events.size() > std::variant_size_v<Event>);
        for (const Event &event : events) {
            const auto read = parseEvent(buildEvent(event));
            QVERIFY2(read, qPrintable(QString::number(event.index())));
            QCOMPARE(*read, event);
            const bool isAboutNone = std::holds_alternative<Gui::FromDaemon::Keymap>(event);
            QCOMPARE(windowOf(*read), isAboutNone ? std::nullopt : std::optional(Window));
        }
    }

    void S_023_packetOfAnotherSize_isRefused()
    {
        const Packet packet = buildCommand(DropSegment{.window = Window});
        const std::span<const std::byte> bytes(packet);
        QVERIFY(parseCommand(bytes));
        for (std::size_t size = 0; size < PacketSize; ++size) {
            QVERIFY(!parseCommand(bytes.first(size)));
            QVERIFY(!parseEvent(bytes.first(size)));
        }
        std::vector<std::byte> longer(bytes.begin(), bytes.end());
        longer.push_back(std::byte{0});
        QVERIFY(!parseCommand(longer));
    }

    void S_024_messageThatIsNoCommand_isRefused()
    {
        // A clipboard text, a dump and damage are messages of the guest, but the screen half has no use for them.
        for (const auto &message : Test::sampleMessagesFromAgent()) {
            const bool isCommand = !std::holds_alternative<Gui::FromAgent::Damage>(message)
                && !std::holds_alternative<Gui::FromAgent::WindowDump>(message)
                && !std::holds_alternative<Gui::FromAgent::Dock>(message)
                && !std::holds_alternative<Gui::FromAgent::ClipboardData>(message);
            const auto bytes = Gui::FromAgent::build(message);
            if (bytes.size() > PacketSize) {
                continue;
            }
            Packet packet{};
            std::ranges::copy(bytes, packet.begin());
            QCOMPARE(parseCommand(packet).has_value(), isCommand);
        }
        QCOMPARE(codeOf(parseCommand(buildEvent(Painted{.window = Window, .serial = 1}))), Errc::UnknownType);
        QVERIFY(!parseEvent(buildCommand(DropSegment{.window = Window})));
        for (const std::uint32_t type : {0U, 123U, 150U, 1000U, 1011U, 0xFFFFFFFFU}) {
            QVERIFY(!parseCommand(withWord(Packet{}, 0, type)));
            QVERIFY(!parseEvent(withWord(Packet{}, 0, type)));
        }
    }

    void bytesAfterTheBody_areRefused()
    {
        for (const Command &command : sampleCommands()) {
            Packet packet = buildCommand(command);
            packet.back() = std::byte{1};
            QCOMPARE(codeOf(parseCommand(packet)), Errc::LongMessage);
        }
    }

    void S_193_segmentCommand_checksEachField_data()
    {
        QTest::addColumn<quint32>("width");
        QTest::addColumn<quint32>("height");
        QTest::addColumn<bool>("accepted");
        QTest::newRow("smallest") << 1U << 1U << true;
        QTest::newRow("largest") << 16384U << 6144U << true;
        QTest::newRow("no width") << 0U << 1U << false;
        QTest::newRow("no height") << 1U << 0U << false;
        QTest::newRow("too wide") << 16385U << 1U << false;
        QTest::newRow("too high") << 1U << 6145U << false;
        QTest::newRow("product wraps") << 0x80000000U << 0x80000000U << false;
    }

    void S_193_segmentCommand_checksEachField()
    {
        QFETCH(quint32, width);
        QFETCH(quint32, height);
        QFETCH(bool, accepted);
        const Packet good = buildCommand(RequestSegment{.window = Window, .serial = 1, .size = {1, 1}});
        QCOMPARE(parseCommand(withWord(withWord(good, 16, width), 20, height)).has_value(), accepted);
    }

    void S_193_paintArea_isWithinTheLargestPicture()
    {
        const Packet good = buildCommand(PaintArea{.window = Window, .serial = 1, .area = {0, 0, 1, 1}});
        QVERIFY(parseCommand(withWord(good, 16, 16384)));
        for (const std::size_t field : {16U, 20U, 24U, 28U}) {
            QCOMPARE(codeOf(parseCommand(withWord(good, field, 0xFFFFFFFF))), Errc::BadField);
            QCOMPARE(codeOf(parseCommand(withWord(good, field, 16385))), Errc::BadField);
        }
    }
};

QTEST_GUILESS_MAIN(ScreenCommandsTest)
#include "screencommandstest.moc"
