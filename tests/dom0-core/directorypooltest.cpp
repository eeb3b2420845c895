// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/directorypool.h"

#include "dom0-core/storage/rootchanges.h"
#include "dom0-core/storage/storage.h"
#include "tests/dom0-core/volumebuilder.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace fs = std::filesystem;

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
    void model_046_privateIsKeptWithARevisionOfEachRun();
    void model_049_revertCanBeReverted();
    void interruptedRuns_keepWhatWasBeforeThem();
    void model_047_templatesKeepWhatTheirRunsChange();
    void model_050_changesOfACutOffRunStay();
    void model_047_shownRootsStayUntilNobodyShowsThem();
    void clone_copiesTheTree();
    void import_ofAnArchiveTakesTheVolumesPlace();
    void import_ofWhatIsNoArchiveKeepsWhatWasThere();
    void import_thatNobodyEndedIsGoneAtTheNextStart();
    void import_cannotLeaveTheVolume();
    void sizes_areRefused();

private:
    [[nodiscard]] Result<StartedVolumes> start(const char *qube = "work") const;
    [[nodiscard]] Result<void> stop(const char *qube) const;
    [[nodiscard]] std::optional<bool> isOutdated() const;
    void runWork(const char *words) const;
    [[nodiscard]] Result<void> revert(const char *revision) const;
    [[nodiscard]] Result<void> create(const VolumeSet &set) const;
    [[nodiscard]] Result<void> importRoot(const VolumeSet &set, const fs::path &source) const;
    void pack(const fs::path &folder, const fs::path &archive) const;
    [[nodiscard]] Result<void> importStream(const Volume &volume, const fs::path &source) const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::unique_ptr<VolumeBuilder> m_builder;
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
    m_builder = std::make_unique<VolumeBuilder>("directory", m_directory);
    m_pool = std::make_unique<Storage>([](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
        return makeDirectoryPool(pool.option("dir_path"), makeFileWork(parent, {}), parent);
    });
}

Result<void> DirectoryPoolTest::create(const VolumeSet &set) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->create(set, std::move(done));
    });
}

Result<void> DirectoryPoolTest::importRoot(const VolumeSet &set, const fs::path &source) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->importRoot(set, source, std::move(done));
    });
}

void DirectoryPoolTest::create_makesFoldersThatOthersCannotEnter()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(fs::is_directory(m_directory / "vm-templates/debian/root"));
    QVERIFY(fs::is_directory(m_directory / "vm-templates/debian/private"));
    QVERIFY(fs::is_directory(m_directory / "appvms/work/private"));
    QVERIFY(!fs::exists(m_directory / "appvms/work/root"));
    QCOMPARE(fs::status(m_directory / "appvms/work").permissions(), fs::perms::owner_all);
}

void DirectoryPoolTest::create_replacesWhatWasCutOff()
{
    writeFile(m_directory / "appvms/work/.private.new/half", "x");
    writeFile(m_directory / "appvms/work/private/older", "x");
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(fs::is_empty(m_directory / "appvms/work/private"));
    QCOMPARE(namesIn(m_directory / "appvms/work"), std::vector<std::string>{"private"});
}

void DirectoryPoolTest::create_thatFailsLeavesNothing()
{
    writeFile(m_directory / "appvms", "not a folder");
    QCOMPARE(create(m_builder->setOf("work")).error().code, Errc::Io);
    QCOMPARE(std::distance(fs::directory_iterator(m_directory), {}), 1);
}

void DirectoryPoolTest::remove_leavesNothingAndIsNoErrorTwice()
{
    const auto set = m_builder->setOf("work");
    QVERIFY(create(set));
    writeFile(m_directory / "appvms/work/private/home/user/file", "x");
    const auto remove = [&] {
        return waitFor<void>([&](Pool::Done done) {
            m_pool->remove(set, std::move(done));
        });
    };
    QVERIFY(remove());
    QVERIFY(fs::is_empty(m_directory / "appvms"));
    QVERIFY(remove());
}

