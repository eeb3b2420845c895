// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/thinpool.h"

#include "base/formatted.h"
#include "dom0-core/storage/storage.h"
#include "dom0-core/storage/thinvolumes.h"
#include "tests/dom0-core/volumebuilder.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

#include <map>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace fs = std::filesystem;

namespace
{

/// A volume group in memory that understands what LvmCommands say, and nothing else. A volume's data is a word.
class FakeLvm final : public LvmTools
{
public:
    struct Entry {
        std::string origin;
        std::uint64_t size = 0;
        std::string data;
    };

    /// What a test sees and steers; outlives the tools.
    struct Group {
        std::map<std::string, Entry> volumes;
        int changes = 0;
        int killedAt = 0; ///< this change and all later ones never happen; 0: none
    };

    explicit FakeLvm(Group &group)
        : m_group(group)
    {
    }

    void ask(const QStringList &words, std::move_only_function<void(Result<QByteArray>)> done) override
    {
        if (words.first() == QStringLiteral("lvs")) {
            done(list());
            return;
        }
        ++m_group.changes;
        if (m_group.killedAt != 0 && m_group.changes >= m_group.killedAt) {
            done(fail(Errc::Driver, "nobody hears this"));
            return;
        }
        done(change(words) ? Result<QByteArray>(QByteArray()) : fail(Errc::Driver, "LVM refuses"));
    }

private:
    static std::string nameIn(const QString &word)
    {
        return word.mid(word.indexOf(QLatin1Char('/')) + 1).toStdString();
    }

    [[nodiscard]] QByteArray list() const
    {
        QByteArray rows = R"({"lv_name":"thin","lv_size":"1000000","origin":"","data_percent":"12.50",)"
                          R"("metadata_percent":"25.00","lv_metadata_size":"4096","segtype":"thin-pool"})";
        for (const auto &[name, entry] : m_group.volumes) {
            rows += QByteArray::fromStdString(
                formatted(R"(,{{"lv_name":"{}","lv_size":"{}","origin":"{}","data_percent":"50.00",)"
                          R"("metadata_percent":"","lv_metadata_size":"","segtype":"thin"}})",
                          name,
                          entry.size,
                          entry.origin));
        }
        return R"({"report":[{"lv":[)" + rows + "]}]}";
    }

    [[nodiscard]] bool change(const QStringList &words)
    {
        auto &volumes = m_group.volumes;
        const std::string last = nameIn(words.last());
        if (words.first() == QStringLiteral("lvremove")) {
            return volumes.erase(last) == 1;
        }
        if (words.first() == QStringLiteral("lvextend")) {
            volumes.at(last).size = words.at(2).chopped(1).toULongLong();
            return true;
        }
        if (words.first() == QStringLiteral("lvrename")) {
            return rename(nameIn(words.at(2)), last);
        }
        const std::string name = words.at(words.indexOf(QStringLiteral("--name")) + 1).toStdString();
        if (volumes.contains(name)) {
            return false;
        }
        if (words.contains(QStringLiteral("--snapshot"))) {
            const auto origin = volumes.find(last);
            return origin != volumes.end()
                && volumes
                       .emplace(name, Entry{.origin = last, .size = origin->second.size, .data = origin->second.data})
                       .second;
        }
        const auto size = words.at(words.indexOf(QStringLiteral("--virtualsize")) + 1).chopped(1).toULongLong();
        return volumes.emplace(name, Entry{.origin = {}, .size = size, .data = "zeros"}).second;
    }

    /// Snapshots follow the name of their origin.
    [[nodiscard]] bool rename(const std::string &from, const std::string &to)
    {
        auto moved = m_group.volumes.extract(from);
        if (!moved || m_group.volumes.contains(to)) {
            return false;
        }
        moved.key() = to;
        m_group.volumes.insert(std::move(moved));
        for (auto &[name, entry] : m_group.volumes) {
            if (entry.origin == from) {
                entry.origin = to;
            }
        }
        return true;
    }

    Group &m_group;
};

} // namespace

class ThinPoolTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void commands_haveFixedWords();
    void list_isParsedAsTheToolsPrintIt();
    void list_thatMakesNoSenseIsRefused_data();
    void list_thatMakesNoSenseIsRefused();
    void model_059_namesAreTheFields();
    void model_047_outdatedUntilTheNextStart();
    void model_049_revertCanBeReverted();
    void model_051_stopThatIsCutOffLeavesOldOrNew();
    void model_056_cloneInsideThePoolSharesBlocks();
    void sizes_neverShrinkAndFitThePool();
    void usage_ofThePoolHasFourNumbers();
    void realThinPool_runsAQube();

