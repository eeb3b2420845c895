// SPDX-License-Identifier: GPL-2.0-or-later
// Volatile volumes that are encrypted with a key that nobody keeps.
#include "base/formatted.h"
#include "dom0-core/storage/cryptdevices.h"
#include "dom0-core/storage/filepool.h"
#include "dom0-core/storage/storage.h"
#include "tests/dom0-core/fakeloops.h"
#include "tests/dom0-core/volumebuilder.h"

#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <memory>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace fs = std::filesystem;

namespace
{

/// Writes down what it is asked for.
class FakeCrypt final : public CryptDevices
{
public:
    struct Log {
        std::vector<std::string> lines;
        bool openFails = false;
    };

    explicit FakeCrypt(Log &log)
        : m_log(log)
    {
    }

    void open(const fs::path &device, const std::string &name, Opened done) override
    {
        m_log.lines.push_back("open " + device.string() + " " + name);
        m_log.openFails ? done(fail(Errc::Driver, "the kernel knows no dm-crypt"))
                        : done(fs::path("/dev/mapper") / name);
    }

    void close(const std::string &name, Done done) override
    {
        m_log.lines.push_back("close " + name);
        done({});
    }

private:
    Log &m_log;
};

constexpr std::string_view Mapper = "vm-volatile-work-crypt@volatile";

} // namespace

class EphemeralTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void model_052_volatileIsFreshAndOnADeviceWithAKeyOfItsOwn();
    void model_052_withoutTheFlagItIsNotEncrypted();
    void close_isTriedWhateverTheFlagSaysMeanwhile();
    void start_withoutEncryptionLeavesNothingStarted();
    void names_keepQubesApart();
    void table_isPlainAndHoldsTheKey();

private:
    [[nodiscard]] Result<StartedVolumes> start() const;
    [[nodiscard]] Result<void> stop() const;
    void fillRoot() const;
    void setEphemeral(bool ephemeral) const;

    std::unique_ptr<QTemporaryDir> m_temporary;
    std::unique_ptr<VolumeBuilder> m_builder;
    FakeCrypt::Log m_log;
    std::shared_ptr<std::vector<FakeLoops::Attached>> m_attached;
    std::unique_ptr<Pool> m_pool;
};

void EphemeralTest::init()
{
    m_temporary = std::make_unique<QTemporaryDir>();
    m_log = {};
    const fs::path directory = fs::path(m_temporary->path().toStdString()) / "pool";
    m_builder = std::make_unique<VolumeBuilder>("file-reflink", directory);
    m_pool = std::make_unique<Storage>(
        [this](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
            auto loops = std::make_unique<FakeLoops>();
            m_attached = loops->attached;
            return makeFilePool({.directory = pool.option("dir_path"), .mustShareBlocks = false},
                                makeFileWork(parent, "/bin/true"),
                                std::move(loops),
                                parent);
        },
        std::make_unique<FakeCrypt>(m_log),
        nullptr);
    for (const char *const qube : {"debian", "work"}) {
        QVERIFY(waitFor<void>([&](Pool::Done done) {
            m_pool->create(m_builder->setOf(qube), std::move(done));
        }));
    }
    fillRoot();
}

void EphemeralTest::fillRoot() const
{
    const fs::path image = fs::path(m_temporary->path().toStdString()) / "image";
    writeFile(image, "a root");
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->importRoot(m_builder->setOf("debian"), image, std::move(done));
    }));
}

void EphemeralTest::setEphemeral(bool ephemeral) const
{
    m_builder->choose("work", VolumeName::Volatile, {.ephemeral = ephemeral});
}

Result<StartedVolumes> EphemeralTest::start() const
{
    return waitFor<StartedVolumes>([&](Pool::Started done) {
        m_pool->start(m_builder->setOf("work"), std::move(done));
    });
}

Result<void> EphemeralTest::stop() const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->stop(m_builder->setOf("work"), std::move(done));
    });
}

void EphemeralTest::model_052_volatileIsFreshAndOnADeviceWithAKeyOfItsOwn()
{
    setEphemeral(true);
    const auto started = start();
    QVERIFY2(started, started ? "" : started.error().text().c_str());
    QCOMPARE(started->volatileVolume->path, fs::path("/dev/mapper") / Mapper);
    QVERIFY(started->volatileVolume->writable);
    const FakeLoops::Attached &fresh = m_attached->back();
    QCOMPARE(fresh.blocks, blkcnt_t{0}); // nothing was ever written to it
    QCOMPARE(fresh.links, nlink_t{0});   // and nobody else finds it
    QCOMPARE(m_log.lines, std::vector{formatted("open /dev/loop{} {}", m_attached->size() - 1, Mapper)});
    QVERIFY(stop());
    QCOMPARE(m_log.lines.back(), formatted("close {}", Mapper));
}

void EphemeralTest::model_052_withoutTheFlagItIsNotEncrypted()
{
    const auto started = start();
    QVERIFY(started);
    QCOMPARE(started->volatileVolume->path, fs::path(formatted("/dev/loop{}", m_attached->size() - 1)));
    QCOMPARE(m_attached->back().blocks, blkcnt_t{0});
    QVERIFY(m_log.lines.empty());
    QVERIFY(stop());
}

void EphemeralTest::close_isTriedWhateverTheFlagSaysMeanwhile()
{
    setEphemeral(true);
    QVERIFY(start());
    setEphemeral(false);
    QVERIFY(stop());
    QCOMPARE(m_log.lines.back(), formatted("close {}", Mapper));
}

void EphemeralTest::start_withoutEncryptionLeavesNothingStarted()
{
    setEphemeral(true);
    m_log.openFails = true;
    const auto started = start();
    QCOMPARE(started.error().code, Errc::Driver);
    QVERIFY(started.error().text().contains("dm-crypt"));
    setEphemeral(false);
    QVERIFY(start()); // nothing of the failure stays
    QVERIFY(stop());
}

void EphemeralTest::names_keepQubesApart()
{
    QCOMPARE(cryptNameOf(qubeName("my-work_2")), std::string("vm-volatile-my_dwork_u2-crypt@volatile"));
    QVERIFY(cryptNameOf(qubeName("a_d")) != cryptNameOf(qubeName("a-")));
}

void EphemeralTest::table_isPlainAndHoldsTheKey()
{
    std::array<std::byte, CryptKeySize> key{};
    key.front() = std::byte{0xab};
    key.back() = std::byte{0x01};
    QCOMPARE(cryptTable(2048, key, "/dev/loop3"),
             "0 2048 crypt aes-xts-plain64 ab" + std::string(124, '0') + "01 0 /dev/loop3 0\n");
}

QTEST_GUILESS_MAIN(EphemeralTest)
#include "ephemeraltest.moc"
