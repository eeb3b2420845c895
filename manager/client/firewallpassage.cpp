// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/firewallpassage.h"

using namespace Qt::StringLiterals;

namespace Bulkhead
{

FirewallParts partsOfRule(const QString &rule)
{
    FirewallParts parts;
    for (const QString &word : rule.section(u" comment="_s, 0, 0).split(u' ', Qt::SkipEmptyParts)) {
        parts.insert(word.section(u'=', 0, 0), word.section(u'=', 1));
    }
    parts.remove(u"expire"_s);
    return parts;
}

bool isAcceptRule(const FirewallParts &parts)
{
    return parts.value(u"action"_s) == "accept"_L1;
}

Passage passageOf(const QStringList &rules)
{
    bool letsSomething = false;
    bool holdsSomething = false;
    for (const QString &rule : rules) {
        const FirewallParts parts = partsOfRule(rule);
        if (parts.size() == 1) { // about every packet: the rest does not count
            if (isAcceptRule(parts)) {
                return holdsSomething ? Passage::Filtered : Passage::Everything;
            }
            return letsSomething ? Passage::Filtered : Passage::Nothing;
        }
        isAcceptRule(parts) ? letsSomething = true : holdsSomething = true;
    }
    return letsSomething ? Passage::Filtered : Passage::Nothing; // what no rule is about is dropped
}

} // namespace Bulkhead
