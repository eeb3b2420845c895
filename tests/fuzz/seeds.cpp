// SPDX-License-Identifier: GPL-2.0-or-later
// Writes the seeds of the wire's fuzzers: one small file for each message, alone, and one session with all of them.
// Usage: fuzz_seeds DIRECTORY, in the tree: tests/fuzz/corpus. Run it again when a message is added.
#include "base/formatted.h"
#include "tests/support/samplemessages.h"
#include "vchan-io/wire/clipboardmessages.h"
#include "vchan-io/wire/dragagentmessages.h"
#include "vchan-io/wire/dragscreenmessages.h"
#include "vchan-io/wire/exchangemessages.h"
#include "vchan-io/wire/filecopy/openrequest.h"
#include "vchan-io/wire/filecopy/outcome.h"
#include "vchan-io/wire/guihandshake.h"
#include "vchan-io/wire/qrexecdata.h"
#include "vchan-io/wire/qrexechandover.h"
#include "vchan-io/wire/qrexecmessages.h"
#include "vchan-io/wire/qubesdbguestkeys.h"
#include "vchan-io/wire/qubesdbmessages.h"
#include "vchan-io/wire/screencommands.h"

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>

using namespace Bulkhead;

namespace
{

using Bytes = std::vector<std::byte>;

/// A target's folder. Every file begins with the target's own bytes, which say what the stream is.
class Seeds
{
public:
    Seeds(const std::filesystem::path &corpus, std::string_view target)
        : m_folder(corpus / target)
    {
        std::filesystem::create_directories(m_folder);
    }

