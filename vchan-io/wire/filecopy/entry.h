// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/untrusted.h"
#include "vchan-io/wire/filecopy/code.h"
#include "vchan-io/wire/filecopy/path.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// A stream of files and directories, from the qube that has them to the one that gets them. Source of all layouts,
/// limits and rules: docs/protocol/filecopy.md.
namespace Bulkhead::FileCopy
{

inline constexpr std::size_t HeaderSize = 32;
/// Longest name, with its NUL, and longest target of a link, in bytes.
inline constexpr std::size_t MaxNameField = 16383;
inline constexpr std::size_t MaxTarget = 16383;
inline constexpr std::uint64_t MaxFileSize = INT64_MAX;

/// A moment, counted from 1970.
struct Timestamp {
    std::uint32_t seconds = 0;
    std::uint32_t nanoseconds = 0; ///< below 10⁹
    friend bool operator==(const Timestamp &, const Timestamp &) noexcept = default;
};

struct Attributes {
    std::uint32_t permissions = 0; ///< within 07777: what becomes of the upper three bits is the receiver's to say
    Timestamp accessed = {};
    Timestamp modified = {};
    friend bool operator==(const Attributes &, const Attributes &) noexcept = default;
};

/// A regular file; `size` bytes of content follow it.
struct FileEntry {
    Path path;
    std::uint64_t size = 0; ///< at most MaxFileSize
    Attributes attributes = {};
    friend bool operator==(const FileEntry &, const FileEntry &) = default;
};

/// Comes before what the directory holds and once more behind it: only then do its attributes count.
struct DirectoryEntry {
    Path path;
    Attributes attributes = {};
    friend bool operator==(const DirectoryEntry &, const DirectoryEntry &) = default;
};

/// A symbolic link of which the target is still to come: `targetSize` bytes. Its name is judged with it.
struct LinkStart {
    std::string rawName;
    std::size_t targetSize = 0; ///< at most MaxTarget
    Attributes attributes = {};
    friend bool operator==(const LinkStart &, const LinkStart &) = default;
};

/// A symbolic link that leads out of nothing.
struct LinkEntry {
    Path path;
    std::string target;
    Attributes attributes = {}; ///< receivers ignore them
    friend bool operator==(const LinkEntry &, const LinkEntry &) = default;
};

using Entry = std::variant<FileEntry, DirectoryEntry, LinkStart>;

/// The fields of a header before they are judged, but for the length of the name that follows.
struct Header {
    std::size_t nameSize = 0; ///< 1 … MaxNameField
    Untrusted<std::uint32_t> rawMode{0};
    Untrusted<std::uint32_t> rawSizeLow{0};
    Untrusted<std::uint32_t> rawSizeHigh{0};
    Untrusted<std::uint32_t> rawAccessSeconds{0};
    Untrusted<std::uint32_t> rawAccessNanoseconds{0};
    Untrusted<std::uint32_t> rawModifySeconds{0};
    Untrusted<std::uint32_t> rawModifyNanoseconds{0};
};

/// @param bytes  HeaderSize of them; it is asserted
/// @return nothing for the end marker
/// @errors TooLong (the name)
[[nodiscard]] Verdict<std::optional<Header>> parseHeader(std::span<const std::byte> bytes);

/// The name's bytes as text, up to its NUL if it has one. Not judged: for parseEntry(), and to tell the sender.
[[nodiscard]] std::string_view rawName(std::span<const std::byte> name) noexcept;

/// @param name  the `nameSize` bytes that follow the header
/// @errors BadEntry (kind, attributes, a directory with content), BadName, TooLong (path, target), Limit (file size)
[[nodiscard]] Verdict<Entry> parseEntry(const Header &header, std::span<const std::byte> name, Letters letters);

/// @param target  the `targetSize` bytes that follow the name
/// @errors BadName, TooLong, UnsafeLink, NotFound (no target)
[[nodiscard]] Verdict<LinkEntry> parseLink(const LinkStart &start, std::span<const std::byte> target, Letters letters);

/// Header and name; the content of a file comes from elsewhere.
[[nodiscard]] std::vector<std::byte> build(const FileEntry &entry);
[[nodiscard]] std::vector<std::byte> build(const DirectoryEntry &entry);
/// Header, name and target.
[[nodiscard]] std::vector<std::byte> build(const LinkEntry &entry);
[[nodiscard]] std::vector<std::byte> buildEndMarker();

} // namespace Bulkhead::FileCopy
