// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminerror.h"

#include <KLocalizedString>

#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// What to say when the core names only the class of its refusal.
QString sentenceFor(const QByteArray &type)
{
    const std::array sentences{
        std::pair{"QubesVMNotFoundError"_ba, i18nc("@info error", "There is no qube of this name any more.")},
        std::pair{"QubesVMInUseError"_ba, i18nc("@info error", "Other qubes still use this one.")},
        std::pair{"QubesVMNotStartedError"_ba, i18nc("@info error", "The qube is not running.")},
        std::pair{"QubesVMNotRunningError"_ba, i18nc("@info error", "The qube is not running.")},
        std::pair{"QubesVMNotPausedError"_ba, i18nc("@info error", "The qube is not paused.")},
        std::pair{"QubesVMNotHaltedError"_ba, i18nc("@info error", "The qube has to be shut down first.")},
        std::pair{"QubesVMShutdownTimeoutError"_ba, i18nc("@info error", "The qube did not shut down in time.")},
        std::pair{"QubesMemoryError"_ba, i18nc("@info error", "There is not enough free memory.")},
        std::pair{"QubesLabelNotFoundError"_ba, i18nc("@info error", "There is no such label.")},
        std::pair{"QubesNoTemplateError"_ba, i18nc("@info error", "Its template is missing.")},
    };
    for (const auto &[known, sentence] : sentences) {
        if (known == type) {
            return sentence;
        }
    }
    return i18nc("@info error; %1 is the technical name of a reason",
                 "The core service refused this (%1).",
                 QString::fromLatin1(type));
}

} // namespace

AdminError notConnectedError()
{
    return {.kind = AdminError::Kind::NotConnected,
            .type = {},
            .words = i18nc("@info error", "The core service is not running.")};
}

AdminError noAnswerError()
{
    return {.kind = AdminError::Kind::NoAnswer,
            .type = {},
            .words = i18nc("@info error", "The core service gave no answer: it does not allow this, or it failed.")};
}

AdminError badAnswerError()
{
    return {.kind = AdminError::Kind::BadAnswer,
            .type = {},
            .words = i18nc("@info error", "The core service gave an answer that could not be understood.")};
}

AdminError exceptionError(const QByteArray &type, const QByteArray &message)
{
    QString words = QString::fromUtf8(message).trimmed();
    words.replace(u"%%"_s, u"%"_s);
    return {.kind = AdminError::Kind::Exception,
            .type = QString::fromLatin1(type),
            .words = words.isEmpty() ? sentenceFor(type) : words};
}

} // namespace Bulkhead
