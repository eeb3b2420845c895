// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/adminformat.h"

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString unescaped(QStringView text)
{
    QString plain;
    plain.reserve(text.size());
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text.at(i) != u'\\' || i + 1 == text.size()) {
            plain += text.at(i);
            continue;
        }
        ++i;
        plain += text.at(i) == u'n' ? QChar(u'\n') : text.at(i);
    }
    return plain;
}

/// What follows the name: `default=True type=vm sys-firewall`.
Result<PropertyValue> parseValue(QStringView text)
{
    constexpr auto defaultKey = "default="_L1;
    constexpr auto typeKey = "type="_L1;
    const qsizetype space = text.indexOf(u' ');
    if (!text.startsWith(defaultKey) || space < 0 || !text.sliced(space + 1).startsWith(typeKey)) {
        return fail(Errc::BadField, "a property's value");
    }
    const qsizetype value = text.indexOf(u' ', space + 1);
    if (value < 0) {
        return fail(Errc::BadField, "a property's value");
    }
    return PropertyValue{.value = text.sliced(value + 1).toString(),
                         .isDefault = text.first(space).sliced(defaultKey.size()) == "True"_L1};
}

} // namespace

Result<QubeInfo> parseQubeLine(QStringView line)
{
    const auto words = line.split(u' ', Qt::SkipEmptyParts);
    QubeInfo qube;
    for (const QStringView word : words) {
        if (word.startsWith("class="_L1)) {
            qube.className = word.sliced(6).toString();
        } else if (word.startsWith("state="_L1)) {
            qube.stateText = word.sliced(6).toString();
        } else if (word.startsWith("uuid="_L1)) {
            qube.uuid = word.sliced(5).toString();
        }
    }
    if (words.size() < 3 || qube.className.isEmpty() || qube.stateText.isEmpty()) {
        return fail(Errc::BadField, "a line of the qube list");
    }
    qube.name = words.first().toString();
    qube.state = stateFromText(qube.stateText);
    applyProperties(qube, {}); // the kind, as far as the class alone tells it
    qube.hasDetails = false;
    return qube;
}

QStringList parseLines(const QByteArray &answer)
{
    return QString::fromUtf8(answer).split(u'\n', Qt::SkipEmptyParts);
}

Result<QList<QubeInfo>> parseQubeList(const QByteArray &answer)
{
    QList<QubeInfo> qubes;
    for (const QString &line : parseLines(answer)) {
        BH_TRY(auto qube, parseQubeLine(line));
        qubes.push_back(std::move(qube));
    }
    return qubes;
}

Result<std::pair<QString, PropertyValue>> parsePropertyLine(QStringView line)
{
    const qsizetype space = line.indexOf(u' ');
    if (space <= 0) {
        return fail(Errc::BadField, "a line of a qube's properties");
    }
    BH_TRY(auto property, parseValue(line.sliced(space + 1)));
    property.value = unescaped(property.value);
    return std::pair(line.first(space).toString(), property);
}

Result<Properties> parseProperties(const QByteArray &answer)
{
    Properties properties;
    for (const QString &line : parseLines(answer)) {
        BH_TRY(const auto property, parsePropertyLine(line));
        properties.insert(property.first, property.second);
    }
    return properties;
}

Result<PropertyValue> parseProperty(const QByteArray &answer)
{
    return parseValue(QString::fromUtf8(answer));
}

} // namespace Bulkhead
