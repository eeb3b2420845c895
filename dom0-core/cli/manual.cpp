// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/manual.h"

#include "base/formatted.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/verbs.h"

#include <algorithm>

namespace Bulkhead::Cli
{

namespace
{

/// Text that roff shows as it is: a dash is no hyphen, a backslash no command, a dot at a line's start none either.
std::string roff(std::string_view text)
{
    std::string result;
    for (const char c : text) {
        if ((c == '.' || c == '\'') && (result.empty() || result.back() == '\n')) {
            result += "\\&";
        }
        if (c == '-') {
            result += "\\-";
        } else if (c == '\\') {
            result += "\\e";
        } else {
            result += c;
        }
    }
    return result;
}

std::string heading(std::string_view name, std::string_view summary)
{
    std::string upper(name);
    std::ranges::transform(upper, upper.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    return formatted(".TH {} 1 \"\" \"{}\" \"Bulkhead\"\n.SH NAME\n{} \\- {}\n",
                     roff(upper),
                     versionText(),
                     roff(name),
                     roff(summary));
}

std::string synopsisOf(const Verb &verb)
{
    std::string text = ".SH SYNOPSIS\n";
    for (const std::string_view way : partsOf(verb.synopsis, "\n")) {
        text += formatted(".B {}\n{}\n.br\n", roff(verb.link), roff(way));
    }
    return text + formatted(".B bulkhead {}\n\\&...\n", roff(verb.name));
}

constexpr std::string_view StatusSection =
    ".SH EXIT STATUS\n"
    "0 if all was done, 1 if something failed, 2 if the command line is wrong or "
    "names a qube that does not exist.\n";

std::string pageOf(const Verb &verb)
{
    std::string text = heading(verb.link, verb.summary) + synopsisOf(verb) + ".SH DESCRIPTION\n";
    for (const std::string_view paragraph : partsOf(verb.description, "\n\n")) {
        text += formatted(".PP\n{}\n", roff(paragraph));
    }
    text += ".SH OPTIONS\n";
    for (const Option &option : shownOptions(verb)) {
        text += formatted(".TP\n.B {}\n{}\n", roff(spellingOf(option)), roff(option.help));
    }
    return text + std::string(StatusSection) + ".SH SEE ALSO\n.BR bulkhead (1)\n";
}

std::string ownPage()
{
    std::string text = heading("bulkhead", "qubes from the command line");
    text += ".SH SYNOPSIS\n.B bulkhead\nCOMMAND [OPTIONS...]\n.SH DESCRIPTION\n"
            "Speaks with bulkheadd over its Admin API. Each command is a program of its own, too.\n.SH COMMANDS\n";
    for (const Verb *const verb : allVerbs()) {
        text += formatted(
            ".TP\n.BR \"{}\" \", \" \"{}\" (1)\n{}\n", roff(verb->name), roff(verb->link), roff(verb->summary));
    }
    return text
        + ".TP\n.BR \"completion bash\" \", \" \"completion zsh\"\nprint what makes that shell complete these "
          "commands\n"
          ".TP\n.B manual NAME\nprint a manual page\n"
        + std::string(StatusSection);
}

} // namespace

Result<std::string> manualPage(std::string_view name)
{
    if (name == "bulkhead") {
        return ownPage();
    }
    if (const Verb *const verb = findVerb(name)) {
        return pageOf(*verb);
    }
    return fail(Errc::BadValue, formatted("there is no command '{}'", name));
}

} // namespace Bulkhead::Cli
