// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "vchan-io/wire/xenstoremessages.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead
{

/// A domain's connection to Xen's store. Nothing waits: answers and changes come out of take(), in the order of the
/// questions. Main thread only.
///
/// Not libxenstore: that reads watches in a thread of its own, which no filter of ours would confine, and its questions
/// wait for their answers.
class XenstoreLink
{
public:
    /// @errors NotFound (no such node), Refused, InUse (a transaction met another and must be done again), Driver
    using Answer = std::move_only_function<void(Result<std::string> body)>;

    /// @param connection  to the store: /dev/xen/xenbus or a socket, non-blocking
    explicit XenstoreLink(UniqueFd connection) noexcept;

    /// Readable when take() has something to do. The same for life.
    [[nodiscard]] int fd() const noexcept
    {
        return m_connection.get();
    }

    /// Asks; the answer may never come if the link ends before. A callback may ask again, and must not end the link.
    void ask(Xenstore::Kind kind, std::string body, Answer answer, std::uint32_t transaction = 0);

    /// A watch, to end it by.
    using WatchId = Id<struct WatchTag, std::size_t>;

    /// Calls `changed` when the node or one below it changes, and once at the beginning.
    WatchId watch(std::string_view path, std::move_only_function<void()> changed);
    /// Calls it no more. Not from inside a callback.
    void unwatch(std::string_view path, WatchId watch);

    /// Says something whose answer nobody waits for: the last words before the link ends.
    void tell(Xenstore::Kind kind, std::string_view body) noexcept;

    /// Takes what has come.
    /// @errors Driver (the connection has ended, or it speaks something else), Io; the link is of no further use then
    [[nodiscard]] Result<void> take();

private:
    struct Question {
        std::vector<std::byte> bytes;
        Answer answer;
    };

    void sendNext();
    void send(std::span<const std::byte> bytes);
    [[nodiscard]] Result<bool> gather(std::size_t size);
    [[nodiscard]] Result<bool> handleOne();
    [[nodiscard]] Result<void> handle(Xenstore::Kind kind, std::string body);
    [[nodiscard]] Result<void> handleChange(std::string_view body);
    void askForOk(Xenstore::Kind kind, std::string_view path, WatchId watch);

    UniqueFd m_connection;
    std::deque<Question> m_questions;                      ///< the first is on its way
    std::deque<std::move_only_function<void()>> m_watches; ///< the token is the place; empty: ended
    std::vector<std::byte> m_in;
    Result<void> m_sent; ///< or why the last question could not be
};

} // namespace Bulkhead
