// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/receiverconfig.h"

#include "base/fd.h"
#include "base/formatted.h"
#include "base/number.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <utility>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t LongestFile = 65536;

/// What a line may say: its key, and the numbers that it may have.
struct Setting {
    std::string_view key;
    std::uint64_t least;
    std::uint64_t most;
    void (*tighten)(ReceiverConfig &config, std::uint64_t number);
};

constexpr std::array Settings{
    Setting{.key = "max-bytes",
            .least = 0,
            .most = UINT64_MAX,
            .tighten =
                [](ReceiverConfig &config, std::uint64_t number) {
                    config.limits.bytes = std::min(config.limits.bytes, number);
                }},
    Setting{.key = "max-entries",
            .least = 0,
            .most = UINT64_MAX,
            .tighten =
                [](ReceiverConfig &config, std::uint64_t number) {
                    config.limits.entries = std::min(config.limits.entries, number);
                }},
    Setting{.key = "silence-seconds",
            .least = 1,
            .most = 86400,
            .tighten =
                [](ReceiverConfig &config, std::uint64_t number) {
                    config.silence = std::min(config.silence, std::chrono::seconds(number));
                }},
};

Result<void> applyLine(ReceiverConfig &config, std::string_view line)
{
    const std::string_view key = line.substr(0, line.find('='));
    const auto *const setting = std::ranges::find(Settings, key, &Setting::key);
    if (setting == Settings.end()) {
        return fail(Errc::BadValue, "it begins with none of max-bytes=, max-entries= and silence-seconds=");
    }
    const std::string_view value = line.substr(std::min(key.size() + 1, line.size()));
    const auto number = numberWithin<std::uint64_t>(value, setting->least, setting->most);
    if (!number) {
        return fail(Errc::BadValue,
                    formatted("{} must be a number within {}..{}", setting->key, setting->least, setting->most));
    }
    setting->tighten(config, *number);
    return {};
}

/// @return nothing if there is no such file
Result<std::optional<std::string>> readIfThere(const std::string &path)
{
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) {
        return errno == ENOENT ? Result<std::optional<std::string>>(std::nullopt) : failErrno(errno, "opening " + path);
    }
    std::string text;
    std::array<char, 4096> piece{};
    for (;;) {
        const ssize_t size = ::read(file.get(), piece.data(), piece.size());
        if (size < 0) {
            return failErrno(errno, "reading " + path);
        }
        if (size == 0) {
            return text;
        }
        text.append(piece.data(), static_cast<std::size_t>(size));
        if (text.size() > LongestFile) {
            return fail(Errc::BadValue, path + " is too long");
        }
    }
}

} // namespace

Result<void> applyReceiverConfig(ReceiverConfig &config, std::string_view text)
{
    ReceiverConfig tightened = config;
    for (int number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.empty() || line.starts_with('#')) {
            continue;
        }
        if (auto applied = applyLine(tightened, line); !applied) {
            return std::unexpected(std::move(applied).error().in(formatted("line {}", number)));
        }
    }
    config = tightened;
    return {};
}

Result<ReceiverConfig> readReceiverConfig(std::span<const std::string> files)
{
    ReceiverConfig config;
    for (const std::string &path : files) {
        BH_TRY(const auto text, readIfThere(path));
        if (auto applied = applyReceiverConfig(config, text.value_or("")); !applied) {
            return std::unexpected(std::move(applied).error().in(path));
        }
    }
    return config;
}

} // namespace Bulkhead::FileCopy
