// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/loader.h"
#include "qrexec/policy/ruleparser.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// The candidates of a directory, checked and in order.
[[nodiscard]] std::expected<std::vector<std::string>, LoadError> policyFilesIn(FileSource &source,
                                                                               const std::string &directory);

/// Reads the texts of a policy one after the other, with what they include, and collects the rules. After an error it
/// is of no more use.
class TextLoader
{
public:
    using Loaded = std::expected<void, LoadError>;

    /// @param source  outlives this
    TextLoader(FileSource &source, std::string oldDirectory);

    /// A file of a policy directory; what it includes is found from there.
    [[nodiscard]] Loaded loadTopLevel(const std::string &directory, const std::string &name);

    [[nodiscard]] LoadedPolicy finish() &&;

private:
    /// What every line of a text has in common.
    struct Scope {
        std::string base; ///< where relative paths begin
        bool isOld = false;
        std::string service = {};  ///< of lines of the older format
        std::string argument = {}; ///< the same
    };

    /// A text that is being read.
    struct Open {
        std::string path;
        std::optional<Place> includedAt;
    };

    [[nodiscard]] Loaded loadFile(const std::string &path, const Scope &scope, std::optional<Place> includedAt);
    [[nodiscard]] Loaded loadText(const File &file, const Scope &scope);
    [[nodiscard]] Loaded loadLine(std::string_view line, const Scope &scope, Place place);
    [[nodiscard]] Loaded follow(const Directive &directive, const Scope &scope, Place place);
    [[nodiscard]] Loaded includeDirectory(const std::string &directory, const Scope &scope, Place place);
    [[nodiscard]] Loaded includeOldFiles(Place place);
    [[nodiscard]] Loaded checkNesting(const std::string &path, std::optional<Place> includedAt);
    [[nodiscard]] Loaded add(Rule rule, Place place);
    [[nodiscard]] std::expected<const File *, LoadError> fileAt(const std::string &path,
                                                                std::optional<Place> includedAt);
    [[nodiscard]] std::uint32_t numberOf(const std::string &path);
    [[nodiscard]] std::unexpected<LoadError> syntaxError(Place place, std::string_view message) const;

    FileSource &m_source;
    std::string m_oldDirectory;
    std::map<std::string, File> m_read; ///< by the path that was asked for: a load sees each file as it was once
    std::vector<Open> m_open;
    std::set<std::string> m_included; ///< of the file of the policy that is being read
    std::size_t m_inclusions = 0;
    std::size_t m_parsed = 0; ///< bytes
    std::map<std::string, std::uint32_t> m_numbers;
    std::vector<std::string> m_files;
    std::vector<PolicyFile> m_policyFiles;
    std::vector<Rule> m_rules;
    std::vector<std::string> m_warnings;
};

} // namespace Bulkhead::Policy
