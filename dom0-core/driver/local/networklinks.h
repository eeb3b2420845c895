// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"
#include "base/fd.h"
#include "base/ids.h"
#include "dom0-core/driver/driver.h"
#include "dom0-core/driver/local/qubeunit.h"

#include <QObject>

#include <functional>
#include <string>
#include <string_view>

namespace Bulkhead
{

/// A qube's network namespace, held open so that a process number used anew leads nowhere else. While it is held the
/// links in it live on: let go of it when the qube has ended.
class NetworkNamespace
{
public:
    NetworkNamespace() noexcept = default;
    /// @errors Io
    [[nodiscard]] static Result<NetworkNamespace> of(pid_t process);

    /// A path that our own child processes can open.
    [[nodiscard]] std::string path() const;

    [[nodiscard]] explicit operator bool() const noexcept
    {
        return static_cast<bool>(m_fd);
    }

private:
    UniqueFd m_fd;
};

/// Plugs and unplugs links between qubes' network namespaces by starting ip and nft in them. Main thread only.
class NetworkLinks : public QObject
{
    Q_OBJECT

public:
    using Done = std::move_only_function<void(Result<void>)>;

    /// @param outside  name of the namespace behind the outermost providers, made when first needed
    NetworkLinks(std::string outside, QObject *parent);

    /// Makes a fresh qube a provider that has no clients yet.
    void prepareProvider(const NetworkNamespace &provider, Done done);
    /// Gives an outermost provider its uplink; on failure it has none.
    void connectOutside(
        const NetworkNamespace &provider, DomId domain, std::string_view address, std::string_view address6, Done done);
    /// Makes a link; on failure none is left.
    void attach(const NetworkNamespace &client,
                DomId clientDomain,
                const NetworkNamespace &provider,
                const NetworkLink &link,
                Done done);
    /// Removes a client's link, both ends of it.
    void detach(const NetworkNamespace &client, Done done);
    /// Takes a client's right to send away, once its link is gone.
    void expel(const NetworkNamespace &provider, DomId client, const PluggedLink &link, Done done);

private:
    void ip(const std::string &space, const std::string &batch, Done done);
    void nft(const std::string &space, const std::string &rules, Done done);
    void ensureOutside(Done done);
    [[nodiscard]] std::string outsidePath() const;

    std::string m_outside;
};

} // namespace Bulkhead
