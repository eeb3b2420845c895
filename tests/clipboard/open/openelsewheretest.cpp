// SPDX-License-Identifier: GPL-2.0-or-later
// Opening in another qube: caller and service as they are shipped, with an opener that the test writes.
#include "base/error.h"

#include <QDir>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

#include <memory>

namespace
{

constexpr int LongestMs = 60000;

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    BH_ASSERT(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

} // namespace

class OpenElsewhereTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void filecopy_049_changedComesBackWithItsMode();
    void filecopy_049_unchangedChangesNothing();
    void filecopy_050_brokenReplyChangesNothing();
    void filecopy_051_viewOnly();
    void filecopy_051_pathsAreRefused();
    void filecopy_052_addresses();
    void filecopy_052_disposablesOpenNoMore();
    void changedOnBothSides_keepsBoth();
    void theServiceLeavesNothing();
    void waitsForWhatTheOpenerLeft();
    void waitsForWhoHasTheFileOpen();
    void editorThatReplacesTheFile_isNoOther();
    void whatWentWrongThereIsSaidHere_data();
    void whatWentWrongThereIsSaidHere();
    void qubeWithoutAnOpener_saysSo();
    void onlyFilesAreSent();
    void chosenTargetIsUsed();
    void withoutAChoiceThePolicyDecides();
    void whatCameFromElsewhere_isHandedOnByThePersonOnly();
    void errorWithoutATerminal_isShownInAWindow();
    void choicesAreListedAndForgotten();

private:
    [[nodiscard]] QString path(const QByteArray &name) const;
    void addProgram(const QByteArray &name, const QByteArray &script) const;
    void setOpener(const QByteArray &script) const;
    [[nodiscard]] int
    open(const QByteArray &program, const QByteArrayList &arguments, const QByteArrayList &variables = {});
    [[nodiscard]] QByteArrayList files() const;
    [[nodiscard]] QByteArray serve(const QByteArray &input, int *status) const;
    [[nodiscard]] QProcessEnvironment environment() const;

    std::unique_ptr<QTemporaryDir> m_directory;
    QByteArray m_said;
};

void OpenElsewhereTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkdir(path("bin")) && QDir().mkdir(path("files")));
    QVERIFY(QFile::link(QStringLiteral(BULKHEAD_OPEN_ELSEWHERE), path("bin/qvm-open-in-vm")));
    QVERIFY(QFile::link(QStringLiteral(BULKHEAD_OPEN_ELSEWHERE), path("bin/qvm-open-in-dvm")));
    QVERIFY(QFile::link(QStringLiteral(BULKHEAD_OPEN), path("bin/bulkhead-open")));
    QVERIFY(QFile::link(QStringLiteral(BULKHEAD_OPEN_SERVICE), path("bin/qubes.OpenInVM")));
    QVERIFY(QFile::link(QStringLiteral(BULKHEAD_OPEN_SERVICE), path("bin/qubes.OpenURL")));
    addProgram("qrexec-client-vm",
               "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RIG/arguments\"\nfor service; do :; done\n"
               "exec \"$RIG/bin/$service\"\n");
    setOpener("printf %s \"$1\" >\"$RIG/opened\"; stat -c %a \"$1\" >\"$RIG/mode\"; cp \"$1\" \"$RIG/seen\"\n");
    write(path("files/a b.txt"), "before");
    QCOMPARE(::chmod(path("files/a b.txt").toLocal8Bit().constData(), 0640), 0);
}

QString OpenElsewhereTest::path(const QByteArray &name) const
{
    return m_directory->filePath(QString::fromLocal8Bit(name));
}

QByteArrayList OpenElsewhereTest::files() const
{
    QByteArrayList names;
    for (const QString &name : QDir(path("files")).entryList(QDir::Files | QDir::Hidden)) {
        names.append(name.toLocal8Bit());
    }
    return names;
}

