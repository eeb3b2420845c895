// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/template/buildoutput.h"

#include "base/formatted.h"
#include "base/printable.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <ranges>
#include <utility>

namespace Bulkhead::Cli
{

namespace
{

/// How mmdebstrap begins the lines of its stages, and what they are to a person.
constexpr std::array<std::pair<std::string_view, std::string_view>, 6> Stages{{
    {"I: running apt-get update", "reading the lists of the mirror"},
    {"I: downloading packages", "fetching the base system"},
    {"I: extracting archives", "unpacking the base system"},
    {"I: installing essential packages", "setting up the base system"},
    {"I: installing remaining packages", "fetching and setting up the other packages"},
    {"I: creating tarball", "packing the root"},
}};

bool anySays(const std::vector<std::string> &lines, std::initializer_list<std::string_view> words)
{
    return std::ranges::any_of(lines, [&](const std::string &line) {
        return std::ranges::any_of(words, [&](auto word) {
            return line.contains(word);
        });
    });
}

} // namespace

std::optional<std::string_view> stageOf(std::string_view line)
{
    const auto stage = std::ranges::find_if(Stages, [&](const auto &pair) {
        return line.starts_with(pair.first);
    });
    return stage == Stages.end() ? std::nullopt : std::optional(stage->second);
}

Error explainFailure(const std::vector<std::string> &lines, std::string_view suite)
{
    if (anySays(lines, {"No space left on device"})) {
        return {.code = Errc::Io,
                .sysErrno = ENOSPC,
                .detail = "the disk with the qubes is full; remove what is not needed and build again"};
    }
    if (anySays(lines, {"is not signed", "NO_PUBKEY", "BADSIG", "GPG error", "Missing key", "OpenPGP"})) {
        return {.code = Errc::Refused,
                .detail = formatted("what the mirror has of {} is not signed by Debian; nothing was installed", suite)};
    }
    if (anySays(lines,
                {"Temporary failure resolving",
                 "Could not resolve",
                 "Could not connect",
                 "Connection refused",
                 "Network is unreachable",
                 "Connection timed out"})) {
        return {.code = Errc::PeerGone,
                .detail = "the package mirror cannot be reached; see that the network is up and build again"};
    }
    if (anySays(lines, {"does not have a Release file"})) {
        return {.code = Errc::NotFound, .detail = formatted("the mirror of this system has no suite {}", suite)};
    }
    const auto last = std::ranges::find_if(lines.rbegin(), lines.rend(), [](const std::string &line) {
        return line.starts_with("E: ") && !line.contains("failed to run") && !line.contains("setup failed");
    });
    constexpr std::size_t Enough = 200;
    return {.code = Errc::Driver,
            .detail = last == lines.rend() ? "the packages could not be installed"
                                           : formatted("the packages could not be installed: {}",
                                                       printable(std::string_view(*last).substr(3), Enough))};
}

} // namespace Bulkhead::Cli
