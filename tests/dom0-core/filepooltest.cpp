// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/filepool.h"

#include "dom0-core/storage/revisions.h"
#include "dom0-core/storage/storage.h"
#include "tests/dom0-core/fakeloops.h"
#include "tests/dom0-core/volumebuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <format>
#include <fstream>
#include <memory>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace fs = std::filesystem;

namespace
{

ino_t inodeOf(const fs::path &path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

} // namespace

class FilePoolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void create_makesASparseFileSystemForNobodyElse();
    void create_thatFailsLeavesNothing();
    void start_givesTheTemplatesRootReadOnly();
    void volatileVolume_hasNoNameAndGoesWithItsUser();
    void template_runsOnACopyThatTakesTheRootsPlace();
    void template_keepsWhatAnInterruptedRunWrote();
    void start_thatFailsHoldsNothing();
    void verify_saysWhatIsMissing();
    void rootInPlace_isNeverWritten();
    void import_takesAnImageAndNothingElse();
    void links_areNotFollowed();
    void model_046_privateIsKeptAndRootIsNot();
    void model_047_outdatedUntilTheNextStart();
    void model_048_oldestRevisionsGoFirst();
    void model_049_adminapi_105_revertCanBeReverted();
    void model_050_interruptedRunsGoOn();
    void volatileVolume_isEmptyAtEachStart();
    void model_054_snapshotsDisabledRunsOnTheVolumeItself();
    void model_058_namesAreTheFields();
    void model_060_model_062_leftoversGoAtTheNextStart();
    void adminapi_108_cloneCopiesTheData();
    void model_056_cloneAcrossPoolsCopies();
    void adminapi_109_S_162_neverSmallerNeverMoreThanTheDisk();
    void adminapi_111_clearLeavesZerosOfTheSameSize();
    void adminapi_115_importTakesTheVolumesPlaceAndSize();
    void model_045_disposableSeesItsTemplatesPrivateAndKeepsNothing();

private:
    void make(const std::string &makeFileSystem);
    [[nodiscard]] Result<void> create(const VolumeSet &set) const;
    [[nodiscard]] Result<StartedVolumes> start(const VolumeSet &set) const;
    [[nodiscard]] Result<void> stop(const VolumeSet &set) const;
    void importRoot(const char *content) const;
    /// A run of the qube that leaves `content` in its private volume.
    void runWork(std::string_view content) const;
    [[nodiscard]] VolumeState stateOf(const char *qube, VolumeName name) const;
    [[nodiscard]] Result<void> revert(const std::string &revision) const;
    [[nodiscard]] std::vector<std::string> revisionContents() const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_directory;
    fs::path m_source;
    FakeLoops *m_loops = nullptr;
    std::shared_ptr<std::vector<FakeLoops::Attached>> m_attached;
    std::unique_ptr<VolumeBuilder> m_builder;
    std::unique_ptr<Pool> m_pool;
};

void FilePoolTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    QVERIFY(m_temporary->isValid());
    m_directory = fs::path(m_temporary->path().toStdString()) / "pool";
    m_source = fs::path(m_temporary->path().toStdString()) / "source.img";
    std::ofstream(m_source) << "first";
    make("/usr/sbin/mkfs.ext4");
}

void FilePoolTest::make(const std::string &makeFileSystem)
{
    auto loops = std::make_unique<FakeLoops>();
    m_loops = loops.get();
    m_attached = loops->attached;
    m_builder = std::make_unique<VolumeBuilder>("file-reflink", m_directory);
    for (const char *const qube : {"debian", "work"}) {
        m_builder->choose(qube, VolumeName::Private, {.size = 64U << 20U});
    }
    // The first pool's driver gets the loops that the test looks at, others get some of their own.
    const auto first = std::make_shared<std::unique_ptr<FakeLoops>>(std::move(loops));
    m_pool = std::make_unique<Storage>(
        [first, makeFileSystem](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
            return makeFilePool({.directory = pool.option("dir_path")},
                                makeFileWork(parent, makeFileSystem),
                                *first ? std::move(*first) : std::make_unique<FakeLoops>(),
                                parent);
        });
    (void)m_pool->verify(m_builder->setOf("debian")); // makes the driver of the first pool
}

