// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/text/notice.h"

#include "base/formatted.h"

#include <utility>

namespace Bulkhead::Clipboard
{

std::string_view nameOf(NoticeCode code)
{
    switch (code) {
    case NoticeCode::Copied:
        return "copied";
    case NoticeCode::CopiedNothing:
        return "copied-nothing";
    case NoticeCode::CopyTooLarge:
        return "copy-too-large";
    case NoticeCode::CopyFailed:
        return "copy-failed";
    case NoticeCode::PasteTo:
        return "paste-to";
    case NoticeCode::PasteRefused:
        return "paste-refused";
    case NoticeCode::PasteTooEarly:
        return "paste-too-early";
    case NoticeCode::NothingToPaste:
        return "nothing-to-paste";
    case NoticeCode::Pasted:
        return "pasted";
    case NoticeCode::PasteFailed:
        return "paste-failed";
    case NoticeCode::Expired:
        return "expired";
    case NoticeCode::Cleared:
        return "cleared";
    }
    std::unreachable();
}

std::string buildNotice(const Notice &notice)
{
    // Names of qubes hold no letter that JSON would want escaped.
    return std::string("bulkhead.ClipboardNotice dom0 name dom0") + '\0'
        + formatted(R"({{"notice": "{}", "source": "{}", "target": "{}", "size": {}, "limit": {}, "seconds": {}, )"
                    R"("source_gone": {}}})",
                    nameOf(notice.code),
                    notice.source,
                    notice.target,
                    notice.size,
                    notice.limit,
                    notice.seconds,
                    notice.sourceIsGone);
}

} // namespace Bulkhead::Clipboard
