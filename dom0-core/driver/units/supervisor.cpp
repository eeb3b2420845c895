// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/units/supervisor.h"

#include "dom0-core/process/programrun.h"

#include <QString>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

QString text(const std::filesystem::path &path)
{
    return QString::fromStdString(path.string());
}

/// Milliseconds that s6's own tools wait at most; a machine that starts thirty qubes at once needs some.
constexpr auto patience = "20000"_L1;

} // namespace

Supervisor::Supervisor(std::filesystem::path scanDirectory, QObject *parent)
    : QObject(parent)
    , m_scanDirectory(std::move(scanDirectory))
{
}

void Supervisor::link(const std::filesystem::path &unit, Done done)
{
    runProgram(this,
               {.words = {u"s6-svlink"_s, u"-t"_s, patience, text(m_scanDirectory), text(unit), text(unit.filename())}},
               std::move(done));
}

void Supervisor::bringUp(const std::filesystem::path &unit, Done done)
{
    runProgram(this, {.words = {u"s6-svc"_s, u"-uwU"_s, u"-T"_s, patience, text(unit)}}, std::move(done));
}

void Supervisor::end(const std::filesystem::path &unit, Done done)
{
    // Down (not to come back), killed, and waited for; only then out of supervision.
    const ProgramCall kill{.words = {u"s6-svc"_s, u"-dkwD"_s, u"-T"_s, patience, text(unit)}};
    runProgram(this, kill, [this, unit, done = std::move(done)](Result<void>) mutable {
        // One that was down already cannot be killed: what counts is whether it goes.
        runProgram(this,
                   {.words = {u"s6-svunlink"_s, u"-t"_s, patience, text(m_scanDirectory), text(unit.filename())}},
                   std::move(done));
    });
}

} // namespace Bulkhead
