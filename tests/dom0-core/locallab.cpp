// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/dom0-core/locallab.h"

#include "dom0-core/driver/local/sandbox/unitfiles.h"

#include <QDir>
#include <QFile>
#include <QStandardPaths>
#include <QTest>

#include <unistd.h>

namespace Bulkhead::Test
{

using namespace Qt::StringLiterals;

namespace
{

/// Stands in for a guest program that runs for ever.
constexpr std::string_view idleProgram = "#!/bin/sh\nexec sleep infinity\n";

bool makeGuestTree(const std::filesystem::path &tree)
{
    namespace fs = std::filesystem;
    std::error_code error;
    const auto library = tree / "usr/lib/bulkhead";
    const fs::path source(BULKHEAD_GUEST_SOURCE);
    fs::create_directories(library, error);
    fs::create_directories(tree / "usr/bin", error);
    fs::copy(source / "services", library / "guest-services", fs::copy_options::recursive, error);
    fs::copy_file(source / "init", library / "guest-init", error);
    return !error && writeSmallFile(tree / "usr/bin/bulkhead-qrexec-agent", idleProgram, 0755)
        && writeSmallFile(tree / "usr/bin/bulkhead-guest-session", idleProgram, 0755);
}

} // namespace

Ran run(const QStringList &words)
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.start(words.first(), words.mid(1));
    if (!process.waitForFinished()) {
        return {};
    }
    return {.status = process.exitCode(), .output = process.readAll()};
}

LocalLab::LocalLab() = default;

LocalLab::~LocalLab()
{
    m_driver.reset();
    if (m_supervisor.state() != QProcess::NotRunning) {
        m_supervisor.terminate(); // ends its services in order, and so the qubes
        if (!m_supervisor.waitForFinished()) {
            qWarning("the supervisor does not end");
        }
    }
}

QString LocalLab::templateRoot()
{
    return qEnvironmentVariable("BULKHEAD_TEMPLATE_ROOT", u"/srv/roots/template"_s);
}

QString LocalLab::missing()
{
    if (::geteuid() != 0) {
        return u"needs root, or the root of a user namespace"_s;
    }
    if (!QDir(templateRoot()).exists()) {
        return u"needs a template's root directory at %1"_s.arg(templateRoot());
    }
    for (const auto &program : {u"s6-svscan"_s, u"nsenter"_s, u"ip"_s, u"nft"_s}) {
        if (QStandardPaths::findExecutable(program).isEmpty()) {
            return u"needs %1"_s.arg(program);
        }
    }
    return {};
}

bool LocalLab::start()
{
    namespace fs = std::filesystem;
    std::error_code error;
    fs::create_directories(directory() / "services", error);
    if (error || !makeGuestTree(directory() / "guest-tree")) {
        return false;
    }
    // What the guest's root may see it must be able to enter.
    constexpr auto Enterable = fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec;
    fs::permissions(directory(), Enterable, error);
    m_supervisor.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    // Says on descriptor 3 that it watches, and takes none below.
    m_supervisor.start(u"sh"_s,
                       {u"-c"_s,
                        u"exec s6-svscan -d 3 \"$1\" 3>&1"_s,
                        u"sh"_s,
                        QString::fromStdString((directory() / "services").string())});
    return m_supervisor.waitForReadyRead();
}

Driver &LocalLab::makeDriver()
{
    m_driver.reset();
    LocalDriverConfig config;
    config.runDirectory = directory() / "run";
    config.scanDirectory = directory() / "services";
    config.exchangeDirectory.clear();
    config.guestTree = directory() / "guest-tree";
    config.sandboxProgram = BULKHEAD_SANDBOX_PROGRAM;
    config.diskProgram = BULKHEAD_DISK_PROGRAM;
    config.qrexecDaemon.clear();
    config.outsideNamespace = "bulkhead-outside-test";
    std::error_code error;
    std::filesystem::create_directories(config.runDirectory, error);
    m_driver.reset(makeLocalDriver(config, nullptr));
    return *m_driver;
}

void LocalLab::loseDriver()
{
    m_driver.reset();
}

DomainConfig LocalLab::qube(const char *name) const
{
    static int count = 0;
    const auto home = directory() / "private" / name;
    std::error_code error;
    std::filesystem::create_directories(home, error);
    return {.name = *QubeName::parse(name),
            .uuid = QString(u"01234567-89ab-cdef-0123-%1"_s.arg(++count, 12, 16, QChar(u'0'))).toStdString(),
            .memoryMiB = 100,
            .root = {.path = templateRoot().toStdString()},
            .privateVolume = VolumeSource{.path = home, .writable = true},
            .address = {},
            .network = {}};
}

std::optional<DomId> LocalLab::startQube(const DomainConfig &config)
{
    std::optional<Result<DomId>> outcome;
    m_driver->start(config, [&](Result<DomId> started) {
        outcome = std::move(started);
    });
    if (!QTest::qWaitFor(
            [&] {
                return outcome.has_value();
            },
            30000)) {
        qWarning("the start does not end");
        return std::nullopt;
    }
    if (!*outcome) {
        qWarning("%s", outcome->error().text().c_str());
        return std::nullopt;
    }
    return **outcome;
}

qint64 LocalLab::process1(const char *name) const
{
    const auto unit = directory() / "run/units" / (std::string("qube-") + name);
    const auto text = readSmallFile(unit / UnitFile::Process1);
    const auto identity = text ? ProcessIdentity::parse(*text) : std::unexpected(text.error());
    return identity ? identity->pid : 0;
}

Ran LocalLab::in(const char *name, const QStringList &words) const
{
    const auto pid = QString::number(process1(name));
    return run(QStringList{u"nsenter"_s, u"-t"_s, pid, u"-a"_s, u"--"_s} + words);
}

Ran LocalLab::inNetworkOf(const char *name, const QStringList &words) const
{
    const auto pid = QString::number(process1(name));
    return run(QStringList{u"nsenter"_s, u"-t"_s, pid, u"-n"_s, u"--"_s} + words);
}

std::filesystem::path LocalLab::directory() const
{
    return m_directory.path().toStdString();
}

bool LocalLab::isEmpty() const
{
    const QDir units(QString::fromStdString((directory() / "run/units").string()));
    const QDir services(QString::fromStdString((directory() / "services").string()));
    return (!units.exists() || units.isEmpty()) && services.entryList(QDir::Dirs | QDir::NoDotAndDotDot).isEmpty();
}

} // namespace Bulkhead::Test
