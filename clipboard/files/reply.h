// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/outcome.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// The receiver's answer as it comes in, in any pieces. Never grows beyond the longest one.
class Reply
{
public:
    enum class State : std::uint8_t {
        Nothing, ///< not a byte came
        Begun,   ///< there is more to come, or the stream's end
        Complete,
        Broken, ///< the stream ended within it
    };

    /// What is left behind a complete one is not looked at.
    void add(std::span<const std::byte> bytes);
    /// The stream ended.
    void end() noexcept;

    [[nodiscard]] State state() const noexcept
    {
        return m_state;
    }

    /// Of a complete one.
    [[nodiscard]] Outcome outcome() const;
    [[nodiscard]] std::string lastName() const;

private:
    [[nodiscard]] std::size_t wantedSize() const;

    std::vector<std::byte> m_bytes;
    State m_state = State::Nothing;
};

/// What a receiver's answer means, in words for the person who copies.
/// @param name  as the receiver gave it
[[nodiscard]] std::string explain(Code code, std::string_view name);

} // namespace Bulkhead::FileCopy
