// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/clipboard/files/filerig.h"

#include "base/error.h"
#include "vchan-io/wire/filecopy/crc32.h"

#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QtEndian>

#include <unistd.h>

#include <algorithm>
#include <span>

namespace Bulkhead::Test
{

namespace
{

template<typename Number> void append(QByteArray &bytes, Number number)
{
    const Number little = qToLittleEndian(number);
    bytes.append(reinterpret_cast<const char *>(&little), sizeof little);
}

template<typename Number> Number numberAt(const QByteArray &bytes, qsizetype offset)
{
    return qFromLittleEndian<Number>(bytes.constData() + offset);
}

QByteArrayList namesBelow(const QString &folder)
{
    QByteArrayList names;
    QDirIterator walk(
        folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (walk.hasNext()) {
        const QFileInfo facts = walk.nextFileInfo();
        const QByteArray name = QDir(folder).relativeFilePath(facts.filePath()).toLocal8Bit();
        names.append(facts.isDir() && !facts.isSymLink() ? name + '/' : name);
    }
    std::ranges::sort(names);
    return names;
}

QStringList wordsOf(const QByteArrayList &words)
{
    QStringList all;
    for (const QByteArray &word : words) {
        all.append(QString::fromLocal8Bit(word));
    }
    return all;
}

} // namespace

QByteArray RawEntry::bytes() const
{
    QByteArray all;
    append<quint32>(all, static_cast<quint32>(name.size()) + 1);
    append<quint32>(all, mode);
    append<quint64>(all, size.value_or(static_cast<std::uint64_t>(content.size())));
    append<quint32>(all, times.accessSeconds);
    append<quint32>(all, times.accessNanoseconds);
    append<quint32>(all, times.modifySeconds);
    append<quint32>(all, times.modifyNanoseconds);
    return all + name + QByteArray(1, '\0') + content;
}

QByteArray endMarker()
{
    return QByteArray(32, '\0');
}

QByteArray streamOf(std::initializer_list<RawEntry> entries)
{
    QByteArray all;
    for (const RawEntry &entry : entries) {
        all += entry.bytes();
    }
    return all + endMarker();
}

std::uint32_t checksumOf(const QByteArray &stream)
{
    FileCopy::Crc32 sum;
    sum.add(std::as_bytes(std::span(stream.constData(), static_cast<std::size_t>(stream.size()))));
    return sum.value();
}

QByteArray rawAnswer(std::uint32_t code, std::uint64_t checksum, const QByteArray &name)
{
    QByteArray all;
    append<quint32>(all, code);
    append<quint32>(all, 0);
    append<quint64>(all, checksum);
    append<quint32>(all, static_cast<quint32>(name.size()));
    return all + name;
}

FileRig::FileRig()
{
    for (const char *const folder : {"home", "sources", "bin"}) {
        makeDirectory(folder);
    }
    write(path("config"), {});
    addProgram("qrexec-client-vm",
               "#!/bin/sh\n"
               "printf '%s\\n' \"$@\" >\"$RIG/arguments\"\n"
               "receive() { argument=; case $service in *+*) argument=${service#*+};; esac\n"
               "    exec " BULKHEAD_FILE_RECEIVER " $argument; }\n"
               "for service; do :; done\n"
               ". \"$RIG/call\"\n");
    for (const char *const name : {"qvm-copy", "qvm-move", "qvm-copy-to-vm", "qvm-move-to-vm", "qfile-agent"}) {
        makeLink(BULKHEAD_FILE_SENDER, path(QByteArray("bin/") + name));
    }
    setCall("receive\n");
}

QProcessEnvironment FileRig::environment() const
{
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("RIG"), m_directory.path());
    environment.insert(QStringLiteral("HOME"), path("home"));
    environment.insert(QStringLiteral("QREXEC_REMOTE_DOMAIN"), QStringLiteral("work"));
    environment.insert(QStringLiteral("BULKHEAD_FILE_RECEIVER_CONFIG"), path("config"));
    environment.insert(QStringLiteral("PATH"),
                       path("bin") + QLatin1Char(':') + environment.value(QStringLiteral("PATH")));
    return environment;
}

std::unique_ptr<QProcess> FileRig::startReceiver(const QByteArrayList &arguments) const
{
    auto receiver = std::make_unique<QProcess>();
    start(*receiver, BULKHEAD_FILE_RECEIVER, arguments);
    return receiver;
}

Answer FileRig::receive(const QByteArray &stream, const QByteArrayList &arguments) const
{
    const auto receiver = startReceiver(arguments);
    receiver->write(stream);
    receiver->closeWriteChannel();
    return answerOf(*receiver);
}

Answer FileRig::answerOf(QProcess &receiver)
{
    BH_ASSERT(receiver.waitForFinished(LongestMs));
    const QByteArray bytes = receiver.readAllStandardOutput();
    Answer answer;
    answer.status = receiver.exitStatus() == QProcess::NormalExit ? receiver.exitCode() : -1;
    if (bytes.size() >= 16) {
        answer.code = numberAt<quint32>(bytes, 0);
        answer.checksum = numberAt<quint64>(bytes, 8);
    }
    if (bytes.size() >= 20) {
        BH_ASSERT(bytes.size() == 20 + numberAt<quint32>(bytes, 16));
        answer.name = bytes.mid(20);
    }
    return answer;
}

void FileRig::configure(const QByteArray &text) const
{
    write(path("config"), text);
}

std::unique_ptr<QProcess>
FileRig::startSender(const QByteArray &name, const QByteArrayList &arguments, const QByteArrayList &variables) const
{
    auto sender = std::make_unique<QProcess>();
    start(*sender, "env", variables + QByteArrayList{path("bin/" + name).toLocal8Bit()} + arguments);
    return sender;
}

int FileRig::send(const QByteArray &name, const QByteArrayList &arguments, QByteArray *errors) const
{
    const auto sender = startSender(name, arguments);
    BH_ASSERT(sender->waitForFinished(LongestMs));
    const QByteArray said = sender->readAllStandardError();
    if (errors != nullptr) {
        *errors = said;
    }
    return sender->exitStatus() == QProcess::NormalExit ? sender->exitCode() : -1;
}

void FileRig::setCall(const QByteArray &script) const
{
    write(path("call"), script);
}

void FileRig::addProgram(const QByteArray &name, const QByteArray &script) const
{
    const QString program = path("bin/" + name);
    write(program, script);
    BH_ASSERT(QFile::setPermissions(program, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner));
}

QByteArray FileRig::callArguments() const
{
    return read(path("arguments"));
}

QString FileRig::path(const QByteArray &name) const
{
    return m_directory.filePath(QString::fromLocal8Bit(name));
}

QString FileRig::received(const QByteArray &name) const
{
    return path("home/QubesIncoming/work/" + name);
}

QByteArrayList FileRig::receivedNames() const
{
    return namesBelow(path("home/QubesIncoming/work"));
}

QByteArrayList FileRig::stagingNames() const
{
    return namesBelow(path("home/QubesIncoming/.staging"));
}

QString FileRig::source(const QByteArray &name) const
{
    return path("sources/" + name);
}

bool FileRig::isStaged(const QByteArray &name) const
{
    return std::ranges::any_of(stagingNames(), [&name](const QByteArray &staged) {
        return staged.endsWith(QByteArray('/' + name));
    });
}

void FileRig::makeDirectory(const QByteArray &name) const
{
    BH_ASSERT(QDir().mkpath(path(name)));
}

void FileRig::makeLink(const QByteArray &target, const QString &path)
{
    BH_ASSERT(::symlink(target.constData(), path.toLocal8Bit().constData()) == 0);
}

void FileRig::start(QProcess &process, const QByteArray &program, const QByteArrayList &arguments) const
{
    process.setProcessEnvironment(environment());
    process.setWorkingDirectory(path("sources"));
    process.start(QString::fromLocal8Bit(program), wordsOf(arguments));
    BH_ASSERT(process.waitForStarted(LongestMs));
}

QByteArray FileRig::shell(const QByteArray &line) const
{
    QProcess process;
    process.setProcessChannelMode(QProcess::MergedChannels);
    start(process, "bash", {"-c", line});
    BH_ASSERT(process.waitForFinished(LongestMs));
    return process.readAllStandardOutput() + (process.exitCode() == 0 ? QByteArray() : QByteArray("it failed"));
}

void FileRig::write(const QString &path, const QByteArray &content)
{
    QFile file(path);
    BH_ASSERT(file.open(QIODevice::WriteOnly) && file.write(content) == content.size());
}

QByteArray FileRig::read(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

} // namespace Bulkhead::Test
