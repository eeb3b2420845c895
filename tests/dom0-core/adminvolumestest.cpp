// SPDX-License-Identifier: GPL-2.0-or-later
// The answers of the calls on volumes and pools, byte for byte.
#include "dom0-core/adminapi/uploads.h"
#include "tests/dom0-core/corefixture.h"
#include "tests/dom0-core/modelbuilder.h"

#include <QFile>
#include <QTemporaryDir>

#include <sys/socket.h>

#include <array>
#include <chrono>
#include <optional>

using namespace Bulkhead;
using namespace Bulkhead::Test;

class AdminVolumesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void adminapi_101_dom0HasNoVolumes();
    void adminapi_102_infoHasItsKeysInOrder();
    void adminapi_103_unknownVolumesAreNotAnswered();
    void adminapi_104_snapshotsAreListedOldestFirst();
    void adminapi_105_revertOfAnUnknownRevisionIsRefused();
    void adminapi_106_adminapi_107_tokensWorkOnce();
    void cloneTo_isAnnouncedOnTheTarget();
    void adminapi_110_S_162_sizesAreJudgedFirst_data();
    void adminapi_110_S_162_sizesAreJudgedFirst();
    void resize_isRemembered();
    void model_057_aRunningQubeIsToldOfItsRoom();
    void adminapi_112_model_055_settingsOfRunningQubesStay();
    void adminapi_113_countsOfRevisions();
    void model_053_privateIsNeverEphemeral();
    void model_054_eitherTheTemplateRunsOrItsQubes();
    void clear_isAnnouncedWithItsOutcome();
    void adminapi_117_poolInfoIsSorted();
    void adminapi_118_badPoolsAreRefused_data();
    void adminapi_118_badPoolsAreRefused();
    void adminapi_119_poolNamesAreUsedOnce();
    void adminapi_120_poolsInUseStay();
    void adminapi_121_driversNameTheirParameters();
    void adminapi_122_usageOfAThinPoolHasFourKeys();
    void newQubes_useTheDefaultPoolsOfTheirCreation();
    void poolVolumes_areListed();
    void adminapi_116_importOfARunningQubeIsRefused();
    void import_isBegunAndEndedOnTheInternalSocket();
    void adminapi_114_aStreamHasExactlyTheVolumesBytes_data();
    void adminapi_114_aStreamHasExactlyTheVolumesBytes();
    void adminapi_114_aBrokenStreamLeavesWhatWas();
    void adminapi_115_aStreamWithItsSize_data();
    void adminapi_115_aStreamWithItsSize();
    void import_ofAStreamDoesNotKeepOthersWaiting();
    void import_ofASenderThatStops_endsInWords();
    void adminapi_116_streamsAreRefusedBeforeTheyAreRead();
    void nobodyButDom0_learnsOfVolumes();

private:
    [[nodiscard]] QByteArray call(const QByteArray &service, const QByteArray &qube, const QByteArray &payload = {})
    {
        return m_core->call(service, qube, payload);
    }

    [[nodiscard]] std::string lastDeed() const
    {
        return m_core->pool.deeds().empty() ? std::string() : m_core->pool.deeds().back();
    }

    /// A call with its stream, up to the whole answer.
    [[nodiscard]] QByteArray stream(const QByteArray &service, const QByteArray &bytes)
    {
        RawClient client(m_core->adminSocket());
        client.write(service + " dom0 name work" + '\0');
        client.write(bytes);
        client.halfClose();
        return client.waitForEnd() ? client.received() : QByteArray("(no end)");
    }

    [[nodiscard]] QByteArray imported() const
    {
        QFile file(QString::fromStdString(m_core->pool.importPlace("appvms/work/private").string()));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("(no file)");
    }

    std::unique_ptr<CoreFixture> m_core;
    QTemporaryDir m_images;
};

void AdminVolumesTest::init()
{
    m_core = std::make_unique<CoreFixture>();
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
}

void AdminVolumesTest::cleanup()
{
    m_core.reset();
}

void AdminVolumesTest::adminapi_101_dom0HasNoVolumes()
{
    QCOMPARE(call("admin.vm.volume.List", "dom0"), success());
    QCOMPARE(call("admin.vm.volume.List", "work"), success("root\nprivate\nvolatile\nkernel\n"));
}

