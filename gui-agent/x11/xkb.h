// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

// libxcb's header for XKEYBOARD names a field `explicit`. Everything that it includes comes first, so that the word is
// replaced in that header alone.
#include <xcb/xcb.h>
#include <xcb/xproto.h>

// NOLINTNEXTLINE(readability-identifier-naming): a word of C++, not a macro of ours
#define explicit isExplicit
#include <xcb/xkb.h>
#undef explicit
