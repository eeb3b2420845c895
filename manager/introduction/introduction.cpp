// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/introduction/introduction.h"

#include <KCrash>
#include <QApplication>
#include <QIcon>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

KAboutData introduce(const ProgramName &program)
{
    KLocalizedString::setApplicationDomain("bulkhead");
    KAboutData about(program.component,
                     program.title.toString(),
                     QStringLiteral(BULKHEAD_VERSION),
                     program.purpose.toString(),
                     KAboutLicense::GPL_V2,
                     i18nc("@info:credit", "© Bulkhead's contributors"));
    about.setOrganizationDomain("bulkhead.org");
    if (!program.desktopFile.isEmpty()) {
        about.setDesktopFileName(program.desktopFile);
    }
    KAboutData::setApplicationData(about);
    QApplication::setWindowIcon(QIcon::fromTheme(u"bulkhead-manager"_s));
    KCrash::initialize();
    return about;
}

} // namespace Bulkhead
