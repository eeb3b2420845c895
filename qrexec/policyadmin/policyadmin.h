// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "qrexec/policy/loader.h"
#include "qrexec/policyadmin/policyfolder.h"
#include "vchan-io/wire/calls/policyrequest.h"

#include <sys/types.h>

#include <expected>
#include <optional>
#include <string>

namespace Bulkhead::Qrexec
{

/// Where the files are that calls read and change.
struct PolicyAdminPaths {
    std::string directory = "/etc/qubes/policy.d";
    std::string runtimeDirectory = "/run/qubes/policy.d"; ///< only looked at
    std::string oldDirectory = "/etc/qubes-rpc/policy";   ///< the same
};

/// Why a call is not done: what the caller is told in the field's classes, or a fault of this machine.
using AdminAnswer = std::expected<PolicyAdmin::Answered<std::string>, Error>;

/// Reads and changes policy files. A change is made when the complete policy can be read with it, and only then:
/// nothing that comes through here leaves a policy that denies every call because it is broken.
/// @source spec policy, sections 13 and 14
class PolicyAdministration
{
public:
    /// Holds the directory, and keeps others from changing it, until it is destroyed.
    /// @param owner  whose files count beside root's
    /// @errors Io
    [[nodiscard]] static Result<PolicyAdministration> open(PolicyAdminPaths paths, uid_t owner);

    [[nodiscard]] AdminAnswer answer(const PolicyAdmin::Request &request);

private:
    PolicyAdministration(PolicyAdminPaths paths, uid_t owner, PolicyFolder folder);

    [[nodiscard]] AdminAnswer onList(const PolicyAdmin::List &call) const;
    [[nodiscard]] AdminAnswer onGet(const PolicyAdmin::Get &call) const;
    [[nodiscard]] AdminAnswer onReplace(const PolicyAdmin::Replace &call) const;
    [[nodiscard]] AdminAnswer onRemove(const PolicyAdmin::Remove &call) const;
    [[nodiscard]] AdminAnswer onGetFiles(const PolicyAdmin::GetFiles &call) const;
    [[nodiscard]] AdminAnswer onRegisterArgument(const PolicyAdmin::RegisterArgument &call) const;

    /// What is wrong with the policy as it would be with this content, or without the file.
    [[nodiscard]] PolicyAdmin::Answered<void> checkChange(const PolicyAdmin::PolicyFile &file,
                                                          const std::optional<std::string> &content) const;
    [[nodiscard]] AdminAnswer change(const PolicyAdmin::PolicyFile &file,
                                     const std::optional<std::string> &content) const;
    /// A file's place in answers: the name alone, or where it is.
    [[nodiscard]] std::string shownPath(const std::string &path) const;

    PolicyAdminPaths m_paths;
    uid_t m_owner;
    PolicyFolder m_folder;
};

} // namespace Bulkhead::Qrexec
