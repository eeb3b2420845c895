// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/job/busmessage.h"

#include <array>
#include <bit>
#include <cstring>
#include <type_traits>

namespace Bulkhead::Job
{

namespace
{

static_assert(std::endian::native == std::endian::little, "messages are written in the machine's own order");

constexpr char LittleEndian = 'l';
constexpr char ProtocolVersion = 1;
constexpr std::size_t FixedHead = 16; ///< up to and with the length of the array of fields
constexpr std::size_t MessageAlignment = 8;

enum class Field : std::uint8_t {
    Path = 1,
    Interface = 2,
    Member = 3,
    ReplySerial = 5,
    Destination = 6,
    Signature = 8,
};

class Writer
{
public:
    void align(std::size_t to)
    {
        m_bytes.resize((m_bytes.size() + to - 1) / to * to);
    }

    template<typename T> void number(T value)
    {
        align(sizeof(T));
        const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
        m_bytes.append(bytes.data(), bytes.size());
    }

    void text(std::string_view value)
    {
        number(static_cast<std::uint32_t>(value.size()));
        m_bytes.append(value);
        m_bytes.push_back('\0');
    }

    void signature(std::string_view value)
    {
        m_bytes.push_back(static_cast<char>(value.size()));
        m_bytes.append(value);
        m_bytes.push_back('\0');
    }

    void byte(char value)
    {
        m_bytes.push_back(value);
    }

    /// What is written by `elements`, with its length before it.
    template<typename Elements> void array(std::size_t alignment, const Elements &elements)
    {
        number(std::uint32_t{0});
        const std::size_t length = m_bytes.size() - sizeof(std::uint32_t);
        align(alignment);
        const std::size_t begin = m_bytes.size();
        elements();
        const auto bytes =
            std::bit_cast<std::array<char, sizeof(std::uint32_t)>>(static_cast<std::uint32_t>(m_bytes.size() - begin));
        m_bytes.replace(length, bytes.size(), bytes.data(), bytes.size());
    }

    [[nodiscard]] std::string take()
    {
        return std::move(m_bytes);
    }

    [[nodiscard]] std::size_t size() const
    {
        return m_bytes.size();
    }

private:
    std::string m_bytes;
};

void writeVariant(Writer &to, const BusVariant &value)
{
    std::visit(
        [&to](const auto &v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, std::string>) {
                to.signature("s");
                to.text(v);
            } else if constexpr (std::is_same_v<T, bool>) {
                to.signature("b");
                to.number(std::uint32_t{v});
            } else if constexpr (std::is_same_v<T, std::uint64_t>) {
                to.signature("t");
                to.number(v);
            } else {
                to.signature(std::is_signed_v<T> ? "i" : "u");
                to.number(v);
            }
        },
        value);
}

void writeValue(Writer &to, const BusValue &value)
{
    std::visit(
        [&to](const auto &v) {
            using T = std::decay_t<decltype(v)>;
            if constexpr (std::is_same_v<T, std::string>) {
                to.text(v);
            } else if constexpr (std::is_same_v<T, BusStrings>) {
                to.array(sizeof(std::uint32_t), [&] {
                    for (const std::string &text : v) {
                        to.text(text);
                    }
                });
            } else if constexpr (std::is_same_v<T, BusDictionary>) {
                to.array(MessageAlignment, [&] {
                    for (const auto &[key, entry] : v) {
                        to.align(MessageAlignment);
                        to.text(key);
                        writeVariant(to, entry);
                    }
                });
            } else {
                to.number(v);
            }
        },
        value);
}

std::string signatureOf(const std::vector<BusValue> &arguments)
{
    constexpr std::array<std::string_view, 5> Signatures{"s", "u", "i", "as", "a{sv}"}; // as BusValue has them
    static_assert(std::variant_size_v<BusValue> == Signatures.size());
    std::string signature;
    for (const BusValue &argument : arguments) {
        signature += Signatures.at(argument.index());
    }
    return signature;
}

void writeField(Writer &to, Field field, std::string_view type, std::string_view text)
{
    to.align(MessageAlignment);
    to.byte(static_cast<char>(field));
    to.signature(type);
    if (type == "g") {
        to.signature(text);
    } else {
        to.text(text);
    }
}

/// Reads what somebody wrote; whatever does not fit makes it broken, and it stays so.
class Reader
{
public:
    explicit Reader(std::string_view bytes)
        : m_bytes(bytes)
    {
    }

    void align(std::size_t to)
    {
        skip((to - m_at % to) % to);
    }

    [[nodiscard]] std::uint8_t byte()
    {
        const std::string_view one = take(1);
        return one.empty() ? 0 : static_cast<std::uint8_t>(one.front());
    }

    [[nodiscard]] std::uint32_t number()
    {
        align(sizeof(std::uint32_t));
        const std::string_view bytes = take(sizeof(std::uint32_t));
        std::uint32_t value = 0;
        if (bytes.size() == sizeof(value)) {
            std::memcpy(&value, bytes.data(), sizeof(value));
        }
        return value;
    }