void DirectoryPoolTest::remove_doesNotTouchARootInPlace()
{
    m_builder->useInPlace(m_source);
    const auto set = m_builder->setOf("debian");
    QVERIFY(create(set));
    QVERIFY(!fs::exists(m_directory / "vm-templates/debian/root"));
    QVERIFY(m_pool->verify(set));
    QVERIFY(waitFor<void>([&](Pool::Done done) {
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
    const auto set = m_builder->setOf("debian");
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
    const auto set = m_builder->setOf("debian");
    QVERIFY(create(set));
    writeFile(m_directory / "vm-templates/debian/root/old", "x");
    QVERIFY(importRoot(set, m_source));
    QVERIFY(!fs::exists(m_directory / "vm-templates/debian/root/old"));
    // What it was is a revision.
    const auto names = namesIn(m_directory / "vm-templates/debian");
    QCOMPARE(names.size(), 3U);
    QVERIFY(names[2].starts_with("root.1@"));
    QVERIFY(fs::exists(m_directory / "vm-templates/debian" / names[2] / "old"));
}

void DirectoryPoolTest::import_thatFailsKeepsTheRootBefore()
{
    const auto set = m_builder->setOf("debian");
    QVERIFY(create(set));
    QVERIFY(importRoot(set, m_source));
    QCOMPARE(importRoot(set, m_source / "nowhere").error().code, Errc::NotFound);
    const auto folder = m_directory / "vm-templates/debian";
    QCOMPARE(fs::file_size(folder / "root/usr/bin/program"), 3U);
    QCOMPARE(std::distance(fs::directory_iterator(folder), {}), 2);
}

void DirectoryPoolTest::start_givesTheTemplatesRootAndTheOwnPrivate()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    const auto started = start();
    QVERIFY(started);
    QCOMPARE(started->root.path, m_directory / "vm-templates/debian/root");
    QVERIFY(!started->root.writable);
    QVERIFY(started->privateVolume);
    QCOMPARE(started->privateVolume->path, m_directory / "appvms/work/private");
    QVERIFY(started->privateVolume->writable);
}

void DirectoryPoolTest::start_withoutARootSaysWhatIsMissing()
{
    QVERIFY(create(m_builder->setOf("work")));
    const auto started = start();
    QVERIFY(!started);
    QCOMPARE(started.error().code, Errc::NotFound);
    QVERIFY(started.error().detail.contains("vm-templates/debian/root"));
}

Result<StartedVolumes> DirectoryPoolTest::start(const char *qube) const
{
    return waitFor<StartedVolumes>([&](Pool::Started done) {
        m_pool->start(m_builder->setOf(qube), std::move(done));
    });
}

Result<void> DirectoryPoolTest::stop(const char *qube) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->stop(m_builder->setOf(qube), std::move(done));
    });
}

/// Of the root that work shows.
std::optional<bool> DirectoryPoolTest::isOutdated() const
{
    const auto state = waitFor<VolumeState>([&](Pool::Inspected done) {
        m_pool->inspect(m_builder->volume("work", VolumeName::Root), std::move(done));
    });
    return state ? state->isOutdated : std::nullopt;
}

/// A run of the qube that leaves `words` in a file of its private volume.
void DirectoryPoolTest::runWork(const char *words) const
{
    const auto started = start();
    QVERIFY(started);
    writeFile(started->privateVolume->path / "file", words);
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->stop(m_builder->setOf("work"), std::move(done));
    }));
}

Result<void> DirectoryPoolTest::revert(const char *revision) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->revert(m_builder->volume("work", VolumeName::Private), revision, std::move(done));
    });
}

void DirectoryPoolTest::model_046_privateIsKeptWithARevisionOfEachRun()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    const auto folder = m_directory / "appvms/work";
    for (const char *const words : {"one", "two", "six"}) {
        runWork(words);
        QCOMPARE(contentOf(folder / "private/file"), std::string(words));
    }
    const auto names = namesIn(folder); // one is kept, and nothing unfinished is left
    QCOMPARE(names.size(), 2U);
    QVERIFY(names[1].starts_with("private.3@"));
    QCOMPARE(contentOf(folder / names[1] / "file"), std::string("two"));
}

void DirectoryPoolTest::model_049_revertCanBeReverted()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    runWork("old");
    runWork("new");
    const auto file = m_directory / "appvms/work/private/file";
    QCOMPARE(revert("7").error().code, Errc::NotFound);
    QCOMPARE(contentOf(file), std::string("new"));
    QVERIFY(revert("2"));
    QCOMPARE(contentOf(file), std::string("old"));
    QVERIFY(revert("3"));
    QCOMPARE(contentOf(file), std::string("new"));
}

void DirectoryPoolTest::interruptedRuns_keepWhatWasBeforeThem()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    runWork("before");
    const auto folder = m_directory / "appvms/work";
    QVERIFY(start());
    writeFile(folder / "private/file", "cut off"); // dom0 does not see the end of this run
    runWork("after");
    QCOMPARE(contentOf(folder / "private/file"), std::string("after"));
    const auto names = namesIn(folder);
    QCOMPARE(names.size(), 2U);
    QCOMPARE(contentOf(folder / names[1] / "file"), std::string("before"));
}

