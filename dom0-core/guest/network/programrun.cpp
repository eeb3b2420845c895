// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/programrun.h"

#include "base/formatted.h"
#include "base/memoryfile.h"
#include "base/programstart.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr std::size_t MaxOutput = std::size_t{64} << 10;
constexpr auto Patience = std::chrono::seconds(30);

Result<pid_t> spawn(const ProgramCall &call, int input, int output)
{
    std::vector<std::string> words = call.words;
    words.insert(words.begin(), call.path);
    return spawnProgram({.words = std::move(words),
                         .descriptors = {{.ours = input, .its = STDIN_FILENO}, {.ours = output, .its = STDOUT_FILENO}},
                         .environment = std::vector<std::string>{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"}});
}

} // namespace

ProgramRun::ProgramRun(EventLoop &loop, const ProgramCall &call, Done done)
    : m_loop(loop)
    , m_path(call.path)
    , m_done(std::move(done))
{
    if (auto begun = begin(call); !begun) {
        // Told from the loop like every other end.
        m_deadline = m_loop.after(Duration::zero(), [this, error = std::move(begun).error()]() mutable {
            finish(std::unexpected(std::move(error)));
        });
    }
}

ProgramRun::~ProgramRun()
{
    if (m_pid != 0) {
        (void)::kill(m_pid, SIGKILL);
        while (::waitpid(m_pid, nullptr, 0) < 0 && errno == EINTR) { }
    }
}

Result<void> ProgramRun::begin(const ProgramCall &call)
{
    BH_TRY(const UniqueFd input, memoryFile(call.input));
    BH_TRY(m_output, memoryFile({}));
    BH_TRY(m_pid, spawn(call, input.get(), call.isLasting ? STDERR_FILENO : m_output.get()));
    m_process = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)));
    if (!m_process) {
        return failErrno(errno, "cannot watch a program");
    }
    BH_TRY(m_watch, m_loop.watch(m_process.get(), Readiness::Read, [this] {
        onEnded();
    }));
    if (!call.isLasting) {
        m_deadline = m_loop.after(Patience, [this] {
            (void)::kill(m_pid, SIGKILL); // its end is told like any other
        });
    }
    return {};
}

void ProgramRun::onEnded()
{
    int status = 0;
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
    m_pid = 0;
    if (WIFSIGNALED(status)) {
        finish(fail(Errc::Driver, formatted("{} was ended by signal {}", m_path, WTERMSIG(status))));
        return;
    }
    if (WEXITSTATUS(status) != 0) {
        finish(fail(Errc::Driver, formatted("{} ended with status {}", m_path, WEXITSTATUS(status))));
        return;
    }
    std::string output(MaxOutput, '\0');
    const ssize_t size = ::pread(m_output.get(), output.data(), output.size(), 0);
    output.resize(static_cast<std::size_t>(std::max<ssize_t>(0, size)));
    finish(std::move(output));
}

void ProgramRun::finish(Result<std::string> outcome)
{
    m_watch.reset();
    m_deadline.reset();
    auto done = std::move(m_done);
    done(std::move(outcome)); // may destroy this
}

} // namespace Bulkhead::GuestNetwork
