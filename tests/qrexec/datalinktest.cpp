// SPDX-License-Identifier: GPL-2.0-or-later
#include "qrexec/datachannel/datalink.h"

#include "tests/support/channelpair.h"

#include <QTest>

#include <algorithm>
#include <optional>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;

namespace
{

constexpr std::size_t TotalBytes = 300'000;
constexpr std::size_t LongestMessage = std::size_t{1} << 20;

std::vector<std::byte> countingBytes()
{
    std::vector<std::byte> bytes(TotalBytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>(i * 7 % 251);
    }
    return bytes;
}

/// A caller that sends, and a service of some version that listens, on a channel with some ring.
class Call
{
public:
    Call(std::uint32_t version, std::size_t ring)
        : m_loop(EventLoop::create(m_clock).value())
    {
        Test::ChannelPair pair = Test::makeChannelPair(ring);
        m_service.emplace(
            *m_loop,
            std::move(pair.server),
            HeaderRule{HeaderSize,
                       [](std::span<const std::byte> header) -> Result<std::size_t> {
                           return std::min<std::size_t>(parseHeader(header).value().length.anyValue(), LongestMessage);
                       }},
            MessageLink::Handlers{.onMessage = [this](StreamMessage message) -> Result<void> {
                                      m_sizes.push_back(message.body.size());
                                      m_heard.insert(m_heard.end(), message.body.begin(), message.body.end());
                                      return {};
                                  },
                                  .onEnd = [](const Error &) {}});
        m_caller.emplace(
            *m_loop,
            std::move(pair.client),
            Link::ServiceToCaller,
            Greeting::AtOnce,
            DataLink::Handlers{
                .onReady = [] {},
                .onMessage = [](const Header &, std::span<const std::byte>, ProtocolVersion) -> Result<void> {
                    return {};
                },
                .onDrained = [] {},
                .onEnd = [](const Error &) {}});
        BH_ASSERT(m_service->start() && m_caller->start());
        m_service->send(build(Hello{.version = version}));
        m_loop->runUntilIdle();
        m_sizes.clear(); // of the greeting
        m_heard.clear();
    }

    void send(std::span<const std::byte> bytes)
    {
        m_caller->sendStream<Input>(bytes);
        m_loop->runUntilIdle();
    }

    [[nodiscard]] const std::vector<std::size_t> &sizes() const
    {
        return m_sizes;
    }

    [[nodiscard]] const std::vector<std::byte> &heard() const
    {
        return m_heard;
    }

private:
    BootClock m_clock;
    std::unique_ptr<EventLoop> m_loop;
    std::optional<MessageLink> m_service;
    std::optional<DataLink> m_caller;
    std::vector<std::size_t> m_sizes;
    std::vector<std::byte> m_heard;
};

} // namespace

class DataLinkTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void qrexec_008_qrexec_009_piecesAreAsLongAsRingAndVersionAllow_data()
    {
        QTest::addColumn<quint32>("version");
        QTest::addColumn<quint64>("ring");
        QTest::addColumn<quint64>("longest");
        QTest::newRow("usual") << 3U << quint64{65536} << quint64{65528};
        QTest::newRow("newest") << 4U << quint64{65536} << quint64{65528};
        QTest::newRow("large ring") << 3U << quint64{1 << 20} << quint64{65536};
        QTest::newRow("small ring") << 3U << quint64{4096} << quint64{4088};
        QTest::newRow("older peer") << 2U << quint64{65536} << quint64{4096};
        QTest::newRow("older peer, small ring") << 2U << quint64{4096} << quint64{4088};
    }

    void qrexec_008_qrexec_009_piecesAreAsLongAsRingAndVersionAllow()
    {
        QFETCH(const quint32, version);
        QFETCH(const quint64, ring);
        QFETCH(const quint64, longest);
        Call call(version, ring);
        const auto bytes = countingBytes();
        call.send(bytes);
        QCOMPARE(std::ranges::max(call.sizes()), longest);
        QCOMPARE(call.sizes().size(), (TotalBytes + longest - 1) / longest);
        QCOMPARE(call.heard(), bytes);
    }

    void end_isOnePieceOfNothing()
    {
        Call call(3, 65536);
        call.send({});
        QCOMPARE(call.sizes(), std::vector<std::size_t>{0});
    }
};

QTEST_GUILESS_MAIN(DataLinkTest)
#include "datalinktest.moc"
