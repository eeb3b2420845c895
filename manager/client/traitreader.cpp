// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/traitreader.h"

#include "manager/client/adminclient.h"
#include "manager/client/adminformat.h"

namespace Bulkhead
{

/// What has come so far of one qube. Shared by the answers that are under way and the table; one that is not in the
/// table any more is dropped by the last answer.
struct TraitReader::Reading {
    QString qube;
    bool isAgainWanted = false;
    int missing = 0;
    QHash<QString, QByteArray> inherited;
    FeatureValue own;
    QStringList tags;
    std::optional<QStringList> rules;
};

TraitReader::TraitReader(AdminClient *client)
    : m_client(client)
{
}

void TraitReader::read(const QString &qube)
{
    if (const auto known = m_readings.constFind(qube); known != m_readings.cend()) {
        (*known)->isAgainWanted = true;
        return;
    }
    const auto reading = std::make_shared<Reading>();
    reading->qube = qube;
    m_readings.insert(qube, reading);
    for (const QString &feature : inheritedTraitFeatures()) {
        ask(reading,
            qubeCall("admin.vm.feature.CheckWithTemplate", qube, feature.toLatin1()),
            [feature](Reading &to, const AdminResult &answer) {
                if (answer) {
                    to.inherited.insert(feature, *answer);
                }
            });
    }
    ask(reading,
        qubeCall("admin.vm.feature.Get", qube, startProhibitedFeature().toLatin1()),
        [](Reading &to, const AdminResult &answer) {
            to.own = answer ? FeatureValue(*answer) : std::nullopt;
        });
    ask(reading, qubeCall("admin.vm.tag.List", qube), [](Reading &to, const AdminResult &answer) {
        to.tags = answer ? parseLines(*answer) : QStringList();
    });
    ask(reading, qubeCall("admin.vm.firewall.Get", qube), [](Reading &to, const AdminResult &answer) {
        to.rules = answer ? std::optional(parseLines(*answer)) : std::nullopt;
    });
}

void TraitReader::forgetAll()
{
    m_readings.clear();
}

void TraitReader::ask(const std::shared_ptr<Reading> &reading, AdminCall call, Part take)
{
    ++reading->missing;
    m_client->call(std::move(call), this, [this, reading, take = std::move(take)](const AdminResult &answer) {
        take(*reading, answer);
        if (--reading->missing == 0 && m_readings.value(reading->qube) == reading) {
            finish(*reading);
        }
    });
}

void TraitReader::finish(const Reading &reading)
{
    m_readings.remove(reading.qube);
    const FeatureOf inherited = [&reading](const QString &feature) {
        const auto value = reading.inherited.constFind(feature);
        return value == reading.inherited.cend() ? std::nullopt : FeatureValue(*value);
    };
    Q_EMIT done(reading.qube, traitsOf(inherited, reading.own, reading.tags, reading.rules));
    if (reading.isAgainWanted) {
        read(reading.qube);
    }
}

} // namespace Bulkhead
