// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/store/store.h"

#include "base/formatted.h"
#include "dom0-core/store/migrations.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class StoreTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void firstStart_makesLabelsAndDom0();
    void commit_isThereAfterAnotherOpen();
    void commit_isAllOrNothing();
    void model_109_assignmentsAreThereAfterAnotherOpen();
    void commit_neverLeavesADanglingName();
    void interrupted_qubesAreToldApart();
    void S_155_damagedStoresAreRefusedAndLeftAlone_data();
    void S_155_damagedStoresAreRefusedAndLeftAlone();
    void S_155_theWayBackWorks();
    void S_156_secondWriterIsRefused();
    void model_111_whatSomebodyElsePutThereIsNotWrittenTo_data();
    void model_111_whatSomebodyElsePutThereIsNotWrittenTo();
    void S_153_fullDiskChangesNothing();

private:
    [[nodiscard]] std::filesystem::path path() const
    {
        return m_directory->path().toStdString() + "/store.sqlite";
    }

    [[nodiscard]] static Change::AddQube qube(const char *name, std::uint32_t id)
    {
        std::array<std::byte, 16> bytes{};
        bytes[0] = static_cast<std::byte>(id);
        return {.id = Qid(id), .name = qubeName(name), .uuid = Uuid::fromRandom(bytes), .klass = QubeClass::AppVM};
    }

    /// What a model holds that is made of the store.
    [[nodiscard]] Model load()
    {
        Store store = Store::open(path()).value();
        Model model(m_host);
        model.apply(store.load().value().ready);
        return model;
    }

    void editRaw(const std::string &sql)
    {
        auto database = Sqlite::Database::open(path(), Sqlite::Database::Mode::MustExist).value();
        const auto done = database.execute(sql);
        QVERIFY2(done.has_value(), done ? "" : done.error().detail.c_str());
    }

    FakeHost m_host;
    std::unique_ptr<QTemporaryDir> m_directory;
};

void StoreTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
}

void StoreTest::cleanup()
{
    m_directory.reset();
}

void StoreTest::firstStart_makesLabelsAndDom0()
{
    const Model model = load();
    QCOMPARE(model.labels().byIndex().size(), 8U);
    QCOMPARE(model.qubes().size(), 1U);
    QCOMPARE(model.find("dom0")->properties.at("label"), std::string("black"));
    QCOMPARE(QFile(QString::fromStdString(path().string())).permissions() & (QFile::ReadGroup | QFile::ReadOther),
             QFile::Permissions());
}

void StoreTest::commit_isThereAfterAnotherOpen()
{
    {
        Store store = Store::open(path()).value();
        const std::vector<Change::Any> changes{
            Change::AddLabel{.label = {.index = 9, .name = "pink", .color = {1, 2, 3}}},
            qube("base", 1),
            qube("work", 2),
            Change::SetProperty{.id = Qid(1), .name = "label", .value = "pink", .type = PropertyType::Label},
            Change::SetProperty{.id = Qid(2), .name = "template", .value = "base", .type = PropertyType::Reference},
            Change::SetProperty{.id = Qid(2), .name = "netvm", .value = "", .type = PropertyType::Reference},
            Change::SetProperty{.id = Qid(2), .name = "kernelopts", .value = "a\\b\n'\"", .type = PropertyType::Text},
            Change::SetGlobal{.name = "default_template", .value = "base", .type = PropertyType::Reference},
            Change::SetFeature{.id = Qid(2), .name = "f", .value = ""},
            Change::AddTag{.id = Qid(2), .tag = "t"},
            Change::SetRootInPlace{.id = Qid(1), .path = "/srv/root"},
        };
        QVERIFY(store.commit(changes).has_value());
    }
    const Model model = load();
    const Qube *const work = model.find("work");
    QCOMPARE(work->properties.at("template"), std::string("base"));
    QCOMPARE(work->properties.at("netvm"), std::string());
    QCOMPARE(work->properties.at("kernelopts"), std::string("a\\b\n'\""));
    QCOMPARE(work->features.at("f"), std::string());
    QVERIFY(work->tags.contains("t"));
    QCOMPARE(model.globals().at("default_template"), std::string("base"));
    QCOMPARE(model.find("base")->properties.at("label"), std::string("pink"));
    QCOMPARE(model.find("base")->rootInPlace.string(), std::string("/srv/root"));
}