private:
    void runWork(const std::string &data);
    [[nodiscard]] std::vector<std::string> names() const;
    [[nodiscard]] VolumeState stateOf(const char *qube, VolumeName name) const;
    [[nodiscard]] Result<void> start(const char *qube) const;
    [[nodiscard]] Result<void> stop(const char *qube) const;
    void makePool();

    FakeLvm::Group m_group;
    std::int64_t m_now = 1000;
    std::unique_ptr<VolumeBuilder> m_builder;
    std::unique_ptr<Pool> m_pool;
};

void ThinPoolTest::init()
{
    m_group = {};
    m_now = 1000;
    m_builder = std::make_unique<VolumeBuilder>(PoolConfig{.name = std::string(DefaultPool),
                                                           .driver = "lvm_thin",
                                                           .options = {{"volume_group", "vg"}, {"thin_pool", "thin"}}});
    for (const char *const qube : {"debian", "work"}) {
        for (const VolumeName volume : {VolumeName::Root, VolumeName::Private, VolumeName::Volatile}) {
            m_builder->choose(qube, volume, {.size = 2048});
        }
    }
    makePool();
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->create(m_builder->setOf("debian"), std::move(done));
    }));
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->create(m_builder->setOf("work"), std::move(done));
    }));
}

void ThinPoolTest::makePool()
{
    m_pool = std::make_unique<Storage>([this](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
        return makeThinPool(
            {.group = pool.option("volume_group"), .pool = pool.option("thin_pool")},
            std::make_unique<FakeLvm>(m_group),
            [this] {
                return m_now;
            },
            parent);
    });
}

Result<void> ThinPoolTest::start(const char *qube) const
{
    return waitFor<StartedVolumes>([&](Pool::Started done) {
               m_pool->start(m_builder->setOf(qube), std::move(done));
           })
        .transform([](const StartedVolumes &) {});
}

Result<void> ThinPoolTest::stop(const char *qube) const
{
    return waitFor<void>([&](Pool::Done done) {
        m_pool->stop(m_builder->setOf(qube), std::move(done));
    });
}

void ThinPoolTest::runWork(const std::string &data)
{
    QVERIFY(start("work"));
    m_group.volumes.at("vm-work-private-snap").data = data;
    QVERIFY(stop("work"));
}

std::vector<std::string> ThinPoolTest::names() const
{
    std::vector<std::string> names;
    for (const auto &[name, entry] : m_group.volumes) {
        if (name.starts_with("vm-work-")) {
            names.push_back(name);
        }
    }
    return names;
}

VolumeState ThinPoolTest::stateOf(const char *qube, VolumeName name) const
{
    return waitFor<VolumeState>([&](Pool::Inspected done) {
               m_pool->inspect(m_builder->volume(qube, name), std::move(done));
           })
        .value();
}

void ThinPoolTest::commands_haveFixedWords()
{
    const auto joined = [](const QStringList &words) {
        return words.join(QLatin1Char(' ')).toStdString();
    };
    QCOMPARE(joined(LvmCommands::createThin("vg", "thin", "vm-a-root", 10)),
             std::string("lvcreate --yes --setactivationskip n --wipesignatures n --virtualsize 10b --name vm-a-root "
                         "--thinpool vg/thin"));
    QCOMPARE(joined(LvmCommands::snapshot("vg", "vm-a-root", "vm-b-root-snap")),
             std::string("lvcreate --yes --setactivationskip n --snapshot --name vm-b-root-snap -- vg/vm-a-root"));
    QCOMPARE(joined(LvmCommands::rename("vg", "a", "b")), std::string("lvrename -- vg/a vg/b"));
    QCOMPARE(joined(LvmCommands::remove("vg", "a")), std::string("lvremove --force -- vg/a"));
    QCOMPARE(joined(LvmCommands::extend("vg", "a", 7)), std::string("lvextend --size 7b -- vg/a"));
    QCOMPARE(joined(LvmCommands::fill("/a b", "/dev/vg/c")),
             std::string("dd if=/a b of=/dev/vg/c bs=4M conv=sparse,nocreat,notrunc,fsync status=none"));
}

