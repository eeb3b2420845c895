// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace Bulkhead::GuestSession
{

/// What to run: a program of PATH with its arguments, and what is added to the environment.
struct Command {
    std::vector<std::string> arguments; ///< the program first; not empty
    std::map<std::string, std::string> environment;
};

/// A program that runs. It ends when this process ends, and at the latest when this object is destroyed.
class Child
{
public:
    /// The descriptor under which the program finds the pipe that it says it is ready through.
    static constexpr int ReadyFd = 3;

    /// @param ready  the pipe's end for writing; the program gets it as ReadyFd and no other descriptor above 2
    /// @errors Io, BadValue (a NUL in an argument)
    [[nodiscard]] static Result<Child> start(const Command &command, UniqueFd ready);

    Child(Child &&other) noexcept = default;
    Child &operator=(Child &&) = delete;
    Child(const Child &) = delete;
    Child &operator=(const Child &) = delete;
    /// Kills it and waits for its end, unless it was reaped.
    ~Child();

    /// Readable once the program ended.
    [[nodiscard]] int pollFd() const noexcept
    {
        return m_pidFd.get();
    }

    /// Takes what is left of a program that ended.
    /// @return how it ended, in words
    [[nodiscard]] std::string reap();

private:
    explicit Child(UniqueFd pidFd) noexcept;

    UniqueFd m_pidFd; ///< empty once reaped
};

} // namespace Bulkhead::GuestSession
