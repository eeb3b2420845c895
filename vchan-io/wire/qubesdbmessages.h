// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/ids.h"
#include "vchan-io/wire/qubesdbtypes.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

/// The messages of QubesDB: between a program and the daemon of its side (local sockets), and between the two daemons
/// (vchan). Source of all layouts, limits and rules: docs/protocol/qubesdb.md.
namespace Bulkhead::QubesDb
{

/// dom0 serves it to each qube. Source: spec qubesdb, section 3.1.
inline constexpr Port MirrorPort{111};

inline constexpr std::size_t HeaderSize = 72;

enum class MessageType : std::uint8_t {
    Read = 0,
    Write = 1,
    MultiRead = 2,
    List = 3,
    Remove = 4,
    Watch = 5,
    Unwatch = 6,
    Ok = 7,
    NoEntry = 8,
    Failed = 9,
    ReadAnswer = 10,
    MultiReadAnswer = 11,
    ListAnswer = 12,
    WatchAnswer = 13,
};

struct Read {
    Path path;
    friend bool operator==(const Read &, const Read &) = default;
};

struct Write {
    Key key;
    Value value;
    friend bool operator==(const Write &, const Write &) = default;
};

/// All entries whose path begins with the text `prefix`, values included.
struct MultiRead {
    Path prefix;
    friend bool operator==(const MultiRead &, const MultiRead &) = default;
};

struct List {
    Path prefix;
    friend bool operator==(const List &, const List &) = default;
};

/// One entry, or with a trailing slash all below.
struct Remove {
    Path path;
    friend bool operator==(const Remove &, const Remove &) = default;
};

struct Watch {
    Path path;
    friend bool operator==(const Watch &, const Watch &) = default;
};

struct Unwatch {
    Path path;
    friend bool operator==(const Unwatch &, const Unwatch &) = default;
};

/// A message that gets Failed for an answer and does nothing.
struct Malformed {
    std::size_t skip = 0; ///< bytes of it that were not read and still come
    bool endsConnection = false;
    friend bool operator==(const Malformed &, const Malformed &) = default;
};

/// An answer, or a notice of a watch. Fields that its type does not have are empty.
struct Answer {
    MessageType type = MessageType::Ok; ///< Ok or what stands behind it
    Path path = {};                     ///< empty in the last one of MultiReadAnswer and ListAnswer
    Value value = {};
    friend bool operator==(const Answer &, const Answer &) = default;
};

/// The peer did what it was told, or could not find it: both are as good.
struct Acknowledged {
    friend bool operator==(const Acknowledged &, const Acknowledged &) = default;
};

/// The peer refused what it was told.
struct PeerFailed {
    friend bool operator==(const PeerFailed &, const PeerFailed &) = default;
};

/// One entry of dom0's, on the way to the qube for the first time.
struct Entry {
    Key key;
    Value value;
    friend bool operator==(const Entry &, const Entry &) = default;
};

struct EntriesEnd {
    friend bool operator==(const EntriesEnd &, const EntriesEnd &) = default;
};

/// What a local program asks.
using Request = std::variant<Read, Write, MultiRead, List, Remove, Watch, Unwatch, Malformed>;
/// What a qube's daemon says to dom0's. Its MultiRead has an empty prefix.
using FromQube = std::variant<Write, MultiRead, Remove, Malformed, Acknowledged, PeerFailed>;
/// What dom0's daemon says to a qube's.
using FromDom0 = std::variant<Write, Remove, Malformed, Acknowledged, PeerFailed, Entry, EntriesEnd>;

/// How many bytes of data to read behind a header of HeaderSize bytes, before its message can be parsed. Each answers
/// with at most MaxValue; what a request claims beyond is for Malformed::skip.
/// @errors what ends the connection: UnknownType, BadField, TooMuch, LongMessage (data where there can be none)
[[nodiscard]] Result<std::size_t> requestData(std::span<const std::byte> header);
[[nodiscard]] Result<std::size_t> answerData(std::span<const std::byte> header);
[[nodiscard]] Result<std::size_t> fromQubeData(std::span<const std::byte> header);
[[nodiscard]] Result<std::size_t> fromDom0Data(std::span<const std::byte> header);

/// Each makes a message of a header that the function above accepted, and the data that followed.
/// @errors as above, and ShortMessage
[[nodiscard]] Result<Request> parseRequest(std::span<const std::byte> header, std::span<const std::byte> data);
[[nodiscard]] Result<Answer> parseAnswer(std::span<const std::byte> header, std::span<const std::byte> data);
[[nodiscard]] Result<FromQube> parseFromQube(std::span<const std::byte> header, std::span<const std::byte> data);
[[nodiscard]] Result<FromDom0> parseFromDom0(std::span<const std::byte> header, std::span<const std::byte> data);

/// Whole messages with their headers.
[[nodiscard]] std::vector<std::byte> build(const Read &message);
[[nodiscard]] std::vector<std::byte> build(const Write &message);
[[nodiscard]] std::vector<std::byte> build(const MultiRead &message);
[[nodiscard]] std::vector<std::byte> build(const List &message);
[[nodiscard]] std::vector<std::byte> build(const Remove &message);
[[nodiscard]] std::vector<std::byte> build(const Watch &message);
[[nodiscard]] std::vector<std::byte> build(const Unwatch &message);
[[nodiscard]] std::vector<std::byte> build(const Answer &message);
[[nodiscard]] std::vector<std::byte> build(const Entry &message);
[[nodiscard]] std::vector<std::byte> build(const EntriesEnd &message);

} // namespace Bulkhead::QubesDb
