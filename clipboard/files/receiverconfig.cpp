// SPDX-License-Identifier: GPL-2.0-or-later
#include "clipboard/files/receiverconfig.h"

#include "base/fd.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>

namespace Bulkhead::FileCopy
{

namespace
{

constexpr std::size_t LongestFile = 65536;
constexpr std::int64_t LongestSilence = 86400;

std::optional<std::uint64_t> numberOf(std::string_view text)
{
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

bool applyLine(ReceiverConfig &config, std::string_view line)
{
    const std::size_t sign = line.find('=');
    const auto number = sign == std::string_view::npos ? std::nullopt : numberOf(line.substr(sign + 1));
    if (!number) {
        return false;
    }
    const std::string_view key = line.substr(0, sign);
    if (key == "max-bytes") {
        config.limits.bytes = std::min(config.limits.bytes, *number);
    } else if (key == "max-entries") {
        config.limits.entries = std::min(config.limits.entries, *number);
    } else if (key == "silence-seconds" && *number >= 1 && *number <= LongestSilence) {
        config.silence = std::min(config.silence, std::chrono::seconds(*number));
    } else {
        return false;
    }
    return true;
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
    for (int number = 1; !text.empty(); ++number) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (!line.empty() && !line.starts_with('#') && !applyLine(config, line)) {
            return fail(Errc::BadValue, std::format("line {} is not understood", number));
        }
    }
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