void AdminVolumesTest::adminapi_102_infoHasItsKeysInOrder()
{
    m_core->pool.setState("appvms/work/private",
                          {.size = 7, .usage = 5, .path = "/var/lib/qubes/appvms/work/private.img"});
    QCOMPARE(call("admin.vm.volume.Info+private", "work"),
             success("pool=varlibqubes\nvid=appvms/work/private\nsize=7\nusage=5\nrw=True\nsource=\n"
                     "path=/var/lib/qubes/appvms/work/private.img\nsave_on_stop=True\nsnap_on_start=False\n"
                     "revisions_to_keep=1\nephemeral=False\n"));
    m_core->pool.setState("appvms/work/root", {.size = 10, .isOutdated = true});
    QCOMPARE(call("admin.vm.volume.Info+root", "work"),
             success("pool=varlibqubes\nvid=appvms/work/root\nsize=10\nusage=0\nrw=True\n"
                     "source=vm-templates/base/root\npath=\nsave_on_stop=False\nsnap_on_start=True\n"
                     "revisions_to_keep=0\nephemeral=False\nis_outdated=True\n"));
    QVERIFY(call("admin.vm.volume.Info+volatile", "work").contains("save_on_stop=False\nsnap_on_start=False\n"));
    QVERIFY(call("admin.vm.volume.Info+kernel", "work").contains("pool=linux-kernel\n"));
}

void AdminVolumesTest::adminapi_103_unknownVolumesAreNotAnswered()
{
    QCOMPARE(call("admin.vm.volume.Info+other", "work"), QByteArray());
    QCOMPARE(call("admin.vm.volume.Info+private", "dom0"), QByteArray());
    QCOMPARE(call("admin.vm.volume.Info", "work"), QByteArray());
}

void AdminVolumesTest::adminapi_104_snapshotsAreListedOldestFirst()
{
    m_core->pool.setState("appvms/work/private", {.revisions = {"9", "10"}});
    QCOMPARE(call("admin.vm.volume.ListSnapshots+private", "work"), success("9\n10\n"));
    QCOMPARE(call("admin.vm.volume.ListSnapshots+volatile", "work"), success());
}

