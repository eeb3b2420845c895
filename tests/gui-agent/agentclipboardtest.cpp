// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/gui-agent/agentrig.h"
#include "tests/gui-agent/clipboardprogram.h"

#include <QTest>

#include <memory>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Test;
namespace Told = Gui::FromAgent;
namespace Say = Gui::FromDaemon;

/// The guest's clipboard: what the daemon gets of it, and what it puts there.
class AgentClipboardTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void gui_140_clipboard_021_withoutAnOwnerTheAnswerIsEmpty();
    void gui_140_clipboard_021_ownersTextIsSent();
    void gui_140_clipboard_022_tooMuchIsSentAsTheSignOfIt();
    void gui_140_clipboard_021_latin1OwnersAreConverted();
    void gui_141_incrementalOwnersWork();
    void gui_142_ownerThatNeverAnswersGetsAnEmptyAnswer();
    void gui_143_clipboard_024_pastedTextIsOfferedInBothForms();
    void gui_143_clipboard_023_badBytesDoNoHarm();
    void gui_141_clipboard_022_incrementalTextBeyondTheLimitIsSentAsTheSignOfIt();
    void clipboard_021_ownerThatRefusesGetsAnEmptyAnswer();
    void nothingIsSentUnasked();
    void gui_144_clipboard_025_unusedTextIsWiped();
    void clipboard_025_withoutTheFlagTextStays();

private:
    [[nodiscard]] std::optional<std::string> copied();
    [[nodiscard]] std::optional<std::string> answer() const;
    void paste(const std::string &text);
    [[nodiscard]] std::optional<std::string> pasted(xcb_atom_t selection, xcb_atom_t target);

    std::unique_ptr<AgentRig> m_rig;
    std::unique_ptr<ClipboardProgram> m_program;
    std::unique_ptr<ScriptedDaemon> m_daemon;
};

void AgentClipboardTest::init()
{
    m_rig = std::make_unique<AgentRig>();
    m_program = std::make_unique<ClipboardProgram>();
    QVERIFY(m_rig->startAgent());
    m_daemon = m_rig->connectedDaemon();
    QVERIFY(m_rig->settle(*m_daemon));
}

void AgentClipboardTest::cleanup()
{
    QCOMPARE(m_daemon->failure(), std::string());
    m_daemon.reset();
    m_program.reset();
    m_rig.reset();
}

/// What the daemon gets when the person copies.
std::optional<std::string> AgentClipboardTest::copied()
{
    m_daemon->forgetMessages();
    m_daemon->send(Say::ClipboardRequest{.window = WindowId{1}});
    const bool answered = m_rig->waitUntil([this] {
        m_program->serve();
        m_daemon->poll();
        return answer().has_value();
    });
    return answered ? answer() : std::nullopt;
}

/// The newest text that the daemon was sent.
std::optional<std::string> AgentClipboardTest::answer() const
{
    std::optional<std::string> text;
    for (const auto &message : m_daemon->messages()) {
        if (const auto *data = std::get_if<Told::ClipboardData>(&message); data != nullptr) {
            text.emplace();
            for (const std::byte byte : data->text) {
                text->push_back(static_cast<char>(byte));
            }
        }
    }
    return text;
}

void AgentClipboardTest::paste(const std::string &text)
{
    const auto bytes = std::as_bytes(std::span(text));
    m_daemon->send(Say::ClipboardData{.window = WindowId{1}, .text = {bytes.begin(), bytes.end()}});
}

/// What a program of the guest gets when it asks for a selection.
std::optional<std::string> AgentClipboardTest::pasted(xcb_atom_t selection, xcb_atom_t target)
{
    m_program->ask(selection, target);
    std::optional<std::string> text;
    const bool answered = m_rig->waitUntil([this, &text] {
        m_daemon->poll();
        text = m_program->answer();
        return text.has_value();
    });
    return answered ? text : std::nullopt;
}

void AgentClipboardTest::gui_140_clipboard_021_withoutAnOwnerTheAnswerIsEmpty()
{
    QCOMPARE(copied(), std::optional<std::string>(""));
}

void AgentClipboardTest::gui_140_clipboard_021_ownersTextIsSent()
{
    m_program->own("gr\xC3\xBC\xC3\x9F dich\n", ClipboardProgram::Manner::Utf8);
    QCOMPARE(copied(), std::optional<std::string>("gr\xC3\xBC\xC3\x9F dich\n"));
    m_program->own("again", ClipboardProgram::Manner::Utf8);
    QCOMPARE(copied(), std::optional<std::string>("again"));
}

void AgentClipboardTest::gui_140_clipboard_022_tooMuchIsSentAsTheSignOfIt()
{
    m_program->own(std::string(256000, 'x'), ClipboardProgram::Manner::Utf8);
    QCOMPARE(copied().value_or("").size(), 256000U);
    m_program->own(std::string(300000, 'x'), ClipboardProgram::Manner::Utf8);
    QCOMPARE(copied().value_or("").size(), 256001U);
}

