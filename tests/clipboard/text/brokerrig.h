// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/unixaddress.h"
#include "clipboard/text/broker.h"
#include "tests/support/testclock.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/fdmessage.h"
#include "vchan-io/transport/unixlistener.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <QTemporaryDir>

#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// The screen half of a gui-daemon as the broker meets it: a socket that listens, packets, descriptors.
class PlayedDaemon
{
public:
    /// Listens at `path`.
    explicit PlayedDaemon(const std::string &path)
        : m_listener(::socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        const UnixAddress address = UnixAddress::of(path).value();
        BH_ASSERT(::bind(m_listener.get(), address.get(), UnixAddress::Size) == 0);
        BH_ASSERT(::listen(m_listener.get(), 2) == 0);
    }

    /// Takes the broker's connection and greets it.
    void accept(std::uint32_t sizeLimit = Clipboard::DefaultSizeLimit)
    {
        m_socket = UniqueFd(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        BH_ASSERT(m_socket);
        say(Clipboard::Hello{.sizeLimit = sizeLimit});
    }

    void say(const Clipboard::Gesture &gesture) const
    {
        (void)sendWithFds(m_socket.get(), Clipboard::build(gesture), {}); // a broker that has hung up hears nothing
    }

    void sayRaw(std::span<const std::byte> bytes) const
    {
        BH_ASSERT(sendWithFds(m_socket.get(), bytes, {}));
    }

    /// The next order and what came with it.
    [[nodiscard]] std::optional<std::pair<Clipboard::Order, UniqueFd>> order() const
    {
        std::array<std::byte, Clipboard::PacketSize> packet{};
        auto message = receiveWithFds(m_socket.get(), packet);
        if (!message || message->size == 0) {
            return std::nullopt;
        }
        BH_ASSERT(message->fds.size() == 1);
        return std::pair(Clipboard::parseOrder(packet).value(), std::move(message->fds.front()));
    }

    void die()
    {
        m_socket.reset();
        m_listener.reset();
    }

private:
    UniqueFd m_listener;
    UniqueFd m_socket;
};

/// The broker, two gui-daemons and the policy, in one thread and with a clock that only the test moves.
class BrokerRig
{
public:
    static constexpr WindowId Window{0x77};

    BrokerRig()
    {
        m_loop = EventLoop::create(clock).value();
        m_policy = std::make_unique<UnixListener>(
            UnixListener::create(*m_loop, path("policy"), {}, 0600, [this](UniqueFd socket, uid_t /*peer*/) {
                onQuestion(std::move(socket));
            }).value());
        Clipboard::BrokerSettings settings;
        settings.policySocket = path("policy");
        m_broker = Clipboard::Broker::create(*m_loop, settings, [this](const Clipboard::Notice &notice) {
                       notices.push_back(notice);
                   }).value();
        work = addDaemon("work");
        personal = addDaemon("personal");
    }

    [[nodiscard]] Clipboard::Broker &broker() const
    {
        return *m_broker;
    }

    [[nodiscard]] std::unique_ptr<PlayedDaemon> addDaemon(const std::string &name,
                                                          std::uint32_t sizeLimit = Clipboard::DefaultSizeLimit)
    {
        (void)::unlink(path(name).c_str());
        auto daemon = std::make_unique<PlayedDaemon>(path(name));
        m_broker->connect(QubeName::parse(name).value(), path(name));
        daemon->accept(sizeLimit);
        settle();
        return daemon;
    }

    void settle() const
    {
        m_loop->runUntilIdle();
    }

    void advance(Duration by)
    {
        clock.advance(by);
        settle();
    }

    /// A moment later than all before, in X time.
    [[nodiscard]] std::uint32_t laterTime()
    {
        m_time += 10;
        return m_time;
    }

    /// The person presses the copy keys in a window of this daemon. @return where the answer goes; empty: not asked
    [[nodiscard]] UniqueFd pressCopy(const PlayedDaemon &daemon)
    {
        daemon.say(Clipboard::CopyPressed{.window = Window, .time = laterTime()});
        settle();
        auto order = daemon.order();
        if (!order || !std::holds_alternative<Clipboard::Ask>(order->first)) {
            return {};
        }
        return std::move(order->second);
    }