void AdminVolumesTest::adminapi_105_revertOfAnUnknownRevisionIsRefused()
{
    m_core->pool.setState("appvms/work/private", {.revisions = {"9"}});
    QCOMPARE(exceptionType(call("admin.vm.volume.Revert+private", "work", "8")), QByteArray("QubesException"));
    QCOMPARE(call("admin.vm.volume.Revert+private", "work", "../9"), QByteArray());
    QVERIFY(m_core->pool.deeds().empty());
    QCOMPARE(call("admin.vm.volume.Revert+private", "work", "9"), success());
    QCOMPARE(lastDeed(), std::string("revert appvms/work/private to 9"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.volume.Revert+private", "work", "9")), QByteArray("QubesVMNotHaltedError"));
}

void AdminVolumesTest::adminapi_106_adminapi_107_tokensWorkOnce()
{
    m_core->addAppVm("copy", "base");
    const QByteArray token = call("admin.vm.volume.CloneFrom+private", "work").mid(2);
    QCOMPARE(token.size(), 32);
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", QByteArray(32, 'x')), QByteArray());
    QVERIFY(m_core->pool.deeds().empty());
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", token), success());
    QCOMPARE(lastDeed(), std::string("clone appvms/work/private to appvms/copy/private"));
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", token), QByteArray());

    // A token is used up, whatever comes of the call.
    const QByteArray second = call("admin.vm.volume.CloneFrom+private", "work").mid(2);
    QVERIFY(second != token);
    QCOMPARE(call("admin.vm.volume.CloneTo+other", "copy", second), QByteArray());
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", second), QByteArray());
    QCOMPARE(m_core->pool.deeds().size(), std::size_t{1});
}

void AdminVolumesTest::cloneTo_isAnnouncedOnTheTarget()
{
    m_core->addAppVm("copy", "base");
    const auto watcher = m_core->subscribe("copy");
    const QByteArray token = call("admin.vm.volume.CloneFrom+private", "work").mid(2);
    QCOMPARE(call("admin.vm.volume.CloneTo+private", "copy", token), success());
    QVERIFY(eventually([&] {
        return watcher->events().contains(QStringLiteral("copy|domain-import-volume|name=private|source=work:private"));
    }));
}

void AdminVolumesTest::adminapi_110_S_162_sizesAreJudgedFirst_data()
{
    QTest::addColumn<QByteArray>("size");
    QTest::addColumn<QByteArray>("type"); // empty: no answer
    QTest::newRow("leading zeros") << QByteArray("007") << QByteArray();
    QTest::newRow("negative") << QByteArray("-1") << QByteArray();
    QTest::newRow("20 digits") << QByteArray("99999999999999999999") << QByteArray();
    QTest::newRow("no number") << QByteArray("1G") << QByteArray();
    QTest::newRow("beyond what a file can be") << QByteArray("9223372036854775808") << QByteArray("QubesValueError");
    QTest::newRow("nothing") << QByteArray("0") << QByteArray("QubesValueError");
    QTest::newRow("smaller") << QByteArray("5") << QByteArray("StoragePoolException");
}

void AdminVolumesTest::adminapi_110_S_162_sizesAreJudgedFirst()
{
    QFETCH(QByteArray, size);
    QFETCH(QByteArray, type);
    const QByteArray before = call("admin.vm.volume.Info+private", "work");
    const QByteArray answer = call("admin.vm.volume.Resize+private", "work", size);
    QCOMPARE(exceptionType(answer), type);
    QVERIFY(!type.isEmpty() || answer.isEmpty());
    QVERIFY(m_core->pool.deeds().empty());
    QCOMPARE(call("admin.vm.volume.Info+private", "work"), before);
}

void AdminVolumesTest::resize_isRemembered()
{
    QCOMPARE(call("admin.vm.volume.Resize+private", "work", "3221225472"), success());
    m_core->restart();
    const Model &model = m_core->daemon->registry().model();
    QCOMPARE(findVolume(model, *model.find("work"), VolumeName::Private)->size, std::uint64_t{3221225472});
}

void AdminVolumesTest::model_057_aRunningQubeIsToldOfItsRoom()
{
    QCOMPARE(call("admin.vm.volume.Resize+private", "work", "3221225472"), success());
    QVERIFY(m_core->services.log.empty());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    m_core->services.log.clear();
    QCOMPARE(call("admin.vm.volume.Resize+private", "work", "4294967296"), success());
    QCOMPARE(m_core->services.log, std::vector<std::string>{"work root:qubes.ResizeDisk<private\n"});
    QCOMPARE(call("admin.vm.volume.Resize+volatile", "work", "21474836480"), success());
    QCOMPARE(m_core->services.log.size(), std::size_t{1});

    m_core->services.isHolding = true;
    const auto resizing = m_core->begin("admin.vm.volume.Resize+private", "work", "5368709120");
    QVERIFY(eventually([&] {
        return m_core->services.waiting() == 1;
    }));
    m_core->services.answer(fail(Errc::Driver, "it has no such service"));
    QVERIFY(resizing->waitForEnd());
    QCOMPARE(exceptionType(resizing->received()), QByteArray("StoragePoolException"));
    QVERIFY(exceptionMessage(resizing->received()).contains("no such service"));
    const Model &model = m_core->daemon->registry().model(); // what was done stays
    QCOMPARE(findVolume(model, *model.find("work"), VolumeName::Private)->size, std::uint64_t{5368709120});
}

void AdminVolumesTest::adminapi_112_model_055_settingsOfRunningQubesStay()
{
    QCOMPARE(call("admin.vm.volume.Set.rw+private", "work", "no"), success());
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("rw=False\n"));
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.rw+private", "work", "maybe")), QByteArray("QubesValueError"));
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.rw+kernel", "work", "yes")), QByteArray("QubesValueError"));
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.rw+private", "work", "yes")), QByteArray("QubesVMNotHaltedError"));
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("rw=False\n"));
}