void StoreTest::model_109_assignmentsAreThereAfterAnotherOpen()
{
    const DeviceKey disk{.klass = DeviceClass::Block, .backend = Qid(1), .port = "sda", .identity = "*"};
    const DeviceKey any{.klass = DeviceClass::Block, .backend = Qid(0), .port = "*", .identity = ":0"};
    const DeviceKey gone{.klass = DeviceClass::Block, .backend = Qid(1), .port = "sdb", .identity = "*"};
    const AssignmentSettings required{.mode = AssignmentMode::Required,
                                      .options = {{"frontend-dev", "xvdj"}, {"read-only", "yes"}}};
    {
        Store store = Store::open(path()).value();
        QVERIFY(store.commit(std::vector<Change::Any>{
            qube("usb", 1),
            qube("work", 2),
            Change::SetAssignment{.id = Qid(2), .device = disk, .settings = {.mode = {}, .options = {{"x", "y"}}}},
            Change::SetAssignment{.id = Qid(2), .device = disk, .settings = required},
            Change::SetAssignment{.id = Qid(2), .device = any, .settings = {}},
            Change::SetAssignment{.id = Qid(2), .device = gone, .settings = required},
            Change::RemoveAssignment{.id = Qid(2), .device = gone},
        }));
    }
    {
        const Model model = load();
        const AssignmentMap &assignments = model.find("work")->assignments;
        QCOMPARE(assignments.size(), 2U);
        QVERIFY(assignments.at(disk) == required);
        QVERIFY(assignments.at(any) == AssignmentSettings{});
    }
    // A qube that goes takes what is assigned of it and to it along.
    QVERIFY(Store::open(path()).value().commit(std::vector<Change::Any>{Change::RemoveQube{.id = Qid(1)}}));
    QCOMPARE(load().find("work")->assignments.size(), 1U);
    QVERIFY(Store::open(path()).value().commit(std::vector<Change::Any>{Change::RemoveQube{.id = Qid(2)}}));
}

void StoreTest::commit_isAllOrNothing()
{
    {
        Store store = Store::open(path()).value();
        QVERIFY(!store.commit(std::vector<Change::Any>{qube("one", 1), qube("two", 2), qube("one", 3)}));
        QVERIFY(store.commit(std::vector<Change::Any>{qube("three", 3)}).has_value()); // and goes on
    }
    const Model model = load();
    QVERIFY(model.find("one") == nullptr);
    QVERIFY(model.find("three") != nullptr);
}

void StoreTest::commit_neverLeavesADanglingName()
{
    Store store = Store::open(path()).value();
    QVERIFY(store.commit(std::vector<Change::Any>{qube("work", 2)}).has_value());
    const auto set = [](const char *name, const char *value, PropertyType type) {
        return std::vector<Change::Any>{Change::SetProperty{.id = Qid(2), .name = name, .value = value, .type = type}};
    };
    QVERIFY(!store.commit(set("netvm", "nobody", PropertyType::Reference)));
    QVERIFY(!store.commit(set("label", "pink", PropertyType::Label)));
    QVERIFY(store.commit(set("label", "red", PropertyType::Label)).has_value());
    QVERIFY(!store.commit(std::vector<Change::Any>{Change::RemoveLabel{.index = 1}}));
}

