// SPDX-License-Identifier: GPL-2.0-or-later
#include "base/commandline.h"

#include <QTest>

#include <array>
#include <utility>

using namespace Bulkhead;

namespace
{

constexpr int Deep = 256;
constexpr std::array LongNames{
    option{"deep", required_argument, nullptr, Deep},
    option{"flag", no_argument, nullptr, 'f'},
    option{nullptr, 0, nullptr, 0},
};

using Option = std::pair<int, std::string>;
using Words = std::vector<std::string>;

struct Read {
    std::vector<Option> options;
    Result<Words> words;
};

Read read(Words line, const char *letters = "fv:")
{
    line.insert(line.begin(), "program");
    std::vector<char *> arguments;
    for (std::string &word : line) {
        arguments.push_back(word.data());
    }
    Read read;
    read.words = readOptions(arguments,
                             {.letters = letters, .longNames = LongNames},
                             [&read](int letter, std::string_view value) -> Result<void> {
                                 if (letter == '?') {
                                     return unknownOption();
                                 }
                                 read.options.emplace_back(letter, value);
                                 return {};
                             });
    return read;
}

} // namespace

class CommandLineTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:

    void readOptions_takesEverySpelling()
    {
        const Read all = read({"-fv", "one", "--deep=two", "--deep", "three", "--fl", "-vfour"});
        QCOMPARE(
            all.options,
            (std::vector<Option>{{'f', ""}, {'v', "one"}, {Deep, "two"}, {Deep, "three"}, {'f', ""}, {'v', "four"}}));
        QVERIFY(all.words.value().empty());
    }

    void readOptions_findsWordsAnywhere()
    {
        const Read all = read({"one", "-f", "two", "--", "-v"});
        QCOMPARE(all.options, (std::vector<Option>{{'f', ""}}));
        QCOMPARE(all.words.value(), (Words{"one", "two", "-v"}));
    }

    void readOptions_endsAtTheFirstWord()
    {
        const Read all = read({"-f", "one", "-v", "two"}, "+fv:");
        QCOMPARE(all.options, (std::vector<Option>{{'f', ""}}));
        QCOMPARE(all.words.value(), (Words{"one", "-v", "two"}));
    }

    void readOptions_refusesWhatItDoesNotKnow()
    {
        for (const Words &line :
             {Words{"-f", "-x"}, Words{"-f", "--nothing"}, Words{"-f", "-v"}, Words{"-f", "--flag=1"}}) {
            const Read all = read(line);
            QCOMPARE(all.options, (std::vector<Option>{{'f', ""}}));
            QCOMPARE(all.words.error().code, Errc::BadValue);
        }
    }

    void readOptions_beginsAnewEachTime()
    {
        QCOMPARE(read({"-f", "one"}).words.value(), (Words{"one"}));
        QCOMPARE(read({"two"}).words.value(), (Words{"two"}));
        QVERIFY(read({}).words.value().empty());
    }
};

QTEST_GUILESS_MAIN(CommandLineTest)
#include "commandlinetest.moc"
