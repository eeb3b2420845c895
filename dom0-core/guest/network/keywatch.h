// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/guest/network/settings.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace Bulkhead::GuestNetwork
{

/// A connection to this qube's QubesDB that hears of every change. Answers come in the order of the questions.
class KeyWatch
{
public:
    struct Handlers {
        std::move_only_function<void(const std::string &path)> onChanged;
        /// What was asked for: one entry or none, or all below a prefix.
        std::move_only_function<void(const std::string &asked, Keys found)> onRead;
        /// The connection is over. Called once.
        std::move_only_function<void(Error)> onEnd;
    };

    /// Connects and begins to watch.
    /// @param loop  outlives the connection
    /// @errors NotFound (QubesDB does not run), Io
    [[nodiscard]] static Result<std::unique_ptr<KeyWatch>>
    connect(EventLoop &loop, const std::string &socket, Handlers handlers);

    void read(const std::string &key);
    /// All whose path begins with `prefix`, which may be empty.
    void readAll(const std::string &prefix);
    void write(const std::string &key, const std::string &value);
    /// @param path  of a key, or of a tree with its slash; what is not there is as good as removed
    void remove(const std::string &path);

private:
    KeyWatch(EventLoop &loop, std::unique_ptr<Channel> channel, Handlers handlers);

    struct Question {
        QubesDb::MessageType answer; ///< how it is answered when all goes well
        std::string asked;
    };

    [[nodiscard]] Result<void> onMessage(StreamMessage message);
    [[nodiscard]] Result<void> onAnswer(const QubesDb::Answer &answer);

    Handlers m_handlers;
    std::deque<Question> m_questions;
    Keys m_found; ///< of the answer that is just coming in parts
    MessageLink m_link;
};

} // namespace Bulkhead::GuestNetwork
