// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/drag/guest/agent.h"

#include "base/formatted.h"
#include "base/log.h"
#include "base/number.h"
#include "clipboard/drag/guest/measure.h"
#include "clipboard/drag/guest/urilist.h"
#include "clipboard/files/copystatus.h"

#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <ranges>
#include <utility>
#include <variant>

namespace Bulkhead::Drag
{

namespace
{

constexpr LogCategory Log("bulkhead.drag-agent");

/// Names of one folder that are looked at.
constexpr std::size_t MostNames = 65536;

std::set<std::string> namesIn(const std::string &folder)
{
    std::set<std::string> names;
    std::error_code error;
    for (auto entry = std::filesystem::directory_iterator(folder, error);
         !error && entry != std::filesystem::directory_iterator() && names.size() < MostNames;
         entry.increment(error)) {
        names.insert(entry->path().filename().string());
    }
    return names;
}

/// Of a line of a child's.
std::uint64_t bytesIn(std::string_view line)
{
    return std::min(numberIn<std::uint64_t>(line).value_or(0), MostBytes);
}

/// Room on the disk that incoming files go to. The folder itself may not be there yet.
std::uint64_t roomAt(const std::string &home)
{
    struct statvfs facts{};

    return ::statvfs(home.c_str(), &facts) == 0 ? std::uint64_t{facts.f_bavail} * facts.f_frsize : 0;
}

SendOutcome outcomeOf(int status)
{
    switch (status) {
    case 0:
        return SendOutcome::Whole;
    case FileCopy::StatusCancelled:
        return SendOutcome::Cancelled;
    case FileCopy::StatusRefused:
        return SendOutcome::Refused;
    case FileCopy::StatusExists:
        return SendOutcome::Exists;
    default:
        return SendOutcome::Failed;
    }
}

} // namespace

AgentSettings AgentSettings::ofThisSession(std::string socket)
{
    const char *const home = std::getenv("HOME"); // NOLINT(concurrency-mt-unsafe): nothing sets variables
    std::array<char, 256> name{};
    const bool isNamed = ::gethostname(name.data(), name.size() - 1) == 0;
    return {.socket = std::move(socket),
            .home = home == nullptr ? "" : home,
            .hostName = isNamed ? name.data() : "",
            .measurer = "/proc/self/exe"};
}

Result<std::unique_ptr<Agent>> Agent::create(EventLoop &loop, AgentSettings settings)
{
    BH_TRY(auto display, Display::open());
    std::unique_ptr<Agent> agent(new Agent(loop, std::move(settings), std::move(display)));
    BH_CHECK(agent->start());
    return agent;
}

Agent::Agent(EventLoop &loop, AgentSettings settings, std::unique_ptr<Display> display)
    : m_loop(loop)
    , m_settings(std::move(settings))
    , m_display(std::move(display))
    , m_reader(*m_display, loop)
    , m_offer(*m_display, loop)
{
}

Result<void> Agent::start()
{
    BH_TRY(m_link,
           AgentLink::listen(m_loop,
                             m_settings.socket,
                             {.onMessage =
                                  [this](const ToAgent &message) {
                                      onMessage(message);
                                      m_loop.defer([this] {
                                          settle();
                                      });
                                  },
                              .onEnd =
                                  [this] {
                                      onDom0Gone();
                                  }}));
    BH_TRY(m_watch, m_loop.watch(m_display->pollFd(), Readiness::Read, [this] {
        settle();
    }));
    return {};
}

void Agent::settle()
{
    while (const auto event = m_display->nextEvent()) {
        if (m_display->isDragBegin(*event)) {
            m_link->tell(Began{});
        }
        m_reader.handle(*event);
        m_offer.handle(*event);
    }
    m_display->flush();
    if (m_display->isBroken()) {
        Log.critical("the X server is gone");
        m_loop.quit(1);
    }
}

void Agent::sayBegan()
{
    m_link->tell(Began{});
}

void Agent::onMessage(const ToAgent &message)
{
    std::visit(
        [this](const auto &m) {
            on(m);
        },
        message);
}

void Agent::onDom0Gone()
{
    m_giving.reset();
    m_taking.reset();
}

// --- as the source ---------------------------------------------------------------------------------------------------

void Agent::on(const List &message)
{
    m_giving.emplace(Giving{.token = message.token});
    m_reader.ask([this, token = message.token](const std::optional<std::string> &text) {
        onList(token, text);
    });
}

void Agent::onList(Token token, const std::optional<std::string> &text)
{
    if (!m_giving || m_giving->token != token) {
        return;
    }
    auto paths = text ? parseUriList(*text, m_settings.hostName) : fail(Errc::NotFound, "the program names no files");
    if (!paths || paths->empty()) {
        Log.info("nothing can be dragged to another qube: {}", paths ? "the list is empty" : paths.error().text());
        m_giving.reset();
        m_link->tell(Listed{.token = token});
        return;
    }
    m_giving->paths = *std::move(paths);
    measure();
}

void Agent::measure()
{
    if (!m_giving) {
        return;
    }
    Giving &giving = *m_giving;
    const Token token = giving.token;
    std::vector<std::string> words{m_settings.measurer, MeasureOption};
    std::ranges::copy(giving.paths, std::back_inserter(words));
    auto program =
        ChildText::start(m_loop,
                         words,
                         {.onLine =
                              [this](std::string_view line) {
                                  m_giving->bytes = bytesIn(line);
                              },
                          .onEnd =
                              [this, token](int status) {
                                  const auto files =
                                      status == 0 ? static_cast<std::uint32_t>(m_giving->paths.size()) : 0;
                                  m_link->tell(Listed{.token = token, .files = files, .bytes = m_giving->bytes});
                                  m_giving->program.reset();
                              }});
    if (!program) {
        Log.warning("{}", program.error().text());
        m_link->tell(Listed{.token = token});
        return;
    }
    giving.program = *std::move(program);
}

void Agent::on(const Send &message)
{
    if (!m_giving || m_giving->token != message.token || m_giving->paths.empty() || m_giving->program) {
        m_link->tell(Sent{.token = message.token, .outcome = SendOutcome::Failed});
        return;
    }
    const Token token = message.token;
    std::vector<std::string> words{m_settings.sender, "--progress-fd=1"};
    std::ranges::copy(m_settings.senderOptions, std::back_inserter(words));
    words.insert(words.end(), {"--", message.target.text()});
    std::ranges::copy(m_giving->paths, std::back_inserter(words));
    auto program = ChildText::start(m_loop,
                                    words,
                                    {.onLine =
                                         [this, token](std::string_view line) {
                                             onProgress(token, bytesIn(line));
                                         },
                                     .onEnd =
                                         [this, token](int status) {
                                             onSent(token, status);
                                         }});
    if (!program) {
        Log.warning("{}", program.error().text());
        onSent(token, 1);
        return;
    }
    m_giving->program = *std::move(program);
}

/// In steps that a person could see.
void Agent::onProgress(Token token, std::uint64_t bytes)
{
    constexpr std::uint64_t Steps = 100;
    if (!m_giving || m_giving->token != token) {
        return;
    }
    if (bytes >= m_giving->told + std::max(m_giving->bytes / Steps, std::uint64_t{1})) {
        m_giving->told = bytes;
        m_link->tell(Progress{.token = token, .bytes = bytes});
    }
}

void Agent::onSent(Token token, int status)
{
    m_giving.reset();
    m_link->tell(Sent{.token = token, .outcome = outcomeOf(status)});
}

void Agent::on(const Forget &message)
{
    if (m_giving && m_giving->token == message.token) {
        m_giving.reset(); // ends the program
    }
    if (m_taking && m_taking->token == message.token) {
        m_taking.reset();
    }
}

// --- as the target ---------------------------------------------------------------------------------------------------

std::string Agent::incomingOf(const QubeName &source) const
{
    return m_settings.home + "/QubesIncoming/" + source.text();
}

void Agent::on(const Expect &message)
{
    m_taking.emplace(
        Taking{.token = message.token, .source = message.source, .before = namesIn(incomingOf(message.source))});
    m_link->tell(Room{.token = message.token, .bytes = roomAt(m_settings.home)});
}

void Agent::on(const Offer &message)
{
    if (!m_taking || m_taking->token != message.token) {
        m_link->tell(Offered{.token = message.token});
        return;
    }
    const std::string folder = incomingOf(m_taking->source);
    std::vector<std::string> arrived;
    for (const std::string &name : namesIn(folder)) {
        if (!m_taking->before.contains(name)) {
            arrived.push_back(formatted("{}/{}", folder, name));
        }
    }
    m_taking.reset();
    if (arrived.empty()) {
        m_link->tell(Offered{.token = message.token});
        return;
    }
    m_offer.start(message.window, message.pointer, buildUriList(arrived), [this, token = message.token](bool isTaken) {
        m_link->tell(Offered{.token = token, .isTaken = isTaken});
    });
}

void Agent::on(const Show &message)
{
    auto opener = ChildText::start(m_loop,
                                   {m_settings.opener, incomingOf(message.source)},
                                   {.onLine = [](std::string_view) {},
                                    .onEnd =
                                        [this](int) {
                                            m_opener.reset();
                                        }});
    if (!opener) {
        Log.warning("a folder cannot be shown: {}", opener.error().text());
        return;
    }
    m_opener = *std::move(opener);
}

} // namespace Bulkhead::Drag
