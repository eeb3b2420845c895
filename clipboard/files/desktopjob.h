// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/files/callprogram.h"

#include <cstdint>
#include <optional>
#include <string>

namespace Bulkhead::FileCopy
{

/// A copy as a job of the desktop: a program beside this one shows it, is told how far it is, and says when the person
/// cancels there. Whatever becomes of that program, the copy goes on.
class DesktopJob
{
public:
    /// For the program to say its last word to the desktop.
    static constexpr std::chrono::seconds Patience{3};

    /// @param target  the qube's name; nothing: dom0 asks the person
    /// @return nothing: there is no desktop, or nothing that would show it there
    [[nodiscard]] static std::optional<DesktopJob>
    start(std::size_t files, const std::optional<std::string> &target, std::uint64_t bytes);

    DesktopJob(DesktopJob &&) = default;
    DesktopJob &operator=(DesktopJob &&) = delete;
    DesktopJob(const DesktopJob &) = delete;
    DesktopJob &operator=(const DesktopJob &) = delete;
    ~DesktopJob() = default;

    /// Readable when the person may have cancelled.
    [[nodiscard]] int pollFd() const noexcept
    {
        return m_socket.get();
    }

    void tell(std::uint64_t bytes);
    /// @param words  why it failed; empty: it did not
    void end(const std::string &words);
    /// Does not wait. A program that has gone says nothing any more, and pollFd() is -1 then.
    [[nodiscard]] bool isCancelled();

private:
    DesktopJob(CallProgram program, UniqueFd socket)
        : m_program(std::move(program))
        , m_socket(std::move(socket))
    {
    }

    void say(const std::string &line);

    CallProgram m_program;
    UniqueFd m_socket;
};

} // namespace Bulkhead::FileCopy
