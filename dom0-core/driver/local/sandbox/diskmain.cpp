// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-disk show FRONTEND IDS FIRST NAME PROVIDER NODE MODE | hide FRONTEND IDS FIRST NAME
// One disk of one running qube of the local driver, shown or taken back; the driver's helper, because entering a qube
// has no way back. FRONTEND and PROVIDER are identities of processes, `-` for dom0; MODE is rw or ro.
#include "base/number.h"
#include "dom0-core/driver/local/sandbox/diskmount.h"

#include <unistd.h>

#include <cstdio>
#include <span>
#include <string>

namespace
{

using namespace Bulkhead;

constexpr std::size_t HideWords = 5;
constexpr std::size_t ShowWords = 8;

Result<IdMapping> idsFrom(std::string_view mode, std::string_view first)
{
    IdMapping ids;
    BH_TRY(ids.mode, parseIdMode(mode));
    const auto number = numberIn<std::uint32_t>(first);
    if (!number) {
        return fail(Errc::BadValue, "the first id is no number");
    }
    ids.first = *number;
    return ids;
}

Result<void> run(std::span<char *const> words)
{
    const std::string_view what = words[0];
    BH_TRY(const auto frontend, ProcessIdentity::parse(words[1]));
    BH_TRY(const auto ids, idsFrom(words[2], words[3]));
    if (what == "hide" && words.size() == HideWords) {
        return hideDisk(frontend, ids, words[4]);
    }
    if (what != "show" || words.size() != ShowWords) {
        return fail(Errc::BadValue, "the words make no sense");
    }
    DiskOrder order{.frontend = frontend, .ids = ids, .name = words[4]};
    if (std::string_view(words[5]) != "-") {
        BH_TRY(order.provider, ProcessIdentity::parse(words[5]));
    }
    order.node = words[6];
    order.writable = std::string_view(words[7]) == "rw";
    return showDisk(order);
}

} // namespace

int main(int argc, char **argv)
{
    const std::span words(argv + 1, static_cast<std::size_t>(argc > 0 ? argc - 1 : 0));
    if (words.size() < HideWords) {
        (void)std::fputs("usage: bulkhead-disk show|hide ...\n", stderr);
        return 2;
    }
    const auto done = run(words);
    if (!done) {
        (void)std::fprintf(stderr, "%s\n", done.error().text().c_str());
    }
    // At once: what else runs at a program's end, a sanitizer's search for leaks for one, would find the qube's files.
    ::_exit(done ? 0 : 1);
}
