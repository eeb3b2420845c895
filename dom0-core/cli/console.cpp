// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/console.h"

#include "base/formatted.h"
#include "dom0-core/cli/json.h"
#include "dom0-core/cli/terminaltext.h"

#include <utility>

namespace Bulkhead::Cli
{

Console::Console(Ends ends, std::string program)
    : m_ends(std::move(ends))
    , m_program(std::move(program))
{
}

void Console::print(std::string_view line)
{
    printExact(line);
    m_pending += '\n';
}

void Console::printExact(std::string_view bytes)
{
    m_pending += m_ends.outputIsTerminal ? safeForTerminal(bytes) : std::string(bytes);
}

void Console::printLines(const std::vector<std::string> &lines)
{
    for (const std::string &line : lines) {
        print(line);
    }
}

void Console::print(const Json &value)
{
    print(value.text());
}

void Console::printTable(Row headings, std::vector<Row> rows)
{
    rows.insert(rows.begin(), std::move(headings));
    printLines(tableLines(rows));
}

void Console::writeError(std::string_view text)
{
    std::string line = m_ends.errorIsTerminal ? safeForTerminal(text) : std::string(text);
    line += '\n';
    (void)m_ends.write(Stream::Error, line); // there is nobody left to tell
}

void Console::tell(std::string_view text)
{
    if (m_verbosity > 0) {
        writeError(text);
    }
}

void Console::showProgress(std::string_view text)
{
    if (m_verbosity > 0 && m_ends.errorIsTerminal) {
        (void)m_ends.write(Stream::Error, formatted("\r{}\033[K", safeForTerminal(text)));
    }
}

void Console::endProgress()
{
    if (m_verbosity > 0 && m_ends.errorIsTerminal) {
        (void)m_ends.write(Stream::Error, "\r\033[K");
    }
}

void Console::detail(std::string_view text)
{
    if (m_verbosity > 1) {
        writeError(text);
    }
}

void Console::complain(std::string_view text)
{
    writeError(formatted("{}: error: {}", m_program, text));
}

Result<bool> Console::confirm(std::string_view deed, std::string_view insteadOption)
{
    if (!m_ends.inputIsTerminal) {
        return fail(Errc::Refused,
                    formatted("{} Nobody can be asked here: give {} to say yes beforehand", deed, insteadOption));
    }
    BH_CHECK(flush());
    const std::string question = formatted("{} Are you sure? [y/N] ", deed);
    BH_CHECK(m_ends.write(Stream::Error, m_ends.errorIsTerminal ? safeForTerminal(question) : question));
    const auto answer = m_ends.readLine();
    return answer && (*answer == "y" || *answer == "Y" || *answer == "yes" || *answer == "YES");
}

Result<void> Console::setColour(Stream stream, std::string_view code)
{
    if (code.empty() || code.find_first_not_of("0123456789;") != std::string_view::npos) {
        return fail(Errc::BadValue, formatted("'{}' is no colour: a number of ANSI's is one, 31 for red", code));
    }
    BH_CHECK(flush());
    return m_ends.write(stream, formatted("\033[{}m", code));
}

Result<void> Console::flush()
{
    return m_ends.write(Stream::Output, std::exchange(m_pending, {}));
}

} // namespace Bulkhead::Cli
