// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policyreader.h"

#include "manager/policylink/policyfilecall.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/systeminfoparser.h"

#include <KLocalizedString>
#include <QDir>

#include <filesystem>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Texts that were read before, as a tree of files.
class ReadTexts final : public Policy::FileSource
{
public:
    explicit ReadTexts(const std::map<std::string, Result<std::string>> &texts)
        : m_texts(texts)
    {
    }

    [[nodiscard]] Result<std::vector<Policy::Entry>> list(const std::string &directory) override
    {
        const std::filesystem::path wanted = std::filesystem::path(directory + "/").lexically_normal();
        std::vector<Policy::Entry> entries;
        for (const auto &[path, text] : m_texts) {
            const std::filesystem::path file(path);
            if (file.parent_path() / "" == wanted) {
                entries.push_back({.name = file.filename().string()});
            }
        }
        if (entries.empty()) {
            return fail(Errc::NotFound, "the calls for policy files know no such directory");
        }
        return entries;
    }

    [[nodiscard]] Result<Policy::File> read(const std::string &path) override
    {
        const std::string wanted = std::filesystem::path(path).lexically_normal().string();
        const auto text = m_texts.find(wanted);
        if (text == m_texts.end()) {
            return fail(Errc::NotFound, "the calls for policy files know no such file");
        }
        BH_TRY(std::string content, text->second);
        return Policy::File{.path = wanted, .text = std::move(content)};
    }

private:
    const std::map<std::string, Result<std::string>> &m_texts;
};

/// What stands in a file, out of the answer that begins with its token.
Result<std::string> textOf(const QByteArray &answer)
{
    const qsizetype end = answer.indexOf('\n');
    if (end < 0) {
        return fail(Errc::BadField, "the answer has no beginning");
    }
    return answer.sliced(end + 1).toStdString();
}

QStringList namesIn(const QByteArray &lines)
{
    return QString::fromUtf8(lines).split(u'\n', Qt::SkipEmptyParts);
}

} // namespace

PolicyReader::PolicyReader(Paths paths, QObject *parent)
    : PolicyFacts(parent)
    , m_paths(std::move(paths))
    , m_core(m_paths.coreSocket)
{
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, &PolicyReader::readPolicy);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, &PolicyReader::readPolicy);
}

void PolicyReader::setFollowed(bool isFollowed)
{
    m_isFollowed = isFollowed;
    if (isFollowed) {
        readPolicy();
        readSystem();
        return;
    }
    if (const QStringList watched = m_watcher.directories() + m_watcher.files(); !watched.isEmpty()) {
        m_watcher.removePaths(watched);
    }
}

void PolicyReader::onQubesChanged()
{
    if (m_isFollowed) {
        readSystem();
    }
}

const Policy::Rules *PolicyReader::rules() const
{
    return m_rules && m_hasSystem ? &*m_rules : nullptr;
}

QString PolicyReader::problem() const
{
    return QStringList{m_policyProblem, m_systemProblem}.join(u' ').trimmed();
}

QString PolicyReader::includeDirectory() const
{
    return m_paths.directory + u"/include"_s;
}

void PolicyReader::readPolicy()
{
    if (m_reading != Reading::None) {
        m_reading = Reading::AgainAfterwards; // what is being read may be older than the change
        return;
    }
    if (!m_isFollowed) {
        return;
    }
    m_reading = Reading::UnderWay;
    m_texts.clear();
    m_toRead.clear();
    watchDirectories(); // before the first question: what changes from here on is heard of
    ask("policy.List", [this](const QByteArray &lines) {
        onPolicyNames(lines);
    });
}

void PolicyReader::ask(const QByteArray &call, OnText onText)
{
    auto *one = new PolicyFileCall(
        call,
        {},
        [this, onText = std::move(onText)](const Result<QByteArray> &reply) mutable {
            if (reply) {
                onText(*reply);
                return;
            }
            endReading(i18nc(
                "@info %1 a reason", "The policy cannot be read: %1.", QString::fromStdString(reply.error().text())));
        },
        this);
    one->open(m_paths.policySocket);
}

void PolicyReader::onPolicyNames(const QByteArray &lines)
{
    for (const QString &name : namesIn(lines)) {
        const QString file = name + u".policy"_s;
        if (Policy::isPolicyFileName(file.toStdString())) {
            m_toRead.push_back({.path = m_paths.directory + u'/' + file, .call = "policy.Get+" + name.toUtf8()});
        }
    }
    ask("policy.include.List", [this](const QByteArray &includes) {
        onIncludeNames(includes);
    });
}

void PolicyReader::onIncludeNames(const QByteArray &lines)
{
    for (const QString &name : namesIn(lines)) {
        m_toRead.push_back({.path = includeDirectory() + u'/' + name,
                            .call = "policy.include.Get+" + name.toUtf8(),
                            .isIncluded = true});
    }
    readNext();
}

