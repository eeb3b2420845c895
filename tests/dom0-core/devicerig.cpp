// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/devicerig.h"

#include "base/formatted.h"
#include "vchan-io/wire/qubesdbmessages.h"

namespace Bulkhead::Test
{

using namespace Qt::StringLiterals;

DeviceRig::DeviceRig()
    : m_core(std::make_unique<CoreFixture>())
{
    m_core->addTemplate("base");
    m_core->addAppVm("work", "base");
    m_core->addAppVm("usb", "base");
}

void DeviceRig::tell(const std::string &qube, const std::vector<std::vector<std::byte>> &messages) const
{
    RawClient guest(formatted("{}/qubes/qubesdb.{}.sock", m_core->runDirectory(), qube));
    for (const auto &message : messages) {
        guest.write(QByteArray(static_cast<const char *>(static_cast<const void *>(message.data())),
                               static_cast<qsizetype>(message.size())));
    }
    const auto answers = static_cast<qsizetype>(messages.size() * QubesDb::HeaderSize);
    QVERIFY(eventually([&] {
        return guest.received().size() >= answers;
    }));
}

void DeviceRig::publish(const std::string &qube, const Keys &keys) const
{
    std::vector<std::vector<std::byte>> messages;
    for (const auto &[key, value] : keys) {
        messages.push_back(
            QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices/" + key).value(),
                                          .value = QubesDb::Value::parse(value).value()}));
    }
    messages.push_back(QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices").value(),
                                                     .value = QubesDb::Value::parse("").value()}));
    tell(qube, messages);
}

void DeviceRig::unpublish(const std::string &qube, const std::string &device) const
{
    tell(qube,
         {QubesDb::build(QubesDb::Remove{.path = QubesDb::Path::parse("/qubes-block-devices/" + device + "/").value()}),
          QubesDb::build(QubesDb::Write{.key = QubesDb::Key::parse("/qubes-block-devices").value(),
                                        .value = QubesDb::Value::parse("").value()})});
}

QStringList DeviceRig::disks() const
{
    QStringList about;
    for (const std::string &line : m_core->driver.log()) {
        if (line.starts_with("disk ") || line.starts_with("no disk ")) {
            about << QString::fromStdString(line);
        }
    }
    return about;
}

QStringList DeviceRig::deviceEvents(const RawClient &stream)
{
    QStringList about;
    for (const QString &event : stream.events()) {
        if (event.contains(u"|device-"_s)) {
            about << event;
        }
    }
    return about;
}

} // namespace Bulkhead::Test