void AdminVolumesTest::adminapi_113_countsOfRevisions()
{
    QCOMPARE(call("admin.pool.Set.revisions_to_keep+varlibqubes", "dom0", "3"), success());
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("revisions_to_keep=3\n"));
    QCOMPARE(call("admin.pool.Set.revisions_to_keep+varlibqubes", "dom0", "-1"), success());
    QCOMPARE(exceptionType(call("admin.pool.Set.revisions_to_keep+varlibqubes", "dom0", "-2")),
             QByteArray("QubesValueError"));
    QCOMPARE(call("admin.pool.Set.revisions_to_keep+varlibqubes", "dom0", "01"), QByteArray());
    QCOMPARE(call("admin.vm.volume.Set.revisions_to_keep+private", "work", "2"), success());
    m_core->restart();
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("revisions_to_keep=2\n"));
    QVERIFY(call("admin.vm.volume.Info+private", "base").contains("revisions_to_keep=-1\n"));
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.revisions_to_keep+private", "work", "-2")),
             QByteArray("QubesValueError"));

    // What a run is on does not change under it.
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(call("admin.vm.volume.Set.revisions_to_keep+private", "work", "4"), success());
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.revisions_to_keep+private", "work", "-1")),
             QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.revisions_to_keep+root", "base", "1")),
             QByteArray("QubesVMNotHaltedError"));
}

void AdminVolumesTest::model_053_privateIsNeverEphemeral()
{
    QCOMPARE(exceptionType(call("admin.vm.volume.Set.ephemeral+private", "work", "yes")),
             QByteArray("QubesValueError"));
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("ephemeral=False\n"));
    QCOMPARE(call("admin.vm.volume.Set.ephemeral+volatile", "work", "no"), success());
    QCOMPARE(call("admin.vm.volume.Set.ephemeral+volatile", "work", "yes"), success());
    QVERIFY(call("admin.vm.volume.Info+volatile", "work").contains("ephemeral=True\n"));
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("ephemeral=False\n"));
}

void AdminVolumesTest::model_054_eitherTheTemplateRunsOrItsQubes()
{
    QCOMPARE(call("admin.vm.Start", "base"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success()); // snapshots are enabled
    QCOMPARE(call("admin.vm.Kill", "work"), success());
    QCOMPARE(call("admin.vm.Kill", "base"), success());
    QCOMPARE(call("admin.vm.volume.Set.revisions_to_keep+root", "base", "-1"), success());
    QCOMPARE(call("admin.vm.Start", "base"), success());
    QCOMPARE(exceptionType(call("admin.vm.Start", "work")), QByteArray("QubesVMError"));
    QCOMPARE(call("admin.vm.Kill", "base"), success());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(call("admin.vm.Start", "base")), QByteArray("QubesVMError"));
}

void AdminVolumesTest::clear_isAnnouncedWithItsOutcome()
{
    const auto watcher = m_core->subscribe("work");
    QCOMPARE(call("admin.vm.volume.Clear+private", "work"), success());
    m_core->pool.failNext({.code = Errc::Io, .sysErrno = ENOSPC, .detail = "cannot make it"});
    QCOMPARE(exceptionType(call("admin.vm.volume.Clear+private", "work")), QByteArray("StoragePoolException"));
    QStringList events;
    QVERIFY(eventually([&] {
        events = watcher->events();
        return events.size() >= 5;
    }));
    QCOMPARE(events.mid(1),
             (QStringList{QStringLiteral("work|domain-volume-import-begin|volume=private|size=None"),
                          QStringLiteral("work|domain-volume-import-end|volume=private|success=True"),
                          QStringLiteral("work|domain-volume-import-begin|volume=private|size=None"),
                          QStringLiteral("work|domain-volume-import-end|volume=private|success=False")}));
}

void AdminVolumesTest::adminapi_117_poolInfoIsSorted()
{
    m_core->pool.setUsage({.size = 100, .usage = 40});
    QCOMPARE(call("admin.pool.List", "dom0"), success("linux-kernel\nvarlibqubes\n"));
    QCOMPARE(call("admin.pool.Info+varlibqubes", "dom0"),
             success("dir_path=/var/lib/qubes\ndriver=file-reflink\nname=varlibqubes\nsize=100\nusage=40\n"));
    QCOMPARE(call("admin.pool.Info+nowhere", "dom0"), QByteArray());
}

