// SPDX-License-Identifier: GPL-2.0-or-later
// Files of a program of dom0's over the frame of a qube's window: a real X server, a program that drags, and in the
// place of bulkhead-drag its two connections.
#include "clipboard/drag/dom0/desktopdrag.h"

#include "base/unixaddress.h"
#include "clipboard/drag/broker/agentcall.h"
#include "clipboard/drag/broker/screenlink.h"
#include "tests/support/testclock.h"
#include "vchan-io/transport/qubesocket.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <array>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;
using namespace std::chrono_literals;

namespace
{

const QubeName TheDom0 = *QubeName::parse("dom0");

/// A program that drags, and the window manager with a qube's frame in its own: all on one connection.
class Desktop
{
public:
    Desktop()
        : display(Display::open().value())
        , decoration(makeWindow(display->root()))
        , frame(makeWindow(decoration))
        , source(display->window())
    {
        set(frame, AtomId::QubeName, XCB_ATOM_STRING, 8, std::string("work"));
        xcb_map_window(display->xcb(), decoration);
        sync();
    }

    [[nodiscard]] xcb_window_t makeWindow(xcb_window_t parent) const
    {
        const xcb_window_t window = xcb_generate_id(display->xcb());
        xcb_create_window(display->xcb(), XCB_COPY_FROM_PARENT, window, parent, 0, 0, 50, 50, 0, 1, 0, 0, nullptr);
        return window;
    }

    void set(xcb_window_t of, AtomId property, xcb_atom_t type, std::uint8_t format, std::string_view bytes) const
    {
        xcb_change_property(display->xcb(),
                            XCB_PROP_MODE_REPLACE,
                            of,
                            (*display)[property],
                            type,
                            format,
                            static_cast<std::uint32_t>(bytes.size()) * 8 / format,
                            bytes.data());
    }

    void sync() const
    {
        const XcbPtr<xcb_get_input_focus_reply_t> done(
            xcb_get_input_focus_reply(display->xcb(), xcb_get_input_focus(display->xcb()), nullptr));
    }

    void beginDrag() const
    {
        xcb_set_selection_owner(display->xcb(), display->window(), (*display)[AtomId::XdndSelection], XCB_CURRENT_TIME);
        sync();
    }

    /// Who speaks for a window in drags.
    [[nodiscard]] xcb_window_t proxyOf(xcb_window_t window) const
    {
        const XcbPtr<xcb_get_property_reply_t> reply(xcb_get_property_reply(
            display->xcb(),
            xcb_get_property(display->xcb(), 0, window, (*display)[AtomId::XdndProxy], XCB_ATOM_WINDOW, 0, 1),
            nullptr));
        return reply == nullptr || reply->value_len != 1
            ? xcb_window_t{XCB_WINDOW_NONE}
            : *static_cast<const xcb_window_t *>(xcb_get_property_value(reply.get()));
    }

    /// A message about the qube's frame to who speaks for it.
    void tell(AtomId type, std::array<std::uint32_t, 4> words) const
    {
        tellOf(frame, type, words);
    }

    void tellOf(xcb_window_t window, AtomId type, std::array<std::uint32_t, 4> words) const
    {
        xcb_client_message_event_t event{};
        event.response_type = XCB_CLIENT_MESSAGE;
        event.format = 32;
        event.window = window;
        event.type = (*display)[type];
        event.data.data32[0] = source;
        std::ranges::copy(words, std::span(event.data.data32).begin() + 1);
        std::array<char, 32> bytes{};
        std::memcpy(bytes.data(), &event, sizeof event);
        xcb_send_event(display->xcb(), 0, proxyOf(frame), XCB_EVENT_MASK_NO_EVENT, bytes.data());
        sync();
    }

    void enter(std::uint32_t version = 5) const
    {
        tell(AtomId::XdndEnter, {version << 24U, (*display)[AtomId::UriList], 0, 0});
    }

    void moveTo(std::uint32_t x, std::uint32_t y) const
    {
        tell(AtomId::XdndPosition, {0, x << 16U | y, 0, (*display)[AtomId::XdndActionCopy]});
    }

    /// What has come; asked for the list, it gives it.
    void serve()
    {
        while (const auto event = display->nextEvent()) {
            const auto type = event->response_type & EventTypeMask;
            if (type == XCB_SELECTION_REQUEST) {
                give(as<xcb_selection_request_event_t>(*event));
            } else if (type == XCB_CLIENT_MESSAGE) {
                const auto &message = as<xcb_client_message_event_t>(*event);
                if (message.type == (*display)[AtomId::XdndStatus]) {
                    statuses.push_back((message.data.data32[1] & 1U) != 0);
                } else if (message.type == (*display)[AtomId::XdndFinished]) {
                    finishes.push_back((message.data.data32[1] & 1U) != 0);
                }
                answeredFor = message.data.data32[0];
            }
        }
    }