Result<void> FilePoolTest::create(const VolumeSet &set) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->create(set, std::move(done));
    });
}

Result<StartedVolumes> FilePoolTest::start(const VolumeSet &set) const
{
    return waitFor<StartedVolumes>([&](Pool::Started done) {
        m_pool->start(set, std::move(done));
    });
}

Result<void> FilePoolTest::stop(const VolumeSet &set) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->stop(set, std::move(done));
    });
}

void FilePoolTest::importRoot(const char *content) const
{
    std::ofstream(m_source) << content;
    QVERIFY(create(m_builder->setOf("debian")));
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->importRoot(m_builder->setOf("debian"), m_source, std::move(done));
    }));
}

void FilePoolTest::create_makesASparseFileSystemForNobodyElse()
{
    const auto created = create(m_builder->setOf("work"));
    QVERIFY2(created.has_value(), created ? "" : created.error().text().c_str());
    const auto image = m_directory / "appvms/work/private.img";
    QCOMPARE(fs::file_size(image), 64U << 20U);
    struct stat status = {};
    QCOMPARE(::stat(image.c_str(), &status), 0);
    QVERIFY(status.st_blocks * 512 < (16 << 20)); // the empty file system's own blocks
    QCOMPARE(status.st_mode & 0777U, 0600U);
    QCOMPARE(fs::status(m_directory / "appvms/work").permissions(), fs::perms::owner_all);
    std::ifstream file(image);
    file.seekg(0x438);
    std::array<char, 2> magic{};
    file.read(magic.data(), magic.size());
    QCOMPARE(magic[0], '\x53'); // ext4's own mark
    QCOMPARE(magic[1], '\xef');
}

void FilePoolTest::create_thatFailsLeavesNothing()
{
    make("/bin/false");
    QVERIFY(!create(m_builder->setOf("work")));
    QVERIFY(fs::is_empty(m_directory / "appvms"));
}

void FilePoolTest::start_givesTheTemplatesRootReadOnly()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto started = start(m_builder->setOf("work")).value();
    QCOMPARE(started.root.path, fs::path("/dev/loop0"));
    QVERIFY(!started.root.writable);
    QVERIFY(started.privateVolume && started.privateVolume->writable);
    QVERIFY(started.volatileVolume && started.volatileVolume->writable);
    QCOMPARE(m_attached->at(0).file, inodeOf(m_directory / "vm-templates/debian/root.img"));
    QVERIFY(!m_attached->at(0).writable);
    QCOMPARE(m_attached->at(1).file, inodeOf(m_directory / "appvms/work/private-dirty.img"));
    QVERIFY(stop(m_builder->setOf("work")));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("root"));
}

void FilePoolTest::volatileVolume_hasNoNameAndGoesWithItsUser()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(m_attached->at(2).size, off_t{10} << 30);
    QCOMPARE(m_attached->at(2).links, nlink_t{0});
    QCOMPARE(namesIn(m_directory / "appvms/work"),
             (std::vector<std::string>{"private-dirty.img", "private.img", "root.img"}));
}

void FilePoolTest::template_runsOnACopyThatTakesTheRootsPlace()
{
    importRoot("before");
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("work")).has_value()); // runs from the root as it is now
    const auto started = start(m_builder->setOf("debian")).value();
    QVERIFY(started.root.writable);
    const auto root = m_directory / "vm-templates/debian/root.img";
    const auto dirty = m_directory / "vm-templates/debian/root-dirty.img";
    QCOMPARE(m_attached->at(3).file, inodeOf(dirty));
    QVERIFY(m_attached->at(0).file != inodeOf(dirty));
    std::ofstream(dirty) << "after"; // what the template does
    QCOMPARE(contentOf(root), std::string("before"));
    QVERIFY(stop(m_builder->setOf("debian")));
    QCOMPARE(contentOf(root), std::string("after"));
    QVERIFY(!fs::exists(dirty));
}

