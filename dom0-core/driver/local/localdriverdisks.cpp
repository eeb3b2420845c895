// SPDX-License-Identifier: GPL-2.0-or-later
// Disks of running qubes on the local driver. A helper shows them and takes them back: entering a qube has no way back.
#include "dom0-core/driver/local/localdriverprivate.h"
#include "dom0-core/process/programrun.h"

#include <algorithm>
#include <format>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

QStringList helperWords(const std::filesystem::path &program, const char *what, const LocalQube &frontend)
{
    const IdMapping &ids = frontend.sandbox.ids;
    return {QString::fromStdString(program.string()),
            QString::fromLatin1(what),
            QString::fromStdString(frontend.process1.text()).trimmed(),
            QString::fromStdString(std::string(nameOf(ids.mode))),
            QString::number(ids.first)};
}

} // namespace

void LocalDriver::attachDisk(DomId domain, const AttachedDisk &disk, Done done)
{
    const auto qube = live(domain);
    const auto provider = disk.providerDomain == Dom0 ? Result<LocalQube *>(nullptr) : live(disk.providerDomain);
    if (!qube || !provider) {
        done(std::unexpected(!qube ? qube.error() : provider.error()));
        return;
    }
    auto words = helperWords(m_config.diskProgram, "show", **qube);
    words << QString::fromStdString(disk.name)
          << (*provider == nullptr ? u"-"_s : QString::fromStdString((*provider)->process1.text()).trimmed())
          << QString::fromStdString(disk.node.string()) << (disk.writable ? u"rw"_s : u"ro"_s);
    runProgram(
        this, {.words = std::move(words)}, [this, domain, disk, done = std::move(done)](Result<void> shown) mutable {
            auto *const user = find(domain);
            if (user == nullptr) {
                done(shown ? fail(Errc::NotFound, "the qube ended meanwhile") : std::move(shown));
                return;
            }
            if (shown) {
                user->disks.push_back(disk);
                shown = m_units.writeDisks(user->sandbox.name, user->disks);
            }
            done(std::move(shown));
        });
}

void LocalDriver::detachDisk(DomId domain, const std::string &name, Done done)
{
    const auto qube = live(domain);
    if (!qube) {
        done(std::unexpected(qube.error()));
        return;
    }
    auto words = helperWords(m_config.diskProgram, "hide", **qube);
    words << QString::fromStdString(name);
    runProgram(
        this, {.words = std::move(words)}, [this, domain, name, done = std::move(done)](Result<void> hidden) mutable {
            if (auto *const user = find(domain); user != nullptr && hidden) {
                std::erase_if(user->disks, [&name](const AttachedDisk &disk) {
                    return disk.name == name;
                });
                hidden = m_units.writeDisks(user->sandbox.name, user->disks);
            }
            done(std::move(hidden));
        });
}

std::vector<AttachedDisk> LocalDriver::attachedDisks(DomId domain) const
{
    const auto *const qube = find(domain);
    return qube == nullptr ? std::vector<AttachedDisk>() : qube->disks;
}

} // namespace Bulkhead
