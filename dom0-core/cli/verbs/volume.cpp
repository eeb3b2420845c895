// SPDX-License-Identifier: GPL-2.0-or-later
// qvm-volume: volumes of qubes.
#include "base/formatted.h"
#include "dom0-core/cli/help.h"
#include "dom0-core/cli/keyvalues.h"
#include "dom0-core/cli/qubes.h"
#include "dom0-core/cli/verbs/table.h"
#include "dom0-core/cli/volumeimport.h"
#include "dom0-core/cli/volumelist.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace Bulkhead::Cli
{

namespace
{

constexpr std::array Options{
    Option{.letter = 'p',
           .names = "pool",
           .help = "list: only volumes in this pool",
           .value = "POOL",
           .completes = Completes::Pools},
    Option{.names = "full", .help = ""},
    Option{.letter = 'f', .names = "force", .help = "resize: also to a smaller size, which can destroy what is in it"},
    Option{.names = "size", .help = "import: how many bytes to take; needed for FILE -", .value = "SIZE"},
    Option{.names = "no-resize", .help = "import: FILE must be as long as the volume"},
    Option{.names = "json", .help = "list, info: for programs"},
    AllQubes,
    ExcludedQubes,
};

/// `10G`: units are those of memory, 1024 and its powers.
Result<std::uint64_t> parseSize(const std::string &text)
{
    constexpr std::string_view Units = "kmgt";
    constexpr unsigned BitsPerUnit = 10;
    std::uint64_t number = 0;
    const char *const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    std::string unit(read.ptr, end);
    std::ranges::transform(unit, unit.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const auto place = unit.empty() ? std::string_view::npos : Units.find(unit.front());
    const bool isUnit = unit.empty()
        || (place != std::string_view::npos && (unit.size() == 1 || unit.substr(1) == "b" || unit.substr(1) == "ib"));
    const unsigned shift = unit.empty() ? 0 : BitsPerUnit * (static_cast<unsigned>(place) + 1);
    if (read.ec != std::errc() || !isUnit || number > (std::numeric_limits<std::uint64_t>::max() >> shift)) {
        return fail(Errc::BadValue, formatted("'{}' is not a size; 10G is one", text));
    }
    return number << shift;
}

/// The call for a volume that `QUBE:VOLUME` names.
Result<std::string>
callVolume(const Daemon &daemon, const VolumeName &name, std::string_view call, std::string payload = {})
{
    return daemon.call({.method = formatted("admin.vm.volume.{}", call),
                        .argument = name.volume,
                        .qube = name.qube,
                        .payload = std::move(payload)});
}

Result<int> info(Session &session, const Arguments &arguments)
{
    BH_TRY(const VolumeName name, parseVolumeName(arguments.operand(0)));
    BH_TRY(const std::string answer, callVolume(session.daemon, name, "Info"));
    BH_TRY(const std::string revisions, callVolume(session.daemon, name, "ListSnapshots"));
    const KeyValues values = parseKeyValues(answer);
    const std::string property = arguments.operand(1);
    if (property == "revisions") {
        session.console.printLines(linesOf(revisions));
    } else if (!property.empty()) {
        if (std::ranges::find(values, property, &KeyValues::value_type::first) == values.end()) {
            return fail(Errc::BadValue, formatted("a volume has no property '{}'", property));
        }
        session.console.print(valueOf(values, property));
    } else if (arguments.has("json")) {
        Json object = jsonOf(values);
        Json list = Json::array();
        for (const std::string &revision : linesOf(revisions)) {
            list.append(Json(revision));
        }
        object.set("revisions", std::move(list));
        session.console.print(object);
    } else {
        session.console.printLines(pairLines(values));
        session.console.print(revisions.empty() ? "Available revisions (for revert): none"
                                                : "Available revisions (for revert):");
        for (const std::string &revision : linesOf(revisions)) {
            session.console.print("  " + revision);
        }
    }
    return 0;
}

Result<int> configure(Session &session, const Arguments &arguments)
{
    BH_TRY(const VolumeName name, parseVolumeName(arguments.operand(0)));
    const std::string property = arguments.operand(1);
    constexpr std::array Known{"rw", "revisions_to_keep", "ephemeral"};
    if (!std::ranges::contains(Known, property)) {
        return fail(Errc::BadValue, formatted("'{}' is none of rw, revisions_to_keep and ephemeral", property));
    }
    BH_CHECK(callVolume(session.daemon, name, formatted("Set.{}", property), arguments.operand(2)));
    return 0;
}

Result<int> resize(Session &session, const Arguments &arguments)
{
    BH_TRY(const VolumeName name, parseVolumeName(arguments.operand(0)));
    BH_TRY(const std::uint64_t size, parseSize(arguments.operand(1)));
    BH_TRY(const std::string answer, callVolume(session.daemon, name, "Info"));
    BH_TRY(const std::uint64_t now, parseSize(valueOf(parseKeyValues(answer), "size")));
    if (size < now && !arguments.has("force")) {
        return fail(Errc::Refused,
                    formatted("the volume has {} bytes now; a smaller size can destroy what is in it: give --force if "
                              "that is meant",
                              now));
    }
    BH_CHECK(callVolume(session.daemon, name, "Resize", std::to_string(size)));
    return 0;
}

Result<int> revert(Session &session, const Arguments &arguments)
{
    BH_TRY(const VolumeName name, parseVolumeName(arguments.operand(0)));
    std::string revision = arguments.operand(1);
    if (revision.empty()) {
        BH_TRY(const std::string answer, callVolume(session.daemon, name, "ListSnapshots"));
        const auto revisions = linesOf(answer);
        if (revisions.empty()) {
            return fail(Errc::NotFound, formatted("{} has no revisions", arguments.operand(0)));
        }
        revision = revisions.back();
    }
    BH_CHECK(callVolume(session.daemon, name, "Revert", revision));
    return 0;
}

/// A person sees each percent of an import.
constexpr std::uint64_t Whole = 100;
constexpr std::uint64_t MiB = 1024UL * 1024;

Result<int> importFile(Session &session, const Arguments &arguments)
{
    BH_TRY(const VolumeName name, parseVolumeName(arguments.operand(0)));
    ImportSource source{.path = arguments.operand(1), .size = std::nullopt, .resize = !arguments.has("no-resize")};
    if (const auto size = arguments.value("size")) {
        BH_TRY(source.size, parseSize(*size));
    }
    std::uint64_t shown = Whole + 1;
    const auto imported =
        importVolume(session.daemon, name, source, [&session, &name, &shown](std::uint64_t done, std::uint64_t all) {
            const std::uint64_t part = all == 0 ? Whole : std::min(done, all) * Whole / all;
            if (part != shown) {
                shown = part;
                session.console.showProgress(
                    formatted("{}:{}: {} of {} MiB ({} %)", name.qube, name.volume, done / MiB, all / MiB, part));
            }
        });
    session.console.endProgress();
    BH_CHECK(imported);
    return 0;
}

struct Action {
    std::string_view names; ///< the first one is shown
    std::size_t least;      ///< words after it
    std::size_t most;
    Result<int> (*run)(Session &session, const Arguments &arguments);
};

constexpr std::array Actions{
    Action{.names = "list,ls,l", .least = 0, .most = SIZE_MAX, .run = listVolumes},
    Action{.names = "info,i", .least = 1, .most = 2, .run = info},
    Action{.names = "config,c,set,s", .least = 3, .most = 3, .run = configure},
    Action{.names = "resize,extend", .least = 2, .most = 2, .run = resize},
    Action{.names = "revert,rv,r", .least = 1, .most = 2, .run = revert},
    Action{.names = "import", .least = 2, .most = 2, .run = importFile},
};

Result<int> run(Session &session, const Arguments &arguments)
{
    const std::string wanted = arguments.operands().empty() ? "list" : arguments.operand(0);
    const auto *const action = std::ranges::find_if(Actions, [&wanted](const Action &known) {
        return std::ranges::contains(partsOf(known.names, ","), wanted);
    });
    if (action == Actions.end()) {
        return fail(Errc::BadValue, formatted("'{}' is none of list, info, config, resize, revert and import", wanted));
    }
    const Arguments rest = arguments.withoutFirstOperand();
    if (rest.operands().size() < action->least || rest.operands().size() > action->most) {
        return fail(Errc::BadValue, formatted("{} takes other words; see --help", wanted));
    }
    return action->run(session, rest);
}

constexpr std::array Operands{
    Operand{.name = "ACTION", .completes = Completes::Words, .words = "list,info,config,resize,revert,import"},
    Operand{.name = "QUBE:VOLUME", .completes = Completes::Volumes},
    Operand{.name = "VALUE", .completes = Completes::Files},
};

} // namespace

constinit const Verb VolumeVerb{
    .name = "volume",
    .link = "qvm-volume",
    .summary = "list and change volumes of qubes",
    .synopsis = "list [--pool POOL] [QUBE...]\ninfo QUBE:VOLUME [PROPERTY]\nconfig QUBE:VOLUME PROPERTY VALUE\n"
                "resize QUBE:VOLUME SIZE\nrevert QUBE:VOLUME [REVISION]\nimport QUBE:VOLUME FILE",
    .description =
        "list (ls, l) shows where each volume lies. info (i) prints what is known of one, and its revisions, oldest "
        "first; with a property, its value alone. config (c, set, s) sets rw, revisions_to_keep or ephemeral. resize "
        "(extend) makes it larger; sizes may end in K, M, G or T. revert (rv, r) goes back to a revision, the "
        "newest if none is named. import replaces what is in the volume of a halted qube by the bytes of a file: an "
        "image, "
        "or, where the pool keeps directories, a tar archive of what the volume is to hold. Until the last byte has "
        "come "
        "the volume stays as it was; so it does if the command is ended before.",
    .options = Options,
    .operands = Operands,
    .run = run,
};

} // namespace Bulkhead::Cli
