// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "base/label.h"
#include "base/qubename.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead
{

/// Who the qube is that this daemon shows. There is no daemon without it and no option that leaves a part of it out
/// (spec security, R-25).
struct Identity {
    QubeName name;
    DomId domain;
    std::uint32_t labelIndex; ///< MinLabelIndex … MaxLabelIndex
    LabelColor labelColor;
    bool demo = false; ///< isolated by namespaces only: each title says so
};

/// Everything the command line says.
struct Options {
    Identity identity;
    std::string transport = "auto";            ///< as openBackend() takes it
    int stripDescriptor = -1;                  ///< where the frame's strip can be read; -1: none
    std::string copySequence = "Ctrl-Shift-c"; ///< keys, as parseKeySequence() takes them
    std::string pasteSequence = "Ctrl-Shift-v";
    std::uint32_t maxClipboardSize = Clipboard::DefaultSizeLimit; ///< bytes that may be copied from this qube
    std::chrono::milliseconds eventsMaxDelay{0};                  ///< up to which the person's acts wait; 0: none does
};

/// @param arguments  without the program's name
/// @errors BadValue, in words that name the option
[[nodiscard]] Result<Options> parseOptions(std::span<const char *const> arguments);

} // namespace Bulkhead
