// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <KJob>
#include <QByteArray>
#include <QProcess>
#include <QStringList>

namespace Bulkhead
{

/// Copies files and folders of dom0 into a qube, by a child process that asks the policy, and the person where a rule
/// says so, and then calls it. Ends with KilledJobError where it was cancelled, here or there; with UserDefinedError
/// and one sentence in errorText() where it failed. The receiver shows nothing before all of it has arrived, so what is
/// cancelled or fails leaves nothing there.
/// @source docs/protocol/filecopy.md
class CopyJob : public KJob
{
    Q_OBJECT

public:
    /// @param program  qvm-copy-to-vm, or what takes its words
    /// @param paths  absolute
    CopyJob(QString program, QString qube, QStringList paths, QObject *parent = nullptr);
    ~CopyJob() override;
    CopyJob(const CopyJob &) = delete;
    CopyJob &operator=(const CopyJob &) = delete;

    /// The program as installed, `BULKHEAD_QVM_COPY` before the field's name.
    [[nodiscard]] static QString installedProgram();

    /// Returns at once; result() comes later, also where the program is missing.
    void start() override;

    /// That gets them: another one than was asked for where the policy says so, or the person when asked.
    [[nodiscard]] const QString &qube() const
    {
        return m_qube;
    }

    /// Whether the person is being asked.
    [[nodiscard]] bool isAsking() const
    {
        return m_isAsking;
    }

    [[nodiscard]] const QStringList &paths() const
    {
        return m_paths;
    }

protected:
    bool doKill() override;

private:
    void begin();
    void readProgress();
    void take(const QByteArray &line);
    void readWords();
    void finish(int code, QProcess::ExitStatus how);
    void end(int error, const QString &reason = {});
    void letGo();
    [[nodiscard]] QString lastWords() const;
    [[nodiscard]] QString reasonOf(int code, QProcess::ExitStatus how) const;

    QString m_program;
    QString m_qube;
    QStringList m_paths;
    QProcess *m_process = nullptr; ///< while it runs
    QByteArray m_line;             ///< of progress, as far as it has come
    bool m_isAsking = false;
    QString m_rule;     ///< of the policy, `FILE:LINE`, that refused it
    QByteArray m_words; ///< the end of what the program said
};

} // namespace Bulkhead
