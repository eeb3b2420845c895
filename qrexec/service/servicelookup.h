// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "qrexec/service/commandline.h"
#include "qrexec/service/searchpath.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Qrexec
{

/// Longest file name that is looked for, and the first path length that is too long. Source: spec qrexec, section 11.
inline constexpr std::size_t MaxFileName = 255;
inline constexpr std::size_t PathLimit = 1024;

struct FoundService {
    enum class Kind : std::uint8_t {
        Executable,
        Socket, ///< connect to it
        Tcp,    ///< a link whose text names a TCP address
    };

    Kind kind;
    std::string path; ///< of the entry; of a TCP link its text, `/dev/tcp…`

    friend bool operator==(const FoundService &, const FoundService &) = default;
};

/// How a file of the search path is named for a call: first for the name with this very argument (`NAME+` where there
/// is none), then for the name alone.
[[nodiscard]] std::string specificFileName(const ServiceRequest &request);

/// Whether a link to /dev/tcp is an entry of its own, or a link like any other.
enum class TcpLinks : std::uint8_t { AreEntries, AreFollowed };

/// The first entry called `fileName`, directory by directory; nothing where there is none. A file name that is too long
/// counts as absent, and so does a link whose target is missing.
/// @errors Io (the search cannot go on), BadValue (path too long)
[[nodiscard]] Result<std::optional<std::string>>
findFile(const SearchPath &path, std::string_view fileName, TcpLinks tcpLinks);

/// Finds what serves a call. A specific entry in a late directory beats a general one in an early one.
/// A file must be executable for us and must not be writable for everyone. Links are followed wherever they lead: who
/// may write in a service directory decides what a service is.
/// @errors NotFound (status 127); BadValue, Refused, Io (status 125)
/// @source spec qrexec, section 11; spec security, S-122
[[nodiscard]] Result<FoundService> findService(const SearchPath &path, const ServiceRequest &request);

} // namespace Bulkhead::Qrexec
