// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/cli/newqube.h"

#include "base/formatted.h"
#include "base/qubename.h"

#include <utility>

namespace Bulkhead::Cli
{

namespace
{

/// A payload's words are set apart by spaces.
Result<void> checkWord(std::string_view word, std::string_view what)
{
    if (word.empty() || word.find_first_of(" \n=") != std::string_view::npos) {
        return fail(Errc::BadValue, formatted("'{}' cannot be the name of a {}", word, what));
    }
    return {};
}

} // namespace

Result<std::map<std::string, std::string>> poolsFrom(const Arguments &arguments)
{
    std::map<std::string, std::string> pools;
    if (const auto all = arguments.value("one-pool")) {
        BH_CHECK(checkWord(*all, "pool"));
        pools["pool"] = *all;
    }
    for (const std::string &word : arguments.values("pool")) {
        const auto colon = word.find(':');
        if (colon == std::string::npos) {
            return fail(Errc::BadValue, formatted("--pool takes POOL:VOLUME, not '{}'; -P takes a pool", word));
        }
        BH_CHECK(checkWord(word.substr(0, colon), "pool"));
        BH_CHECK(checkWord(word.substr(colon + 1), "volume"));
        pools["pool:" + word.substr(colon + 1)] = word.substr(0, colon);
    }
    if (pools.contains("pool") && pools.size() > 1) {
        return fail(Errc::BadValue, "give -P or -p, not both");
    }
    return pools;
}

Result<void> createQube(const Daemon &daemon, const NewQube &wanted)
{
    BH_TRY(const QubeName name, QubeName::parse(wanted.name));
    BH_CHECK(checkWord(wanted.label, "label"));
    std::string payload = formatted("name={} label={}", name.text(), wanted.label);
    for (const auto &[key, pool] : wanted.pools) {
        payload += formatted(" {}={}", key, pool);
    }
    const std::string_view call = wanted.pools.empty() ? "admin.vm.Create" : "admin.vm.CreateInPool";
    BH_CHECK(daemon.call({.method = formatted("{}.{}", call, wanted.klass),
                          .argument = wanted.templateName,
                          .payload = std::move(payload)}));
    return {};
}

std::unexpected<Error> removeHalfMade(const Daemon &daemon, const std::string &name, Error error)
{
    if (const auto removed = daemon.call({.method = "admin.vm.Remove", .qube = name}); !removed) {
        error.detail += formatted(". Removing the half-made qube {} failed, too: {}", name, removed.error().text());
    }
    return std::unexpected(std::move(error));
}

} // namespace Bulkhead::Cli
