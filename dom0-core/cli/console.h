// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "dom0-core/cli/table.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace Bulkhead::Cli
{

class Json;

/// Where a command's words go. The one place that knows whether a terminal reads them: there, everything but printable
/// text is escaped, because what the daemon passes on may have been written in a qube.
class Console
{
public:
    enum class Stream : std::uint8_t { Output, Error };

    /// The outside, handed in by main().
    struct Ends {
        std::function<Result<void>(Stream, std::string_view)> write;
        std::function<std::optional<std::string>()> readLine; ///< without its line feed; nothing at the end of input
        bool outputIsTerminal = false;
        bool errorIsTerminal = false;
        bool inputIsTerminal = false;
    };

    Console(Ends ends, std::string program);
    Console(const Console &) = delete;
    Console &operator=(const Console &) = delete;
    Console(Console &&) = delete;
    Console &operator=(Console &&) = delete;
    ~Console() = default; ///< what was not flushed is lost

    /// One below for each -q, one more for each -v; 1 at first.
    void setVerbosity(int verbosity)
    {
        m_verbosity = verbosity;
    }

    [[nodiscard]] bool outputIsTerminal() const
    {
        return m_ends.outputIsTerminal;
    }

    [[nodiscard]] bool errorIsTerminal() const
    {
        return m_ends.errorIsTerminal;
    }

    /// What was asked for: a line on the standard output. It is kept until flush().
    void print(std::string_view line);
    /// The same bytes, with no line feed added; for a value that is passed on whole.
    void printExact(std::string_view bytes);
    void printLines(const std::vector<std::string> &lines);
    void print(const Json &value);
    /// Rows with a line of headings.
    void printTable(Row headings, std::vector<Row> rows);

    /// A word on what is being done, on the standard error; -q silences it.
    void tell(std::string_view text);
    /// How far a long work is, on a line that the next one takes the place of; only where a terminal shows it.
    void showProgress(std::string_view text);
    /// The line of the progress goes, so that other words begin at a line's begin.
    void endProgress();
    /// The same as tell(), only with -v.
    void detail(std::string_view text);
    /// What went wrong, after the program's name; never silenced.
    void complain(std::string_view text);

    /// Asks for a yes, once. Without a terminal to ask on nobody can say it.
    /// @param deed  what will happen, as a sentence
    /// @param insteadOption  what a script gives to say yes beforehand
    /// @return false for a no
    /// @errors Refused, if nobody can be asked
    [[nodiscard]] Result<bool> confirm(std::string_view deed, std::string_view insteadOption);

    /// What others write there next is in that colour; "0" is the terminal's own.
    /// @param code  ANSI's: numbers, set apart by semicolons
    /// @errors BadValue for another code; Io
    [[nodiscard]] Result<void> setColour(Stream stream, std::string_view code);

    /// Writes out what was printed.
    [[nodiscard]] Result<void> flush();

private:
    void writeError(std::string_view text);

    Ends m_ends;
    std::string m_program;
    int m_verbosity = 1;
    std::string m_pending;
};

} // namespace Bulkhead::Cli
