// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/guest/network/openvpnconfig.h"

#include "base/ascii.h"
#include "base/formatted.h"
#include "base/number.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <ranges>
#include <utility>
#include <vector>

namespace Bulkhead::GuestNetwork
{

namespace
{

constexpr std::uint32_t MostPort = 65535;
constexpr std::string_view EndOfConnection = "</connection>";
constexpr std::size_t MaxWord = 256; ///< OpenVPN's own limit of a parameter

/// What is done about a setting.
enum class Handling : std::uint8_t {
    Keep,     ///< its words are plain ones
    Remote,   ///< HOST [PORT [PROTOCOL]]
    Protocol, ///< UDP or TCP, of either family
    Device,   ///< must be a tunnel of packets; which, is ours to say
    File,     ///< a file beside this one, or a block in it
    Login,    ///< a name and a password, always of the one file
    LeaveOut, ///< see parseOpenVpnConfig()
};

struct Setting {
    std::string_view name;
    Handling handling = Handling::Keep;
    std::size_t mostWords = 1; ///< behind its name
};

using enum Handling;

// Source: OpenVPN 2.6, openvpn(8).
constexpr std::array Settings{
    Setting{"client", Keep, 0},
    Setting{"tls-client", Keep, 0},
    Setting{"pull", Keep, 0},
    Setting{"nobind", Keep, 0},
    Setting{"float", Keep, 0},
    Setting{"remote", Remote, 3},
    Setting{"remote-random", Keep, 0},
    Setting{"remote-random-hostname", Keep, 0},
    Setting{"proto", Protocol, 1},
    Setting{"port", Keep, 1},
    Setting{"rport", Keep, 1},
    Setting{"resolv-retry", Keep, 1},
    Setting{"connect-retry", Keep, 2},
    Setting{"connect-retry-max", Keep, 1},
    Setting{"connect-timeout", Keep, 1},
    Setting{"server-poll-timeout", Keep, 1},
    Setting{"dev", Device, 1},
    Setting{"dev-type", Device, 1},

    Setting{"ca", File, 1},
    Setting{"cert", File, 1},
    Setting{"key", File, 1},
    Setting{"extra-certs", File, 1},
    Setting{"crl-verify", File, 1},
    Setting{"tls-auth", File, 2},
    Setting{"tls-crypt", File, 1},
    Setting{"tls-crypt-v2", File, 1},
    Setting{"pkcs12", File, 1},
    Setting{"key-direction", Keep, 1},
    Setting{"auth-user-pass", Login, 1},
    Setting{"auth-nocache", Keep, 0},
    Setting{"auth-retry", Keep, 1},

    Setting{"remote-cert-tls", Keep, 1},
    Setting{"remote-cert-ku", Keep, 8},
    Setting{"remote-cert-eku", Keep, 1},
    Setting{"verify-x509-name", Keep, 2},
    Setting{"ns-cert-type", Keep, 1},
    Setting{"peer-fingerprint", Keep, 1},
    Setting{"tls-version-min", Keep, 2},
    Setting{"tls-version-max", Keep, 1},
    Setting{"tls-cipher", Keep, 1},
    Setting{"tls-ciphersuites", Keep, 1},
    Setting{"tls-groups", Keep, 1},
    Setting{"tls-cert-profile", Keep, 1},
    Setting{"tls-timeout", Keep, 1},
    Setting{"cipher", Keep, 1},
    Setting{"data-ciphers", Keep, 1},
    Setting{"data-ciphers-fallback", Keep, 1},
    Setting{"ncp-ciphers", Keep, 1},
    Setting{"ncp-disable", Keep, 0},
    Setting{"auth", Keep, 1},
    Setting{"keysize", Keep, 1},
    Setting{"reneg-sec", Keep, 2},
    Setting{"reneg-bytes", Keep, 1},
    Setting{"hand-window", Keep, 1},
    Setting{"tran-window", Keep, 1},
    Setting{"compress", Keep, 1},
    Setting{"comp-lzo", Keep, 1},
    Setting{"comp-noadapt", Keep, 0},
    Setting{"allow-compression", Keep, 1},

    Setting{"keepalive", Keep, 2},
    Setting{"ping", Keep, 1},
    Setting{"ping-exit", Keep, 1},
    Setting{"ping-restart", Keep, 1},
    Setting{"ping-timer-rem", Keep, 0},
    Setting{"inactive", Keep, 2},
    Setting{"explicit-exit-notify", Keep, 1},
    Setting{"tun-mtu", Keep, 1},
    Setting{"tun-mtu-extra", Keep, 1},
    Setting{"link-mtu", Keep, 1},
    Setting{"mssfix", Keep, 2},
    Setting{"fragment", Keep, 2},
    Setting{"sndbuf", Keep, 1},
    Setting{"rcvbuf", Keep, 1},
    Setting{"fast-io", Keep, 0},
    Setting{"mute", Keep, 1},
    Setting{"mute-replay-warnings", Keep, 0},
    Setting{"verb", Keep, 1},
    Setting{"persist-key", Keep, 0},
    Setting{"push-peer-info", Keep, 0},
    Setting{"pull-filter", Keep, 2},

    // Run programs, at whatever moment.
    Setting{"script-security", LeaveOut},
    Setting{"up", LeaveOut},
    Setting{"up-delay", LeaveOut},
    Setting{"up-restart", LeaveOut},
    Setting{"down", LeaveOut},
    Setting{"down-pre", LeaveOut},
    Setting{"ipchange", LeaveOut},
    Setting{"route-up", LeaveOut},
    Setting{"route-pre-down", LeaveOut},
    Setting{"tls-verify", LeaveOut},
    Setting{"plugin", LeaveOut},
    Setting{"iproute", LeaveOut},
    // What a program of the provider's, or of another system, would have of us.
    Setting{"setenv", LeaveOut},
    Setting{"setenv-safe", LeaveOut},
    Setting{"register-dns", LeaveOut},
    Setting{"block-outside-dns", LeaveOut},
    Setting{"route-method", LeaveOut},
    Setting{"route-delay", LeaveOut},
    Setting{"win-sys", LeaveOut},
    Setting{"windows-driver", LeaveOut},
    Setting{"service", LeaveOut},
    // Where packets go, and by which device: everything, through ours, which goes when the peer does.
    Setting{"redirect-gateway", LeaveOut},
    Setting{"redirect-private", LeaveOut},
    Setting{"route", LeaveOut},
    Setting{"route-ipv6", LeaveOut},
    Setting{"route-gateway", LeaveOut},
    Setting{"route-metric", LeaveOut},
    Setting{"route-nopull", LeaveOut},
    Setting{"route-noexec", LeaveOut},
    Setting{"dhcp-option", LeaveOut},
    Setting{"persist-tun", LeaveOut},
    Setting{"topology", LeaveOut},
    Setting{"block-ipv6", LeaveOut},
    Setting{"mark", LeaveOut},
    Setting{"lport", LeaveOut},
    // Whom it runs as, where it writes, who steers it.
    Setting{"user", LeaveOut},
    Setting{"group", LeaveOut},
    Setting{"chroot", LeaveOut},
    Setting{"cd", LeaveOut},
    Setting{"daemon", LeaveOut},
    Setting{"nice", LeaveOut},
    Setting{"log", LeaveOut},
    Setting{"log-append", LeaveOut},
    Setting{"syslog", LeaveOut},
    Setting{"status", LeaveOut},
    Setting{"status-version", LeaveOut},
    Setting{"suppress-timestamps", LeaveOut},
    Setting{"writepid", LeaveOut},
    Setting{"tmp-dir", LeaveOut},
    Setting{"replay-persist", LeaveOut},
    Setting{"management", LeaveOut},
    Setting{"management-hold", LeaveOut},
    Setting{"management-query-passwords", LeaveOut},
};

const Setting *find(std::string_view name)
{
    const auto *const found = std::ranges::find(Settings, name, &Setting::name);
    return found == Settings.end() ? nullptr : found;
}

/// Written between quotes, where only these two mean something else.
bool isWord(std::string_view text)
{
    return text.size() <= MaxWord && std::ranges::all_of(text, [](char c) {
               return Ascii::isPrintable(c) && c != '"' && c != '\\';
           });
}

bool isPort(std::string_view text)
{
    return numberWithin<std::uint32_t>(text, 1, MostPort).has_value();
}

bool isProtocol(std::string_view text)
{
    static constexpr std::array Known{
        "udp", "udp4", "udp6", "tcp", "tcp4", "tcp6", "tcp-client", "tcp4-client", "tcp6-client"};
    return std::ranges::contains(Known, text);
}

/// One that lies beside the file: no way leads out of its folder.
bool isFileName(std::string_view text)
{
    return !text.empty() && text.front() != '.' && text.front() != '-' && !text.contains('/');
}

/// Words apart by blanks, some of them between quotes, up to a comment.
std::optional<std::vector<std::string>> wordsIn(std::string_view line)
{
    std::vector<std::string> words;
    line = trimmed(line);
    while (!line.empty() && line.front() != '#' && line.front() != ';') {
        const bool isQuoted = line.front() == '"' || line.front() == '\'';
        const auto end = isQuoted ? line.find(line.front(), 1) : line.find_first_of(" \t");
        if (isQuoted && end == std::string_view::npos) {
            return std::nullopt;
        }
        words.emplace_back(isQuoted ? line.substr(1, end - 1) : line.substr(0, end));
        line = trimmed(line.substr(std::min(line.size(), isQuoted ? end + 1 : end)));
    }
    return words;
}

std::string written(const std::vector<std::string> &words)
{
    std::string line = words.front();
    for (const std::string &word : words | std::views::drop(1)) {
        line += formatted(" \"{}\"", word);
    }
    return line + "\n";
}

class Reader
{
public:
    Result<void> line(std::string_view text)
    {
        ++m_number;
        if (!m_block.empty()) {
            return inBlock(trimmed(text));
        }
        const auto words = wordsIn(text);
        if (!words) {
            return wrong("a quote without its end");
        }
        if (words->empty()) {
            return {};
        }
        const std::string &name = words->front();
        if (name.front() != '<') {
            return setting(*words);
        }
        if (words->size() > 1 || name.size() < 3 || name.back() != '>') {
            return wrong("a block without a name of its own");
        }
        return name == EndOfConnection ? endConnection() : beginBlock(name.substr(1, name.size() - 2));
    }

