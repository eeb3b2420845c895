// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/commandline.h"

#include <cstddef>

namespace Bulkhead
{

Result<std::vector<std::string>>
readOptions(std::span<char *const> arguments, const KnownOptions &known, const ApplyOption &apply)
{
    std::vector<char *> argv(arguments.begin(), arguments.end()); // getopt_long() sorts it
    argv.push_back(nullptr);
    const int count = static_cast<int>(arguments.size());
    optind = 0; // begin anew
    opterr = 0; // what is wrong is said once, by the caller
    for (;;) {
        const int letter = ::getopt_long( // NOLINT(concurrency-mt-unsafe): said in the header
            count,
            argv.data(),
            known.letters,
            known.longNames.data(),
            nullptr);
        if (letter < 0) {
            break;
        }
        BH_CHECK(apply(letter, optarg == nullptr ? std::string_view() : optarg));
    }
    return std::vector<std::string>(argv.begin() + optind, argv.begin() + count);
}

std::unexpected<Error> unknownOption()
{
    return fail(Errc::BadValue, "unknown option, or one without its value");
}

} // namespace Bulkhead
