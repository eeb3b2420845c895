// SPDX-License-Identifier: GPL-2.0-or-later
// The store against the end of everything: killed, or without power, after each single operation on the disk.
#include "base/formatted.h"
#include "dom0-core/store/store.h"
#include "tests/dom0-core/modelbuilder.h"
#include "tests/dom0-core/recordingdisk.h"
#include "vchan-io/wire/calls/firewallruletext.h"

#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

namespace fs = std::filesystem;
using Step = std::vector<Change::Any>;

Change::AddQube qube(const std::string &name, std::uint32_t id, QubeStage stage = QubeStage::Ready)
{
    std::array<std::byte, 16> bytes{};
    bytes[0] = static_cast<std::byte>(id & 0xFFU);
    bytes[1] = static_cast<std::byte>(id >> 8U);
    return {.id = Qid(id),
            .name = qubeName(name),
            .uuid = Uuid::fromRandom(bytes),
            .klass = QubeClass::AppVM,
            .stage = stage};
}

Change::SetProperty property(std::uint32_t id, const char *name, const char *value, PropertyType type)
{
    return {.id = Qid(id), .name = name, .value = value, .type = type};
}

Change::SetFirewall firewall(std::uint32_t id, const std::string &lines)
{
    return {.id = Qid(id), .rules = Firewall::parseRules(lines).value()};
}

Change::SetVolume privateVolume(std::uint32_t id, const VolumeSettings &settings)
{
    return {.id = Qid(id), .volume = VolumeName::Private, .settings = settings};
}

/// Every kind of change, in the groups in which the daemon makes them.
std::vector<Step> scriptedSteps()
{
    Step many;
    for (std::uint32_t id = 20; id < 60; ++id) { // more than one page of each table
        many.emplace_back(qube(formatted("many{}", id), id));
        many.emplace_back(property(id, "label", "red", PropertyType::Label));
        many.emplace_back(Change::AddTag{.id = Qid(id), .tag = "created-by-dom0"});
    }
    const PoolConfig pool{.name = "fast", .driver = "file-reflink", .options = {{"dir_path", "/srv/fast"}}};
    std::string manyRules;
    for (int port = 1; port <= 200; ++port) { // more than one page
        manyRules += formatted("action=accept proto=tcp dsthost=example.org dstports={}-{}\n", port, port);
    }
    return {
        {qube("base", 1, QubeStage::Creating), property(1, "label", "black", PropertyType::Label)},
        {Change::SetStage{.id = Qid(1), .stage = QubeStage::Ready}},
        {qube("work", 2), property(2, "template", "base", PropertyType::Reference)},
        {Change::AddLabel{.label = {.index = 9, .name = "pink", .color = {1, 2, 3}}}},
        {property(2, "label", "pink", PropertyType::Label)},
        {property(2, "kernelopts", "quiet", PropertyType::Text),
         Change::SetFeature{.id = Qid(2), .name = "f", .value = "1"}},
        {qube("net", 3), property(2, "netvm", "net", PropertyType::Reference)},
        {Change::SetGlobal{.name = "default_netvm", .value = "net", .type = PropertyType::Reference}},
        std::move(many),
        {Change::ResetProperty{.id = Qid(2), .name = "kernelopts"}, Change::RemoveFeature{.id = Qid(2), .name = "f"}},
        {property(2, "label", "red", PropertyType::Label), Change::RemoveLabel{.index = 9}},
        {Change::AddTag{.id = Qid(2), .tag = "t"}, Change::RemoveTag{.id = Qid(20), .tag = "created-by-dom0"}},
        {Change::SetRootInPlace{.id = Qid(1), .path = "/srv/root"}},
        {Change::ResetGlobal{.name = "default_netvm"}},
        {Change::SetNotes{.id = Qid(2), .text = "bought\nfor \xc3\xa4 trip"},
         firewall(2, "action=accept dst4=192.0.2.0/24\naction=drop\n")},
        {Change::AddPool{.pool = pool},
         privateVolume(2, {.pool = "fast", .size = 5U << 20U, .revisionsToKeep = 3, .writable = false})},
        {Change::SetNotes{.id = Qid(2), .text = std::string(20000, 'n')}, firewall(2, manyRules)},
        {privateVolume(2, {.pool = "fast", .size = 6U << 20U})},
        {firewall(2, "action=drop\n"), Change::SetNotes{.id = Qid(2), .text = {}}},
        {privateVolume(2, {}), Change::RemovePool{.name = "fast"}},
        {firewall(2, "")},
        {Change::SetStage{.id = Qid(3), .stage = QubeStage::Removing}},
        {Change::RemoveQube{.id = Qid(3)}},
    };
}

