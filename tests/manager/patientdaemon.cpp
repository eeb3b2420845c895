// SPDX-License-Identifier: GPL-2.0-or-later
// Takes the place of bulkhead-gui-daemon in sessiontest: holds the lock by which it is found, keeps the strip's picture
// beside it, and waits for SIGTERM. A file `quit` or `quit-QUBE` in the directory makes it end at once with the code
// written there.
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace
{

std::string valueOf(std::span<char *> arguments, std::string_view option)
{
    const auto found = std::ranges::find(arguments, option, [](const char *word) {
        return std::string_view(word);
    });
    return found != arguments.end() && found + 1 != arguments.end() ? *(found + 1) : "";
}

void copyStrip(int descriptor, const std::string &path)
{
    std::ofstream copy(path, std::ios::binary);
    std::array<char, 4096> buffer{};
    for (ssize_t count = ::read(descriptor, buffer.data(), buffer.size()); count > 0;
         count = ::read(descriptor, buffer.data(), buffer.size())) {
        copy.write(buffer.data(), count);
    }
}

} // namespace

int main(int argc, char **argv)
{
    const std::span arguments(argv, static_cast<std::size_t>(argc));
    const char *const runtime = std::getenv("XDG_RUNTIME_DIR"); // NOLINT(concurrency-mt-unsafe): one thread
    const std::string directory = std::string(runtime) + "/bulkhead";
    std::ofstream(directory + "/starts", std::ios::app) << valueOf(arguments, "--name") << '\n';
    for (const std::string &name : {std::string("/quit"), "/quit-" + valueOf(arguments, "--name")}) {
        if (std::ifstream quit(directory + name); quit) {
            int code = 0;
            quit >> code;
            return code;
        }
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);

    copyStrip(std::stoi(valueOf(arguments, "--strip-fd")), directory + "/strip");
    const std::string path = directory + "/gui-daemon." + valueOf(arguments, "--domid");
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || ::flock(file, LOCK_EX | LOCK_NB) != 0) {
        return 3;
    }
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::write(file, pid.data(), pid.size()) < 0) {
        return 3;
    }
    int received = 0;
    sigwait(&signals, &received);
    return 0;
}
