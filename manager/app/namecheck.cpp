// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/namecheck.h"

#include "base/qubename.h"

#include <KLocalizedString>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

QString nameProblem(const QString &name, const QStringList &taken)
{
    if (name.isEmpty()) {
        return {};
    }
    if (taken.contains(name)) {
        return i18nc("@info", "There is a qube of this name already.");
    }
    if (QubeName::parse(name.toStdString())) {
        return {};
    }
    static const QRegularExpression shape(u"^[A-Za-z][A-Za-z0-9_.-]{0,30}$"_s);
    if (shape.match(name).hasMatch()) {
        return i18nc("@info", "This name is reserved.");
    }
    return i18nc("@info", "Letters, digits, dot, - and _, beginning with a letter, at most 31.");
}

} // namespace Bulkhead
