// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-copy-to-qube: asks where files of dom0 are to be copied, and copies them. Started by dom0's file manager.
#include "manager/client/adminsource.h"
#include "manager/copyto/copydialog.h"
#include "manager/files/copyjob.h"
#include "manager/files/filepolicy.h"
#include "manager/introduction/introduction.h"

#include <KIconTheme>
#include <KLocalizedString>
#include <QApplication>
#include <QCommandLineParser>
#include <QFileInfo>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    KIconTheme::initTheme();
    const QApplication app(argc, argv);
    KAboutData about = introduce({.component = u"bulkhead-copy-to-qube"_s,
                                  .title = ki18nc("@title", "Copy to a Qube"),
                                  .purpose = ki18nc("@title", "Copies files of dom0 into a qube"),
                                  .desktopFile = u"bulkhead-manager"_s});

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
