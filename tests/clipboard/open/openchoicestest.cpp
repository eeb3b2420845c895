// SPDX-License-Identifier: GPL-2.0-or-later
// Which type a thing has, and where things of a type are opened.
#include "clipboard/open/openchoices.h"

#include "clipboard/open/choiceoptions.h"
#include "clipboard/open/choosing.h"
#include "clipboard/open/mediatype.h"

#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <array>
#include <memory>
#include <vector>

using namespace Bulkhead;
using namespace Bulkhead::FileCopy;

namespace
{

void write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    BH_ASSERT(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

QByteArray read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

Result<ChoiceOptions> parse(const QByteArrayList &words)
{
    QByteArrayList own = QByteArrayList{"bulkhead-open"} + words;
    std::vector<char *> arguments;
    for (QByteArray &word : own) {
        arguments.push_back(word.data());
    }
    return parseChoiceOptions(arguments);
}

std::string textOf(const std::optional<OpenChoice> &choice)
{
    return choice ? choice->target + (choice->mode == OpenMode::View ? " to view" : "") : "none";
}

} // namespace

class OpenChoicesTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();

    void typesOfNames_data();
    void typesOfNames();
    void typesOfAddresses();
    void patternLines_data();
    void patternLines();
    void theClosestTypeCounts_data();
    void theClosestTypeCounts();
    void S_198_brokenLinesAreNamedWithWhatMayStandThere_data();
    void S_198_brokenLinesAreNamedWithWhatMayStandThere();
    void S_198_remembering_changesOneLineOnlyAndNothingThatIsBroken();
    void forgetting_saysWhetherThereWasOne();
    void whatIsAskedForGoesBeforeWhatIsRemembered();
    void remembered_isThereForTheNextOne();
    void unreadableChoices_openNothing();
    void wordsOfTheCommand_data();
    void wordsOfTheCommand();

private:
    [[nodiscard]] QString path(const char *name) const
    {
        return m_directory->filePath(QString::fromLatin1(name));
    }

    [[nodiscard]] std::string file(const char *name) const
    {
        return path(name).toStdString();
    }

    std::unique_ptr<QTemporaryDir> m_directory;
};

void OpenChoicesTest::init()
{
    m_directory = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir().mkpath(path("home/mime")) && QDir().mkpath(path("system/mime")) && QDir().mkpath(path("config")));
    write(path("system/mime/globs2"),
          "# comment\n60:application/x-tarz:*.tar.z\n50:application/pdf:*.pdf\n50:text/x-c:*.c:cs\n"
          "50:text/x-c++src:*.C:cs\n50:text/x-makefile:makefile\n50:application/x-z:*.z\n40:text/plain:*.pdf\n");
    write(path("home/mime/globs2"), "80:application/x-own:*.own\n");
    qputenv("XDG_DATA_HOME", path("home").toLocal8Bit());
    qputenv("XDG_DATA_DIRS", QByteArray(path("missing").toLocal8Bit() + ':' + path("system").toLocal8Bit()));
    qputenv("XDG_CONFIG_HOME", path("config").toLocal8Bit());
}

void OpenChoicesTest::typesOfNames_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QByteArray>("type");
    QTest::newRow("by its end") << QByteArray("a b.pdf") << QByteArray("x") << QByteArray("application/pdf");
    QTest::newRow("letters in another case") << QByteArray("A.PDF") << QByteArray("x") << QByteArray("application/pdf");
    QTest::newRow("greater weight") << QByteArray("a.tar.z") << QByteArray("x") << QByteArray("application/x-tarz");
    QTest::newRow("the person's own") << QByteArray("a.own") << QByteArray("x") << QByteArray("application/x-own");
    QTest::newRow("exact, small") << QByteArray("a.c") << QByteArray("x") << QByteArray("text/x-c");
    QTest::newRow("exact, large") << QByteArray("a.C") << QByteArray("x") << QByteArray("text/x-c++src");
    QTest::newRow("whole name") << QByteArray("Makefile") << QByteArray("x") << QByteArray("text/x-makefile");
    QTest::newRow("unknown text") << QByteArray("notes") << QByteArray("h\xc3\xa9\n") << QByteArray("text/plain");
    QTest::newRow("unknown bytes") << QByteArray("blob") << QByteArray("a\0b", 3)
                                   << QByteArray("application/octet-stream");
}

void OpenChoicesTest::typesOfNames()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, content);
    QFETCH(QByteArray, type);
    write(path(name.constData()), content);
    QCOMPARE(mediaTypeOf(file(name.constData())).value(), type.toStdString());
}

void OpenChoicesTest::typesOfAddresses()
{
    QCOMPARE(mediaTypeOf("HTTPS://example.org/a.pdf").value(), std::string("x-scheme-handler/https"));
    QCOMPARE(mediaTypeOf("missing.pdf").error().code, Errc::Io);
    QCOMPARE(mediaTypeOf(file("config")).error().code, Errc::BadValue); // a directory
}

