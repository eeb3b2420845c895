// SPDX-License-Identifier: GPL-2.0-or-later
// Frames as they look on the screen while an agent sends what it can: after each message the pixels are judged.
#include "base/formatted.h"
#include "tests/gui-daemon/halvesrig.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Gui::FromAgent;
namespace ToAgent = Bulkhead::Gui::FromDaemon;
using Rig = Test::HalvesRig;
using Test::frameFault;
using Test::words;

namespace
{

constexpr WindowId Window{0x100};
constexpr WindowId Other{0x101};
constexpr WindowId WholeScreen{0};
constexpr std::uint32_t Red = 0xCC0000;
constexpr std::uint32_t Green = 0x00FF00;
constexpr std::uint32_t ConfigureType = 134;
constexpr std::uint32_t CreateType = 130;

const QByteArray NoFault;

xcb_window_t parentOf(const Test::XObserver &x, xcb_window_t window)
{
    const Screen::XcbPtr<xcb_query_tree_reply_t> tree(
        xcb_query_tree_reply(x.get(), xcb_query_tree(x.get(), window), nullptr));
    return tree ? tree->parent : xcb_window_t{XCB_NONE};
}

/// What an agent can do to the kind of a mapped window.
enum class Attempt { Map, Configure, Dock };

void attempt(Rig &rig, Attempt what, bool popup)
{
    switch (what) {
    case Attempt::Map:
        QVERIFY(rig.say(Map{Window, std::nullopt, popup}));
        break;
    case Attempt::Configure:
        QVERIFY(rig.sayRaw(ConfigureType, Window, words({110, 100, 60, 40, popup ? 1 : 0})));
        break;
    case Attempt::Dock:
        QVERIFY(rig.say(Dock{Window}));
        break;
    }
}

/// The same numbers on every machine.
class Numbers
{
public:
    explicit Numbers(std::uint32_t seed)
        : m_state(seed)
    {
    }

    std::uint32_t below(std::uint32_t end)
    {
        m_state = m_state * 1664525 + 1013904223;
        return (m_state >> 16) % end;
    }

private:
    std::uint32_t m_state;
};

} // namespace

class FramesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void theJudge_seesAStainOnAFrame()
    {
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false}));
        QCOMPARE(frameFault(rig.x), NoFault);
        const Screen::XcbGc gc(rig.x.get(), xcb_generate_id(rig.x.get()));
        xcb_create_gc(rig.x.get(), gc.id(), rig.frame(), XCB_GC_FOREGROUND, &Green);
        const xcb_rectangle_t stain{.x = 67, .y = 20, .width = 1, .height = 1}; // the outermost pixel of the right side
        xcb_poly_fill_rectangle(rig.x.get(), rig.frame(), gc.id(), 1, &stain);
        QVERIFY(frameFault(rig.x).contains("163,116"));
    }

    void qsb_034_qsb_039_S_040_S_041_gui_044_popupWithAnyBuffer_hasItsFrame_data()
    {
        QTest::addColumn<quint32>("width");
        QTest::addColumn<quint32>("height");
        QTest::newRow("0x0") << 0U << 0U;
        QTest::newRow("1x1") << 1U << 1U;
        QTest::newRow("2x2") << 2U << 2U;
        QTest::newRow("narrower than the border") << 1U << 300U;
        QTest::newRow("lower than the border") << 300U << 1U;
        QTest::newRow("border only") << 4U << 4U;
        QTest::newRow("larger than the window") << 900U << 700U;
    }

    void qsb_034_qsb_039_S_040_S_041_gui_044_popupWithAnyBuffer_hasItsFrame()
    {
        QFETCH(quint32, width);
        QFETCH(quint32, height);
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true}));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Red)); // before any buffer
        QVERIFY(rig.say(rig.dump(Window, {width, height}), Damage{Window, {0, 0, width, height}}));
        QCOMPARE(frameFault(rig.x), NoFault);
        QVERIFY(rig.say(Damage{Window, {2, 2, 1, 1}}));
        QCOMPARE(frameFault(rig.x), NoFault);

        QVERIFY(rig.say(rig.dump(Window, {60, 40}), Damage{Window, {2, 2, 56, 36}}));
        QCOMPARE(frameFault(rig.x), NoFault);
        QVERIFY(rig.x.isFilled({102, 102, 56, 36}, Green));
        QVERIFY(rig.say(Unmap{Window}, Damage{Window, {0, 0, 60, 40}}, Map{Window, std::nullopt, true}));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Red)); // hidden and shown again: without its picture
    }

    void S_042_screenWideBufferThatEndsBeforeAPopup_leavesItsFrame()
    {
        Rig rig;
        QVERIFY(rig.say(Create{WholeScreen, {0, 0, 1280, 800}, false},
                        Map{WholeScreen, std::nullopt, false},
                        rig.dump(WholeScreen, {200, 150}),
                        Damage{WholeScreen, {0, 0, 1280, 800}}));
        const std::array places{Rect{400, 50, 60, 40}, Rect{50, 400, 60, 40}, Rect{400, 400, 60, 40}};
        for (std::uint32_t i = 0; i < places.size(); ++i) {
            const WindowId popup{0x200 + i};
            QVERIFY(rig.say(Create{popup, places[i], true},
                            Map{popup, std::nullopt, true},
                            Damage{popup, {0, 0, 60, 40}},
                            Damage{WholeScreen, {0, 0, 1280, 800}}));
            QVERIFY(rig.x.isFilled(places[i], Red));
        }
        QCOMPARE(frameFault(rig.x), NoFault);
    }

    void S_044_randomMessages_neverLoseAFrame_data()
    {
        QTest::addColumn<quint32>("seed");
        for (const quint32 seed : {1U, 77U, 4711U}) {
            QTest::addRow("seed %u", seed) << seed;
        }
    }

    void S_044_randomMessages_neverLoseAFrame()
    {
        QFETCH(quint32, seed);
        Rig rig;
        Numbers random(seed);
        std::set<std::uint32_t> live;
        for (int step = 0; step < 100; ++step) {
            const std::string said = sayAnything(rig, random, live);
            QVERIFY2(!rig.agent.ended(), said.c_str());
            const QByteArray fault = frameFault(rig.x);
            QVERIFY2(fault.isEmpty(), QByteArray(fault + " after ").append(said).constData());
        }
        QVERIFY(!live.empty());
    }

    void qsb_026_qsb_072_S_045_gui_042_gui_074_gui_146_mappedWindow_staysWhatItIs_data()
    {
        QTest::addColumn<bool>("popup");
        QTest::addColumn<QList<int>>("order");
        for (const bool popup : {false, true}) {
            std::array order{0, 1, 2};
            do {
                QTest::addRow("%s %d%d%d", popup ? "popup" : "managed", order[0], order[1], order[2])
                    << popup << QList<int>(order.begin(), order.end());
            } while (std::ranges::next_permutation(order).found);
        }
    }

    void qsb_026_qsb_072_S_045_gui_042_gui_074_gui_146_mappedWindow_staysWhatItIs()
    {
        QFETCH(bool, popup);
        QFETCH(QList<int>, order);
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, popup},
                        Map{Window, std::nullopt, popup},
                        rig.dump(Window, {60, 40}),
                        Damage{Window, {0, 0, 60, 40}}));
        const xcb_window_t frame = rig.frame();
        for (const int what : order) {
            attempt(rig, static_cast<Attempt>(what), !popup);
            QCOMPARE(rig.frame(), frame);
            QCOMPARE(rig.x.isOverrideRedirect(frame), popup);
            QVERIFY(rig.x.isViewable(frame));
            QCOMPARE(frameFault(rig.x), NoFault);
        }
        QVERIFY(rig.say(Unmap{Window}, Map{Window, std::nullopt, !popup}));
        QVERIFY(rig.frame() != frame); // another kind is another frame
        QCOMPARE(rig.x.isOverrideRedirect(rig.frame()), !popup);
        QCOMPARE(rig.x.frames().size(), 1U);
        QCOMPARE(frameFault(rig.x), NoFault);
    }

    void qsb_072_S_046_gui_036_parentField_isIgnored_data()
    {
        QTest::addColumn<quint32>("parent");
        QTest::newRow("another window") << 0x101U;
        QTest::newRow("itself") << 0x100U;
        QTest::newRow("a foreign id") << 0xFFFFFFFFU;
        QTest::newRow("the X server's root") << 0U;
    }

    void qsb_072_S_046_gui_036_parentField_isIgnored()
    {
        QFETCH(quint32, parent);
        Rig rig;
        QVERIFY(rig.say(Create{Other, {300, 300, 60, 40}, false}, Map{Other, std::nullopt, false}));
        const quint32 named = parent == 0 ? rig.x.root() : parent;
        QVERIFY(rig.sayRaw(CreateType, Window, words({100, 100, 60, 40, named, 0})));
        QVERIFY(rig.say(Map{Window, std::nullopt, false}));
        QCOMPARE(parentOf(rig.x, rig.frame()), rig.x.root());
        QCOMPARE(rig.x.geometry(rig.frame()), (Rect{96, 96, 68, 48}));
        QVERIFY(rig.x.property(rig.frame(), "WM_TRANSIENT_FOR").isEmpty());
        QCOMPARE(frameFault(rig.x), NoFault);
    }

    void S_047_gui_043_transientLoops_areBrokenAndNothingDangles_data()
    {
        QTest::addColumn<quint32>("length");
        QTest::newRow("1") << 1U;
        QTest::newRow("2") << 2U;
        QTest::newRow("100") << 100U;
    }

    void S_047_gui_043_transientLoops_areBrokenAndNothingDangles()
    {
        QFETCH(quint32, length);
        Rig rig;
        for (std::uint32_t i = 0; i < length; ++i) {
            QVERIFY(rig.say(Create{WindowId{0x200 + i}, {0, 0, 60, 40}, false}));
        }
        for (std::uint32_t i = 0; i < length; ++i) {
            QVERIFY(rig.say(Map{WindowId{0x200 + i}, WindowId{0x200 + (i + 1) % length}, false}));
        }
        const auto parents = transientParents(rig);
        QCOMPARE(parents.size(), std::size_t{length} - 1); // all but the one that would have closed the loop
        for (auto at = parents.begin(); at != parents.end(); ++at) {
            std::uint32_t steps = 0;
            for (auto next = at; next != parents.end(); next = parents.find(next->second)) {
                QVERIFY(++steps <= length);
            }
        }
        for (std::uint32_t i = 0; i < length; i += 2) {
            QVERIFY(rig.say(Destroy{WindowId{0x200 + i}}));
        }
        const auto frames = rig.x.frames();
        for (const auto &[child, parent] : transientParents(rig)) {
            QVERIFY(std::ranges::contains(frames, parent));
        }
    }

    void S_050_gui_087_popupThatGrows_isJudgedAtOnce_data()
    {
        QTest::addColumn<QString>("how");
        QTest::addColumn<bool>("becomesManaged");
        QTest::newRow("configure") << QStringLiteral("configure") << true;
        QTest::newRow("hints") << QStringLiteral("hints") << false;
        QTest::newRow("dump") << QStringLiteral("dump") << false;
    }

    void S_050_gui_087_popupThatGrows_isJudgedAtOnce()
    {
        QFETCH(QString, how);
        QFETCH(bool, becomesManaged);
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, true}, Map{Window, std::nullopt, true}));
        if (how == QStringLiteral("configure")) {
            QVERIFY(rig.say(Configure{Window, {0, 0, 1280, 800}}));
        } else if (how == QStringLiteral("hints")) {
            Gui::SizeHints hints;
            hints.minimum = Size{1280, 800};
            QVERIFY(rig.say(WindowHints{Window, hints}));
        } else {
            QVERIFY(rig.say(rig.dump(Window, {1280, 800}), Damage{Window, {0, 0, 1280, 800}}));
        }
        QCOMPARE(rig.x.isOverrideRedirect(rig.frame()), !becomesManaged);
        QCOMPARE(frameFault(rig.x), NoFault);
        if (!becomesManaged) {
            QCOMPARE(rig.x.geometry(rig.frame()), (Rect{100, 100, 60, 40}));
        }
    }

    void qsb_073_S_051_gui_089_thirdClient_cannotTakeAPopupsFrameAway()
    {
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, true},
                        Map{Window, std::nullopt, true},
                        rig.dump(Window, {60, 40}),
                        Damage{Window, {0, 0, 60, 40}}));
        const auto otherProgram = rig.x.cover({300, 300, 30, 20});
        rig.x.moveResize(rig.frame(), {-50, -30, 60, 40});
        QVERIFY(rig.settle());
        QCOMPARE(frameFault(rig.x), NoFault);
        rig.x.moveResize(rig.frame(), {0, 0, 1280, 800}); // more than a popup may cover
        QVERIFY(rig.settle());
        QVERIFY(!rig.x.isOverrideRedirect(rig.frame()));
        QCOMPARE(frameFault(rig.x), NoFault);

        QVERIFY(rig.say(Create{Other, {100, 100, 60, 40}, true}, Map{Other, std::nullopt, true}));
        rig.x.reparent(rig.frame(Other), otherProgram.id()); // which would cut it
        QVERIFY(rig.settle());
        QCOMPARE(parentOf(rig.x, rig.frame(Other)), rig.x.root());
        QVERIFY(rig.x.isViewable(rig.frame(Other)));
        QCOMPARE(rig.x.geometry(rig.frame(Other)), (Rect{100, 100, 60, 40}));
        for (const auto mode : {XCB_STACK_MODE_BELOW, XCB_STACK_MODE_ABOVE}) {
            rig.x.restack(rig.frame(Other), mode);
            QVERIFY(rig.settle());
            QCOMPARE(frameFault(rig.x), NoFault);
        }
        xcb_unmap_window(rig.x.get(), rig.frame(Other));
        rig.x.sync();
        QVERIFY(rig.settle());
        QVERIFY(rig.x.isViewable(rig.frame(Other)));
        QCOMPARE(frameFault(rig.x), NoFault);
    }

    void S_055_gui_084_tinyWindows_areFrameOnly_data()
    {
        QTest::addColumn<bool>("popup");
        QTest::addColumn<quint32>("width");
        QTest::addColumn<quint32>("height");
        QTest::addColumn<quint32>("seen"); // pixels of the qube
        QTest::newRow("managed 1x1") << false << 1U << 1U << 1U;
        QTest::newRow("popup 1x1") << true << 1U << 1U << 0U;
        QTest::newRow("popup 3x3") << true << 3U << 3U << 0U;
        QTest::newRow("popup 4x4") << true << 4U << 4U << 0U;
        QTest::newRow("popup 5x5") << true << 5U << 5U << 1U;
        QTest::newRow("popup 300x4") << true << 300U << 4U << 0U;
    }

    void S_055_gui_084_tinyWindows_areFrameOnly()
    {
        QFETCH(bool, popup);
        QFETCH(quint32, width);
        QFETCH(quint32, height);
        QFETCH(quint32, seen);
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, width, height}, popup},
                        Map{Window, std::nullopt, popup},
                        rig.dump(Window, {width, height}),
                        Damage{Window, {0, 0, width, height}}));
        QCOMPARE(frameFault(rig.x), NoFault);
        const auto pixels = rig.x.pixels(rig.x.geometry(rig.frame()));
        QCOMPARE(std::ranges::count(pixels, Green), static_cast<std::ptrdiff_t>(seen));
        QCOMPARE(std::ranges::count(pixels, Red), static_cast<std::ptrdiff_t>(pixels.size() - seen));
    }

    void gui_045_unmapOfAnUnmappedWindow_isHarmless()
    {
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, false}, Unmap{Window}, Unmap{Window}));
        QVERIFY(!rig.x.isViewable(rig.frame()));
        QVERIFY(rig.agent.takeHeard().empty());
        QVERIFY(rig.say(Map{Window, std::nullopt, false},
                        rig.dump(Window, {60, 40}),
                        Damage{Window, {0, 0, 60, 40}},
                        Unmap{Window},
                        Unmap{Window},
                        Map{Window, std::nullopt, false},
                        rig.dump(Window, {60, 40}),
                        Damage{Window, {0, 0, 60, 40}}));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Green));
        QCOMPARE(frameFault(rig.x), NoFault);
    }

    void gui_083_gui_092_managedWindow_isWholeInsideItsFrame()
    {
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, false},
                        Map{Window, std::nullopt, false},
                        rig.dump(Window, {60, 40}),
                        Damage{Window, {0, 0, 60, 40}}));
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Green)); // every pixel of the qube
        QVERIFY(rig.x.isFramed({96, 96, 68, 48}, 4, Red));  // and around it the frame
        {
            const auto cover = rig.x.cover({90, 90, 40, 30});
            QVERIFY(rig.settle());
        }
        QVERIFY(rig.settle());
        QVERIFY(rig.x.isFilled({100, 100, 60, 40}, Green));
        QVERIFY(rig.x.isFramed({96, 96, 68, 48}, 4, Red));
    }

    void S_085_gui_103_dumpsAndUnmapsWithoutEnd_areBoundedAndAcknowledgedOnce()
    {
        constexpr std::size_t Rounds = 300;
        Rig rig;
        QVERIFY(rig.say(Create{Window, {100, 100, 60, 40}, false}, Map{Window, std::nullopt, false}));
        for (std::size_t round = 0; round < Rounds; ++round) {
            QVERIFY(rig.say(rig.dump(Window, {60, 40}), Unmap{Window}, rig.dump(Window, {30, 20})));
            QVERIFY(rig.mappedPages() <= 3);
            QVERIFY(rig.say(Map{Window, std::nullopt, false}));
        }
        QCOMPARE(rig.agent.heardOf<ToAgent::DumpAcknowledged>().size(), 2 * Rounds);
        QCOMPARE(frameFault(rig.x), NoFault);
    }

