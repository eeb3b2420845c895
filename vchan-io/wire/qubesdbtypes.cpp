// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qubesdbtypes.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <algorithm>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr std::string_view Signs = "-_/.:@";

bool isPathCharacter(char c)
{
    return Ascii::isLetter(c) || Ascii::isDigit(c) || Signs.contains(c);
}

} // namespace

Result<Path> Path::parse(std::string_view text)
{
    if (text.size() > MaxPath) {
        return fail(Errc::BadField, formatted("a path is longer than {} bytes", MaxPath));
    }
    if (text.starts_with('-') || !std::ranges::all_of(text, isPathCharacter)) {
        return fail(Errc::BadField, formatted("a path is not made of letters, digits and {}", Signs));
    }
    return Path(std::string(text));
}

bool Path::isFor(const Path &changed) const noexcept
{
    return isTree() ? changed.m_text.starts_with(m_text) : changed.m_text == m_text;
}

Result<Key> Key::parse(std::string_view text)
{
    BH_TRY(const Path path, Path::parse(text));
    return of(path);
}

Result<Key> Key::of(const Path &path)
{
    if (!path.text().starts_with('/') || path.isTree()) {
        return fail(Errc::BadField, "a key does not begin with a slash, or ends with one");
    }
    return Key(path.text());
}

Result<Value> Value::parse(std::span<const std::byte> bytes)
{
    // Bytes and characters may alias; the view does not outlive the call.
    return parse(std::string_view(reinterpret_cast<const char *>(bytes.data()), // NOLINT(*-reinterpret-cast)
                                  bytes.size()));
}

Result<Value> Value::parse(std::string_view text)
{
    if (text.size() > MaxValue) {
        return fail(Errc::TooMuch, formatted("a value is longer than {} bytes", MaxValue));
    }
    if (text.contains('\0')) {
        return fail(Errc::BadField, "a value has a NUL");
    }
    return Value(std::string(text));
}

} // namespace Bulkhead::QubesDb
