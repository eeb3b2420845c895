// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/support/samplemessages.h"
#include "tests/support/wirebody.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/qrexecdata.h"
#include "vchan-io/wire/qrexecmessages.h"

#include <QTest>

#include <cstdlib>
#include <cstring>
#include <new>

namespace
{

/// What fresh memory of this program holds.
unsigned char s_poison = 0;

} // namespace

void *operator new(std::size_t size)
{
    void *memory = std::malloc(size > 0 ? size : 1);
    if (memory == nullptr) {
        std::abort();
    }
    return std::memset(memory, s_poison, size);
}

void operator delete(void *memory) noexcept
{
    std::free(memory);
}

void operator delete(void *memory, std::size_t /*size*/) noexcept
{
    std::free(memory);
}

using namespace Bulkhead;

/// Everything that is sent, built twice on memory full of two different patterns: a byte that nobody wrote would
/// differ.
class PoisonedMemoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void poison_isSeen();
    void S_031_guiMessagesHoldOnlyWhatWasWritten();
    void S_031_qrexecMessagesHoldOnlyWhatWasWritten();
};

namespace
{

template<typename Build> bool isTheSameOnAnyMemory(Build build)
{
    s_poison = 0xA5;
    const auto first = build();
    s_poison = 0x5A;
    const auto second = build();
    s_poison = 0;
    return first == second && !first.empty();
}

} // namespace

void PoisonedMemoryTest::poison_isSeen()
{
    struct Padded {
        char small = 1;
        int large = 2;
    };

    // The check would notice a structure that is sent with its padding.
    const auto careless = [] {
        const std::unique_ptr<Padded> padded(new Padded);
        Test::Bytes bytes(sizeof(Padded));
        std::memcpy(bytes.data(), static_cast<const void *>(padded.get()), sizeof(Padded));
        return bytes;
    };
    QVERIFY(!isTheSameOnAnyMemory(careless));
}

void PoisonedMemoryTest::S_031_guiMessagesHoldOnlyWhatWasWritten()
{
    for (const auto &message : Test::sampleMessagesFromAgent()) {
        QVERIFY(isTheSameOnAnyMemory([&message] {
            return Gui::FromAgent::build(message);
        }));
    }
    for (const auto &message : Test::sampleMessagesFromDaemon()) {
        QVERIFY(isTheSameOnAnyMemory([&message] {
            return Gui::FromDaemon::build(message, Gui::OwnVersion);
        }));
    }
    QVERIFY(isTheSameOnAnyMemory([] {
        return Gui::buildAnswer(Gui::OwnVersion, Gui::ScreenDescription::of({1366, 768}, 24));
    }));
}

void PoisonedMemoryTest::S_031_qrexecMessagesHoldOnlyWhatWasWritten()
{
    using namespace Qrexec;
    const ChannelAddress channel{DomId{42}, Port{513}};
    const Trigger trigger{.target = RequestedQube::cleaned("work"),
                          .ident = *RequestIdent::fromText("SOCKET5"),
                          .service = *RequestedService::cleaned("qubes.Filecopy+x")};
    const Execute execute{ExecKind::Command, DomId{0}, Port{513}, "user:true"};
    for (const auto version : {ProtocolVersion::V2, ProtocolVersion::V3, ProtocolVersion::V4}) {
        QVERIFY(isTheSameOnAnyMemory([&] {
            return *Qrexec::build(trigger, version);
        }));
    }
    const auto isClean = [](const auto &message) {
        return isTheSameOnAnyMemory([&message] {
            return Qrexec::build(message);
        });
    };
    QVERIFY(isTheSameOnAnyMemory([&] {
        return *Qrexec::build(execute, Link::DaemonToAgent);
    }));
    QVERIFY(isClean(Hello{4}));
    QVERIFY(isClean(ConnectionTerminated{channel}));
    QVERIFY(isClean(ServiceConnect{DomId{42}, Port{513}, trigger.ident.raw()}));
    QVERIFY(isClean(ServiceRefused{trigger.ident.raw()}));
    QVERIFY(isClean(Accepted{MessageType::ExecCommand, channel}));
    QVERIFY(isClean(channel));
    QVERIFY(isClean(Input{}));
    QVERIFY(isClean(Output{}));
    QVERIFY(isClean(ErrorOutput{}));
    QVERIFY(isClean(ExitCode{127}));
}

QTEST_GUILESS_MAIN(PoisonedMemoryTest)
#include "poisonedmemorytest.moc"
