// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/filecopy/entry.h"

#include "base/error.h"
#include "vchan-io/wire/filecopy/entryfields.h"
#include "vchan-io/wire/wirereader.h"

#include <cerrno>
#include <new>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::uint32_t MaxNanoseconds = 999'999'999;

std::string_view textOf(std::span<const std::byte> bytes) noexcept
{
    // Bytes and characters may alias.
    return {reinterpret_cast<const char *>(bytes.data()), bytes.size()}; // NOLINT(*-reinterpret-cast)
}

Result<Timestamp> timestamp(Untrusted<std::uint32_t> rawSeconds, Untrusted<std::uint32_t> rawNanoseconds)
{
    BH_TRY(const auto nanoseconds, rawNanoseconds.within(0, MaxNanoseconds, "nanoseconds"));
    return Timestamp{.seconds = rawSeconds.anyValue(), // every second is one
                     .nanoseconds = nanoseconds};
}

Result<Attributes> attributesOf(const Header &header, std::uint32_t permissions)
{
    BH_TRY(const Timestamp accessed, timestamp(header.rawAccessSeconds, header.rawAccessNanoseconds));
    BH_TRY(const Timestamp modified, timestamp(header.rawModifySeconds, header.rawModifyNanoseconds));
    return Attributes{.permissions = permissions, .accessed = accessed, .modified = modified};
}

Verdict<Entry> fileEntry(std::string_view name, std::uint64_t size, const Attributes &attributes, Letters letters)
{
    return Path::parse(name, letters).and_then([&](Path &&path) -> Verdict<Entry> {
        if (size > MaxFileSize) {
            return std::unexpected(Code::Limit);
        }
        return FileEntry{.path = std::move(path), .size = size, .attributes = attributes};
    });
}

Verdict<Entry> directoryEntry(std::string_view name, std::uint64_t size, const Attributes &attributes, Letters letters)
{
    if (size != 0) {
        return std::unexpected(Code::BadEntry);
    }
    return Path::parse(name, letters).transform([&](Path &&path) -> Entry {
        return DirectoryEntry{.path = std::move(path), .attributes = attributes};
    });
}

Verdict<Entry> linkStart(std::string_view name, std::uint64_t size, const Attributes &attributes)
{
    if (size > MaxTarget) {
        return std::unexpected(Code::TooLong);
    }
    return LinkStart{.rawName = std::string(name), .targetSize = size, .attributes = attributes};
}

} // namespace

Verdict<std::optional<Header>> parseHeader(std::span<const std::byte> bytes)
{
    WireReader in(bytes);
    const auto rawNameSize = in.u32();
    Header header;
    header.rawMode = in.u32();
    header.rawSizeLow = in.u32();
    header.rawSizeHigh = in.u32();
    header.rawAccessSeconds = in.u32();
    header.rawAccessNanoseconds = in.u32();
    header.rawModifySeconds = in.u32();
    header.rawModifyNanoseconds = in.u32();
    BH_ASSERT(in.finish().has_value());

    const auto nameSize = rawNameSize.within(0, MaxNameField, "name length");
    if (!nameSize) {
        return std::unexpected(Code::TooLong);
    }
    if (*nameSize == 0) {
        return std::nullopt;
    }
    header.nameSize = *nameSize;
    return header;
}

std::string_view rawName(std::span<const std::byte> name) noexcept
{
    const std::string_view text = textOf(name);
    return text.substr(0, text.find('\0'));
}

Verdict<Entry> parseEntry(const Header &header, std::span<const std::byte> name, Letters letters)
try {
    const std::uint32_t mode = header.rawMode.anyValue(); // the switch below knows every kind there is
    const std::uint64_t size =                            // judged by kind
        std::uint64_t{header.rawSizeHigh.anyValue()} << 32 | header.rawSizeLow.anyValue();
    const auto attributes = attributesOf(header, mode & PermissionBits);
    if (!attributes) {
        return std::unexpected(Code::BadEntry);
    }
    switch (mode & ~PermissionBits) {
    case FileKind:
        return fileEntry(rawName(name), size, *attributes, letters);
    case DirectoryKind:
        return directoryEntry(rawName(name), size, *attributes, letters);
    case LinkKind:
        return linkStart(rawName(name), size, *attributes);
    default:
        return std::unexpected(Code::BadEntry);
    }
} catch (const std::bad_alloc &) {
    return std::unexpected(codeOfErrno(ENOMEM));
}

Verdict<LinkEntry> parseLink(const LinkStart &start, std::span<const std::byte> target, Letters letters)
try {
    return Path::parse(start.rawName, letters).and_then([&](Path &&path) -> Verdict<LinkEntry> {
        const std::string_view text = textOf(target);
        if (const Code code = judgeLink(path, text, letters); code != Code::Done) {
            return std::unexpected(code);
        }
        return LinkEntry{.path = std::move(path), .target = std::string(text), .attributes = start.attributes};
    });
} catch (const std::bad_alloc &) {
    return std::unexpected(codeOfErrno(ENOMEM));
}

} // namespace Bulkhead::FileCopy
