// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace Bulkhead::Policy
{

/// What a policy needs to know of a qube. Source: spec policy, section 9.
struct QubeRecord {
    std::string name;
    std::string uuid = {}; ///< 36 characters, or empty
    std::string type = {}; ///< the class: AppVM, RemoteVM, …
    std::vector<std::string> tags = {};
    bool isDisposableTemplate = false;
    bool isInternal = false; ///< not shown to a person who chooses
    std::optional<std::string> defaultDispvm = {};
    std::optional<std::string> guivm = {}; ///< where its person is asked
    std::string icon = {};
    std::string label = {}; ///< 0xRRGGBB
    std::string powerState = {};
    std::optional<std::string> relayvm = {};      ///< of a RemoteVM: the qube that reaches it
    std::optional<std::string> transportRpc = {}; ///< of a RemoteVM: the relay's service for that

    [[nodiscard]] bool hasTag(std::string_view tag) const;
};

/// All qubes at one moment, dom0 among them.
class SystemInfo
{
public:
    void add(QubeRecord qube);

    /// @param designation  a name, or `uuid:U`
    /// @return nothing for what does not exist; valid while this does not change
    [[nodiscard]] const QubeRecord *find(std::string_view designation) const;

    /// In the order of their names.
    [[nodiscard]] const std::map<std::string, QubeRecord, std::less<>> &qubes() const noexcept
    {
        return m_qubes;
    }

    /// Whether the two name one qube. Names of qubes that do not exist are compared as text.
    [[nodiscard]] bool isSame(std::string_view designation, std::string_view other) const;

private:
    std::map<std::string, QubeRecord, std::less<>> m_qubes;
    std::map<std::string, std::string, std::less<>> m_names; ///< by `uuid:U`
};

} // namespace Bulkhead::Policy
