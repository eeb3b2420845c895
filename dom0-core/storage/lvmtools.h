// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QStringList>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

class QObject;

namespace Bulkhead
{

/// One logical volume of a group, as `lvs` tells it.
struct LogicalVolume {
    std::string name;
    std::string origin; ///< what it is a snapshot of; empty if of nothing
    std::uint64_t size = 0;
    std::uint64_t used = 0; ///< bytes of data; of a thin pool, all that its volumes take
    bool isThinPool = false;
    std::optional<std::uint64_t> metadataSize = {}; ///< of thin pools
    std::optional<std::uint64_t> metadataUsed = {};
};

/// What the lvm2 tools are told, word for word. No shell is asked; names are of LVM's own grammar and never begin with
/// a dash, sizes are in bytes. Pure.
namespace LvmCommands
{

[[nodiscard]] QStringList list(std::string_view group);
[[nodiscard]] QStringList
createThin(std::string_view group, std::string_view pool, std::string_view name, std::uint64_t bytes);
/// A thin snapshot, which can be written.
[[nodiscard]] QStringList snapshot(std::string_view group, std::string_view origin, std::string_view name);
[[nodiscard]] QStringList rename(std::string_view group, std::string_view from, std::string_view to);
[[nodiscard]] QStringList remove(std::string_view group, std::string_view name);
[[nodiscard]] QStringList extend(std::string_view group, std::string_view name, std::uint64_t bytes);
/// Fills a fresh thin volume; blocks of zeros are left out.
[[nodiscard]] QStringList fill(std::string_view source, std::string_view device);

/// The answer to list().
/// @errors BadField
[[nodiscard]] Result<std::vector<LogicalVolume>> parseList(const QByteArray &answer);

} // namespace LvmCommands

/// Runs the tools. Implementations: the system's, an LVM in memory (tests). Main thread only; `done` is called exactly
/// once, later or at once.
class LvmTools
{
public:
    LvmTools() = default;
    LvmTools(const LvmTools &) = delete;
    LvmTools &operator=(const LvmTools &) = delete;
    virtual ~LvmTools() = default;

    /// @errors Driver, TimedOut, TooMuch
    virtual void ask(const QStringList &words, std::move_only_function<void(Result<QByteArray>)> done) = 0;
};

/// @param owner  outlives what is made; child processes end with it
[[nodiscard]] std::unique_ptr<LvmTools> makeLvmTools(QObject *owner);

} // namespace Bulkhead
