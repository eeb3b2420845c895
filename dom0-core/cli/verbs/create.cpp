// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-create: makes a qube.
#include "base/formatted.h"
#include "dom0-core/cli/newqube.h"
#include "dom0-core/cli/preferences.h"
#include "dom0-core/cli/verbs/table.h"
#include "dom0-core/cli/volumeimport.h"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'C',
           .names = "class",
           .help = "what kind of qube; AppVM at first, see --help-classes",
           .value = "CLASS",
           .completes = Completes::Classes},
    Option{.names = "standalone", .help = "a StandaloneVM; with a template, a copy of it"},
    Option{.names = "disp", .help = "a disposable: a DispVM, red; without a name, one that bulkheadd names"},
    Option{.letter = 't',
           .names = "template",
           .help = "of which template",
           .value = "TEMPLATE",
           .completes = Completes::Qubes},
    Option{.letter = 'l',
           .names = "label",
           .help = "which label, that is its frames' colour",
           .value = "LABEL",
           .completes = Completes::Labels},
    Option{.names = "property,prop", .help = "set a property; may be given again", .value = "NAME=VALUE"},
    OnePoolOption,
    VolumePoolOption,
    Option{.letter = 'r',
           .names = "root-copy-from",
           .help = "fill its root volume from this image",
           .value = "FILE",
           .completes = Completes::Files},
    Option{.letter = 'R',
           .names = "root-move-from",
           .help = "the same, and remove the image",
           .value = "FILE",
           .completes = Completes::Files},
    Option{.names = "help-classes", .help = "list the kinds of qubes, and end"},
};

struct Wanted {
    NewQube qube;
    std::map<std::string, std::string> properties; ///< to set on it afterwards
};

/// Name, label and template are part of the creation, however they are given.
Result<Wanted> understand(const Arguments &arguments)
{
    Wanted wanted;
    for (const std::string &word : arguments.values("property")) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) {
            return fail(Errc::BadValue, formatted("'{}' is not of the form NAME=VALUE", word));
        }
        wanted.properties[word.substr(0, equals)] = word.substr(equals + 1);
    }
    const auto take = [&](const std::string &name) {
        auto node = wanted.properties.extract(name);
        return arguments.value(name).value_or(node ? node.mapped() : std::string());
    };
    const bool isDisposable = arguments.has("disp");
    NewQube &qube = wanted.qube;
    qube.klass = isDisposable         ? "DispVM"
        : arguments.has("standalone") ? "StandaloneVM"
                                      : arguments.value("class").value_or("AppVM");
    qube.label = take("label");
    qube.templateName = take("template");
    qube.name = take("name");
    if (!arguments.operands().empty()) {
        qube.name = arguments.operands().front();
    }
    if (qube.label.empty() && qube.klass == "DispVM") {
        qube.label = "red";
    }
    BH_TRY(qube.pools, poolsFrom(arguments));
    return wanted;
}

Result<void> check(const Arguments &arguments, const Wanted &wanted)
{
    if (arguments.operands().size() > 1) {
        return fail(Errc::BadValue, formatted("'{}' is one word too many", arguments.operand(1)));
    }
    if (wanted.qube.name.empty()) {
        return fail(Errc::BadValue, "name the new qube");
    }
    if (wanted.qube.label.empty()) {
        return fail(Errc::BadValue, "--label is needed: its colour tells the qube's windows from others'");
    }
    if (arguments.has("root-copy-from") && arguments.has("root-move-from")) {
        return fail(Errc::BadValue, "give --root-copy-from or --root-move-from, not both");
    }
    return {};
}

Result<void> setUp(Session &session, const Arguments &arguments, const Wanted &wanted)
{
    for (const auto &[name, value] : wanted.properties) {
        const PropertyOwner owner{.family = "admin.vm.property.", .qube = wanted.qube.name};
        if (auto set = setProperty(session.daemon, owner, name, value); !set) {
            return std::unexpected(std::move(set).error().in(formatted("setting {}", name)));
        }
    }
    const auto copied = arguments.value("root-copy-from");
    const auto moved = arguments.value("root-move-from");
    if (copied || moved) {
        const std::string &path = copied ? *copied : *moved;
        BH_CHECK(importVolume(session.daemon,
                              {.qube = wanted.qube.name, .volume = "root"},
                              {.path = path, .size = std::nullopt, .resize = true}));
        if (moved && ::unlink(path.c_str()) != 0) {
            session.console.complain(failErrno(errno, formatted("removing {}", path)).error().text());
        }
    }
    return {};
}

/// One that the daemon names, of the disposable template that is given or the default one.
Result<int> makeNameless(Session &session, const Arguments &arguments)
{
    const std::string base = arguments.value("template").value_or("dom0");
    BH_TRY(const std::string name, session.daemon.call({.method = "admin.vm.CreateDisposable", .qube = base}));
    session.console.print(name);
    return 0;
}

Result<int> run(Session &session, const Arguments &arguments)
{
    if (arguments.has("help-classes")) {
        BH_TRY(const std::string classes, session.daemon.call({.method = "admin.vmclass.List"}));
        session.console.printLines(linesOf(classes));
        return 0;
    }
    if (arguments.has("disp") && arguments.operands().empty()) {
        return makeNameless(session, arguments);
    }
    BH_TRY(const Wanted wanted, understand(arguments));
    BH_CHECK(check(arguments, wanted));
    const bool isCopy = wanted.qube.klass == "StandaloneVM" && !wanted.qube.templateName.empty();
    if (isCopy) { // it has no template: it begins as a copy of one
        NewQube qube = wanted.qube;
        const std::string source = std::exchange(qube.templateName, {});
        BH_CHECK(cloneQube(session, source, qube, OnMinorErrors::Stop));
    } else {
        BH_CHECK(createQube(session.daemon, wanted.qube));
    }
    if (auto done = setUp(session, arguments, wanted); !done) {
        return removeHalfMade(session.daemon, wanted.qube.name, std::move(done).error());
    }
    return 0;
}

constexpr std::array Operands{Operand{.name = "NAME"}};

} // namespace

constinit const Verb CreateVerb{
    .name = "create",
    .link = "qvm-create",
    .summary = "make a qube",
    .synopsis = "[OPTIONS...] --label LABEL NAME\n--disp [--template TEMPLATE]\n--help-classes",
    .description =
        "Makes a qube, of the default template unless --template names another. If it cannot be made as asked, none "
        "is left behind.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
