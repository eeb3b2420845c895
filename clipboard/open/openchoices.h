// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "vchan-io/wire/filecopy/openrequest.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::FileCopy
{

/// Where things of a type are opened from now on.
struct OpenChoice {
    std::string type;   ///< a media type, `MAJOR/*`, or `*` for everything
    std::string target; ///< a qube's name, `@default`, `@dispvm` or `@dispvm:NAME`
    OpenMode mode = OpenMode::Edit;

    friend bool operator==(const OpenChoice &, const OpenChoice &) = default;
};

/// @errors BadValue, in words for the person
[[nodiscard]] Result<void> checkType(std::string_view type);
[[nodiscard]] Result<void> checkTarget(std::string_view target);

/// The remembered choices of a qube: its user's, and behind them those that its template came with. A file has one line
/// a choice, `TYPE = TARGET` or `TYPE = TARGET view-only`; lines that begin with `#` and empty ones say nothing.
class OpenChoices
{
public:
    /// @param files  the first counts before the others; one that is missing has no choices
    /// @errors BadValue (with file and line), Io
    [[nodiscard]] static Result<OpenChoices> load(std::span<const std::string> files);

    /// The choice for a media type: the one that names it, else the one for its major type, else the one for
    /// everything; of several files the first that has any.
    [[nodiscard]] std::optional<OpenChoice> find(std::string_view mediaType) const;

    /// All of them, file by file.
    [[nodiscard]] std::vector<OpenChoice> all() const;

private:
    std::vector<std::vector<OpenChoice>> m_files;
};

/// The files of this qube's user and of its system.
[[nodiscard]] std::string ownChoicesFile();
[[nodiscard]] std::vector<std::string> choicesFiles();

/// Puts a choice in the place of the one for the same type, and leaves every other line as it is. The file is replaced
/// as a whole; its directories are made.
/// @errors BadValue (the choice, or a line that is there), Io
[[nodiscard]] Result<void> rememberChoice(const std::string &file, const OpenChoice &choice);

/// @return whether there was one
/// @errors BadValue (a line that is there), Io
[[nodiscard]] Result<bool> forgetChoice(const std::string &file, std::string_view type);

} // namespace Bulkhead::FileCopy
