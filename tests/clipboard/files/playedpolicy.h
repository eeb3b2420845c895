// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/clock.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/unixlistener.h"

#include <QByteArrayList>
#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>

#include <array>
#include <memory>
#include <vector>

namespace Bulkhead::Test
{

/// The policy's daemon, which answers what the test lists, in that order. Works while turn() is called.
class PlayedPolicy
{
public:
    explicit PlayedPolicy(QByteArrayList answers)
        : m_loop(EventLoop::create(m_clock).value())
        , m_answers(std::move(answers))
        , m_listener(UnixListener::create(*m_loop, path().toStdString(), {}, 0600, [this](UniqueFd socket, uid_t) {
                         onQuestion(std::move(socket));
                     }).value())
    {
    }

    PlayedPolicy(const PlayedPolicy &) = delete;
    PlayedPolicy &operator=(const PlayedPolicy &) = delete;

    [[nodiscard]] QByteArray path() const
    {
        return m_folder.filePath(QStringLiteral("policy")).toLocal8Bit();
    }

    void turn()
    {
        m_loop->runUntilIdle();
    }

    QByteArrayList queries; ///< as they came, each whole

private:
    struct Client {
        UniqueFd socket;
        QByteArray text = {};
        EventLoop::Handle watch = {};
    };

    void onQuestion(UniqueFd socket)
    {
        auto client = std::make_unique<Client>(Client{.socket = std::move(socket)});
        client->watch = m_loop
                            ->watch(client->socket.get(),
                                    Readiness::Read,
                                    [this, &asking = *client] {
                                        readMore(asking);
                                    })
                            .value();
        m_clients.push_back(std::move(client));
    }

    void readMore(Client &client)
    {
        std::array<char, 512> buffer{};
        const ssize_t size = ::recv(client.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
        if (size > 0) {
            client.text.append(buffer.data(), size);
        }
        if (size != 0) { // a question ends with its writer's end of the stream
            return;
        }
        client.watch.reset();
        const QByteArray answer = m_answers.value(queries.size());
        queries << client.text;
        (void)::send(client.socket.get(), answer.constData(), static_cast<std::size_t>(answer.size()), MSG_NOSIGNAL);
        client.socket.reset();
    }

    BootClock m_clock;
    QTemporaryDir m_folder;
    std::unique_ptr<EventLoop> m_loop;
    QByteArrayList m_answers;
    std::vector<std::unique_ptr<Client>> m_clients;
    UnixListener m_listener;
};

} // namespace Bulkhead::Test
