// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-open: opens a file or an address in the qube that was chosen for things of its type.
#include "base/formatted.h"
#include "clipboard/open/choiceoptions.h"
#include "clipboard/open/choosing.h"
#include "clipboard/open/desktopdialog.h"
#include "clipboard/open/interruption.h"
#include "clipboard/open/mediatype.h"
#include "clipboard/open/opencall.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

Result<int> list()
{
    BH_TRY(const OpenChoices choices, OpenChoices::load(choicesFiles()));
    for (const OpenChoice &choice : choices.all()) {
        (void)std::printf("%s = %s%s\n",
                          choice.type.c_str(),
                          choice.target.c_str(),
                          choice.mode == OpenMode::View ? " view-only" : "");
    }
    return EXIT_SUCCESS;
}

Result<int> choose(const ChoiceOptions &options)
{
    BH_CHECK(rememberChoice(ownChoicesFile(),
                            {.type = options.what, .target = options.target.value_or(""), .mode = options.mode}));
    return EXIT_SUCCESS;
}

Result<int> forget(const ChoiceOptions &options)
{
    BH_CHECK(checkType(options.what));
    BH_TRY(const bool wasThere, forgetChoice(ownChoicesFile(), options.what));
    if (!wasThere) {
        return fail(Errc::NotFound, formatted("no choice of yours is remembered for {}", options.what));
    }
    return EXIT_SUCCESS;
}

Result<int> open(const ChoiceOptions &options)
{
    BH_TRY(const std::string type, mediaTypeOf(options.what));
    BH_TRY(const OpenOptions where, chooseTarget(options, type));
    return openElsewhere(where);
}

Result<int> run(const ChoiceOptions &options)
{
    switch (options.deed) {
    case ChoiceOptions::Deed::Open:
        return open(options);
    case ChoiceOptions::Deed::List:
        return list();
    case ChoiceOptions::Deed::Choose:
        return choose(options);
    case ChoiceOptions::Deed::Forget:
        return forget(options);
    case ChoiceOptions::Deed::Help:
        return std::fputs(choiceUsage(), stdout) < 0 ? EXIT_FAILURE : EXIT_SUCCESS;
    }
    std::unreachable();
}

} // namespace

int main(int argc, char **argv)
{
    const auto options = parseChoiceOptions({argv, static_cast<std::size_t>(argc)});
    if (!options) {
        (void)std::fprintf(stderr, "%s\n%s", options.error().text().c_str(), choiceUsage());
        return EXIT_FAILURE;
    }
    endOnSignals();
    const auto status = run(*options);
    if (!status) {
        tellPerson(status.error().text());
        return EXIT_FAILURE;
    }
    return *status;
}
