// SPDX-License-Identifier: GPL-2.0-or-later
// How fast a channel of the local driver is, beside what no channel can be much better than: a ring between two ends
// that trust each other, and a bare eventfd there and back. Each pair is measured in turns in the same run.
#include "base/fd.h"
#include "tests/support/channelpair.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstring>
#include <functional>
#include <optional>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>

namespace
{

using namespace Bulkhead;
using Clock = std::chrono::steady_clock;

constexpr std::size_t RingBytes = 64 << 10;
constexpr std::size_t BytesARound = 256 << 20;
constexpr int PingsARound = 5000;

/// Wakes a thread that sleeps in it.
class Bell
{
public:
    template<typename Ready> void sleepUntil(Ready ready)
    {
        while (!ready()) {
            m_asleep.store(1);
            if (!ready()) {
                std::uint64_t count = 0;
                benchmark::DoNotOptimize(::read(m_fd.get(), &count, sizeof count));
            }
            m_asleep.store(0, std::memory_order_relaxed);
        }
    }

    void ring()
    {
        if (m_asleep.load() != 0) {
            const std::uint64_t one = 1;
            benchmark::DoNotOptimize(::write(m_fd.get(), &one, sizeof one));
        }
    }

private:
    UniqueFd m_fd{::eventfd(0, EFD_CLOEXEC)};
    std::atomic<int> m_asleep = 0;
};

/// The reference: shared indices that both ends believe, an eventfd for each.
class PlainRing
{
public:
    void write(std::span<const std::byte> bytes)
    {
        while (!bytes.empty()) {
            const std::size_t at = m_produced.load(std::memory_order_relaxed);
            std::size_t room = 0;
            m_writer.sleepUntil([&] {
                room = RingBytes - (at - m_consumed.load());
                return room > 0;
            });
            const std::size_t start = at % RingBytes;
            const std::size_t part = std::min({room, bytes.size(), RingBytes - start});
            std::memcpy(m_bytes.data() + start, bytes.data(), part);
            m_produced.store(at + part);
            m_reader.ring();
            bytes = bytes.subspan(part);
        }
    }

    std::size_t read(std::span<std::byte> into)
    {
        const std::size_t at = m_consumed.load(std::memory_order_relaxed);
        std::size_t there = 0;
        m_reader.sleepUntil([&] {
            there = m_produced.load() - at;
            return there > 0;
        });
        const std::size_t start = at % RingBytes;
        const std::size_t part = std::min({there, into.size(), RingBytes - start});
        std::memcpy(into.data(), m_bytes.data() + start, part);
        m_consumed.store(at + part);
        m_writer.ring();
        return part;
    }

private:
    std::vector<std::byte> m_bytes = std::vector<std::byte>(RingBytes);
    alignas(64) std::atomic<std::size_t> m_produced = 0;
    alignas(64) std::atomic<std::size_t> m_consumed = 0;
    Bell m_reader;
    Bell m_writer;
};

void waitFor(Channel &channel)
{
    pollfd wait{.fd = channel.pollFd(), .events = POLLIN, .revents = 0};
    benchmark::DoNotOptimize(::poll(&wait, 1, -1));
    BH_ASSERT(channel.takeEvent());
}

void writeAll(Channel &channel, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const std::size_t count = channel.write(bytes).value();
        bytes = bytes.subspan(count);
        if (!bytes.empty()) {
            waitFor(channel);
        }
    }
}

std::size_t readSome(Channel &channel, std::span<std::byte> into)
{
    while (true) {
        if (const std::size_t count = channel.read(into).value(); count > 0) {
            return count;
        }
        waitFor(channel);
    }
}

double seconds(const std::function<void()> &work)
{
    const auto begin = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Time to move BytesARound from `write` in one thread to `read` in another.
double transferTime(const std::function<void(std::span<const std::byte>)> &write,
                    const std::function<std::size_t(std::span<std::byte>)> &read)
{
    return seconds([&] {
        std::thread writer([&write] {
            const std::vector<std::byte> bytes(RingBytes, std::byte{1});
            for (std::size_t done = 0; done < BytesARound; done += bytes.size()) {
                write(bytes);
            }
        });
        std::vector<std::byte> into(RingBytes);
        for (std::size_t done = 0; done < BytesARound;) {
            done += read(into);
        }
        writer.join();
    });
}

void throughput(benchmark::State &state)
{
    PlainRing ring;
    const Test::ChannelPair pair = Test::makeChannelPair(RingBytes);
    double channelTime = 0;
    double ringTime = 0;
    for (auto _ : state) {
        ringTime += transferTime(
            [&](auto bytes) {
                ring.write(bytes);
            },
            [&](auto into) {
                return ring.read(into);
            });
        const double time = transferTime(
            [&](auto bytes) {
                writeAll(*pair.client, bytes);
            },
            [&](auto into) {
                return readSome(*pair.server, into);
            });
        channelTime += time;
        state.SetIterationTime(time);
    }
    state.SetBytesProcessed(static_cast<std::int64_t>(BytesARound) * state.iterations());
    state.counters["of_plain_ring"] = ringTime / channelTime; // goal: at least 0.9
}

/// Time of PingsARound round trips between two threads.
double pingTime(const std::function<void()> &ask, const std::function<void()> &answer)
{
    return seconds([&] {
        std::thread other([&answer] {
            for (int i = 0; i < PingsARound; ++i) {
                answer();
            }
        });
        for (int i = 0; i < PingsARound; ++i) {
            ask();
        }
        other.join();
    });
}

void roundTrip(benchmark::State &state)
{
    const UniqueFd there(::eventfd(0, EFD_CLOEXEC));
    const UniqueFd back(::eventfd(0, EFD_CLOEXEC));
    const auto ring = [](const UniqueFd &fd) {
        const std::uint64_t one = 1;
        benchmark::DoNotOptimize(::write(fd.get(), &one, sizeof one));
    };
    const auto hear = [](const UniqueFd &fd) {
        std::uint64_t count = 0;
        benchmark::DoNotOptimize(::read(fd.get(), &count, sizeof count));
    };
    const Test::ChannelPair pair = Test::makeChannelPair(RingBytes);
    const auto send = [](Channel &channel) {
        writeAll(channel, std::array{std::byte{1}});
    };
    const auto receive = [](Channel &channel) {
        std::array<std::byte, 16> into;
        (void)readSome(channel, into);
    };
    double channelTime = 0;
    double eventTime = 0;
    for (auto _ : state) {
        eventTime += pingTime(
            [&] {
                ring(there);
                hear(back);
            },
            [&] {
                hear(there);
                ring(back);
            });
        const double time = pingTime(
            [&] {
                send(*pair.client);
                receive(*pair.client);
            },
            [&] {
                receive(*pair.server);
                send(*pair.server);
            });
        channelTime += time;
        state.SetIterationTime(time);
    }
    state.counters["us_each"] = channelTime * 1e6 / static_cast<double>(PingsARound * state.iterations());
    state.counters["of_eventfd"] = channelTime / eventTime; // goal: at most 2.5
}

} // namespace

BENCHMARK(throughput)->Name("vchan_throughput_64KiB")->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);
BENCHMARK(roundTrip)->Name("vchan_round_trip")->Iterations(5)->UseManualTime()->Unit(benchmark::kMillisecond);

BENCHMARK_MAIN();
