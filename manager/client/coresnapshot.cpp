// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/coresnapshot.h"

#include "manager/client/adminformat.h"

#include <QSet>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Takes the lines in their order; `finish()` puts the qubes together.
class SnapshotReader
{
public:
    Result<void> line(QStringView line)
    {
        const qsizetype space = line.indexOf(u' ');
        const QStringView word = space < 0 ? line : line.first(space);
        const QStringView rest = space < 0 ? QStringView() : line.sliced(space + 1);
        if (word == "snapshot"_L1) {
            return opening(rest);
        }
        if (m_snapshot.generation.isEmpty()) {
            return fail(Errc::BadField, "a snapshot without its first line");
        }
        if (word == "label"_L1) {
            return label(rest);
        }
        if (word == "global"_L1) {
            return global(rest);
        }
        if (word == "qube"_L1) {
            BH_TRY(const QubeInfo info, parseQubeLine(rest));
            m_qubes.push_back({.info = info, .properties = {}, .features = {}, .tags = {}, .rules = {}});
            return {};
        }
        if (word == "end"_L1) {
            m_ended = true;
            return {};
        }
        return m_qubes.isEmpty() ? Result<void>() : ofQube(word, rest);
    }

    Result<CoreSnapshot> finish()
    {
        if (!m_ended) {
            return fail(Errc::ShortMessage, "a snapshot without its last line");
        }
        for (const Found &found : m_qubes) {
            QubeInfo qube = found.info;
            applyProperties(qube, found.properties);
            qube.hasGui = feature(qube.name, u"gui"_s).transform(isFeatureOn).value_or(true);
            qube.traits = traits(found);
            m_snapshot.qubes.push_back(qube);
        }
        return std::move(m_snapshot);
    }

private:
    struct Found {
        QubeInfo info;
        Properties properties;
        QHash<QString, QByteArray> features;
        QStringList tags;
        std::optional<QStringList> rules;
    };

    Result<void> opening(QStringView rest)
    {
        const auto words = rest.split(u' ');
        if (words.size() != 2 || words.at(1).isEmpty()) {
            return fail(Errc::BadField, "the first line of a snapshot");
        }
        if (words.first() != "1"_L1) {
            return fail(Errc::Unsupported, "a snapshot of a newer kind");
        }
        m_snapshot.generation = words.at(1).toString();
        return {};
    }

    Result<void> label(QStringView rest)
    {
        const auto words = rest.split(u' ');
        if (words.size() != 3) {
            return fail(Errc::BadField, "a label of a snapshot");
        }
        m_snapshot.labels.push_back(
            {.name = words.at(0).toString(),
             .index = words.at(1).toUInt(),
             // black, the most alarming one, where it cannot be read
             .color = LabelColor::parse(words.at(2).toLatin1().toStdString()).value_or(LabelColor())});
        return {};
    }

    Result<void> global(QStringView rest)
    {
        BH_TRY(const auto property, parsePropertyLine(rest));
        if (property.first == "default_template"_L1) {
            m_snapshot.defaults.templateName = property.second.value;
        } else if (property.first == "default_netvm"_L1) {
            m_snapshot.defaults.netQube = property.second.value;
        } else if (property.first == "updatevm"_L1) {
            m_snapshot.defaults.updateQube = property.second.value;
        }
        return {};
    }

    Result<void> ofQube(QStringView word, QStringView rest)
    {
        if (word == "property"_L1) {
            BH_TRY(const auto property, parsePropertyLine(rest));
            m_qubes.last().properties.insert(property.first, property.second);
        } else if (word == "outside"_L1) {
            m_qubes.last().info.leadsOutside = rest == "True"_L1;
        } else if (word == "feature"_L1) {
            const qsizetype space = rest.indexOf(u' ');
            if (space <= 0) {
                return fail(Errc::BadField, "a feature of a snapshot");
            }
            m_qubes.last().features.insert(rest.first(space).toString(), rest.sliced(space + 1).toUtf8());
        } else if (word == "tag"_L1) {
            m_qubes.last().tags << rest.toString();
        } else if (word == "firewall"_L1) {
            auto &rules = m_qubes.last().rules;
            (rules ? *rules : rules.emplace()) << rest.toString();
        }
        return {};
    }

    [[nodiscard]] QubeTraits traits(const Found &found)
    {
        const FeatureOf inherited = [this, &found](const QString &name) {
            return feature(found.info.name, name);
        };
        const auto own = found.features.constFind(startProhibitedFeature());
        return traitsOf(
            inherited, own == found.features.cend() ? std::nullopt : FeatureValue(*own), found.tags, found.rules);
    }

    /// A feature of the qube or else of its template, as `CheckWithTemplate` finds it.
    [[nodiscard]] FeatureValue feature(QString name, const QString &feature)
    {
        if (m_byName.isEmpty()) {
            for (qsizetype i = 0; i < m_qubes.size(); ++i) {
                m_byName.insert(m_qubes.at(i).info.name, i);
            }
        }
        QSet<QString> seen; // a circle ends
        while (m_byName.contains(name) && !seen.contains(name)) {
            seen.insert(name);
            const Found &found = m_qubes.at(m_byName.value(name));
            if (const auto value = found.features.constFind(feature); value != found.features.constEnd()) {
                return *value;
            }
            name = found.properties.value(u"template"_s).value;
        }
        return std::nullopt;
    }

    CoreSnapshot m_snapshot;
    QList<Found> m_qubes;
    QHash<QString, qsizetype> m_byName;
    bool m_ended = false;
};

} // namespace

Result<CoreSnapshot> parseSnapshot(const QByteArray &answer)
{
    SnapshotReader reader;
    const QString text = QString::fromUtf8(answer);
    for (const QStringView line : QStringView(text).split(u'\n', Qt::SkipEmptyParts)) {
        BH_CHECK(reader.line(line));
    }
    return reader.finish();
}

} // namespace Bulkhead
