// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/reply.h"

#include "base/error.h"
#include "base/formatted.h"
#include "clipboard/files/sources.h"

#include <algorithm>
#include <system_error>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

/// Longer ones would push the rest of the line out of sight.
constexpr std::size_t MostShown = 300;

/// What errors of a receiver's file system can be; anything else is only a number.
constexpr std::uint32_t MostErrno = 133;

std::string systemText(Code code)
{
    const std::uint32_t number = std::to_underlying(code);
    return number == 0 || number > MostErrno ? formatted("code {}", number)
                                             : std::generic_category().message(static_cast<int>(number));
}

std::string reasonOf(Code code)
{
    switch (code) {
    case Code::Exists:
        return "a file of that name is there already (in QubesIncoming of the other qube)";
    case Code::NoSpace:
        return "there is not enough space in the other qube";
    case Code::Limit:
        return "that is more than the other qube takes";
    case Code::BadName:
    case Code::BadDirectoryName:
        return "the other qube does not take names with such letters";
    case Code::UnsafeLink:
        return "the other qube does not take a link that might lead out of what is copied";
    case Code::TooLong:
        return "a name is too long, or lies too deep, for the other qube";
    case Code::BadEntry:
        return "the other qube did not understand what was sent";
    case Code::NoEnd:
    case Code::CutShort:
        return "the other qube got only a part";
    case Code::Silence:
        return "the other qube waited too long";
    default:
        return "the other qube says: " + systemText(code);
    }
}

} // namespace

void Reply::add(std::span<const std::byte> bytes)
{
    while (m_state != State::Complete && !bytes.empty()) {
        m_state = State::Begun;
        const std::size_t wanted = std::min(wantedSize() - m_bytes.size(), bytes.size());
        m_bytes.insert(m_bytes.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(wanted));
        bytes = bytes.subspan(wanted);
        if (m_bytes.size() >= OutcomeSize + LastNameSizeField && m_bytes.size() == wantedSize()) {
            m_state = State::Complete;
        }
    }
}

void Reply::end() noexcept
{
    if (m_state != State::Complete) {
        m_state = m_bytes.size() == OutcomeSize ? State::Complete : State::Broken; // the short form has no name
    }
}

std::size_t Reply::wantedSize() const
{
    constexpr std::size_t Fixed = OutcomeSize + LastNameSizeField;
    if (m_bytes.size() < Fixed) {
        return Fixed;
    }
    return Fixed + parseLastNameSize(std::span(m_bytes).subspan(OutcomeSize, LastNameSizeField));
}

Outcome Reply::outcome() const
{
    BH_ASSERT(m_state == State::Complete);
    return parseOutcome(std::span(m_bytes).first(OutcomeSize));
}

std::string Reply::lastName() const
{
    constexpr std::size_t Fixed = OutcomeSize + LastNameSizeField;
    if (m_bytes.size() <= Fixed) {
        return {};
    }
    std::string name;
    for (const std::byte byte : std::span(m_bytes).subspan(Fixed)) {
        name += std::to_integer<char>(byte);
    }
    return name;
}

std::string explain(Code code, std::string_view name)
{
    if (name.empty()) {
        return reasonOf(code);
    }
    const bool isCut = name.size() > MostShown;
    return formatted("\"{}{}\": {}", shownPath(name.substr(0, MostShown)), isCut ? "..." : "", reasonOf(code));
}

} // namespace Bulkhead::FileCopy
