// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/widgets/demonotice.h"

#include <KLocalizedString>
#include <QLabel>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

KMessageWidget *makeDemoNotice(QWidget *parent)
{
    const QString text = i18nc("@info banner",
                               "Demo: these qubes are separated by namespaces, not by a hypervisor. Do not trust them "
                               "with secrets.");
    auto *notice = new KMessageWidget(text, parent);
    notice->setObjectName(u"banner.demo"_s);
    notice->setAccessibleName(text);
    notice->setTextFormat(Qt::PlainText);
    notice->setMessageType(KMessageWidget::Warning);
    notice->setIcon(QIcon::fromTheme(u"data-warning"_s));
    notice->setPosition(KMessageWidget::Header);
    notice->setCloseButtonVisible(false);
    notice->setWordWrap(true);
    // Its text can be copied with the mouse, but is not where the keyboard should begin.
    for (QLabel *label : notice->findChildren<QLabel *>()) {
        label->setFocusPolicy(Qt::NoFocus);
    }
    return notice;
}

} // namespace Bulkhead
