// SPDX-License-Identifier: GPL-2.0-or-later
// Dumps, damage and what becomes of them on their way to the screen half.
#include "tests/gui-daemon/sessionrig.h"

#include <cstring>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Test::words;
using Rig = Test::SessionRig;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr Rect Place{10, 20, 300, 200};

/// Fills granted pages so that each pixel tells its place.
void fill(GrantedPages &granted, Size size)
{
    auto bytes = granted.bytes();
    for (std::uint32_t i = 0; i < size.width * size.height; ++i) {
        const std::uint32_t pixel = 0x11000000U | (i & 0xFFFFFF);
        std::memcpy(bytes.data() + std::size_t{i} * 4, &pixel, 4);
    }
}

std::uint32_t pixelAt(const Mapping &picture, Size size, std::uint32_t x, std::uint32_t y)
{
    std::uint32_t pixel = 0;
    std::memcpy(&pixel, picture.bytes().data() + (std::size_t{y} * size.width + x) * 4, 4);
    return pixel;
}

} // namespace

class SessionPicturesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void gui_096_gui_097_S_085_dumps_areAcknowledgedInOrder()
    {
        Rig rig;
        rig.greet();
        const auto pages = rig.grant(1);
        WindowDump bad = rig.dump(*pages, {10, 10});
        bad.pages = {GrantRef{0xFFFFFFFF}}; // cannot be mapped
        QVERIFY(rig.say(Create{Window, Place, false},
                        Create{Other, Place, false},
                        rig.dump(*pages, {10, 10}),
                        bad,
                        rig.dump(*pages, {10, 10}, Other)));
        QCOMPARE(rig.agent.heardOf<ToAgent::DumpAcknowledged>(),
                 (std::vector<ToAgent::DumpAcknowledged>{{Window}, {Window}, {Other}}));
    }

    void gui_096_before1_7_nothingIsAcknowledged()
    {
        Rig rig;
        rig.greet(6);
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false}, rig.dump(*pages, {10, 10})));
        QVERIFY(rig.agent.takeHeard().empty());
    }

    void gui_099_damage_isCopiedUnshearedAndPainted()
    {
        Rig rig;
        rig.greet();
        const Size size{37, 19};
        const auto pages = rig.grant(1);
        fill(*pages, size);
        QVERIFY(
            rig.say(Create{Window, {0, 0, 37, 19}, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, size)));
        const Mapping picture = rig.giveSegment();
        for (std::uint32_t y = 0; y < size.height; ++y) {
            for (std::uint32_t x = 0; x < size.width; ++x) {
                QCOMPARE(pixelAt(picture, size, x, y), 0xFF000000U | (y * size.width + x)); // the unused byte is ours
            }
        }
        QCOMPARE(rig.screen.all<Screen::PaintArea>().back().area, (Rect{0, 0, 37, 19}));
    }

    void S_084_damage_isMergedWhileTheServerIsBehind()
    {
        Rig rig;
        rig.greet();
        const Size size{100, 100};
        const auto pages = rig.grant(10);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, size)));
        const Mapping picture = rig.giveSegment();
        fill(*pages, size);
        for (int i = 0; i < 50; ++i) {
            QVERIFY(rig.say(Damage{Window, {10, 10, 20, 5}}, Damage{Window, {50, 40, 10, 10}}));
        }
        QCOMPARE(rig.screen.all<Screen::PaintArea>().size(), 1U);
        QCOMPARE(pixelAt(picture, size, 10, 10), 0xFF000000U); // nothing is copied under the server's hands
        const auto serial = rig.screen.all<Screen::PaintArea>().back().serial;
        QVERIFY(rig.hear(Screen::Painted{.window = Window, .serial = serial}));
        QCOMPARE(rig.screen.all<Screen::PaintArea>().size(), 2U);
        QCOMPARE(rig.screen.all<Screen::PaintArea>().back().area, (Rect{10, 10, 50, 40}));
        QCOMPARE(pixelAt(picture, size, 10, 10), 0xFF000000U | 1010U);
        QCOMPARE(pixelAt(picture, size, 9, 10), 0xFF000000U); // not damaged, not read
    }

    void S_084_hiddenWindow_costsNothing()
    {
        Rig rig;
        rig.greet();
        const Size size{10, 10};
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, size)));
        const Mapping picture = rig.giveSegment();
        QVERIFY(rig.hear(Screen::Painted{.window = Window, .serial = 1}));
        QVERIFY(rig.hear(Screen::Visibility{.window = Window, .visible = false}));
        const auto painted = rig.screen.all<Screen::PaintArea>().size();
        fill(*pages, size);
        QVERIFY(rig.say(Damage{Window, {0, 0, 10, 10}}));
        QCOMPARE(rig.screen.all<Screen::PaintArea>().size(), painted);
        QCOMPARE(pixelAt(picture, size, 5, 5), 0xFF000000U);
        QVERIFY(rig.hear(Screen::Visibility{.window = Window, .visible = true}));
        QCOMPARE(rig.screen.all<Screen::PaintArea>().size(), painted + 1);
        QCOMPARE(pixelAt(picture, size, 5, 5), 0xFF000000U | 55U);
    }

    void gui_100_damageOutsideThePicture_isCut()
    {
        Rig rig;
        rig.greet();
        const Size size{10, 10};
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, size)));
        (void)rig.giveSegment();
        QVERIFY(rig.hear(Screen::Painted{.window = Window, .serial = 1}));
        const auto painted = rig.screen.all<Screen::PaintArea>().size();
        for (const auto &area : {words({-1, 0, 5, 5}),
                                 words({0, 0, -1, 5}),
                                 words({0, 0, 0x80000000, 5}),
                                 words({10, 0, 5, 5}),
                                 words({0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF, 0x7FFFFFFF})}) {
            rig.agent.say(136, Window.value(), 16, area);
            QVERIFY(rig.turn());
        }
        QCOMPARE(rig.screen.all<Screen::PaintArea>().size(), painted);
        rig.agent.say(136, Window.value(), 16, words({8, 7, 0x7FFFFFFF, 0x7FFFFFFF}));
        QVERIFY(rig.turn());
        QCOMPARE(rig.screen.all<Screen::PaintArea>().back().area, (Rect{8, 7, 2, 3}));
    }

    void gui_044_unmappedWindow_isNotPaintedAndNeedsANewDump()
    {
        Rig rig;
        rig.greet();
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, {10, 10})));
        (void)rig.giveSegment();
        QVERIFY(rig.say(Unmap{Window}, Damage{Window, {0, 0, 10, 10}}, Map{Window, std::nullopt, false}));
        QCOMPARE(rig.screen.all<Screen::DropSegment>().size(), 1U);
        QCOMPARE(rig.session.windows().mappedPages(), 0U);
        QCOMPARE(rig.screen.all<Screen::RequestSegment>().size(), 1U);
    }

    void gui_103_oldPages_areLetGo()
    {
        Rig rig;
        rig.greet();
        const auto pages = rig.grant(3);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, {10, 10})));
        QCOMPARE(rig.session.windows().mappedPages(), 3U);
        const auto fewer = rig.grant(1);
        QVERIFY(rig.say(rig.dump(*fewer, {10, 10})));
        QCOMPARE(rig.session.windows().mappedPages(), 1U);
        QVERIFY(rig.say(Unmap{Window}));
        QCOMPARE(rig.session.windows().mappedPages(), 0U);
        QVERIFY(rig.say(rig.dump(*fewer, {10, 10}), Destroy{Window}));
        QCOMPARE(rig.session.windows().mappedPages(), 0U);
    }

    void S_083_pagesBeyondTheLimit_areRefusedAndAcknowledged()
    {
        Rig rig(1 << 22);
        rig.greet();
        const auto pages = rig.grant(WindowTable::MaxPages / 2 + 1);
        QVERIFY(rig.say(Create{Window, Place, false}, Create{Other, Place, false}, rig.dump(*pages, {10, 10})));
        QVERIFY(rig.say(rig.dump(*pages, {10, 10}, Other)));
        QCOMPARE(rig.session.windows().mappedPages(), WindowTable::MaxPages / 2 + 1);
        QCOMPARE(rig.agent.heardOf<ToAgent::DumpAcknowledged>().size(), 2U);
    }

    void S_086_pagesThatWereNeverGranted_takeThePictureAway()
    {
        Rig rig;
        rig.greet();
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false}, Map{Window, std::nullopt, false}, rig.dump(*pages, {10, 10})));
        (void)rig.giveSegment();
        WindowDump bad = rig.dump(*pages, {10, 10});
        bad.pages = {GrantRef{0xFFFFFFFF}};
        QVERIFY(rig.say(bad, Damage{Window, {0, 0, 10, 10}}));
        QCOMPARE(rig.screen.all<Screen::DropSegment>().size(), 1U);
    }

    void gui_098_emptyDump_isAcknowledged()
    {
        Rig rig;
        rig.greet();
        const auto pages = rig.grant(1);
        QVERIFY(rig.say(Create{Window, Place, false},
                        Map{Window, std::nullopt, false},
                        rig.dump(*pages, {0, 0}),
                        Damage{Window, {0, 0, 10, 10}}));
        QCOMPARE(rig.agent.heardOf<ToAgent::DumpAcknowledged>().size(), 1U);
        QVERIFY(rig.screen.all<Screen::RequestSegment>().empty());
    }
};

QTEST_GUILESS_MAIN(SessionPicturesTest)
#include "sessionpicturestest.moc"