    void write(std::string_view name, std::initializer_list<std::uint8_t> prefix, const Bytes &stream) const
    {
        std::ofstream file(m_folder / name, std::ios::binary);
        for (const std::uint8_t byte : prefix) {
            file.put(static_cast<char>(byte));
        }
        for (const std::byte byte : stream) {
            file.put(static_cast<char>(byte));
        }
    }

private:
    std::filesystem::path m_folder;
};

void append(Bytes &to, const Bytes &what)
{
    to.insert(to.end(), what.begin(), what.end());
}

void writeGui(const std::filesystem::path &corpus)
{
    const Seeds agent(corpus, "gui_from_agent");
    Bytes session;
    int number = 0;
    for (const auto &message : Test::sampleMessagesFromAgent()) {
        const Bytes bytes = Gui::FromAgent::build(message);
        agent.write(formatted("message-{:02}", ++number), {8, 1}, bytes);
        append(session, bytes);
    }
    agent.write("session", {8, 7}, session);
    agent.write("session-1.5", {5, 7}, session);

    const Seeds daemon(corpus, "gui_from_daemon");
    session.clear();
    number = 0;
    for (const auto &message : Test::sampleMessagesFromDaemon()) {
        const Bytes bytes = Gui::FromDaemon::build(message, Gui::OwnVersion);
        daemon.write(formatted("message-{:02}", ++number), {1}, bytes);
        append(session, bytes);
    }
    daemon.write("session", {7}, session);
}

void writeControl(const std::filesystem::path &corpus)
{
    using namespace Qrexec;
    const Seeds seeds(corpus, "qrexec_control");
    const auto write = [&seeds](std::string_view name, std::uint8_t link, std::uint32_t version, const Bytes &message) {
        Bytes stream = Qrexec::build(Hello{version});
        append(stream, message);
        seeds.write(name, {link, 3}, stream);
    };
    const Trigger smallest{.service = *RequestedService::cleaned("s")};
    const Trigger largest{.source = {},
                          .target = RequestedQube::cleaned(std::string(31, 't')),
                          .ident = *RequestIdent::fromText(std::string(31, 'i')),
                          .service = *RequestedService::cleaned(std::string(60, 's') + "+a")};
    for (const auto version : {ProtocolVersion::V2, ProtocolVersion::V3, ProtocolVersion::V4}) {
        const auto number = std::to_underlying(version);
        write(formatted("trigger-{}-smallest", number), 0, number, *Qrexec::build(smallest, version));
        write(formatted("trigger-{}-largest", number), 0, number, *Qrexec::build(largest, version));
    }
    const ChannelAddress channel{DomId{42}, Port{513}};
    write("terminated", 0, 4, Qrexec::build(ConnectionTerminated{channel}));
    const Execute execute{ExecKind::Command, DomId{0}, Port{768}, "user:QUBESRPC a+b dom0"};
    write("command", 1, 4, *Qrexec::build(execute, Link::DaemonToAgent));
    write("just-exec", 1, 4, *Qrexec::build(Execute{ExecKind::JustExec, DomId{0}, Port{513}, ""}, Link::DaemonToAgent));
    write("service-connect", 1, 4, Qrexec::build(ServiceConnect{DomId{0}, Port{513}, largest.ident.raw()}));
    write("service-refused", 1, 4, Qrexec::build(ServiceRefused{largest.ident.raw()}));
    const Execute open{ExecKind::Command, DomId{0}, std::nullopt, "DEFAULT:true"};
    write("client-command", 2, 3, *Qrexec::build(open, Link::ClientToDaemon));
    write("client-connect", 2, 3, Qrexec::build(ServiceConnect{DomId{0}, std::nullopt, largest.ident.raw()}));
    write("accepted", 3, 3, Qrexec::build(Accepted{MessageType::ExecCommand, channel}));
    seeds.write("trigger-socket", {4, 3}, *Qrexec::build(largest, ProtocolVersion::V4));
    seeds.write("hand-over", {255, 0}, *Qrexec::build(HandOver{ExecKind::Command, channel, "QUBESRPC a+b work"}));
    seeds.write("hand-over-just-exec", {255, 0}, *Qrexec::build(HandOver{ExecKind::JustExec, channel, ""}));
}

void writeData(const std::filesystem::path &corpus)
{
    using namespace Qrexec;
    const Seeds seeds(corpus, "qrexec_data");
    const Bytes text(100, std::byte{0x41});
    for (const std::uint32_t version : {2U, 3U, 4U}) {
        Bytes caller = Qrexec::build(Hello{version});
        append(caller, Qrexec::build(Input{{text}}));
        append(caller, Qrexec::build(Input{}));
        seeds.write(formatted("caller-{}", version), {0, 3}, caller);

        Bytes service = Qrexec::build(Hello{version});
        append(service, Qrexec::build(ErrorOutput{}));
        append(service, Qrexec::build(Output{{text}}));
        append(service, Qrexec::build(Output{}));
        append(service, Qrexec::build(ExitCode{127}));
        seeds.write(formatted("service-{}", version), {1, 3}, service);
    }
}

void writeText(const std::filesystem::path &corpus)
{
    const Seeds seeds(corpus, "safe_text");
    constexpr std::array texts{"",
                               "a title",
                               "caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80",
                               "\xF4\x8F\xBF\xBF\xED\xA0\x80\xC0\xAF",
                               "\x1B[0m\xE2\x80\xAE\xE2\x80\x8B\xC2\x9B",
                               "long\xE2\x80\xA6"};
    int number = 0;
    for (const std::string_view text : texts) {
        const auto bytes = std::as_bytes(std::span(text));
        seeds.write(formatted("text-{}", ++number), {}, Bytes(bytes.begin(), bytes.end()));
    }
}

/// What of the GUI protocol's messages the two halves of the daemon use, and what they say beside it.
void writeScreen(const std::filesystem::path &corpus)
{
    using namespace Screen;
    const Seeds seeds(corpus, "screen_commands");
    int number = 0;
    const auto command = [&](const Command &message) {
        const Packet packet = buildCommand(message);
        seeds.write(formatted("command-{:02}", ++number), {0}, Bytes(packet.begin(), packet.end()));
    };
    const auto event = [&](const Event &message) {
        const Packet packet = buildEvent(message);
        seeds.write(formatted("event-{:02}", ++number), {1}, Bytes(packet.begin(), packet.end()));
    };
    const auto writeWhereMeant = [](const auto &sample, const auto &write) {
        std::visit(
            [&write]<typename T>(const T &message) {
                if constexpr (requires { write(message); }) {
                    write(message);
                }
            },
            sample);
    };
    for (const auto &sample : Test::sampleMessagesFromAgent()) {
        writeWhereMeant(sample, command);
    }
    const WindowId window{0x100};
    command(RequestSegment{window, 1, {16384, 6144}});
    command(DropSegment{window});
    command(PaintArea{window, 1, {0, 0, 300, 200}});
    for (const auto &sample : Test::sampleMessagesFromDaemon()) {
        writeWhereMeant(sample, event);
    }
    event(Adopted{window, {10, 20, 300, 200}});
    event(Visibility{window, true});
    event(SegmentReady{window, 1, {300, 200}});
    event(Painted{window, 1});
}

void writeExchange(const std::filesystem::path &corpus)
{
    using namespace Exchange;
    const Seeds seeds(corpus, "exchange_requests");
    const auto request = [&seeds](std::string_view name, const Request &message) {
        seeds.write(name, {0}, Exchange::build(message));
    };
    request("serve", {Ask::Serve, DomId{0}, GuiPort, 4096, MaxRingBytes});
    request("connect", {Ask::Connect, DomId{MaxDomId}, QrexecControlPort, 0, 0});
    request("grant-pages", {Ask::GrantPages, DomId{1}, Port{}, 0, 0});
    request("map-pages", {Ask::MapPages, DomId{1}, Port{}, 0, 0});
    for (const Answer answer : {Answer::ChannelEnd, Answer::Arena, Answer::Gone, Answer::Refused}) {
        seeds.write(formatted("answer-{}", std::to_underlying(answer)), {1}, Exchange::build(answer));
    }
}

void writeQubesDb(const std::filesystem::path &corpus)
{
    using namespace QubesDb;
    const Seeds seeds(corpus, "qubesdb_peer");
    const Path path = Path::parse("/qubes-service/").value();
    const Key key = Key::parse("/qubes-block-devices/sda/size").value();
    const Value value = Value::parse("1024").value();
    const auto write = [&seeds](std::string_view name, std::uint8_t connection, std::initializer_list<Bytes> messages) {
        Bytes stream;
        for (const Bytes &message : messages) {
            append(stream, message);
        }
        seeds.write(name, {connection, 3}, stream);
    };
    const Bytes change = build(Write{.key = key, .value = value});
    write("requests", 0, {build(Read{key.path()}), change, build(List{path}), build(Remove{path}), build(Watch{path})});
    write("multiread", 0, {build(MultiRead{path}), build(Unwatch{path})});
    write("from-qube", 1, {build(MultiRead{}), change, build(Remove{path}), build(Answer{.path = path})});
    write("from-dom0", 2, {build(Entry{.key = key, .value = value}), build(EntriesEnd{}), change});
    const Write traffic = buildTraffic({.client = "10.137.0.5", .sent = 1024, .received = 18'446'744'073'709'551'615U});
    write("traffic", 2, {build(Entry{.key = traffic.key, .value = traffic.value}), build(EntriesEnd{})});
    write("answers",
          3,
          {build(Answer{.type = MessageType::ReadAnswer, .path = path, .value = value}),
           build(Answer{.type = MessageType::NoEntry, .path = path}),
           build(Answer{.type = MessageType::WatchAnswer, .path = path})});
}

template<typename Message>
void writeDragSession(const Seeds &seeds,
                      std::string_view who,
                      std::uint8_t first,
                      const std::vector<Message> &messages)
{
    Bytes session;
    int number = 0;
    for (const Message &message : messages) {
        const auto array = Drag::build(message);
        const Bytes bytes(array.begin(), array.end());
        seeds.write(formatted("{}-{:02}", who, ++number), {first}, bytes);
        append(session, bytes);
    }
    seeds.write(formatted("{}-session", who), {first}, session);
}

void writeDrag(const std::filesystem::path &corpus)
{
    using namespace Drag;
    const Seeds seeds(corpus, "drag_messages");
    const QubeName work = QubeName::parse("work").value();
    const Token token{5};
    writeDragSession<FromAgent>(seeds,
                                "agent",
                                0,
                                {AgentHello{},
                                 Began{},
                                 Listed{.token = token, .files = MostFiles, .bytes = MostBytes},
                                 Progress{.token = token, .bytes = 77},
                                 Sent{.token = token, .outcome = SendOutcome::Failed},
                                 Sent{.token = token, .outcome = SendOutcome::Exists},
                                 Room{.token = token, .bytes = ~std::uint64_t{0}},
                                 Offered{.token = token, .isTaken = true}});
    writeDragSession<ToAgent>(seeds,
                              "to-agent",
                              1,
                              {List{.token = token},
                               Send{.token = token, .target = work},
                               Forget{.token = token},
                               Expect{.token = token, .source = work},
                               Offer{.token = token, .window = WindowId{0x200}, .pointer = {-1, 32767}},
                               Show{.source = work}});
    writeDragSession<FromScreen>(seeds,
                                 "screen",
                                 2,
                                 {Pressed{.window = WindowId{0x100}, .time = 7},
                                  Left{.time = 9, .pointer = {-32768, 32767}},
                                  Over{},
                                  Taken{},
                                  NotTaken{},
                                  Moved{.pointer = {7, -7}},
                                  Released{.pointer = {1, 2}, .withControl = true},
                                  Escaped{}});
    writeDragSession<ToScreen>(seeds, "to-screen", 3, {Take{}, LetGo{}});
}

void writeClipboard(const std::filesystem::path &corpus)
{
    using namespace Clipboard;
    const Seeds seeds(corpus, "clipboard_messages");
    const WindowId window{0x100};
    Bytes session;
    const auto write = [&seeds, &session](std::string_view name, std::uint8_t first, const auto &packet) {
        const Bytes bytes(packet.begin(), packet.end());
        seeds.write(name, {first}, bytes);
        append(session, bytes);
    };
    write("hello-least", 0, Clipboard::build(Gesture{Hello{LeastSizeLimit}}));
    write("hello-most", 0, Clipboard::build(Gesture{Hello{MostSizeLimit}}));
    write("copy-pressed", 0, Clipboard::build(Gesture{CopyPressed{window, 7}}));
    write("paste-pressed", 0, Clipboard::build(Gesture{PastePressed{window, 8}}));
    write("paste-released", 0, Clipboard::build(Gesture{PasteReleased{window}}));
    write("paste-abandoned", 0, Clipboard::build(Gesture{PasteAbandoned{window}}));
    seeds.write("gestures", {0}, session);
    write("ask", 1, Clipboard::build(Order{Ask{window}}));
    write("give-least", 1, Clipboard::build(Order{Give{window, 1}}));
    write("give-most", 1, Clipboard::build(Order{Give{window, MostSizeLimit}}));
    write("answer-empty", 2, buildAnswerHeader(0));
    write("answer-longest", 2, buildAnswerHeader(LongestAnswer));
}

void writeHandshake(const std::filesystem::path &corpus)
{
    using namespace Gui;
    const Seeds seeds(corpus, "gui_handshake");
    for (const std::uint16_t number : std::array<std::uint16_t, 5>{0, 3, 4, 8, 9}) {
        seeds.write(formatted("agent-1.{}", number), {0}, buildVersion(Version(number)));
        seeds.write(formatted("daemon-1.{}", number), {1}, buildVersion(Version(number)));
    }
    const Bytes otherMajor{std::byte{0}, std::byte{0}, std::byte{2}, std::byte{0}};
    seeds.write("agent-2.0", {0}, otherMajor);
    seeds.write("daemon-2.0", {1}, otherMajor);
    const Bytes answer = buildAnswer(Version(3), ScreenDescription::of({1920, 1080}, 24));
    seeds.write("screen", {2}, answer);
}

void writeFileAnswers(const std::filesystem::path &corpus)
{
    using namespace FileCopy;
    const Seeds seeds(corpus, "filecopy_answers");
    const auto text = [](std::string_view words) {
        const auto bytes = std::as_bytes(std::span(words));
        return Bytes(bytes.begin(), bytes.end());
    };
    seeds.write("done", {0}, FileCopy::build(Outcome{.checksum = 0xCBF43926}, std::nullopt));
    seeds.write("error", {0}, FileCopy::build(Outcome{.code = static_cast<Code>(17)}, "a/b"));
    seeds.write("name-longest", {1}, text(std::string_view("\x00\x40\x00\x00", 4)));
    seeds.write("name-too-long", {1}, text("\xFF\xFF\xFF\xFF"));
    seeds.write("edit", {2}, buildOpenRequest("a letter.odt", OpenMode::Edit));
    seeds.write("view", {2}, buildOpenRequest("picture.png", OpenMode::View));
    seeds.write("longest", {2}, buildOpenRequest(std::string(300, 'a'), OpenMode::View));
    seeds.write("up", {2}, text(".."));
    seeds.write("path", {2}, text("view-only-a/b"));
    seeds.write("address", {3}, text("https://example.org/a?b=c#d"));
    seeds.write("address-upper", {3}, text("FTP://example.org"));
    seeds.write("address-quoted", {3}, text("http://example.org/'a'"));
    seeds.write("address-of-a-file", {3}, text("file:///etc/passwd"));
}

} // namespace

int main(int argc, char **argv)
{
    if (argc != 2) {
        (void)std::fputs("Usage: fuzz_seeds DIRECTORY\n", stderr);
        return 2;
    }
    const std::filesystem::path corpus = argv[1];
    writeGui(corpus);
    writeControl(corpus);
    writeData(corpus);
    writeText(corpus);
    writeScreen(corpus);
    writeExchange(corpus);
    writeQubesDb(corpus);
    writeDrag(corpus);
    writeClipboard(corpus);
    writeHandshake(corpus);
    writeFileAnswers(corpus);
    return 0;
}
