// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "gui-daemon/screenhalf/windows.h"
#include "tests/gui-daemon/xobserver.h"

#include <QTest>

#include <sys/mman.h>

#include <cstring>
#include <memory>
#include <vector>

namespace Bulkhead
{

/// For QCOMPARE.
inline char *toString(const Rect &rect)
{
    return QTest::toString(QStringLiteral("%1,%2 %3x%4").arg(rect.x).arg(rect.y).arg(rect.width).arg(rect.height));
}

} // namespace Bulkhead

namespace Bulkhead::Test
{

/// The screen half in this process, driven by commands as a wire half sends them: everything goes through packets and
/// their parser.
struct WindowsRig {
    WindowsRig()
        : connection(Screen::Connection::open().value())
        , identity{.name = QubeName::parse("work").value(),
                   .domain = DomId{5},
                   .labelIndex = 1,
                   .labelColor = LabelColor::parse("0xcc0000").value(),
                   .demo = false}
        , windows(*connection, identity, {}, [this](const Screen::Event &event, UniqueFd descriptor) {
            const auto read = Screen::parseEvent(Screen::buildEvent(event));
            events.push_back(read.value());
            if (descriptor) {
                descriptors.push_back(std::move(descriptor));
            }
        })
    {
    }

    Result<void> apply(const Screen::Command &command)
    {
        return Screen::parseCommand(Screen::buildCommand(command)).and_then([this](const Screen::Command &read) {
            return windows.apply(read);
        });
    }

    template<typename... Commands> void say(const Commands &...commands)
    {
        const bool all = (apply(Screen::Command(commands)).has_value() && ...);
        QVERIFY(all);
        settle();
    }

    /// As bulkhead-session does it.
    void lock(bool locked)
    {
        x.changeProperty(x.root(), "_BULKHEAD_LOCKED", {locked ? 1U : 0U});
        settle();
    }

    /// Until the server has done everything and said so.
    void settle()
    {
        for (int i = 0; i < 4; ++i) {
            windows.settle();
            x.sync();
            const Screen::XcbPtr<xcb_get_input_focus_reply_t> reply(
                xcb_get_input_focus_reply(connection->get(), xcb_get_input_focus(connection->get()), nullptr));
        }
    }

    template<typename T> std::vector<T> all()
    {
        settle();
        std::vector<T> found;
        for (const auto &event : events) {
            if (const auto *one = std::get_if<T>(&event)) {
                found.push_back(*one);
            }
        }
        return found;
    }

    /// A window with a picture in one colour.
    Mapping paint(WindowId window, Size size, std::uint32_t color)
    {
        say(Screen::RequestSegment{.window = window, .serial = 7, .size = size});
        const std::size_t bytes = std::size_t{size.width} * size.height * 4;
        Mapping mapping = Mapping::shared(descriptors.back().get(), bytes, PROT_READ | PROT_WRITE).value();
        for (std::size_t i = 0; i < bytes; i += 4) {
            std::memcpy(mapping.bytes().data() + i, &color, 4);
        }
        say(Screen::PaintArea{.window = window, .serial = 7, .area = {0, 0, size.width, size.height}});
        return mapping;
    }

    xcb_window_t frame(WindowId window = WindowId{0x100})
    {
        return x.frameOf(window.value());
    }

    ~WindowsRig()
    {
        lock(false); // the next test has the same server
    }

    WindowsRig(const WindowsRig &) = delete;
    WindowsRig &operator=(const WindowsRig &) = delete;

    XObserver x;
    std::unique_ptr<Screen::Connection> connection;
    Identity identity;
    std::vector<Screen::Event> events;
    std::vector<UniqueFd> descriptors;
    Screen::Windows windows;
};

} // namespace Bulkhead::Test
