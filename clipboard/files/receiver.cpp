// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/receiver.h"

#include "clipboard/files/holes.h"

#include <cstdint>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

std::unexpected<Refusal> refuse(Code code, std::optional<std::string> name)
{
    return std::unexpected(Refusal{.code = code, .name = std::move(name)});
}

} // namespace

Receiver::Receiver(Input &input, Incoming &incoming, Allowance allowance, Letters letters, mode_t mask)
    : m_input(input)
    , m_incoming(incoming)
    , m_allowance(allowance)
    , m_letters(letters)
    , m_mask(mask)
{
}

Ending Receiver::run()
{
    const auto read = readAll();
    if (!read) {
        return {.outcome = {.code = read.error().code, .checksum = m_input.checksum()}, .lastName = read.error().name};
    }
    return {.outcome = {.code = Code::Done, .checksum = m_input.checksum()}, .lastName = m_lastName};
}

Step<> Receiver::readAll()
{
    for (;;) {
        const auto header = readHeader();
        if (!header) {
            return std::unexpected(header.error());
        }
        if (!*header) {
            break;
        }
        if (auto entry = readEntry(**header); !entry) {
            return entry;
        }
    }
    return m_incoming.commit().transform_error([this](Refusal &&refusal) {
        return Refusal{.code = refusal.code, .name = refusal.name->empty() ? m_lastName : std::move(refusal.name)};
    });
}

Step<std::optional<Header>> Receiver::readHeader()
{
    const auto size = m_input.fill(m_header);
    if (!size) {
        return refuse(size.error(), m_lastName);
    }
    if (*size < m_header.size()) {
        return refuse(Code::NoEnd, m_lastName);
    }
    const auto header = parseHeader(m_header);
    if (!header) {
        return refuse(header.error(), std::nullopt);
    }
    if (*header) {
        if (const Code code = m_allowance.takeEntry(); code != Code::Done) {
            return refuse(code, m_lastName);
        }
    }
    return *header;
}

Step<> Receiver::readEntry(const Header &header)
{
    m_field.resize(header.nameSize); // at most MaxNameField
    const auto size = m_input.fill(m_field);
    if (!size || *size < m_field.size()) {
        return refuse(size ? Code::CutShort : size.error(), std::nullopt);
    }
    std::string name(rawName(m_field));
    const auto entry = parseEntry(header, m_field, m_letters);
    if (!entry) {
        return refuse(entry.error(), std::move(name));
    }
    m_lastName = std::move(name);
    return std::visit(
        [this](const auto &kind) {
            return take(kind);
        },
        *entry);
}

Step<> Receiver::take(const FileEntry &entry)
{
    if (const Code code = m_allowance.takeBytes(entry.size); code != Code::Done) {
        return refuse(code, entry.path.text());
    }
    const auto file = m_incoming.makeFile(entry.path);
    if (!file) {
        return std::unexpected(file.error());
    }
    if (auto copied = copyContent(*file, entry); !copied) {
        return copied;
    }
    return Incoming::finishFile(*file, entry, m_mask);
}

Step<> Receiver::copyContent(const UniqueFd &file, const FileEntry &entry)
{
    HoleWriter writer(file.get(), entry.size);
    for (std::uint64_t left = entry.size; left > 0;) {
        const auto piece = m_input.next(left);
        if (!piece || piece->empty()) {
            return refuse(piece ? Code::CutShort : piece.error(), entry.path.text());
        }
        if (const int number = writer.write(*piece); number != 0) {
            return refuse(codeOfErrno(number), entry.path.text());
        }
        left -= piece->size();
    }
    if (const int number = writer.finish(); number != 0) {
        return refuse(codeOfErrno(number), entry.path.text());
    }
    return {};
}

Step<> Receiver::take(const DirectoryEntry &entry)
{
    if (const Code code = m_allowance.takeBytes(0); code != Code::Done) {
        return refuse(code, entry.path.text());
    }
    return m_incoming.takeDirectory(entry, m_mask);
}

Step<> Receiver::take(const LinkStart &start)
{
    m_field.resize(start.targetSize); // at most MaxTarget
    const auto size = m_input.fill(m_field);
    if (!size || *size < m_field.size()) {
        return refuse(size ? Code::CutShort : size.error(), start.rawName);
    }
    const auto link = parseLink(start, m_field, m_letters);
    if (!link) {
        return refuse(link.error(), std::string(rawName(m_field)));
    }
    if (const Code code = m_allowance.takeBytes(start.targetSize); code != Code::Done) {
        return refuse(code, start.rawName);
    }
    return m_incoming.makeLink(*link);
}

} // namespace Bulkhead::FileCopy
