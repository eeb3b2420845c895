// SPDX-License-Identifier: GPL-2.0-or-later
// The drag agent's two roles on a real X server: asking a program that drags, and dragging onto a program.
#include "clipboard/drag/guest/display.h"
#include "clipboard/drag/guest/dropoffer.h"
#include "clipboard/drag/guest/listreader.h"
#include "tests/support/testclock.h"

#include <QTest>

#include <array>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Drag;

namespace
{

/// A program of the same session, on a connection of its own.
class Program
{
public:
    Program()
        : display(Display::open().value())
    {
    }

    void takeSelection() const
    {
        xcb_set_selection_owner(display->xcb(), display->window(), (*display)[AtomId::XdndSelection], XCB_CURRENT_TIME);
        sync();
    }

    void sync() const
    {
        const XcbPtr<xcb_get_input_focus_reply_t> done(
            xcb_get_input_focus_reply(display->xcb(), xcb_get_input_focus(display->xcb()), nullptr));
    }

    /// A window that takes drags of this version at 100, 100.
    [[nodiscard]] xcb_window_t makeTarget(std::uint32_t version) const
    {
        const xcb_window_t window = xcb_generate_id(display->xcb());
        xcb_create_window(
            display->xcb(), XCB_COPY_FROM_PARENT, window, display->root(), 100, 100, 50, 50, 0, 1, 0, 0, nullptr);
        if (version > 0) {
            xcb_change_property(display->xcb(),
                                XCB_PROP_MODE_REPLACE,
                                window,
                                (*display)[AtomId::XdndAware],
                                XCB_ATOM_ATOM,
                                32,
                                1,
                                &version);
        }
        xcb_map_window(display->xcb(), window);
        sync();
        return window;
    }

    void setProperty(xcb_window_t of, xcb_atom_t property, xcb_atom_t type, std::string_view text) const
    {
        xcb_change_property(display->xcb(),
                            XCB_PROP_MODE_REPLACE,
                            of,
                            property,
                            type,
                            8,
                            static_cast<std::uint32_t>(text.size()),
                            text.data());
    }

    void notify(const xcb_selection_request_event_t &request, xcb_atom_t property) const
    {
        xcb_selection_notify_event_t event{};
        event.response_type = XCB_SELECTION_NOTIFY;
        event.requestor = request.requestor;
        event.selection = request.selection;
        event.target = request.target;
        event.property = property;
        std::array<char, 32> bytes{};
        std::memcpy(bytes.data(), &event, sizeof event);
        xcb_send_event(display->xcb(), 0, request.requestor, XCB_EVENT_MASK_NO_EVENT, bytes.data());
        sync();
    }

    /// The next event of this type that comes.
    template<typename Event> [[nodiscard]] std::optional<Event> next(std::uint8_t type) const
    {
        while (const auto event = display->nextEvent()) {
            if ((event->response_type & EventTypeMask) == type) {
                return as<Event>(*event);
            }
        }
        return std::nullopt;
    }

    std::unique_ptr<Display> display;
};

} // namespace

class DragXdndTest : public QObject
{
    Q_OBJECT

private:
    struct Rig {
        Rig()
            : loop(EventLoop::create(clock).value())
            , display(Display::open().value())
            , reader(*display, *loop)
            , offer(*display, *loop)
        {
        }

        void settle()
        {
            display->flush();
            program.sync();
            const XcbPtr<xcb_get_input_focus_reply_t> done(
                xcb_get_input_focus_reply(display->xcb(), xcb_get_input_focus(display->xcb()), nullptr));
            while (const auto event = display->nextEvent()) {
                begins += display->isDragBegin(*event) ? 1 : 0;
                reader.handle(*event);
                offer.handle(*event);
            }
            loop->runUntilIdle();
            display->flush();
            program.sync();
        }

        void ask()
        {
            reader.ask([this](std::optional<std::string> text) {
                answers.push_back(std::move(text));
            });
            settle();
        }

