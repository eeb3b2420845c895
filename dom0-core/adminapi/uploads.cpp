// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/adminapi/uploads.h"

#include "base/formatted.h"
#include "base/printable.h"
#include "dom0-core/process/childprocess.h"

#include <QSocketNotifier>
#include <QTimer>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <utility>

namespace Bulkhead::AdminApi
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

/// A sender that goes on, a byte now and a byte then, holds a process, no more; at last that ends, too.
constexpr std::chrono::hours CopyLimit{2};
/// What dd says when the kernel has waited for a byte as long as it was told to.
constexpr std::string_view StalledWords = "Resource temporarily unavailable";
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

/// The child reads where this process must not: it is to wait for the sender, for a while each time.
Result<void> makeBlocking(const UniqueFd &socket, std::chrono::milliseconds patience)
{
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(patience);
    const timeval limit{.tv_sec = seconds.count(), .tv_usec = std::chrono::microseconds(patience - seconds).count()};
    const int flags = ::fcntl(socket.get(), F_GETFL);
    if (flags < 0 || ::fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK) != 0
        || ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) != 0) {
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
        , m_patience(upload.patience)
        , m_done(std::move(done))
    {
        connect(&m_copy, &ChildProcess::ended, this, &Receipt::onCopied);
        m_deadline.setSingleShot(true);
        connect(&m_deadline, &QTimer::timeout, this, [this] {
            tell(fail(Errc::TimedOut, "the bytes do not come, or have no end"));
        });
        const auto ready = m_begun > bytes ? tooMany() : writeBegin(file, upload.begun).and_then([this] {
            return makeBlocking(m_socket, m_patience);
        });
        ready ? copyRest(file) : tell(ready);
    }

    Receipt(const Receipt &) = delete;
    Receipt &operator=(const Receipt &) = delete;

    ~Receipt() override = default;

private:
    [[nodiscard]] Result<void> tooMany() const
    {
        return fail(Errc::BadValue, formatted("there are more bytes than the volume's {}", m_bytes));
    }

    void copyRest(const fs::path &file)
    {
        m_deadline.start(CopyLimit);
        const auto begun = m_copy.start({.words = {u"dd"_s,
                                                   QString::fromStdString(formatted("of={}", file.string())),
                                                   QString::fromStdString(formatted("count={}", m_bytes - m_begun)),
                                                   QString::fromStdString(formatted("seek={}", m_begun)),
                                                   u"bs=256K"_s,
                                                   u"iflag=fullblock,count_bytes"_s,
                                                   u"oflag=seek_bytes"_s,
                                                   u"conv=sparse,notrunc,nocreat,fsync"_s},
                                         .input = m_socket.get(),
                                         .plainWords = true}); // its count of bytes is read
        if (!begun) {
            tell(fail(Errc::Driver, begun.error().text()));
        }
    }

    void onCopied(ChildProcess::End end)
    {
        const std::string said = m_copy.errors().toStdString();
        if (end.wasKilled || end.status != 0) {
            const std::string line = said.substr(0, said.find('\n'));
            if (line.contains(StalledWords)) {
                tell(fail(Errc::TimedOut,
                          formatted("no byte came for {}; send it again",
                                    std::chrono::duration_cast<std::chrono::seconds>(m_patience))));
                return;
            }
            tell(fail(Errc::Driver, line.empty() ? "the copy was ended" : printable(line, MaxCopyWords)));
            return;
        }
        // The last line begins with the count: `N bytes (…) copied, …`.
        const auto lastLine = said.rfind('\n', said.size() < 2 ? 0 : said.size() - 2);
        const std::string_view count = std::string_view(said).substr(lastLine == std::string::npos ? 0 : lastLine + 1);
        const std::uint64_t copied =
            m_begun + QByteArray(count.data(), static_cast<qsizetype>(count.find(' '))).toULongLong();
        if (copied < m_bytes) {
            tell(fail(Errc::BadValue, formatted("there are only {} bytes for the volume's {}", copied, m_bytes)));
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
    std::chrono::milliseconds m_patience;
    Done m_done;
    ChildProcess m_copy;
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
