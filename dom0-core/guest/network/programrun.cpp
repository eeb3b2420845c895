// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/programrun.h"

#include <spawn.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <format>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr std::size_t MaxOutput = std::size_t{64} << 10;
constexpr auto Patience = std::chrono::seconds(30);

/// A file in memory with `text` in it, read from its beginning.
Result<UniqueFd> memoryFile(const std::string &text)
{
    UniqueFd file(::memfd_create("program", MFD_CLOEXEC));
    if (!file || std::cmp_not_equal(::pwrite(file.get(), text.data(), text.size(), 0), text.size())) {
        return failErrno(errno, "cannot keep a program's input");
    }
    return file;
}

/// What posix_spawn() is told, released with it.
class SpawnSettings
{
public:
    SpawnSettings()
    {
        ::posix_spawn_file_actions_init(&m_actions);
        ::posix_spawnattr_init(&m_attributes);
    }

    SpawnSettings(const SpawnSettings &) = delete;
    SpawnSettings &operator=(const SpawnSettings &) = delete;

    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    /// Standard input and output, and no signal blocked: those that we read for ourselves are.
    Result<void> prepare(int input, int output)
    {
        sigset_t none{};
        sigemptyset(&none);
        if (::posix_spawn_file_actions_adddup2(&m_actions, input, STDIN_FILENO) != 0
            || ::posix_spawn_file_actions_adddup2(&m_actions, output, STDOUT_FILENO) != 0
            || ::posix_spawnattr_setsigmask(&m_attributes, &none) != 0
            || ::posix_spawnattr_setflags(&m_attributes, POSIX_SPAWN_SETSIGMASK) != 0) {
            return fail(Errc::Io, "cannot prepare a program");
        }
        return {};
    }

    Result<pid_t> spawn(const ProgramCall &call)
    {
        std::vector<std::string> words = call.words;
        words.insert(words.begin(), call.path);
        std::vector<char *> arguments;
        arguments.reserve(words.size() + 1);
        for (std::string &word : words) {
            arguments.push_back(word.data());
        }
        arguments.push_back(nullptr);
        std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
        std::string locale = "LC_ALL=C";
        std::array environment{path.data(), locale.data(), static_cast<char *>(nullptr)};
        pid_t pid = 0;
        const int reason =
            ::posix_spawn(&pid, call.path.c_str(), &m_actions, &m_attributes, arguments.data(), environment.data());
        if (reason != 0) {
            return failErrno(reason, std::format("cannot start {}", call.path));
        }
        return pid;
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

} // namespace

ProgramRun::ProgramRun(EventLoop &loop, ProgramCall call, Done done)
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
    SpawnSettings settings;
    BH_CHECK(settings.prepare(input.get(), m_output.get()));
    BH_TRY(m_pid, settings.spawn(call));
    m_process = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0)));
    if (!m_process) {
        return failErrno(errno, "cannot watch a program");
    }
    BH_TRY(m_watch, m_loop.watch(m_process.get(), Readiness::Read, [this] {
        onEnded();
    }));
    m_deadline = m_loop.after(Patience, [this] {
        (void)::kill(m_pid, SIGKILL); // its end is told like any other
    });
    return {};
}

void ProgramRun::onEnded()
{
    int status = 0;
    while (::waitpid(m_pid, &status, 0) < 0 && errno == EINTR) { }
    m_pid = 0;
    if (WIFSIGNALED(status)) {
        finish(fail(Errc::Driver, std::format("{} was ended by signal {}", m_path, WTERMSIG(status))));
        return;
    }
    if (WEXITSTATUS(status) != 0) {
        finish(fail(Errc::Driver, std::format("{} ended with status {}", m_path, WEXITSTATUS(status))));
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
