// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <termios.h>

#include <string>

namespace Bulkhead::Qrexec
{

/// A terminal that hands on every byte as it is while this lives, and is as it was before afterwards.
class RawTerminal
{
public:
    /// Non-blocking, and never the terminal of our session.
    /// @errors Io, BadValue (it is no terminal)
    [[nodiscard]] static Result<RawTerminal> open(const std::string &path);

    RawTerminal(RawTerminal &&) noexcept = default;
    RawTerminal &operator=(RawTerminal &&) = delete;
    RawTerminal(const RawTerminal &) = delete;
    RawTerminal &operator=(const RawTerminal &) = delete;
    ~RawTerminal();

    /// One more descriptor for it.
    /// @errors Io
    [[nodiscard]] Result<UniqueFd> duplicate() const;

private:
    RawTerminal(UniqueFd fd, const termios &before) noexcept;

    UniqueFd m_fd;
    termios m_before;
};

} // namespace Bulkhead::Qrexec
