// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/servicecall/servicecall.h"

#include "tests/dom0-core/corefixture.h"

#include <QFile>

#include <atomic>
#include <map>
#include <thread>

using namespace Bulkhead;
using namespace Bulkhead::Test;

namespace
{

using Variables = std::map<std::string, std::string>;

Result<ServiceCall> callOf(const char *program, const char *argument, const Variables &variables)
{
    return serviceCallOf("/run", program, argument, [&variables](const char *name) {
        const auto place = variables.find(name);
        return place == variables.end() ? std::string() : place->second;
    });
}

} // namespace

class ServiceCallTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void header_isWhatTheSocketTakes();
    void header_isRefusedWhereANameCouldBeMore_data();
    void header_isRefusedWhereANameCouldBeMore();
    void call_streamsAndHandsOnTheAnswer();
};

void ServiceCallTest::header_isWhatTheSocketTakes()
{
    const Variables variables{{"QREXEC_REMOTE_DOMAIN", "work"}, {"QREXEC_REQUESTED_TARGET", "vault"}};
    const auto import = callOf("/etc/qubes-rpc/admin.vm.volume.Import", "private", variables);
    QVERIFY(import);
    QCOMPARE(import->socket, std::filesystem::path("/run/qubesd.sock"));
    QCOMPARE(import->header, std::string("admin.vm.volume.Import+private work name vault\0", 47));
    QVERIFY(import->sendsInput);
    // What a qube says of itself is said to dom0, whatever target it named.
    const auto features = callOf("qubes.FeaturesRequest", "", variables);
    QVERIFY(features);
    QCOMPARE(features->socket, std::filesystem::path("/run/qubesd.misc.sock"));
    QCOMPARE(features->header, std::string("qubes.FeaturesRequest work name dom0\0", 37));
    QVERIFY(!features->sendsInput);
    Variables keyword = variables;
    keyword["QREXEC_REQUESTED_TARGET_TYPE"] = "keyword";
    keyword["QREXEC_REQUESTED_TARGET_KEYWORD"] = "adminvm";
    keyword["QREXEC_SERVICE_ARGUMENT"] = "root";
    QCOMPARE(callOf("admin.vm.volume.Import", "", keyword)->header,
             std::string("admin.vm.volume.Import+root work name dom0\0", 43));
}

void ServiceCallTest::header_isRefusedWhereANameCouldBeMore_data()
{
    QTest::addColumn<QByteArray>("program");
    QTest::addColumn<QByteArray>("argument");
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("target");
    const QByteArray import("admin.vm.volume.Import");
    QTest::newRow("no service of ours") << QByteArray("admin.vm.Kill") << QByteArray() << QByteArray("work")
                                        << QByteArray("vault");
    QTest::newRow("argument with a field")
        << import << QByteArray("private dom0") << QByteArray("work") << QByteArray("vault");
    QTest::newRow("source with a field") << import << QByteArray("private") << QByteArray("work name dom0")
                                         << QByteArray("vault");
    QTest::newRow("no source") << import << QByteArray("private") << QByteArray() << QByteArray("vault");
    QTest::newRow("no target") << import << QByteArray("private") << QByteArray("work") << QByteArray();
}

void ServiceCallTest::header_isRefusedWhereANameCouldBeMore()
{
    QFETCH(QByteArray, program);
    QFETCH(QByteArray, argument);
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, target);
    QVERIFY(
        !callOf(program.constData(),
                argument.constData(),
                {{"QREXEC_REMOTE_DOMAIN", source.toStdString()}, {"QREXEC_REQUESTED_TARGET", target.toStdString()}}));
}

void ServiceCallTest::call_streamsAndHandsOnTheAnswer()
{
    CoreFixture core;
    core.addTemplate("base");
    core.addAppVm("work", "base");
    QTemporaryDir directory;
    const std::filesystem::path images = directory.path().toStdString();
    core.pool.importInto(images);
    const std::string bytes(2'000'000, 'x'); // more than a socket and a chunk hold
    QFile input(directory.filePath(QStringLiteral("input")));
    QVERIFY(input.open(QIODevice::ReadWrite));
    input.write(QByteArray::fromStdString(std::to_string(bytes.size()) + "\n" + bytes));
    QVERIFY(input.seek(0) && input.flush());
    QFile output(directory.filePath(QStringLiteral("output")));
    QVERIFY(output.open(QIODevice::ReadWrite));

    const Variables variables{{"QREXEC_REMOTE_DOMAIN", "dom0"}, {"QREXEC_REQUESTED_TARGET", "work"}};
    auto call = callOf("admin.vm.volume.ImportWithSize", "private", variables);
    QVERIFY(call);
    call->socket = core.adminSocket();
    std::atomic<int> status = -1;
    std::jthread caller([&] { // it blocks, and the core runs in this thread
        const auto done = makeServiceCall(*call, input.handle(), output.handle());
        status = done && *done ? 0 : 1;
    });
    QVERIFY(eventually([&] {
        return status >= 0;
    }));
    QCOMPARE(status.load(), 0);
    QVERIFY(output.seek(0));
    QCOMPARE(output.readAll(), success());
    QCOMPARE(core.pool.deeds().back(), std::string("keep import of appvms/work/private"));
    QFile image(QString::fromStdString(core.pool.importPlace("appvms/work/private").string()));
    QVERIFY(image.open(QIODevice::ReadOnly));
    QVERIFY(image.readAll() == QByteArray::fromStdString(bytes));
}

QTEST_GUILESS_MAIN(ServiceCallTest)
#include "servicecalltest.moc"