void AdminVolumesTest::adminapi_118_badPoolsAreRefused_data()
{
    QTest::addColumn<QByteArray>("driver");
    QTest::addColumn<QByteArray>("payload");
    QTest::addColumn<QByteArray>("type"); // empty: no answer
    const QByteArray file("file-reflink");
    const QByteArray refused("QubesException");
    QTest::newRow("unknown driver") << QByteArray("tape") << QByteArray("name=p\ndir_path=/p") << refused;
    QTest::newRow("unknown option") << file << QByteArray("name=p\ndir_path=/p\ncolour=red") << refused;
    QTest::newRow("missing directory") << file << QByteArray("name=p") << refused;
    QTest::newRow("relative directory") << file << QByteArray("name=p\ndir_path=p") << refused;
    QTest::newRow("way up") << file << QByteArray("name=p\ndir_path=/p/../q") << refused;
    QTest::newRow("option of LVM's") << QByteArray("lvm_thin") << QByteArray("name=p\nvolume_group=-a\nthin_pool=t")
                                     << refused;
    QTest::newRow("line without =") << file << QByteArray("name=p\ndir_path") << QByteArray();
    QTest::newRow("twice") << file << QByteArray("name=p\ndir_path=/p\ndir_path=/p") << QByteArray();
    QTest::newRow("no name") << file << QByteArray("dir_path=/p") << QByteArray();
    QTest::newRow("malformed name") << file << QByteArray("name=p/q\ndir_path=/p") << QByteArray();
    QTest::newRow("-2 revisions") << file << QByteArray("name=p\ndir_path=/p\nrevisions_to_keep=-2")
                                  << QByteArray("QubesValueError");
}

void AdminVolumesTest::adminapi_118_badPoolsAreRefused()
{
    QFETCH(QByteArray, driver);
    QFETCH(QByteArray, payload);
    QFETCH(QByteArray, type);
    const QByteArray answer = call("admin.pool.Add+" + driver, "dom0", payload);
    QCOMPARE(exceptionType(answer), type);
    QVERIFY(!type.isEmpty() || answer.isEmpty());
    QVERIFY(m_core->pool.deeds().empty());
    QCOMPARE(call("admin.pool.List", "dom0"), success("linux-kernel\nvarlibqubes\n"));
}

void AdminVolumesTest::adminapi_119_poolNamesAreUsedOnce()
{
    const auto watcher = m_core->subscribe();
    QCOMPARE(call("admin.pool.Add+file-reflink", "dom0", "name=p\ndir_path=/srv/p\nrevisions_to_keep=2\n"), success());
    QCOMPARE(lastDeed(), std::string("prepare p"));
    QCOMPARE(exceptionType(call("admin.pool.Add+file-reflink", "dom0", "name=p\ndir_path=/srv/q")),
             QByteArray("QubesPoolInUseError"));
    m_core->restart();
    QCOMPARE(call("admin.pool.Info+p", "dom0"),
             success("dir_path=/srv/p\ndriver=file-reflink\nname=p\nrevisions_to_keep=2\n"));
    QVERIFY(watcher->events().contains(QStringLiteral("|pool-add|pool=p")));

    m_core->pool.failNext({.code = Errc::Unsupported, .detail = "no shared blocks"});
    QCOMPARE(exceptionType(call("admin.pool.Add+file-reflink", "dom0", "name=q\ndir_path=/srv/q")),
             QByteArray("StoragePoolException"));
    QCOMPARE(call("admin.pool.Info+q", "dom0"), QByteArray());
}

void AdminVolumesTest::adminapi_120_poolsInUseStay()
{
    QCOMPARE(exceptionType(call("admin.pool.Remove+varlibqubes", "dom0")), QByteArray("QubesPoolInUseError"));
    QCOMPARE(exceptionType(call("admin.pool.Remove+linux-kernel", "dom0")), QByteArray("QubesPoolInUseError"));
    QCOMPARE(call("admin.pool.Add+file-reflink", "dom0", "name=p\ndir_path=/srv/p"), success());
    QCOMPARE(call("admin.property.Set+default_pool_private", "dom0", "p"), success());
    QCOMPARE(exceptionType(call("admin.pool.Remove+p", "dom0")), QByteArray("QubesPoolInUseError"));
    m_core->addAppVm("inside", "base");
    QCOMPARE(call("admin.property.Reset+default_pool_private", "dom0"), success());
    QCOMPARE(exceptionType(call("admin.pool.Remove+p", "dom0")), QByteArray("QubesPoolInUseError"));
    QCOMPARE(call("admin.vm.Remove", "inside"), success());
    const auto watcher = m_core->subscribe();
    QCOMPARE(call("admin.pool.Remove+p", "dom0"), success());
    QVERIFY(eventually([&] {
        const QStringList events = watcher->events();
        return events.contains(QStringLiteral("|pool-pre-delete|pool=p"))
            && events.contains(QStringLiteral("|pool-delete|pool=p"));
    }));
    QCOMPARE(call("admin.pool.List", "dom0"), success("linux-kernel\nvarlibqubes\n"));
}

