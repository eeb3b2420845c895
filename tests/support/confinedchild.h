// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QTest>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <span>

/// System calls that are made in a child that has confined itself first: what the filter does not let through kills it.
/// The filter is the shipped one, without what sanitizers need, so the child uses nothing but raw system calls then.
namespace Bulkhead::Test
{

inline constexpr int Allowed = 0;
inline constexpr int Failed = 1;
inline constexpr int NotConfined = 2;

/// What becomes of a child that does `act` and says whether that went well: its exit status, or minus the signal that
/// ended it.
inline int fateOf(const std::function<int()> &act)
{
    const pid_t child = fork();
    if (child == 0) {
        syscall(SYS_exit_group, act());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// What the system call returned.
using Act = long (*)();

struct SystemCall {
    const char *name;
    Act act;
};

/// A row each, with its index in the list.
inline void addRows(std::span<const SystemCall> calls)
{
    QTest::addColumn<int>("index");
    for (std::size_t i = 0; i < calls.size(); ++i) {
        QTest::newRow(calls[i].name) << static_cast<int>(i);
    }
}

} // namespace Bulkhead::Test
