// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "vchan-io/wire/filecopy/code.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// The part of the receiver's answer that every receiver sends, and the length that follows it where a name does.
inline constexpr std::size_t OutcomeSize = 16;
inline constexpr std::size_t LastNameSizeField = 4;
/// Most bytes of a name that a sender takes from an answer.
inline constexpr std::size_t MaxLastName = 16384;

/// The receiver's answer: the one record that goes back to the sender.
struct Outcome {
    Code code = Code::Done;
    std::uint64_t checksum = 0; ///< of what was received; means something with Done only
    friend bool operator==(const Outcome &, const Outcome &) noexcept = default;
};

/// Every code is one: those that we do not know are the numbers of errors.
/// @param bytes  OutcomeSize of them; it is asserted
[[nodiscard]] Outcome parseOutcome(std::span<const std::byte> bytes);

/// How many bytes of a name to read behind the length.
/// @param bytes  LastNameSizeField of them; it is asserted
/// @return at most MaxLastName, whatever the receiver says
[[nodiscard]] std::size_t parseLastNameSize(std::span<const std::byte> bytes);

/// @param lastName  the entry that it is about, or the last one that came. Nothing: the short form.
[[nodiscard]] std::vector<std::byte> build(const Outcome &outcome, const std::optional<std::string> &lastName);

} // namespace Bulkhead::FileCopy