void FilePoolTest::template_keepsWhatAnInterruptedRunWrote()
{
    importRoot("before");
    std::ofstream(m_directory / "vm-templates/debian/root-dirty.img") << "interrupted";
    QVERIFY(start(m_builder->setOf("debian")));
    QVERIFY(stop(m_builder->setOf("debian")));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("interrupted"));
}

void FilePoolTest::start_thatFailsHoldsNothing()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto before = std::distance(fs::directory_iterator("/proc/self/fd"), {});
    m_loops->failsAt = 2;
    QCOMPARE(start(m_builder->setOf("work")).error().code, Errc::Io);
    QCOMPARE(std::distance(fs::directory_iterator("/proc/self/fd"), {}), before);
}

void FilePoolTest::verify_saysWhatIsMissing()
{
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(m_pool->verify(m_builder->setOf("work")).error().text().contains("debian/root.img was never filled"));
    m_builder->useInPlace(m_directory); // not an image
    QVERIFY(m_pool->verify(m_builder->setOf("work")).error().text().contains("not an image"));
    m_builder->useInPlace(m_source);
    QVERIFY(m_pool->verify(m_builder->setOf("work")));
    fs::remove(m_directory / "appvms/work/private.img");
    QVERIFY(m_pool->verify(m_builder->setOf("work")).error().text().contains("private.img"));
}

void FilePoolTest::rootInPlace_isNeverWritten()
{
    m_builder->useInPlace(m_source);
    const auto set = m_builder->setOf("debian");
    QVERIFY(create(set));
    const auto started = start(set).value();
    QVERIFY(!started.root.writable);
    QCOMPARE(m_attached->at(0).file, inodeOf(m_source));
    QVERIFY(!m_attached->at(0).writable);
    QVERIFY(stop(set));
    QCOMPARE(contentOf(m_source), std::string("first"));
}

void FilePoolTest::import_takesAnImageAndNothingElse()
{
    importRoot("one");
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("one"));
    const auto refused = waitFor<void>([&](Pool::Done done) {
        m_pool->importRoot(m_builder->setOf("debian"), m_directory, std::move(done));
    });
    QCOMPARE(refused.error().code, Errc::NotFound);
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("one"));
}

void FilePoolTest::links_areNotFollowed()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto image = m_directory / "appvms/work/private.img";
    fs::remove(image);
    fs::create_symlink(m_source, image);
    QCOMPARE(start(m_builder->setOf("work")).error().code, Errc::NotFound);
    QCOMPARE(contentOf(m_source), std::string("root"));
}

void FilePoolTest::runWork(std::string_view content) const
{
    QVERIFY(start(m_builder->setOf("work")));
    const auto dirty = m_directory / "appvms/work/private-dirty.img";
    QVERIFY(fs::exists(dirty));
    writeFile(dirty, content);
    QVERIFY(stop(m_builder->setOf("work")));
}

VolumeState FilePoolTest::stateOf(const char *qube, VolumeName name) const
{
    return waitFor<VolumeState>([&](Pool::Inspected done) {
               m_pool->inspect(m_builder->volume(qube, name), std::move(done));
           })
        .value();
}

Result<void> FilePoolTest::revert(const std::string &revision) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->revert(m_builder->volume("work", VolumeName::Private), revision, std::move(done));
    });
}

/// What the revisions of work's private volume hold, oldest first, cut to the length of a word.
std::vector<std::string> FilePoolTest::revisionContents() const
{
    std::vector<std::string> contents;
    const auto clean = m_directory / "appvms/work/private.img";
    for (const Revision &revision : revisionsOf(clean)) {
        contents.push_back(contentOf(revision.path).substr(0, 3));
    }
    return contents;
}

