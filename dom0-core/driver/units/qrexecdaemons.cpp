// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/units/qrexecdaemons.h"

#include "base/formatted.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/process/steps.h"
#include "dom0-core/settings/smallfile.h"

#include <QString>

#include <system_error>
#include <utility>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

/// The template that packaging/systemd/dom0 installs.
std::string instanceOf(const QubeName &name)
{
    return formatted("bulkhead-qrexec-daemon@{}.service", name.text());
}

QString systemctl()
{
    return u"systemctl"_s;
}

} // namespace

SupervisorKind currentSupervisor()
{
    return std::filesystem::is_directory("/run/systemd/system") ? SupervisorKind::Systemd : SupervisorKind::S6;
}

QrexecDaemons::QrexecDaemons(SupervisorKind kind, Places places, QObject *parent)
    : QObject(parent)
    , m_kind(kind)
    , m_places(std::move(places))
    , m_s6(m_places.scanDirectory, this)
{
}

void QrexecDaemons::start(const QrexecDaemonUnit &unit, Done done)
{
    const auto folder = folderOf(unit.name);
    if (m_kind == SupervisorKind::S6) {
        if (auto written = writeQrexecDaemonUnit(folder, unit); !written) {
            done(std::move(written));
            return;
        }
        m_s6.link(folder, std::move(done));
        return;
    }
    if (auto written = writeQrexecDaemonDropIn(folder, unit); !written) {
        done(std::move(written));
        return;
    }
    Steps steps;
    steps.add([this](Done next) {
        runProgram(this, {.words = {systemctl(), u"daemon-reload"_s}}, std::move(next)); // it sees the drop-in
    });
    steps.add([this, name = unit.name](Done next) {
        control(u"start"_s, name, std::move(next));
    });
    Steps::run(std::move(steps), std::move(done));
}

void QrexecDaemons::end(const QubeName &name, Done done)
{
    const auto folder = folderOf(name);
    auto clean = [folder, done = std::move(done)](Result<void> ended) mutable {
        std::error_code error;
        std::filesystem::remove_all(folder, error);
        done(ended && error ? failErrno(error.value(), formatted("cannot remove {}", folder.string()))
                            : std::move(ended));
    };
    if (m_kind == SupervisorKind::S6) {
        m_s6.end(folder, std::move(clean));
    } else {
        control(u"stop"_s, name, std::move(clean));
    }
}

bool QrexecDaemons::has(const QubeName &name) const
{
    return std::filesystem::exists(folderOf(name));
}

std::filesystem::path QrexecDaemons::folderOf(const QubeName &name) const
{
    return m_kind == SupervisorKind::S6 ? m_places.units / formatted("qrexec-daemon-{}", name.text())
                                        : m_places.dropIns / (instanceOf(name) + ".d");
}

void QrexecDaemons::control(const QString &verb, const QubeName &name, Done done)
{
    runProgram(this, {.words = {systemctl(), verb, QString::fromStdString(instanceOf(name))}}, std::move(done));
}

} // namespace Bulkhead
