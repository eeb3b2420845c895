// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/controlserver.h"

#include "base/formatted.h"
#include "clipboard/text/secrettext.h"

#include <string.h> // explicit_bzero()
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>
#include <vector>

namespace Bulkhead::Clipboard
{

namespace
{

constexpr mode_t OwnerOnly = 0600;
constexpr Duration Patience = std::chrono::seconds(10);
constexpr std::size_t LongestWord = 16; ///< of a request, with its line feed

std::string textOf(std::span<const std::byte> bytes)
{
    std::string text(bytes.size(), '\0');
    std::ranges::transform(bytes, text.begin(), [](std::byte byte) {
        return static_cast<char>(byte);
    });
    return text;
}

} // namespace

/// One connection, until it is answered.
class ControlServer::Request
{
public:
    Request(Broker &broker, UniqueFd socket, EventLoop::Callback onEnd)
        : m_broker(broker)
        , m_socket(std::move(socket))
        , m_onEnd(std::move(onEnd))
    {
        m_received.reserve(LongestWord + MostSizeLimit + 1); // never moved, so that no copy is left behind
    }

    Request(const Request &) = delete;
    Request &operator=(const Request &) = delete;

    ~Request()
    {
        explicit_bzero(m_received.data(), m_received.size());
    }

    [[nodiscard]] Result<void> start(EventLoop &loop)
    {
        BH_TRY(m_watch, loop.watch(m_socket.get(), Readiness::Read, [this] {
            onReadable();
        }));
        m_deadline = loop.after(Patience, [this] {
            end();
        });
        return {};
    }

private:
    void onReadable()
    {
        std::array<std::byte, 4096> buffer{};
        const ssize_t count = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count < 0) {
            if (errno != EAGAIN && errno != EINTR) {
                end();
            }
            return;
        }
        const auto part = std::span(buffer).first(static_cast<std::size_t>(count));
        const std::size_t room = m_received.capacity() - m_received.size();
        m_received.insert(
            m_received.end(), part.begin(), part.begin() + static_cast<std::ptrdiff_t>(std::min(room, part.size())));
        explicit_bzero(buffer.data(), buffer.size());
        if (part.size() > room) {
            answer("too-large\n");
        } else if (count == 0) {
            carryOut();
        }
    }

    void carryOut()
    {
        const auto end = std::ranges::find(m_received, std::byte{'\n'});
        const std::span<const std::byte> all(m_received);
        const auto wordSize = static_cast<std::size_t>(end - m_received.begin());
        if (end == m_received.end() || wordSize >= LongestWord) {
            answer("unknown\n");
            return;
        }
        const std::string word = textOf(all.first(wordSize));
        const auto rest = all.subspan(wordSize + 1);
        if (word == "offer") {
            answer(m_broker.offer(rest) ? "ok\n" : "too-large\n");
        } else if (word == "clear" && rest.empty()) {
            m_broker.clear();
            answer("ok\n");
        } else if (word == "status" && rest.empty()) {
            const Holding held = m_broker.holding();
            answer(formatted("source={}\nsize={}\nseconds={}\n", held.source, held.size, held.left.count()));
        } else {
            answer("unknown\n");
        }
    }

    void answer(std::string_view text)
    {
        // A fresh connection takes so few bytes at once; one that does not has gone.
        (void)::send(m_socket.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        end();
    }

    void end()
    {
        m_watch.reset();
        m_deadline.reset();
        m_socket.reset();
        auto tell = std::move(m_onEnd);
        tell();
    }

    Broker &m_broker;
    UniqueFd m_socket;
    EventLoop::Callback m_onEnd;
    std::vector<std::byte> m_received;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

Result<std::unique_ptr<ControlServer>> ControlServer::listen(EventLoop &loop, Broker &broker, const std::string &path)
{
    std::unique_ptr<ControlServer> server(new ControlServer(loop, broker));
    BH_TRY(auto listener,
           UnixListener::create(loop, path, {}, OwnerOnly, [&self = *server](UniqueFd socket, uid_t /*peer*/) {
               self.onConnection(std::move(socket));
           }));
    server->m_listener = std::make_unique<UnixListener>(std::move(listener));
    return server;
}

ControlServer::ControlServer(EventLoop &loop, Broker &broker)
    : m_loop(loop)
    , m_broker(broker)
{
}

ControlServer::~ControlServer() = default;

void ControlServer::onConnection(UniqueFd socket)
{
    if (m_requests.size() >= MaxRequests) {
        return;
    }
    const std::uint64_t id = m_next++;
    auto request = std::make_unique<Request>(m_broker, std::move(socket), [this, id] {
        // It is still at work when it says that it is over.
        m_loop.defer([this, id] {
            m_requests.erase(id);
        });
    });
    if (request->start(m_loop)) {
        m_requests.emplace(id, std::move(request));
    }
}

} // namespace Bulkhead::Clipboard