void DirectoryPoolTest::model_047_templatesKeepWhatTheirRunsChange()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    const auto folder = m_directory / "vm-templates/debian";
    const auto started = start("debian");
    QVERIFY(started);
    QVERIFY(started->root.writable);
    const auto changes = rootChangesOf(started->root.path);
    writeFile(changes / "upper/usr/bin/program", "changed");
    QCOMPARE(contentOf(folder / "root/usr/bin/program"), std::string("one")); // not before the stop
    if (const auto stopped = stop("debian"); !stopped && stopped.error().code == Errc::Driver) {
        QCOMPARE(contentOf(changes / "upper/usr/bin/program"), std::string("changed")); // nothing is lost
        QSKIP("needs the right to mount an overlay");
    }
    QCOMPARE(contentOf(folder / "root/usr/bin/program"), std::string("changed"));
    const auto names = namesIn(folder);
    QCOMPARE(names.size(), 4U); // private, root and what they were
    QVERIFY(names[3].starts_with("root.1@"));
    QCOMPARE(contentOf(folder / names[3] / "usr/bin/program"), std::string("one"));
}

void DirectoryPoolTest::model_050_changesOfACutOffRunStay()
{
    const auto set = m_builder->setOf("debian");
    QVERIFY(create(set));
    QVERIFY(importRoot(set, m_source));
    const auto started = start("debian");
    QVERIFY(started);
    const auto file = rootChangesOf(started->root.path) / "upper/file";
    writeFile(file, "written"); // dom0 does not see the end of this run
    QCOMPARE(importRoot(set, m_source).error().code, Errc::InUse);
    QVERIFY(start("debian"));
    QCOMPARE(contentOf(file), std::string("written"));
}

void DirectoryPoolTest::model_047_shownRootsStayUntilNobodyShowsThem()
{
    m_builder->choose("debian", VolumeName::Root, {.revisionsToKeep = 0});
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    QCOMPARE(isOutdated(), std::nullopt);
    QVERIFY(start());
    QCOMPARE(isOutdated(), std::optional(false));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QCOMPARE(isOutdated(), std::optional(true));
    const auto folder = m_directory / "vm-templates/debian";
    QCOMPARE(namesIn(folder).size(), 3U); // the one that work shows is still there
    QVERIFY(stop("work"));
    QCOMPARE(isOutdated(), std::nullopt);
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QCOMPARE(namesIn(folder), (std::vector<std::string>{"private", "root"}));
    QVERIFY(std::ranges::none_of(namesIn(m_directory / "appvms/work"), [](const std::string &name) {
        return name.starts_with(".root");
    }));
}

void DirectoryPoolTest::clone_copiesTheTree()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    runWork("data");
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->clone(m_builder->volume("work", VolumeName::Private),
                      m_builder->volume("debian", VolumeName::Private),
                      std::move(done));
    }));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/private/file"), std::string("data"));
    QCOMPARE(contentOf(m_directory / "appvms/work/private/file"), std::string("data"));
}

/// What `tar` makes of a folder, with owners of a qube.
void DirectoryPoolTest::pack(const fs::path &folder, const fs::path &archive) const
{
    QProcess tar;
    tar.start(QStringLiteral("tar"),
              {QStringLiteral("--create"),
               QStringLiteral("--gzip"),
               QStringLiteral("--owner=1000"),
               QStringLiteral("--group=1000"),
               QStringLiteral("--directory=%1").arg(QString::fromStdString(folder.string())),
               QStringLiteral("--file=%1").arg(QString::fromStdString(archive.string())),
               QStringLiteral(".")});
    QVERIFY(tar.waitForFinished());
    QCOMPARE(tar.exitCode(), 0);
}

/// A whole import of a file's bytes.
Result<void> DirectoryPoolTest::importStream(const Volume &volume, const fs::path &source) const
{
    BH_TRY(const fs::path place, waitFor<fs::path>([&](Pool::ImportBegun done) {
               m_pool->beginImport(volume, fs::file_size(source), std::move(done));
           }));
    fs::copy_file(source, place, fs::copy_options::overwrite_existing);
    return waitFor<void>([&](Pool::Done done) {
        m_pool->endImport(volume, Pool::Import::Keep, std::move(done));
    });
}

