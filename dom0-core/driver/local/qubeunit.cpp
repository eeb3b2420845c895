// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/qubeunit.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "dom0-core/driver/local/sandbox/unitfiles.h"
#include "dom0-core/driver/units/disklines.h"
#include "dom0-core/driver/units/qrexecunit.h"

#include <sstream>

namespace Bulkhead
{

namespace
{

constexpr const char *linkFile = "link";
constexpr std::string_view unmadeWord = "unmade ";
constexpr std::string_view hiddenWord = "hidden ";
constexpr const char *disksFile = "disks";
constexpr const char *outsideFile = "outside";
constexpr const char *pausedFile = "paused";
constexpr std::string_view qubePrefix = "qube-";
constexpr std::string_view qrexecPrefix = "qrexec-daemon-";

/// The first line of a file, fit for a log; nothing if there is no such file.
std::optional<std::string> firstLine(const std::filesystem::path &file)
{
    const auto text = readSmallFile(file);
    if (!text) {
        return std::nullopt;
    }
    return printable(std::string_view(*text).substr(0, text->find('\n')), 400);
}

/// Whether the text began with the word, which is gone then.
bool takeWord(std::string &text, std::string_view word)
{
    const bool isThere = text.starts_with(word);
    text.erase(0, isThere ? word.size() : 0);
    return isThere;
}

} // namespace

QubeUnits::QubeUnits(std::filesystem::path directory)
    : m_directory(std::move(directory))
{
}

std::filesystem::path QubeUnits::qubeUnit(const QubeName &qube) const
{
    return m_directory / formatted("{}{}", qubePrefix, qube.text());
}

std::filesystem::path QubeUnits::qrexecUnit(const QubeName &qube) const
{
    return m_directory / formatted("{}{}", qrexecPrefix, qube.text());
}

Result<void> QubeUnits::writeQubeUnit(const std::filesystem::path &sandbox, const SandboxConfig &config) const
{
    const auto folder = qubeUnit(config.name);
    BH_TRY(const auto run, sandboxRunFile(sandbox, config));
    BH_CHECK(makeUnitFolder(folder));
    BH_CHECK(writeSmallFile(folder / UnitFile::Run, run, 0755));
    BH_CHECK(writeSmallFile(folder / "down", "")); // not before it is told to
    BH_CHECK(writeSmallFile(folder / "notification-fd", "3\n"));
    return writeSmallFile(folder / "finish", "#!/bin/sh\nexit 125 # for s6: do not start it again\n", 0755);
}

Result<void> QubeUnits::writeQrexecUnit(const std::filesystem::path &daemon,
                                        const SandboxConfig &config,
                                        const std::string &user) const
{
    return writeQrexecDaemonUnit(
        qrexecUnit(config.name),
        {.daemon = daemon, .name = config.name, .uuid = config.uuid, .domain = config.domain, .user = user});
}

Result<void> QubeUnits::writeLink(const QubeName &qube, const std::optional<PluggedLink> &link) const
{
    const auto text = link ? formatted("{}{}{} {} {}\n",
                                       link->isMade ? "" : unmadeWord,
                                       link->isHidden ? hiddenWord : "",
                                       link->provider.value(),
                                       link->address,
                                       link->address6)
                           : std::string();
    return writeSmallFile(qubeUnit(qube) / linkFile, text);
}

std::optional<PluggedLink> QubeUnits::readLink(const QubeName &qube) const
{
    std::string text = readSmallFile(qubeUnit(qube) / linkFile).value_or(std::string());
    const bool isMade = !takeWord(text, unmadeWord);
    const bool isHidden = takeWord(text, hiddenWord);
    std::istringstream in(text);
    std::uint32_t provider = 0;
    std::string address;
    if (!(in >> provider >> address)) {
        return std::nullopt;
    }
    std::string address6;
    in >> address6; // there may be none
    return PluggedLink{.provider = DomId{provider},
                       .address = std::move(address),
                       .address6 = std::move(address6),
                       .isMade = isMade,
                       .isHidden = isHidden};
}

Result<void> QubeUnits::markOutside(const QubeName &qube) const
{
    return writeSmallFile(qubeUnit(qube) / outsideFile, "");
}

bool QubeUnits::isOutside(const QubeName &qube) const
{
    return std::filesystem::exists(qubeUnit(qube) / outsideFile);
}

Result<void> QubeUnits::writeDisks(const QubeName &qube, const std::vector<AttachedDisk> &disks) const
{
    return writeSmallFile(qubeUnit(qube) / disksFile, diskLines(disks));
}

std::vector<AttachedDisk> QubeUnits::readDisks(const QubeName &qube) const
{
    return disksFromLines(readSmallFile(qubeUnit(qube) / disksFile, MaxDiskLines).value_or(std::string()));
}

Result<void> QubeUnits::markPaused(const QubeName &qube, bool paused) const
{
    const auto file = qubeUnit(qube) / pausedFile;
    if (paused) {
        return writeSmallFile(file, "");
    }
    std::error_code error;
    std::filesystem::remove(file, error);
    return error ? failErrno(error.value(), formatted("cannot remove {}", file.string())) : Result<void>();
}

bool QubeUnits::isPaused(const QubeName &qube) const
{
    return std::filesystem::exists(qubeUnit(qube) / pausedFile);
}

Result<void> QubeUnits::markStarted(const QubeName &qube) const
{
    return writeSmallFile(qubeUnit(qube) / UnitFile::Started, "");
}

bool QubeUnits::wasStarted(const QubeName &qube) const
{
    return std::filesystem::exists(qubeUnit(qube) / UnitFile::Started);
}

std::optional<std::string> QubeUnits::howItCrashed(const QubeName &qube) const
{
    auto words = firstLine(qubeUnit(qube) / UnitFile::Exit);
    if (!words) {
        return "its monitor ended first";
    }
    return *words == "0" ? std::nullopt : std::move(words);
}

std::optional<std::string> QubeUnits::whyItFailed(const QubeName &qube) const
{
    return firstLine(qubeUnit(qube) / UnitFile::Error);
}

std::vector<SandboxConfig> QubeUnits::all() const
{
    std::vector<SandboxConfig> found;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_directory, error)) {
        if (!entry.path().filename().string().starts_with(qubePrefix)) {
            continue;
        }
        const auto text = readSmallFile(entry.path() / UnitFile::Run, MaxSandboxConfig + 1);
        auto config = text ? parseSandboxRunFile(*text) : std::unexpected(text.error());
        if (config) {
            found.push_back(*std::move(config));
        }
    }
    return found;
}

