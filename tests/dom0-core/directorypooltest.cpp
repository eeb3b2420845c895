// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/directorypool.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <memory>
#include <optional>

using namespace Bulkhead;
namespace fs = std::filesystem;

namespace
{

/// Calls an operation of a pool and waits until it is done.
template<typename Operation> Result<void> wait(Operation operation)
{
    std::optional<Result<void>> outcome;
    operation([&](Result<void> result) {
        outcome = std::move(result);
    });
    if (!QTest::qWaitFor(
            [&] {
                return outcome.has_value();
            },
            20000)) {
        return fail(Errc::TimedOut, "the operation does not end");
    }
    return *std::move(outcome);
}

VolumeSet templateSet(const char *name)
{
    return {.qube = *QubeName::parse(name),
            .rootKind = RootKind::Kept,
            .rootOwner = *QubeName::parse(name),
            .rootInPlace = {}};
}

VolumeSet appSet(const char *name, const char *owner)
{
    return {.qube = *QubeName::parse(name),
            .rootKind = RootKind::Discarded,
            .rootOwner = *QubeName::parse(owner),
            .rootInPlace = {}};
}

void writeFile(const fs::path &path, const char *words)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path) << words;
}

} // namespace

class DirectoryPoolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void create_makesFoldersThatOthersCannotEnter();
    void create_replacesWhatWasCutOff();
    void create_thatFailsLeavesNothing();
    void remove_leavesNothingAndIsNoErrorTwice();
    void remove_doesNotTouchARootInPlace();
    void import_copiesTheWholeTree();
    void import_replacesTheRootBefore();
    void import_thatFailsKeepsTheRootBefore();
    void start_givesTheTemplatesRootAndTheOwnPrivate();
    void start_withoutARootSaysWhatIsMissing();

private:
    [[nodiscard]] Result<void> create(const VolumeSet &set) const;
    [[nodiscard]] Result<void> importRoot(const VolumeSet &set, const fs::path &source) const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::unique_ptr<Pool> m_pool;
    fs::path m_directory;
    fs::path m_source;
};

void DirectoryPoolTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    QVERIFY(m_temporary->isValid());
    m_directory = fs::path(m_temporary->path().toStdString()) / "pool";
    m_source = fs::path(m_temporary->path().toStdString()) / "source";
    writeFile(m_source / "usr/bin/program", "one");
    m_pool.reset(makeDirectoryPool(m_directory, nullptr));
}

Result<void> DirectoryPoolTest::create(const VolumeSet &set) const
{
    return wait([&](Pool::Done done) {
        m_pool->create(set, std::move(done));
    });
}

Result<void> DirectoryPoolTest::importRoot(const VolumeSet &set, const fs::path &source) const
{
    return wait([&](Pool::Done done) {
        m_pool->importRoot(set, source, std::move(done));
    });
}

void DirectoryPoolTest::create_makesFoldersThatOthersCannotEnter()
{
    QVERIFY(create(templateSet("debian")));
    QVERIFY(create(appSet("work", "debian")));
    QVERIFY(fs::is_directory(m_directory / "vm-templates/debian/root"));
    QVERIFY(fs::is_directory(m_directory / "vm-templates/debian/private"));
    QVERIFY(fs::is_directory(m_directory / "appvms/work/private"));
    QVERIFY(!fs::exists(m_directory / "appvms/work/root"));
    QCOMPARE(fs::status(m_directory / "appvms/work").permissions(), fs::perms::owner_all);
}

void DirectoryPoolTest::create_replacesWhatWasCutOff()
{
    writeFile(m_directory / "appvms/.work.new/private/half", "x");
    writeFile(m_directory / "appvms/work/private/older", "x");
    QVERIFY(create(appSet("work", "debian")));
    QVERIFY(fs::is_empty(m_directory / "appvms/work/private"));
    QCOMPARE(std::distance(fs::directory_iterator(m_directory / "appvms"), {}), 1);
}

void DirectoryPoolTest::create_thatFailsLeavesNothing()
{
    writeFile(m_directory / "appvms", "not a folder");
    QCOMPARE(create(appSet("work", "debian")).error().code, Errc::Io);
    QCOMPARE(std::distance(fs::directory_iterator(m_directory), {}), 1);
}