void AdminVolumesTest::adminapi_121_driversNameTheirParameters()
{
    QCOMPARE(call("admin.pool.ListDrivers", "dom0"),
             success("file-reflink dir_path setup_check revisions_to_keep ephemeral_volatile\n"
                     "linux-kernel dir_path\n"
                     "lvm_thin volume_group thin_pool revisions_to_keep ephemeral_volatile\n"));
}

void AdminVolumesTest::adminapi_122_usageOfAThinPoolHasFourKeys()
{
    m_core->pool.setUsage({.size = 100, .usage = 40});
    QCOMPARE(call("admin.pool.UsageDetails+varlibqubes", "dom0"), success("data_size=100\ndata_usage=40\n"));
    m_core->pool.setUsage({.size = 100, .usage = 40, .metadataSize = 9, .metadataUsage = 3});
    QCOMPARE(call("admin.pool.UsageDetails+varlibqubes", "dom0"),
             success("data_size=100\ndata_usage=40\nmetadata_size=9\nmetadata_usage=3\n"));
}

void AdminVolumesTest::newQubes_useTheDefaultPoolsOfTheirCreation()
{
    QCOMPARE(call("admin.pool.Add+file-reflink", "dom0", "name=p\ndir_path=/srv/p"), success());
    QCOMPARE(call("admin.property.Set+default_pool_private", "dom0", "p"), success());
    m_core->addAppVm("inside", "base");
    QCOMPARE(call("admin.property.Reset+default_pool_private", "dom0"), success());
    m_core->restart();
    QVERIFY(call("admin.vm.volume.Info+private", "inside").contains("pool=p\n"));
    QVERIFY(call("admin.vm.volume.Info+root", "inside").contains("pool=varlibqubes\n")); // the template's
    QVERIFY(call("admin.vm.volume.Info+private", "work").contains("pool=varlibqubes\n"));
}

void AdminVolumesTest::poolVolumes_areListed()
{
    QCOMPARE(call("admin.pool.volume.List+varlibqubes", "dom0"),
             success("vm-templates/base/root\nvm-templates/base/private\nvm-templates/base/volatile\n"
                     "appvms/work/root\nappvms/work/private\nappvms/work/volatile\n"));
    QCOMPARE(call("admin.pool.volume.List+varlibqubes", "work"), QByteArray());
}

void AdminVolumesTest::adminapi_116_importOfARunningQubeIsRefused()
{
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(m_core->callInternal("internal.vm.volume.ImportBegin+private", "work", "5\n")),
             QByteArray("QubesVMNotHaltedError"));
    QVERIFY(m_core->pool.deeds().empty());
}

void AdminVolumesTest::import_isBegunAndEndedOnTheInternalSocket()
{
    const auto watcher = m_core->subscribe("work");
    const auto internal = [&](const char *service, const char *payload) {
        return m_core->callInternal(service, "work", payload);
    };
    QCOMPARE(internal("internal.vm.volume.ImportBegin+private", "5\n"), success("5 /import/appvms/work/private"));
    QCOMPARE(internal("internal.vm.volume.ImportEnd+private", "ok"), success());
    QCOMPARE(lastDeed(), std::string("keep import of appvms/work/private"));
    // Without a size it is the volume's.
    QCOMPARE(internal("internal.vm.volume.ImportBegin+private", ""), success("2147483648 /import/appvms/work/private"));
    const QByteArray failed = internal("internal.vm.volume.ImportEnd+private", "fail\nnot enough data");
    QCOMPARE(exceptionType(failed), QByteArray("StoragePoolException"));
    QCOMPARE(exceptionMessage(failed), QByteArray("not enough data"));
    QCOMPARE(lastDeed(), std::string("discard import of appvms/work/private"));
    QCOMPARE(internal("internal.vm.volume.ImportBegin+private", "05\n"), QByteArray());
    QCOMPARE(internal("internal.vm.volume.ImportBegin+private", "0\n").left(2), QByteArray("2\0", 2));
    QCOMPARE(internal("internal.vm.volume.ImportEnd+private", "maybe"), QByteArray());
    QCOMPARE(call("internal.vm.volume.ImportBegin+private", "work"), QByteArray()); // not on the socket of all
    QVERIFY(eventually([&] {
        return watcher->events().size() >= 5;
    }));
    QCOMPARE(watcher->events().mid(1),
             (QStringList{QStringLiteral("work|domain-volume-import-begin|volume=private|size=5"),
                          QStringLiteral("work|domain-volume-import-end|volume=private|success=True"),
                          QStringLiteral("work|domain-volume-import-begin|volume=private|size=2147483648"),
                          QStringLiteral("work|domain-volume-import-end|volume=private|success=False")}));
}

