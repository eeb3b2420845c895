// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-copy-job TITLE TARGET BYTES: shows a copy as a job of the person's desktop. On standard input, a socket,
// come lines: bytes that are sent, `done`, `failed WORDS`. `cancel` goes back on it. Started by the commands that copy.
#include "base/log.h"
#include "base/number.h"
#include "clipboard/job/jobview.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::Job;
using namespace std::chrono_literals;

namespace
{

using Steady = std::chrono::steady_clock;

constexpr LogCategory Log("bulkhead.copy-job");

constexpr int BadUsage = 2;
/// What is copied sooner needs no job.
constexpr auto BeforeShown = 500ms;
/// A bar that moves faster cannot be watched (spec ui 16).
constexpr auto BetweenUpdates = 500ms;
constexpr std::size_t LongestLine = 4096;

/// What the command says.
struct Course {
    std::uint64_t bytes = 0;
    bool isOver = false;
    std::string words = {}; ///< why it failed
};

void take(Course &course, std::string_view line)
{
    constexpr std::string_view Failed = "failed ";
    if (line == "done") {
        course.isOver = true;
    } else if (line.starts_with(Failed)) {
        course.isOver = true;
        course.words = line.substr(Failed.size());
    } else {
        course.bytes = numberIn<std::uint64_t>(line).value_or(course.bytes);
    }
}

/// Reads what is there. The end of the stream is the end of the command, of which nobody can say more.
void readMore(Course &course, std::string &received)
{
    std::array<char, 4096> buffer{};
    const ssize_t size = ::recv(STDIN_FILENO, buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size <= 0) {
        if (size == 0 || (errno != EAGAIN && errno != EINTR)) {
            course = {.bytes = course.bytes, .isOver = true, .words = "The copy was broken off."};
        }
        return;
    }
    received.append(buffer.data(), static_cast<std::size_t>(size));
    for (std::size_t end = received.find('\n'); end != std::string::npos; end = received.find('\n')) {
        if (!course.isOver) {
            take(course, std::string_view(received).substr(0, end));
        }
        received.erase(0, end + 1);
    }
    received.resize(std::min(received.size(), LongestLine));
}

/// Waits for the command, and for the bus where there is one.
void wait(std::optional<int> bus, Steady::time_point until)
{
    std::array watched{pollfd{.fd = STDIN_FILENO, .events = POLLIN, .revents = 0},
                       pollfd{.fd = bus.value_or(-1), .events = POLLIN, .revents = 0}};
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now());
    (void)::poll(watched.data(), watched.size(), static_cast<int>(std::max(left, 0ms).count()));
}

/// Until the command says that it is over.
Result<void> follow(JobView &view, Course &course, std::string &received)
{
    std::uint64_t shown = 0;
    auto next = Steady::now();
    while (!course.isOver) {
        const bool isDue = Steady::now() >= next;
        if (course.bytes != shown && isDue) {
            shown = course.bytes;
            BH_CHECK(view.show(shown));
            next = Steady::now() + BetweenUpdates;
        }
        // Before it waits: it may have come together with an answer.
        BH_TRY(const bool isCancelled, view.isCancelled());
        if (isCancelled) {
            constexpr std::string_view Cancel = "cancel\n";
            (void)::send(STDIN_FILENO, Cancel.data(), Cancel.size(), MSG_NOSIGNAL);
        }
        wait(view.pollFd(), course.bytes != shown ? next : Steady::now() + 1h);
        readMore(course, received);
    }
    return view.end(course.words);
}

Result<void> run(std::string_view busAddress, Subject subject)
{
    Course course;
    std::string received;
    const auto shownAt = Steady::now() + BeforeShown;
    while (!course.isOver && Steady::now() < shownAt) {
        wait(std::nullopt, shownAt);
        readMore(course, received);
    }
    if (course.isOver) {
        return {}; // too soon to be seen, and the command says itself why it failed
    }
    BH_TRY(JobView view, JobView::open(busAddress, std::move(subject)));
    return follow(view, course, received);
}

} // namespace

int main(int argc, char **argv)
{
    const std::span arguments = std::span<char *const>(argv, static_cast<std::size_t>(argc)).subspan(1);
    const char *const bus = std::getenv("DBUS_SESSION_BUS_ADDRESS"); // NOLINT(concurrency-mt-unsafe): one thread
    if (arguments.size() != 3 || bus == nullptr) {
        return BadUsage;
    }
    const auto shown = run(
        bus,
        {.title = arguments[0], .target = arguments[1], .total = numberIn<std::uint64_t>(arguments[2]).value_or(0)});
    if (!shown) {
        Log.debug("{}", shown.error().text());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
