// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/copywords.h"

#include "manager/files/copyjob.h"
#include "manager/models/untrustedtext.h"

#include <KFormat>
#include <KLocalizedString>
#include <QDir>
#include <QFileInfo>

namespace Bulkhead
{

namespace
{

/// Of the one folder that is copied; empty where it is not that.
QString folderName(const QStringList &paths)
{
    if (paths.size() != 1 || !QFileInfo(paths.first()).isDir()) {
        return {};
    }
    return shownText(QDir(paths.first()).dirName());
}

QString askingWords(const CopyJob &job, const QString &folder)
{
    return folder.isEmpty() ? i18ncp("@info %2 a qube's name",
                                     "Copy %1 file to %2? The policy wants your word: see the question.",
                                     "Copy %1 files to %2? The policy wants your word: see the question.",
                                     job.paths().size(),
                                     job.qube())
                            : i18nc("@info %1 a folder's name, %2 a qube's",
                                    "Copy the folder “%1” to %2? The policy wants your word: see the question.",
                                    folder,
                                    job.qube());
}

QString folderProgress(const CopyJob &job, const QString &folder)
{
    const qulonglong sent = job.processedAmount(KJob::Bytes);
    return sent == 0
        ? i18nc("@info %1 a folder's name, %2 a qube's", "Copying the folder “%1” to %2…", folder, job.qube())
        : i18nc("@info %1 a folder's name, %2 a qube's, %3 an amount of data",
                "Copying the folder “%1” to %2… %3",
                folder,
                job.qube(),
                KFormat().formatByteSize(static_cast<double>(sent)));
}

} // namespace

QString whatWords(const QStringList &paths)
{
    const QString folder = folderName(paths);
    return folder.isEmpty() ? i18ncp("@item what is copied", "%1 file", "%1 files", paths.size())
                            : i18nc("@item what is copied, %1 a name", "The folder “%1”", folder);
}

QString progressWords(const CopyJob &job)
{
    const QString folder = folderName(job.paths());
    if (job.isAsking()) {
        return askingWords(job, folder);
    }
    if (!folder.isEmpty()) {
        return folderProgress(job, folder);
    }
    if (job.totalAmount(KJob::Bytes) > 0) {
        return i18ncp("@info %2 a qube's name, %3 a number",
                      "Copying %1 file to %2… %3 %",
                      "Copying %1 files to %2… %3 %",
                      job.paths().size(),
                      job.qube(),
                      job.percent());
    }
    const qulonglong sent = job.processedAmount(KJob::Bytes);
    if (sent == 0) {
        return i18ncp("@info %2 a qube's name",
                      "Copying %1 file to %2…",
                      "Copying %1 files to %2…",
                      job.paths().size(),
                      job.qube());
    }
    return i18ncp("@info %2 a qube's name, %3 an amount of data",
                  "Copying %1 file to %2… %3",
                  "Copying %1 files to %2… %3",
                  job.paths().size(),
                  job.qube(),
                  KFormat().formatByteSize(static_cast<double>(sent)));
}

QString outcomeWords(const CopyJob &job)
{
    const QString folder = folderName(job.paths());
    switch (job.error()) {
    case KJob::NoError:
        if (!folder.isEmpty()) {
            return i18nc("@info %1 a folder's name, %2 a qube's; QubesIncoming/dom0 is a folder",
                         "The folder “%1” is in %2, in QubesIncoming/dom0.",
                         folder,
                         job.qube());
        }
        return i18ncp("@info %2 a qube's name; QubesIncoming/dom0 is a folder",
                      "%1 file is in %2, in QubesIncoming/dom0.",
                      "%1 files are in %2, in QubesIncoming/dom0.",
                      job.paths().size(),
                      job.qube());
    case KJob::KilledJobError:
        return i18nc(
            "@info %1 a qube's name", "Copying to %1 was cancelled. What had arrived there is removed.", job.qube());
    default:
        if (!folder.isEmpty()) {
            return i18nc("@info %1 a folder's name, %2 a qube's, %3 a sentence that says why",
                         "The folder “%1” could not be copied to %2. %3",
                         folder,
                         job.qube(),
                         job.errorText());
        }
        return i18ncp("@info %2 a qube's name, %3 a sentence that says why",
                      "%1 file could not be copied to %2. %3",
                      "%1 files could not be copied to %2. %3",
                      job.paths().size(),
                      job.qube(),
                      job.errorText());
    }
}

KMessageWidget::MessageType outcomeType(int error)
{
    switch (error) {
    case KJob::NoError:
        return KMessageWidget::Positive;
    case KJob::KilledJobError:
        return KMessageWidget::Information;
    default:
        return KMessageWidget::Error;
    }
}

} // namespace Bulkhead
