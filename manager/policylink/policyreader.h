// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "manager/client/adminclient.h"
#include "manager/policylink/policyfacts.h"

#include <QFileSystemWatcher>

#include <deque>
#include <map>
#include <optional>
#include <string>

namespace Bulkhead
{

/// The policy through the calls `policy.List` and `policy.Get`, and the qubes through `internal.GetSystemInfo`. Which
/// files changed is heard of the kernel: then the whole policy is read again, one call after the other, and once more
/// where it changed meanwhile. A policy that cannot be read as a whole is none, as for the program that decides.
///
/// The calls tell of one directory. Rules of this run of the system lie in another one; where there are such, problem()
/// says that they are missing here.
/// @source docs/protocol/qrexec.md, "Policy files"; spec policy, sections 1 and 13
class PolicyReader : public PolicyFacts
{
    Q_OBJECT

public:
    struct Paths {
        QString policySocket = QStringLiteral("/run/qubes/policy-admin.sock");
        QString coreSocket = QStringLiteral("/run/qubesd.internal.sock");
        QString directory = QStringLiteral("/etc/qubes/policy.d");        ///< only watched
        QString runtimeDirectory = QStringLiteral("/run/qubes/policy.d"); ///< only listed and watched
    };

    explicit PolicyReader(Paths paths, QObject *parent = nullptr);

    void onQubesChanged() override;
    [[nodiscard]] const Policy::Rules *rules() const override;

    [[nodiscard]] const Policy::SystemInfo &qubes() const override
    {
        return m_system;
    }

    [[nodiscard]] QString problem() const override;

protected:
    void setFollowed(bool isFollowed) override;

private:
    enum class Reading : std::uint8_t { None, UnderWay, AgainAfterwards };

    struct FileToRead {
        QString path;
        QByteArray call;         ///< that gives it
        bool isIncluded = false; ///< counts only where one of the policy's own files brings it in
    };

    using OnText = std::move_only_function<void(const QByteArray &)>;

    [[nodiscard]] QString includeDirectory() const;
    void readPolicy();
    void ask(const QByteArray &call, OnText onText);
    void onPolicyNames(const QByteArray &lines);
    void onIncludeNames(const QByteArray &lines);
    void readNext();
    void onContent(const FileToRead &file, const Result<QByteArray> &reply);
    void loadRules();
    void endReading(const QString &problem);
    void watchDirectories();
    void watch(const QString &path);
    void readSystem();
    void onSystem(const AdminResult &answer);
    void storeSystem(const AdminResult &answer);

    Paths m_paths;
    AdminClient m_core;
    QFileSystemWatcher m_watcher;
    bool m_isFollowed = false;
    Reading m_reading = Reading::None;
    Reading m_systemReading = Reading::None;
    std::deque<FileToRead> m_toRead;
    /// Of the reading that is under way, by path; of an included file that is refused, why.
    std::map<std::string, Result<std::string>> m_texts;
    std::optional<Policy::Rules> m_rules;
    Policy::SystemInfo m_system;
    QByteArray m_systemText; ///< what m_system was made of
    bool m_hasSystem = false;
    bool m_isWatched = true; ///< false: a change may go unnoticed
    QString m_policyProblem;
    QString m_systemProblem;
};

} // namespace Bulkhead
