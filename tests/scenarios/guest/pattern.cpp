// SPDX-License-Identifier: GPL-2.0-or-later
// A program for a qube in the scenarios: one window with a pattern of which every pixel is known.
//   bulkhead-test-pattern [--popup] TITLE X Y WIDTH HEIGHT
// The pixel at (x, y) is 0xRRGGBB with red = x mod 251, green = y mod 241, blue = (x + y) mod 239: no label has such
// neighbours, and no shift, shear or swap of bytes keeps it. Keys that arrive are printed as "key CODE STATE".
#include "base/malloced.h"
#include "base/number.h"

#include <xcb/xcb.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace
{

struct Disconnect {
    void operator()(xcb_connection_t *connection) const noexcept
    {
        xcb_disconnect(connection);
    }
};

using Connection = std::unique_ptr<xcb_connection_t, Disconnect>;

struct Options {
    bool popup = false;
    std::string_view title;
    std::int16_t x = 0;
    std::int16_t y = 0;
    std::uint16_t width = 0;
    std::uint16_t height = 0;
};

template<typename T> bool readNumber(std::string_view text, T &number)
{
    const auto read = Bulkhead::numberIn<T>(text);
    number = read.value_or(0);
    return read.has_value();
}

std::optional<Options> readOptions(std::span<char *> words)
{
    Options options;
    if (!words.empty() && std::string_view(words[0]) == "--popup") {
        options.popup = true;
        words = words.subspan(1);
    }
    if (words.size() != 5) {
        return std::nullopt;
    }
    options.title = words[0];
    if (!readNumber(words[1], options.x) || !readNumber(words[2], options.y) || !readNumber(words[3], options.width)
        || !readNumber(words[4], options.height)) {
        return std::nullopt;
    }
    return options;
}

std::uint32_t patternAt(std::uint32_t x, std::uint32_t y)
{
    return ((x % 251) << 16) | ((y % 241) << 8) | ((x + y) % 239);
}

void draw(xcb_connection_t *x, xcb_window_t window, xcb_gcontext_t context, const Options &options)
{
    std::vector<std::uint32_t> row(options.width);
    for (std::uint16_t line = 0; line < options.height; ++line) {
        for (std::uint32_t column = 0; column < options.width; ++column) {
            row[column] = patternAt(column, line);
        }
        xcb_put_image(x,
                      XCB_IMAGE_FORMAT_Z_PIXMAP,
                      window,
                      context,
                      options.width,
                      1,
                      0,
                      static_cast<std::int16_t>(line),
                      0,
                      24,
                      static_cast<std::uint32_t>(row.size() * sizeof row[0]),
                      reinterpret_cast<const std::uint8_t *>(row.data())); // NOLINT: xcb's byte type
    }
    xcb_flush(x);
}

xcb_window_t makeWindow(xcb_connection_t *x, const xcb_screen_t &screen, const Options &options)
{
    const xcb_window_t window = xcb_generate_id(x);
    const std::uint32_t values[] = {
        screen.black_pixel,
        options.popup ? 1U : 0U,
        XCB_EVENT_MASK_EXPOSURE | XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_STRUCTURE_NOTIFY,
    };
    xcb_create_window(x,
                      XCB_COPY_FROM_PARENT,
                      window,
                      screen.root,
                      options.x,
                      options.y,
                      options.width,
                      options.height,
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      screen.root_visual,
                      XCB_CW_BACK_PIXEL | XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK,
                      values);
    xcb_change_property(x,
                        XCB_PROP_MODE_REPLACE,
                        window,
                        XCB_ATOM_WM_NAME,
                        XCB_ATOM_STRING,
                        8,
                        static_cast<std::uint32_t>(options.title.size()),
                        options.title.data());
    return window;
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = readOptions(std::span(argv + 1, static_cast<std::size_t>(argc - 1)));
    if (!options) {
        (void)std::fputs("usage: bulkhead-test-pattern [--popup] TITLE X Y WIDTH HEIGHT\n", stderr);
        return 2;
    }
    const Connection connection(xcb_connect(nullptr, nullptr));
    if (xcb_connection_has_error(connection.get()) != 0) {
        (void)std::fputs("bulkhead-test-pattern: no display\n", stderr);
        return 1;
    }
    const xcb_screen_t &screen = *xcb_setup_roots_iterator(xcb_get_setup(connection.get())).data;
    const xcb_window_t window = makeWindow(connection.get(), screen, *options);
    const xcb_gcontext_t context = xcb_generate_id(connection.get());
    xcb_create_gc(connection.get(), context, window, 0, nullptr);
    xcb_map_window(connection.get(), window);
    xcb_flush(connection.get());
    while (const Bulkhead::Malloced<xcb_generic_event_t> event{xcb_wait_for_event(connection.get())}) {
        switch (event->response_type & 0x7FU) {
        case XCB_EXPOSE:
            draw(connection.get(), window, context, *options);
            break;
        case XCB_KEY_PRESS: {
            xcb_key_press_event_t key{};
            std::memcpy(&key, event.get(), sizeof key);
            std::printf("key %u %u\n", static_cast<unsigned>(key.detail), static_cast<unsigned>(key.state));
            (void)std::fflush(stdout);
            break;
        }
        default:
            break;
        }
    }
    return 0;
}
