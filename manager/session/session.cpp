// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/session.h"

#include "manager/delegates/strip.h"
#include "manager/session/adoption.h"
#include "manager/session/stripfile.h"

#include <KLocalizedString>
#include <QGuiApplication>
#include <QLoggingCategory>

#include <algorithm>
#include <chrono>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(daemonsLog, "bulkhead.session.daemons", QtInfoMsg)

/// gui-daemon's word for "what I was started with makes no sense".
constexpr int exitBadUsage = 2;

/// Several changes in one turn of the loop are one decision.
constexpr std::chrono::milliseconds soon{0};

} // namespace

Session::Session(QubeSource *source, SessionOptions options, QObject *parent)
    : QObject(parent)
    , m_source(source)
    , m_options(std::move(options))
    , m_plan(m_options.firstPause)
{
    m_wake.setSingleShot(true);
    connect(&m_wake, &QTimer::timeout, this, &Session::update);
    const auto changed = [this] {
        m_wake.start(soon);
    };
    connect(source, &QubeSource::loaded, this, changed);
    connect(source, &QubeSource::qubeChanged, this, changed);
    connect(source, &QubeSource::qubeRemoved, this, changed);
    connect(source, &QubeSource::labelsChanged, this, changed);
}

void Session::adoptDaemons()
{
    for (FoundDaemon &found : findDaemons(m_options.runtimeDirectory)) {
        const QString qube = found.identity.qube;
        qCInfo(daemonsLog, "%s: its gui-daemon runs already, process %d", qUtf8Printable(qube), found.pid);
        m_plan.adopt(found.identity);
        watch(qube, DaemonProcess::adopt(found.pid, std::move(found.pidFd)));
    }
}

void Session::update()
{
    if (!m_source->isLoaded() || m_source->labels().isEmpty()) {
        return; // nothing is known yet, so nothing is decided yet
    }
    QList<DaemonIdentity> wanted;
    QStringList undecided;
    const QList<LabelInfo> labels = m_source->labels();
    for (const QubeInfo &qube : m_source->qubes()) {
        if (const auto identity = daemonFor(qube, labels)) {
            wanted << *identity;
        } else if (isUndecided(qube, labels)) {
            undecided << qube.name;
        }
    }
    m_plan.want(wanted, undecided);
    carryOut();
}

void Session::carryOut()
{
    const DaemonPlan::Time now = std::chrono::steady_clock::now();
    const DaemonPlan::Steps steps = m_plan.next(now);
    for (const QString &qube : steps.stop) {
        if (m_starting.remove(qube)) {
            m_plan.onEnded(qube, DaemonPlan::End::ByItself, now);
            m_wake.start(soon);
        } else if (const auto process = m_processes.find(qube); process != m_processes.end()) {
            qCInfo(daemonsLog, "%s: ending its gui-daemon", qUtf8Printable(qube));
            process->second->terminate();
        }
    }
    for (const DaemonIdentity &identity : steps.start) {
        start(identity);
    }
    for (const QString &qube : steps.givenUp) {
        qCWarning(daemonsLog,
                  "%s: its gui-daemon ended too often and stays down; its windows come back when the qube is "
                  "started anew",
                  qUtf8Printable(qube));
    }
    tellWhoIsDown();
    if (steps.wake) {
        m_wake.start(std::max(soon, std::chrono::ceil<std::chrono::milliseconds>(*steps.wake - now)));
    }
}

void Session::tellWhoIsDown()
{
    QList<GivenUpDaemon> down;
    for (const auto &[identity, end] : m_plan.down()) {
        const bool wasRefused = end == DaemonPlan::End::Hopeless;
        down << GivenUpDaemon{.qube = identity.qube,
                              .domain = identity.domain.value(),
                              .why = wasRefused ? GivenUpDaemon::Why::Refused : GivenUpDaemon::Why::EndedTooOften};
    }
    if (down == m_told) {
        return;
    }
    if (const auto written = writeGivenUp(givenUpFile(m_options.runtimeDirectory), down); !written) {
        qCWarning(daemonsLog, "the manager is not told: %s", written.error().text().c_str());
    }
    m_told = std::move(down);
}

Result<std::unique_ptr<DaemonProcess>> Session::spawn(const DaemonIdentity &identity, const QStringList &settings) const
{
    const QList<QubeInfo> qubes = m_source->qubes();
    const auto qube = std::ranges::find(qubes, identity.qube, &QubeInfo::name);
    const LabelInfo label{.name = {}, .index = identity.labelIndex, .color = identity.labelColor};
    const StripContent content{.qube = identity.qube,
                               .mark = markFor(label, qube != qubes.end() ? badgeFor(*qube) : Badge::None),
                               .badge = m_options.isDemo ? i18nc("badge of a frame", "demo") : QString()};
    BH_TRY(auto strip, makeStripFile(drawStrip(content, QGuiApplication::font())));

    QStringList arguments = identityArguments(identity) + settings;
    arguments << u"--strip-fd"_s << QString::number(DaemonProcess::StripDescriptor);
    if (!m_options.transport.isEmpty()) {
        arguments << u"--transport"_s << m_options.transport;
    }
    if (m_options.isDemo) {
        arguments << u"--demo"_s;
    }
    return DaemonProcess::start(m_options.daemonProgram, arguments, std::move(strip));
}

void Session::start(const DaemonIdentity &identity)
{
    if (m_settings == nullptr) {
        launch(identity, {});
        return;
    }
    m_starting.insert(identity.qube, identity);
    m_settings->read(identity.qube, this, [this, identity](const QStringList &settings) {
        const auto wanted = m_starting.constFind(identity.qube);
        if (wanted != m_starting.constEnd() && *wanted == identity) { // else something else is wanted meanwhile
            m_starting.erase(wanted);
            launch(identity, settings);
        }
    });
}

void Session::launch(const DaemonIdentity &identity, const QStringList &settings)
{
    auto process = spawn(identity, settings);
    if (!process) {
        qCWarning(daemonsLog, "%s: %s", qUtf8Printable(identity.qube), process.error().text().c_str());
        m_plan.onEnded(identity.qube, DaemonPlan::End::ByItself, std::chrono::steady_clock::now());
        m_wake.start(soon);
        return;
    }
    qCInfo(daemonsLog, "%s: started its gui-daemon, process %d", qUtf8Printable(identity.qube), (*process)->pid());
    watch(identity.qube, *std::move(process));
}

void Session::watch(const QString &qube, std::unique_ptr<DaemonProcess> process)
{
    connect(process.get(), &DaemonProcess::ended, this, [this, qube](std::optional<int> exitCode) {
        onEnded(qube, exitCode);
    });
    m_processes.insert_or_assign(qube, std::move(process));
}

void Session::onEnded(const QString &qube, std::optional<int> exitCode)
{
    if (const auto process = m_processes.find(qube); process != m_processes.end()) {
        process->second.release()->deleteLater(); // it is the sender
        m_processes.erase(process);
    }
    if (exitCode) {
        qCInfo(daemonsLog, "%s: its gui-daemon ended with code %d", qUtf8Printable(qube), *exitCode);
    } else {
        qCInfo(daemonsLog, "%s: its gui-daemon ended", qUtf8Printable(qube));
    }
    const auto end = exitCode == exitBadUsage ? DaemonPlan::End::Hopeless : DaemonPlan::End::ByItself;
    m_plan.onEnded(qube, end, std::chrono::steady_clock::now());
    m_wake.start(soon);
}

} // namespace Bulkhead
