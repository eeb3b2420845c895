// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/files/copyjob.h"

#include "base/number.h"
#include "manager/models/policyjudgement.h"
#include "manager/models/untrustedtext.h"

#include <KLocalizedString>
#include <QCoreApplication>
#include <QFileInfo>
#include <QStandardPaths>
#include <QTimer>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

// What the program ends with. Source: docs/protocol/filecopy.md, What the commands end with; 127: spec qrexec,
// section 18.
constexpr int StatusExists = 17;
constexpr int StatusCancelled = 32;
constexpr int StatusRefused = 126;
constexpr int StatusNoService = 127;

/// A number of bytes, a word and a qube's name, or a word and a line of the policy.
constexpr qsizetype LongestLine = 1024;
/// Only the last line is shown.
constexpr qsizetype MostWords = 4096;
/// For a child that was asked to end.
constexpr auto patience = 5s;

/// @return 0 where the line is no number of bytes
qulonglong bytesIn(const QByteArray &line)
{
    return numberIn<qulonglong>({line.constData(), static_cast<std::size_t>(line.size())}).value_or(0);
}

/// Without a look into folders, which could be large, and on a slow disk.
/// @return 0: not known
qulonglong bytesOf(const QStringList &paths)
{
    qulonglong bytes = 0;
    for (const QString &path : paths) {
        const QFileInfo file(path);
        if (file.isSymLink()) {
            continue; // sent as such
        }
        if (!file.isFile()) {
            return 0;
        }
        bytes += static_cast<qulonglong>(file.size());
    }
    return bytes;
}

} // namespace

CopyJob::CopyJob(QString program, QString qube, QStringList paths, QObject *parent)
    : KJob(parent)
    , m_program(std::move(program))
    , m_qube(std::move(qube))
    , m_paths(std::move(paths))
{
    setCapabilities(Killable);
}

CopyJob::~CopyJob()
{
    letGo();
}

QString CopyJob::installedProgram()
{
    return qEnvironmentVariable("BULKHEAD_QVM_COPY", u"qvm-copy-to-vm"_s);
}

void CopyJob::start()
{
    QTimer::singleShot(0, this, &CopyJob::begin);
}

void CopyJob::begin()
{
    if (isFinished()) { // cancelled before it began
        return;
    }
    Q_EMIT description(this,
                       i18nc("@title of a job", "Copying"),
                       {i18nc("@label what is copied", "Files"), QString::number(m_paths.size())},
                       {i18nc("@label where something is copied to", "Qube"), m_qube});
    setTotalAmount(Bytes, bytesOf(m_paths));
    m_process = new QProcess(this);
    m_process->setStandardInputFile(QProcess::nullDevice());
    connect(m_process, &QProcess::readyReadStandardOutput, this, &CopyJob::readProgress);
    connect(m_process, &QProcess::readyReadStandardError, this, &CopyJob::readWords);
    connect(m_process, &QProcess::finished, this, &CopyJob::finish);
    connect(m_process, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) { // everything else ends in `finished`
            end(UserDefinedError,
                QStandardPaths::findExecutable(m_program).isEmpty()
                    ? i18nc("@info reason", "The program that copies files is not installed.")
                    : i18nc("@info reason", "The program that copies files could not be started."));
        }
    });
    // Progress on standard output: the program writes nothing else there.
    m_process->start(m_program,
                     QStringList{u"--without-progress"_s, u"--progress-fd=1"_s, u"--by-policy"_s, m_qube, u"--"_s}
                         + m_paths);
}

/// What comes between lines is kept only as far as a line could go.
void CopyJob::readProgress()
{
    const QByteArray bytes = m_process->readAllStandardOutput();
    for (const char byte : bytes) {
        if (byte == '\n') {
            take(std::exchange(m_line, {}));
        } else if (m_line.size() <= LongestLine) {
            m_line += byte;
        }
    }
}