void FilePoolTest::model_046_privateIsKeptAndRootIsNot()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("one");
    QCOMPARE(contentOf(m_directory / "appvms/work/private.img"), std::string("one"));
    const auto started = start(m_builder->setOf("work")).value();
    QVERIFY(!started.root.writable); // what it changes goes to the volatile volume
    QCOMPARE(contentOf(m_directory / "appvms/work/private-dirty.img"), std::string("one"));
    QVERIFY(stop(m_builder->setOf("work")));
    QVERIFY(!fs::exists(m_directory / "appvms/work/root.img"));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("root"));
}

void FilePoolTest::model_047_outdatedUntilTheNextStart()
{
    importRoot("before");
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    QVERIFY(start(m_builder->setOf("debian")));
    writeFile(m_directory / "vm-templates/debian/root-dirty.img", "after");
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    QVERIFY(stop(m_builder->setOf("debian")));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(true));
    QCOMPARE(contentOf(m_directory / "appvms/work/root.img"), std::string("before")); // what it runs from
    QVERIFY(stop(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    QCOMPARE(contentOf(m_directory / "appvms/work/root.img"), std::string("after"));
}

void FilePoolTest::model_048_oldestRevisionsGoFirst()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    m_builder->choose("work", VolumeName::Private, {.size = 64U << 20U, .revisionsToKeep = 2});
    for (const char *const words : {"one", "two", "six", "ten"}) {
        runWork(words);
    }
    QCOMPARE(revisionContents(), (std::vector<std::string>{"two", "six"}));
    QCOMPARE(stateOf("work", VolumeName::Private).revisions, (std::vector<std::string>{"3", "4"}));
    m_builder->choose("work", VolumeName::Private, {.revisionsToKeep = 0});
    runWork("end");
    QVERIFY(revisionContents().empty());
}

void FilePoolTest::model_049_adminapi_105_revertCanBeReverted()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("old");
    runWork("new");
    const auto clean = m_directory / "appvms/work/private.img";
    QCOMPARE(revert("1").error().code, Errc::NotFound); // pruned: one is kept
    QCOMPARE(contentOf(clean), std::string("new"));

    QVERIFY(revert("2"));
    QCOMPARE(contentOf(clean), std::string("old"));
    QCOMPARE(stateOf("work", VolumeName::Private).revisions, std::vector<std::string>{"3"});
    QCOMPARE(revisionContents(), std::vector<std::string>{"new"});
    QVERIFY(revert("3"));
    QCOMPARE(contentOf(clean), std::string("new"));
    QCOMPARE(revisionContents(), std::vector<std::string>{"old"});

    QVERIFY(start(m_builder->setOf("work")));
    QVERIFY(stateOf("work", VolumeName::Private).isDirty);
    QCOMPARE(revert("4").error().code, Errc::InUse);
    QCOMPARE(contentOf(clean), std::string("new"));
}

void FilePoolTest::model_050_interruptedRunsGoOn()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("work")));
    writeFile(m_directory / "appvms/work/private-dirty.img", "not stopped");
    make("/usr/sbin/mkfs.ext4"); // dom0 has come up again
    QVERIFY(start(m_builder->setOf("work")));
    QVERIFY(stop(m_builder->setOf("work")));
    QCOMPARE(contentOf(m_directory / "appvms/work/private.img"), std::string("not stopped"));
}

void FilePoolTest::volatileVolume_isEmptyAtEachStart()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    for (int run = 0; run < 2; ++run) {
        m_attached->clear();
        QVERIFY(start(m_builder->setOf("work")));
        QCOMPARE(m_attached->at(2).size, off_t{10} << 30);
        QCOMPARE(m_attached->at(2).blocks, blkcnt_t{0}); // it was never written, so it reads as zeros
        QVERIFY(stop(m_builder->setOf("work")));
    }
}

