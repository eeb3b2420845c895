// SPDX-License-Identifier: GPL-2.0-or-later
// Against programs that answer calls about policy files and qubes as the real ones do, over a directory that changes.
#include "manager/policylink/policyreader.h"

#include "manager/policylink/policysocket.h"
#include "qrexec/policy/explanation.h"

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>

#include <functional>
#include <memory>
#include <utility>

using namespace Bulkhead;
using namespace Qt::StringLiterals;

namespace
{

constexpr qsizetype MaxText = 65536;

/// Answers out of a directory, and counts the lists that were asked for.
class FolderAdministration
{
public:
    FolderAdministration(const QString &path, QString folder)
        : m_folder(std::move(folder))
        , m_socket({.own = path, .policyd = path}, MaxText, [this](const std::unique_ptr<PolicyPeer> &peer) {
            peer->answer(answer(peer->text()));
        })
    {
        isListening = m_socket.listen().has_value();
    }

    bool isListening = false;
    int lists = 0;
    QString refused;                    ///< a file's name that is given to nobody
    std::function<void()> afterReading; ///< once, when a file was read and before it is handed over

private:
    [[nodiscard]] QByteArray names(const QString &folder, const QString &suffix) const
    {
        QByteArray lines;
        for (const QString &name : QDir(folder).entryList({u"*"_s + suffix}, QDir::Files | QDir::Hidden, QDir::Name)) {
            lines += name.chopped(suffix.size()).toUtf8() + '\n';
        }
        return lines;
    }

    QByteArray answer(const QByteArray &request)
    {
        const QString call = QString::fromUtf8(request.first(request.indexOf(' ')));
        const QString argument = call.section(u'+', 1);
        QByteArray content;
        if (call == u"policy.List"_s) {
            ++lists;
            content = names(m_folder, u".policy"_s);
        } else if (call == u"policy.include.List"_s) {
            content = names(m_folder + u"/include"_s, {});
        } else {
            const QString included = m_folder + u"/include/"_s + argument;
            const QString direct = m_folder + u'/' + argument + u".policy"_s;
            QFile file(call.startsWith(u"policy.include"_s) ? included : direct);
            if (!refused.isEmpty() && argument == refused) {
                return QByteArray("1\0", 2) + "PolicyAdminInvalidFilePathException it is a link";
            }
            if (!file.open(QIODevice::ReadOnly)) {
                return QByteArray("1\0", 2) + "PolicyAdminFileNotFoundException there is none";
            }
            content = "sha256:aa\n" + file.readAll();
            if (const auto then = std::exchange(afterReading, nullptr)) {
                then();
            }
        }
        return QByteArray("0\0", 2) + content;
    }

    QString m_folder;
    PolicySocket m_socket;
};

/// Answers each question with the same text.
class OneAnswer
{
public:
    explicit OneAnswer(const QString &path)
        : m_socket({.own = path, .policyd = path}, MaxText, [this](const std::unique_ptr<PolicyPeer> &peer) {
            ++questions;
            peer->answer(text);
        })
    {
        isListening = m_socket.listen().has_value();
    }

    bool isListening = false;
    int questions = 0;
    QByteArray text;

private:
    PolicySocket m_socket;
};

QJsonObject record(const QStringList &tags)
{
    return {{u"tags"_s, QJsonArray::fromStringList(tags)},
            {u"type"_s, u"AppVM"_s},
            {u"template_for_dispvms"_s, false},
            {u"default_dispvm"_s, QJsonValue::Null},
            {u"guivm"_s, u"dom0"_s},
            {u"power_state"_s, u"Running"_s},
            {u"icon"_s, u"x"_s},
            {u"internal"_s, QJsonValue::Null}};
}

QByteArray systemOf(const QStringList &tagsOfWork)
{
    const QJsonObject qubes{{u"dom0"_s, record({})}, {u"work"_s, record(tagsOfWork)}, {u"vault"_s, record({})}};
    return QByteArray("0\0", 2) + QJsonDocument(QJsonObject{{u"domains"_s, qubes}}).toJson();
}

} // namespace

class PolicyReaderTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void rules_areReadWithTheirIncludesAndPlaces();
    void change_ofAFileIsSeenWithoutBeingAskedFor();
    void regress_changeWhileItIsReadIsSeen();
    void newFile_isSeenToo();
    void qube_withAnotherTagIsReadAgain();
    void runtimeRules_areToldOf();
    void brokenPolicy_isNone();
    void regress_brokenPolicyMendedInPlaceIsSeen();
    void regress_refusedIncludeIsNamedWithItsReason();
    void brokenRecord_isNone_data();
    void brokenRecord_isNone();
    void regress_refusingCoreIsToldInItsWords();
    void nobodyThere_isTold();
    void nothing_isAskedForNobody();

private:
    void write(const QString &name, const QByteArray &text) const;
    void writeInPlace(const QString &name, const QByteArray &text) const;
    [[nodiscard]] std::string outcome() const;

    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<FolderAdministration> m_administration;
    std::unique_ptr<OneAnswer> m_core;
    std::unique_ptr<PolicyReader> m_reader;
};

void PolicyReaderTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    QVERIFY(QDir(m_folder->path()).mkpath(u"policy.d/include"_s));
    QVERIFY(QDir(m_folder->path()).mkpath(u"run"_s));
    write(u"90-default.policy"_s, "qubes.Filecopy * @anyvm @anyvm deny\n");
    m_administration =
        std::make_unique<FolderAdministration>(m_folder->filePath(u"admin"_s), m_folder->filePath(u"policy.d"_s));
    QVERIFY(m_administration->isListening);
    m_core = std::make_unique<OneAnswer>(m_folder->filePath(u"core"_s));
    QVERIFY(m_core->isListening);
    m_core->text = systemOf({});
    m_reader = std::make_unique<PolicyReader>(PolicyReader::Paths{.policySocket = m_folder->filePath(u"admin"_s),
                                                                  .coreSocket = m_folder->filePath(u"core"_s),
                                                                  .directory = m_folder->filePath(u"policy.d"_s),
                                                                  .runtimeDirectory = m_folder->filePath(u"run"_s)});
}

void PolicyReaderTest::cleanup()
{
    m_reader.reset();
    m_core.reset();
    m_administration.reset();
}

/// As bulkhead-policy-admin does: whole, then by its name.
void PolicyReaderTest::write(const QString &name, const QByteArray &text) const
{
    const QString path = m_folder->filePath(u"policy.d/"_s + name);
    QFile file(path + u".new"_s);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
    file.close();
    QFile::remove(path);
    QVERIFY(file.rename(path));
}

/// As an editor may: the file stays the same one.
void PolicyReaderTest::writeInPlace(const QString &name, const QByteArray &text) const
{
    QFile file(m_folder->filePath(u"policy.d/"_s + name));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(text), text.size());
}

/// What becomes of copying a file from work to vault, and which line says so.
std::string PolicyReaderTest::outcome() const
{
    if (m_reader->rules() == nullptr) {
        return "none";
    }
    const auto found = Policy::explain(
        *m_reader->rules(),
        m_reader->qubes(),
        {.source = "work", .target = "vault", .service = "qubes.Filecopy", .argument = "+", .requestedSource = {}});
    const std::string place = found.line ? found.line->place : "";
    return std::string(Policy::wordOf(found.outcome)) + ' ' + place.substr(place.rfind('/') + 1);
}

void PolicyReaderTest::rules_areReadWithTheirIncludesAndPlaces()
{
    write(u"include/mine"_s, "# what all have\nqubes.Filecopy * work vault ask\n");
    write(u"30-user.policy"_s, "!include include/mine\n");
    write(u".hidden.policy"_s, "qubes.Filecopy * work vault allow\n");
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("ask mine:2"));
    QCOMPARE(m_reader->problem(), QString());
}

void PolicyReaderTest::change_ofAFileIsSeenWithoutBeingAskedFor()
{
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    write(u"90-default.policy"_s, "\nqubes.Filecopy * @anyvm @anyvm ask\n");
    QTRY_COMPARE(outcome(), std::string("ask 90-default.policy:2"));
    writeInPlace(u"90-default.policy"_s, "qubes.Filecopy * work vault allow\n");
    QTRY_COMPARE(outcome(), std::string("allow 90-default.policy:1"));
}

void PolicyReaderTest::regress_changeWhileItIsReadIsSeen()
{
    m_administration->afterReading = [this] {
        writeInPlace(u"90-default.policy"_s, "qubes.Filecopy * work vault allow\n");
    };
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("allow 90-default.policy:1"));
    QCOMPARE(m_administration->lists, 2);
}

void PolicyReaderTest::newFile_isSeenToo()
{
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    write(u"30-user.policy"_s, "qubes.Filecopy * work vault allow\n");
    QTRY_COMPARE(outcome(), std::string("allow 30-user.policy:1"));
    QVERIFY(QFile::remove(m_folder->filePath(u"policy.d/30-user.policy"_s)));
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
}

void PolicyReaderTest::qube_withAnotherTagIsReadAgain()
{
    write(u"30-user.policy"_s, "qubes.Filecopy * @tag:mail @anyvm allow\n");
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    m_core->text = systemOf({u"mail"_s});
    m_reader->onQubesChanged();
    m_reader->onQubesChanged(); // many at once are read once more
    QTRY_COMPARE(outcome(), std::string("allow 30-user.policy:1"));
    QTRY_COMPARE(m_core->questions, 3);
}

void PolicyReaderTest::runtimeRules_areToldOf()
{
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    QCOMPARE(m_reader->problem(), QString());
    QFile file(m_folder->filePath(u"run/10-now.policy"_s));
    QVERIFY(file.open(QIODevice::WriteOnly));
    QTRY_VERIFY(m_reader->problem().startsWith(u"There are rules for this run of the system in "_s));
    QVERIFY(file.remove());
    QTRY_COMPARE(m_reader->problem(), QString());
}