    Result<OpenVpnConfig> finish()
    {
        if (!m_block.empty() || m_isConnection) {
            return fail(Errc::BadValue, "the last block has no end");
        }
        if (!m_isClient || !m_hasRemote || !m_knowsPeer) {
            return fail(
                Errc::BadValue,
                "the file is no client's, or does not say where the peer is, or how it is known to be the peer");
        }
        return OpenVpnConfig{.text = std::move(m_text)};
    }

private:
    std::unexpected<Error> wrong(std::string_view why) const
    {
        return fail(Errc::BadValue, formatted("line {}: {}", m_number, why));
    }

    Result<void> setting(const std::vector<std::string> &words)
    {
        const Setting *const known = find(words.front());
        if (known == nullptr) {
            return wrong("an unknown setting");
        }
        if (known->handling == LeaveOut) {
            return {};
        }
        if (words.size() > known->mostWords + 1 || !std::ranges::all_of(words, isWord)) {
            return wrong("more words than the setting has, or what is no word");
        }
        return handle(*known, words);
    }

    Result<void> handle(const Setting &known, const std::vector<std::string> &words)
    {
        const std::string_view first = words.size() > 1 ? std::string_view(words.at(1)) : std::string_view();
        switch (known.handling) {
        case Keep:
            m_isClient = m_isClient || known.name == "client" || known.name == "tls-client";
            m_knowsPeer = m_knowsPeer || known.name == "peer-fingerprint";
            break;
        case Remote:
            m_hasRemote = true;
            if (!isPeerHost(first) || (words.size() > 2 && !isPort(words.at(2)))
                || (words.size() > 3 && !isProtocol(words.at(3)))) {
                return wrong("not a host, a port and a protocol");
            }
            break;
        case Protocol:
            if (!isProtocol(first)) {
                return wrong("not a protocol that a client speaks");
            }
            break;
        case Device:
            return first.starts_with("tun") ? Result<void>() : wrong("a device that is no tunnel of packets");
        case File:
            m_knowsPeer = m_knowsPeer || known.name == "ca" || known.name == "pkcs12";
            if (!isFileName(first)) {
                return wrong("not the name of a file beside this one");
            }
            break;
        case Login:
            m_text += formatted("{} \"{}\"\n", known.name, OpenVpnLoginFile);
            return {};
        case LeaveOut:
            return {};
        }
        m_text += written(words);
        return {};
    }

