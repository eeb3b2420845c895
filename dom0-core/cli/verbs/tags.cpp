// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-tags: tags of a qube.
#include "base/formatted.h"
#include "dom0-core/cli/json.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.names = "json", .help = "for programs: an array of tags"},
};

Result<int> list(Session &session, const Arguments &arguments, const std::string &qube, const std::string &wanted)
{
    BH_TRY(const std::string answer, session.daemon.call({.method = "admin.vm.tag.List", .qube = qube}));
    auto tags = linesOf(answer);
    if (!wanted.empty()) {
        std::erase_if(tags, [&wanted](const std::string &tag) {
            return tag != wanted;
        });
    }
    if (arguments.has("json")) {
        Json array = Json::array();
        for (const std::string &tag : tags) {
            array.append(Json(tag));
        }
        session.console.print(array);
    } else {
        session.console.printLines(tags);
    }
    return wanted.empty() || !tags.empty() ? 0 : 1;
}

/// Sets or removes each; one that is so already is no failure.
Result<int>
change(Session &session, const std::string &qube, std::span<const std::string> tags, const std::string &method)
{
    if (tags.empty()) {
        return fail(Errc::BadValue, "name a tag");
    }
    for (const std::string &tag : tags) {
        const auto done = session.daemon.call({.method = method, .argument = tag, .qube = qube});
        if (!done && done.error().code != Errc::NotFound) {
            return std::unexpected(done.error());
        }
    }
    return 0;
}

Result<int> run(Session &session, const Arguments &arguments)
{
    const auto &words = arguments.operands();
    if (words.empty()) {
        return fail(Errc::BadValue, "name a qube");
    }
    const std::string action = words.size() == 1 ? "list" : words[1];
    const auto tags = std::span(words).subspan(std::min<std::size_t>(words.size(), 2));
    if (action == "list" || action == "ls" || action == "l") {
        if (tags.size() > 1) {
            return fail(Errc::BadValue, formatted("'{}' is one word too many", tags[1]));
        }
        return list(session, arguments, words[0], tags.empty() ? std::string() : tags[0]);
    }
    if (action == "add" || action == "a" || action == "set") {
        return change(session, words[0], tags, "admin.vm.tag.Set");
    }
    if (action == "del" || action == "d" || action == "unset" || action == "u") {
        return change(session, words[0], tags, "admin.vm.tag.Remove");
    }
    return fail(Errc::BadValue, formatted("'{}' is none of list, add and del", action));
}

constexpr std::array Operands{
    QubeOperand,
    Operand{.name = "ACTION", .completes = Completes::Words, .words = "list,add,del"},
    Operand{.name = "TAG", .completes = Completes::Tags},
};

} // namespace

constinit const Verb TagsVerb{
    .name = "tags",
    .link = "qvm-tags",
    .summary = "show and set tags of a qube",
    .synopsis = "[OPTIONS...] QUBE [list [TAG]]\n[OPTIONS...] QUBE add TAG...\n[OPTIONS...] QUBE del TAG...",
    .description =
        "list (also ls, l) prints the tags, one a line; with a tag, that one, and the exit status is 1 if the qube "
        "does not have it. add (a, set) and del (d, unset, u) change them; what is so already is no failure.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