void AdminVolumesTest::adminapi_114_aStreamHasExactlyTheVolumesBytes_data()
{
    QTest::addColumn<int>("sent");
    QTest::addColumn<QByteArray>("message"); // empty: it is taken
    QTest::newRow("exactly") << 100000 << QByteArray();
    QTest::newRow("one less") << 99999 << QByteArray("there are only 99999 bytes for the volume's 100000");
    QTest::newRow("one more") << 100001 << QByteArray("there are more bytes than the volume's 100000");
    QTest::newRow("none") << 0 << QByteArray("there are only 0 bytes for the volume's 100000");
    QTest::newRow("many more") << 700000 << QByteArray("there are more bytes than the volume's 100000");
}

void AdminVolumesTest::adminapi_114_aStreamHasExactlyTheVolumesBytes()
{
    QFETCH(int, sent);
    QFETCH(QByteArray, message);
    m_core->pool.setState("appvms/work/private", {.size = 100000});
    m_core->pool.importInto(m_images.path().toStdString());
    QByteArray bytes(sent, '\0'); // zeros take no room, and are there all the same
    for (int place = 0; place < sent; place += 7000) {
        bytes[place] = static_cast<char>('a' + place % 26);
    }
    const QByteArray answer = stream("admin.vm.volume.Import+private", bytes);
    if (message.isEmpty()) {
        QCOMPARE(answer, success());
        QCOMPARE(lastDeed(), std::string("keep import of appvms/work/private"));
        QVERIFY(imported() == bytes);
        return;
    }
    QCOMPARE(exceptionType(answer), QByteArray("StoragePoolException"));
    QVERIFY2(exceptionMessage(answer).contains(message), exceptionMessage(answer).constData());
    QCOMPARE(lastDeed(), std::string("discard import of appvms/work/private"));
}

void AdminVolumesTest::adminapi_114_aBrokenStreamLeavesWhatWas()
{
    m_core->pool.setState("appvms/work/private", {.size = 100000});
    m_core->pool.importInto(m_images.path().toStdString());
    const auto watcher = m_core->subscribe("work");
    {
        RawClient client(m_core->adminSocket());
        client.write(QByteArray("admin.vm.volume.Import+private dom0 name work") + '\0' + QByteArray(50000, 'x'));
        QVERIFY(eventually([&] {
            return lastDeed() == "begin import of appvms/work/private with 100000";
        }));
        client.close(); // in the middle
    }
    QVERIFY(eventually([&] {
        return lastDeed() == "discard import of appvms/work/private";
    }));
    QVERIFY(eventually([&] {
        return watcher->events().contains(QStringLiteral("work|domain-volume-import-end|volume=private|success=False"));
    }));
    QCOMPARE(call("admin.vm.Start", "work"), success());
}

void AdminVolumesTest::adminapi_115_aStreamWithItsSize_data()
{
    QTest::addColumn<QByteArray>("stream");
    QTest::addColumn<QByteArray>("outcome"); // the first bytes of the answer
    const QByteArray refused("2\0", 2);
    QTest::newRow("all of it") << QByteArray("5\nhello") << success();
    QTest::newRow("less") << QByteArray("5\nhell") << refused;
    QTest::newRow("more") << QByteArray("5\nhello!") << refused;
    QTest::newRow("no bytes") << QByteArray("5\n") << refused;
    QTest::newRow("none wanted") << QByteArray("0\n") << refused;
    QTest::newRow("leading zero") << QByteArray("05\nhello") << QByteArray();
    QTest::newRow("no number") << QByteArray("five\nhello") << QByteArray();
    QTest::newRow("no line") << QByteArray(100, '5') << QByteArray();
    QTest::newRow("nothing") << QByteArray() << QByteArray();
    QTest::newRow("half a line") << QByteArray("5") << QByteArray();
}

