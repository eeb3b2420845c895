// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/console/consoleservice.h"

#include "base/formatted.h"
#include "qrexec/console/consoleanswer.h"
#include "qrexec/process/exitstatus.h"
#include "vchan-io/wire/calls/servicehead.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <utility>

namespace Bulkhead::Qrexec
{

namespace
{

constexpr std::size_t MaxAnswer = 4096;
constexpr Duration CoresTime = std::chrono::seconds(30);
constexpr mode_t OwnerAndGroup = 0660;

} // namespace

Result<UniqueFd> lockConsole(const std::string &directory, const QubeName &qube)
{
    const std::string path = formatted("{}/{}.terminal.lock", directory, qube.text());
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, OwnerAndGroup));
    if (!fd) {
        return failErrno(errno, formatted("opening {}", path));
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        return errno == EWOULDBLOCK
            ? fail(Errc::InUse, formatted("the console of {} is in use; one at a time can use it", qube.text()))
            : failErrno(errno, formatted("locking {}", path));
    }
    return fd;
}

int consoleStatus(const Result<void> &how) noexcept
{
    if (how) {
        return 0;
    }
    return how.error().code == Errc::InUse ? StatusConsoleTaken : StatusLocalError;
}

ConsoleService::ConsoleService(
    EventLoop &loop, ConsolePlaces places, ConsoleCall call, StreamFd input, StreamFd output, OnEnd onEnd)
    : m_loop(loop)
    , m_places(std::move(places))
    , m_call(std::move(call))
    , m_input(std::move(input))
    , m_output(std::move(output))
    , m_onEnd(std::move(onEnd))
{
}

void ConsoleService::start()
{
    const ServiceHead head{.service = "admin.vm.Console",
                           .argument = {},
                           .source = m_call.source,
                           .targetKind = ServiceTarget::Name,
                           .target = m_call.qube.text()};
    auto question = SocketExchange::start(m_loop,
                                          m_places.core,
                                          buildServiceHead(head),
                                          {.answer = MaxAnswer, .deadline = CoresTime},
                                          [this](const Result<std::string> &answer) {
                                              onAnswer(answer);
                                          });
    if (!question) {
        end(std::unexpected(std::move(question).error().in("asking the core")));
        return;
    }
    m_question = *std::move(question);
}

void ConsoleService::onAnswer(const Result<std::string> &answer)
{
    Result<void> connected = answer ? connect(*answer) : std::unexpected(answer.error());
    m_question.reset();
    if (!connected) {
        end(std::move(connected));
    }
}

Result<void> ConsoleService::connect(std::string_view answer)
{
    BH_TRY(const std::string path, parseConsoleAnswer(answer));
    BH_TRY(m_lock, lockConsole(m_places.locks, m_call.qube));
    BH_TRY(auto terminal, RawTerminal::open(path));
    BH_TRY(m_bridge, ConsoleBridge::start(m_loop, std::move(terminal), std::move(m_input), std::move(m_output), [this] {
               end({});
           }));
    return {};
}

/// In the loop's next turn: who tells us the end is on the stack.
void ConsoleService::end(Result<void> how)
{
    m_loop.defer([this, how = std::move(how)]() mutable {
        m_bridge.reset();
        m_lock.reset();
        if (auto tell = std::exchange(m_onEnd, nullptr)) {
            tell(std::move(how));
        }
    });
}

} // namespace Bulkhead::Qrexec
