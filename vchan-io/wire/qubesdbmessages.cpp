// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qubesdbmessages.h"

#include "vchan-io/wire/bodysize.h"
#include "vchan-io/wire/outofmemory.h"
#include "vchan-io/wire/wirereader.h"

#include <algorithm>
#include <array>
#include <new>
#include <optional>
#include <string_view>
#include <utility>

namespace Bulkhead::QubesDb
{
namespace
{

using Bytes = std::span<const std::byte>;

constexpr std::size_t PathField = MaxPath + 1;
constexpr std::size_t Padding = 3;

/// Data is between none and this; values are.
constexpr BodySize Data = between(0, MaxValue);
constexpr BodySize NoData = exactly(0);

/// The fields of a header before they are judged.
struct RawHeader {
    std::uint8_t type = 0;
    std::string_view path; ///< up to its NUL, at most MaxPath bytes
    Untrusted<std::uint32_t> length{0};
};

std::string_view textInPathField(Bytes field)
{
    // The last byte counts as NUL whatever it is.
    const Bytes content = field.first(std::min(field.size(), MaxPath));
    // Bytes and characters may alias; the view lives as long as the header.
    const std::string_view text(reinterpret_cast<const char *>(content.data()), // NOLINT(*-reinterpret-cast)
                                content.size());
    return text.substr(0, text.find('\0'));
}

Result<RawHeader> readHeader(Bytes header)
{
    WireReader in(header);
    const auto rawType = in.bytes(1);
    const auto rawPath = in.bytes(PathField);
    in.skip(Padding);
    const auto rawLength = in.u32();
    BH_CHECK(in.finish());
    return RawHeader{.type = std::to_integer<std::uint8_t>(rawType.anyValue().front()), // looked up in a table
                     .path = textInPathField(rawPath.anyValue()),
                     .length = rawLength};
}

std::optional<MessageType> knownType(std::uint8_t raw)
{
    static constexpr std::array Types{
        MessageType::Read,
        MessageType::Write,
        MessageType::MultiRead,
        MessageType::List,
        MessageType::Remove,
        MessageType::Watch,
        MessageType::Unwatch,
        MessageType::Ok,
        MessageType::NoEntry,
        MessageType::Failed,
        MessageType::ReadAnswer,
        MessageType::MultiReadAnswer,
        MessageType::ListAnswer,
        MessageType::WatchAnswer,
    };
    const auto *const place = std::ranges::find(Types, raw, [](MessageType type) {
        return std::to_underlying(type);
    });
    return place == Types.end() ? std::nullopt : std::optional(*place);
}

struct Rule {
    MessageType type;
    BodySize data;
};

/// What may come on a vchan or as an answer; what is not listed ends the connection.
constexpr std::array FromQubeTable{
    Rule{MessageType::Write, Data},
    Rule{MessageType::Remove, Data},
    Rule{MessageType::MultiRead, NoData},
    Rule{MessageType::Ok, NoData},
    Rule{MessageType::NoEntry, NoData},
    Rule{MessageType::Failed, NoData},
};
constexpr std::array FromDom0Table{
    Rule{MessageType::Write, Data},
    Rule{MessageType::Remove, Data},
    Rule{MessageType::MultiReadAnswer, Data},
    Rule{MessageType::Ok, NoData},
    Rule{MessageType::NoEntry, NoData},
    Rule{MessageType::Failed, NoData},
};
constexpr std::array AnswerTable{
    Rule{MessageType::Ok, NoData},
    Rule{MessageType::NoEntry, NoData},
    Rule{MessageType::Failed, NoData},
    Rule{MessageType::ReadAnswer, Data},
    Rule{MessageType::MultiReadAnswer, Data},
    Rule{MessageType::ListAnswer, NoData},
    Rule{MessageType::WatchAnswer, NoData},
};

/// A header of which everything but the meaning of its path is judged.
struct Accepted {
    MessageType type;
    Path path;
    std::size_t length = 0;
};

Result<Accepted> accept(std::span<const Rule> table, Bytes header)
{
    BH_TRY(const RawHeader raw, readHeader(header));
    const auto rule = std::ranges::find(table, raw.type, [](const Rule &r) {
        return std::to_underlying(r.type);
    });
    if (rule == table.end()) {
        return fail(Errc::UnknownType, "no such message on this connection");
    }
    BH_TRY(const std::size_t length, rule->data.accept(raw.length));
    BH_TRY(Path path, Path::parse(raw.path));
    return Accepted{.type = rule->type, .path = std::move(path), .length = length};
}

Result<Accepted> accept(std::span<const Rule> table, Bytes header, Bytes data)
{
    BH_TRY(Accepted accepted, accept(table, header));
    BH_CHECK(checkSize(data, accepted.length));
    return accepted;
}

Result<std::size_t> dataLength(std::span<const Rule> table, Bytes header)
try {
    return accept(table, header).transform([](const Accepted &accepted) {
        return accepted.length;
    });
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

/// The changes that both daemons send each other.
template<typename Message> Result<Message> parseWrite(const Path &path, Bytes data)
{
    BH_TRY(Key key, Key::of(path));
    auto value = Value::parse(data);
    if (!value) {
        return Malformed{};
    }
    return Write{.key = std::move(key), .value = *std::move(value)};
}

template<typename Message> Result<Message> parseRemove(Path path, Bytes data)
{
    if (!data.empty()) {
        return Malformed{};
    }
    return Remove{.path = std::move(path)};
}

Result<FromDom0> parseEntry(const Path &path, Bytes data)
{
    if (path.text().empty()) {
        BH_CHECK(checkSize(data, 0));
        return EntriesEnd{};
    }
    BH_TRY(Key key, Key::of(path));
    BH_TRY(Value value, Value::parse(data));
    return Entry{.key = std::move(key), .value = std::move(value)};
}

Request parseLocalWrite(const Path &path, Bytes data)
{
    auto key = Key::of(path);
    if (!key) {
        return Malformed{.endsConnection = true};
    }
    auto value = Value::parse(data);
    if (!value) {
        return Malformed{};
    }
    return Write{.key = *std::move(key), .value = *std::move(value)};
}

Request makeRequest(MessageType type, Path path)
{
    switch (type) {
    case MessageType::Read:
        return Read{std::move(path)};
    case MessageType::MultiRead:
        return MultiRead{std::move(path)};
    case MessageType::List:
        return List{std::move(path)};
    case MessageType::Remove:
        return Remove{std::move(path)};
    case MessageType::Watch:
        return Watch{std::move(path)};
    case MessageType::Unwatch:
        return Unwatch{std::move(path)};
    case MessageType::Write:
    case MessageType::Ok:
    case MessageType::NoEntry:
    case MessageType::Failed:
    case MessageType::ReadAnswer:
    case MessageType::MultiReadAnswer:
    case MessageType::ListAnswer:
    case MessageType::WatchAnswer:
        return Malformed{}; // answers are no requests; Write has a parser of its own
    }
    std::unreachable();
}

bool isRead(const RawHeader &raw)
{
    return raw.type == std::to_underlying(MessageType::Read);
}

} // namespace

Result<std::size_t> requestData(Bytes header)
{
    BH_TRY(const RawHeader raw, readHeader(header));
    const auto length = raw.length.within(0, MaxValue, "data length");
    if (isRead(raw) && length != 0U) {
        return fail(Errc::LongMessage, "a request to read has data");
    }
    return length.value_or(0); // the rest is skipped
}

Result<Request> parseRequest(Bytes header, Bytes data)
try {
    BH_TRY(const RawHeader raw, readHeader(header));
    const auto length = raw.length.within(0, MaxValue, "data length");
    if (!length) {
        // Every length is legal to step over.
        return Malformed{.skip = raw.length.anyValue()};
    }
    BH_CHECK(checkSize(data, *length));
    if (isRead(raw) && !data.empty()) {
        return fail(Errc::LongMessage, "a request to read has data");
    }
    const auto type = knownType(raw.type);
    auto path = Path::parse(raw.path);
    if (!type || !path) {
        return Malformed{};
    }
    if (*type == MessageType::Write) {
        return parseLocalWrite(*path, data);
    }
    return data.empty() ? makeRequest(*type, *std::move(path)) : Malformed{};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<std::size_t> answerData(Bytes header)
{
    return dataLength(AnswerTable, header);
}

Result<Answer> parseAnswer(Bytes header, Bytes data)
try {
    BH_TRY(Accepted accepted, accept(AnswerTable, header, data));
    BH_TRY(Value value, Value::parse(data));
    return Answer{.type = accepted.type, .path = std::move(accepted.path), .value = std::move(value)};
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<std::size_t> fromQubeData(Bytes header)
{
    return dataLength(FromQubeTable, header);
}

Result<FromQube> parseFromQube(Bytes header, Bytes data)
try {
    BH_TRY(Accepted accepted, accept(FromQubeTable, header, data));
    switch (accepted.type) {
    case MessageType::Write:
        return parseWrite<FromQube>(accepted.path, data);
    case MessageType::Remove:
        return parseRemove<FromQube>(std::move(accepted.path), data);
    case MessageType::MultiRead:
        if (!accepted.path.text().empty()) {
            return fail(Errc::BadField, "a qube asks for everything or for nothing");
        }
        return MultiRead{};
    case MessageType::Failed:
        return PeerFailed{};
    default:
        return Acknowledged{};
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

Result<std::size_t> fromDom0Data(Bytes header)
{
    return dataLength(FromDom0Table, header);
}

Result<FromDom0> parseFromDom0(Bytes header, Bytes data)
try {
    BH_TRY(Accepted accepted, accept(FromDom0Table, header, data));
    switch (accepted.type) {
    case MessageType::Write:
        return parseWrite<FromDom0>(accepted.path, data);
    case MessageType::Remove:
        return parseRemove<FromDom0>(std::move(accepted.path), data);
    case MessageType::MultiReadAnswer:
        return parseEntry(accepted.path, data);
    case MessageType::Failed:
        return PeerFailed{};
    default:
        return Acknowledged{};
    }
} catch (const std::bad_alloc &) {
    return outOfMemory();
}

} // namespace Bulkhead::QubesDb
