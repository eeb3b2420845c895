// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// QubesDB: a small store of keys and values, one a qube, mirrored between dom0 and the qube.
namespace Bulkhead::QubesDb
{

/// Longest path, in bytes: the field of the header holds one NUL more. Source: spec qubesdb, section 2.1.
inline constexpr std::size_t MaxPath = 63;
/// Longest value, in bytes. Source: spec qubesdb, section 2.3.
inline constexpr std::size_t MaxValue = 3071;

/// What a message names: letters, digits and `-_/.:@`, not beginning with `-`. The empty one is a prefix of everything.
/// With a trailing `/` it stands for all that lies below.
/// @source spec qubesdb, section 2.3
class Path
{
public:
    Path() = default;

    /// @errors BadField
    [[nodiscard]] static Result<Path> parse(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    [[nodiscard]] bool isTree() const noexcept
    {
        return m_text.ends_with('/');
    }

    /// Whether a watch on this path is for a change at the other: below a tree, or exactly there.
    [[nodiscard]] bool isFor(const Path &changed) const noexcept;

    friend auto operator<=>(const Path &, const Path &) noexcept = default;

private:
    friend class Key;

    explicit Path(std::string text) noexcept
        : m_text(std::move(text))
    {
    }

    std::string m_text;
};

/// A path that can have a value: begins with `/` and does not end with one.
class Key
{
public:
    /// @errors BadField
    [[nodiscard]] static Result<Key> parse(std::string_view text);
    [[nodiscard]] static Result<Key> of(const Path &path);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    [[nodiscard]] Path path() const
    {
        return Path(m_text);
    }

    friend auto operator<=>(const Key &, const Key &) noexcept = default;

private:
    explicit Key(std::string text) noexcept
        : m_text(std::move(text))
    {
    }

    std::string m_text;
};

/// Any bytes but NUL, at most MaxValue of them. What they mean is for the reader of the key to judge.
class Value
{
public:
    Value() = default;

    /// @errors BadField (a NUL), TooMuch
    [[nodiscard]] static Result<Value> parse(std::span<const std::byte> bytes);
    [[nodiscard]] static Result<Value> parse(std::string_view text);

    [[nodiscard]] const std::string &text() const noexcept
    {
        return m_text;
    }

    friend bool operator==(const Value &, const Value &) noexcept = default;

private:
    explicit Value(std::string text) noexcept
        : m_text(std::move(text))
    {
    }

    std::string m_text;
};

} // namespace Bulkhead::QubesDb
