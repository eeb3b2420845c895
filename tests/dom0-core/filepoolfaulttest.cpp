// SPDX-License-Identifier: GPL-2.0-or-later
// What is left of a volume of images when dom0 is killed, or its disk is full, at each step of what is done to it.
#include "base/formatted.h"
#include "dom0-core/storage/filepool.h"
#include "dom0-core/storage/revisions.h"
#include "dom0-core/storage/storage.h"
#include "tests/dom0-core/brittlefilework.h"
#include "tests/dom0-core/volumebuilder.h"

#include <QTemporaryDir>
#include <QTest>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace fs = std::filesystem;

namespace
{

using Break = BrittleFileWork::Break;

/// Devices that only have names.
class NamedLoops final : public LoopDevices
{
public:
    [[nodiscard]] Result<LoopDevice> attach(const UniqueFd &, bool) override
    {
        return LoopDevice{.path = "/dev/loop0", .holder = {}};
    }

    [[nodiscard]] Result<void> refresh(const LoopDevice &) override
    {
        return {};
    }
};

} // namespace

class FilePoolFaultTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_153_model_051_everyStepLeavesBeforeOrAfter_data();
    void S_153_model_051_everyStepLeavesBeforeOrAfter();

private:
    using Operation = void (FilePoolFaultTest::*)(Pool::Done);

    void start(Pool::Done done);
    void stop(Pool::Done done);
    void revert(Pool::Done done);
    void clear(Pool::Done done);
    void import(Pool::Done done);
    void clone(Pool::Done done);
    void remove(Pool::Done done);

    void prepare(bool isRunning);
    void makePool();
    [[nodiscard]] Result<void> run(Operation operation);
    /// What the qube would find at its next start, and what it can go back to.
    [[nodiscard]] std::string outcome();

    [[nodiscard]] Volume own() const
    {
        return m_builder->volume("work", VolumeName::Private);
    }

    std::unique_ptr<QTemporaryDir> m_temporary;
    fs::path m_directory;
    BrittleFileWork::Script m_script;
    std::unique_ptr<VolumeBuilder> m_builder;
    std::unique_ptr<Pool> m_pool;
};

void FilePoolFaultTest::start(Pool::Done done)
{
    m_pool->start(m_builder->setOf("work"), [done = std::move(done)](Result<StartedVolumes> started) mutable {
        done(std::move(started).transform([](const StartedVolumes &) { }));
    });
}

void FilePoolFaultTest::stop(Pool::Done done)
{
    m_pool->stop(m_builder->setOf("work"), std::move(done));
}

void FilePoolFaultTest::revert(Pool::Done done)
{
    m_pool->revert(own(), "1", std::move(done));
}

void FilePoolFaultTest::clear(Pool::Done done)
{
    m_pool->clear(own(), std::move(done));
}

void FilePoolFaultTest::import(Pool::Done done)
{
    m_pool->beginImport(own(), 3, [this, done = std::move(done)](Result<fs::path> place) mutable {
        if (!place) {
            done(std::unexpected(std::move(place).error()));
            return;
        }
        writeFile(*place, "imp");
        m_pool->endImport(own(), Pool::Import::Keep, std::move(done));
    });
}

void FilePoolFaultTest::clone(Pool::Done done)
{
    m_pool->clone(m_builder->volume("debian", VolumeName::Private), own(), std::move(done));
}

void FilePoolFaultTest::remove(Pool::Done done)
{
    m_pool->remove(m_builder->setOf("work"), std::move(done));
}

/// A qube whose private volume holds "now", with the revision "old".
void FilePoolFaultTest::prepare(bool isRunning)
{
    m_pool.reset();
    m_temporary = std::make_unique<QTemporaryDir>();
    m_directory = fs::path(m_temporary->path().toStdString()) / "pool";
    m_builder = std::make_unique<VolumeBuilder>("file-reflink", m_directory);
    const auto folder = m_directory / "appvms/work";
    writeFile(m_directory / "vm-templates/debian/root.img", "root");
    writeFile(m_directory / "vm-templates/debian/private.img", "dup");
    writeFile(folder / "private.img", "now");
    writeFile(folder / "private.img.1@2026-01-02T03:04:05Z", "old");
    if (isRunning) {
        writeFile(folder / "private-dirty.img", "run");
        fs::create_hard_link(m_directory / "vm-templates/debian/root.img", folder / "root.img");
    }
    m_script = {};
    makePool();
}

