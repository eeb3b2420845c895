// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-ls: lists qubes and what is known of them.
#include "base/formatted.h"
#include "dom0-core/cli/columns.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/nettree.h"
#include "dom0-core/cli/qubefilter.h"
#include "dom0-core/cli/verbs/table.h"

#include <algorithm>
#include <array>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'o',
           .names = "format",
           .help = "which set of columns; see --help-formats",
           .value = "FORMAT",
           .completes = Completes::Formats},
    Option{.letter = 'O',
           .names = "fields",
           .help = "which columns, by commas; see --help-columns",
           .value = "COLUMN,...",
           .completes = Completes::Columns},
    Option{.names = "raw-data", .help = "for scripts: no headings, columns set apart by |"},
    Option{.names = "raw-list", .help = "only the names, one a line"},
    Option{.names = "json", .help = "for programs: an array of objects"},
    Option{.letter = 't', .names = "tree", .help = "qubes below those that give them their network"},
    Option{.names = "sort", .help = "order by this column", .value = "COLUMN", .completes = Completes::Columns},
    Option{.names = "reverse", .help = "order the other way round"},
    Option{.names = "ignore-case", .help = "order without a difference between a and A"},
    Option{.names = "help-columns", .help = "list the columns, and end"},
    Option{.names = "help-formats", .help = "list the sets of columns, and end"},
    Option{.names = "all", .help = "every qube, as without this option; needed for --exclude"},
    ExcludedQubes,
    Option{.letter = 'n', .names = "network", .help = ""},
    Option{.letter = 'k', .names = "kernel", .help = ""},
    Option{.letter = 'd', .names = "disk", .help = ""},
    Option{.names = "spinner", .help = ""},
    Option{.names = "no-spinner", .help = ""},
};

std::string lower(std::string text)
{
    std::ranges::transform(text, text.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return text;
}

Result<std::vector<std::string>> wantedColumns(const Arguments &arguments)
{
    std::string list;
    if (const auto fields = arguments.value("fields")) {
        list = *fields;
    } else {
        std::string format = arguments.value("format").value_or("simple");
        for (const char *shortcut : {"network", "kernel", "disk"}) {
            format = arguments.has(shortcut) ? shortcut : format;
        }
        const auto columns = columnsOfFormat(format);
        if (!columns) {
            return fail(Errc::BadValue, formatted("there is no format '{}'; --help-formats lists them", format));
        }
        list = *columns;
    }
    std::vector<std::string> columns;
    for (const std::string_view column : partsOf(list, ",")) {
        columns.push_back(lower(std::string(column)));
    }
    return columns;
}

/// The qubes that are named, or all, before any filter.
Result<std::vector<QubeFacts>> namedQubes(const Daemon &daemon, const Arguments &arguments)
{
    BH_TRY(const auto lines, listQubes(daemon));
    const auto excluded = arguments.values("exclude");
    for (const auto &names : {arguments.operands(), excluded}) {
        for (const std::string &name : names) {
            if (findIn(lines, name) == nullptr) {
                return fail(Errc::BadValue, formatted("no such qube: '{}'", name));
            }
        }
    }
    std::vector<QubeFacts> qubes;
    for (const QubeLine &line : lines) {
        const bool isNamed = arguments.operands().empty() || std::ranges::contains(arguments.operands(), line.name);
        if (isNamed && !std::ranges::contains(excluded, line.name)) {
            qubes.push_back({.line = line, .properties = {}, .volumes = {}});
        }
    }
    return qubes;
}

/// One call a qube; a qube whose properties may not be read has none.
Result<void> fetchProperties(std::vector<QubeFacts> &qubes, const Daemon &daemon)
{
    std::vector<Request> requests;
    for (const QubeFacts &qube : qubes) {
        requests.push_back({.method = "admin.vm.property.GetAll", .qube = qube.line.name});
    }
    const auto answers = daemon.callEach(requests);
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        if (answers[i]) {
            BH_TRY(qubes[i].properties, parseProperties(*answers[i]));
        } else if (answers[i].error().code == Errc::PeerGone) {
            qubes[i].properties =
                allProperties(daemon, "admin.vm.property.", qubes[i].line.name).value_or(std::vector<Property>());
        } else if (answers[i].error().code != Errc::BadValue) { // else it was removed in between
            return std::unexpected(answers[i].error());
        }
    }
    return {};
}

Result<void> fetchVolumes(std::vector<QubeFacts> &qubes, const Daemon &daemon)
{
    std::vector<Request> lists;
    for (const QubeFacts &qube : qubes) {
        lists.push_back({.method = "admin.vm.volume.List", .qube = qube.line.name});
    }
    const auto names = daemon.callEach(lists);
    for (std::size_t i = 0; i < qubes.size(); ++i) {
        if (!names[i]) {
            return std::unexpected(names[i].error());
        }
        std::vector<Request> requests;
        for (const std::string &name : linesOf(*names[i])) {
            requests.push_back({.method = "admin.vm.volume.Info", .argument = name, .qube = qubes[i].line.name});
        }
        const auto answers = daemon.callEach(requests);
        for (std::size_t volume = 0; volume < requests.size(); ++volume) {
            if (answers[volume]) {
                qubes[i].volumes[requests[volume].argument] = parseKeyValues(*answers[volume]);
            }
        }
    }
    return {};
}