void PolicyReaderTest::brokenPolicy_isNone()
{
    write(u"30-user.policy"_s, "qubes.Filecopy * work\n");
    m_reader->follow(this, true);
    QTRY_VERIFY2(m_reader->problem().contains(u"30-user.policy:1:"_s), qPrintable(m_reader->problem()));
    QCOMPARE(outcome(), std::string("none"));
    write(u"30-user.policy"_s, "!include /elsewhere/rules\n");
    QTRY_VERIFY2(m_reader->problem().contains(u"/elsewhere/rules"_s), qPrintable(m_reader->problem()));
    QCOMPARE(outcome(), std::string("none"));
    write(u"30-user.policy"_s, "# mended\n");
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    QCOMPARE(m_reader->problem(), QString());
}

void PolicyReaderTest::regress_brokenPolicyMendedInPlaceIsSeen()
{
    write(u"30-user.policy"_s, "qubes.Filecopy * work\n");
    m_reader->follow(this, true);
    QTRY_VERIFY2(m_reader->problem().contains(u"30-user.policy:1:"_s), qPrintable(m_reader->problem()));
    writeInPlace(u"30-user.policy"_s, "qubes.Filecopy * work vault allow\n");
    QTRY_COMPARE(outcome(), std::string("allow 30-user.policy:1"));
    QCOMPARE(m_reader->problem(), QString());
}

void PolicyReaderTest::regress_refusedIncludeIsNamedWithItsReason()
{
    write(u"include/mine"_s, "qubes.Filecopy * work vault ask\n");
    m_administration->refused = u"mine"_s;
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1")); // nobody includes it
    QCOMPARE(m_reader->problem(), QString());
    write(u"30-user.policy"_s, "!include include/mine\n");
    QTRY_VERIFY2(m_reader->problem().contains(u"it is a link"_s), qPrintable(m_reader->problem()));
    QVERIFY2(m_reader->problem().contains(u"30-user.policy:1"_s), qPrintable(m_reader->problem()));
    QCOMPARE(outcome(), std::string("none"));
}

/// What the program that decides takes for none is none here, too.
void PolicyReaderTest::brokenRecord_isNone_data()
{
    QTest::addColumn<QByteArray>("before");
    QTest::addColumn<QByteArray>("after");

    QTest::newRow("no list of qubes") << "\"domains\""_ba << "\"qubes\""_ba;
    QTest::newRow("a type is missing") << "\"type\""_ba << "\"kind\""_ba;
    QTest::newRow("an icon is missing") << "\"icon\""_ba << "\"picture\""_ba;
    QTest::newRow("a key stands twice") << "\"icon\""_ba << "\"type\": \"AppVM\", \"icon\""_ba;
    QTest::newRow("a tag is no text") << "\"tags\": ["_ba << "\"tags\": [1"_ba;
    QTest::newRow("a name is none") << "\"vault\""_ba << "\"va ult\""_ba;
    QTest::newRow("no dom0") << "\"dom0\": {"_ba << "\"domo\": {"_ba;
}

void PolicyReaderTest::brokenRecord_isNone()
{
    QFETCH(QByteArray, before);
    QFETCH(QByteArray, after);
    m_core->text = systemOf({});
    QVERIFY(m_core->text.contains(before));
    m_core->text.replace(before, after);
    m_reader->follow(this, true);
    QTRY_VERIFY2(m_reader->problem().startsWith(u"What the policy needs to know"_s), qPrintable(m_reader->problem()));
    QCOMPARE(outcome(), std::string("none"));
    m_core->text = systemOf({});
    m_reader->onQubesChanged();
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
}

void PolicyReaderTest::regress_refusingCoreIsToldInItsWords()
{
    m_core->text = QByteArray("2\0QubesException\0\0The list is being made.\0", 42);
    m_reader->follow(this, true);
    QTRY_VERIFY2(m_reader->problem().endsWith(u"The list is being made."_s), qPrintable(m_reader->problem()));
    m_core->text.clear();
    m_reader->onQubesChanged();
    QTRY_VERIFY2(m_reader->problem().contains(u"gave no answer"_s), qPrintable(m_reader->problem()));
    m_core->text = systemOf({});
    m_reader->onQubesChanged();
    QTRY_COMPARE(m_reader->problem(), QString());
}

void PolicyReaderTest::nobodyThere_isTold()
{
    m_administration.reset();
    m_reader->follow(this, true);
    QTRY_VERIFY2(m_reader->problem().startsWith(u"The policy cannot be read: "_s), qPrintable(m_reader->problem()));
    QCOMPARE(outcome(), std::string("none"));
}

void PolicyReaderTest::nothing_isAskedForNobody()
{
    m_reader->onQubesChanged();
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("deny 90-default.policy:1"));
    const int lists = m_administration->lists;
    m_reader->follow(this, false);
    write(u"30-user.policy"_s, "qubes.Filecopy * work vault allow\n");
    QCoreApplication::processEvents();
    QCOMPARE(m_administration->lists, lists);
    QCOMPARE(outcome(), std::string("deny 90-default.policy:1"));
    m_reader->follow(this, true);
    QTRY_COMPARE(outcome(), std::string("allow 30-user.policy:1"));
}

QTEST_GUILESS_MAIN(PolicyReaderTest)

#include "policyreadertest.moc"
