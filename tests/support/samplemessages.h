// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/guifromagent.h"
#include "vchan-io/wire/guifromdaemon.h"

#include <string>
#include <vector>

/// One message of each kind at its smallest, and one with every field used: for round trips and fuzzers' corpora.
namespace Bulkhead::Test
{

inline std::vector<Gui::FromAgent::Message> sampleMessagesFromAgent()
{
    using namespace Gui::FromAgent;
    const WindowId window{0x100};
    const Gui::SizeHints everyHint{.userPosition = true,
                                   .programPosition = true,
                                   .minimum = Size{1, 2},
                                   .maximum = Size{16384, 6144},
                                   .increment = Size{5, 6},
                                   .base = Size{7, 8}};
    return {
        Create{window, {0, 0, 1, 1}, false},
        Create{window, {-16384, 6144, 16384, 6144}, true},
        Destroy{window},
        Map{window, std::nullopt, false},
        Map{window, WindowId{0x101}, true},
        Unmap{window},
        Configure{window, {10, 20, 300, 200}},
        Configure{window, {16384, -6144, 1, 6144}},
        Damage{window, {}},
        Damage{window, {1, 2, 0x7FFFFFFF, 0x7FFFFFFF}},
        WindowDump{window, {0, 0}, {GrantRef{1}}},
        WindowDump{window, {300, 200}, std::vector<GrantRef>(59, GrantRef{0xFFFFFFFF})},
        Dock{window},
        Title{window, {}},
        Title{window, SafeText::fromUtf8(std::string(125, 'x') + "\xC3\xA9")},
        WindowClass{window, {}, {}},
        WindowClass{window, SafeText::fromAscii(std::string(63, 'c')), SafeText::fromAscii("name")},
        WindowHints{window, {}},
        WindowHints{window, everyHint},
        ChangeState{window, {}, {}},
        ChangeState{window, {.minimized = true}, {.fullscreen = true, .demandsAttention = true}},
        Cursor{window, {}},
        Cursor{window, Gui::CursorShape::fromGlyph(152)},
        ClipboardData{},
        ClipboardData{std::vector(1000, std::byte{0x41})},
    };
}

inline std::vector<Gui::FromDaemon::Message> sampleMessagesFromDaemon()
{
    using namespace Gui::FromDaemon;
    const WindowId window{0x100};
    Keymap someKeys;
    someKeys.down.set(38).set(255);
    return {
        Key{window, Press::Pressed, {0, 0}, 0, 8},
        Key{window, Press::Released, {-1, 32767}, 0xFFFFFFFF, 255},
        Button{window, Press::Pressed, {0, 0}, 0, 1},
        Button{window, Press::Released, {-1, 32767}, 0xFFFFFFFF, 255},
        Motion{window, {0, 0}, 0},
        Motion{window, {-32768, 32767}, 0xFFFFFFFF},
        Crossing{window, Passage::Entered, {0, 0}, 0, NotifyMode::Normal, NotifyDetail::Ancestor, false},
        Crossing{window, Passage::Left, {-1, 9}, 0x1FFF, NotifyMode::WhileGrabbed, NotifyDetail::None, true},
        Focus{window, FocusChange::Gained, NotifyMode::Normal, NotifyDetail::Ancestor},
        Focus{window, FocusChange::Lost, NotifyMode::WhileGrabbed, NotifyDetail::None},
        Keymap{},
        someKeys,
        Configure{window, {0, 0, 1, 1}},
        Configure{window, {-32768, 32767, 16384, 6144}},
        Map{window, false},
        Map{window, true},
        Close{window},
        ClipboardRequest{window},
        ClipboardData{window, {}},
        ClipboardData{window, std::vector(1000, std::byte{0x41})},
        ChangeState{window, {}, {}},
        ChangeState{window, {.fullscreen = true}, {.demandsAttention = true, .minimized = true}},
        Destroyed{window},
        DumpAcknowledged{window},
    };
}

} // namespace Bulkhead::Test
