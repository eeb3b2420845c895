// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/driver/local/networklinks.h"

#include "base/formatted.h"
#include "dom0-core/driver/local/networkplan.h"
#include "dom0-core/firewall/hiddenaddress.h"
#include "dom0-core/process/programrun.h"
#include "dom0-core/process/steps.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

namespace Bulkhead
{

using namespace Qt::StringLiterals;

namespace
{

/// Runs `words` in a network namespace, with `input` on its standard input.
ProgramCall inNamespace(const std::string &space, QStringList words, const std::string &input)
{
    words.prepend(u"--"_s);
    words.prepend(QString::fromStdString("--net=" + space));
    words.prepend(u"nsenter"_s);
    return {.words = std::move(words), .input = QByteArray::fromStdString(input)};
}

std::string expulsion(DomId client, const PluggedLink &link)
{
    return NetworkPlan::expelClient(client, link.address, link.address6)
        + (link.isHidden ? Firewall::unhidingText(NetworkPlan::vifName(client)) : std::string());
}

} // namespace

Result<NetworkNamespace> NetworkNamespace::of(pid_t process)
{
    NetworkNamespace space;
    space.m_fd = UniqueFd(::open(formatted("/proc/{}/ns/net", process).c_str(), O_RDONLY | O_CLOEXEC));
    if (!space) {
        return failErrno(errno, "cannot open a qube's network");
    }
    return space;
}

std::string NetworkNamespace::path() const
{
    return formatted("/proc/{}/fd/{}", ::getpid(), m_fd.get());
}

NetworkLinks::NetworkLinks(std::string outside, QObject *parent)
    : QObject(parent)
    , m_outside(std::move(outside))
{
}

void NetworkLinks::prepareProvider(const NetworkNamespace &provider, Done done)
{
    nft(provider.path(), NetworkPlan::providerRules(), std::move(done));
}

void NetworkLinks::connectOutside(
    const NetworkNamespace &provider, DomId domain, std::string_view address, std::string_view address6, Done done)
{
    const auto ends = NetworkPlan::outsideEnds(address, address6);
    Steps steps;
    steps.add([this](Steps::Done next) {
        ensureOutside(std::move(next));
    });
    steps.add([this, domain, ends, path = provider.path()](Steps::Done next) {
        ip(outsidePath(), NetworkPlan::makeOutsideLink(domain, ends, path), std::move(next));
    });
    steps.add([this, ends, path = provider.path()](Steps::Done next) {
        ip(path, NetworkPlan::setUpClientEnd(ends), std::move(next));
    });
    Steps::run(std::move(steps), [this, path = provider.path(), done = std::move(done)](Result<void> made) mutable {
        if (made) {
            done({});
            return;
        }
        ip(path,
           formatted("link del {}\n", NetworkPlan::Uplink),
           [made = std::move(made), done = std::move(done)](const Result<void> &) mutable { // there may be none
               done(std::move(made));
           });
    });
}

void NetworkLinks::attach(const NetworkNamespace &client,
                          DomId clientDomain,
                          const NetworkNamespace &provider,
                          const NetworkLink &link,
                          Done done)
{
    const auto clientPath = client.path();
    const auto providerPath = provider.path();
    Steps setUp;
    setUp.add([=, this](Steps::Done next) {
        nft(providerPath,
            NetworkPlan::hideClient(link, clientDomain)
                + NetworkPlan::admitClient(clientDomain, link.address, link.address6),
            std::move(next));
    });
    setUp.add([=, this](Steps::Done next) {
        ip(providerPath, NetworkPlan::setUpProviderEnd(NetworkPlan::endsOf(link), clientDomain), std::move(next));
    });
    setUp.add([=, this](Steps::Done next) {
        ip(clientPath, NetworkPlan::setUpClientEnd(NetworkPlan::seenEndsOf(link)), std::move(next));
    });
    const auto undo = [=, this](Error error, Done failed) {
        Steps steps(Steps::OnFailure::GoOn);
        steps.add([=, this](Steps::Done next) {
            ip(clientPath, formatted("link del {}\n", NetworkPlan::Uplink), std::move(next));
        });
        steps.add([=, this](Steps::Done next) {
            nft(providerPath, expulsion(clientDomain, PluggedLink::of(link)), std::move(next));
        });
        Steps::run(std::move(steps), [error = std::move(error), failed = std::move(failed)](Result<void>) mutable {
            failed(std::unexpected(std::move(error)));
        });
    };
    ip(providerPath,
       NetworkPlan::makeLink(link, clientDomain, clientPath),
       [setUp = std::move(setUp), undo, done = std::move(done)](Result<void> made) mutable {
           if (!made) { // there is nothing to take back
               done(std::move(made));
               return;
           }
           Steps::run(std::move(setUp), [undo, done = std::move(done)](Result<void> outcome) mutable {
               outcome ? done({}) : undo(std::move(outcome).error(), std::move(done));
           });
       });
}

void NetworkLinks::detach(const NetworkNamespace &client, Done done)
{
    ip(client.path(), formatted("link del {}\n", NetworkPlan::Uplink), std::move(done));
}

void NetworkLinks::expel(const NetworkNamespace &provider, DomId client, const PluggedLink &link, Done done)
{
    nft(provider.path(), expulsion(client, link), std::move(done));
}

void NetworkLinks::ip(const std::string &space, const std::string &batch, Done done)
{
    runProgram(this, inNamespace(space, {u"ip"_s, u"-batch"_s, u"-"_s}, batch), std::move(done));
}

void NetworkLinks::nft(const std::string &space, const std::string &rules, Done done)
{
    runProgram(this, inNamespace(space, {u"nft"_s, u"-f"_s, u"-"_s}, rules), std::move(done));
}

void NetworkLinks::ensureOutside(Done done)
{
    // The demo's server may have made the namespace already; what the rest sets may be set twice.
    const auto setUp = [this](Done next) {
        ip(outsidePath(), NetworkPlan::setUpOutside(), std::move(next));
    };
    if (std::filesystem::exists(outsidePath())) {
        setUp(std::move(done));
        return;
    }
    runProgram(this,
               {.words = {u"ip"_s, u"netns"_s, u"add"_s, QString::fromStdString(m_outside)}},
               [setUp, done = std::move(done)](Result<void> made) mutable {
                   if (!made) {
                       done(std::move(made));
                       return;
                   }
                   setUp(std::move(done));
               });
}

std::string NetworkLinks::outsidePath() const
{
    return "/run/netns/" + m_outside;
}

} // namespace Bulkhead
