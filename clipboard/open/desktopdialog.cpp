// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/desktopdialog.h"

#include "base/fd.h"
#include "clipboard/open/transfer.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <vector>

namespace Bulkhead::FileCopy
{

namespace
{

using Words = std::vector<std::string>;

constexpr const char *Title = "Another qube";

/// Programs for a message, the text last, and for a question that they end with 0 for yes.
Words messageBy(std::size_t which, const std::string &text)
{
    const std::array<Words, 3> programs{
        Words{"zenity", "--error", "--no-markup", "--title", Title, "--text", text},
        Words{"kdialog", "--title", Title, "--error", text},
        Words{"xmessage", "-center", "-title", Title, text},
    };
    return which < programs.size() ? programs.at(which) : Words();
}

Words questionBy(std::size_t which, const std::string &text)
{
    const std::array<Words, 3> programs{
        Words{"zenity", "--question", "--default-cancel", "--no-markup", "--title", Title, "--text", text},
        Words{"kdialog", "--title", Title, "--warningyesno", text},
        Words{"xmessage", "-center", "-title", Title, "-buttons", "Open:0,Cancel:1", "-default", "Cancel", text},
    };
    return which < programs.size() ? programs.at(which) : Words();
}

/// Whoever reads what we say must not wait until a window is closed.
class OwnStreams
{
public:
    OwnStreams()
    {
        (void)::posix_spawn_file_actions_init(&m_actions);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            (void)::posix_spawn_file_actions_addopen(&m_actions, stream, "/dev/null", O_RDWR, 0);
        }
    }

    OwnStreams(const OwnStreams &) = delete;
    OwnStreams &operator=(const OwnStreams &) = delete;

    ~OwnStreams()
    {
        (void)::posix_spawn_file_actions_destroy(&m_actions);
    }

    [[nodiscard]] const posix_spawn_file_actions_t *get() const noexcept
    {
        return &m_actions;
    }

private:
    posix_spawn_file_actions_t m_actions{};
};

/// Starts the first of the programs that is there.
std::optional<pid_t> startFirst(Words (*programs)(std::size_t, const std::string &), const std::string &text)
{
    const char *const display = std::getenv("DISPLAY"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    if (display == nullptr || *display == '\0') {
        return std::nullopt;
    }
    const OwnStreams streams;
    for (std::size_t which = 0;; ++which) {
        Words words = programs(which, text);
        if (words.empty()) {
            return std::nullopt;
        }
        std::vector<char *> argv;
        for (std::string &word : words) {
            argv.push_back(word.data());
        }
        argv.push_back(nullptr);
        pid_t process = -1;
        if (::posix_spawnp(&process, argv.front(), streams.get(), nullptr, argv.data(), environ) == 0) {
            return process;
        }
    }
}

std::optional<bool> agreesAtTerminal(const std::string &question)
{
    const UniqueFd terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC));
    const std::string line = question + " [y/N] ";
    if (!terminal || !writeAll(terminal.get(), std::as_bytes(std::span(line)))) {
        return std::nullopt;
    }
    std::array<std::byte, 1> answer{};
    return readUpTo(terminal.get(), answer) == std::size_t{1} && answer[0] == std::byte{'y'};
}

} // namespace

void tellPerson(const std::string &text)
{
    (void)std::fprintf(stderr, "%s\n", text.c_str());
    if (::isatty(STDERR_FILENO) != 1) {
        (void)startFirst(messageBy, text);
    }
}

bool personAgrees(const std::string &question)
{
    if (const auto answer = agreesAtTerminal(question)) {
        return *answer;
    }
    const auto process = startFirst(questionBy, question);
    int status = 0;
    while (process && ::waitpid(*process, &status, 0) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    return process && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

} // namespace Bulkhead::FileCopy
