// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-notes: a person's notes on a qube.
#include "base/formatted.h"
#include "dom0-core/cli/notefile.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{
        .letter = 'e', .names = "edit", .help = "edit the notes with $EDITOR; that is what is done without an option"},
    Option{.letter = 'p', .names = "print", .help = "print the notes"},
    Option{.letter = 'i',
           .names = "import",
           .help = "replace the notes by what is in a file",
           .value = "FILE",
           .completes = Completes::Files},
    Option{.letter = 's', .names = "set", .help = "replace the notes by a text", .value = "TEXT"},
    Option{.names = "append", .help = "add a text, on a line of its own", .value = "TEXT"},
    Option{.letter = 'd', .names = "delete", .help = "remove the notes; asks before"},
    Option{.letter = 'f', .names = "force", .help = "do not ask"},
};

Result<std::string> notesOf(const Daemon &daemon, const std::string &qube)
{
    return daemon.call({.method = "admin.vm.notes.Get", .qube = qube});
}

Result<int> setNotes(const Daemon &daemon, const std::string &qube, std::string text)
{
    BH_CHECK(daemon.call({.method = "admin.vm.notes.Set", .qube = qube, .payload = std::move(text)}));
    return 0;
}

Result<int> append(const Daemon &daemon, const std::string &qube, const std::string &text)
{
    BH_TRY(std::string notes, notesOf(daemon, qube));
    if (!notes.empty() && !notes.ends_with('\n')) {
        notes += '\n';
    }
    return setNotes(daemon, qube, notes + text);
}

Result<int> edit(Session &session, const std::string &qube)
{
    BH_TRY(const std::string before, notesOf(session.daemon, qube));
    BH_TRY(const std::string after, editText(before));
    if (after == before) {
        session.console.tell("The notes are as they were.");
        return 0;
    }
    return setNotes(session.daemon, qube, after);
}

Result<int> remove(Session &session, const Arguments &arguments, const std::string &qube)
{
    if (!arguments.has("force")) {
        BH_TRY(const bool isMeant,
               session.console.confirm(formatted("This removes the notes on {}.", qube), "--force"));
        if (!isMeant) {
            return 1;
        }
    }
    return setNotes(session.daemon, qube, {});
}

Result<int> run(Session &session, const Arguments &arguments)
{
    BH_TRY(const std::string qube, theQube(arguments, 1));
    if (arguments.has("print")) {
        BH_TRY(const std::string notes, notesOf(session.daemon, qube));
        session.console.printExact(notes);
        if (!notes.empty() && !notes.ends_with('\n')) {
            session.console.printExact("\n");
        }
        return 0;
    }
    if (const auto path = arguments.value("import")) {
        BH_TRY(std::string text, readTextFile(*path));
        return setNotes(session.daemon, qube, std::move(text));
    }
    if (const auto text = arguments.value("set")) {
        return setNotes(session.daemon, qube, *text);
    }
    if (const auto text = arguments.value("append")) {
        return append(session.daemon, qube, *text);
    }
    return arguments.has("delete") ? remove(session, arguments, qube) : edit(session, qube);
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb NotesVerb{
    .name = "notes",
    .link = "qvm-notes",
    .summary = "read and write notes on a qube",
    .synopsis = "[OPTIONS...] QUBE",
    .description =
        "Notes are for people: what a qube is for, what is still to be done. The qube does not see them. Characters "
        "that could mislead who reads them are stored as an underscore.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
