// SPDX-License-Identifier: GPL-2.0-or-later
// Editing a policy file, with an editor that is a script and files that the test answers for.
#include "qrexec/policytool/editing.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>
#include <functional>
#include <string>

using namespace Bulkhead;
using namespace Bulkhead::Qrexec;
using namespace std::string_literals;

namespace
{

using Kind = PolicyAdmin::Reply::Kind;

const FileCall Replacing{.service = "policy.Replace", .argument = "30-user", .token = "any", .takesContent = true};

/// What was asked, and what is answered.
struct Files {
    Result<PolicyAdmin::Reply>
    operator()(const std::string &service, const std::string & /*argument*/, std::string_view payload)
    {
        if (service.ends_with(".Get")) {
            return original;
        }
        sent = payload;
        return answer;
    }

    PolicyAdmin::Reply original{.kind = Kind::Content, .text = "sha256:1\n# old\n"};
    PolicyAdmin::Reply answer{.kind = Kind::Content, .text = ""};
    std::string sent = "nothing";
};

/// @param script  what the editor does with `$2`, its file; it is started with an option before that
Result<ToolOutcome> edit(Files &files, const char *script, const FileCall &call = Replacing)
{
    const QTemporaryDir folder;
    QFile editor(folder.filePath(QStringLiteral("editor")));
    if (!editor.open(QIODevice::WriteOnly)) {
        return fail(Errc::Io, "no editor");
    }
    editor.write(QByteArray("#!/bin/sh\n") + script + '\n');
    editor.setPermissions(QFileDevice::ReadOwner | QFileDevice::ExeOwner);
    editor.close();
    const QByteArray command = editor.fileName().toLocal8Bit() + " --option";
    qputenv("VISUAL", command);
    return editFile(call, Policy::TextFormat::Rules, std::ref(files));
}

} // namespace

class PolicyEditingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void changedFile_isReplacedIfItIsStillWhatItWas();
    void newFile_isMade();
    void unchangedFile_isLeft();
    void wrongLine_isNotSent();
    void refusedFile_isSaid();
    void failedEditor_changesNothing();
};

void PolicyEditingTest::changedFile_isReplacedIfItIsStillWhatItWas()
{
    Files files;
    const auto outcome = edit(files, "sed -i -e s/old/new/ $2");
    QVERIFY(outcome && outcome->status == 0);
    QCOMPARE(files.sent, "sha256:1\n# new\n"s);
}

void PolicyEditingTest::newFile_isMade()
{
    Files files;
    files.original = {.kind = Kind::Refused, .text = "PolicyAdminFileNotFoundException there is no 30-user.policy"};
    QVERIFY(edit(files, "echo '# mine' >$2").has_value());
    QCOMPARE(files.sent, "new\n# mine\n"s);
    files.original = {.kind = Kind::Refused, .text = "PolicyAdminException no"};
    QVERIFY(!edit(files, "true"));
}

void PolicyEditingTest::unchangedFile_isLeft()
{
    Files files;
    QCOMPARE(edit(files, "true")->status, 0);
    QCOMPARE(files.sent, "nothing"s);
}

void PolicyEditingTest::wrongLine_isNotSent()
{
    // The question has no answer here, which is a no.
    Files files;
    QCOMPARE(edit(files, "echo nonsense >$2")->status, 1);
    QCOMPARE(files.sent, "nothing"s);
    // Of an include only the whole policy can tell.
    const FileCall include{.service = "policy.include.Replace", .argument = "x", .token = "any", .takesContent = true};
    QCOMPARE(edit(files, "echo work vault allow >$2", include)->status, 0);
    QCOMPARE(files.sent, "sha256:1\nwork vault allow\n"s);
}

void PolicyEditingTest::refusedFile_isSaid()
{
    Files files;
    files.answer = {.kind = Kind::Refused, .text = "PolicyAdminTokenException it has changed"};
    const auto outcome = edit(files, "echo '# x' >$2");
    QVERIFY(outcome.has_value());
    QCOMPARE(outcome->status, 1);
}

void PolicyEditingTest::failedEditor_changesNothing()
{
    Files files;
    QVERIFY(!edit(files, "echo '# x' >$2; false"));
    QCOMPARE(files.sent, "nothing"s);
}

int main(int argc, char **argv)
{
    // Nobody sits at a terminal.
    if (std::freopen("/dev/null", "r", stdin) == nullptr) {
        return 1;
    }
    PolicyEditingTest test;
    return QTest::qExec(&test, argc, argv);
}

#include "policyeditingtest.moc"
