// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/filepool.h"

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
namespace fs = std::filesystem;

namespace
{

/// Gives every image a number in place of a device, and knows what it was given.
class FakeLoops final : public LoopDevices
{
public:
    struct Attached {
        ino_t file = 0;
        off_t size = 0;
        nlink_t links = 0;
        bool writable = false;
    };

    [[nodiscard]] Result<LoopDevice> attach(const UniqueFd &image, bool writable) override
    {
        if (attached->size() == failsAt) {
            return fail(Errc::Io, "there is no free loop device");
        }
        struct stat status = {};
        if (::fstat(image.get(), &status) != 0) {
            return fail(Errc::Io, "not a file");
        }
        attached->push_back(
            {.file = status.st_ino, .size = status.st_size, .links = status.st_nlink, .writable = writable});
        return LoopDevice{.path = std::format("/dev/loop{}", attached->size() - 1),
                          .holder = UniqueFd(::dup(image.get()))};
    }

    std::shared_ptr<std::vector<Attached>> attached = std::make_shared<std::vector<Attached>>();
    std::size_t failsAt = 1000;
};

VolumeSet templateSet()
{
    return {.qube = *QubeName::parse("debian"),
            .rootKind = RootKind::Kept,
            .rootOwner = *QubeName::parse("debian"),
            .rootInPlace = {}};
}

VolumeSet appSet()
{
    return {.qube = *QubeName::parse("work"),
            .rootKind = RootKind::Discarded,
            .rootOwner = *QubeName::parse("debian"),
            .rootInPlace = {}};
}

template<typename T, typename Operation> Result<T> waitFor(Operation operation)
{
    std::optional<Result<T>> outcome;
    operation([&](Result<T> result) {
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

ino_t inodeOf(const fs::path &path)
{
    struct stat status = {};
    return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::string contentOf(const fs::path &path)
{
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
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

private:
    void make(const std::string &makeFileSystem);
    [[nodiscard]] Result<void> create(const VolumeSet &set) const;
    [[nodiscard]] Result<StartedVolumes> start(const VolumeSet &set) const;
    [[nodiscard]] Result<void> stop(const VolumeSet &set) const;
    void importRoot(const char *content) const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_directory;
    fs::path m_source;
    FakeLoops *m_loops = nullptr;
    std::shared_ptr<std::vector<FakeLoops::Attached>> m_attached;
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
    m_pool.reset(makeFilePool({.directory = m_directory,
                               .privateBytes = 64U << 20U,
                               .volatileBytes = 10ULL << 30U,
                               .makeFileSystem = makeFileSystem},
                              std::move(loops),
                              nullptr));
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
    QVERIFY(create(templateSet()));
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->importRoot(templateSet(), m_source, std::move(done));
    }));
}

void FilePoolTest::create_makesASparseFileSystemForNobodyElse()
{
    const auto created = create(appSet());
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
    QVERIFY(!create(appSet()));
    QVERIFY(fs::is_empty(m_directory / "appvms"));
}

void FilePoolTest::start_givesTheTemplatesRootReadOnly()
{
    importRoot("root");
    QVERIFY(create(appSet()));
    const auto started = start(appSet()).value();
    QCOMPARE(started.root.path, fs::path("/dev/loop0"));
    QVERIFY(!started.root.writable);
    QVERIFY(started.privateVolume && started.privateVolume->writable);
    QVERIFY(started.volatileVolume && started.volatileVolume->writable);
    QCOMPARE(m_attached->at(0).file, inodeOf(m_directory / "vm-templates/debian/root.img"));
    QVERIFY(!m_attached->at(0).writable);
    QCOMPARE(m_attached->at(1).file, inodeOf(m_directory / "appvms/work/private.img"));
    QVERIFY(stop(appSet()));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("root"));
}

void FilePoolTest::volatileVolume_hasNoNameAndGoesWithItsUser()
{
    importRoot("root");
    QVERIFY(create(appSet()));
    QVERIFY(start(appSet()));
    QCOMPARE(m_attached->at(2).size, off_t{10} << 30);
    QCOMPARE(m_attached->at(2).links, nlink_t{0});
    QCOMPARE(std::distance(fs::directory_iterator(m_directory / "appvms/work"), {}), 1); // private.img
}

void FilePoolTest::template_runsOnACopyThatTakesTheRootsPlace()
{
    importRoot("before");
    QVERIFY(create(appSet()));
    QVERIFY(start(appSet()).has_value()); // runs from the root as it is now
    const auto started = start(templateSet()).value();
    QVERIFY(started.root.writable);
    const auto root = m_directory / "vm-templates/debian/root.img";
    const auto dirty = m_directory / "vm-templates/debian/root-dirty.img";
    QCOMPARE(m_attached->at(3).file, inodeOf(dirty));
    QVERIFY(m_attached->at(0).file != inodeOf(dirty));
    std::ofstream(dirty) << "after"; // what the template does
    QCOMPARE(contentOf(root), std::string("before"));
    QVERIFY(stop(templateSet()));
    QCOMPARE(contentOf(root), std::string("after"));
    QVERIFY(!fs::exists(dirty));
}

void FilePoolTest::template_keepsWhatAnInterruptedRunWrote()
{
    importRoot("before");
    std::ofstream(m_directory / "vm-templates/debian/root-dirty.img") << "interrupted";
    QVERIFY(start(templateSet()));
    QVERIFY(stop(templateSet()));
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("interrupted"));
}

void FilePoolTest::start_thatFailsHoldsNothing()
{
    importRoot("root");
    QVERIFY(create(appSet()));
    const auto before = std::distance(fs::directory_iterator("/proc/self/fd"), {});
    m_loops->failsAt = 2;
    QCOMPARE(start(appSet()).error().code, Errc::Io);
    QCOMPARE(std::distance(fs::directory_iterator("/proc/self/fd"), {}), before);
}

void FilePoolTest::verify_saysWhatIsMissing()
{
    QVERIFY(create(appSet()));
    QVERIFY(m_pool->verify(appSet()).error().text().contains("debian was never filled"));
    auto inPlace = appSet();
    inPlace.rootInPlace = m_directory; // not an image
    QVERIFY(m_pool->verify(inPlace).error().text().contains("not an image"));
    inPlace.rootInPlace = m_source;
    QVERIFY(m_pool->verify(inPlace));
    fs::remove(m_directory / "appvms/work/private.img");
    QVERIFY(m_pool->verify(inPlace).error().text().contains("private.img"));
}

void FilePoolTest::rootInPlace_isNeverWritten()
{
    auto set = templateSet();
    set.rootInPlace = m_source;
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
        m_pool->importRoot(templateSet(), m_directory, std::move(done));
    });
    QCOMPARE(refused.error().code, Errc::NotFound);
    QCOMPARE(contentOf(m_directory / "vm-templates/debian/root.img"), std::string("one"));
}

void FilePoolTest::links_areNotFollowed()
{
    importRoot("root");
    QVERIFY(create(appSet()));
    const auto image = m_directory / "appvms/work/private.img";
    fs::remove(image);
    fs::create_symlink(m_source, image);
    QCOMPARE(start(appSet()).error().code, Errc::Io);
    QCOMPARE(contentOf(m_source), std::string("root"));
}

QTEST_GUILESS_MAIN(FilePoolTest)
#include "filepooltest.moc"
