// SPDX-License-Identifier: GPL-2.0-or-later
// Two domains of Xen: how fast a channel of ours is beside libxenvchan's own, in turns in one run, and whether either
// end of one speaks with the other end of the other.
//
//   bulkhead-bench-xenvchan serve PEER ROUNDS      in one domain
//   bulkhead-bench-xenvchan connect PEER ROUNDS    in the other, with the same ROUNDS; prints the figures
#include "base/error.h"
#include "base/formatted.h"
#include "base/number.h"
#include "tests/bench/waitingstream.h"
#include "vchan-io/transport/backend.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <print>
#include <span>
#include <string>
#include <thread>
#include <vector>

extern "C" {
#include <libxenvchan.h>
}

namespace
{

using namespace Bulkhead;
using Clock = std::chrono::steady_clock;

constexpr std::size_t RingBytes = 64 << 10;
constexpr std::size_t ChunkBytes = 256 << 10;
constexpr std::size_t Chunks = 64;
constexpr int Bounces = 2000;
constexpr std::uint32_t FirstPort = 7000;

/// One end that waits until all is through.
class Stream
{
public:
    Stream() = default;
    Stream(const Stream &) = delete;
    Stream &operator=(const Stream &) = delete;
    virtual ~Stream() = default;

    virtual void send(std::span<const std::byte> bytes) = 0;
    virtual void receive(std::span<std::byte> bytes) = 0;
};

class OurStream final : public Stream
{
public:
    explicit OurStream(std::unique_ptr<Channel> channel)
        : m_stream(std::move(channel))
    {
    }

    void send(std::span<const std::byte> bytes) override
    {
        m_stream.send(bytes);
    }

    void receive(std::span<std::byte> bytes) override
    {
        m_stream.receive(bytes);
    }

private:
    Bench::WaitingStream m_stream;
};

class RawStream final : public Stream
{
public:
    explicit RawStream(libxenvchan *channel)
        : m_channel(channel)
    {
        m_channel->blocking = 1;
    }

    RawStream(const RawStream &) = delete;
    RawStream &operator=(const RawStream &) = delete;

    ~RawStream() override
    {
        libxenvchan_close(m_channel);
    }

    void send(std::span<const std::byte> bytes) override
    {
        while (!bytes.empty()) {
            bytes = bytes.subspan(moved(libxenvchan_write(m_channel, bytes.data(), bytes.size())));
        }
    }

    void receive(std::span<std::byte> bytes) override
    {
        while (!bytes.empty()) {
            bytes = bytes.subspan(moved(libxenvchan_read(m_channel, bytes.data(), bytes.size())));
        }
    }

private:
    static std::size_t moved(int count)
    {
        BH_ASSERT(count > 0);
        return static_cast<std::size_t>(count);
    }

