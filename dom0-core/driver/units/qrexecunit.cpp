// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/units/qrexecunit.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "dom0-core/settings/smallfile.h"

#include <algorithm>
#include <string_view>
#include <vector>

namespace Bulkhead
{

namespace
{

/// A word that stands for itself in a shell.
bool isPlainWord(std::string_view word)
{
    return !word.empty() && std::ranges::all_of(word, [](char c) {
        return Ascii::isLetter(c) || Ascii::isDigit(c) || std::string_view("/._-").contains(c);
    });
}

/// The daemon's words, each of which stands for itself in a shell and in a unit of systemd.
/// @errors BadValue
Result<std::string> commandLine(const QrexecDaemonUnit &unit, std::vector<std::string> words)
{
    words.insert(words.end(),
                 {unit.daemon.string(),
                  "--direct",
                  "-u",
                  unit.uuid,
                  std::to_string(unit.domain.value()),
                  unit.name.text(),
                  std::string("user")});
    std::string line;
    for (const auto &word : words) {
        if (!isPlainWord(word)) {
            return fail(Errc::BadValue, "a word of the qrexec daemon's unit could mean something else there");
        }
        line += line.empty() ? word : " " + word;
    }
    return line;
}

} // namespace

Result<void> makeUnitFolder(const std::filesystem::path &folder)
{
    std::error_code error;
    std::filesystem::remove_all(folder, error); // what a start that was cut off left
    std::filesystem::create_directories(folder, error);
    if (error) {
        return failErrno(error.value(), formatted("cannot make {}", folder.string()));
    }
    return {};
}

Result<std::string> qrexecDaemonRunFile(const QrexecDaemonUnit &unit)
{
    std::vector<std::string> words{"exec"};
    if (!unit.user.empty()) {
        words.insert(words.end(), {"s6-setuidgid", unit.user});
    }
    BH_TRY(const std::string line, commandLine(unit, std::move(words)));
    return formatted("#!/bin/sh\n{}\n", line);
}

Result<std::string> qrexecDaemonDropIn(const QrexecDaemonUnit &unit)
{
    const std::string user = unit.user.empty() ? "root" : unit.user;
    if (!isPlainWord(user)) {
        return fail(Errc::BadValue, "the desktop user's name could mean something to systemd");
    }
    BH_TRY(const std::string line, commandLine(unit, {}));
    return formatted("[Service]\nExecStart=\nExecStart={}\nUser={}\n", line, user);
}

Result<void> writeQrexecDaemonDropIn(const std::filesystem::path &folder, const QrexecDaemonUnit &unit)
{
    BH_TRY(const auto dropIn, qrexecDaemonDropIn(unit));
    BH_CHECK(makeUnitFolder(folder));
    return writeSmallFile(folder / "qube.conf", dropIn);
}

Result<void> writeQrexecDaemonUnit(const std::filesystem::path &folder, const QrexecDaemonUnit &unit)
{
    BH_TRY(const auto run, qrexecDaemonRunFile(unit));
    BH_CHECK(makeUnitFolder(folder));
    return writeSmallFile(folder / "run", run, 0755);
}

} // namespace Bulkhead
