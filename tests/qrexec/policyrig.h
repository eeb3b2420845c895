// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/decision.h"
#include "qrexec/policy/filesource.h"
#include "qrexec/policy/loader.h"
#include "qrexec/policy/systeminfo.h"

#include <map>
#include <set>
#include <string>
#include <string_view>

namespace Bulkhead::Test
{

/// Policy files that lie in a table.
class FakeFiles final : public Policy::FileSource
{
public:
    /// Both default directories are there and empty.
    FakeFiles();

    void put(const std::string &path, std::string text);
    void putLinkToNothing(const std::string &path);
    void addDirectory(const std::string &path);
    void remove(const std::string &path);
    void refuse(const std::string &path);

    [[nodiscard]] Result<std::vector<Policy::Entry>> list(const std::string &directory) override;
    [[nodiscard]] Result<Policy::File> read(const std::string &path) override;

    /// How often a file was read.
    [[nodiscard]] int reads() const noexcept
    {
        return m_reads;
    }

private:
    std::map<std::string, std::string> m_files;
    std::set<std::string> m_directories;
    std::set<std::string> m_broken; ///< links to nothing
    std::set<std::string> m_refused;
    int m_reads = 0;
};

inline const std::string PolicyDirectory = "/etc/qubes/policy.d";
inline const std::string RuntimeDirectory = "/run/qubes/policy.d";
inline const std::string OldDirectory = "/etc/qubes-rpc/policy";

/// The system of spec policy, section 16: dom0, a, b, h, dvm, nodvm, int, rem.
[[nodiscard]] Policy::SystemInfo referenceSystem();
/// The uuid of one of its qubes, `uuid:` before it.
[[nodiscard]] std::string uuidOf(std::string_view qube);

/// The rules of a text; `;` separates lines, too. Fails the test where they cannot be read.
[[nodiscard]] Policy::Rules rulesOf(std::string text);
/// What is wrong with a text, or nothing.
[[nodiscard]] std::string errorOf(const std::string &text);

/// Of service `s` without an argument.
[[nodiscard]] Policy::Request callOf(std::string source, std::string target);
/// `deny`, `deny unnoticed`, the answer's lines separated by blanks, or `ask TARGETS… [default D]`.
[[nodiscard]] std::string inWords(const Policy::Decision &decision);
[[nodiscard]] std::string decided(const std::string &rules, const std::string &source, const std::string &target);

} // namespace Bulkhead::Test