    std::unique_ptr<Display> display;
    xcb_window_t decoration;
    xcb_window_t frame;
    xcb_window_t source; ///< who is said to drag
    std::string list;
    std::vector<bool> statuses;
    std::vector<bool> finishes;
    xcb_window_t answeredFor = XCB_WINDOW_NONE;

private:
    void give(const xcb_selection_request_event_t &request) const
    {
        xcb_change_property(display->xcb(),
                            XCB_PROP_MODE_REPLACE,
                            request.requestor,
                            request.property,
                            request.target,
                            8,
                            static_cast<std::uint32_t>(list.size()),
                            list.data());
        xcb_selection_notify_event_t event{};
        event.response_type = XCB_SELECTION_NOTIFY;
        event.requestor = request.requestor;
        event.selection = request.selection;
        event.target = request.target;
        event.property = request.property;
        std::array<char, 32> bytes{};
        std::memcpy(bytes.data(), &event, sizeof event);
        xcb_send_event(display->xcb(), 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, bytes.data());
        sync();
    }
};

class Rig
{
public:
    Rig()
        : loop(EventLoop::create(clock).value())
    {
        const std::string agentSocket = runtime() + "/bulkhead/drag-dom0.sock";
        UniqueFd listener = listenAsQube(runtime(), "drag", TheDom0).value();
        drag = DesktopDrag::create(*loop,
                                   {.socket = agentSocket,
                                    .home = runtime(),
                                    .hostName = "here",
                                    .measurer = QFile::decodeName(BULKHEAD_DRAG_DESKTOP).toStdString(),
                                    .sender = "true"},
                                   std::move(listener))
                   .value();
        agent = AgentCall::start(*loop,
                                 TheDom0,
                                 connectToUnixSocket(agentSocket, SOCK_STREAM | SOCK_NONBLOCK).value(),
                                 {.onMessage =
                                      [this](const FromAgent &message) {
                                          hearsay.push_back(message);
                                      },
                                  .onEnd = [](AgentCall::End) {}})
                    .value();
        connectScreen();
    }

    Rig(const Rig &) = delete;
    Rig &operator=(const Rig &) = delete;

    ~Rig()
    {
        screen.reset(); // before the loop
        agent.reset();
        drag.reset();
    }

    void connectScreen()
    {
        screen = ScreenLink::connect(*loop,
                                     runtime() + "/bulkhead/drag/dom0",
                                     {.onMessage =
                                          [this](const FromScreen &message) {
                                              seen.push_back(message);
                                          },
                                      .onEnd = [] {}})
                     .value();
        settle();
    }

    [[nodiscard]] std::string runtime() const
    {
        return m_folder.path().toStdString();
    }

    void settle()
    {
        desktop.sync();
        loop->runUntilIdle();
        desktop.sync();
        desktop.serve();
    }

    /// Other programs take their turns: the X server, the one that measures.
    [[nodiscard]] bool until(const std::function<bool()> &isSo)
    {
        constexpr int MostTurns = 1000;
        for (int count = 0; count < MostTurns && !isSo(); ++count) {
            loop->turn(10ms);
            settle();
        }
        return isSo();
    }

    template<typename Message> [[nodiscard]] bool wasSeen()
    {
        return until([this] {
            return std::ranges::any_of(seen, [](const FromScreen &message) {
                return std::holds_alternative<Message>(message);
            });
        });
    }

    /// A drag of files that bulkhead-drag has taken.
    [[nodiscard]] bool leadAway()
    {
        desktop.beginDrag();
        if (!wasSeen<Pressed>() || !until([this] {
                return desktop.proxyOf(desktop.frame) != XCB_WINDOW_NONE;
            })) {
            return false;
        }
        desktop.enter();
        if (!wasSeen<Left>()) {
            return false;
        }
        screen->tell(Take{});
        return wasSeen<Taken>();
    }

    Test::TestClock clock;
    std::unique_ptr<EventLoop> loop;
    Desktop desktop;
    std::unique_ptr<DesktopDrag> drag;
    std::unique_ptr<AgentCall> agent;
    std::unique_ptr<ScreenLink> screen;
    std::vector<FromScreen> seen;
    std::vector<FromAgent> hearsay;

private:
    QTemporaryDir m_folder;
};

} // namespace

class DesktopDragTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void framesOfQubes_areSpokenFor()
    {
        Rig rig;
        const xcb_window_t own = rig.desktop.makeWindow(rig.desktop.display->root());    // a window of dom0's
        QCOMPARE(rig.desktop.proxyOf(rig.desktop.frame), xcb_window_t{XCB_WINDOW_NONE}); // nothing is dragged
        rig.desktop.beginDrag();
        QVERIFY(rig.until([&rig] {
            return rig.desktop.proxyOf(rig.desktop.frame) != XCB_WINDOW_NONE;
        }));
        const xcb_window_t speaker = rig.desktop.proxyOf(rig.desktop.frame);
        QCOMPARE(rig.desktop.proxyOf(speaker), speaker); // as the protocol wants it
        QCOMPARE(rig.desktop.proxyOf(rig.desktop.decoration), xcb_window_t{XCB_WINDOW_NONE});
        QCOMPARE(rig.desktop.proxyOf(own), xcb_window_t{XCB_WINDOW_NONE});
    }

    void filesOverAQube_areADrag()
    {
        Rig rig;
        QVERIFY(rig.leadAway());
        QVERIFY(std::holds_alternative<Pressed>(rig.seen[0]));
        QVERIFY(std::holds_alternative<Left>(rig.seen[1]));
        QVERIFY(rig.until([&rig] {
            return std::ranges::contains(rig.hearsay, FromAgent(Began{}));
        }));
        rig.desktop.moveTo(30, 40);
        QVERIFY(rig.until([&rig] {
            return std::ranges::contains(rig.seen, FromScreen(Moved{.pointer = {30, 40}}));
        }));
        QVERIFY(rig.until([&rig] {
            return rig.desktop.statuses == std::vector{true};
        }));
        QCOMPARE(rig.desktop.answeredFor, rig.desktop.frame);
    }

    void placeBeforeItIsTaken_isRefused()
    {
        Rig rig;
        rig.desktop.beginDrag();
        QVERIFY(rig.wasSeen<Pressed>());
        rig.desktop.enter();
        rig.desktop.moveTo(30, 40);
        QVERIFY(rig.until([&rig] {
            return rig.desktop.statuses == std::vector{false};
        }));
        rig.desktop.tell(AtomId::XdndDrop, {0, 0, 0, 0}); // nobody has drawn what it would do
        QVERIFY(rig.until([&rig] {
            return rig.desktop.finishes == std::vector{false};
        }));
        QVERIFY(rig.wasSeen<Escaped>());
    }

    void notFiles_areNoDrag()
    {
        Rig rig;
        rig.desktop.beginDrag();
        QVERIFY(rig.wasSeen<Pressed>());
        rig.desktop.tell(AtomId::XdndEnter, {5U << 24U, (*rig.desktop.display)[AtomId::Targets], 0, 0});
        rig.desktop.moveTo(30, 40);
        rig.desktop.enter(2); // too old to be understood
        rig.desktop.moveTo(30, 40);
        rig.settle();
        rig.settle();
        QCOMPARE(rig.seen.size(), 1U); // the press, and nothing of a drag
        QVERIFY(rig.desktop.statuses.empty());
    }

    void typesInAList_areRead()
    {
        Rig rig;
        const auto &display = *rig.desktop.display;
        std::array<xcb_atom_t, 5> types{1, 2, 3, 4, display[AtomId::UriList]};
        rig.desktop.set(display.window(),
                        AtomId::XdndTypeList,
                        XCB_ATOM_ATOM,
                        32,
                        std::string_view(reinterpret_cast<const char *>(types.data()), sizeof types)); // NOLINT
        rig.desktop.beginDrag();
        QVERIFY(rig.wasSeen<Pressed>());
        rig.desktop.tell(AtomId::XdndEnter, {5U << 24U | 1U, 1, 2, 3});
        QVERIFY(rig.wasSeen<Left>());
    }

    void release_isListedAndCopied()
    {
        Rig rig;
        const QByteArray path = QFile::encodeName(QString::fromStdString(rig.runtime())) + "/a file";
        QFile file(QFile::decodeName(path));
        QVERIFY(file.open(QIODevice::WriteOnly));
        QCOMPARE(file.write("12345"), 5);
        file.close();
        rig.desktop.list = "file://" + QByteArray(path).replace(" ", "%20").toStdString() + "\r\n";
        QVERIFY(rig.leadAway());
        rig.desktop.moveTo(30, 40);
        rig.desktop.tell(AtomId::XdndDrop, {0, 0, 0, 0});
        QVERIFY(rig.until([&rig] {
            return std::ranges::contains(rig.seen, FromScreen(Released{.pointer = {30, 40}}));
        }));
        QVERIFY(rig.desktop.finishes.empty()); // its list is still wanted

        const Token token{7};
        rig.agent->tell(List{.token = token});
        QVERIFY(rig.until([&] {
            return std::ranges::contains(rig.hearsay, FromAgent(Listed{.token = token, .files = 1, .bytes = 5}));
        }));
        rig.screen->tell(LetGo{});
        QVERIFY(rig.until([&rig] {
            return rig.desktop.finishes == std::vector{true};
        }));
        rig.agent->tell(Send{.token = token, .target = *QubeName::parse("work")});
        QVERIFY(rig.until([&] {
            return std::ranges::contains(rig.hearsay, FromAgent(Sent{.token = token, .outcome = SendOutcome::Whole}));
        }));
    }

    void releaseNobodyTakes_isOverInTime()
    {
        Rig rig;
        QVERIFY(rig.leadAway());
        rig.desktop.tell(AtomId::XdndDrop, {0, 0, 0, 0});
        QVERIFY(rig.wasSeen<Released>());
        rig.clock.advance(DesktopDrag::DropPatience);
        QVERIFY(rig.until([&rig] {
            return rig.desktop.finishes == std::vector{false};
        }));
    }

    void away_endsIt()
    {
        Rig rig;
        QVERIFY(rig.leadAway());
        rig.desktop.tell(AtomId::XdndLeave, {0, 0, 0, 0});
        rig.settle();
        rig.desktop.enter(); // the next window lies beside it: it goes on
        rig.clock.advance(DesktopDrag::BetweenWindows);
        rig.settle();
        QVERIFY(!std::ranges::contains(rig.seen, FromScreen(Escaped{})));

        rig.desktop.tell(AtomId::XdndLeave, {0, 0, 0, 0});
        rig.settle();
        rig.clock.advance(DesktopDrag::BetweenWindows);
        QVERIFY(rig.wasSeen<Escaped>());
        QCOMPARE(std::ranges::count(rig.seen, FromScreen(Pressed{})), 2); // it may come back
    }

    void messagesOfAnother_areIgnored()
    {
        Rig rig;
        QVERIFY(rig.leadAway());
        rig.desktop.tellOf(rig.desktop.decoration, AtomId::XdndPosition, {0, 0, 0, 0}); // a window nobody entered
        rig.desktop.source = rig.desktop.decoration;                                    // a program that drags nothing
        rig.desktop.moveTo(30, 40);
        rig.desktop.tell(AtomId::XdndDrop, {0, 0, 0, 0});
        rig.settle();
        rig.settle();
        QVERIFY(rig.desktop.statuses.empty());
        QVERIFY(rig.desktop.finishes.empty());
        QVERIFY(!std::ranges::contains(rig.seen, FromScreen(Moved{.pointer = {30, 40}})));
    }

    void frameThatComesMeanwhile_isSpokenFor()
    {
        Rig rig;
        rig.desktop.beginDrag();
        QVERIFY(rig.wasSeen<Pressed>());
        const xcb_window_t late = rig.desktop.makeWindow(rig.desktop.display->root());
        rig.desktop.set(late, AtomId::QubeName, XCB_ATOM_STRING, 8, std::string("personal"));
        xcb_map_window(rig.desktop.display->xcb(), late);
        rig.settle();
        rig.settle();
        QCOMPARE(rig.desktop.proxyOf(late),
                 xcb_window_t{XCB_WINDOW_NONE}); // no button is down: nothing is dragged any more
    }

    void bulkheadDragThatIsAnew_isMet()
    {
        Rig rig;
        QVERIFY(rig.leadAway());
        rig.connectScreen(); // in the old one's place
        rig.desktop.moveTo(30, 40);
        QVERIFY(rig.until([&rig] {
            return rig.desktop.statuses == std::vector{false};
        }));
        rig.seen.clear();
        rig.desktop.beginDrag(); // the next one
        QVERIFY(rig.wasSeen<Pressed>());
        rig.desktop.enter();
        QVERIFY(rig.wasSeen<Left>());
    }
};

QTEST_GUILESS_MAIN(DesktopDragTest)

#include "desktopdragtest.moc"