void FilePoolTest::model_054_snapshotsDisabledRunsOnTheVolumeItself()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    m_builder->choose("work", VolumeName::Private, {.revisionsToKeep = SnapshotsDisabled});
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(m_attached->at(1).file, inodeOf(m_directory / "appvms/work/private.img"));
    QVERIFY(!fs::exists(m_directory / "appvms/work/private-dirty.img"));
    QVERIFY(stop(m_builder->setOf("work")));
    QVERIFY(revisionContents().empty());

    // A template that would write into what a qube runs from does not start.
    QVERIFY(start(m_builder->setOf("work")));
    m_builder->choose("debian", VolumeName::Root, {.revisionsToKeep = SnapshotsDisabled});
    QCOMPARE(start(m_builder->setOf("debian")).error().code, Errc::InUse);
    QVERIFY(stop(m_builder->setOf("work")));
    QVERIFY(start(m_builder->setOf("debian")));
}

void FilePoolTest::model_058_namesAreTheFields()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto clean = m_directory / "appvms/work/private.img";
    fs::last_write_time(clean, std::chrono::file_clock::from_sys(std::chrono::sys_seconds(std::chrono::seconds(1))));
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(namesIn(m_directory / "appvms/work"),
             (std::vector<std::string>{"private-dirty.img", "private.img", "root.img"}));
    QVERIFY(stop(m_builder->setOf("work")));
    QCOMPARE(namesIn(m_directory / "appvms/work"),
             (std::vector<std::string>{"private.img", "private.img.1@1970-01-01T00:00:01Z"}));
    // Those of others are taken as they are, in the order of their numbers; what only looks like one is left alone.
    writeFile(clean.string() + ".10@2020-01-02T03:04:05Z", "ten");
    writeFile(clean.string() + ".9@2026-01-02T03:04:05Z", "nine");
    writeFile(clean.string() + ".x@2020-01-02T03:04:05Z", "x");
    QCOMPARE(stateOf("work", VolumeName::Private).revisions, (std::vector<std::string>{"1", "9", "10"}));
}

void FilePoolTest::model_060_model_062_leftoversGoAtTheNextStart()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto folder = m_directory / "appvms/work";
    for (const char *const name :
         {"private-precache.img", "private-import.img", "private.img~abc", "private.img~new"}) {
        writeFile(folder / name, "left");
    }
    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(namesIn(folder), (std::vector<std::string>{"private-dirty.img", "private.img", "root.img"}));
}

void FilePoolTest::adminapi_108_cloneCopiesTheData()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("data");
    const auto cloned = waitFor<void>([&](Pool::Done done) {
        m_pool->clone(m_builder->volume("work", VolumeName::Private),
                      m_builder->volume("debian", VolumeName::Private),
                      std::move(done));
    });
    QVERIFY(cloned);
    const auto copy = m_directory / "vm-templates/debian/private.img";
    QCOMPARE(contentOf(copy), std::string("data"));
    QVERIFY(inodeOf(copy) != inodeOf(m_directory / "appvms/work/private.img"));
}

void FilePoolTest::model_056_cloneAcrossPoolsCopies()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("data");
    const auto other = fs::path(m_temporary->path().toStdString()) / "other";
    m_builder->addPool({.name = "other", .driver = "file-reflink", .options = {{"dir_path", other.string()}}});
    m_builder->choose("debian", VolumeName::Private, {.pool = "other"});
    const auto cloned = waitFor<void>([&](Pool::Done done) {
        m_pool->clone(m_builder->volume("work", VolumeName::Private),
                      m_builder->volume("debian", VolumeName::Private),
                      std::move(done));
    });
    QVERIFY2(cloned.has_value(), cloned ? "" : cloned.error().text().c_str());
    QCOMPARE(contentOf(other / "vm-templates/debian/private.img"), std::string("data"));
    QCOMPARE(contentOf(m_directory / "appvms/work/private.img"), std::string("data"));
}

