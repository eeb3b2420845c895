// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/qubename.h"
#include "clipboard/files/beneath.h"
#include "vchan-io/wire/filecopy/entry.h"

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::FileCopy
{

/// Why the transfer ends, and the name that the answer gives with it.
struct Refusal {
    Code code = Code::Done;
    std::optional<std::string> name;
};

template<typename T = void> using Step = std::expected<T, Refusal>;

/// Where one transfer is put together, out of everybody's sight, and from where all of it comes to its place at once:
/// INCOMING/QUBE/. A part of it never shows there. On destruction it removes what did not come to its place.
class Incoming
{
public:
    /// Makes the directories that are missing, with mode 0700, and the one for this transfer below INCOMING/.staging.
    /// @param incoming  the person's directory for all that comes in; may be a link of theirs
    /// @param source  the qube that it comes from
    /// @errors Io
    [[nodiscard]] static Result<Incoming> create(const std::string &incoming, const QubeName &source);

    Incoming(Incoming &&) noexcept = default;
    Incoming &operator=(Incoming &&) = delete;
    Incoming(const Incoming &) = delete;
    Incoming &operator=(const Incoming &) = delete;
    ~Incoming();

    /// Removes what receivers left that were killed.
    void removeAbandoned() const;

    /// A new file, to be written and then given to finishFile().
    [[nodiscard]] Step<UniqueFd> makeFile(const Path &path);
    [[nodiscard]] static Step<> finishFile(const UniqueFd &file, const FileEntry &entry, mode_t mask);
    /// The first time it is made, later its attributes are set.
    [[nodiscard]] Step<> takeDirectory(const DirectoryEntry &entry, mode_t mask);
    [[nodiscard]] Step<> makeLink(const LinkEntry &entry);

    /// Writes everything to disk and brings it to its place, without replacing anything there.
    /// @return Exists where a name was taken meanwhile; whatever the file system failed with
    [[nodiscard]] Step<> commit();

    /// A directory on the file system that is filled.
    [[nodiscard]] int directory() const noexcept
    {
        return m_staging.get();
    }

private:
    Incoming(UniqueFd stagings, UniqueFd place, UniqueFd staging, std::string name);

    [[nodiscard]] Step<int> parentOf(const Path &path);
    [[nodiscard]] Step<> mirrorDirectories(std::string_view path);
    [[nodiscard]] Step<> checkFree(const Path &path, bool isDirectory);

    UniqueFd m_stagings; ///< INCOMING/.staging
    UniqueFd m_place;    ///< INCOMING/QUBE
    UniqueFd m_staging;  ///< of this transfer; locked as long as we live, so that others know
    std::string m_name;  ///< its name in m_stagings
    DirectoryChain m_stagingChain;
    DirectoryChain m_placeChain;
    std::string m_top; ///< the first part that checkFree() looked up last
    bool m_isTopTaken = false;
};

} // namespace Bulkhead::FileCopy
