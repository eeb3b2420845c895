// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/models/policyjudgement.h"

#include <KLocalizedString>

namespace Bulkhead
{

QString ruleName(const QString &rule)
{
    const QString name = rule.section(u'/', -1);
    const QString line = name.section(u':', -1);
    return line == name
        ? name
        : i18nc("@info %1 a policy file's name, %2 a line's number", "%1, line %2", name.section(u':', 0, -2), line);
}

QString notAllowedWords(const QString &source, const QString &target)
{
    return i18nc("@info at the pointer %1 and %2 names of qubes", "Not allowed: %1 may not send to %2", source, target);
}

QString notAllowedWords(const QString &source, const QString &target, const QString &rule)
{
    return rule.isEmpty() ? notAllowedWords(source, target)
                          : i18nc("@info at the pointer %1 and %2 names of qubes, %3 a line of the policy",
                                  "Not allowed: %1 may not send to %2: %3",
                                  source,
                                  target,
                                  ruleName(rule));
}

} // namespace Bulkhead
