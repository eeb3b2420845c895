// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-copy-to-qube: asks where files of dom0 are to be copied, and copies them. Started by dom0's file manager.
#include "manager/client/adminsource.h"
#include "manager/copyto/copydialog.h"
#include "manager/files/copyjob.h"
#include "manager/files/filepolicy.h"

#include <KAboutData>
#include <KCrash>
#include <KIconTheme>
#include <KLocalizedString>
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

KAboutData aboutData()
{
    KAboutData about(u"bulkhead-copy-to-qube"_s,
                     i18nc("@title", "Copy to a Qube"),
                     QStringLiteral(BULKHEAD_VERSION),
                     i18nc("@title", "Copies files of dom0 into a qube"),
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
    parser.addPositionalArgument(
        u"files"_s, i18nc("@info:shell", "Files and folders to copy."), i18nc("@info:shell", "FILE…"));
    parser.process(app);
    about.processCommandLine(&parser);
    QStringList paths;
    for (const QString &path : parser.positionalArguments()) {
        paths << QFileInfo(path).absoluteFilePath();
    }
    if (paths.isEmpty()) {
        parser.showHelp(1);
    }

    AdminSource source(adminSocketPath(), coreSocketPath());
    FilePolicy policy;
    CopyDialog dialog(&source, &policy, CopyJob::installedProgram(), paths);
    dialog.show();
    source.start();
    return QApplication::exec();
}
