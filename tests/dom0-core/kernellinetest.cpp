// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/lifecycle/kernelline.h"

#include "tests/dom0-core/modelbuilder.h"

#include <QTest>

#include <memory>

using namespace Bulkhead;

namespace
{

constexpr const char *Common = "root=/dev/mapper/dmroot ro nomodeset console=hvc0 rd_NO_PLYMOUTH rd.plymouth.enable=0 "
                               "plymouth.enable=0 xen_privcmd.unrestricted ";

} // namespace

class KernelLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void line_isEmptyWithoutAKernel();
    void xendomain_009_commonPartComesFirst();
    void xendomain_009_featuresChangeIt_data();
    void xendomain_009_featuresChangeIt();
    void xendomain_009_bootModeComesLast();

private:
    [[nodiscard]] std::string line() const
    {
        return kernelLineOf(m_builder->model, m_builder->get("work"));
    }

    std::unique_ptr<Test::ModelBuilder> m_builder;
};

void KernelLineTest::init()
{
    m_builder = std::make_unique<Test::ModelBuilder>();
    m_builder->host.kernels["6.12"] = "";
    m_builder->add("debian", QubeClass::TemplateVM);
    m_builder->add("work", QubeClass::AppVM);
    m_builder->set("work", "template", "debian");
    m_builder->set("work", "kernel", "6.12");
    m_builder->set("work", "kernelopts", "swiotlb=1");
}

void KernelLineTest::line_isEmptyWithoutAKernel()
{
    m_builder->set("work", "kernel", "");
    QCOMPARE(line(), std::string());
}

void KernelLineTest::xendomain_009_commonPartComesFirst()
{
    QCOMPARE(line(), Common + std::string("swiotlb=1"));
    m_builder->host.commonOptions = "root=/dev/xvda "; // the kernel's own file, as it is
    QCOMPARE(line(), std::string("root=/dev/xvda swiotlb=1"));
}

void KernelLineTest::xendomain_009_featuresChangeIt_data()
{
    QTest::addColumn<QByteArray>("owner");
    QTest::addColumn<QByteArray>("feature");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("expected"); // C: the common part, M: the same without nomodeset, I: the machine id
    const auto row = [](const char *owner, const char *feature, const char *value, const char *expected) {
        QTest::addRow("%s=%s of %s", feature, value, owner)
            << QByteArray(owner) << QByteArray(feature) << QByteArray(value) << QByteArray(expected);
    };
    row("work", "apparmor", "1", "Cswiotlb=1 apparmor=1 security=apparmor");
    row("debian", "apparmor", "1", "Cswiotlb=1 apparmor=1 security=apparmor");
    row("work", "apparmor", "0", "Cswiotlb=1");
    row("work", "selinux", "1", "Cswiotlb=1 selinux=1 security=selinux");
    row("work", "no-nomodeset", "1", "Mswiotlb=1");
    row("work", "no-default-kernelopts", "1", "swiotlb=1");
    row("debian", "os", "Linux", "ICswiotlb=1");
    row("debian", "os", "Windows", "Cswiotlb=1");
}

void KernelLineTest::xendomain_009_featuresChangeIt()
{
    QFETCH(const QByteArray, owner);
    QFETCH(const QByteArray, feature);
    QFETCH(const QByteArray, value);
    QFETCH(QByteArray, expected);
    m_builder->setFeature(owner.toStdString(), feature.toStdString(), value.toStdString());
    auto machineId = QByteArray::fromStdString(m_builder->get("work").uuid.text());
    machineId.replace("-", "");
    const auto without = QByteArray(Common).replace("nomodeset ", "");
    expected.replace("I", QByteArray("systemd.machine_id=").append(machineId).append(' ')).replace("C", Common);
    if (expected.startsWith('M')) {
        expected = without + expected.mid(1);
    }
    QCOMPARE(QByteArray::fromStdString(line()), expected);
}

void KernelLineTest::xendomain_009_bootModeComesLast()
{
    m_builder->setFeature("debian", "boot-mode.kernelopts.rescue", "single");
    m_builder->setFeature("work", "apparmor", "1");
    m_builder->set("work", "bootmode", "rescue");
    QCOMPARE(line(), Common + std::string("swiotlb=1 apparmor=1 security=apparmor single"));
    m_builder->setFeature("work", "no-default-kernelopts", "1");
    QCOMPARE(line(), std::string("swiotlb=1 single"));
}

QTEST_GUILESS_MAIN(KernelLineTest)
#include "kernellinetest.moc"