void StoreTest::interrupted_qubesAreToldApart()
{
    Change::AddQube halfMade = qube("half", 3);
    halfMade.stage = QubeStage::Creating;
    {
        Store store = Store::open(path()).value();
        const std::vector<Change::Any> changes{
            qube("whole", 1),
            qube("going", 2),
            halfMade,
            Change::SetProperty{.id = Qid(1), .name = "netvm", .value = "going", .type = PropertyType::Reference},
            Change::SetStage{.id = Qid(2), .stage = QubeStage::Removing},
        };
        QVERIFY(store.commit(changes).has_value());
    }
    Store store = Store::open(path()).value();
    const StoreContents contents = store.load().value();
    QCOMPARE(contents.interrupted.size(), 2U);
    Model model(m_host);
    model.apply(contents.ready);
    QVERIFY(model.find("whole") != nullptr);
    QVERIFY(model.find("half") == nullptr);
    QVERIFY(!model.find("whole")->properties.contains("netvm")); // what named it is back at its default
}

void StoreTest::S_155_damagedStoresAreRefusedAndLeftAlone_data()
{
    QTest::addColumn<QString>("damage");
    QTest::addColumn<QString>("words");
    QTest::newRow("emptied") << "empty" << "is damaged: it is empty";
    QTest::newRow("cut") << "cut" << "is damaged";
    QTest::newRow("bits turned") << "flip" << "is damaged";
    QTest::newRow("something else") << "text" << "is damaged";
    QTest::newRow("newer schema") << "PRAGMA user_version = 99" << "newer Bulkhead";
    QTest::newRow("no schema") << "PRAGMA user_version = 0" << "has no schema";
    QTest::newRow("trigger") << "CREATE TRIGGER t AFTER INSERT ON qube BEGIN DELETE FROM label; END"
                             << "trigger t does not belong there";
    QTest::newRow("view") << "CREATE VIEW v AS SELECT 1" << "view v does not belong there";
    QTest::newRow("table") << "CREATE TABLE x (y)" << "table x does not belong there";
    QTest::newRow("lost table") << "DROP TABLE qube_tag" << "table qube_tag is missing";
    QTest::newRow("dangling") << "PRAGMA foreign_keys = OFF; INSERT INTO qube_tag VALUES (7777, 't')"
                              << "refers to something that is not there";
}

