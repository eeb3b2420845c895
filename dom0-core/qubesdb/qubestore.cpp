// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/qubestore.h"

#include "base/log.h"
#include "vchan-io/wire/qubesdbguestkeys.h"

#include <algorithm>
#include <array>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

constexpr LogCategory Log("bulkhead.core.qubesdb");

/// Source: spec qubesdb, section 5.
constexpr std::array Triggers{std::string_view("/qubes-block-devices"), std::string_view("/qubes-usb-devices")};

/// What dom0 begins and the qube goes on with. Everything else that dom0 wrote is dom0's (spec security, S-171).
bool isShared(std::string_view path)
{
    return std::ranges::contains(Triggers, path) || path == "/qubes-iptables-error" || path == "/qubes-random-seed";
}

bool isRemoval(const Step &step)
{
    return std::holds_alternative<Remove>(step);
}

} // namespace

QubeStore::QubeStore(EventLoop &loop, QubeName name)
    : m_loop(loop)
    , m_name(std::move(name))
    , m_database(Database::Limits{})
{
    m_database.setPeerRule(isShared);
}

QubeStore::~QubeStore()
{
    m_database.forget(*this);
}

void QubeStore::show(Part part, const Keys &wanted)
{
    const Keys before = std::exchange(m_shown[part], wanted);
    const auto steps = changesBetween(before, wanted);
    applyAll(steps);
    if (std::ranges::any_of(steps, isRemoval)) {
        // Stores of elsewhere may have two clients with one address: what the other one has is still wanted.
        for (const auto &[other, keys] : m_shown) {
            if (other != part && keys.sharesAny(before)) {
                applyAll(changesBetween({}, keys));
            }
        }
    }
    if (wanted.leftOut() != before.leftOut()) {
        for (const std::string &path : wanted.leftOut()) {
            Log.warning("{}: {} cannot be in its database: the name or the value is too long, or has other characters "
                        "than a path has",
                        m_name.text(),
                        path);
        }
    }
    if (wanted.isEmpty()) {
        m_shown.erase(part);
    }
}

void QubeStore::writeOnce(const Key &key, const Value &value)
{
    apply(Write{.key = key, .value = value});
}

void QubeStore::forgetGroup(Part part, std::string_view trigger)
{
    if (const auto shown = m_shown.find(part); shown != m_shown.end()) {
        shown->second.forgetGroup(trigger);
    }
}

void QubeStore::applyAll(const std::vector<Step> &steps)
{
    for (const Step &step : steps) {
        apply(step);
    }
}

void QubeStore::apply(const Step &step)
{
    if (const auto *const write = std::get_if<Write>(&step)) {
        if (auto written = m_database.write(*write, Database::Origin::Own); !written) {
            Log.warning("{}: {} was not written: {}", m_name.text(), write->key.text(), written.error().text());
            return;
        }
        m_database.announce(write->key.path());
        return;
    }
    const Remove &remove = std::get<Remove>(step);
    if (m_database.remove(remove, Database::Origin::Own)) {
        m_database.announce(remove.path);
    }
}

Result<void> QubeStore::listen(const std::filesystem::path &directory)
{
    SocketPaths paths = SocketPaths::in(directory.string(), m_name.text());
    if (m_name.isDom0()) {
        const SocketPaths own = SocketPaths::in(directory.string(), {});
        paths.readWriteLinks = {own.readWrite};
        paths.readOnlyLinks = {own.readOnly};
    }
    BH_TRY(m_server, LocalServer::listen(m_loop, m_database, paths));
    return {};
}

void QubeStore::watchReports(OnReport onReport)
{
    m_onReport = std::move(onReport);
    for (const std::string_view report : {Triggers[0], Triggers[1], TrafficTree}) {
        // Nobody else could have used up the watches yet, and all are paths.
        BH_ASSERT(m_database.addWatch(*this, Path::parse(report).value()));
    }
}

void QubeStore::serve(Backend &backend, DomId domain)
{
    m_mirror.emplace(m_loop, backend, domain, m_database, m_name.text());
    m_mirror->start();
}

void QubeStore::onChanged(const Path &changed)
{
    m_onReport(changed.text());
}

} // namespace Bulkhead::QubesDb