void PolicyReader::readNext()
{
    if (m_toRead.empty()) {
        loadRules();
        return;
    }
    FileToRead file = std::move(m_toRead.front());
    m_toRead.pop_front();
    watch(file.path); // before it is read: what changes from here on is heard of
    const QByteArray call = file.call;
    auto *one = new PolicyFileCall(
        call,
        {},
        [this, file = std::move(file)](const Result<QByteArray> &reply) {
            onContent(file, reply);
        },
        this);
    one->open(m_paths.policySocket);
}

void PolicyReader::onContent(const FileToRead &file, const Result<QByteArray> &reply)
{
    auto text = reply.and_then(textOf);
    const bool isGone = !text && text.error().code == Errc::NotFound; // since the list was made
    const bool isRefused = !text && text.error().code == Errc::Refused;
    if (!text && !isGone && !(isRefused && file.isIncluded)) { // matters to whoever includes it, and else to nobody
        endReading(i18nc("@info %1 a file, %2 a reason",
                         "The policy cannot be read: %1: %2.",
                         file.path,
                         QString::fromStdString(text.error().text())));
        return;
    }
    if (!isGone) {
        m_texts.insert_or_assign(file.path.toStdString(), std::move(text));
    }
    readNext();
}

void PolicyReader::loadRules()
{
    ReadTexts source(m_texts);
    auto loaded = Policy::loadPolicy(
        source, {.directories = {m_paths.directory.toStdString()}, .oldDirectory = "/etc/qubes-rpc/policy"});
    if (!loaded) {
        endReading(i18nc("@info %1 a file with a line's number, and a reason",
                         "The policy cannot be read, so every call may be denied: %1.",
                         QString::fromStdString(loaded.error().text)));
        return;
    }
    m_rules = std::move(loaded->rules);
    QStringList problems;
    if (!QDir(m_paths.runtimeDirectory).entryList({u"*.policy"_s}, QDir::Files).isEmpty()) {
        problems << i18nc(
            "@info %1 a directory",
            "There are rules for this run of the system in %1. They are in force, and are not shown here.",
            m_paths.runtimeDirectory);
    }
    if (!m_isWatched) {
        problems << i18nc("@info %1 a directory",
                          "Changes in %1 are not noticed: switch this off and on to see them.",
                          m_paths.directory);
    }
    const Reading reading = std::exchange(m_reading, Reading::None);
    m_policyProblem = problems.join(u' ');
    Q_EMIT changed();
    if (reading == Reading::AgainAfterwards) {
        readPolicy();
    }
}

void PolicyReader::endReading(const QString &problem)
{
    m_rules.reset();
    m_policyProblem = problem;
    const Reading reading = std::exchange(m_reading, Reading::None);
    Q_EMIT changed();
    if (reading == Reading::AgainAfterwards) {
        readPolicy();
    }
}

void PolicyReader::watchDirectories()
{
    for (const QString &directory : {m_paths.directory, includeDirectory(), m_paths.runtimeDirectory}) {
        if (QDir(directory).exists()) {
            watch(directory);
        }
    }
    m_isWatched = m_watcher.directories().contains(m_paths.directory);
}

/// A file that was replaced by another of its name is watched no more by the kernel: so each is at each reading.
void PolicyReader::watch(const QString &path)
{
    if (m_isFollowed && !m_watcher.directories().contains(path) && !m_watcher.files().contains(path)) {
        m_watcher.addPath(path);
    }
}

void PolicyReader::readSystem()
{
    if (m_systemReading != Reading::None) {
        m_systemReading = Reading::AgainAfterwards;
        return;
    }
    m_systemReading = Reading::UnderWay;
    m_core.call(systemCall("internal.GetSystemInfo"), this, [this](const AdminResult &answer) {
        onSystem(answer);
    });
}

void PolicyReader::onSystem(const AdminResult &answer)
{
    const Reading reading = std::exchange(m_systemReading, Reading::None);
    if (!answer || !m_hasSystem || *answer != m_systemText) { // most events are none for the policy
        storeSystem(answer);
    }
    if (reading == Reading::AgainAfterwards) {
        readSystem();
    }
}

void PolicyReader::storeSystem(const AdminResult &answer)
{
    m_systemText = answer.value_or(QByteArray());
    m_hasSystem = false;
    if (!answer) {
        m_systemProblem = i18nc("@info %1 a sentence",
                                "What the policy needs to know of the qubes cannot be read: %1",
                                answer.error().words);
    } else if (auto system = Policy::parseSystemInfo(answer->toStdString())) {
        m_system = *std::move(system);
        m_hasSystem = true;
        m_systemProblem.clear();
    } else {
        m_systemProblem = i18nc("@info %1 a reason",
                                "What the policy needs to know of the qubes cannot be read: %1.",
                                QString::fromStdString(system.error().text()));
    }
    Q_EMIT changed();
}

} // namespace Bulkhead
