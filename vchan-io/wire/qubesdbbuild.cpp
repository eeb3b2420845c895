// SPDX-License-Identifier: GPL-2.0-or-later
#include "vchan-io/wire/qubesdbmessages.h"
#include "vchan-io/wire/wirewriter.h"

#include <utility>

namespace Bulkhead::QubesDb
{
namespace
{

std::vector<std::byte> frame(MessageType type, std::string_view path, std::string_view data = {})
{
    constexpr std::size_t Padding = 3;
    const std::byte typeByte{std::to_underlying(type)};
    WireWriter out(HeaderSize + data.size());
    out.bytes(std::span(&typeByte, 1)).fixedText(path, MaxPath + 1).zeros(Padding);
    out.u32(static_cast<std::uint32_t>(data.size())).text(data);
    return std::move(out).take();
}

} // namespace

std::vector<std::byte> build(const Read &message)
{
    return frame(MessageType::Read, message.path.text());
}

std::vector<std::byte> build(const Write &message)
{
    return frame(MessageType::Write, message.key.text(), message.value.text());
}

std::vector<std::byte> build(const MultiRead &message)
{
    return frame(MessageType::MultiRead, message.prefix.text());
}

std::vector<std::byte> build(const List &message)
{
    return frame(MessageType::List, message.prefix.text());
}

std::vector<std::byte> build(const Remove &message)
{
    return frame(MessageType::Remove, message.path.text());
}

std::vector<std::byte> build(const Watch &message)
{
    return frame(MessageType::Watch, message.path.text());
}

std::vector<std::byte> build(const Unwatch &message)
{
    return frame(MessageType::Unwatch, message.path.text());
}

std::vector<std::byte> build(const Answer &message)
{
    return frame(message.type, message.path.text(), message.value.text());
}

std::vector<std::byte> build(const Entry &message)
{
    return frame(MessageType::MultiReadAnswer, message.key.text(), message.value.text());
}

std::vector<std::byte> build(const EntriesEnd & /*message*/)
{
    return frame(MessageType::MultiReadAnswer, {});
}

} // namespace Bulkhead::QubesDb
