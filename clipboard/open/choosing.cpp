// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/open/choosing.h"

namespace Bulkhead::FileCopy
{

Result<OpenOptions> chooseTarget(const ChoiceOptions &options, const std::string &mediaType)
{
    OpenOptions where{.target = std::string(DefaultTarget), .what = options.what, .mode = options.mode};
    if (options.target) {
        where.target = *options.target;
        if (options.remembers) {
            BH_CHECK(rememberChoice(ownChoicesFile(), {.type = mediaType, .target = where.target, .mode = where.mode}));
        }
        return where;
    }
    where.isByChoice = true;
    BH_TRY(const OpenChoices choices, OpenChoices::load(choicesFiles()));
    if (const auto choice = choices.find(mediaType)) {
        where.target = choice->target;
        if (choice->mode == OpenMode::View) {
            where.mode = OpenMode::View;
        }
    }
    return where;
}

} // namespace Bulkhead::FileCopy
