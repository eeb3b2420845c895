// SPDX-License-Identifier: GPL-2.0-or-later
// Memory that runs out while a peer's bytes are parsed: at the first time that some is asked for, at the second, and so
// on, until there was enough.
#include "base/clock.h"
#include "tests/support/channelpair.h"
#include "tests/support/samplemessages.h"
#include "tests/support/wirebody.h"
#include "vchan-io/transport/eventloop.h"
#include "vchan-io/transport/messagelink.h"
#include "vchan-io/wire/dragagentmessages.h"
#include "vchan-io/wire/filecopy/entry.h"
#include "vchan-io/wire/filecopy/openrequest.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/qrexecdata.h"
#include "vchan-io/wire/qrexechandover.h"
#include "vchan-io/wire/qrexecmessages.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <QTest>

#include <cerrno>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>

namespace
{

/// How often memory may still be asked for; nothing: as often as anybody likes.
std::optional<int> s_left;
/// Whether it was refused.
bool s_refused = false;
/// Pieces of memory that somebody has.
long s_pieces = 0;

} // namespace

void *operator new(std::size_t size)
{
    if (s_left && (*s_left)-- == 0) {
        s_left.reset();
        s_refused = true;
        throw std::bad_alloc();
    }
    void *const memory = std::malloc(size > 0 ? size : 1);
    if (memory == nullptr) {
        std::abort();
    }
    ++s_pieces;
    return memory;
}

void operator delete(void *memory) noexcept
{
    s_pieces -= memory == nullptr ? 0 : 1;
    std::free(memory);
}

void operator delete(void *memory, std::size_t /*size*/) noexcept
{
    operator delete(memory);
}

using namespace Bulkhead;

namespace
{

using Bytes = std::span<const std::byte>;

/// Does it, with memory for so many requests for it only.
template<typename Act> auto withMemoryFor(int requests, Act &&act)
{
    s_refused = false;
    s_left = requests;
    auto result = act();
    s_left.reset();
    return result;
}

bool isOutOfMemory(const Error &error)
{
    return error.code == Errc::TooMuch && error.detail == "no memory left";
}

bool isOutOfMemory(FileCopy::Code code)
{
    return code == FileCopy::codeOfErrno(ENOMEM);
}

/// @return how many requests for memory the parser makes; nothing: once that it had none, it said something else than
///         that, or kept something
template<typename Parse> std::optional<int> requestsOf(Parse &&parse)
{
    for (int requests = 0;; ++requests) {
        const long before = s_pieces;
        {
            const auto parsed = withMemoryFor(requests, parse);
            if (!s_refused) {
                return requests;
            }
            if (parsed || !isOutOfMemory(parsed.error())) {
                return std::nullopt;
            }
        }
        if (s_pieces != before) {
            return std::nullopt;
        }
    }
}

Bytes part(const std::vector<std::byte> &message, std::size_t headerSize)
{
    return Bytes(message).subspan(headerSize);
}

/// What each parser of qrexec's control links makes of a message: one of them knows its type.
template<typename Parse> std::optional<int> requestsOfQrexec(const std::vector<std::byte> &message, Parse &&parse)
{
    const auto header = Qrexec::parseHeader(Bytes(message).first(Qrexec::HeaderSize)).value();
    return requestsOf([&] {
        return parse(header, part(message, Qrexec::HeaderSize));
    });
}

} // namespace

class OutOfMemoryTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void S_032_guiMessages()
    {
        int requests = 0;
        for (const auto &message : Test::sampleMessagesFromAgent()) {
            const auto bytes = Gui::FromAgent::build(message);
            const auto header = Gui::parseHeader(Bytes(bytes).first(Gui::HeaderSize)).value();
            const auto counted = requestsOf([&] {
                return Gui::FromAgent::parse(header, part(bytes, Gui::HeaderSize), Gui::OwnVersion);
            });
            QVERIFY(counted.has_value());
            requests += *counted;
        }
        QVERIFY(requests > 0); // titles, pages and texts take some
        for (const auto &message : Test::sampleMessagesFromDaemon()) {
            const auto bytes = Gui::FromDaemon::build(message, Gui::OwnVersion);
            const auto header = Gui::parseHeader(Bytes(bytes).first(Gui::HeaderSize)).value();
            QVERIFY(requestsOf([&] {
                        return Gui::FromDaemon::parse(header, part(bytes, Gui::HeaderSize));
                    }).has_value());
        }
    }

    /// What is refused in words takes memory, too.
    void S_032_refusals()
    {
        const auto wrongHeader = Test::words({0xFFFF, 0, 0});
        const auto header = Gui::parseHeader(wrongHeader).value();
        QVERIFY(requestsOf([&] {
                    return Gui::FromAgent::bodyLength(header, Gui::OwnVersion);
                }).value_or(0)
                > 0);
        const auto oldPeer = Test::words({1});
        QVERIFY(requestsOf([&] {
                    return Gui::parseNegotiated(oldPeer);
                }).value_or(0)
                > 0);
        const auto call = Test::words({0x200, 0, 1, 2});
        const auto line = Test::field("x", 2);
        QVERIFY(requestsOf([&] {
                    return Qrexec::parseHandOver(call, line);
                }).value_or(0)
                > 0);
        const auto unknown = Qrexec::parseHeader(Test::words({0x999, 0})).value();
        QVERIFY(requestsOf([&] {
                    return Qrexec::bodyLength(Qrexec::Link::AgentToDaemon, unknown, Qrexec::OwnVersion);
                }).value_or(0)
                > 0);
    }

    void S_032_qrexecMessages()
    {
        using namespace Qrexec;
        const Trigger trigger{.source = {},
                              .target = RequestedQube::cleaned(std::string(40, 't')),
                              .ident = *RequestIdent::fromText(std::string(31, 'i')),
                              .service = *RequestedService::cleaned(std::string(60, 's') + "+a")};
        QVERIFY(requestsOfQrexec(*build(trigger, OwnVersion),
                                 [](const Header &header, Bytes body) {
                                     return parseFromAgent(header, body, OwnVersion);
                                 })
                    .value_or(0)
                > 0);
        QVERIFY(requestsOfQrexec(*build(trigger, OwnVersion),
                                 [](const Header &header, Bytes body) {
                                     return parseFromTriggerSocket(header, body);
                                 })
                    .value_or(0)
                > 0);
        const Execute execute{ExecKind::Command, DomId{0}, Port{513}, "user:QUBESRPC some.Service+argument work"};
        QVERIFY(requestsOfQrexec(*build(execute, Link::DaemonToAgent),
                                 [](const Header &header, Bytes body) {
                                     return parseFromDaemon(header, body, OwnVersion);
                                 })
                    .value_or(0)
                > 0);
        QVERIFY(requestsOfQrexec(*build(execute, Link::ClientToDaemon),
                                 [](const Header &header, Bytes body) {
                                     return parseFromClient(header, body, DaemonSocketVersion);
                                 })
                    .value_or(0)
                > 0);
        const std::vector<std::byte> data(1000);
        QVERIFY(requestsOfQrexec(build(Input{{data}}), [](const Header &header, Bytes body) {
                    return parseFromCaller(header, body, OwnVersion);
                }).has_value());
        QVERIFY(requestsOfQrexec(build(Output{{data}}), [](const Header &header, Bytes body) {
                    return parseFromService(header, body, OwnVersion);
                }).has_value());
        const auto call =
            *build(HandOver{.channel = {.domain = DomId{1}, .port = Port{513}}, .command = "QUBESRPC a work"});
        QVERIFY(requestsOf([&] {
                    return parseHandOver(Bytes(call).first(HandOverHeaderSize), part(call, HandOverHeaderSize));
                }).has_value());
    }

    void S_032_qubesdbMessages()
    {
        using namespace QubesDb;
        const Key key = Key::parse("/some/longer/key/than/fits").value();
        const auto write = build(Write{.key = key, .value = Value::parse(std::string(100, 'v')).value()});
        const Bytes header = Bytes(write).first(HeaderSize);
        QVERIFY(requestsOf([&] {
                    return parseFromQube(header, part(write, HeaderSize));
                }).value_or(0)
                > 0);
        QVERIFY(requestsOf([&] {
                    return parseFromDom0(header, part(write, HeaderSize));
                }).value_or(0)
                > 0);
        QVERIFY(requestsOf([&] {
                    return parseRequest(header, part(write, HeaderSize));
                }).value_or(0)
                > 0);
    }

    void S_032_fileHeaders()
    {
        using namespace FileCopy;
        const auto path = Path::parse("a/longer/path/than/a/short/text", Letters::Shown).value();
        const auto file = build(FileEntry{.path = path});
        const auto header = FileCopy::parseHeader(Bytes(file).first(FileCopy::HeaderSize)).value().value();
        QVERIFY(requestsOf([&] {
                    return parseEntry(header, part(file, FileCopy::HeaderSize), Letters::Shown);
                }).value_or(0)
                > 0);
        const LinkStart start{.rawName = "a/longer/path/than/a/short/text", .targetSize = 20};
        const auto target = Test::field("another/longer/thing", 20);
        QVERIFY(requestsOf([&] {
                    return parseLink(start, target, Letters::Shown);
                }).value_or(0)
                > 0);
        const auto name = Test::field("a file of a longer name.txt", 256);
        QVERIFY(requestsOf([&] {
                    return parseOpenRequest(name);
                }).value_or(0)
                > 0);
    }

    void S_032_dragMessages()
    {
        const auto expect = Drag::build(Drag::ToAgent(
            Drag::Expect{.token = Drag::Token{1}, .source = QubeName::parse("a-qube-of-a-longer-name").value()}));
        QVERIFY(requestsOf([&] {
                    return Drag::parseToAgent(expect);
                }).value_or(0)
                > 0);
        const auto room = Drag::build(Drag::FromAgent(Drag::Room{.token = Drag::Token{1}, .bytes = 1}));
        QVERIFY(requestsOf([&] {
                    return Drag::parseFromAgent(room);
                }).has_value());
    }

    /// On a connection: it closes, and the program goes on.
    void S_032_connection_closes()
    {
        using namespace Qrexec;
        const auto message = *build(
            Execute{ExecKind::Command, DomId{0}, Port{513}, "user:QUBESRPC some.Service+a work"}, Link::DaemonToAgent);
        const BootClock clock;
        int requests = 0;
        for (bool isRefused = true; isRefused; ++requests) {
            const auto loop = EventLoop::create(clock).value();
            auto channels = Test::makeChannelPair();
            std::optional<Error> ended;
            bool isHeard = false;
            MessageLink link(*loop,
                             std::move(channels.client),
                             HeaderRule{HeaderSize,
                                        [](Bytes header) {
                                            return bodyLength(
                                                Link::DaemonToAgent, *Qrexec::parseHeader(header), OwnVersion);
                                        }},
                             MessageLink::Handlers{.onMessage = [&](StreamMessage said) -> Result<void> {
                                                       const auto header = Qrexec::parseHeader(said.header).value();
                                                       const auto parsed = withMemoryFor(requests, [&] {
                                                           return parseFromDaemon(header, said.body, OwnVersion);
                                                       });
                                                       isRefused = s_refused;
                                                       isHeard = true;
                                                       return parsed.transform([](const auto &) { });
                                                   },
                                                   .onEnd =
                                                       [&](const Error &error) {
                                                           ended = error;
                                                       }});
            QVERIFY(link.start().has_value());
            QCOMPARE(channels.server->write(message).value(), message.size());
            QVERIFY(QTest::qWaitFor([&] {
                loop->runUntilIdle();
                return isHeard && (!isRefused || ended.has_value());
            }));
            QCOMPARE(ended.has_value(), isRefused);
            QVERIFY(!ended || isOutOfMemory(*ended));
            QCOMPARE(link.hasEnded(), isRefused);
        }
        QVERIFY(requests > 1);
    }
};

QTEST_GUILESS_MAIN(OutOfMemoryTest)
#include "outofmemorytest.moc"