void AgentClipboardTest::gui_140_clipboard_021_latin1OwnersAreConverted()
{
    m_program->own("gr\xFC\xDF", ClipboardProgram::Manner::Latin1);
    QCOMPARE(copied(), std::optional<std::string>("gr\xC3\xBC\xC3\x9F"));
}

void AgentClipboardTest::gui_141_incrementalOwnersWork()
{
    std::string text;
    for (int line = 0; line < 20000; ++line) {
        text += std::to_string(line) + "\n";
    }
    m_program->own(text, ClipboardProgram::Manner::Incremental);
    QCOMPARE(copied(), std::optional(text));
}

void AgentClipboardTest::gui_142_ownerThatNeverAnswersGetsAnEmptyAnswer()
{
    m_program->own("never", ClipboardProgram::Manner::Silent);
    m_daemon->forgetMessages();
    m_daemon->send(Say::ClipboardRequest{.window = WindowId{1}});
    QVERIFY(m_rig->settle(*m_daemon));
    QVERIFY(!answer()); // it is waited for
    m_rig->advance(std::chrono::seconds(5));
    QVERIFY(m_rig->waitUntil([this] {
        m_daemon->poll();
        return answer() == "";
    }));
    m_program->own("now", ClipboardProgram::Manner::Utf8);
    QCOMPARE(copied(), std::optional<std::string>("now"));
}

void AgentClipboardTest::gui_143_clipboard_024_pastedTextIsOfferedInBothForms()
{
    paste("caf\xC3\xA9");
    QVERIFY(m_rig->settle(*m_daemon));
    const auto &atoms = m_program->atoms();
    for (const xcb_atom_t selection : {atoms.clipboard, xcb_atom_t{XCB_ATOM_PRIMARY}}) {
        QCOMPARE(pasted(selection, atoms.utf8String), std::optional<std::string>("caf\xC3\xA9"));
        QCOMPARE(pasted(selection, XCB_ATOM_STRING), std::optional<std::string>("caf\xC3\xA9"));
    }
    // And back: what was pasted can be copied.
    QCOMPARE(copied(), std::optional<std::string>("caf\xC3\xA9"));
}

void AgentClipboardTest::gui_143_clipboard_023_badBytesDoNoHarm()
{
    paste(std::string("a\x1b\xFFz\0hidden", 11));
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(pasted(m_program->atoms().clipboard, m_program->atoms().utf8String), std::optional<std::string>("a??z"));
    QVERIFY(m_rig->settle(*m_daemon));
}

void AgentClipboardTest::gui_141_clipboard_022_incrementalTextBeyondTheLimitIsSentAsTheSignOfIt()
{
    m_program->own(std::string(std::size_t{1} << 20, 'x'), ClipboardProgram::Manner::Incremental);
    QCOMPARE(copied().value_or("").size(), 256001U);
}

void AgentClipboardTest::clipboard_021_ownerThatRefusesGetsAnEmptyAnswer()
{
    m_program->own("mine alone", ClipboardProgram::Manner::Refusing);
    QCOMPARE(copied(), std::optional<std::string>(""));
}

void AgentClipboardTest::nothingIsSentUnasked()
{
    m_program->own("first", ClipboardProgram::Manner::Utf8);
    m_program->own("second", ClipboardProgram::Manner::Utf8);
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(answer(), std::optional<std::string>());
}

void AgentClipboardTest::gui_144_clipboard_025_unusedTextIsWiped()
{
    m_rig->agent().wipeClipboardAfter(std::chrono::seconds(60));
    const auto &atoms = m_program->atoms();
    paste("secret");
    QVERIFY(m_rig->settle(*m_daemon));
    for (int use = 0; use < 2; ++use) { // each use extends the time
        m_rig->advance(std::chrono::seconds(59));
        QCOMPARE(pasted(atoms.clipboard, atoms.utf8String), std::optional<std::string>("secret"));
    }
    m_rig->advance(std::chrono::seconds(60));
    QVERIFY(m_rig->settle(*m_daemon));
    for (const xcb_atom_t selection : {atoms.clipboard, xcb_atom_t{XCB_ATOM_PRIMARY}}) {
        QCOMPARE(pasted(selection, atoms.utf8String), std::optional<std::string>(""));
        QCOMPARE(pasted(selection, XCB_ATOM_STRING), std::optional<std::string>(""));
    }
    paste("next");
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(pasted(atoms.clipboard, atoms.utf8String), std::optional<std::string>("next"));
}

void AgentClipboardTest::clipboard_025_withoutTheFlagTextStays()
{
    paste("stays");
    QVERIFY(m_rig->settle(*m_daemon));
    m_rig->advance(std::chrono::hours(24));
    QVERIFY(m_rig->settle(*m_daemon));
    QCOMPARE(pasted(m_program->atoms().clipboard, m_program->atoms().utf8String), std::optional<std::string>("stays"));
}

QTEST_GUILESS_MAIN(AgentClipboardTest)
#include "agentclipboardtest.moc"
