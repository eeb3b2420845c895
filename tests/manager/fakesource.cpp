// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/manager/fakesource.h"

#include <QMetaEnum>

#include <algorithm>
#include <memory>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead::Test
{

namespace
{

QString nameOf(Deed deed)
{
    switch (deed) {
    case Deed::Start:
        return u"start"_s;
    case Deed::ShutDown:
        return u"shutdown"_s;
    case Deed::Restart:
        return u"restart"_s;
    case Deed::Pause:
        return u"pause"_s;
    case Deed::Resume:
        return u"resume"_s;
    case Deed::Kill:
        return u"kill"_s;
    case Deed::Delete:
        return u"delete"_s;
    }
    std::unreachable();
}

} // namespace

QubeInfo makeQube(const QString &name, const QString &label)
{
    QubeInfo qube;
    qube.name = name;
    qube.className = u"AppVM"_s;
    qube.stateText = u"Halted"_s;
    qube.kind = QubeKind::Application;
    qube.hasDetails = true;
    qube.label = label;
    qube.templateName = u"debian-13"_s;
    qube.netQube = u"sys-firewall"_s;
    qube.netQubeIsDefault = true;
    qube.memoryMiB = 400;
    qube.guiQube = u"dom0"_s;
    return qube;
}

QubeInfo running(QubeInfo qube, std::int64_t domId)
{
    qube.state = QubeState::Running;
    qube.stateText = u"Running"_s;
    qube.domId = domId;
    return qube;
}

QList<LabelInfo> someLabels()
{
    return {{.name = u"red"_s, .index = 1, .color = LabelColor(0xcc, 0, 0)},
            {.name = u"yellow"_s, .index = 3, .color = LabelColor(0xed, 0xd4, 0)},
            {.name = u"green"_s, .index = 4, .color = LabelColor(0x73, 0xd2, 0x16)},
            {.name = u"blue"_s, .index = 6, .color = LabelColor(0x34, 0x65, 0xa4)},
            {.name = u"black"_s, .index = 8, .color = LabelColor(0, 0, 0)}};
}

void FakeSource::perform(Deed deed, const QString &qube, QObject *context, Done done)
{
    asked.push_back({.what = QString(nameOf(deed) + u' ' + qube), .context = context, .done = std::move(done)});
}

void FakeSource::create(const NewQube &qube, QObject *context, Done done)
{
    asked.push_back({.what = u"create %1 %2 %3"_s.arg(qube.name, qube.label, qube.templateName),
                     .context = context,
                     .done = std::move(done)});
}

void FakeSource::setLabel(const QString &qube, const QString &label, QObject *context, Done done)
{
    asked.push_back({.what = u"label %1 %2"_s.arg(qube, label), .context = context, .done = std::move(done)});
}

void FakeSource::setNetwork(
    const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done)
{
    const QString which = network == NewQube::Network::Provider ? netQube
        : network == NewQube::Network::None                     ? u"none"_s
                                                                : u"default"_s;
    asked.push_back({.what = u"network %1 %2"_s.arg(qube, which), .context = context, .done = std::move(done)});
}

void FakeSource::setDisposableTemplate(const QString &qube,
                                       const QString &disposableTemplate,
                                       QObject *context,
                                       Done done)
{
    asked.push_back(
        {.what = u"disposables %1 %2"_s.arg(qube, disposableTemplate.isEmpty() ? u"none"_s : disposableTemplate),
         .context = context,
         .done = std::move(done)});
}

void FakeSource::setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done)
{
    asked.push_back({.what = u"provides %1 %2"_s.arg(qube, provides ? u"yes"_s : u"no"_s),
                     .context = context,
                     .done = std::move(done)});
}

void FakeSource::setFeature(
    const QString &qube, const QString &feature, const QString &value, QObject *context, Done done)
{
    asked.push_back(
        {.what = u"feature %1 %2=%3"_s.arg(qube, feature, value), .context = context, .done = std::move(done)});
}

void FakeSource::readFeatures(const QString &qube, QObject *context, Lines done)
{
    QMetaObject::invokeMethod(
        context,
        [answer = features.value(qube), done = std::make_shared<Lines>(std::move(done))] {
            (*done)(answer);
        },
        Qt::QueuedConnection);
}

void FakeSource::readFirewall(const QString &qube, QObject *context, Lines done)
{
    QMetaObject::invokeMethod(
        context,
        [answer = firewalls.value(qube, {u"action=accept"_s}), done = std::make_shared<Lines>(std::move(done))] {
            (*done)(answer);
        },
        Qt::QueuedConnection);
}

void FakeSource::readDisks(const QString &qube, QObject *context, Lines done)
{
    disksRead << qube;
    QMetaObject::invokeMethod(
        context,
        [answer = disks.value(qube), done = std::make_shared<Lines>(std::move(done))] {
            (*done)(answer);
        },
        Qt::QueuedConnection);
}

void FakeSource::setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done)
{
    asked.push_back(
        {.what = u"rules %1 %2"_s.arg(qube, rules.join(u';')), .context = context, .done = std::move(done)});
}

void FakeSource::load(const QList<QubeInfo> &qubes)
{
    state = Connection::Connected;
    hasList = true;
    list = qubes;
    Q_EMIT connectionChanged();
    Q_EMIT loaded();
}

void FakeSource::lose(const QDateTime &since)
{
    state = Connection::Lost;
    lost = since;
    Q_EMIT connectionChanged();
}

void FakeSource::change(const QubeInfo &qube)
{
    const auto place = std::ranges::find(list, qube.name, &QubeInfo::name);
    if (place == list.end()) {
        list << qube;
    } else {
        *place = qube;
    }
    Q_EMIT qubeChanged(qube);
}

void FakeSource::remove(const QString &name)
{
    list.removeIf([&name](const QubeInfo &qube) {
        return qube.name == name;
    });
    Q_EMIT qubeRemoved(name);
}

void FakeSource::answer(const std::expected<void, AdminError> &result)
{
    Asked oldest = std::move(asked.front());
    asked.pop_front();
    if (oldest.context) {
        oldest.done(result);
    }
}

QStringList FakeSource::askedFor() const
{
    QStringList words;
    for (const Asked &one : asked) {
        words << one.what;
    }
    return words;
}

} // namespace Bulkhead::Test