void ThinPoolTest::list_isParsedAsTheToolsPrintIt()
{
    const auto volumes = LvmCommands::parseList(R"(
  {
      "report": [
          {
              "lv": [
                  {"lv_name":"pool00", "lv_size":"21474836480", "origin":"", "data_percent":"10.00",
                   "metadata_percent":"12.50", "lv_metadata_size":"33554432", "segtype":"thin-pool"},
                  {"lv_name":"vm-work-root-snap", "lv_size":"10737418240", "origin":"vm-debian-root",
                   "data_percent":"25.00", "metadata_percent":"", "lv_metadata_size":"", "segtype":"thin"},
                  {"lv_name":"swap", "lv_size":"1073741824", "origin":"", "data_percent":"",
                   "metadata_percent":"", "lv_metadata_size":"", "segtype":"linear"}
              ]
          }
      ]
  }
)")
                             .value();
    QCOMPARE(volumes.size(), 3U);
    QVERIFY(volumes[0].isThinPool);
    QCOMPARE(volumes[0].used, std::uint64_t{2147483648});
    QCOMPARE(volumes[0].metadataSize, std::optional(std::uint64_t{33554432}));
    QCOMPARE(volumes[0].metadataUsed, std::optional(std::uint64_t{4194304}));
    QCOMPARE(volumes[1].origin, std::string("vm-debian-root"));
    QCOMPARE(volumes[1].size, std::uint64_t{10737418240});
    QVERIFY(!volumes[1].isThinPool);
    QCOMPARE(volumes[2].used, std::uint64_t{0});
}

void ThinPoolTest::list_thatMakesNoSenseIsRefused_data()
{
    QTest::addColumn<QByteArray>("answer");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("words") << QByteArray("  Volume group \"vg\" not found");
    QTest::newRow("no list") << QByteArray(R"({"report":[{}]})");
    QTest::newRow("no size") << QByteArray(R"({"report":[{"lv":[{"lv_name":"a"}]}]})");
    QTest::newRow("negative") << QByteArray(R"({"report":[{"lv":[{"lv_name":"a","lv_size":"-1"}]}]})");
    QTest::newRow("no name") << QByteArray(R"({"report":[{"lv":[{"lv_size":"1"}]}]})");
}

void ThinPoolTest::list_thatMakesNoSenseIsRefused()
{
    QFETCH(QByteArray, answer);
    QCOMPARE(LvmCommands::parseList(answer).error().code, Errc::BadField);
}

void ThinPoolTest::model_059_namesAreTheFields()
{
    QCOMPARE(m_builder->volume("work", VolumeName::Private).vid, std::string("vg/vm-work-private"));
    QCOMPARE(names(), std::vector<std::string>{"vm-work-private"});
    QVERIFY(start("work"));
    QCOMPARE(
        names(),
        (std::vector<std::string>{"vm-work-private", "vm-work-private-snap", "vm-work-root-snap", "vm-work-volatile"}));
    QVERIFY(stop("work"));
    QCOMPARE(names(), (std::vector<std::string>{"vm-work-private", "vm-work-private-1000-back"}));
    QCOMPARE(stateOf("work", VolumeName::Private).revisions, std::vector<std::string>{"1000-back"});
    QVERIFY(waitFor<fs::path>([&](Pool::ImportBegun done) {
        m_pool->beginImport(m_builder->volume("work", VolumeName::Private), 10, std::move(done));
    }));
    QVERIFY(m_group.volumes.contains("vm-work-private-import"));
}

void ThinPoolTest::model_047_outdatedUntilTheNextStart()
{
    QVERIFY(start("work"));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    QVERIFY(start("debian"));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    m_group.volumes.at("vm-debian-root-snap").data = "after";
    QVERIFY(stop("debian"));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(true));
    QCOMPARE(m_group.volumes.at("vm-work-root-snap").data, std::string("zeros"));
    QVERIFY(stop("work"));
    QVERIFY(start("work"));
    QCOMPARE(stateOf("work", VolumeName::Root).isOutdated, std::optional(false));
    QCOMPARE(m_group.volumes.at("vm-work-root-snap").data, std::string("after"));
}

void ThinPoolTest::model_049_revertCanBeReverted()
{
    const auto revert = [&](const char *revision) {
        return waitFor<void>([&](Pool::Done done) {
            m_pool->revert(m_builder->volume("work", VolumeName::Private), revision, std::move(done));
        });
    };
    runWork("old");
    runWork("new"); // within the same second, by this clock
    QCOMPARE(stateOf("work", VolumeName::Private).revisions, std::vector<std::string>{"1001-back"});
    QCOMPARE(revert("7-back").error().code, Errc::NotFound);
    QVERIFY(revert("1001-back"));
    QCOMPARE(m_group.volumes.at("vm-work-private").data, std::string("old"));
    QVERIFY(revert("1002-back"));
    QCOMPARE(m_group.volumes.at("vm-work-private").data, std::string("new"));
    QVERIFY(start("work"));
    QCOMPARE(revert("1003-back").error().code, Errc::InUse);
}

