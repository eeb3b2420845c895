// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/bulkheadd/rundirectory.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <memory>
#include <string>

using namespace Bulkhead;

namespace
{

constexpr uid_t Nobody = 65534;
constexpr int CannotBeAnother = 77;

/// What `attempt` returns as another user of dom0, in none of its groups.
int asAnotherUser(const std::function<int()> &attempt)
{
    const pid_t child = ::fork();
    if (child == 0) {
        const bool isAnother = ::setgroups(0, nullptr) == 0 && ::setgid(Nobody) == 0 && ::setuid(Nobody) == 0;
        ::_exit(isAnother ? attempt() : CannotBeAnother);
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int errnoOf(bool isDone)
{
    return isDone ? 0 : errno;
}

int listing(const std::string &directory)
{
    return errnoOf(::opendir(directory.c_str()) != nullptr);
}

int reading(const std::string &file)
{
    return errnoOf(::open(file.c_str(), O_RDONLY | O_CLOEXEC) >= 0);
}

int making(const std::string &file)
{
    return errnoOf(::open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600) >= 0);
}

int removing(const std::string &file)
{
    return errnoOf(::unlink(file.c_str()) == 0);
}

} // namespace

class RunDirectoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void S_200_anotherUserNeitherSeesNorChangesWhatIsOurs_data();
    void S_200_anotherUserNeitherSeesNorChangesWhatIsOurs();
    void S_200_groupWritesWhereTheDesktopUsersSocketsLie();
    void S_200_modesDoNotDependOnTheUmask();
    void whatIsThereStaysAsItIs();

private:
    [[nodiscard]] std::string path(const std::string &name) const
    {
        return m_directory->path().toStdString() + "/" + name;
    }

    [[nodiscard]] unsigned modeOf(const std::string &name) const
    {
        struct stat status{};
        return ::stat(path(name).c_str(), &status) == 0 ? status.st_mode & 07777U : 0U;
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void RunDirectoryTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QCOMPARE(::chmod(m_directory->path().toLocal8Bit().constData(), 0755), 0); // as /run and /var/lib are
    QVERIFY(makeRunDirectories(path("")));
    QVERIFY(makeStateDirectory(path("state")));
}

void RunDirectoryTest::S_200_anotherUserNeitherSeesNorChangesWhatIsOurs_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<bool>("isPassed");
    QTest::newRow("sockets of the desktop user's daemons") << QStringLiteral("qubes") << false;
    QTest::newRow("what runs") << QStringLiteral("bulkhead") << true;
    QTest::newRow("the store") << QStringLiteral("state") << false;
}

void RunDirectoryTest::S_200_anotherUserNeitherSeesNorChangesWhatIsOurs()
{
    QFETCH(const QString, name);
    QFETCH(const bool, isPassed);
    const std::string directory = path(name.toStdString());
    const std::string file = directory + "/file";
    QCOMPARE(making(file), 0);
    QCOMPARE(::chmod(file.c_str(), 0644), 0); // what is in a closed folder need not be closed
    if (asAnotherUser([] {
            return 0;
        })
        == CannotBeAnother) {
        QSKIP("one user is mapped here");
    }
    QCOMPARE(asAnotherUser([&] {
                 return listing(directory);
             }),
             EACCES);
    QCOMPARE(asAnotherUser([&] {
                 return reading(file);
             }),
             isPassed ? 0 : EACCES);
    QCOMPARE(asAnotherUser([&] {
                 return making(directory + "/new");
             }),
             EACCES);
    QCOMPARE(asAnotherUser([&] {
                 return removing(file);
             }),
             EACCES);
}

void RunDirectoryTest::S_200_groupWritesWhereTheDesktopUsersSocketsLie()
{
    QCOMPARE(modeOf("qubes"), 02770U);
    QCOMPARE(modeOf("bulkhead"), 0751U);
    QCOMPARE(modeOf("state"), 0700U);
}

void RunDirectoryTest::S_200_modesDoNotDependOnTheUmask()
{
    for (const mode_t mask : {0000U, 0077U, 0777U}) {
        m_directory = std::make_unique<QTemporaryDir>();
        const mode_t before = ::umask(mask);
        const bool isDone = makeRunDirectories(path("")).has_value();
        ::umask(before);
        QVERIFY(isDone);
        QCOMPARE(modeOf("qubes"), 02770U);
        QCOMPARE(modeOf("bulkhead"), 0751U);
    }
}

void RunDirectoryTest::whatIsThereStaysAsItIs()
{
    QCOMPARE(::chmod(path("bulkhead").c_str(), 0750), 0); // as systemd makes it
    QVERIFY(makeRunDirectories(path("")));
    QCOMPARE(modeOf("bulkhead"), 0750U);
}

QTEST_GUILESS_MAIN(RunDirectoryTest)
#include "rundirectorytest.moc"