    static void write(const UniqueFd &to, std::string_view text)
    {
        (void)::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    static void writeHeader(const UniqueFd &to, std::uint32_t length)
    {
        const auto header = Clipboard::buildAnswerHeader(length);
        (void)::send(to.get(), header.data(), header.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    }

    /// Writes a whole answer, however long, while the broker reads.
    void answer(const UniqueFd &to, std::string_view text) const
    {
        writeHeader(to, static_cast<std::uint32_t>(text.size()));
        settle();
        while (!text.empty()) {
            const ssize_t count = ::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (count < 0) {
                break;
            }
            text.remove_prefix(static_cast<std::size_t>(count));
            settle();
        }
        settle();
    }

    void copy(const PlayedDaemon &daemon, std::string_view text)
    {
        answer(pressCopy(daemon), text);
    }

    /// The person presses and lets go the paste keys. @return what the daemon gets; nothing: no order came
    [[nodiscard]] std::optional<std::string> paste(const PlayedDaemon &daemon)
    {
        daemon.say(Clipboard::PastePressed{.window = Window, .time = laterTime()});
        settle();
        daemon.say(Clipboard::PasteReleased{.window = Window});
        settle();
        return takeGiven(daemon);
    }

    [[nodiscard]] std::optional<std::string> takeGiven(const PlayedDaemon &daemon) const
    {
        auto order = daemon.order();
        const auto *const give = order ? std::get_if<Clipboard::Give>(&order->first) : nullptr;
        if (give == nullptr) {
            return std::nullopt;
        }
        write(order->second, "r");
        std::string text;
        while (text.size() < give->length) {
            settle();
            std::array<char, 65536> buffer{};
            const ssize_t count = ::recv(order->second.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
            if (count <= 0) {
                return text;
            }
            text.append(buffer.data(), static_cast<std::size_t>(count));
        }
        write(order->second, "d");
        settle();
        return text;
    }

    [[nodiscard]] std::vector<Clipboard::NoticeCode> codes() const
    {
        std::vector<Clipboard::NoticeCode> found;
        for (const auto &notice : notices) {
            found.push_back(notice.code);
        }
        return found;
    }

    [[nodiscard]] std::string path(const std::string &name) const
    {
        return m_directory.filePath(QString::fromStdString(name)).toStdString();
    }

    TestClock clock;
    std::string policyAnswer = "result=allow"; ///< to each question
    bool policyIsSlow = false;                 ///< questions are kept
    std::vector<std::string> questions;
    std::vector<UniqueFd> openQuestions;
    std::vector<Clipboard::Notice> notices;
    std::unique_ptr<PlayedDaemon> work;
    std::unique_ptr<PlayedDaemon> personal;

    void answerPolicy()
    {
        for (const UniqueFd &question : std::exchange(openQuestions, {})) {
            write(question, policyAnswer);
        }
        settle();
    }

private:
    void onQuestion(UniqueFd socket)
    {
        // The question is whole once its writer has shut its end; it may take a turn.
        auto text = std::make_shared<std::string>();
        const int fd = socket.get();
        m_asking.push_back({.socket = std::move(socket), .watch = {}});
        m_asking.back().watch = m_loop
                                    ->watch(fd,
                                            Readiness::Read,
                                            [this, text, fd] {
                                                readQuestion(*text, fd);
                                            })
                                    .value();
    }

    void readQuestion(std::string &text, int fd)
    {
        std::array<char, 4096> buffer{};
        const ssize_t count = ::recv(fd, buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (count > 0) {
            text.append(buffer.data(), static_cast<std::size_t>(count));
            return;
        }
        questions.push_back(text);
        for (auto &asking : m_asking) {
            if (asking.socket.get() == fd) {
                asking.watch.reset();
                openQuestions.push_back(std::move(asking.socket));
            }
        }
        if (!policyIsSlow) {
            for (const UniqueFd &question : std::exchange(openQuestions, {})) {
                write(question, policyAnswer);
            }
        }
    }

    struct Asking {
        UniqueFd socket;
        EventLoop::Handle watch;
    };

    QTemporaryDir m_directory;
    std::uint32_t m_time = 1000;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<UnixListener> m_policy;
    std::vector<Asking> m_asking;
    std::unique_ptr<Clipboard::Broker> m_broker;
};

} // namespace Bulkhead::Test
