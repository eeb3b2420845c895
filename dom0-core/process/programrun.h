// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QStringList>

#include <chrono>
#include <functional>

class QObject;

namespace Bulkhead
{

/// A program to be started with exactly these words; no shell is asked.
struct ProgramCall {
    QStringList words;                                          ///< the program and its arguments
    QByteArray input = {};                                      ///< what it reads from its standard input
    std::chrono::milliseconds limit = std::chrono::seconds(30); ///< then it is ended
};

/// Starts it and calls `done` once it has ended: without error if it exited with 0, else with the first line of what
/// it said. Never blocks. Destroying `parent` ends the program, and `done` is not called.
/// @errors Driver (it failed), TimedOut
void runProgram(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<void>)> done);

/// Most of a program's answer that is taken; a longer one is an error.
inline constexpr qint64 MaxProgramAnswer = qint64{4} * 1024 * 1024;

/// The same, and hands over what it wrote to its standard output.
/// @errors as runProgram(), TooMuch
void askProgram(QObject *parent, const ProgramCall &call, std::move_only_function<void(Result<QByteArray>)> done);

} // namespace Bulkhead