void ThinPoolTest::model_051_stopThatIsCutOffLeavesOldOrNew()
{
    runWork("old");
    QVERIFY(start("work"));
    m_group.volumes.at("vm-work-private-snap").data = "new";
    const FakeLvm::Group before = m_group;
    m_group.changes = 0;
    QVERIFY(stop("work"));
    const int changes = m_group.changes;
    QVERIFY(changes >= 3);
    for (int at = 1; at <= changes; ++at) {
        m_group = before;
        m_group.changes = 0;
        m_group.killedAt = at;
        QVERIFY(!stop("work"));
        m_group.killedAt = 0;
        makePool(); // dom0 is up again
        QVERIFY(start("work"));
        QCOMPARE(m_group.volumes.at("vm-work-private-snap").data, std::string("new"));
        QVERIFY(stop("work"));
        QCOMPARE(m_group.volumes.at("vm-work-private").data, std::string("new"));
    }
}

void ThinPoolTest::model_056_cloneInsideThePoolSharesBlocks()
{
    runWork("data");
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        m_pool->clone(m_builder->volume("work", VolumeName::Private),
                      m_builder->volume("debian", VolumeName::Private),
                      std::move(done));
    }));
    QCOMPARE(m_group.volumes.at("vm-debian-private").data, std::string("data"));
    QCOMPARE(m_group.volumes.at("vm-debian-private").origin, std::string("vm-work-private"));
}

void ThinPoolTest::sizes_neverShrinkAndFitThePool()
{
    const auto resize = [&](std::uint64_t bytes) {
        return waitFor<void>([&](Pool::Done done) {
            m_pool->resize(m_builder->volume("work", VolumeName::Private), bytes, std::move(done));
        });
    };
    QCOMPARE(resize(2047).error().code, Errc::BadValue);
    QCOMPARE(resize(1000001).error().code, Errc::BadValue);
    QVERIFY(start("work"));
    QVERIFY(resize(4096));
    QCOMPARE(m_group.volumes.at("vm-work-private").size, std::uint64_t{4096});
    QCOMPARE(m_group.volumes.at("vm-work-private-snap").size, std::uint64_t{4096});
}

void ThinPoolTest::usage_ofThePoolHasFourNumbers()
{
    const auto usage = waitFor<PoolUsage>([&](Pool::Measured done) {
                           m_pool->measure(m_builder->volume("work", VolumeName::Private).pool, std::move(done));
                       }).value();
    QCOMPARE(usage.size, std::uint64_t{1000000});
    QCOMPARE(usage.usage, std::uint64_t{125000});
    QCOMPARE(usage.metadataSize, std::optional(std::uint64_t{4096}));
    QCOMPARE(usage.metadataUsage, std::optional(std::uint64_t{1024}));
}

/// Needs root, device mapper, lvm2 and a group `bulkhead-test` with a thin pool `thin` that may be filled.
void ThinPoolTest::realThinPool_runsAQube()
{
    if (!QFile::exists(QStringLiteral("/dev/mapper/control"))) {
        QSKIP("there is no device mapper here");
    }
    if (QStandardPaths::findExecutable(QStringLiteral("lvs")).isEmpty()) {
        QSKIP("the lvm2 tools are not here");
    }
    QObject owner;
    const auto tools = makeLvmTools(&owner);
    const auto listed = waitFor<QByteArray>([&](auto done) {
        tools->ask(LvmCommands::list("bulkhead-test"), std::move(done));
    });
    if (!listed) {
        QSKIP("there is no volume group bulkhead-test to work in");
    }
    VolumeBuilder builder(PoolConfig{.name = std::string(DefaultPool),
                                     .driver = "lvm_thin",
                                     .options = {{"volume_group", "bulkhead-test"}, {"thin_pool", "thin"}}});
    Storage storage([](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
        return makeThinPool(
            {.group = pool.option("volume_group"), .pool = pool.option("thin_pool")},
            makeLvmTools(parent),
            [] {
                return std::int64_t{1000};
            },
            parent);
    });
    for (const char *const qube : {"debian", "work"}) {
        QVERIFY(waitFor<void>([&](Pool::Done done) {
            storage.create(builder.setOf(qube), std::move(done));
        }));
    }
    QVERIFY(waitFor<StartedVolumes>([&](Pool::Started done) {
        storage.start(builder.setOf("work"), std::move(done));
    }));
    QVERIFY(waitFor<void>([&](Pool::Done done) {
        storage.stop(builder.setOf("work"), std::move(done));
    }));
    for (const char *const qube : {"work", "debian"}) {
        QVERIFY(waitFor<void>([&](Pool::Done done) {
            storage.remove(builder.setOf(qube), std::move(done));
        }));
    }
}

QTEST_GUILESS_MAIN(ThinPoolTest)
#include "thinpooltest.moc"
