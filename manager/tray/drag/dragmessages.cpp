// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/tray/drag/dragmessages.h"

#include "base/qubename.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>
#include <array>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr qint64 Nearest = -65536;
constexpr qint64 Farthest = 65536;
constexpr quint32 ColorMask = 0xFFFFFF;

std::unexpected<Error> bad(const char *what)
{
    return fail(Errc::BadField, what);
}

bool isQube(const QString &name)
{
    return QubeName::parse(name.toStdString()).has_value();
}

Result<DragQube> qubeIn(const QJsonObject &object)
{
    const QString name = object["qube"_L1].toString();
    const qint64 label = object["label"_L1].toInteger(-1);
    const qint64 color = object["color"_L1].toInteger(-1);
    if (!isQube(name) || label < MinLabelIndex || label > MaxLabelIndex || color < 0 || color > ColorMask) {
        return bad("no qube");
    }
    const auto rgb = static_cast<quint32>(color);
    return DragQube{.name = name,
                    .mark = {.fill = fillOf(LabelColor(static_cast<std::uint8_t>(rgb >> 16U),
                                                       static_cast<std::uint8_t>(rgb >> 8U),
                                                       static_cast<std::uint8_t>(rgb))),
                             .glyph = glyphForLabel(static_cast<quint32>(label)),
                             .badge = Badge::None}};
}

Result<QRect> rectIn(const QJsonValue &value)
{
    const QJsonArray numbers = value.toArray();
    if (numbers.size() != 4) {
        return bad("no rectangle");
    }
    std::array<int, 4> sides{};
    for (std::size_t at = 0; at < sides.size(); ++at) {
        const qint64 number = numbers[static_cast<qsizetype>(at)].toInteger(Farthest + 1);
        if (number < Nearest || number > Farthest) {
            return bad("no rectangle");
        }
        sides.at(at) = static_cast<int>(number);
    }
    const auto [x, y, width, height] = sides;
    return width < 0 || height < 0 ? bad("no rectangle") : Result<QRect>(QRect(x, y, width, height));
}

Result<QList<QRect>> rectsIn(const QJsonValue &value)
{
    QList<QRect> rects;
    const QJsonArray list = value.toArray();
    for (const QJsonValue entry : list) {
        BH_TRY(const QRect rect, rectIn(entry));
        rects << rect;
    }
    return rects;
}

Result<DragVerdict> verdictIn(const QJsonValue &value)
{
    constexpr std::array Names{std::pair{"pending"_L1, DragVerdict::Pending},
                               std::pair{"allow"_L1, DragVerdict::Allow},
                               std::pair{"ask"_L1, DragVerdict::Ask},
                               std::pair{"deny"_L1, DragVerdict::Deny}};
    for (const auto &[name, verdict] : Names) {
        if (value.toString() == name) {
            return verdict;
        }
    }
    return bad("no verdict");
}

Result<DragSheet> sheetIn(const QJsonObject &object)
{
    DragSheet sheet;
    sheet.id = static_cast<quint64>(object["id"_L1].toInteger());
    BH_TRY(sheet.qube, qubeIn(object));
    BH_TRY(sheet.verdict, verdictIn(object["verdict"_L1]));
    BH_TRY(sheet.rect, rectIn(object["rect"_L1]));
    sheet.rule = object["rule"_L1].toString();
    BH_TRY(const QList<QRect> parts, rectsIn(object["parts"_L1]));
    for (const QRect &part : parts) {
        sheet.parts += part;
    }
    return sheet;
}

Result<DragMessage> sheetsIn(const QJsonObject &object)
{
    DragSheets sheets;
    BH_TRY(sheets.source, qubeIn(object));
    const QJsonArray list = object["sheets"_L1].toArray();
    for (const QJsonValue value : list) {
        BH_TRY(const DragSheet sheet, sheetIn(value.toObject()));
        sheets.sheets << sheet;
    }
    return sheets;
}

Result<DragMessage> pointerIn(const QJsonObject &object)
{
    constexpr std::array Names{std::pair{"nothing"_L1, DragOver::Nothing},
                               std::pair{"source"_L1, DragOver::Source},
                               std::pair{"dom0"_L1, DragOver::Dom0},
                               std::pair{"qube"_L1, DragOver::Qube}};
    const auto *const over = std::ranges::find(Names, object["over"_L1].toString(), [](const auto &entry) {
        return QString(entry.first);
    });
    if (over == Names.end()) {
        return bad("no place of the pointer");
    }
    const int ring = object["ring"_L1].toInt(-1);
    return DragPointer{.place = {object["x"_L1].toInt(), object["y"_L1].toInt()},
                       .over = over->second,
                       .sheet = static_cast<quint64>(object["sheet"_L1].toInteger()),
                       .ringMs = ring < 0 ? std::nullopt : std::optional(ring),
                       .isFull = object["full"_L1].toBool()};
}

Result<DragMessage> bubbleIn(const QJsonObject &object)
{
    DragBubbleFacts facts{.code = object["code"_L1].toString(),
                          .token = static_cast<quint32>(object["token"_L1].toInteger()),
                          .source = object["source"_L1].toString(),
                          .target = object["target"_L1].toString(),
                          .files = object["files"_L1].toInteger(),
                          .bytes = object["bytes"_L1].toInteger(),
                          .copied = object["copied"_L1].toInteger(),
                          .room = object["room"_L1].toInteger(),
                          .rule = object["rule"_L1].toString(),
                          .ruleText = object["ruleText"_L1].toString(),
                          .reason = {},
                          .windows = {}};
    BH_TRY(facts.windows, rectsIn(object["windows"_L1]));
    if (!isQube(facts.source) || !isQube(facts.target)) {
        return bad("a bubble without its qubes");
    }
    return facts;
}

} // namespace

Result<DragMessage> parseDragMessage(const QByteArray &line)
{
    const QJsonDocument document = QJsonDocument::fromJson(line);
    const QJsonObject object = document.object();
    const QString kind = object["kind"_L1].toString();
    if (kind == "sheets"_L1) {
        return sheetsIn(object);
    }
    if (kind == "pointer"_L1) {
        return pointerIn(object);
    }
    if (kind == "hide"_L1) {
        return DragHide{};
    }
    if (kind == "bubble"_L1) {
        return bubbleIn(object);
    }
    return bad("nothing that can be drawn");
}

} // namespace Bulkhead
