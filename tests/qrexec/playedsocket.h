// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/fd.h"
#include "vchan-io/transport/unixlistener.h"

#include <QTest>

#include <sys/socket.h>

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace Bulkhead::Test
{

/// A program that listens: it keeps what it is told and says what the test wants, when the test wants it.
struct PlayedSocket {
    struct Conversation {
        UniqueFd socket;
        std::string heard;
    };

    std::unique_ptr<UnixListener> listener;
    std::vector<Conversation> conversations;

    void open(EventLoop &loop, const std::string &path)
    {
        auto made = UnixListener::create(loop, path, {}, 0666, [this](UniqueFd socket, uid_t) {
            conversations.push_back({.socket = std::move(socket), .heard = {}});
        });
        QVERIFY(made);
        listener = std::make_unique<UnixListener>(*std::move(made));
    }

    /// What the last one to connect has said.
    std::string heard()
    {
        if (conversations.empty()) {
            return {};
        }
        Conversation &last = conversations.back();
        std::array<char, 4096> buffer{};
        ssize_t count = 0;
        while ((count = ::recv(last.socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT)) > 0) {
            last.heard.append(buffer.data(), static_cast<std::size_t>(count));
        }
        return last.heard;
    }

    void answer(const std::string &text)
    {
        (void)::send(conversations.back().socket.get(), text.data(), text.size(), MSG_NOSIGNAL);
        conversations.back().socket.reset();
    }
};

} // namespace Bulkhead::Test
