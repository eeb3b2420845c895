// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/bench/xdisplay.h"

#include "base/malloced.h"

#include <sys/mman.h>
#include <unistd.h>
#include <xcb/damage.h>

#include <cstdio>
#include <cstdlib>
#include <string>

namespace Bulkhead::Bench
{

namespace
{

template<typename T> using Reply = Malloced<T>;

[[noreturn]] void giveUp(std::string_view what)
{
    (void)std::fprintf(stderr, "pixelpath: %.*s failed\n", static_cast<int>(what.size()), what.data());
    std::exit(1); // NOLINT(concurrency-mt-unsafe): one thread
}

template<typename T> Reply<T> checked(T *reply, std::string_view what)
{
    if (reply == nullptr) {
        giveUp(what);
    }
    return Reply<T>(reply);
}

} // namespace

Display::Display(const char *name)
    : m_x(xcb_connect(name, nullptr))
{
    if (xcb_connection_has_error(m_x.get()) != 0) {
        giveUp(std::string("connecting to ") + name);
    }
    const xcb_screen_t &screen = *xcb_setup_roots_iterator(xcb_get_setup(m_x.get())).data;
    m_root = screen.root;
    m_depth = screen.root_depth;
    m_context = xcb_generate_id(m_x.get());
    xcb_create_gc(m_x.get(), m_context, m_root, 0, nullptr);
}

Display::~Display() = default;

std::vector<xcb_window_t> Display::children(xcb_window_t window) const
{
    const Reply<xcb_query_tree_reply_t> tree(
        xcb_query_tree_reply(m_x.get(), xcb_query_tree(m_x.get(), window), nullptr));
    if (!tree) {
        return {};
    }
    const xcb_window_t *const first = xcb_query_tree_children(tree.get());
    return {first, first + xcb_query_tree_children_length(tree.get())};
}

std::pair<std::uint16_t, std::uint16_t> Display::size(xcb_window_t window) const
{
    const Reply<xcb_get_geometry_reply_t> geometry(
        xcb_get_geometry_reply(m_x.get(), xcb_get_geometry(m_x.get(), window), nullptr));
    return geometry ? std::pair{geometry->width, geometry->height} : std::pair<std::uint16_t, std::uint16_t>{};
}

bool Display::isWhollyShown(xcb_window_t window) const
{
    const Reply<xcb_get_window_attributes_reply_t> attributes(
        xcb_get_window_attributes_reply(m_x.get(), xcb_get_window_attributes(m_x.get(), window), nullptr));
    const Reply<xcb_translate_coordinates_reply_t> corner(xcb_translate_coordinates_reply(
        m_x.get(), xcb_translate_coordinates(m_x.get(), window, m_root, 0, 0), nullptr));
    if (!attributes || attributes->map_state != XCB_MAP_STATE_VIEWABLE || !corner) {
        return false;
    }
    const auto [width, height] = size(window);
    const auto [screenWidth, screenHeight] = size(m_root);
    return corner->dst_x >= 0 && corner->dst_y >= 0 && corner->dst_x + width <= screenWidth
        && corner->dst_y + height <= screenHeight;
}

bool Display::hasProperty(xcb_window_t window, std::string_view name) const
{
    const auto atom = checked(
        xcb_intern_atom_reply(
            m_x.get(), xcb_intern_atom(m_x.get(), 0, static_cast<std::uint16_t>(name.size()), name.data()), nullptr),
        "naming a property");
    const Reply<xcb_get_property_reply_t> property(xcb_get_property_reply(
        m_x.get(), xcb_get_property(m_x.get(), 0, window, atom->atom, XCB_ATOM_ANY, 0, 1), nullptr));
    return property && property->type != XCB_ATOM_NONE;
}

xcb_window_t Display::showWindow(std::uint16_t width, std::uint16_t height) const
{
    constexpr std::int16_t Corner = 40;
    const xcb_window_t window = xcb_generate_id(m_x.get());
    xcb_create_window(m_x.get(),
                      XCB_COPY_FROM_PARENT,
                      window,
                      m_root,
                      Corner,
                      Corner,
                      width,
                      height,
                      0,
                      XCB_WINDOW_CLASS_INPUT_OUTPUT,
                      XCB_COPY_FROM_PARENT,
                      0,
                      nullptr);
    xcb_map_window(m_x.get(), window);
    sync();
    return window;
}

void Display::lower(xcb_window_t window) const
{
    const std::uint32_t below = XCB_STACK_MODE_BELOW;
    xcb_configure_window(m_x.get(), window, XCB_CONFIG_WINDOW_STACK_MODE, &below);
    sync();
}

void Display::fill(xcb_window_t window, std::uint32_t color, std::uint16_t width, std::uint16_t height) const
{
    xcb_change_gc(m_x.get(), m_context, XCB_GC_FOREGROUND, &color);
    const xcb_rectangle_t all{0, 0, width, height};
    xcb_poly_fill_rectangle(m_x.get(), window, m_context, 1, &all);
    xcb_flush(m_x.get());
}

std::uint32_t Display::pixel(xcb_window_t window, int x, int y) const
{
    const auto image = checked(xcb_get_image_reply(m_x.get(),
                                                   xcb_get_image(m_x.get(),
                                                                 XCB_IMAGE_FORMAT_Z_PIXMAP,
                                                                 window,
                                                                 static_cast<std::int16_t>(x),
                                                                 static_cast<std::int16_t>(y),
                                                                 1,
                                                                 1,
                                                                 ~0U),
                                                   nullptr),
                               "reading a pixel");
    const std::uint8_t *const data = xcb_get_image_data(image.get());
    return data[0] | (std::uint32_t{data[1]} << 8) | (std::uint32_t{data[2]} << 16);
}

void Display::watchDamageOfRoot() const
{
    (void)checked(xcb_damage_query_version_reply(
                      m_x.get(),
                      xcb_damage_query_version(m_x.get(), XCB_DAMAGE_MAJOR_VERSION, XCB_DAMAGE_MINOR_VERSION),
                      nullptr),
                  "asking for the Damage extension");
    xcb_damage_create(m_x.get(), xcb_generate_id(m_x.get()), m_root, XCB_DAMAGE_REPORT_LEVEL_RAW_RECTANGLES);
    sync();
}

void Display::waitForDamage() const
{
    const Reply<xcb_generic_event_t> event(xcb_wait_for_event(m_x.get()));
    if (!event) {
        giveUp("waiting for the screen to change");
    }
}

void Display::sync() const
{
    (void)checked(xcb_get_input_focus_reply(m_x.get(), xcb_get_input_focus(m_x.get()), nullptr), "a round trip");
}

SharedImage::SharedImage(const Display &display, std::uint16_t width, std::uint16_t height)
    : m_display(display)
    , m_width(width)
    , m_height(height)
    , m_segment(xcb_generate_id(display.connection()))
{
    const std::size_t size = std::size_t{4} * width * height;
    UniqueFd memory(::memfd_create("pixelpath", MFD_CLOEXEC));
    if (!memory || ::ftruncate(memory.get(), static_cast<off_t>(size)) != 0) {
        giveUp("making shared memory");
    }
    auto mapping = Mapping::shared(memory.get(), size, PROT_READ | PROT_WRITE);
    if (!mapping) {
        giveUp("mapping shared memory");
    }
    m_memory = std::move(*mapping);
    xcb_shm_attach_fd(display.connection(), m_segment, memory.release(), 0); // xcb closes the descriptor
    display.sync();
}

void SharedImage::get(xcb_window_t window) const
{
    (void)checked(
        xcb_shm_get_image_reply(
            m_display.connection(),
            xcb_shm_get_image(
                m_display.connection(), window, 0, 0, m_width, m_height, ~0U, XCB_IMAGE_FORMAT_Z_PIXMAP, m_segment, 0),
            nullptr),
        "reading a picture");
}

void SharedImage::put(xcb_window_t window) const
{
    xcb_shm_put_image(m_display.connection(),
                      window,
                      m_display.context(),
                      m_width,
                      m_height,
                      0,
                      0,
                      m_width,
                      m_height,
                      0,
                      0,
                      m_display.depth(),
                      XCB_IMAGE_FORMAT_Z_PIXMAP,
                      0,
                      m_segment,
                      0);
    m_display.sync();
}

} // namespace Bulkhead::Bench
