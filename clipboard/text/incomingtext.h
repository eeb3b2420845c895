// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "clipboard/text/secrettext.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/wire/clipboardmessages.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

namespace Bulkhead::Clipboard
{

/// The token of one copy (spec security, R-41): a stream of its own, whose writing end only the asked qube's daemon
/// gets. It takes one answer and is used up by it, by the end of its time, and by being destroyed; whatever is written
/// then goes nowhere.
class IncomingText
{
public:
    /// From the question to the answer's last byte. Source: spec security, L-13.
    static constexpr Duration Patience = std::chrono::seconds(5);

    enum class Outcome : std::uint8_t {
        Whole,
        Empty,    ///< the qube has nothing to copy
        TooLarge, ///< more than the limit; nothing of it was read
        Failed,   ///< no answer in time, a broken one, or the daemon has gone
    };

    /// @param length  of the text, for Whole and TooLarge. Called once, from the loop; may destroy this.
    using OnEnd = std::move_only_function<void(Outcome outcome, std::uint32_t length)>;

    /// @param into   outlives it; is wiped first
    /// @param limit  bytes, at most into.capacity()
    /// @return it and the writing end
    /// @errors Io
    [[nodiscard]] static Result<std::pair<std::unique_ptr<IncomingText>, UniqueFd>>
    start(EventLoop &loop, SecretText &into, std::uint32_t limit, OnEnd onEnd);

    IncomingText(const IncomingText &) = delete;
    IncomingText &operator=(const IncomingText &) = delete;
    ~IncomingText() = default;

private:
    IncomingText(UniqueFd socket, SecretText &into, std::uint32_t limit, OnEnd onEnd);

    void onReadable();
    /// Reads some of what is missing. @return how it ended, if it did
    [[nodiscard]] std::optional<Outcome> readHeader();
    [[nodiscard]] std::optional<Outcome> readText();
    [[nodiscard]] Result<std::size_t> read(std::span<std::byte> into) const;
    void end(Outcome outcome);

    UniqueFd m_socket;
    SecretText &m_into;
    std::uint32_t m_limit;
    OnEnd m_onEnd;
    std::array<std::byte, AnswerHeaderSize> m_header{};
    std::size_t m_headerSize = 0;
    std::uint32_t m_length = 0;
    EventLoop::Handle m_watch;
    EventLoop::Handle m_deadline;
};

} // namespace Bulkhead::Clipboard