    Result<void> beginBlock(std::string_view name)
    {
        const Setting *const known = find(name);
        const bool isConnection = name == "connection";
        const bool isPeers = name == "peer-fingerprint";
        if (!isConnection && !isPeers && (known == nullptr || known->handling != File)) {
            return wrong("an unknown block");
        }
        m_text += formatted("<{}>\n", name);
        if (!isConnection) { // what is in one is settings
            m_knowsPeer = m_knowsPeer || isPeers || name == "ca" || name == "pkcs12";
            m_block = name;
        } else if (std::exchange(m_isConnection, true)) {
            return wrong("a connection in a connection");
        }
        return {};
    }

    Result<void> endConnection()
    {
        if (!std::exchange(m_isConnection, false)) {
            return wrong("the end of a block that did not begin");
        }
        m_text += formatted("{}\n", EndOfConnection);
        return {};
    }

    Result<void> inBlock(std::string_view text)
    {
        if (!std::ranges::all_of(text, Ascii::isPrintable)) {
            return wrong("a block with more than text");
        }
        if (text.starts_with('<') && text != formatted("</{}>", m_block)) {
            return wrong("a block in a block");
        }
        m_text += formatted("{}\n", text);
        if (text.starts_with('<')) {
            m_block.clear();
        }
        return {};
    }

    std::string m_text;
    std::string m_block; ///< whose lines come; empty: none's
    int m_number = 0;
    bool m_isConnection = false;
    bool m_isClient = false;
    bool m_hasRemote = false;
    bool m_knowsPeer = false;
};

} // namespace

Result<OpenVpnConfig> parseOpenVpnConfig(std::string_view text)
{
    return readConfigFile<Reader>(text);
}

} // namespace Bulkhead::GuestNetwork