bool comesBefore(std::string a, std::string b, bool ignoreCase)
{
    const auto isNumber = [](std::string_view text) {
        return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
    };
    if (isNumber(a) && isNumber(b) && a.size() != b.size()) {
        return a.size() < b.size();
    }
    return ignoreCase ? lower(std::move(a)) < lower(std::move(b)) : a < b;
}

Result<void> sortBy(std::vector<QubeFacts> &qubes, const std::vector<std::string> &columns, const Arguments &arguments)
{
    if (const auto sort = arguments.value("sort")) {
        const std::string column = lower(*sort);
        if (!std::ranges::contains(columns, column)) {
            return fail(Errc::BadValue, formatted("--sort {}: that column is not shown", *sort));
        }
        const bool ignoreCase = arguments.has("ignore-case");
        std::ranges::stable_sort(qubes, [&](const QubeFacts &a, const QubeFacts &b) {
            return comesBefore(cellOf(a, column), cellOf(b, column), ignoreCase);
        });
    }
    if (arguments.has("reverse")) {
        std::ranges::reverse(qubes);
    }
    return {};
}

void printRows(Console &console, std::vector<Row> rows, const std::vector<std::string> &columns, bool isRaw)
{
    if (isRaw) {
        console.printLines(rawLines(rows));
        return;
    }
    Row headings;
    for (const std::string &column : columns) {
        std::string heading = column;
        std::ranges::transform(heading, heading.begin(), [](char c) {
            return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
        });
        headings.push_back(std::move(heading));
    }
    console.printTable(std::move(headings), std::move(rows));
}

void show(Console &console,
          const std::vector<QubeFacts> &qubes,
          const std::vector<std::string> &columns,
          const Arguments &arguments)
{
    if (arguments.has("json")) {
        Json list = Json::array();
        for (const QubeFacts &qube : qubes) {
            Json object = Json::object();
            for (const std::string &column : columns) {
                object.set(column, jsonOf(qube, column));
            }
            list.append(std::move(object));
        }
        console.print(list);
        return;
    }
    if (arguments.has("raw-list")) {
        for (const QubeFacts &qube : qubes) {
            console.print(qube.line.name);
        }
        return;
    }
    const bool isTree = arguments.has("tree");
    const auto places = isTree ? inNetworkOrder(qubes) : inGivenOrder(qubes.size());
    std::vector<Row> rows;
    for (const TreePlace &place : places) {
        Row row;
        for (const std::string &column : columns) {
            const std::string cell = cellOf(qubes[place.index], column);
            row.push_back(column == "name" ? branch(place.depth) + cell : cell);
        }
        rows.push_back(std::move(row));
    }
    printRows(console, std::move(rows), columns, arguments.has("raw-data"));
}

Result<int> run(Session &session, const Arguments &arguments)
{
    if (arguments.has("help-columns") || arguments.has("help-formats")) {
        session.console.printLines(arguments.has("help-columns") ? columnHelp() : formatHelp());
        return 0;
    }
    const bool onlyNames = arguments.has("raw-list");
    BH_TRY(const auto columns,
           onlyNames ? Result<std::vector<std::string>>(std::vector<std::string>{"name"}) : wantedColumns(arguments));
    BH_TRY(auto qubes, namedQubes(session.daemon, arguments));
    if (std::ranges::any_of(columns, needsProperties) || arguments.has("tree") || filtersNeedProperties(arguments)) {
        BH_CHECK(fetchProperties(qubes, session.daemon));
    }
    for (const std::string &column : columns) {
        if (!isColumn(column, qubes)) {
            return fail(Errc::BadValue, formatted("there is no column '{}'; --help-columns lists them", column));
        }
    }
    BH_CHECK(filter(qubes, arguments, session.daemon));
    if (std::ranges::any_of(columns, needsVolumes)) {
        BH_CHECK(fetchVolumes(qubes, session.daemon));
    }
    BH_CHECK(sortBy(qubes, columns, arguments));
    show(session.console, qubes, columns, arguments);
    return 0;
}

constexpr std::array Operands{QubeOperand};

} // namespace

constinit const Verb LsVerb{
    .name = "ls",
    .link = "qvm-ls",
    .summary = "list qubes and what is known of them",
    .synopsis = "[OPTIONS...] [QUBE...]",
    .description =
        "Lists the qubes that are named, or all, with their state, class, label, template and net qube, or what "
        "--format and --fields ask for. Every property of a qube can be a column.\n\n"
        "A cell without a value is shown as a dash, in --json as null.",
    .options = Options,
    .operands = Operands,
    .run = run,
    .moreOptions = FilterOptions,
};

} // namespace Bulkhead::Cli
