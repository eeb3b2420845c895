// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <QByteArray>
#include <QByteArrayList>
#include <QProcess>
#include <QProcessEnvironment>
#include <QString>
#include <QTemporaryDir>
#include <QTest>

#include <cstdint>
#include <memory>
#include <optional>

namespace Bulkhead::Test
{

/// Longest wait for a program, in milliseconds. Nothing waits so long unless it is broken.
inline constexpr int LongestMs = 60000;

inline constexpr std::uint32_t PlainFile = 0100644;
inline constexpr std::uint32_t Directory = 0040755;
inline constexpr std::uint32_t Link = 0120777;

/// Waits for a condition, with the event loop running. @return whether it came
template<typename Condition> [[nodiscard]] bool eventually(Condition condition)
{
    return QTest::qWaitFor(condition, LongestMs);
}

struct Times {
    std::uint32_t accessSeconds = 1;
    std::uint32_t accessNanoseconds = 2;
    std::uint32_t modifySeconds = 3;
    std::uint32_t modifyNanoseconds = 4;
};

/// An entry as any sender might write it, sane or not.
struct RawEntry {
    std::uint32_t mode = PlainFile;
    QByteArray name = {}; ///< its NUL is added
    QByteArray content = {};
    std::optional<std::uint64_t> size = {}; ///< not told: that of the content
    Times times = {};

    [[nodiscard]] QByteArray bytes() const;
};

[[nodiscard]] QByteArray endMarker();
/// The entries and an end marker.
[[nodiscard]] QByteArray streamOf(std::initializer_list<RawEntry> entries);
[[nodiscard]] std::uint32_t checksumOf(const QByteArray &stream);

/// An answer as any receiver might write it.
[[nodiscard]] QByteArray rawAnswer(std::uint32_t code, std::uint64_t checksum, const QByteArray &name);

/// What a receiver answered, and its status.
struct Answer {
    std::uint32_t code = 0xFFFF;
    std::uint64_t checksum = 0;
    std::optional<QByteArray> name;
    int status = -1;
};

/// A home for the receiving qube, a directory for files to send, and the programs in between.
class FileRig
{
public:
    FileRig();

    /// The receiver, started for the qube `work`, as the service would.
    [[nodiscard]] std::unique_ptr<QProcess> startReceiver(const QByteArrayList &arguments = {}) const;
    /// Gives it a stream and its end, and waits for its answer.
    [[nodiscard]] Answer receive(const QByteArray &stream, const QByteArrayList &arguments = {}) const;
    [[nodiscard]] static Answer answerOf(QProcess &receiver);
    void configure(const QByteArray &text) const;

    /// The sender under one of its names. The call that it makes is what setCall() said.
    /// @param variables  NAME=VALUE, beside those of environment()
    [[nodiscard]] std::unique_ptr<QProcess>
    startSender(const QByteArray &name, const QByteArrayList &arguments, const QByteArrayList &variables = {}) const;
    /// @return its status
    [[nodiscard]] int send(const QByteArray &name, const QByteArrayList &arguments, QByteArray *errors = nullptr) const;
    /// A shell script that takes the place of the call. In it: $RIG, and receive, which is our receiver in the rig's
    /// home.
    void setCall(const QByteArray &script) const;
    /// Puts a script where the sender and its tests find programs.
    void addProgram(const QByteArray &name, const QByteArray &script) const;
    /// What the call was started with, a line each.
    [[nodiscard]] QByteArray callArguments() const;

    [[nodiscard]] QString path(const QByteArray &name) const;
    /// Below the directory for what comes from `work`.
    [[nodiscard]] QString received(const QByteArray &name) const;
    /// Everything in there, directories with a slash at their end, and in the directory of transfers.
    [[nodiscard]] QByteArrayList receivedNames() const;
    [[nodiscard]] QByteArrayList stagingNames() const;
    /// Whether a transfer that goes on has something of this name.
    [[nodiscard]] bool isStaged(const QByteArray &name) const;
    /// To be sent.
    [[nodiscard]] QString source(const QByteArray &name) const;

    /// With those above it.
    void makeDirectory(const QByteArray &name) const;
    static void makeLink(const QByteArray &target, const QString &path);
    static void write(const QString &path, const QByteArray &content);
    [[nodiscard]] static QByteArray read(const QString &path);

    /// Starts any program with the rig's variables. It ends with `process`.
    void start(QProcess &process, const QByteArray &program, const QByteArrayList &arguments) const;
    /// Runs a line of bash in the directory of sources, to its end. @return what it printed
    [[nodiscard]] QByteArray shell(const QByteArray &line) const;

private:
    [[nodiscard]] QProcessEnvironment environment() const;

    QTemporaryDir m_directory;
};

} // namespace Bulkhead::Test