void OpenElsewhereTest::addProgram(const QByteArray &name, const QByteArray &script) const
{
    write(path("bin/" + name), script);
    BH_ASSERT(QFile::setPermissions(path("bin/" + name), QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

void OpenElsewhereTest::setOpener(const QByteArray &script) const
{
    addProgram("xdg-open", "#!/bin/sh\n" + script);
}

QProcessEnvironment OpenElsewhereTest::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("RIG"), m_directory->path());
    environment.insert(QStringLiteral("QREXEC_REMOTE_DOMAIN"), QStringLiteral("work"));
    environment.insert(QStringLiteral("XDG_CONFIG_HOME"), path("config"));
    environment.remove(QStringLiteral("DISPLAY"));
    environment.insert(QStringLiteral("PATH"),
                       path("bin") + QLatin1Char(':') + environment.value(QStringLiteral("PATH")));
    return environment;
}

int OpenElsewhereTest::open(const QByteArray &program, const QByteArrayList &arguments, const QByteArrayList &variables)
{
    QStringList words;
    for (const QByteArray &word : variables + QByteArrayList{path("bin/" + program).toLocal8Bit()} + arguments) {
        words.append(QString::fromLocal8Bit(word));
    }
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setWorkingDirectory(path("files"));
    process.start(QStringLiteral("env"), words);
    BH_ASSERT(process.waitForFinished(LongestMs));
    m_said = process.readAllStandardError();
    return process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
}

QByteArray OpenElsewhereTest::serve(const QByteArray &input, int *status) const
{
    QProcess process;
    process.setProcessEnvironment(environment());
    process.start(path("bin/qubes.OpenInVM"), QStringList());
    BH_ASSERT(process.waitForStarted(LongestMs));
    process.write(input);
    process.closeWriteChannel();
    BH_ASSERT(process.waitForFinished(LongestMs));
    *status = process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1;
    return process.readAllStandardOutput();
}

void OpenElsewhereTest::filecopy_049_changedComesBackWithItsMode()
{
    setOpener("cp \"$1\" \"$RIG/seen\"; printf after >\"$1\"\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\npersonal\nqubes.OpenInVM\n"));
    QCOMPARE(read(path("seen")), QByteArray("before"));
    QCOMPARE(read(path("files/a b.txt")), QByteArray("after"));
    struct stat facts{};
    QCOMPARE(::stat(path("files/a b.txt").toLocal8Bit().constData(), &facts), 0);
    QCOMPARE(facts.st_mode & 07777U, 0640U);
    QCOMPARE(files(), QByteArrayList({"a b.txt"}));
}