/// Everything that a store holds, in words and in a fixed order.
std::string describe(Store &store)
{
    const auto contents = store.load();
    if (!contents) {
        return "unreadable: " + contents.error().text();
    }
    FakeHost host;
    Model model(host);
    model.apply(contents->ready);
    std::string text;
    for (const auto &[index, label] : model.labels().byIndex()) {
        text += formatted("label {} {} {}\n", index, label.name, label.color.text());
    }
    for (const auto &[id, found] : model.qubes()) {
        text += formatted(
            "qube {} {} {} {}\n", id.value(), found.name.text(), found.uuid.text(), found.rootInPlace.string());
        for (const TextMap *const map : {&found.properties, &found.features}) {
            for (const auto &[name, value] : *map) {
                text += formatted("  {}={}\n", name, value);
            }
        }
        for (const std::string &tag : found.tags) {
            text += formatted("  {}\n", tag);
        }
        text += formatted("  notes {}\n", found.notes);
        text += formatted("  firewall {}\n", found.firewall ? Firewall::textOf(*found.firewall) : "(never set)");
        for (const auto &[name, settings] : found.volumes) {
            text += formatted("  volume {} {} {} {} {} {}\n",
                              nameOf(name),
                              settings.pool.value_or("-"),
                              settings.size.value_or(0),
                              settings.revisionsToKeep.value_or(-2),
                              settings.writable.value_or(true),
                              settings.ephemeral.value_or(false));
        }
    }
    for (const auto &[name, pool] : model.pools()) {
        text += formatted("pool {} {}\n", name, pool.driver);
        for (const auto &[option, value] : pool.options) {
            text += formatted("  {}={}\n", option, value);
        }
    }
    for (const auto &[name, value] : model.globals()) {
        text += formatted("global {}={}\n", name, value);
    }
    for (const Change::AddQube &half : contents->interrupted) {
        text += formatted("half {}\n", half.name.text());
    }
    return text;
}

} // namespace

class StoreCrashTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();

    void S_151_S_152_endAtEachOperationIsBeforeOrAfter_data();
    void S_151_S_152_endAtEachOperationIsBeforeOrAfter();
    void S_153_failureAtEachOperationChangesNothing_data();
    void S_153_failureAtEachOperationChangesNothing();

private:
    /// What the store says after a step, and the operations that were done by then.
    struct Mark {
        std::string state;
        std::size_t begun = 0;
        std::size_t ended = 0;
    };

    [[nodiscard]] fs::path path() const
    {
        return m_directory->path().toStdString() + "/store.sqlite";
    }

    /// Two lives of a daemon that make all steps. @return a mark for the fresh store, one for each step
    [[nodiscard]] std::vector<Mark> runScript(RecordingDisk &disk);
    [[nodiscard]] std::set<std::string> allowedAfter(const std::vector<Mark> &marks, std::size_t count) const;
    void layOut(const std::map<std::string, std::string> &files);
    [[nodiscard]] std::string openAndDescribe(RecordingDisk &disk, const fs::path &store) const;

    std::vector<Step> m_steps = scriptedSteps();
    std::unique_ptr<QTemporaryDir> m_directory;
};

void StoreCrashTest::initTestCase()
{
    // The files of thousands of small worlds: in memory, where there is such a place.
    if (fs::is_directory("/dev/shm")) {
        qputenv("TMPDIR", "/dev/shm");
    }
}

void StoreCrashTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void StoreCrashTest::cleanup()
{
    m_directory.reset();
}

std::vector<StoreCrashTest::Mark> StoreCrashTest::runScript(RecordingDisk &disk)
{
    std::vector<Mark> marks;
    const std::size_t half = m_steps.size() / 2;
    for (const auto &[first, last] : {std::pair(std::size_t{0}, half), std::pair(half, m_steps.size())}) {
        auto store = Store::open(path(), disk);
        if (!store) {
            qFatal("%s", store.error().text().c_str());
        }
        if (marks.empty()) {
            marks.push_back({.state = describe(*store), .begun = 0, .ended = disk.operationCount()});
        }
        for (std::size_t step = first; step < last; ++step) {
            const std::size_t begun = disk.operationCount();
            if (const auto done = store->commit(m_steps.at(step)); !done) {
                qFatal("step %zu: %s", step, done.error().text().c_str());
            }
            marks.push_back({.state = describe(*store), .begun = begun, .ended = disk.operationCount()});
        }
    }
    return marks;
}

