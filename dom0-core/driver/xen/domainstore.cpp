// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/xen/domainstore.h"

#include "base/formatted.h"
#include "base/malloced.h"
#include "dom0-core/driver/xen/xenlog.h"

#include <cerrno>
#include <memory>
#include <span>

extern "C" {
#include <xenstore.h>
}

namespace Bulkhead
{

namespace
{

struct CloseStore {
    void operator()(xs_handle *store) const noexcept
    {
        xs_close(store);
    }
};

using Store = std::unique_ptr<xs_handle, CloseStore>;

/// A domain's part has some hundred nodes; what is far beyond is not looked through.
constexpr std::size_t MaxNodes = 4096;

Result<Store> openStore()
{
    Store store(xs_open(0));
    if (!store) {
        return failErrno(errno, "xenstore cannot be reached");
    }
    return store;
}

NodeRights::Access accessOf(unsigned permissions)
{
    const bool reads = (permissions & XS_PERM_READ) != 0;
    const bool writes = (permissions & XS_PERM_WRITE) != 0;
    if (reads && writes) {
        return NodeRights::Access::ReadWrite;
    }
    if (writes) {
        return NodeRights::Access::Write;
    }
    return reads ? NodeRights::Access::Read : NodeRights::Access::None;
}

Result<NodeRights> readRights(xs_handle *store, const std::string &path)
{
    unsigned count = 0;
    const Malloced<xs_permissions> entries(xs_get_permissions(store, XBT_NULL, path.c_str(), &count));
    if (!entries || count == 0) {
        return failErrno(errno, formatted("the rights of {} cannot be read", path));
    }
    const std::span all(entries.get(), count);
    NodeRights rights{.owner = DomId{all[0].id}, .others = accessOf(all[0].perms)};
    for (const auto &entry : all.subspan(1)) {
        rights.grants.push_back({.domain = DomId{entry.id}, .access = accessOf(entry.perms)});
    }
    return rights;
}

std::vector<std::string> childrenOf(xs_handle *store, const std::string &path)
{
    unsigned count = 0;
    const Malloced<char *> names(xs_directory(store, XBT_NULL, path.c_str(), &count));
    return names ? std::vector<std::string>(names.get(), names.get() + count) : std::vector<std::string>();
}

} // namespace

Result<std::vector<NodeWithRights>> rightsOf(DomId domain)
{
    BH_TRY(const auto store, openStore());
    const auto base = formatted("/local/domain/{}", domain.value());
    std::vector<NodeWithRights> found;
    std::vector<std::string> waiting{""};
    while (!waiting.empty() && found.size() < MaxNodes) {
        const auto path = std::move(waiting.back());
        waiting.pop_back();
        const auto whole = path.empty() ? base : formatted("{}/{}", base, path);
        BH_TRY(auto rights, readRights(store.get(), whole));
        found.push_back({.path = path, .rights = std::move(rights)});
        for (const auto &child : childrenOf(store.get(), whole)) {
            waiting.push_back(path.empty() ? child : formatted("{}/{}", path, child));
        }
    }
    if (!waiting.empty()) {
        return fail(Errc::TooMuch, formatted("{} has too many nodes", base));
    }
    return found;
}

Result<void> writeSetting(DomId domain, const std::string &key, const std::string &value)
{
    BH_TRY(const auto store, openStore());
    const auto path = formatted("/local/domain/{}/{}/{}", domain.value(), SettingsDirectory, key);
    if (!xs_write(store.get(), XBT_NULL, path.c_str(), value.data(), static_cast<unsigned>(value.size()))) {
        return failErrno(errno, formatted("cannot write {}", path));
    }
    return {};
}

Result<void> makeMemoryNodes(DomId domain)
{
    BH_TRY(const auto store, openStore());
    for (const auto *const node : {"memory/meminfo", "memory/swapinfo"}) {
        const auto path = formatted("/local/domain/{}/{}", domain.value(), node);
        xs_permissions owner{.id = domain.value(), .perms = XS_PERM_NONE};
        if (!xs_write(store.get(), XBT_NULL, path.c_str(), "", 0)
            || !xs_set_permissions(store.get(), XBT_NULL, path.c_str(), &owner, 1)) {
            return failErrno(errno, formatted("cannot make {}", path));
        }
    }
    return {};
}

void removeChannelNames(DomId domain)
{
    const auto path = formatted("/local/domain/0/data/vchan/{}", domain.value());
    const auto store = openStore();
    if (!store || (!xs_rm(store->get(), XBT_NULL, path.c_str()) && errno != ENOENT)) {
        logXen.warning("what is left at {} could not be removed", path);
    }
}

} // namespace Bulkhead