private:
    /// Child to parent, of all windows that have one.
    static std::map<xcb_window_t, xcb_window_t> transientParents(const Rig &rig)
    {
        std::map<xcb_window_t, xcb_window_t> parents;
        for (const xcb_window_t frame : rig.x.frames()) {
            if (const auto parent = rig.x.numbers(frame, "WM_TRANSIENT_FOR"); !parent.empty()) {
                parents.emplace(frame, parent.front());
            }
        }
        return parents;
    }

    /// One message that is legal, with whatever in it. @return what it was
    static std::string sayAnything(Rig &rig, Numbers &random, std::set<std::uint32_t> &live)
    {
        const std::uint32_t number = 1 + random.below(5);
        const WindowId id{number};
        const bool popup = random.below(2) == 0;
        const std::int64_t x = static_cast<std::int64_t>(random.below(1500)) - 150;
        const std::int64_t y = static_cast<std::int64_t>(random.below(1000)) - 150;
        const std::array<std::uint32_t, 8> sizes{1, 2, 4, 5, 60, 200, 640, 1280};
        const std::uint32_t width = sizes[random.below(sizes.size())];
        const std::uint32_t height = sizes[random.below(sizes.size())];
        const std::string about = formatted(" {} at {},{} {}x{} {}", number, x, y, width, height, popup);
        if (!live.contains(number)) {
            live.insert(number);
            (void)rig.sayRaw(CreateType, id, words({x, y, width, height, random.below(6), popup ? 1 : 0}));
            return "create" + about;
        }
        switch (random.below(10)) {
        case 0:
            live.erase(number);
            (void)rig.say(Destroy{id});
            return "destroy" + about;
        case 1:
            (void)rig.say(Unmap{id});
            return "unmap" + about;
        case 2:
            (void)rig.say(Dock{id});
            return "dock" + about;
        case 3:
        case 4:
            (void)rig.sayRaw(ConfigureType, id, words({x, y, width, height, popup ? 1 : 0}));
            return "configure" + about;
        case 5:
        case 6:
            (void)rig.say(rig.dump(id, {width, height}), Damage{id, {0, 0, 16384, 6144}});
            return "dump" + about;
        case 7:
            (void)rig.say(ChangeState{id, Gui::StateFlags::fromBits(random.below(8)), {}});
            return "state" + about;
        default:
            (void)rig.say(Map{id, WindowId{1 + random.below(5)}, popup});
            return "map" + about;
        }
    }
};

QTEST_GUILESS_MAIN(FramesTest)
#include "framestest.moc"