void FilePoolTest::adminapi_109_S_162_neverSmallerNeverMoreThanTheDisk()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const auto image = m_directory / "appvms/work/private.img";
    const auto resize = [&](std::uint64_t bytes) {
        return waitFor<void>([&](Pool::Done done) {
            m_pool->resize(m_builder->volume("work", VolumeName::Private), bytes, std::move(done));
        });
    };
    QCOMPARE(resize((64U << 20U) - 1).error().code, Errc::BadValue);
    QCOMPARE(resize(std::uint64_t{1} << 62U).error().code, Errc::BadValue);
    QCOMPARE(fs::file_size(image), 64U << 20U);
    QVERIFY(resize(65U << 20U));
    QCOMPARE(fs::file_size(image), 65U << 20U);

    // In use: what the run has grows, and its device is told.
    QVERIFY(start(m_builder->setOf("work")));
    QVERIFY(resize(66U << 20U));
    QCOMPARE(fs::file_size(m_directory / "appvms/work/private-dirty.img"), 66U << 20U);
    QCOMPARE(*m_loops->refreshed, std::vector<fs::path>{"/dev/loop1"});
    QVERIFY(stop(m_builder->setOf("work")));
    QCOMPARE(fs::file_size(image), 66U << 20U);
    QCOMPARE(waitFor<void>([&](Pool::Done done) {
                 m_pool->resize(m_builder->volume("work", VolumeName::Root), 70U << 20U, std::move(done));
             })
                 .error()
                 .code,
             Errc::Unsupported); // it is the template's
}

void FilePoolTest::adminapi_111_clearLeavesZerosOfTheSameSize()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("data");
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->clear(m_builder->volume("work", VolumeName::Private), std::move(done));
    }));
    QCOMPARE(contentOf(m_directory / "appvms/work/private.img"), std::string(4, '\0'));
    QCOMPARE(revisionContents(), std::vector<std::string>{"dat"});
}

void FilePoolTest::adminapi_115_importTakesTheVolumesPlaceAndSize()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    const Volume volume = m_builder->volume("work", VolumeName::Private);
    const auto begin = [&](std::uint64_t bytes) {
        return waitFor<fs::path>([&](Pool::ImportBegun done) {
            m_pool->beginImport(volume, bytes, std::move(done));
        });
    };
    const auto end = [&](Pool::Import how) {
        return waitFor<void>([&](Pool::Done done) {
            m_pool->endImport(volume, how, std::move(done));
        });
    };
    runWork("data");
    const auto image = m_directory / "appvms/work/private.img";
    const auto place = begin(100).value();
    QCOMPARE(place, m_directory / "appvms/work/private-import.img");
    QCOMPARE(fs::file_size(place), 100U);
    QVERIFY(end(Pool::Import::Discard));
    QVERIFY(!fs::exists(place));
    QCOMPARE(contentOf(image), std::string("data"));

    writeFile(begin(3).value(), "new");
    QVERIFY(end(Pool::Import::Keep));
    QCOMPARE(contentOf(image), std::string("new"));
    QCOMPARE(stateOf("work", VolumeName::Private).size, std::uint64_t{3});
    QCOMPARE(revisionContents(), std::vector<std::string>{"dat"});
    QCOMPARE(end(Pool::Import::Keep).error().code, Errc::NotFound); // nothing was begun

    QVERIFY(start(m_builder->setOf("work")));
    QCOMPARE(begin(3).error().code, Errc::InUse);
}

void FilePoolTest::model_045_disposableSeesItsTemplatesPrivateAndKeepsNothing()
{
    importRoot("root");
    QVERIFY(create(m_builder->setOf("work")));
    runWork("data");
    QVERIFY(create(m_builder->setOf("brief")));
    const auto started = start(m_builder->setOf("brief"));
    QVERIFY2(started.has_value(), started ? "" : started.error().text().c_str());
    QCOMPARE(inodeOf(m_directory / "appvms/brief/root.img"), inodeOf(m_directory / "vm-templates/debian/root.img"));
    const auto dirty = m_directory / "appvms/brief/private-dirty.img";
    QCOMPARE(contentOf(dirty), std::string("data"));
    writeFile(dirty, "changed");
    QVERIFY(stop(m_builder->setOf("brief")));
    QVERIFY(fs::is_empty(m_directory / "appvms/brief"));
    QCOMPARE(contentOf(m_directory / "appvms/work/private.img"), std::string("data"));
}

QTEST_GUILESS_MAIN(FilePoolTest)
#include "filepooltest.moc"