void OpenElsewhereTest::filecopy_049_unchangedChangesNothing()
{
    struct stat before{};
    struct stat after{};
    QCOMPARE(::stat(path("files/a b.txt").toLocal8Bit().constData(), &before), 0);
    QCOMPARE(open("qvm-open-in-dvm", {"a b.txt"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\n@dispvm\nqubes.OpenInVM\n"));
    QCOMPARE(::stat(path("files/a b.txt").toLocal8Bit().constData(), &after), 0);
    QCOMPARE(after.st_ino, before.st_ino);
    QVERIFY(read(path("opened")).startsWith("/tmp/work-") && read(path("opened")).endsWith("/a_b.txt"));
    QCOMPARE(read(path("mode")), QByteArray("600\n"));
    int status = -1;
    QCOMPARE(serve(QByteArray("name").leftJustified(256, '\0') + "content", &status), QByteArray(""));
    QCOMPARE(status, 0);
}

void OpenElsewhereTest::filecopy_050_brokenReplyChangesNothing()
{
    for (const char *end : {"exit 1", "exit 255", "kill -9 $$"}) {
        addProgram("qrexec-client-vm", QByteArray("#!/bin/sh\ncat >/dev/null; printf half; ") + end + '\n');
        QVERIFY(open("qvm-open-in-vm", {"personal", "a b.txt"}) != 0);
        QCOMPARE(read(path("files/a b.txt")), QByteArray("before"));
        QCOMPARE(files(), QByteArrayList({"a b.txt"}));
        QVERIFY2(m_said.contains("came back") || m_said.contains("come back"), m_said.constData());
    }
    addProgram("qrexec-client-vm", "#!/bin/sh\nexit 126\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 126);
    QVERIFY(m_said.contains("refused"));
}

void OpenElsewhereTest::filecopy_051_viewOnly()
{
    setOpener("stat -c %a \"$1\" >\"$RIG/mode\"; chmod 600 \"$1\"; printf after >\"$1\"\n");
    QCOMPARE(open("qvm-open-in-dvm", {"--view-only", "a b.txt"}), 0);
    QCOMPARE(read(path("mode")), QByteArray("400\n"));
    QCOMPARE(read(path("files/a b.txt")), QByteArray("before"));
    // Nor does the caller believe a service that replies.
    addProgram("qrexec-client-vm", "#!/bin/sh\nhead -c 17 >\"$RIG/field\"; cat >/dev/null; printf after\n");
    QCOMPARE(open("qvm-open-in-dvm", {"--view-only", "a b.txt"}), 0);
    QCOMPARE(read(path("field")), QByteArray("view-only-a b.txt"));
    QCOMPARE(read(path("files/a b.txt")), QByteArray("before"));
}

void OpenElsewhereTest::filecopy_051_pathsAreRefused()
{
    for (const char *name : {"../x", "/etc/x", "", ".", ".."}) {
        int status = -1;
        QCOMPARE(serve(QByteArray(name).leftJustified(256, '\0') + "content", &status), QByteArray(""));
        QCOMPARE(status, 1);
    }
    int status = -1;
    QCOMPARE(serve("short", &status), QByteArray(""));
    QCOMPARE(status, 1);
    QVERIFY(!QFile::exists(path("opened")));
}

void OpenElsewhereTest::filecopy_052_addresses()
{
    setOpener("printf %s \"$1\" >\"$RIG/opened\"\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "https://example.org/?q"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\npersonal\nqubes.OpenURL\n"));
    QCOMPARE(read(path("opened")), QByteArray("https://example.org/?q"));
    QVERIFY(QFile::remove(path("opened")));
    QCOMPARE(open("qvm-open-in-vm", {"personal", "file:///etc/passwd"}), 1);
    QProcess service;
    service.setProcessEnvironment(environment());
    service.start(path("bin/qubes.OpenURL"), QStringList());
    service.write("file:///etc/passwd\n");
    service.closeWriteChannel();
    QVERIFY(service.waitForFinished(LongestMs));
    QCOMPARE(service.exitCode(), 1);
    QVERIFY(!QFile::exists(path("opened")));
}

void OpenElsewhereTest::filecopy_052_disposablesOpenNoMore()
{
    // There is no terminal to ask at.
    addProgram("alone", "#!/bin/sh\nexec setsid qvm-open-in-dvm 'a b.txt' </dev/null\n");
    for (const char *service : {"qubes.OpenInVM", "qubes.OpenURL"}) {
        QCOMPARE(open("alone", {}, {QByteArray("QREXEC_SERVICE_FULL_NAME=") + service}), 1);
        QVERIFY(m_said.contains("opens no disposable"));
        QVERIFY(!QFile::exists(path("arguments")));
    }
}

void OpenElsewhereTest::changedOnBothSides_keepsBoth()
{
    setOpener("printf theirs >\"$1\"; sleep 0.05; printf ours >\"$RIG/files/a b.txt\"\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 0);
    QCOMPARE(read(path("files/a b.txt")), QByteArray("ours"));
    const QByteArrayList names = files();
    QCOMPARE(names.size(), 2);
    QCOMPARE(read(path("files/" + names.last())), QByteArray("theirs"));
    QVERIFY2(m_said.contains("changed here, too: what came back is in"), m_said.constData());
}

void OpenElsewhereTest::theServiceLeavesNothing()
{
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 0);
    QVERIFY(!QFile::exists(QString::fromLocal8Bit(read(path("opened"))).section(QLatin1Char('/'), 0, 2)));
    setOpener("printf %s \"$1\" >\"$RIG/opened\"; exit 3\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 3);
    QVERIFY(!QFile::exists(QString::fromLocal8Bit(read(path("opened"))).section(QLatin1Char('/'), 0, 2)));
}

void OpenElsewhereTest::waitsForWhatTheOpenerLeft()
{
    setOpener("sh -c 'sleep 1; printf after >\"$1\"' x \"$1\" </dev/null >/dev/null 2>&1 &\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 0);
    QCOMPARE(read(path("files/a b.txt")), QByteArray("after"));
}

void OpenElsewhereTest::waitsForWhoHasTheFileOpen()
{
    // Nothing on its command line tells of the file.
    setOpener("sh -c 'exec 3<&0; read line <\"$RIG/gate\"; printf after >\"$(cat \"$RIG/name\")\"' <\"$1\" >/dev/null "
              "2>&1 &\n"
              "printf %s \"$1\" >\"$RIG/name\"; touch \"$RIG/left\"\n");
    QCOMPARE(::mkfifo(path("gate").toLocal8Bit().constData(), 0600), 0);
    QProcess process;
    process.setProcessEnvironment(environment());
    process.setWorkingDirectory(path("files"));
    process.start(path("bin/qvm-open-in-vm"), {QStringLiteral("personal"), QStringLiteral("a b.txt")});
    QVERIFY(QTest::qWaitFor(
        [this] {
            return QFile::exists(path("left"));
        },
        LongestMs));
    write(path("gate"), "go\n"); // opens only once the other end waits
    QVERIFY(process.waitForFinished(LongestMs));
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(read(path("files/a b.txt")), QByteArray("after"));
}

void OpenElsewhereTest::editorThatReplacesTheFile_isNoOther()
{
    setOpener("printf after >\"$1.new\"; mv \"$1.new\" \"$1\"\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 0);
    QCOMPARE(read(path("files/a b.txt")), QByteArray("after"));
}

void OpenElsewhereTest::whatWentWrongThereIsSaidHere_data()
{
    QTest::addColumn<QByteArray>("opener");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("words");
    QTest::newRow("nothing opens it") << QByteArray("exit 3\n") << 3
                                      << QByteArray("personal has no program that opens a b.txt");
    QTest::newRow("what opens it fails") << QByteArray("exit 4\n") << 4
                                         << QByteArray("the program of personal that opens a b.txt failed");
    QTest::newRow("another status") << QByteArray("exit 77\n") << 77 << QByteArray("the call ended with status 77");
}

void OpenElsewhereTest::whatWentWrongThereIsSaidHere()
{
    QFETCH(QByteArray, opener);
    QFETCH(int, status);
    QFETCH(QByteArray, words);
    setOpener(opener);
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), status);
    QVERIFY2(m_said.contains(words), m_said.constData());
    QCOMPARE(read(path("files/a b.txt")), QByteArray("before"));
}

void OpenElsewhereTest::qubeWithoutAnOpener_saysSo()
{
    // As the service finds it, where there is no desktop at all.
    addProgram("qrexec-client-vm",
               "#!/bin/sh\nmkdir \"$RIG/empty\"\nfor service; do :; done\n"
               "PATH=\"$RIG/empty\" exec \"$RIG/bin/$service\"\n");
    QCOMPARE(open("qvm-open-in-vm", {"personal", "a b.txt"}), 3);
    QVERIFY2(m_said.contains("personal has no program that opens a b.txt"), m_said.constData());
}

void OpenElsewhereTest::onlyFilesAreSent()
{
    QVERIFY(QDir().mkdir(path("files/d")));
    QCOMPARE(open("qvm-open-in-vm", {"personal", "d"}), 1);
    QVERIFY(m_said.contains("only files can be opened elsewhere"));
    QCOMPARE(open("qvm-open-in-vm", {"personal", "missing"}), 1);
    QCOMPARE(open("qvm-open-in-vm", {"personal"}), 1);
    QVERIFY(m_said.contains("usage: qvm-open-in-vm"));
    QVERIFY(!QFile::exists(path("arguments")));
}

void OpenElsewhereTest::chosenTargetIsUsed()
{
    QCOMPARE(open("bulkhead-open", {"--choose", "text/*", "untrusted"}), 0);
    QCOMPARE(open("bulkhead-open", {"a b.txt"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\nuntrusted\nqubes.OpenInVM\n"));
    setOpener("printf %s \"$1\" >\"$RIG/opened\"\n");
    QCOMPARE(open("bulkhead-open", {"--to", "@dispvm", "--remember", "https://example.org/"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\n@dispvm\nqubes.OpenURL\n"));
    QCOMPARE(open("bulkhead-open", {"https://example.org/other"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\n@dispvm\nqubes.OpenURL\n"));
    setOpener("printf after >\"$1\"\n");
    QCOMPARE(open("bulkhead-open", {"file://" + path("files/a%20b.txt").toLocal8Bit()}), 0);
    QCOMPARE(read(path("files/a b.txt")), QByteArray("after"));
}

void OpenElsewhereTest::withoutAChoiceThePolicyDecides()
{
    QCOMPARE(open("bulkhead-open", {"a b.txt"}), 0);
    QCOMPARE(read(path("arguments")), QByteArray("-T\n--\n@default\nqubes.OpenInVM\n"));
}

void OpenElsewhereTest::whatCameFromElsewhere_isHandedOnByThePersonOnly()
{
    const QByteArrayList variables{"QREXEC_SERVICE_FULL_NAME=qubes.OpenInVM+", "DISPLAY=:9"};
    addProgram("alone", "#!/bin/sh\nexec setsid bulkhead-open 'a b.txt' </dev/null\n");
    addProgram("zenity", "#!/bin/sh\nexit 1\n");
    QCOMPARE(open("alone", {}, variables), 1);
    QVERIFY2(m_said.contains("this was opened by another qube"), m_said.constData());
    QVERIFY(!QFile::exists(path("arguments")));
    addProgram("zenity", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RIG/asked\"\n");
    QCOMPARE(open("alone", {}, variables), 0);
    QVERIFY(read(path("asked")).startsWith("--question\n"));
    QVERIFY(read(path("asked")).contains("Open a b.txt in yet another one?"));
    QVERIFY(QFile::exists(path("arguments")));
}

void OpenElsewhereTest::errorWithoutATerminal_isShownInAWindow()
{
    addProgram("zenity", "#!/bin/sh\nprintf '%s\\n' \"$@\" >\"$RIG/told.new\"; mv \"$RIG/told.new\" \"$RIG/told\"\n");
    addProgram("qrexec-client-vm", "#!/bin/sh\nexit 126\n");
    QCOMPARE(open("bulkhead-open", {"a b.txt"}, {"DISPLAY=:9"}), 126);
    QVERIFY(QTest::qWaitFor(
        [this] {
            return QFile::exists(path("told"));
        },
        LongestMs));
    QVERIFY(read(path("told")).startsWith("--error\n"));
    // A window that stays open keeps nobody who reads our words waiting.
    QVERIFY(QFile::remove(path("told")));
    QCOMPARE(::mkfifo(path("gate").toLocal8Bit().constData(), 0600), 0);
    addProgram("zenity", "#!/bin/sh\nread line <\"$RIG/gate\"\nprintf '%s\\n' \"$@\" >\"$RIG/told\"\n");
    QCOMPARE(open("bulkhead-open", {"a b.txt"}, {"DISPLAY=:9"}), 126);
    write(path("gate"), "go\n");
    QVERIFY(QTest::qWaitFor(
        [this] {
            return read(path("told")).endsWith('\n');
        },
        LongestMs));
    QVERIFY2(read(path("told")).contains("the call was refused"), read(path("told")).constData());
}

void OpenElsewhereTest::choicesAreListedAndForgotten()
{
    QCOMPARE(open("bulkhead-open", {"--choose", "*", "untrusted"}), 0);
    QCOMPARE(open("bulkhead-open", {"--view-only", "--choose", "application/pdf", "@dispvm"}), 0);
    QCOMPARE(read(path("config/bulkhead/open.conf")),
             QByteArray("* = untrusted\napplication/pdf = @dispvm view-only\n"));
    QCOMPARE(open("bulkhead-open", {"--forget", "*"}), 0);
    QCOMPARE(open("bulkhead-open", {"--forget", "*"}), 1);
    QVERIFY2(m_said.contains("no choice of yours is remembered"), m_said.constData());
    QProcess list;
    list.setProcessEnvironment(environment());
    list.start(path("bin/bulkhead-open"), {QStringLiteral("--list")});
    QVERIFY(list.waitForFinished(LongestMs));
    QVERIFY(list.readAllStandardOutput().startsWith("application/pdf = @dispvm view-only\n"));
}

QTEST_GUILESS_MAIN(OpenElsewhereTest)
#include "openelsewheretest.moc"
