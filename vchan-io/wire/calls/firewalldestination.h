// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace Bulkhead::Firewall
{

enum class Family : std::uint8_t {
    V4,
    V6,
};

/// Bits of an address of that family: the longest prefix.
[[nodiscard]] constexpr std::uint8_t bitsOf(Family family) noexcept
{
    return family == Family::V4 ? 32 : 128;
}

/// An address, or all that share its first bits. Bits behind the prefix are kept as they were given.
struct Network {
    Family family = Family::V4;
    std::array<std::uint8_t, 16> bytes{}; ///< in network order; the first four for V4
    std::uint8_t prefix = 32;

    /// `ADDRESS` or `ADDRESS/PREFIX`; a bare address stands for itself alone.
    /// @errors BadValue, in words for a person
    [[nodiscard]] static Result<Network> parse(std::string_view text);
    /// The same for a bare address only.
    [[nodiscard]] static std::optional<Network> parseAddress(std::string_view text);

    /// The address in its shortest lower-case form.
    [[nodiscard]] std::string addressText() const;
    /// With `/PREFIX`, always.
    [[nodiscard]] std::string text() const;

    friend bool operator==(const Network &, const Network &) = default;
    friend auto operator<=>(const Network &, const Network &) = default;
};

/// A name that whoever enforces the rule asks a name server for. Lower-case letters, digits, `-._`, at most 253
/// characters; begins with a letter or digit, and does not look like a number.
class HostName
{
public:
    /// @errors BadValue, in words for a person
    [[nodiscard]] static Result<HostName> parse(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    friend bool operator==(const HostName &, const HostName &) = default;
    friend auto operator<=>(const HostName &, const HostName &) = default;

private:
    explicit HostName(std::string_view text)
        : m_text(text)
    {
    }

    std::string m_text;
};

using Destination = std::variant<Network, HostName>;

/// The value alone decides what it is: with a colon or a slash, or with three dots and digits only, it is an address.
/// @errors BadValue, in words for a person
/// @source spec admin-api, 8.10
[[nodiscard]] Result<Destination> parseDestination(std::string_view text);

} // namespace Bulkhead::Firewall