    [[nodiscard]] std::string text()
    {
        const std::uint32_t size = number();
        std::string value(take(size));
        skip(1);
        return value;
    }

    [[nodiscard]] std::string signature()
    {
        const std::uint8_t size = byte();
        std::string value(take(size));
        skip(1);
        return value;
    }

    [[nodiscard]] bool isBroken() const
    {
        return m_isBroken;
    }

    [[nodiscard]] std::size_t at() const
    {
        return m_at;
    }

private:
    std::string_view take(std::size_t size)
    {
        if (m_isBroken || size > m_bytes.size() - m_at) {
            m_isBroken = true;
            return {};
        }
        const std::string_view taken = m_bytes.substr(m_at, size);
        m_at += size;
        return taken;
    }

    void skip(std::size_t size)
    {
        (void)take(size);
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    bool m_isBroken = false;
};

Result<void> takeField(Reader &in, BusMessage &message, std::string &signature)
{
    in.align(MessageAlignment);
    const auto field = static_cast<Field>(in.byte());
    const std::string type = in.signature();
    std::string text;
    if (type == "u") {
        const std::uint32_t number = in.number();
        message.replyTo = field == Field::ReplySerial ? number : message.replyTo;
    } else if (type == "g") {
        text = in.signature();
    } else if (type == "s" || type == "o") {
        text = in.text();
    } else {
        return fail(Errc::BadField, "a field of another type");
    }
    switch (field) {
    case Field::Path:
        message.path = text;
        break;
    case Field::Interface:
        message.interface = text;
        break;
    case Field::Member:
        message.member = text;
        break;
    case Field::Signature:
        signature = text;
        break;
    case Field::ReplySerial:
    case Field::Destination:
        break;
    }
    return {};
}

/// Where the fields end and the body begins, from the message's beginning.
std::size_t bodyAt(std::uint32_t fieldBytes)
{
    return (FixedHead + fieldBytes + MessageAlignment - 1) / MessageAlignment * MessageAlignment;
}

} // namespace

std::string buildBusCall(const BusCall &call, std::uint32_t serial)
{
    Writer body;
    for (const BusValue &argument : call.arguments) {
        writeValue(body, argument);
    }
    Writer head;
    head.byte(LittleEndian);
    head.byte(static_cast<char>(BusKind::Call));
    head.byte(0); // flags: an answer is wanted, and whoever answers may be started
    head.byte(ProtocolVersion);
    head.number(static_cast<std::uint32_t>(body.size()));
    head.number(serial);
    head.array(MessageAlignment, [&] {
        writeField(head, Field::Path, "o", call.path);
        writeField(head, Field::Interface, "s", call.interface);
        writeField(head, Field::Member, "s", call.member);
        writeField(head, Field::Destination, "s", call.destination);
        if (!call.arguments.empty()) {
            writeField(head, Field::Signature, "g", signatureOf(call.arguments));
        }
    });
    head.align(MessageAlignment);
    return head.take() + body.take();
}

Result<std::optional<std::size_t>> lengthOfBusMessage(std::string_view received)
{
    if (received.size() < FixedHead) {
        return std::nullopt;
    }
    Reader in(received);
    if (in.byte() != LittleEndian) {
        return fail(Errc::BadField, "no message in this machine's order");
    }
    (void)in.byte();
    (void)in.byte();
    (void)in.byte();
    const std::uint32_t body = in.number();
    (void)in.number(); // its serial
    const std::uint32_t fields = in.number();
    if (body > LongestBusMessage || fields > LongestBusMessage) {
        return fail(Errc::TooMuch, "a message that is too long");
    }
    return bodyAt(fields) + body;
}

Result<BusMessage> parseBusMessage(std::string_view bytes)
{
    Reader in(bytes);
    (void)in.byte();
    const std::uint8_t rawKind = in.byte();
    if (rawKind < static_cast<std::uint8_t>(BusKind::Call) || rawKind > static_cast<std::uint8_t>(BusKind::Signal)) {
        return fail(Errc::BadField, "no kind of message");
    }
    BusMessage message{.kind = static_cast<BusKind>(rawKind)};
    (void)in.byte();
    (void)in.byte();
    (void)in.number();
    (void)in.number();
    const std::uint32_t fields = in.number();
    std::string signature;
    while (!in.isBroken() && in.at() < FixedHead + fields) {
        BH_CHECK(takeField(in, message, signature));
    }
    in.align(MessageAlignment);
    for (const char type : signature) {
        if (type == 's' || type == 'o') {
            message.arguments.emplace_back(in.text());
        } else if (type == 'u') {
            message.arguments.emplace_back(in.number());
        } else {
            break;
        }
    }
    if (in.isBroken()) {
        return fail(Errc::BadField, "a message that ends early");
    }
    return message;
}

} // namespace Bulkhead::Job