void StoreTest::S_155_damagedStoresAreRefusedAndLeftAlone()
{
    QFETCH(QString, damage);
    QFETCH(QString, words);
    {
        Store store = Store::open(path()).value();
        std::vector<Change::Any> changes;
        for (std::uint32_t id = 1; id < 200; ++id) { // enough for many pages
            changes.emplace_back(qube(formatted("q{}", id).c_str(), id));
        }
        QVERIFY(store.commit(changes).has_value());
    }
    QFile file(QString::fromStdString(path().string()));
    QVERIFY(file.open(QFile::ReadWrite));
    if (damage == QStringLiteral("empty")) {
        QVERIFY(file.resize(0));
    } else if (damage == QStringLiteral("cut")) {
        QVERIFY(file.resize(file.size() / 2));
    } else if (damage == QStringLiteral("flip")) {
        for (qint64 page = 2; page * 4096 < file.size(); ++page) {
            QVERIFY(file.seek(page * 4096));
            QCOMPARE(file.write(QByteArray(64, '\xff')), 64);
        }
    } else if (damage == QStringLiteral("text")) {
        QVERIFY(file.resize(0));
        QVERIFY(file.write("<qubes/>\n") > 0);
    }
    file.close();
    if (damage.contains(u' ')) {
        editRaw(damage.toStdString());
    }
    QVERIFY(file.open(QFile::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();

    const auto opened = Store::open(path());
    QVERIFY(!opened);
    const QString told = QString::fromStdString(opened.error().text());
    QVERIFY2(told.contains(words), qPrintable(told));
    QVERIFY2(told.contains(QStringLiteral("store.sqlite.last-good")), qPrintable(told)); // what to do
    QVERIFY(file.open(QFile::ReadOnly));
    QCOMPARE(file.readAll(), before);
}

void StoreTest::S_155_theWayBackWorks()
{
    {
        Store store = Store::open(path()).value();
        QVERIFY(store.commit(std::vector<Change::Any>{qube("work", 1)}).has_value());
    }
    (void)load(); // the last good start
    namespace fs = std::filesystem;
    fs::resize_file(path(), 100);
    QVERIFY(!Store::open(path()));
    // As the message says.
    fs::rename(path(), path().string() + ".broken");
    fs::remove(path().string() + "-wal");
    fs::remove(path().string() + "-shm");
    fs::copy_file(path().string() + ".last-good", path());
    QVERIFY(load().find("work") != nullptr);
}

void StoreTest::S_156_secondWriterIsRefused()
{
    const auto first = Store::open(path());
    QVERIFY(first.has_value());
    const auto second = Store::open(path());
    QVERIFY(!second);
    QCOMPARE(second.error().code, Errc::InUse);
    QVERIFY(second.error().detail.contains("another bulkheadd"));
}

void StoreTest::model_111_whatSomebodyElsePutThereIsNotWrittenTo_data()
{
    namespace fs = std::filesystem;
    using Meddle = std::function<void(const fs::path &)>;
    QTest::addColumn<Meddle>("meddle");
    QTest::newRow("another file in its place") << Meddle([](const fs::path &path) {
        fs::copy_file(path.string() + ".last-good", path.string() + ".other");
        fs::rename(path.string() + ".other", path);
    });
    QTest::newRow("moved away") << Meddle([](const fs::path &path) {
        fs::rename(path, path.string() + ".moved");
    });
    QTest::newRow("written to") << Meddle([](const fs::path &path) {
        std::ofstream(path, std::ios::binary | std::ios::app) << "more";
    });
}

void StoreTest::model_111_whatSomebodyElsePutThereIsNotWrittenTo()
{
    QFETCH(std::function<void(const std::filesystem::path &)>, meddle);
    const auto bytes = [](const std::filesystem::path &file) {
        QFile read(QString::fromStdString(file.string()));
        return read.open(QIODevice::ReadOnly) ? read.readAll() : QByteArray("(none)");
    };
    Store store = Store::open(path()).value();
    QVERIFY(store.commit(std::vector<Change::Any>{qube("work", 1)}).has_value());
    QVERIFY(store.commit(std::vector<Change::Any>{qube("more", 2)}).has_value()); // our own writing is none
    meddle(path());
    const QByteArray there = bytes(path());
    const auto refused = store.commit(std::vector<Change::Any>{qube("later", 3)});
    QVERIFY(!refused);
    QCOMPARE(refused.error().code, Errc::InUse);
    QVERIFY(refused.error().detail.contains("somebody else"));
    QCOMPARE(bytes(path()), there);
}

void StoreTest::S_153_fullDiskChangesNothing()
{
    {
        Store store = Store::open(path()).value();
        QVERIFY(store.commit(std::vector<Change::Any>{qube("work", 1)}).has_value());
        // A limit on the file's size is what a full disk is to a process.
        const auto before = std::filesystem::file_size(path().string() + "-wal");
        rlimit old{};
        QCOMPARE(::getrlimit(RLIMIT_FSIZE, &old), 0);
        const rlimit small{.rlim_cur = before, .rlim_max = old.rlim_max};
        (void)std::signal(SIGXFSZ, SIG_IGN);
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &small), 0);
        const auto saved = store.commit(std::vector<Change::Any>{qube("more", 2)});
        QCOMPARE(::setrlimit(RLIMIT_FSIZE, &old), 0);
        QVERIFY(!saved);
        QVERIFY(store.commit(std::vector<Change::Any>{qube("later", 2)}).has_value());
    }
    const Model model = load();
    QVERIFY(model.find("work") != nullptr);
    QVERIFY(model.find("more") == nullptr);
    QVERIFY(model.find("later") != nullptr);
}

QTEST_GUILESS_MAIN(StoreTest)
#include "storetest.moc"
