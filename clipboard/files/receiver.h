// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "clipboard/files/allowance.h"
#include "clipboard/files/incoming.h"
#include "clipboard/files/input.h"
#include "vchan-io/wire/filecopy/entry.h"
#include "vchan-io/wire/filecopy/outcome.h"

#include <sys/types.h>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace Bulkhead::FileCopy
{

/// How a transfer ended, as the sender is told.
struct Ending {
    Outcome outcome;
    std::optional<std::string> lastName;
};

/// Takes one stream and puts what it holds into the person's directory, or nothing of it.
class Receiver
{
public:
    /// @param mask  permissions that nothing gets
    Receiver(Input &input, Incoming &incoming, Allowance allowance, Letters letters, mode_t mask);

    /// Reads to the end marker, or until something is wrong: then nothing more is read or made.
    [[nodiscard]] Ending run();

private:
    [[nodiscard]] Step<> readAll();
    [[nodiscard]] Step<std::optional<Header>> readHeader();
    [[nodiscard]] Step<> readEntry(const Header &header);
    [[nodiscard]] Step<> take(const FileEntry &entry);
    [[nodiscard]] Step<> take(const DirectoryEntry &entry);
    [[nodiscard]] Step<> take(const LinkStart &start);
    [[nodiscard]] Step<> copyContent(const UniqueFd &file, const FileEntry &entry);

    Input &m_input;
    Incoming &m_incoming;
    Allowance m_allowance;
    Letters m_letters;
    mode_t m_mask;
    std::array<std::byte, HeaderSize> m_header{};
    std::vector<std::byte> m_field; ///< a name or a target
    std::string m_lastName;
};

} // namespace Bulkhead::FileCopy
