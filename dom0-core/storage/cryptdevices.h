// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/qubename.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>

class QObject;

namespace Bulkhead
{

/// Encrypts block devices with keys that nobody keeps: what is written to one cannot be read again once it is closed.
/// Implementations: dm-crypt, fake (tests). Main thread only, never blocks for long; each operation calls its last
/// argument exactly once.
/// @source spec qube-model, 8.3
class CryptDevices
{
public:
    using Done = std::move_only_function<void(Result<void>)>;
    using Opened = std::move_only_function<void(Result<std::filesystem::path>)>;

    CryptDevices() = default;
    CryptDevices(const CryptDevices &) = delete;
    CryptDevices &operator=(const CryptDevices &) = delete;
    virtual ~CryptDevices() = default;

    /// Puts one with a fresh key over `device`, and zeros over its begin, so that nobody takes what the key makes of
    /// old bytes for a file system. On failure nothing is left.
    /// @param name  of the new device; one of a run that dom0 did not see the end of is closed first
    /// @errors Io, Driver
    virtual void open(const std::filesystem::path &device, const std::string &name, Opened done) = 0;
    /// One that is not open is no error.
    /// @errors Driver (it is in use)
    virtual void close(const std::string &name, Done done) = 0;
};

/// The device over a qube's volatile volume; the qube's name in it is such that no two qubes share one.
[[nodiscard]] std::string cryptNameOf(const QubeName &qube);

/// A table of device-mapper's: plain, aes-xts-plain64, for dmsetup's standard input. Pure.
/// @param key  of 64 bytes
inline constexpr std::size_t CryptKeySize = 64;
[[nodiscard]] std::string
cryptTable(std::uint64_t sectors, std::span<const std::byte> key, const std::filesystem::path &device);

/// dm-crypt's, by dmsetup. The key is on no command line and in no file.
/// @param owner  outlives what is made; child processes end with it
[[nodiscard]] std::unique_ptr<CryptDevices> makeCryptDevices(QObject *owner);

} // namespace Bulkhead
