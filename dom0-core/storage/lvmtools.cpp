// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/lvmtools.h"

#include "base/formatted.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/storage/filework.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QString>

#include <cmath>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

constexpr double Percent = 100.0;

QString text(std::string_view words)
{
    return QString::fromUtf8(words.data(), static_cast<qsizetype>(words.size()));
}

/// The full name of a volume, which can never be taken for an option.
QString within(std::string_view group, std::string_view name)
{
    return text(formatted("{}/{}", group, name));
}

QString bytesText(std::uint64_t bytes)
{
    return text(formatted("{}b", bytes));
}

/// LVM has no number where it does not apply.
std::optional<double> numberOf(const QJsonObject &row, QLatin1StringView key)
{
    bool isNumber = false;
    const double value = row.value(key).toString().toDouble(&isNumber);
    return isNumber && value >= 0 ? std::optional(value) : std::nullopt;
}

std::optional<std::uint64_t> shareOf(std::optional<double> whole, std::optional<double> percent)
{
    if (!whole || !percent) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(std::llround(*whole * *percent / Percent));
}

class SystemLvmTools final : public LvmTools
{
public:
    explicit SystemLvmTools(QObject *owner)
        : m_owner(owner)
    {
    }

    void ask(const QStringList &words, std::move_only_function<void(Result<QByteArray>)> done) override
    {
        askProgram(m_owner, {.words = words, .limit = CopyLimit}, std::move(done));
    }

private:
    QObject *m_owner;
};

} // namespace

namespace LvmCommands
{

QStringList list(std::string_view group)
{
    return {u"lvs"_s,
            u"--reportformat"_s,
            u"json"_s,
            u"--units"_s,
            u"b"_s,
            u"--nosuffix"_s,
            u"--options"_s,
            u"lv_name,lv_size,origin,data_percent,metadata_percent,lv_metadata_size,segtype"_s,
            u"--"_s,
            text(group)};
}

QStringList createThin(std::string_view group, std::string_view pool, std::string_view name, std::uint64_t bytes)
{
    return {u"lvcreate"_s,
            u"--yes"_s,
            u"--setactivationskip"_s,
            u"n"_s,
            u"--wipesignatures"_s,
            u"n"_s, // it would look for file systems in what is empty anyway
            u"--virtualsize"_s,
            bytesText(bytes),
            u"--name"_s,
            text(name),
            u"--thinpool"_s,
            within(group, pool)};
}

QStringList snapshot(std::string_view group, std::string_view origin, std::string_view name)
{
    return {u"lvcreate"_s,
            u"--yes"_s,
            u"--setactivationskip"_s,
            u"n"_s,
            u"--snapshot"_s,
            u"--name"_s,
            text(name),
            u"--"_s,
            within(group, origin)};
}

QStringList rename(std::string_view group, std::string_view from, std::string_view to)
{
    return {u"lvrename"_s, u"--"_s, within(group, from), within(group, to)};
}

QStringList remove(std::string_view group, std::string_view name)
{
    return {u"lvremove"_s, u"--force"_s, u"--"_s, within(group, name)};
}

QStringList extend(std::string_view group, std::string_view name, std::uint64_t bytes)
{
    return {u"lvextend"_s, u"--size"_s, bytesText(bytes), u"--"_s, within(group, name)};
}

QStringList fill(std::string_view source, std::string_view device)
{
    return {u"dd"_s,
            text(formatted("if={}", source)),
            text(formatted("of={}", device)),
            u"bs=4M"_s,
            u"conv=sparse,nocreat,notrunc,fsync"_s,
            u"status=none"_s};
}

Result<std::vector<LogicalVolume>> parseList(const QByteArray &answer)
{
    const QJsonArray reports = QJsonDocument::fromJson(answer).object().value("report"_L1).toArray();
    if (reports.size() != 1 || !reports.first().toObject().value("lv"_L1).isArray()) {
        return fail(Errc::BadField, "lvs does not answer as it should");
    }
    std::vector<LogicalVolume> volumes;
    const QJsonArray rows = reports.first().toObject().value("lv"_L1).toArray();
    for (const QJsonValue &value : rows) {
        const QJsonObject row = value.toObject();
        const auto size = numberOf(row, "lv_size"_L1);
        const std::string name = row.value("lv_name"_L1).toString().toStdString();
        if (!size || name.empty()) {
            return fail(Errc::BadField, "lvs tells a volume without name or size");
        }
        const auto metadata = numberOf(row, "lv_metadata_size"_L1);
        volumes.push_back({.name = name,
                           .origin = row.value("origin"_L1).toString().toStdString(),
                           .size = static_cast<std::uint64_t>(*size),
                           .used = shareOf(size, numberOf(row, "data_percent"_L1)).value_or(0),
                           .isThinPool = row.value("segtype"_L1).toString() == "thin-pool"_L1,
                           .metadataSize = metadata.transform([](double bytes) {
                               return static_cast<std::uint64_t>(bytes);
                           }),
                           .metadataUsed = shareOf(metadata, numberOf(row, "metadata_percent"_L1))});
    }
    return volumes;
}

} // namespace LvmCommands

std::unique_ptr<LvmTools> makeLvmTools(QObject *owner)
{
    return std::make_unique<SystemLvmTools>(owner);
}

} // namespace Bulkhead