void QubeUnits::removeUnfinished() const
{
    std::vector<std::filesystem::path> unfinished;
    std::error_code error;
    for (const auto &entry : std::filesystem::directory_iterator(m_directory, error)) {
        const std::string name = entry.path().filename().string();
        // A daemon's unit is written after its qube's and removed after it.
        const bool isAlone = name.starts_with(qrexecPrefix)
            && !std::filesystem::exists(m_directory / formatted("{}{}", qubePrefix, name.substr(qrexecPrefix.size())),
                                        error);
        const bool isOurs = name.starts_with(qubePrefix) || name.starts_with(qrexecPrefix);
        if (isOurs && (isAlone || !std::filesystem::exists(entry.path() / UnitFile::Run, error))) {
            unfinished.push_back(entry.path());
        }
    }
    for (const auto &folder : unfinished) {
        std::filesystem::remove_all(folder, error);
    }
}

Result<void> QubeUnits::remove(const QubeName &qube) const
{
    for (const auto &folder : {qubeUnit(qube), qrexecUnit(qube)}) {
        std::error_code error;
        std::filesystem::remove_all(folder, error);
        if (error) {
            return failErrno(error.value(), formatted("cannot remove {}", folder.string()));
        }
    }
    return {};
}

} // namespace Bulkhead