void DirectoryPoolTest::remove_leavesNothingAndIsNoErrorTwice()
{
    const auto set = appSet("work", "debian");
    QVERIFY(create(set));
    writeFile(m_directory / "appvms/work/private/home/user/file", "x");
    const auto remove = [&] {
        return wait([&](Pool::Done done) {
            m_pool->remove(set, std::move(done));
        });
    };
    QVERIFY(remove());
    QVERIFY(fs::is_empty(m_directory / "appvms"));
    QVERIFY(remove());
}

void DirectoryPoolTest::remove_doesNotTouchARootInPlace()
{
    auto set = templateSet("debian");
    set.rootInPlace = m_source;
    QVERIFY(create(set));
    QVERIFY(!fs::exists(m_directory / "vm-templates/debian/root"));
    QVERIFY(m_pool->verify(set));
    QVERIFY(wait([&](Pool::Done done) {
        m_pool->remove(set, std::move(done));
    }));
    QVERIFY(fs::exists(m_source / "usr/bin/program"));
}

void DirectoryPoolTest::import_copiesTheWholeTree()
{
    fs::create_symlink("usr/bin", m_source / "bin");
    constexpr auto ForAll = fs::perms::owner_all | fs::perms::group_read | fs::perms::group_exec
        | fs::perms::others_read | fs::perms::others_exec;
    fs::permissions(m_source / "usr/bin/program", ForAll);
    const auto set = templateSet("debian");
    QVERIFY(create(set));
    QVERIFY(!m_pool->verify(set)); // an empty root is none
    QVERIFY(importRoot(set, m_source));
    const auto root = m_directory / "vm-templates/debian/root";
    QCOMPARE(fs::read_symlink(root / "bin"), fs::path("usr/bin"));
    QCOMPARE(fs::status(root / "usr/bin/program").permissions(), ForAll);
    writeFile(m_source / "usr/bin/program", "changed later");
    QCOMPARE(fs::file_size(root / "usr/bin/program"), 3U); // a copy, not a link
    QVERIFY(m_pool->verify(set));
}

void DirectoryPoolTest::import_replacesTheRootBefore()
{
    const auto set = templateSet("debian");
    QVERIFY(create(set));
    writeFile(m_directory / "vm-templates/debian/root/old", "x");
    QVERIFY(importRoot(set, m_source));
    QVERIFY(!fs::exists(m_directory / "vm-templates/debian/root/old"));
    QCOMPARE(std::distance(fs::directory_iterator(m_directory / "vm-templates/debian"), {}), 2); // root, private
}

void DirectoryPoolTest::import_thatFailsKeepsTheRootBefore()
{
    const auto set = templateSet("debian");
    QVERIFY(create(set));
    QVERIFY(importRoot(set, m_source));
    QCOMPARE(importRoot(set, m_source / "nowhere").error().code, Errc::NotFound);
    const auto folder = m_directory / "vm-templates/debian";
    QCOMPARE(fs::file_size(folder / "root/usr/bin/program"), 3U);
    QCOMPARE(std::distance(fs::directory_iterator(folder), {}), 2);
}

void DirectoryPoolTest::start_givesTheTemplatesRootAndTheOwnPrivate()
{
    QVERIFY(create(templateSet("debian")));
    QVERIFY(importRoot(templateSet("debian"), m_source));
    QVERIFY(create(appSet("work", "debian")));
    std::optional<StartedVolumes> started;
    m_pool->start(appSet("work", "debian"), [&](Result<StartedVolumes> outcome) {
        started = outcome.value();
    });
    QVERIFY(started);
    QCOMPARE(started->root.path, m_directory / "vm-templates/debian/root");
    QVERIFY(!started->root.writable);
    QVERIFY(started->privateVolume);
    QCOMPARE(started->privateVolume->path, m_directory / "appvms/work/private");
    QVERIFY(started->privateVolume->writable);
}

void DirectoryPoolTest::start_withoutARootSaysWhatIsMissing()
{
    QVERIFY(create(appSet("work", "debian")));
    std::optional<Error> error;
    m_pool->start(appSet("work", "debian"), [&](Result<StartedVolumes> outcome) {
        error = std::move(outcome).error();
    });
    QVERIFY(error);
    QCOMPARE(error->code, Errc::NotFound);
    QVERIFY(error->detail.contains("vm-templates/debian/root"));
}

QTEST_GUILESS_MAIN(DirectoryPoolTest)
#include "directorypooltest.moc"
