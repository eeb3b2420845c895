// SPDX-License-Identifier: GPL-2.0-or-later
// On an X server of its own: what lies over the prompt's window.
#include "manager/prompt/x11/screenwatch.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <vector>

using namespace Bulkhead;

namespace
{

struct Area {
    std::int16_t x;
    std::int16_t y;
    std::uint16_t width;
    std::uint16_t height;
};

enum class Kind : std::uint8_t { PopUp, Managed };

/// Another program of the desktop. On this server no manager manages anything.
class Neighbour
{
public:
    Neighbour()
        : m_x(xcb_connect(nullptr, nullptr))
        , m_root(xcb_setup_roots_iterator(xcb_get_setup(m_x)).data->root)
    {
        auto *const reply = xcb_intern_atom_reply(m_x, xcb_intern_atom(m_x, 0, 13, "_QUBES_VMNAME"), nullptr);
        m_name = reply->atom;
        std::free(reply);
    }

    Neighbour(const Neighbour &) = delete;
    Neighbour &operator=(const Neighbour &) = delete;

    ~Neighbour()
    {
        xcb_disconnect(m_x);
    }

    xcb_window_t open(const Area &area, Kind kind, xcb_window_t parent = XCB_WINDOW_NONE)
    {
        const xcb_window_t window = xcb_generate_id(m_x);
        const std::array<std::uint32_t, 1> values{kind == Kind::PopUp ? 1U : 0U};
        xcb_create_window(m_x,
                          XCB_COPY_FROM_PARENT,
                          window,
                          parent == XCB_WINDOW_NONE ? m_root : parent,
                          area.x,
                          area.y,
                          area.width,
                          area.height,
                          0,
                          XCB_WINDOW_CLASS_INPUT_OUTPUT,
                          XCB_COPY_FROM_PARENT,
                          XCB_CW_OVERRIDE_REDIRECT,
                          values.data());
        xcb_map_window(m_x, window);
        xcb_flush(m_x);
        return window;
    }

    /// As the gui-daemon marks its frames.
    void nameAfterQube(xcb_window_t window)
    {
        xcb_change_property(m_x, XCB_PROP_MODE_REPLACE, window, m_name, XCB_ATOM_STRING, 8, 4, "work");
        xcb_flush(m_x);
    }

    void move(xcb_window_t window, std::int32_t x)
    {
        const std::array<std::uint32_t, 1> values{static_cast<std::uint32_t>(x)};
        xcb_configure_window(m_x, window, XCB_CONFIG_WINDOW_X, values.data());
        xcb_flush(m_x);
    }

    void stack(xcb_window_t window, xcb_stack_mode_t mode)
    {
        const std::array<std::uint32_t, 1> values{mode};
        xcb_configure_window(m_x, window, XCB_CONFIG_WINDOW_STACK_MODE, values.data());
        xcb_flush(m_x);
    }

    void close(xcb_window_t window)
    {
        xcb_destroy_window(m_x, window);
        xcb_flush(m_x);
    }

    /// Whether a window lies over another one.
    [[nodiscard]] bool isAbove(xcb_window_t upper, xcb_window_t lower) const
    {
        auto *const reply = xcb_query_tree_reply(m_x, xcb_query_tree(m_x, m_root), nullptr);
        const xcb_window_t *const first = xcb_query_tree_children(reply);
        const std::vector<xcb_window_t> all(first, first + xcb_query_tree_children_length(reply));
        std::free(reply);
        return std::ranges::find(all, upper) > std::ranges::find(all, lower);
    }

    void sync()
    {
        std::free(xcb_get_input_focus_reply(m_x, xcb_get_input_focus(m_x), nullptr));
    }

private:
    xcb_connection_t *m_x;
    xcb_window_t m_root;
    xcb_atom_t m_name = XCB_ATOM_NONE;
};

constexpr Area Prompt{.x = 100, .y = 100, .width = 300, .height = 200};
constexpr Area Corner{.x = 399, .y = 299, .width = 50, .height = 50};
constexpr Area Beside{.x = 400, .y = 100, .width = 50, .height = 50};

} // namespace

class ScreenWatchTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void ui_146_S_131_managedWindowAboveCovers();
    void ui_146_windowInAFrameCovers();
    void ui_146_popUpIsPutBelow();
    void ui_146_hundredPopUps();
    void besideOrBelow_coversNothing();
    void othersWindows_areLeftWhereTheyAre();
    void quiet_isSaid();

private:
    std::unique_ptr<Neighbour> m_neighbour;
    std::unique_ptr<ScreenWatch> m_watch;
    xcb_window_t m_prompt = XCB_WINDOW_NONE;
};

void ScreenWatchTest::init()
{
    m_neighbour = std::make_unique<Neighbour>();
    m_prompt = m_neighbour->open(Prompt, Kind::Managed);
    m_neighbour->sync();
    auto watch = ScreenWatch::create();
    QVERIFY(watch);
    m_watch = *std::move(watch);
    m_watch->watch(m_prompt);
}

void ScreenWatchTest::cleanup()
{
    m_watch.reset();
    m_neighbour.reset();
}

