// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/filedrag.h"

#include <KLocalizedString>
#include <QMimeData>
#include <QUrl>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Empty: it is no file of this computer.
QString localPath(QUrl url)
{
    const QString host = url.host();
    if (url.scheme() != "file"_L1 || (!host.isEmpty() && host != "localhost"_L1)) {
        return {};
    }
    url.setHost(QString()); // it would become a part of the path
    const QString path = url.toLocalFile();
    return path.startsWith(u'/') && !path.contains(QChar::Null) ? path : QString();
}

QString copyWords(const QubeInfo &qube, qsizetype files)
{
    return qube.state == QubeState::Running
        ? i18ncp(
              "@info what a drop does; %2 a qube's name", "Copy %1 file to %2", "Copy %1 files to %2", files, qube.name)
        : i18ncp("@info what a drop does; %2 a qube's name",
                 "Start %2 and copy %1 file to it",
                 "Start %2 and copy %1 files to it",
                 files,
                 qube.name);
}

QString deedWords(const QubeInfo &qube, qsizetype files, DragVerdict verdict)
{
    switch (verdict) {
    case DragVerdict::Pending:
        return i18nc("@info while files are dragged", "Looking up the policy…");
    case DragVerdict::Ask:
        return i18nc(
            "@info what a drop does; %1 a deed, as \"Copy 3 files to work\"", "%1 – will ask", copyWords(qube, files));
    case DragVerdict::Allow:
    case DragVerdict::Deny:
        break;
    }
    return copyWords(qube, files);
}

} // namespace

QStringList localFiles(const QMimeData *data)
{
    QStringList paths;
    if (data == nullptr || !data->hasUrls()) {
        return paths;
    }
    for (const QUrl &url : data->urls()) {
        const QString path = localPath(url);
        if (path.isEmpty()) {
            return {}; // a part of what was dragged would be a surprise
        }
        paths << path;
    }
    return paths;
}

QString reasonAgainstFiles(const QubeInfo &qube)
{
    if (qube.kind == QubeKind::Admin) {
        return i18nc("@info why files cannot be copied", "Files are in dom0 already.");
    }
    switch (qube.state) {
    case QubeState::Running:
    case QubeState::Halted:
    case QubeState::Crashed:
        return {}; // qvm-copy-to-vm starts it
    case QubeState::Paused:
    case QubeState::Suspended:
        return i18nc("@info why files cannot be copied; %1 a qube's name", "%1 is paused.", qube.name);
    case QubeState::NotApplicable:
        return i18nc("@info why files cannot be copied; %1 a qube's name", "%1 is on another computer.", qube.name);
    case QubeState::Starting:
        return i18nc("@info why files cannot be copied; %1 a qube's name", "%1 is starting.", qube.name);
    case QubeState::ShuttingDown:
        return i18nc("@info why files cannot be copied; %1 a qube's name", "%1 is shutting down.", qube.name);
    case QubeState::Unknown:
        break;
    }
    return i18nc("@info why files cannot be copied; %1 a qube's name", "It is not known whether %1 runs.", qube.name);
}

FileVerdict judgeFiles(const QubeInfo *qube, qsizetype files, const PolicyJudgement &judgement)
{
    if (qube == nullptr || files == 0) {
        return {};
    }
    if (const QString reason = reasonAgainstFiles(*qube); !reason.isEmpty()) {
        return {.fit = Fit::No, .text = reason};
    }
    if (judgement.verdict == DragVerdict::Deny) {
        return {.fit = Fit::No, .text = notAllowedWords(u"dom0"_s, qube->name, judgement.rule)};
    }
    if (files > MostFilesAtOnce) {
        return {.fit = Fit::No,
                .text = i18ncp("@info why files cannot be copied",
                               "Not more than %1 file at once. Put them into a folder, and copy that.",
                               "Not more than %1 files at once. Put them into a folder, and copy that.",
                               MostFilesAtOnce)};
    }
    return {.fit = judgement.verdict == DragVerdict::Ask ? Fit::Asks : Fit::Fits,
            .text = deedWords(*qube, files, judgement.verdict)};
}

} // namespace Bulkhead