void OpenChoicesTest::patternLines_data()
{
    QTest::addColumn<QByteArray>("line");
    for (const char *line :
         {"", "#50:a/b:*.c", "50:a/b", "x:a/b:*.c", "50::*.c", "50:a/b:", ":a/b:*.c", "5 0:a/b:*.c"}) {
        QTest::addRow("'%s'", line) << QByteArray(line);
    }
}

void OpenChoicesTest::patternLines()
{
    QFETCH(QByteArray, line);
    QCOMPARE(parseNamePattern(line.toStdString()).error().code, Errc::BadValue);
}

void OpenChoicesTest::theClosestTypeCounts_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("target");
    QTest::newRow("the type") << QByteArray("application/pdf") << QByteArray("@dispvm to view");
    QTest::newRow("its major type") << QByteArray("image/png") << QByteArray("untrusted");
    QTest::newRow("everything, of the first file") << QByteArray("text/plain") << QByteArray("@default");
}

void OpenChoicesTest::theClosestTypeCounts()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, target);
    write(path("own"), "# mine\n\n* = @default\nimage/*  =  untrusted\r\napplication/pdf = @dispvm view-only\n");
    write(path("system.conf"), "text/plain = work\n* = vault\n");
    const auto choices = OpenChoices::load(std::array{file("own"), file("missing"), file("system.conf")}).value();
    QCOMPARE(textOf(choices.find(type.toStdString())), target.toStdString());
    QCOMPARE(choices.all().size(), std::size_t{5});
    const auto system = OpenChoices::load(std::array{file("missing"), file("system.conf")}).value();
    QCOMPARE(textOf(system.find("text/plain")), std::string("work"));
    QCOMPARE(textOf(OpenChoices::load({}).value().find("text/plain")), std::string("none"));
}

void OpenChoicesTest::S_198_brokenLinesAreNamedWithWhatMayStandThere_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QByteArray>("said");
    for (const char *line : {"application/pdf",
                             "application/pdf = ",
                             "application/pdf @dispvm",
                             "application/pdf=@dispvm",
                             "application/pdf = @dispvm view",
                             "application/pdf = @dispvm view-only more",
                             "application/pdf = @dispvm:a b"}) {
        QTest::addRow("%s", line) << QByteArray(line)
                                  << QByteArray("it is not TYPE = TARGET or TYPE = TARGET view-only");
    }
    for (const char *line : {"pdf = work", "/pdf = work", "a/b/c = work", "*/pdf = work"}) {
        QTest::addRow("%s", line) << QByteArray(line)
                                  << QByteArray("is no type: application/pdf, image/* and * are some");
    }
    for (const char *line : {"application/pdf = -work", "application/pdf = @adminvm", "application/pdf = @dispvm:"}) {
        QTest::addRow("%s", line) << QByteArray(line)
                                  << QByteArray("is neither a qube's name nor @default nor @dispvm");
    }
}

void OpenChoicesTest::S_198_brokenLinesAreNamedWithWhatMayStandThere()
{
    QFETCH(QByteArray, line);
    QFETCH(QByteArray, said);
    write(path("own"), "image/* = work\n" + line + "\n");
    const auto choices = OpenChoices::load(std::array{file("own")});
    QVERIFY(!choices);
    QVERIFY2(choices.error().detail.starts_with(file("own") + ", line 2: "), choices.error().detail.c_str());
    QVERIFY2(choices.error().detail.ends_with(said.toStdString()), choices.error().detail.c_str());
}

void OpenChoicesTest::S_198_remembering_changesOneLineOnlyAndNothingThatIsBroken()
{
    write(path("own"), "# mine\nimage/* = work\n\n* = @default");
    QVERIFY(rememberChoice(file("own"), {.type = "image/*", .target = "@dispvm:dvm", .mode = OpenMode::View}));
    QVERIFY(rememberChoice(file("own"), {.type = "text/html", .target = "untrusted"}));
    QCOMPARE(read(path("own")),
             QByteArray("# mine\nimage/* = @dispvm:dvm view-only\n\n* = @default\ntext/html = untrusted\n"));
    QVERIFY(rememberChoice(file("new/folder/own"), {.type = "*", .target = "work"}));
    QCOMPARE(read(path("new/folder/own")), QByteArray("* = work\n"));
    // What cannot be is not written, and what cannot be read is not replaced.
    QCOMPARE(rememberChoice(file("own"), {.type = "image", .target = "work"}).error().code, Errc::BadValue);
    QCOMPARE(rememberChoice(file("own"), {.type = "*", .target = "two words"}).error().code, Errc::BadValue);
    write(path("own"), "nonsense\n");
    QCOMPARE(rememberChoice(file("own"), {.type = "*", .target = "work"}).error().code, Errc::BadValue);
    QCOMPARE(read(path("own")), QByteArray("nonsense\n"));
    QCOMPARE(QDir(m_directory->path()).entryList({QStringLiteral("own*")}), QStringList{QStringLiteral("own")});
}

