// SPDX-License-Identifier: GPL-2.0-or-later
// The clipboard between qubes, with gui-daemons and a policy that the test plays.
#include "tests/clipboard/text/brokerrig.h"

#include <QTest>

#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Clipboard;
using Rig = Test::BrokerRig;
using enum NoticeCode;
using Codes = std::vector<NoticeCode>;
using Text = std::optional<std::string>;

namespace
{

constexpr auto AllOfTheTime = std::chrono::seconds(60);

} // namespace

class BrokerTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    // --- copy and paste ----------------------------------------------------------------------------------------------

    void gui_136_clipboard_018_S_097_oneCopyIsPastedOnce()
    {
        Rig rig;
        rig.copy(*rig.work, "hello");
        QCOMPARE(rig.broker().holding().source, std::string("work"));
        QCOMPARE(rig.paste(*rig.personal), Text("hello"));
        QCOMPARE(rig.broker().holding().source, std::string());
        QCOMPARE(rig.paste(*rig.personal), Text());
        QCOMPARE(rig.paste(*rig.work), Text());
        QCOMPARE(rig.codes(), (Codes{Copied, PasteTo, Pasted, NothingToPaste, NothingToPaste}));
        const Notice &pasted = rig.notices.at(2);
        QCOMPARE(pasted.source, std::string("work"));
        QCOMPARE(pasted.target, std::string("personal"));
        QCOMPARE(pasted.size, 5U);
    }

    void gui_134_clipboard_015_policyIsAskedInItsFormat()
    {
        Rig rig;
        rig.copy(*rig.work, "x");
        (void)rig.paste(*rig.personal);
        QCOMPARE(rig.questions,
                 (std::vector<std::string>{"source=work\nintended_target=personal\n"
                                           "service_and_arg=qubes.ClipboardPaste\n"
                                           "assume_yes_for_ask=yes\njust_evaluate=yes\n\n"}));
    }

    void gui_134_clipboard_015_clipboard_016_onlyTheExactWordPermits_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<bool>("given");
        QTest::newRow("allow") << QByteArray("result=allow") << true;
        QTest::newRow("allow and a line feed") << QByteArray("result=allow\n") << true;
        QTest::newRow("deny") << QByteArray("result=deny") << false;
        QTest::newRow("nothing") << QByteArray() << false;
        QTest::newRow("nonsense") << QByteArray("allow") << false;
        QTest::newRow("more words") << QByteArray("result=allow\nresult=deny") << false;
        QTest::newRow("too long") << QByteArray("result=allow\n") + QByteArray(5000, 'x') << false;
    }

    void gui_134_clipboard_015_clipboard_016_onlyTheExactWordPermits()
    {
        QFETCH(QByteArray, answer);
        QFETCH(bool, given);
        Rig rig;
        rig.policyAnswer = answer.toStdString();
        rig.copy(*rig.work, "secret");
        QCOMPARE(rig.paste(*rig.personal).has_value(), given);
        if (!given) {
            QCOMPARE(rig.codes(), (Codes{Copied, PasteRefused}));
            QCOMPARE(rig.notices.back().source, std::string("work"));
            QCOMPARE(rig.notices.back().target, std::string("personal"));
            rig.policyAnswer = "result=allow"; // what was held still is
            QCOMPARE(rig.paste(*rig.personal), Text("secret"));
        }
    }

    void gui_135_clipboard_014_withNothingHeldNobodyIsAsked()
    {
        Rig rig;
        QCOMPARE(rig.paste(*rig.personal), Text());
        QVERIFY(rig.questions.empty());
    }

    void clipboard_019_S_101_bytesArriveAsTheyWere()
    {
        using namespace std::string_literals;
        for (const std::string &text :
             {"x"s, "a\r\nb\0c\x1b[2J\xFF\xFE\xC0\x80"s, std::string(256000, 'y'), "gr\xC3\xBC\xC3\x9F"s}) {
            Rig rig;
            rig.work = rig.addDaemon("work", MostSizeLimit);
            rig.copy(*rig.work, text);
            QCOMPARE(rig.paste(*rig.personal), Text(text));
        }
    }

    void S_097_theSourceItselfGetsItByPolicyAlone()
    {
        Rig rig;
        rig.copy(*rig.work, "mine");
        QCOMPARE(rig.paste(*rig.work), Text("mine"));
        QVERIFY(rig.questions.front().contains("source=work\nintended_target=work\n"));
    }

    // --- tokens ------------------------------------------------------------------------------------------------------

    void S_090_clipboard_009_oneRequestTakesOneAnswer()
    {
        Rig rig;
        const UniqueFd token = rig.pressCopy(*rig.work);
        rig.answer(token, "first");
        rig.answer(token, "second");
        QCOMPARE(rig.codes(), Codes{Copied});
        QCOMPARE(rig.paste(*rig.personal), Text("first"));
    }

    void S_090_S_094_answerToAnOlderGestureIsVoid()
    {
        Rig rig;
        const UniqueFd old = rig.pressCopy(*rig.work);
        const UniqueFd young = rig.pressCopy(*rig.personal);
        rig.answer(old, "old");
        rig.answer(young, "young");
        QCOMPARE(rig.broker().holding().source, std::string("personal"));
        QCOMPARE(rig.paste(*rig.work), Text("young"));
    }

    void S_092_clipboard_013_answerCutByANewerCopyIsDroppedWhole()
    {
        Rig rig;
        const UniqueFd token = rig.pressCopy(*rig.work);
        Rig::writeHeader(token, 10);
        Rig::write(token, "01234");
        rig.settle();
        rig.copy(*rig.personal, "newer");
        Rig::write(token, "56789");
        rig.settle();
        QCOMPARE(rig.broker().holding().source, std::string("personal"));
        QCOMPARE(rig.paste(*rig.work), Text("newer"));
    }

    void S_091_answerCountsUntilItsTimeIsOver()
    {
        Rig rig;
        rig.copy(*rig.personal, "kept");
        const UniqueFd token = rig.pressCopy(*rig.work);
        rig.advance(IncomingText::Patience - std::chrono::milliseconds(1));
        QCOMPARE(rig.codes(), Codes{Copied});
        rig.advance(std::chrono::milliseconds(1));
        QCOMPARE(rig.codes(), (Codes{Copied, CopyFailed}));
        rig.answer(token, "late");
        QCOMPARE(rig.codes(), (Codes{Copied, CopyFailed}));
        QCOMPARE(rig.paste(*rig.work), Text("kept"));
    }

    void S_096_lateEmptyAndOversizedAnswersWipeNothing()
    {
        for (const std::uint32_t length : {0U, LongestAnswer}) {
            Rig rig;
            const UniqueFd token = rig.pressCopy(*rig.work);
            rig.copy(*rig.personal, "kept");
            Rig::writeHeader(token, length);
            rig.settle();
            QCOMPARE(rig.broker().holding().size, 4U);
        }
    }

    void S_093_clipboard_012_keysOfAnEarlierMomentChangeNothing()
    {
        Rig rig;
        rig.copy(*rig.work, "for work's eyes");
        const std::uint32_t early = rig.laterTime(); // pressed now, told later: the daemon was stopped
        rig.copy(*rig.personal, "newer");
        rig.work->say(PastePressed{.window = Rig::Window, .time = early});
        rig.work->say(PasteReleased{.window = Rig::Window});
        rig.settle();
        QCOMPARE(rig.takeGiven(*rig.work), Text());
        rig.work->say(CopyPressed{.window = Rig::Window, .time = early});
        rig.settle();
        QVERIFY(!rig.work->order());
        QCOMPARE(rig.broker().holding().source, std::string("personal"));
    }

    void S_093_stoppedTargetGetsNothingLater()
    {
        Rig rig;
        rig.copy(*rig.work, "secret");
        rig.personal->say(PastePressed{.window = Rig::Window, .time = rig.laterTime()});
        rig.personal->say(PasteReleased{.window = Rig::Window});
        rig.settle();
        rig.advance(OutgoingText::Patience); // it does not say that it is at work
        QCOMPARE(rig.codes().back(), PasteFailed);
        QCOMPARE(rig.takeGiven(*rig.personal), Text(""));
        QCOMPARE(rig.broker().holding().size, 0U);
    }

    void S_094_theLastCopyCountsAndAnEmptyOneClears()
    {
        Rig rig;
        rig.copy(*rig.work, std::string(1000, 'l'));
        rig.copy(*rig.personal, "short");
        QCOMPARE(rig.paste(*rig.work), Text("short"));
        rig.copy(*rig.work, "again");
        rig.copy(*rig.personal, "");
        QCOMPARE(rig.codes().back(), CopiedNothing);
        QCOMPARE(rig.paste(*rig.work), Text());
    }

    // --- limits ------------------------------------------------------------------------------------------------------

    void gui_132_gui_133_S_095_clipboard_010_clipboard_011_lengths_data()
    {
        QTest::addColumn<quint32>("limit");
        QTest::addColumn<quint32>("length");
        QTest::addColumn<int>("code");
        QTest::newRow("empty") << 64000U << 0U << int(CopiedNothing);
        QTest::newRow("one byte") << 64000U << 1U << int(Copied);
        QTest::newRow("the limit") << 64000U << 64000U << int(Copied);
        QTest::newRow("one more") << 64000U << 64001U << int(CopyTooLarge);
        QTest::newRow("the least limit") << 256U << 256U << int(Copied);
        QTest::newRow("more than the least limit") << 256U << 257U << int(CopyTooLarge);
        QTest::newRow("the most") << MostSizeLimit << MostSizeLimit << int(Copied);
        QTest::newRow("the sign for more") << MostSizeLimit << LongestAnswer << int(CopyTooLarge);
        QTest::newRow("a number that no wire half says") << MostSizeLimit << 0xFFFFFFFFU << int(CopyFailed);
    }

    void gui_132_gui_133_S_095_clipboard_010_clipboard_011_lengths()
    {
        QFETCH(quint32, limit);
        QFETCH(quint32, length);
        QFETCH(int, code);
        Rig rig;
        rig.copy(*rig.personal, "before");
        rig.work = rig.addDaemon("work", limit);
        const UniqueFd token = rig.pressCopy(*rig.work);
        if (length <= MostSizeLimit) {
            rig.answer(token, std::string(length, 'x'));
        } else {
            Rig::writeHeader(token, length);
            rig.settle();
        }
        QCOMPARE(int(rig.codes().back()), code);
        const bool keeps = code == int(CopyFailed);
        QCOMPARE(rig.broker().holding().size, code == int(Copied) ? std::size_t{length} : keeps ? 6U : 0U);
    }

    void ui_162_heldTextGoesWithItsTime()
    {
        Rig rig;
        rig.copy(*rig.work, "secret");
        rig.advance(AllOfTheTime - std::chrono::seconds(1));
        QCOMPARE(rig.broker().holding().left, std::chrono::seconds(1));
        rig.advance(std::chrono::seconds(1));
        QCOMPARE(rig.codes(), (Codes{Copied, Expired}));
        QCOMPARE(rig.paste(*rig.personal), Text());
    }

    // --- keys --------------------------------------------------------------------------------------------------------

    void pasteIsMeantWhenTheKeysComeUp()
    {
        Rig rig;
        rig.copy(*rig.work, "text");
        rig.personal->say(PastePressed{.window = Rig::Window, .time = rig.laterTime()});
        rig.settle();
        QCOMPARE(rig.codes(), (Codes{Copied, PasteTo}));
        QCOMPARE(rig.notices.back().target, std::string("personal"));
        QCOMPARE(rig.takeGiven(*rig.personal), Text());
        rig.personal->say(PasteAbandoned{.window = Rig::Window});
        rig.personal->say(PasteReleased{.window = Rig::Window});
        rig.settle();
        QCOMPARE(rig.takeGiven(*rig.personal), Text());
        QCOMPARE(rig.paste(*rig.personal), Text("text"));
    }

    void pasteDuringACopyIsTooEarly()
    {
        Rig rig;
        rig.copy(*rig.work, "older");
        const UniqueFd token = rig.pressCopy(*rig.work);
        QCOMPARE(rig.paste(*rig.personal), Text());
        QCOMPARE(rig.codes().back(), PasteTooEarly);
        rig.answer(token, "newer");
        QCOMPARE(rig.paste(*rig.personal), Text("newer"));
    }

    // --- others ------------------------------------------------------------------------------------------------------

    void gui_139_clipboard_030_slowPolicyHoldsUpNobody()
    {
        Rig rig;
        rig.copy(*rig.work, "text");
        rig.policyIsSlow = true;
        QCOMPARE(rig.paste(*rig.personal), Text());
        rig.copy(*rig.personal, "meanwhile"); // newer: the paste is over
        rig.answerPolicy();
        QCOMPARE(rig.takeGiven(*rig.personal), Text());
        rig.personal->say(PastePressed{.window = Rig::Window, .time = rig.laterTime()});
        rig.personal->say(PasteReleased{.window = Rig::Window});
        rig.settle();
        rig.answerPolicy();
        QCOMPARE(rig.takeGiven(*rig.personal), Text("meanwhile"));
    }

    void gui_134_policyThatNeverAnswersIsARefusal()
    {
        Rig rig;
        rig.copy(*rig.work, "text");
        rig.policyIsSlow = true;
        QCOMPARE(rig.paste(*rig.personal), Text());
        rig.advance(std::chrono::seconds(10));
        QCOMPARE(rig.codes(), (Codes{Copied, PasteRefused}));
        QCOMPARE(rig.broker().holding().size, 4U);
    }

    void clipboard_029_textOfDom0IsOfferedByThePerson()
    {
        Rig rig;
        const std::string text = "from dom0";
        QVERIFY(rig.broker().offer(std::as_bytes(std::span(text))));
        QCOMPARE(rig.broker().holding().source, std::string("dom0"));
        QCOMPARE(rig.paste(*rig.work), Text(text));
        QVERIFY(rig.questions.front().starts_with("source=dom0\n"));
        const std::string tooLong(256001, 'x');
        QVERIFY(rig.broker().offer(std::as_bytes(std::span(text))));
        QVERIFY(!rig.broker().offer(std::as_bytes(std::span(tooLong))));
        QCOMPARE(rig.broker().holding().size, text.size());
        rig.broker().clear();
        QCOMPARE(rig.codes().back(), Cleared);
        QCOMPARE(rig.paste(*rig.work), Text());
    }

    void clipboard_031_sourceThatHasGoneIsNamedAsSuch()
    {
        Rig rig;
        rig.copy(*rig.work, "left behind");
        rig.work->die();
        rig.settle();
        rig.policyAnswer = "result=deny"; // so the policy, which knows the qubes
        QCOMPARE(rig.paste(*rig.personal), Text());
        QCOMPARE(rig.codes().back(), PasteRefused);
        QVERIFY(rig.notices.back().sourceIsGone);
    }

    void daemonThatDiesWhileItsQubeIsAskedChangesNothing()
    {
        Rig rig;
        rig.copy(*rig.personal, "kept");
        {
            const UniqueFd token = rig.pressCopy(*rig.work);
            Rig::writeHeader(token, 100);
        }
        rig.work->die();
        rig.settle();
        QCOMPARE(rig.codes(), (Codes{Copied, CopyFailed}));
        QCOMPARE(rig.broker().holding().source, std::string("personal"));
        rig.work = rig.addDaemon("work"); // started anew
        QCOMPARE(rig.paste(*rig.work), Text("kept"));
    }

    void daemonThatSpeaksNonsenseIsDropped()
    {
        Rig rig;
        rig.copy(*rig.personal, "kept");
        rig.work->sayRaw(std::array<std::byte, 3>{});
        rig.settle();
        rig.work->say(CopyPressed{.window = Rig::Window, .time = rig.laterTime()});
        rig.settle();
        QVERIFY(!rig.work->order());
        QCOMPARE(rig.broker().holding().size, 4U);
    }

    void clipboard_032_noticesHoldNoText()
    {
        const std::string notice = buildNotice({.code = Pasted, .source = "work", .target = "personal", .size = 5});
        QCOMPARE(notice,
                 std::string("bulkhead.ClipboardNotice dom0 name dom0\0", 40)
                     + R"({"notice": "pasted", "source": "work", "target": "personal", "size": 5, "limit": 0, )"
                       R"("seconds": 0, "source_gone": false})");
    }
};

QTEST_GUILESS_MAIN(BrokerTest)
#include "brokertest.moc"
