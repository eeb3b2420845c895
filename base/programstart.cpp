// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/programstart.h"

#include "base/formatted.h"

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include <csignal>

namespace Bulkhead
{

namespace
{

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
    SpawnSettings(SpawnSettings &&) = delete;
    SpawnSettings &operator=(SpawnSettings &&) = delete;

    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&m_actions);
        ::posix_spawnattr_destroy(&m_attributes);
    }

    /// @return 0 or an errno
    [[nodiscard]] int give(const GivenDescriptor &given)
    {
        return given.ours < 0 ? ::posix_spawn_file_actions_addopen(&m_actions, given.its, "/dev/null", O_RDWR, 0)
                              : ::posix_spawn_file_actions_adddup2(&m_actions, given.ours, given.its);
    }

    /// @return 0 or an errno
    [[nodiscard]] int prepare(SpawnSession session)
    {
        sigset_t none{};
        sigset_t all{};
        sigemptyset(&none);
        sigfillset(&all);
        const int sessionFlag = session == SpawnSession::Own ? POSIX_SPAWN_SETSID : 0;
        int code = ::posix_spawnattr_setsigmask(&m_attributes, &none);
        code = code != 0 ? code : ::posix_spawnattr_setsigdefault(&m_attributes, &all);
        return code != 0
            ? code
            : ::posix_spawnattr_setflags(
                  &m_attributes, static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | sessionFlag));
    }

    /// @return 0 or an errno
    [[nodiscard]] int spawn(pid_t &pid, char *const *arguments, char *const *environment) const
    {
        return ::posix_spawnp(&pid, arguments[0], &m_actions, &m_attributes, arguments, environment);
    }

private:
    posix_spawn_file_actions_t m_actions{};
    posix_spawnattr_t m_attributes{};
};

std::vector<char *> pointersTo(std::vector<std::string> &texts)
{
    std::vector<char *> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string &text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace

Result<pid_t> spawnProgram(SpawnOrder order)
{
    SpawnSettings settings;
    int code = settings.prepare(order.session);
    for (const GivenDescriptor &given : order.descriptors) {
        code = code != 0 ? code : settings.give(given);
    }
    if (code != 0) {
        return failErrno(code, "cannot prepare a program");
    }
    const std::vector<char *> arguments = pointersTo(order.words);
    const std::vector<char *> environment = order.environment ? pointersTo(*order.environment) : std::vector<char *>();
    pid_t pid = 0;
    code = settings.spawn(pid, arguments.data(), order.environment ? environment.data() : ::environ);
    if (code != 0) {
        return failErrno(code, formatted("cannot start {}", order.words.front()));
    }
    return pid;
}

} // namespace Bulkhead
