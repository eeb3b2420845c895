// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/guestprogram.h"
#include "manager/app/mainwindow.h"
#include "manager/client/adminsource.h"
#include "manager/files/filepolicy.h"
#include "manager/introduction/introduction.h"
#include "manager/policylink/policyreader.h"
#include "manager/session/givenup.h"

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

int main(int argc, char **argv)
{
    KIconTheme::initTheme();
    const QApplication app(argc, argv);
    KAboutData about = introduce({.component = u"bulkhead-manager"_s,
                                  .title = ki18nc("@title", "Qubes"),
                                  .purpose = ki18nc("@title", "Your desktop in separate qubes"),
                                  .desktopFile = u"bulkhead-manager"_s});

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
