// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/driver/local/localdriver.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>
#include <optional>

namespace Bulkhead::Test
{

/// Output of a program that has ended, and its exit status.
struct Ran {
    int status = -1;
    QByteArray output; ///< standard output and error
};

/// A small dom0 for the local driver: folders of its own, an s6 of its own, and a guest tree with the real process 1
/// and stand-ins for the guest's programs. Needs root and a template.
class LocalLab
{
public:
    LocalLab();
    ~LocalLab();
    LocalLab(const LocalLab &) = delete;
    LocalLab &operator=(const LocalLab &) = delete;

    /// The template's root directory: where BULKHEAD_TEMPLATE_ROOT says, or where the build's root has it.
    [[nodiscard]] static QString templateRoot();
    /// Why these tests cannot run here; empty if they can.
    [[nodiscard]] static QString missing();

    /// Starts s6 and waits until it watches.
    [[nodiscard]] bool start();

    /// A driver as a daemon would make it; the lab owns it. Destroying the one before is a daemon's death.
    Driver &makeDriver();
    void loseDriver();

    /// A qube from the template, with a private folder of its own that outlives the qube.
    [[nodiscard]] DomainConfig qube(const char *name) const;

    /// Starts it and waits; nothing and a test failure if it does not start.
    std::optional<DomId> startQube(const DomainConfig &config);

    /// Process 1 of a running qube.
    [[nodiscard]] qint64 process1(const char *name) const;
    /// Runs a program in all of a qube's namespaces, as its root.
    [[nodiscard]] Ran in(const char *name, const QStringList &words) const;
    /// The same in its network namespace only, with this root's programs.
    [[nodiscard]] Ran inNetworkOf(const char *name, const QStringList &words) const;

    [[nodiscard]] std::filesystem::path directory() const;
    /// Whether nothing of any qube is left: no unit, no supervised service.
    [[nodiscard]] bool isEmpty() const;

private:
    QTemporaryDir m_directory;
    QProcess m_supervisor;
    std::unique_ptr<Driver> m_driver;
};

[[nodiscard]] Ran run(const QStringList &words);

} // namespace Bulkhead::Test