void OpenChoicesTest::forgetting_saysWhetherThereWasOne()
{
    write(path("own"), "# mine\nimage/* = work\n* = @default\n");
    QCOMPARE(forgetChoice(file("own"), "image/*").value(), true);
    QCOMPARE(forgetChoice(file("own"), "image/*").value(), false);
    QCOMPARE(read(path("own")), QByteArray("# mine\n* = @default\n"));
    QCOMPARE(forgetChoice(file("missing"), "*").value(), false);
}

void OpenChoicesTest::whatIsAskedForGoesBeforeWhatIsRemembered()
{
    QVERIFY(rememberChoice(ownChoicesFile(), {.type = "image/*", .target = "work", .mode = OpenMode::View}));
    const auto asked = chooseTarget(parse({"--to", "vault", "a.png"}).value(), "image/png").value();
    QCOMPARE(asked.target, std::string("vault"));
    QCOMPARE(asked.mode, OpenMode::Edit);
    QVERIFY(!asked.isByChoice);
    const auto remembered = chooseTarget(parse({"a.png"}).value(), "image/png").value();
    QCOMPARE(remembered.target, std::string("work"));
    QCOMPARE(remembered.mode, OpenMode::View);
    QVERIFY(remembered.isByChoice);
    const auto policys = chooseTarget(parse({"--view-only", "a.pdf"}).value(), "application/pdf").value();
    QCOMPARE(policys.target, std::string("@default"));
    QCOMPARE(policys.mode, OpenMode::View);
    QVERIFY(policys.isByChoice);
}

void OpenChoicesTest::remembered_isThereForTheNextOne()
{
    QVERIFY(chooseTarget(parse({"--to", "@dispvm", "--remember", "a.pdf"}).value(), "application/pdf"));
    QCOMPARE(chooseTarget(parse({"b.pdf"}).value(), "application/pdf").value().target, std::string("@dispvm"));
    QVERIFY(chooseTarget(parse({"--to", "work", "b.pdf"}).value(), "application/pdf")); // this once
    QCOMPARE(chooseTarget(parse({"b.pdf"}).value(), "application/pdf").value().target, std::string("@dispvm"));
}

void OpenChoicesTest::unreadableChoices_openNothing()
{
    QVERIFY(QDir().mkpath(path("config/bulkhead")));
    write(path("config/bulkhead/open.conf"), "nonsense\n");
    QCOMPARE(chooseTarget(parse({"b.pdf"}).value(), "application/pdf").error().code, Errc::BadValue);
}

void OpenChoicesTest::wordsOfTheCommand_data()
{
    QTest::addColumn<QByteArrayList>("words");
    QTest::addColumn<QByteArray>("what"); // empty: refused
    QTest::newRow("a file") << QByteArrayList{"a.pdf"} << QByteArray("a.pdf");
    QTest::newRow("behind --") << QByteArrayList{"--", "-a"} << QByteArray("-a");
    QTest::newRow("address of a file") << QByteArrayList{"file:///home/user/a%20b.pdf"}
                                       << QByteArray("/home/user/a b.pdf");
    QTest::newRow("with this host") << QByteArrayList{"file://localhost/a"} << QByteArray("/a");
    QTest::newRow("with another host") << QByteArrayList{"file://elsewhere/a"} << QByteArray();
    QTest::newRow("cut escape") << QByteArrayList{"file:///a%2"} << QByteArray();
    QTest::newRow("no escape") << QByteArrayList{"file:///a%zz"} << QByteArray();
    QTest::newRow("escaped NUL") << QByteArrayList{"file:///a%00b"} << QByteArray();
    QTest::newRow("web address") << QByteArrayList{"https://a.example/%20"} << QByteArray("https://a.example/%20");
    QTest::newRow("a type") << QByteArrayList{"--choose", "image/*", "work"} << QByteArray("image/*");
    QTest::newRow("nothing") << QByteArrayList{} << QByteArray();
    QTest::newRow("two files") << QByteArrayList{"a", "b"} << QByteArray();
    QTest::newRow("no target") << QByteArrayList{"a", "--to"} << QByteArray();
    QTest::newRow("a target that is none") << QByteArrayList{"--to", "@adminvm", "a"} << QByteArray();
    QTest::newRow("remember what?") << QByteArrayList{"--remember", "a"} << QByteArray();
    QTest::newRow("unknown option") << QByteArrayList{"--edit", "a"} << QByteArray();
}

void OpenChoicesTest::wordsOfTheCommand()
{
    QFETCH(QByteArrayList, words);
    QFETCH(QByteArray, what);
    const auto options = parse(words);
    QCOMPARE(options.has_value(), !what.isEmpty());
    if (options) {
        QCOMPARE(options->what, what.toStdString());
    }
}

QTEST_GUILESS_MAIN(OpenChoicesTest)
#include "openchoicestest.moc"
