// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/storage/cryptdevices.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "dom0-core/process/programrun.h"

#include <QString>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace Bulkhead
{

using namespace Qt::StringLiterals;
namespace fs = std::filesystem;

namespace
{

constexpr std::uint64_t SectorSize = 512;
/// Where a file system, a label or a table of partitions would begin. @source spec qube-model, 8.3
constexpr std::size_t ZeroedSize = 64UL * 1024;

fs::path nodeOf(const std::string &name)
{
    return fs::path("/dev/mapper") / name;
}

Result<std::uint64_t> sectorsOf(const fs::path &device)
{
    const UniqueFd fd(::open(device.c_str(), O_RDONLY | O_CLOEXEC));
    const off_t size = fd ? ::lseek(fd.get(), 0, SEEK_END) : -1;
    if (size < 0) {
        return failErrno(errno, formatted("cannot look at {}", device.string()));
    }
    return static_cast<std::uint64_t>(size) / SectorSize;
}

Result<std::array<std::byte, CryptKeySize>> freshKey()
{
    std::array<std::byte, CryptKeySize> key{};
    if (::getrandom(key.data(), key.size(), 0) != static_cast<ssize_t>(key.size())) {
        return failErrno(errno, "cannot make a key");
    }
    return key;
}

Result<void> zeroBegin(const fs::path &device)
{
    const UniqueFd fd(::open(device.c_str(), O_WRONLY | O_CLOEXEC));
    constexpr std::array<std::byte, ZeroedSize> zeros{};
    std::size_t done = 0;
    while (fd && done < zeros.size()) {
        const ssize_t count = ::pwrite(fd.get(), zeros.data() + done, zeros.size() - done, static_cast<off_t>(done));
        if (count < 0 && errno != EINTR) {
            break;
        }
        done += count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    return fd && done == zeros.size() ? Result<void>()
                                      : failErrno(errno, formatted("cannot write to {}", device.string()));
}

class DmCrypt final : public CryptDevices
{
public:
    explicit DmCrypt(QObject *owner)
        : m_owner(owner)
    {
    }

    void open(const fs::path &device, const std::string &name, Opened done) override
    {
        close(name, [this, device, name, done = std::move(done)](Result<void> closed) mutable {
            closed ? create(device, name, std::move(done)) : done(std::unexpected(std::move(closed).error()));
        });
    }

    void close(const std::string &name, Done done) override
    {
        std::error_code code; // what cannot be looked at is not there
        if (!fs::exists(fs::symlink_status(nodeOf(name), code))) {
            done({});
            return;
        }
        runProgram(m_owner,
                   {.words = {u"dmsetup"_s, u"remove"_s, u"--retry"_s, QString::fromStdString(name)}},
                   std::move(done));
    }

private:
    void create(const fs::path &device, const std::string &name, Opened done)
    {
        const auto sectors = sectorsOf(device);
        auto key = freshKey();
        if (!sectors || !key) {
            done(std::unexpected(sectors ? key.error() : sectors.error()));
            return;
        }
        std::string table = cryptTable(*sectors, *key, device);
        ProgramCall call{.words = {u"dmsetup"_s, u"create"_s, QString::fromStdString(name)},
                         .input = QByteArray(table.data(), static_cast<qsizetype>(table.size()))};
        ::explicit_bzero(key->data(), key->size());
        ::explicit_bzero(table.data(), table.size());
        runProgram(m_owner, call, [this, name, done = std::move(done)](Result<void> made) mutable {
            if (made) {
                made = zeroBegin(nodeOf(name));
            }
            if (made) {
                done(nodeOf(name));
                return;
            }
            close(name, [made = std::move(made), done = std::move(done)](const Result<void> &) mutable {
                done(std::unexpected(std::move(made).error())); // the first failure is the one to tell
            });
        });
    }

    QObject *m_owner;
};

} // namespace

std::string cryptNameOf(const QubeName &qube)
{
    std::string name;
    for (const char c : qube.text()) {
        switch (c) {
        case '_':
            name += "_u";
            break;
        case '-':
            name += "_d";
            break;
        default:
            name += c;
        }
    }
    return formatted("vm-volatile-{}-crypt@volatile", name);
}

std::string cryptTable(std::uint64_t sectors, std::span<const std::byte> key, const fs::path &device)
{
    std::string digits;
    digits.reserve(2 * key.size());
    for (const std::byte byte : key) {
        digits += formatted("{:02x}", std::to_integer<unsigned>(byte));
    }
    std::string table = formatted("0 {} crypt aes-xts-plain64 {} 0 {} 0\n", sectors, digits, device.string());
    ::explicit_bzero(digits.data(), digits.size());
    return table;
}

std::unique_ptr<CryptDevices> makeCryptDevices(QObject *owner)
{
    return std::make_unique<DmCrypt>(owner);
}

} // namespace Bulkhead
