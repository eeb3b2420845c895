// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "dom0-core/model/model.h"
#include "vchan-io/wire/qubesdbmessages.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <variant>
#include <vector>

/// What dom0 writes into qubes' databases, as values: a function of the model.
namespace Bulkhead::QubesDb
{

/// What becomes of a key that was written and is not wanted any more.
enum class WhenGone : std::uint8_t {
    Remove,
    Stay, ///< its last value is left to the qube. Source: spec qubesdb, section 4.2
};

/// The keys of one qube. Single ones change one by one. A group lies below its trigger, means something only as a
/// whole, and is read by the qube when the trigger is written: whatever changes in it, it is removed and written anew,
/// the trigger last (spec qubesdb, section 4.3).
class Keys
{
public:
    struct Single {
        Value value;
        WhenGone whenGone = WhenGone::Remove;
        friend bool operator==(const Single &, const Single &) = default;
    };

    using Singles = std::map<Key, Single>;
    /// By the path below the trigger, without its slash.
    using Group = std::map<std::string, Value>;
    using Groups = std::map<Key, Group>;

    /// Sets one key. A path or value that cannot be one (names of features may be anything) is left out and counted.
    void set(std::string_view path, std::string_view value, WhenGone whenGone = WhenGone::Remove);

    /// Sets a whole group: `<trigger>/<leaf>` for each leaf, and the trigger, empty. Left out as a whole if any part of
    /// it cannot be.
    void setGroup(std::string_view trigger, const TextMap &leaves);

    [[nodiscard]] const Singles &singles() const noexcept
    {
        return m_singles;
    }

    [[nodiscard]] const Groups &groups() const noexcept
    {
        return m_groups;
    }

    [[nodiscard]] bool isEmpty() const noexcept
    {
        return m_singles.empty() && m_groups.empty() && m_leftOut.empty();
    }

    /// Paths that were left out.
    [[nodiscard]] const std::vector<std::string> &leftOut() const noexcept
    {
        return m_leftOut;
    }

    /// The value of a single key; null if it is not set.
    [[nodiscard]] const std::string *find(std::string_view path) const;

    /// Whether a key or a group stands in both, whatever its value.
    [[nodiscard]] bool sharesAny(const Keys &other) const;

    /// So that the next changesBetween() writes the group anew, whether it changed or not.
    void forgetGroup(std::string_view trigger);

    friend bool operator==(const Keys &, const Keys &) = default;

private:
    Singles m_singles;
    Groups m_groups;
    std::vector<std::string> m_leftOut;
};

using Step = std::variant<Write, Remove>;

/// What to do to a database that shows `shown` so that it shows `wanted`, in this order: single keys, then groups. Only
/// what differs is touched.
[[nodiscard]] std::vector<Step> changesBetween(const Keys &shown, const Keys &wanted);

/// Adds keys of one subject to those of a qube. Pure: it looks at nothing but the model. A new subject is a further
/// function in the list that the service is made with.
using KeyProvider = std::function<void(const Model &model, const Qube &qube, Keys &keys)>;
/// The same of the keys that a net qube has about one client. They are under the client's real address, so those of two
/// clients are not the same.
using ClientKeyProvider = std::function<void(const Model &model, const Qube &client, Keys &keys)>;

/// All keys of a qube by these providers.
[[nodiscard]] Keys keysOf(const std::vector<KeyProvider> &providers, const Model &model, const Qube &qube);

/// What a qube is, its settings and services. @source spec qubesdb, section 4.1
void addIdentityKeys(const Model &model, const Qube &qube, Keys &keys);
void addServiceKeys(const Model &model, const Qube &qube, Keys &keys);
/// Who shows its windows and plays its sound.
void addDisplayKeys(const Model &model, const Qube &qube, Keys &keys);
/// What a client of a net qube sees, and what a net qube is. @source spec qubesdb, sections 4.2 and 4.3
void addClientNetworkKeys(const Model &model, const Qube &qube, Keys &keys);
void addProviderNetworkKeys(const Model &model, const Qube &qube, Keys &keys);
/// Of one client: what it sees that is not as its net qube knows it, and what it may send, a group for each of its
/// addresses. While it runs: nothing of it comes before or after. @source spec qubesdb, section 4.3
void addMappedAddressKeys(const Model &model, const Qube &client, Keys &keys);
void addFirewallKeys(const Model &model, const Qube &client, Keys &keys);

/// Triggers of the groups that a client has in its net qube: one an address.
[[nodiscard]] std::vector<std::string> firewallTriggersOf(const Model &model, const Qube &client);

/// All of the above.
[[nodiscard]] std::vector<KeyProvider> standardProviders();
[[nodiscard]] std::vector<ClientKeyProvider> standardClientProviders();

/// Whether keys of `qube`, or of its net qube about it, may be other ones once something about `subject` has changed.
[[nodiscard]] bool dependsOn(const Model &model, const Qube &qube, const Qube &subject);

} // namespace Bulkhead::QubesDb