        [[nodiscard]] xcb_selection_request_event_t request() const
        {
            return program.next<xcb_selection_request_event_t>(XCB_SELECTION_REQUEST).value();
        }

        Test::TestClock clock;
        std::unique_ptr<EventLoop> loop;
        std::unique_ptr<Display> display;
        ListReader reader;
        DropOffer offer;
        Program program;
        int begins = 0;
        std::vector<std::optional<std::string>> answers;
    };

private Q_SLOTS:

    void beginOfADrag_isAnothersSelection()
    {
        Rig rig;
        rig.settle();
        QCOMPARE(rig.begins, 0);
        rig.program.takeSelection();
        rig.settle();
        QCOMPARE(rig.begins, 1);
        rig.program.takeSelection(); // the next drag of the same program
        rig.settle();
        QCOMPARE(rig.begins, 2);
        xcb_set_selection_owner(
            rig.display->xcb(), rig.display->window(), (*rig.display)[AtomId::XdndSelection], XCB_CURRENT_TIME);
        rig.settle();
        QCOMPARE(rig.begins, 2); // that is the agent itself
    }

    void list_isAskedOfTheProgramThatDrags()
    {
        Rig rig;
        rig.program.takeSelection();
        rig.ask();
        const auto request = rig.request();
        QCOMPARE(request.target, (*rig.display)[AtomId::UriList]);
        rig.program.setProperty(request.requestor, request.property, request.target, "file:///a\r\n");
        rig.program.notify(request, request.property);
        rig.settle();
        QCOMPARE(rig.answers.size(), 1U);
        QCOMPARE(rig.answers[0].value(), std::string("file:///a\r\n"));
    }

    void listInParts_isWhole()
    {
        Rig rig;
        rig.program.takeSelection();
        rig.ask();
        const auto request = rig.request();
        rig.program.setProperty(request.requestor, request.property, (*rig.display)[AtomId::Incr], "1234");
        rig.program.notify(request, request.property);
        rig.settle();
        QVERIFY(rig.answers.empty());
        for (const std::string_view part : {"file:///a\r\n", "file:///b\r\n", ""}) {
            rig.program.setProperty(request.requestor, request.property, request.target, part);
            rig.program.sync();
            rig.settle();
        }
        QCOMPARE(rig.answers.size(), 1U);
        QCOMPARE(rig.answers[0].value(), std::string("file:///a\r\nfile:///b\r\n"));
    }

    void silentOrEmptyHandedProgram_isNoWait()
    {
        Rig rig;
        rig.ask(); // nobody drags
        QCOMPARE(rig.answers.size(), 1U);
        QVERIFY(!rig.answers[0]);
        rig.program.takeSelection();
        rig.ask();
        rig.program.notify(rig.request(), XCB_ATOM_NONE); // no files
        rig.settle();
        QCOMPARE(rig.answers.size(), 2U);
        QVERIFY(!rig.answers[1]);
        rig.ask();
        rig.clock.advance(ListReader::Patience);
        rig.settle();
        QCOMPARE(rig.answers.size(), 3U);
        QVERIFY(!rig.answers[2]);
    }

    void endlessList_isCut()
    {
        Rig rig;
        rig.program.takeSelection();
        rig.ask();
        const auto request = rig.request();
        rig.program.setProperty(request.requestor, request.property, (*rig.display)[AtomId::Incr], "1234");
        rig.program.notify(request, request.property);
        rig.settle();
        const std::string part(200000, 'x');
        for (int count = 0; count < 8 && rig.answers.empty(); ++count) {
            rig.program.setProperty(request.requestor, request.property, request.target, part);
            rig.program.sync();
            rig.settle();
        }
        QCOMPARE(rig.answers.size(), 1U);
        QVERIFY(!rig.answers[0]);
    }