/// The state of the last step that was answered; and, inside the next one, that one's, too.
std::set<std::string> StoreCrashTest::allowedAfter(const std::vector<Mark> &marks, std::size_t count) const
{
    std::set<std::string> allowed{marks.front().state}; // no store is a fresh one
    for (const Mark &mark : marks) {
        if (mark.ended <= count) {
            allowed = {mark.state};
        } else if (mark.begun < count) {
            allowed.insert(mark.state);
        }
    }
    return allowed;
}

void StoreCrashTest::layOut(const std::map<std::string, std::string> &files)
{
    m_directory = std::make_unique<QTemporaryDir>();
    for (const auto &[name, bytes] : files) {
        std::ofstream(path().parent_path() / name, std::ios::binary) << bytes;
    }
}

std::string StoreCrashTest::openAndDescribe(RecordingDisk &disk, const fs::path &store) const
{
    auto opened = Store::open(store, disk);
    return opened ? describe(*opened) : "refused: " + opened.error().text();
}

void StoreCrashTest::S_151_S_152_endAtEachOperationIsBeforeOrAfter_data()
{
    QTest::addColumn<Loss>("loss");
    QTest::addColumn<quint32>("seed");
    QTest::newRow("killed") << Loss::Nothing << 0U;
    QTest::newRow("no power, all unsynced gone") << Loss::Unsynced << 0U;
    const quint32 seeds = std::max(3U, qEnvironmentVariable("BULKHEAD_CRASH_SEEDS").toUInt());
    for (quint32 seed = 1; seed <= seeds; ++seed) {
        QTest::addRow("no power, torn and reordered, seed %u", seed) << Loss::SomeOfIt << seed;
    }
}

void StoreCrashTest::S_151_S_152_endAtEachOperationIsBeforeOrAfter()
{
    QFETCH(Loss, loss);
    QFETCH(quint32, seed);
    RecordingDisk disk;
    const auto marks = runScript(disk);
    QCOMPARE(marks.size(), m_steps.size() + 1);
    QVERIFY(disk.operationCount() > 100U);
    disk.stopRecording();
    for (std::size_t count = 0; count <= disk.operationCount(); ++count) {
        const auto files = disk.filesAfter(count, loss, seed + static_cast<quint32>(count));
        layOut(files);
        const std::string state = openAndDescribe(disk, path());
        if (!allowedAfter(marks, count).contains(state)) {
            QFAIL(formatted("after {} of {} operations:\n{}", count, disk.operationCount(), state).c_str());
        }
        // The way back that a refusal names is whole at any moment, too.
        if (const auto copy = files.find("store.sqlite.last-good"); copy != files.end()) {
            layOut({{"store.sqlite", copy->second}});
            const std::string older = openAndDescribe(disk, path());
            QVERIFY2(std::ranges::contains(marks, older, &Mark::state), older.c_str());
        }
    }
}

void StoreCrashTest::S_153_failureAtEachOperationChangesNothing_data()
{
    QTest::addColumn<int>("code");
    QTest::newRow("the disk fails") << SQLITE_IOERR;
    QTest::newRow("the disk is full") << SQLITE_FULL;
}

void StoreCrashTest::S_153_failureAtEachOperationChangesNothing()
{
    QFETCH(int, code);
    std::size_t count = 0;
    {
        RecordingDisk disk;
        (void)runScript(disk);
        count = disk.operationCount();
    }
    for (std::size_t index = 0; index < count; ++index) {
        m_directory = std::make_unique<QTemporaryDir>();
        RecordingDisk disk;
        disk.failAt(index, code);
        auto store = Store::open(path(), disk);
        if (!store) {
            QVERIFY(!store.error().detail.empty());
            store = Store::open(path(), disk); // what made it fail is over
        }
        QVERIFY2(store.has_value(), store ? "" : store.error().text().c_str());
        std::string known = describe(*store);
        for (const Step &step : m_steps) {
            if (const auto done = store->commit(step); !done) {
                QCOMPARE(describe(*store), known); // refused is unchanged, for those who go on
                QVERIFY2(store->commit(step).has_value(), "once more, with the disk in order");
            }
            known = describe(*store);
        }
        store = fail(Errc::PeerGone, "closed");
        disk.stopRecording();
        QCOMPARE(openAndDescribe(disk, path()), known);
    }
}

QTEST_GUILESS_MAIN(StoreCrashTest)
#include "storecrashtest.moc"