void ScreenWatchTest::ui_146_S_131_managedWindowAboveCovers()
{
    QSignalSpy changes(m_watch.get(), &ScreenWatch::coveredChanged);
    QSignalSpy raises(m_watch.get(), &ScreenWatch::raiseWanted);
    const xcb_window_t window = m_neighbour->open(Corner, Kind::Managed);
    m_neighbour->nameAfterQube(window);
    m_neighbour->stack(window, XCB_STACK_MODE_ABOVE);
    m_neighbour->move(window, 398);
    QTRY_VERIFY(m_watch->isCovered());
    QVERIFY(!raises.isEmpty());
    m_neighbour->move(window, 400);
    QTRY_VERIFY(!m_watch->isCovered());
    m_neighbour->move(window, 399);
    QTRY_VERIFY(m_watch->isCovered()); // by one pixel
    m_neighbour->close(window);
    QTRY_VERIFY(!m_watch->isCovered());
    QCOMPARE(changes.size(), 4);
}

void ScreenWatchTest::ui_146_windowInAFrameCovers()
{
    const xcb_window_t frame = m_neighbour->open(Corner, Kind::Managed);
    const xcb_window_t wrapper = m_neighbour->open({.x = 0, .y = 0, .width = 40, .height = 40}, Kind::Managed, frame);
    m_neighbour->nameAfterQube(m_neighbour->open({.x = 0, .y = 0, .width = 40, .height = 40}, Kind::Managed, wrapper));
    m_neighbour->move(frame, 398);
    QTRY_VERIFY(m_watch->isCovered());
}

void ScreenWatchTest::ui_146_popUpIsPutBelow()
{
    QSignalSpy changes(m_watch.get(), &ScreenWatch::coveredChanged);
    QSignalSpy raises(m_watch.get(), &ScreenWatch::raiseWanted);
    const xcb_window_t popUp = m_neighbour->open(Beside, Kind::PopUp);
    m_neighbour->nameAfterQube(popUp);
    for (const int times : {1, 2, 3}) { // each time that it comes back
        m_neighbour->stack(popUp, XCB_STACK_MODE_ABOVE);
        m_neighbour->move(popUp, 380);
        QTRY_COMPARE(changes.size(), 2 * times);
        QCOMPARE(changes.at(2 * times - 2).first().toBool(), true);
        QCOMPARE(changes.at(2 * times - 1).first().toBool(), false);
        QVERIFY(m_neighbour->isAbove(m_prompt, popUp));
    }
    QVERIFY2(raises.isEmpty(), "no manager would put a window over a pop-up");
}

void ScreenWatchTest::ui_146_hundredPopUps()
{
    QSignalSpy changes(m_watch.get(), &ScreenWatch::coveredChanged);
    std::vector<xcb_window_t> popUps;
    for (int number = 0; number < 100; ++number) {
        popUps.push_back(m_neighbour->open(Corner, Kind::PopUp));
        m_neighbour->nameAfterQube(popUps.back());
    }
    m_neighbour->move(popUps.back(), 398); // which is told when all of them are there
    QTRY_VERIFY(!changes.isEmpty());
    QTRY_VERIFY(std::ranges::all_of(popUps, [this](xcb_window_t popUp) {
        return m_neighbour->isAbove(m_prompt, popUp);
    }));
    QTRY_VERIFY(!m_watch->isCovered());
}

void ScreenWatchTest::besideOrBelow_coversNothing()
{
    const xcb_window_t beside = m_neighbour->open(Beside, Kind::Managed);
    const xcb_window_t below = m_neighbour->open(Corner, Kind::Managed);
    for (const xcb_window_t window : {beside, below}) {
        m_neighbour->nameAfterQube(window);
    }
    m_neighbour->stack(below, XCB_STACK_MODE_BELOW);
    const xcb_window_t last = m_neighbour->open(Corner, Kind::Managed); // something that is seen, to wait for
    m_neighbour->nameAfterQube(last);
    m_neighbour->move(last, 398);
    QTRY_VERIFY(m_watch->isCovered());
    m_neighbour->close(last);
    QTRY_VERIFY(!m_watch->isCovered());
}

void ScreenWatchTest::othersWindows_areLeftWhereTheyAre()
{
    const xcb_window_t toolTip = m_neighbour->open(Corner, Kind::PopUp);
    const xcb_window_t last = m_neighbour->open(Corner, Kind::Managed);
    m_neighbour->nameAfterQube(last);
    m_neighbour->move(last, 398);
    QTRY_VERIFY(m_watch->isCovered());
    m_neighbour->close(last);
    QTRY_VERIFY(!m_watch->isCovered());
    QVERIFY(m_neighbour->isAbove(toolTip, m_prompt));
}

void ScreenWatchTest::quiet_isSaid()
{
    QSignalSpy quiet(m_watch.get(), &ScreenWatch::quiet);
    m_watch->waitForQuiet(); // nobody has touched this server
    QTRY_COMPARE(quiet.size(), 1);
    m_watch->waitForQuiet();
    QTRY_COMPARE(quiet.size(), 2); // once each time
}

QTEST_GUILESS_MAIN(ScreenWatchTest)

#include "screenwatchtest.moc"