    void offer_isAnOrdinaryDrop()
    {
        Rig rig;
        const xcb_window_t window = rig.program.makeTarget(5);
        std::optional<bool> taken;
        rig.offer.start(WindowId{window}, {120, 130}, "file:///a\r\n", [&taken](bool isTaken) {
            taken = isTaken;
        });
        rig.settle();
        const auto &atoms = *rig.display;
        const auto message = [&rig] {
            return rig.program.next<xcb_client_message_event_t>(XCB_CLIENT_MESSAGE).value();
        };
        const auto enter = message();
        QCOMPARE(enter.type, atoms[AtomId::XdndEnter]);
        QCOMPARE(enter.data.data32[1] >> 24U, 5U);
        QCOMPARE(enter.data.data32[2], atoms[AtomId::UriList]);
        const auto position = message();
        QCOMPARE(position.type, atoms[AtomId::XdndPosition]);
        QCOMPARE(position.data.data32[2], (120U << 16U) | 130U);
        QCOMPARE(position.data.data32[4], atoms[AtomId::XdndActionCopy]); // never a move
        reply(rig, window, AtomId::XdndStatus, 1);
        QCOMPARE(message().type, atoms[AtomId::XdndDrop]);
        xcb_convert_selection(rig.program.display->xcb(),
                              rig.program.display->window(),
                              atoms[AtomId::XdndSelection],
                              atoms[AtomId::UriList],
                              atoms[AtomId::Property],
                              XCB_CURRENT_TIME);
        rig.program.sync();
        rig.settle();
        QCOMPARE(property(rig), std::string("file:///a\r\n"));
        QVERIFY(!taken);
        reply(rig, window, AtomId::XdndFinished, 1);
        QVERIFY(taken == true);
    }

    void offer_thatNobodyWants_isSaidSo_data()
    {
        QTest::addColumn<quint32>("version");
        QTest::newRow("takes no drags") << quint32{0};
        QTest::newRow("too old") << quint32{2};
        QTest::newRow("refuses") << quint32{5};
    }

    void offer_thatNobodyWants_isSaidSo()
    {
        QFETCH(const quint32, version);
        Rig rig;
        const xcb_window_t window = rig.program.makeTarget(version);
        std::optional<bool> taken;
        rig.offer.start(WindowId{window}, {120, 130}, "file:///a\r\n", [&taken](bool isTaken) {
            taken = isTaken;
        });
        rig.settle();
        for (int count = 0; count < 5 && !taken; ++count) {
            reply(rig, window, AtomId::XdndStatus, 0);
        }
        QVERIFY(taken == false);
    }

    void offer_toAProgramThatHangs_ends()
    {
        Rig rig;
        const xcb_window_t window = rig.program.makeTarget(5);
        std::optional<bool> taken;
        rig.offer.start(WindowId{window}, {120, 130}, "file:///a\r\n", [&taken](bool isTaken) {
            taken = isTaken;
        });
        rig.clock.advance(DropOffer::Patience);
        rig.settle();
        QVERIFY(taken == false);
    }

private:
    static void reply(Rig &rig, xcb_window_t window, AtomId type, std::uint32_t flags)
    {
        xcb_client_message_event_t event{};
        event.response_type = XCB_CLIENT_MESSAGE;
        event.format = 32;
        event.window = rig.display->window();
        event.type = (*rig.display)[type];
        event.data.data32[0] = window;
        event.data.data32[1] = flags;
        std::array<char, 32> bytes{};
        std::memcpy(bytes.data(), &event, sizeof event);
        xcb_send_event(rig.program.display->xcb(), 0, rig.display->window(), XCB_EVENT_MASK_NO_EVENT, bytes.data());
        rig.program.sync();
        rig.settle();
    }

    static std::string property(const Rig &rig)
    {
        const Display &display = *rig.program.display;
        const XcbPtr<xcb_get_property_reply_t> answer(xcb_get_property_reply(
            display.xcb(),
            xcb_get_property(display.xcb(), 1, display.window(), display[AtomId::Property], XCB_ATOM_ANY, 0, 1024),
            nullptr));
        return {static_cast<const char *>(xcb_get_property_value(answer.get())),
                static_cast<std::size_t>(xcb_get_property_value_length(answer.get()))};
    }
};

QTEST_GUILESS_MAIN(DragXdndTest)
#include "dragxdndtest.moc"
