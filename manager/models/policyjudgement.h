// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QString>

#include <cstdint>

namespace Bulkhead
{

/// What the policy says to a copy that a release would begin.
enum class DragVerdict : std::uint8_t { Pending, Allow, Ask, Deny };

struct PolicyJudgement {
    DragVerdict verdict = DragVerdict::Pending;
    QString rule; ///< `FILE:LINE` of the policy's line that says so; empty: none does

    friend bool operator==(const PolicyJudgement &, const PolicyJudgement &) = default;
};

/// "30-user.policy, line 7" of `FILE:LINE`; the file's path is left out.
[[nodiscard]] QString ruleName(const QString &rule);

/// "Not allowed: work may not send to vault". With the rule: what it says at the end of that, too.
[[nodiscard]] QString notAllowedWords(const QString &source, const QString &target);
[[nodiscard]] QString notAllowedWords(const QString &source, const QString &target, const QString &rule);

} // namespace Bulkhead