void DirectoryPoolTest::import_ofAnArchiveTakesTheVolumesPlace()
{
    QVERIFY(create(m_builder->setOf("work")));
    const fs::path volume = m_directory / "appvms/work/private";
    writeFile(volume / "before", "older");
    writeFile(m_source / "home/user/file", "imported");
    fs::create_symlink("/etc/passwd", m_source / "link");
    const fs::path archive = m_directory.parent_path() / "archive.tar.gz";
    pack(m_source, archive);
    const auto imported = importStream(m_builder->volume("work", VolumeName::Private), archive);
    QVERIFY2(imported, imported ? "" : imported.error().text().c_str());
    QCOMPARE(contentOf(volume / "home/user/file"), std::string("imported"));
    QVERIFY(fs::is_symlink(volume / "link"));
    QVERIFY(!fs::exists(volume / "before"));
    struct stat status = {};
    QCOMPARE(::stat((volume / "home/user/file").c_str(), &status), 0);
    QCOMPARE(status.st_uid, 1000U);
    // What the volume held is a way back, and nothing else is left.
    const auto names = namesIn(m_directory / "appvms/work");
    QCOMPARE(names.size(), 2U);
    QCOMPARE(contentOf(m_directory / "appvms/work"
                       / *std::ranges::find_if(names,
                                               [](const std::string &name) {
                                                   return name != "private";
                                               })
                       / "before"),
             std::string("older"));
}

void DirectoryPoolTest::import_ofWhatIsNoArchiveKeepsWhatWasThere()
{
    QVERIFY(create(m_builder->setOf("work")));
    writeFile(m_directory / "appvms/work/private/before", "older");
    const fs::path noise = m_directory.parent_path() / "noise";
    writeFile(noise, std::string(4096, 'x'));
    const auto imported = importStream(m_builder->volume("work", VolumeName::Private), noise);
    QCOMPARE(imported.error().code, Errc::Driver);
    QVERIFY(imported.error().text().contains("tar archive"));
    QCOMPARE(namesIn(m_directory / "appvms/work"), std::vector<std::string>{"private"});
    QCOMPARE(contentOf(m_directory / "appvms/work/private/before"), std::string("older"));

    const Volume volume = m_builder->volume("work", VolumeName::Private);
    const auto tooLarge = waitFor<fs::path>([&](Pool::ImportBegun done) {
        m_pool->beginImport(volume, std::uint64_t{1} << 60U, std::move(done));
    });
    QCOMPARE(tooLarge.error().code, Errc::BadValue);
}

void DirectoryPoolTest::import_thatNobodyEndedIsGoneAtTheNextStart()
{
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(importRoot(m_builder->setOf("debian"), m_source));
    QVERIFY(create(m_builder->setOf("work")));
    const Volume volume = m_builder->volume("work", VolumeName::Private);
    QVERIFY(waitFor<fs::path>([&](Pool::ImportBegun done) {
        m_pool->beginImport(volume, 4096, std::move(done));
    }));
    QVERIFY(start());
    QVERIFY(stop("work"));
    QVERIFY(!fs::exists(m_directory / "appvms/work/.private.import"));
    const auto ended = waitFor<void>([&](Pool::Done done) {
        m_pool->endImport(volume, Pool::Import::Keep, std::move(done));
    });
    QCOMPARE(ended.error().code, Errc::NotFound);
}

void DirectoryPoolTest::import_cannotLeaveTheVolume()
{
    QVERIFY(create(m_builder->setOf("work")));
    const fs::path outside = m_directory.parent_path() / "outside";
    fs::create_directory(outside);
    // A link out of the volume, and behind it a file that would be written through it.
    const fs::path archive = m_directory.parent_path() / "mean.tar";
    QProcess script;
    script.start(
        QStringLiteral("sh"),
        {QStringLiteral("-ec"),
         QStringLiteral("cd \"$1\"; ln -s \"$2\" way; tar -cf \"$3\" way; rm way; mkdir way; echo x >way/file; "
                        "tar -rf \"$3\" way/file; tar -rPf \"$3\" ../source/way/file"),
         QStringLiteral("sh"),
         QString::fromStdString(m_source.string()),
         QString::fromStdString(outside.string()),
         QString::fromStdString(archive.string())});
    QVERIFY(script.waitForFinished());
    QCOMPARE(script.exitCode(), 0);
    (void)importStream(m_builder->volume("work", VolumeName::Private), archive); // refused or tamed: both are fine
    QVERIFY(fs::is_empty(outside));
    QVERIFY(!fs::exists(m_directory / "appvms/work/source"));
    QVERIFY(!fs::exists(m_directory / "appvms/source"));
}

void DirectoryPoolTest::sizes_areRefused()
{
    QVERIFY(create(m_builder->setOf("work")));
    const Volume volume = m_builder->volume("work", VolumeName::Private);
    QCOMPARE(waitFor<void>([&](Pool::Done done) {
                 m_pool->resize(volume, 1U << 30U, std::move(done));
             })
                 .error()
                 .code,
             Errc::Unsupported);
}

QTEST_GUILESS_MAIN(DirectoryPoolTest)
#include "directorypooltest.moc"
