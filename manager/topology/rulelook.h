// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/nodelook.h"
#include "manager/topology/signplaces.h"
#include "qrexec/policy/rule.h"

#include <optional>

namespace Bulkhead
{

/// How an arrow of the policy looks: from one node to another, and back where both directions have the same way.
struct RuleLook {
    std::optional<Policy::Verdict> forth;
    std::optional<Policy::Verdict> back;
    std::optional<double> sign = BestSignPlace; ///< where on its way the sign stands; nothing: there is no room
    bool hasWord = false;                       ///< there is room for a word beside the sign
    bool isUnderHand = false;                   ///< the pointer rests on it

    friend bool operator==(const RuleLook &, const RuleLook &) = default;
};

/// One word for what happens: "allowed", "asks", "denied".
[[nodiscard]] QString verdictWord(Policy::Verdict verdict);

/// How large the sign of a verdict is, with its word or without.
[[nodiscard]] QSizeF signSize(Policy::Verdict verdict, bool hasWord, const QFont &font);

/// Draws the arrow along `path`. Allowed: a full line, a full head, a tick. Asked: dashed, a hollow head, a question
/// mark. Denied: dotted, ending at a bar, a no-entry sign (spec ui 7.3).
void drawRule(QPainter &painter, const QPainterPath &path, const RuleLook &look, const PictureStyle &style);

} // namespace Bulkhead