void FilePoolFaultTest::makePool()
{
    m_pool = std::make_unique<Storage>([this](const PoolConfig &pool, QObject *parent) -> Result<VolumeDriver *> {
        return makeFilePool({.directory = pool.option("dir_path")},
                            std::make_unique<BrittleFileWork>(makeFileWork(parent, {}), m_script),
                            std::make_unique<NamedLoops>(),
                            parent);
    });
}

Result<void> FilePoolFaultTest::run(Operation operation)
{
    return waitFor<void>([&](Pool::Done done) {
        (this->*operation)(std::move(done));
    });
}

std::string FilePoolFaultTest::outcome()
{
    m_script = {}; // dom0 is up again, and its disk has room
    makePool();
    const auto folder = m_directory / "appvms/work";
    if (!fs::exists(folder / "private.img") && !fs::exists(folder / "private-dirty.img")) {
        return "gone";
    }
    if (const auto started = run(&FilePoolFaultTest::start); !started) {
        return "does not start: " + started.error().text();
    }
    std::string found = contentOf(folder / "private-dirty.img");
    if (const auto stopped = run(&FilePoolFaultTest::stop); !stopped) {
        return "does not stop: " + stopped.error().text();
    }
    if (contentOf(folder / "private.img") != found) {
        return "the stop lost it";
    }
    for (const std::string &name : namesIn(folder)) {
        if (name.contains('~') || name.contains("-")) {
            if (!name.contains('@')) {
                return "left over: " + name;
            }
        }
    }
    return found;
}

void FilePoolFaultTest::S_153_model_051_everyStepLeavesBeforeOrAfter_data()
{
    QTest::addColumn<Operation>("operation");
    QTest::addColumn<bool>("isRunning");
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");
    QTest::newRow("start") << &FilePoolFaultTest::start << false << QByteArray("now") << QByteArray("now");
    // A stop that was cut off is made up for by the next one: what the run wrote is never lost.
    QTest::newRow("stop") << &FilePoolFaultTest::stop << true << QByteArray("run") << QByteArray("run");
    QTest::newRow("revert") << &FilePoolFaultTest::revert << false << QByteArray("now") << QByteArray("old");
    QTest::newRow("clear") << &FilePoolFaultTest::clear << false << QByteArray("now") << QByteArray(3, '\0');
    QTest::newRow("import") << &FilePoolFaultTest::import << false << QByteArray("now") << QByteArray("imp");
    QTest::newRow("clone") << &FilePoolFaultTest::clone << false << QByteArray("now") << QByteArray("dup");
    QTest::newRow("remove") << &FilePoolFaultTest::remove << false << QByteArray("now") << QByteArray("gone");
}

void FilePoolFaultTest::S_153_model_051_everyStepLeavesBeforeOrAfter()
{
    QFETCH(Operation, operation);
    QFETCH(bool, isRunning);
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    prepare(isRunning);
    QVERIFY(run(operation));
    const int steps = m_script.steps;
    QVERIFY(steps >= 2);
    QCOMPARE(QByteArray::fromStdString(outcome()), after);
    for (const Break how : {Break::Kill, Break::DiskFull}) {
        for (int at = 1; at <= steps; ++at) {
            prepare(isRunning);
            m_script = {.how = how, .at = at};
            const auto done = run(operation);
            const bool isTold = !done.has_value(); // a step that only tidies up may fail unseen
            const auto left = QByteArray::fromStdString(outcome());
            const auto where =
                formatted("{} of {}, {}: {}", at, steps, how == Break::Kill ? "killed" : "full", left.toStdString());
            QVERIFY2(left == before || left == after, where.c_str());
            QVERIFY2(isTold || left == after, where.c_str());
        }
    }
}

QTEST_GUILESS_MAIN(FilePoolFaultTest)
#include "filepoolfaulttest.moc"
