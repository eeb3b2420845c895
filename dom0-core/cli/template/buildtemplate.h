// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"
#include "dom0-core/cli/template/addtemplate.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Cli
{

/// What a root is: an ext4 image for domains of Xen, a directory for sandboxes of the local driver.
enum class RootForm : std::uint8_t { Image, Directory };

/// A template to be made of packages.
struct BuildOrder {
    QubeName name;
    std::string suite = "trixie";
    std::optional<RootForm> form = {}; ///< without one: what this dom0's driver takes
    std::filesystem::path guestPackage = "/usr/share/bulkhead/bulkhead-guest.deb";
};

/// Where a build finds things and whom it tells. The defaults are those of dom0; tests hand in others.
struct BuildPlaces {
    std::filesystem::path apt = "/etc/apt";
    std::filesystem::path lists = "/usr/share/bulkhead/template"; ///< packages.list, image.list, directory.list
    std::filesystem::path builds = "/var/lib/qubes/template-builds";
    std::filesystem::path sandbox = "/usr/bin/bwrap";
    bool isApart = true;                            ///< ids of its own; needs root of the machine
    std::uintmax_t room = std::uintmax_t{4} << 30U; ///< bytes that a build may need
};

struct BuildHooks {
    std::function<Result<std::vector<std::string>>()> takenNames;
    std::function<Result<void>(const NewTemplate &)> add;
    std::function<void(std::string_view)> progress; ///< one line for a person
};

/// Makes a root of Debian's packages and the guest package in a sandbox, and a template of it: all, or nothing. A build
/// that was killed leaves a folder that the next build of the name removes.
/// @param stop  when it becomes readable, the build ends
/// @errors Exists (the name), NotFound (a file, an archive, the suite), PeerGone (the mirror), Io (the disk), Refused
///         (stopped, or not signed), InUse (it is being built), Driver
[[nodiscard]] Result<void>
buildTemplate(const BuildOrder &order, const BuildPlaces &places, const BuildHooks &hooks, int stop);

/// Names in a list: one a line, `#` begins a comment.
/// @errors NotFound, BadValue
[[nodiscard]] Result<std::vector<std::string>> readPackageList(const std::filesystem::path &file);

} // namespace Bulkhead::Cli
