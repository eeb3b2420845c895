// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/uploads.h"

#include "base/printable.h"

#include <QProcess>
#include <QProcessEnvironment>
#include <QSocketNotifier>
#include <QTimer>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <format>
#include <memory>
#include <utility>

namespace Bulkhead::AdminApi
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

/// A sender that stops in between holds a process, no more; at last that ends, too.
constexpr std::chrono::hours CopyLimit{2};
/// What dd says of a failure, with the file's name.
constexpr std::size_t MaxCopyWords = 240;

Result<void> writeBegin(const fs::path &file, std::string_view begin)
{
    const UniqueFd fd(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
    std::size_t done = 0;
    while (fd && done < begin.size()) {
        const ssize_t count = ::pwrite(fd.get(), begin.data() + done, begin.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno != EINTR) {
            break;
        }
        done += static_cast<std::size_t>(std::max<ssize_t>(count, 0));
    }
    return done == begin.size() && fd ? Result<void>() : failErrno(errno, "cannot write the volume");
}

/// The child reads where this process must not: it is to wait for the sender.
Result<void> makeBlocking(const UniqueFd &socket)
{
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK) != 0) {
        return failErrno(errno, "cannot wait for the sender");
    }
    return {};
}

/// One upload; deletes itself when it has told how it ended.
class Receipt : public QObject
{
public:
    using Done = std::move_only_function<void(Result<void>)>;

    Receipt(QObject *parent, Upload upload, const fs::path &file, std::uint64_t bytes, Done done)
        : QObject(parent)
        , m_socket(std::move(upload.socket))
        , m_bytes(bytes)
        , m_begun(upload.begun.size())
        , m_done(std::move(done))
    {
        connect(&m_copy, &QProcess::finished, this, &Receipt::onCopied);
        connect(&m_copy, &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
            if (error == QProcess::FailedToStart) { // all others are followed by finished()
                tell(fail(Errc::Driver, "dd cannot be started"));
            }
        });
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] {
            tell(fail(Errc::TimedOut, "the bytes do not come, or have no end"));
        });
        const auto ready = m_begun > bytes ? tooMany() : writeBegin(file, upload.begun).and_then([this] {
            return makeBlocking(m_socket);
        });
        ready ? copyRest(file) : tell(ready);
    }

    Receipt(const Receipt &) = delete;
    Receipt &operator=(const Receipt &) = delete;

    ~Receipt() override
    {
        m_copy.disconnect(this); // a process that is destroyed while it runs tells that it has ended
    }

private:
    [[nodiscard]] Result<void> tooMany() const
    {
        return fail(Errc::BadValue, std::format("there are more bytes than the volume's {}", m_bytes));
    }

    void copyRest(const fs::path &file)
    {
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"LC_ALL"_s, u"C"_s); // its count of bytes is read
        m_copy.setProcessEnvironment(environment);
        m_copy.setProgram(u"dd"_s);
        m_copy.setArguments({QString::fromStdString(std::format("of={}", file.string())),
                             QString::fromStdString(std::format("count={}", m_bytes - m_begun)),
                             QString::fromStdString(std::format("seek={}", m_begun)),
                             u"bs=256K"_s,
                             u"iflag=fullblock,count_bytes"_s,
                             u"oflag=seek_bytes"_s,
                             u"conv=sparse,notrunc,nocreat,fsync"_s});
        m_copy.setStandardOutputFile(QProcess::nullDevice());
        m_copy.setInputChannelMode(QProcess::ForwardedInputChannel);
        m_copy.setChildProcessModifier([socket = m_socket.get()] {
            (void)::dup2(socket, STDIN_FILENO); // it fails at the first read otherwise
        });
        m_deadline.start(CopyLimit);
        m_copy.start();
    }

    void onCopied(int status, QProcess::ExitStatus how)
    {
        const std::string said = m_copy.readAllStandardError().toStdString();
        if (how != QProcess::NormalExit || status != 0) {
            const std::string line = said.substr(0, said.find('\n'));
            tell(fail(Errc::Driver, line.empty() ? "the copy was ended" : printable(line, MaxCopyWords)));
            return;
        }
        // The last line begins with the count: `N bytes (…) copied, …`.
        const auto lastLine = said.rfind('\n', said.size() < 2 ? 0 : said.size() - 2);
        const std::string_view count = std::string_view(said).substr(lastLine == std::string::npos ? 0 : lastLine + 1);
        const std::uint64_t copied =
            m_begun + QByteArray(count.data(), static_cast<qsizetype>(count.find(' '))).toULongLong();
        if (copied < m_bytes) {
            tell(fail(Errc::BadValue, std::format("there are only {} bytes for the volume's {}", copied, m_bytes)));
            return;
        }
        awaitEnd();
    }

    /// Nothing may follow.
    void awaitEnd()
    {
        char byte = 0;
        const ssize_t count = ::recv(m_socket.get(), &byte, 1, MSG_DONTWAIT);
        if (count > 0) {
            tell(tooMany());
        } else if (count == 0) {
            tell({});
        } else if (errno != EAGAIN && errno != EINTR) {
            tell(failErrno(errno, "cannot see the end of the bytes"));
        } else if (m_end == nullptr) {
            m_deadline.start(UploadEndLimit);
            m_end = std::make_unique<QSocketNotifier>(m_socket.get(), QSocketNotifier::Read);
            connect(m_end.get(), &QSocketNotifier::activated, this, &Receipt::awaitEnd);
        }
    }

    /// Once; the object may be in the middle of its own making, so it goes later.
    void tell(Result<void> outcome)
    {
        if (auto done = std::exchange(m_done, nullptr)) {
            m_deadline.stop();
            if (m_end != nullptr) {
                m_end->setEnabled(false);
            }
            deleteLater();
            done(std::move(outcome));
        }
    }

    UniqueFd m_socket;
    std::uint64_t m_bytes;
    std::uint64_t m_begun;
    Done m_done;
    QProcess m_copy;
    QTimer m_deadline;
    std::unique_ptr<QSocketNotifier> m_end; ///< goes before the socket
};

} // namespace

void receiveUpload(QObject *parent,
                   Upload upload,
                   const fs::path &file,
                   std::uint64_t bytes,
                   std::move_only_function<void(Result<void>)> done)
{
    new Receipt(parent, std::move(upload), file, bytes, std::move(done));
}

} // namespace Bulkhead::AdminApi