void AdminVolumesTest::adminapi_115_aStreamWithItsSize()
{
    QFETCH(QByteArray, stream);
    QFETCH(QByteArray, outcome);
    m_core->pool.importInto(m_images.path().toStdString());
    const QByteArray answer = this->stream("admin.vm.volume.ImportWithSize+private", stream);
    QCOMPARE(answer.left(2), outcome.left(2));
    if (outcome == success()) {
        QCOMPARE(imported(), QByteArray("hello"));
        QCOMPARE(lastDeed(), std::string("keep import of appvms/work/private"));
    }
}

void AdminVolumesTest::import_ofAStreamDoesNotKeepOthersWaiting()
{
    m_core->pool.importInto(m_images.path().toStdString());
    RawClient client(m_core->adminSocket());
    client.write(QByteArray("admin.vm.volume.ImportWithSize+private dom0 name work") + '\0' + "6\nabc");
    QVERIFY(eventually([&] {
        return lastDeed() == "begin import of appvms/work/private with 6";
    }));
    QVERIFY(call("admin.vm.List", "dom0").startsWith(success()));
    client.write("def");
    client.halfClose();
    QVERIFY(client.waitForEnd());
    QCOMPARE(client.received(), success());
    QCOMPARE(imported(), QByteArray("abcdef"));
}

void AdminVolumesTest::import_ofASenderThatStops_endsInWords()
{
    QTemporaryDir folder;
    const std::string file = folder.filePath(QStringLiteral("volume")).toStdString();
    QVERIFY(QFile(QString::fromStdString(file)).open(QIODevice::WriteOnly));
    std::array<int, 2> ends{-1, -1};
    QCOMPARE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const UniqueFd sender(ends[0]); // open all the time, and silent
    std::optional<Result<void>> outcome;
    QObject parent;
    AdminApi::receiveUpload(&parent,
                            {.begun = "abc", .socket = UniqueFd(ends[1]), .patience = std::chrono::milliseconds(20)},
                            file,
                            100,
                            [&outcome](Result<void> result) {
                                outcome = std::move(result);
                            });
    QVERIFY(eventually([&] {
        return outcome.has_value();
    }));
    QVERIFY(!*outcome);
    QCOMPARE(outcome->error().code, Errc::TimedOut);
    QVERIFY2(outcome->error().text().starts_with("no byte came for "), outcome->error().text().c_str());
}

void AdminVolumesTest::adminapi_116_streamsAreRefusedBeforeTheyAreRead()
{
    m_core->pool.importInto(m_images.path().toStdString());
    QCOMPARE(call("admin.vm.Start", "work"), success());
    QCOMPARE(exceptionType(stream("admin.vm.volume.Import+private", QByteArray(3000000, 'x'))),
             QByteArray("QubesVMNotHaltedError"));
    QCOMPARE(stream("admin.vm.volume.Import+other", "x"), QByteArray());
    QCOMPARE(stream("admin.vm.volume.Import", "x"), QByteArray());
    QVERIFY(m_core->pool.deeds().empty());
}

void AdminVolumesTest::nobodyButDom0_learnsOfVolumes()
{
    for (const char *const service : {"admin.vm.volume.List",
                                      "admin.vm.volume.Info+private",
                                      "admin.vm.volume.Info+other",
                                      "admin.vm.volume.CloneFrom+private",
                                      "admin.vm.volume.Clear+private"}) {
        QCOMPARE(m_core->callFrom("work", service, "base"), QByteArray());
    }
    QCOMPARE(m_core->callFrom("work", "admin.pool.List", "dom0"), QByteArray());
    QCOMPARE(m_core->callFrom("work", "admin.pool.Add+tape", "dom0", "name=p"), QByteArray());
    QVERIFY(m_core->pool.deeds().empty());
}

QTEST_GUILESS_MAIN(AdminVolumesTest)
#include "adminvolumestest.moc"