    libxenvchan *m_channel;
};

struct Pairing {
    const char *words;
    bool ourServer;
    bool ourClient;
};

constexpr std::array Pairings{
    Pairing{.words = "libxenvchan both", .ourServer = false, .ourClient = false},
    Pairing{.words = "ours both", .ourServer = true, .ourClient = true},
    Pairing{.words = "server libxenvchan, client ours", .ourServer = false, .ourClient = true},
    Pairing{.words = "server ours, client libxenvchan", .ourServer = true, .ourClient = false},
};

std::unique_ptr<Stream> serve(Backend &backend, DomId peer, Port port, bool ours)
{
    if (ours) {
        return std::make_unique<OurStream>(backend.serve(peer, port, {RingBytes, RingBytes}).value());
    }
    const std::string path = formatted("data/vchan/{}/{}", peer.value(), port.value());
    libxenvchan *const channel =
        libxenvchan_server_init(nullptr, static_cast<int>(peer.value()), path.c_str(), RingBytes, RingBytes);
    BH_ASSERT(channel != nullptr);
    return std::make_unique<RawStream>(channel);
}

/// libxenvchan's client wants the server to be there; nothing but asking again tells it.
libxenvchan *connectRaw(DomId peer, const std::string &path)
{
    while (true) {
        if (auto *const channel = libxenvchan_client_init(nullptr, static_cast<int>(peer.value()), path.c_str())) {
            return channel;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

std::unique_ptr<Stream> connect(Backend &backend, DomId peer, DomId own, Port port, bool ours)
{
    if (ours) {
        return std::make_unique<OurStream>(backend.connect(peer, port).value());
    }
    return std::make_unique<RawStream>(
        connectRaw(peer, formatted("/local/domain/{}/data/vchan/{}/{}", peer.value(), own.value(), port.value())));
}

struct Figures {
    double megabytesOut = 0; ///< a second, to the server
    double megabytesBack = 0;
    double microseconds = 0; ///< a round trip of one byte, median
};

double secondsSince(Clock::time_point begin)
{
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A byte of the stream, to see that none is lost, doubled or out of order.
std::vector<std::byte> chunk(std::size_t number)
{
    std::vector<std::byte> bytes(ChunkBytes);
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        bytes[i] = static_cast<std::byte>((number * 31 + i * 7) % 251);
    }
    return bytes;
}

void sendAll(Stream &stream)
{
    for (std::size_t i = 0; i < Chunks; ++i) {
        stream.send(chunk(i));
    }
}

void receiveAll(Stream &stream)
{
    std::vector<std::byte> got(ChunkBytes);
    for (std::size_t i = 0; i < Chunks; ++i) {
        stream.receive(got);
        BH_ASSERT(got == chunk(i));
    }
}

void answer(Stream &stream)
{
    std::array byte{std::byte{1}};
    receiveAll(stream);
    stream.send(byte);
    sendAll(stream);
    for (int i = 0; i < Bounces; ++i) {
        stream.receive(byte);
        stream.send(byte);
    }
    stream.receive(byte);
}

Figures measure(Stream &stream)
{
    constexpr double Megabytes = static_cast<double>(Chunks * ChunkBytes) / 1e6;
    std::array byte{std::byte{1}};
    Figures figures;
    auto begin = Clock::now();
    sendAll(stream);
    stream.receive(byte);
    figures.megabytesOut = Megabytes / secondsSince(begin);
    begin = Clock::now();
    receiveAll(stream);
    figures.megabytesBack = Megabytes / secondsSince(begin);
    std::vector<double> trips;
    for (int i = 0; i < Bounces; ++i) {
        begin = Clock::now();
        stream.send(byte);
        stream.receive(byte);
        trips.push_back(secondsSince(begin) * 1e6);
    }
    stream.send(byte);
    std::ranges::nth_element(trips, trips.begin() + Bounces / 2);
    figures.microseconds = trips[Bounces / 2];
    return figures;
}

void print(const char *words, const Figures &figures, const Figures &reference)
{
    std::println("{}: {:.1f} MB/s out ({:.2f}), {:.1f} MB/s back ({:.2f}), round trip {:.0f} us ({:.2f})",
                 words,
                 figures.megabytesOut,
                 figures.megabytesOut / reference.megabytesOut, // goal: at least 0.95
                 figures.megabytesBack,
                 figures.megabytesBack / reference.megabytesBack,
                 figures.microseconds,
                 figures.microseconds / reference.microseconds);
    (void)std::fflush(stdout);
}

int run(bool isServer, DomId peer, DomId own, int rounds)
{
    const auto backend = openBackend("xen");
    if (!backend) {
        std::println(stderr, "bulkhead-bench-xenvchan: {}", backend.error().text());
        return 1;
    }
    Port port(FirstPort);
    for (int round = 0; round < rounds; ++round) {
        Figures reference;
        for (const Pairing &pairing : Pairings) {
            port = Port(port.value() + 1);
            if (isServer) {
                answer(*serve(**backend, peer, port, pairing.ourServer));
                continue;
            }
            const auto stream = connect(**backend, peer, own, port, pairing.ourClient);
            const Figures figures = measure(*stream);
            reference = pairing.ourServer || pairing.ourClient ? reference : figures;
            print(pairing.words, figures, reference);
        }
    }
    return 0;
}

std::uint32_t number(std::string_view text)
{
    return numberIn<std::uint32_t>(text).value_or(0);
}

} // namespace

int main(int argc, char **argv)
{
    const std::vector<std::string_view> words(argv + 1, argv + argc);
    const bool isServer = !words.empty() && words.front() == "serve";
    if (words.size() < 3 || words.size() > 4 || (!isServer && words.front() != "connect")) {
        std::println(stderr, "usage: bulkhead-bench-xenvchan serve|connect PEER ROUNDS [OWN DOMAIN, default 0]");
        return 2;
    }
    const DomId own(words.size() > 3 ? number(words[3]) : 0);
    return run(isServer, DomId(number(words[1])), own, static_cast<int>(number(words[2])));
}