/// What is no line of progress is passed over.
/// @source docs/protocol/filecopy.md, What a job is told
void CopyJob::take(const QByteArray &line)
{
    if (line == "asking") {
        m_isAsking = true;
    } else if (line.startsWith("to ")) {
        m_isAsking = false;
        m_qube = shownText(QString::fromUtf8(line.sliced(3)));
    } else if (line.startsWith("refused ")) {
        m_rule = shownText(QString::fromUtf8(line.sliced(8)));
    } else {
        const qulonglong sent = std::max(processedAmount(Bytes), bytesIn(line)); // a bar never runs backwards
        const qulonglong total = totalAmount(Bytes);
        setProcessedAmount(Bytes, total > 0 ? std::min(sent, total) : sent); // a file may grow while it is sent
    }
}

void CopyJob::readWords()
{
    m_words += m_process->readAllStandardError();
    if (m_words.size() > MostWords) {
        m_words = m_words.last(MostWords);
    }
}

void CopyJob::finish(int code, QProcess::ExitStatus how)
{
    readProgress();
    readWords();
    if (how == QProcess::CrashExit || (code != 0 && code != StatusCancelled)) {
        end(UserDefinedError, reasonOf(code, how));
    } else {
        end(code == 0 ? NoError : KilledJobError);
    }
}

void CopyJob::end(int error, const QString &reason)
{
    std::exchange(m_process, nullptr)->deleteLater();
    setError(error);
    setErrorText(reason);
    emitResult();
}

QString CopyJob::lastWords() const
{
    const QByteArray words = m_words.trimmed();
    return shownText(QString::fromUtf8(words.mid(words.lastIndexOf('\n') + 1)));
}

QString CopyJob::reasonOf(int code, QProcess::ExitStatus how) const
{
    if (how == QProcess::CrashExit) {
        return i18nc("@info reason", "The program that copies files ended unexpectedly.");
    }
    const QString said = lastWords();
    switch (code) {
    case StatusRefused:
        if (!m_rule.isEmpty()) {
            return i18nc("@info reason; %1 a qube's name, %2 a line of the policy",
                         "dom0 may not send files to %1: %2.",
                         m_qube,
                         ruleName(m_rule));
        }
        if (m_isAsking) {
            return i18nc("@info reason", "The answer to the question was no.");
        }
        return i18nc("@info reason; %1 a qube's name", "The policy refused it, or %1 did.", m_qube);
    case StatusNoService:
        return i18nc("@info reason; %1 a qube's name", "%1 cannot receive files.", m_qube);
    case StatusExists:
        return said.isEmpty()
            ? i18nc("@info reason", "QubesIncoming/dom0 has something of that name already. Rename it there or here.")
            : i18nc("@info reason; %1 the copying program's words, which name the file",
                    "QubesIncoming/dom0 has something of that name already. Rename it there or here. (%1)",
                    said);
    default:
        return said.isEmpty() ? i18nc("@info reason; %1 is a number", "The call ended with code %1.", code) : said;
    }
}

bool CopyJob::doKill()
{
    letGo();
    return true;
}

/// Has the child end, without waiting for that: the receiver sees the stream end and removes what came.
void CopyJob::letGo()
{
    QProcess *const process = std::exchange(m_process, nullptr);
    if (process == nullptr) {
        return;
    }
    process->disconnect(this);
    process->setParent(QCoreApplication::instance()); // it may live longer than the job
    process->closeReadChannel(QProcess::StandardOutput);
    process->closeReadChannel(QProcess::StandardError);
    connect(process, &QProcess::finished, process, &QObject::deleteLater);
    connect(process, &QProcess::errorOccurred, process, [process](QProcess::ProcessError error) {
        if (error == QProcess::FailedToStart) {
            process->deleteLater();
        }
    });
    QTimer::singleShot(patience, process, &QProcess::kill);
    process->terminate();
}

} // namespace Bulkhead
