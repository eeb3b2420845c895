// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprogram.h"
#include "manager/app/mainwindow.h"
#include "manager/client/adminsource.h"
#include "manager/files/filepolicy.h"
#include "manager/policylink/policyreader.h"
#include "manager/session/givenup.h"

#include <KAboutData>
#include <KCrash>
#include <KDBusService>
#include <KIconTheme>
#include <KLocalizedString>
#include <KWindowSystem>
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>
#include <QStandardPaths>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

KAboutData aboutData()
{
    KAboutData about(u"bulkhead-manager"_s,
                     i18nc("@title", "Qubes"),
                     QStringLiteral(BULKHEAD_VERSION),
                     i18nc("@title", "Your desktop in separate qubes"),
                     KAboutLicense::GPL_V2,
                     i18nc("@info:credit", "© Bulkhead's contributors"));
    about.setOrganizationDomain("bulkhead.org");
    about.setDesktopFileName(u"bulkhead-manager"_s);
    return about;
}

} // namespace

int main(int argc, char **argv)
{
    KIconTheme::initTheme();
    const QApplication app(argc, argv);
    KLocalizedString::setApplicationDomain("bulkhead");
    KAboutData about = aboutData();
    KAboutData::setApplicationData(about);
    QApplication::setWindowIcon(QIcon::fromTheme(u"bulkhead-manager"_s));
    KCrash::initialize();

    QCommandLineParser parser;
    about.setupCommandLine(&parser);
    addStartOptions(parser);
    parser.process(app);
    about.processCommandLine(&parser);

    // Without a session bus the window comes up all the same; it is then only not the single one.
    const KDBusService service(KDBusService::Unique | KDBusService::NoExitOnFailure);
    AdminSource source(adminSocketPath(), coreSocketPath());
    GuestPrograms programs(GuestPrograms::installedClient());
    PolicyReader policy({.coreSocket = QFileInfo(adminSocketPath()).path() + u"/qubesd.internal.sock"_s});
    FilePolicy filePolicy;
    MainWindow window(&source, &programs);
    window.setPolicy(&policy);
    window.setFilePolicy(&filePolicy);
    GivenUpWatch givenUp(QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation) + u"/bulkhead"_s);
    window.setGivenUp(&givenUp);
    QObject::connect(&service, &KDBusService::activateRequested, &window, [&window](const QStringList &arguments) {
        KWindowSystem::updateStartupId(window.windowHandle());
        KWindowSystem::activateWindow(window.windowHandle());
        window.carryOut(parseStartRequest(arguments));
    });
    window.carryOut(readStartOptions(parser));
    window.show();
    source.start();
    return QApplication::exec();
}
