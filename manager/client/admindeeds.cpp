// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/client/admindeeds.h"

#include "manager/client/adminformat.h"

#include <QPointer>

#include <utility>

namespace Bulkhead
{

namespace
{

AdminCall callFor(Deed deed, const QString &qube)
{
    switch (deed) {
    case Deed::Start:
        return qubeCall("admin.vm.Start", qube);
    case Deed::ShutDown:
        return qubeCall("admin.vm.Shutdown", qube);
    case Deed::Restart: // its first half
        return qubeCall("admin.vm.Shutdown", qube, "wait");
    case Deed::Pause:
        return qubeCall("admin.vm.Pause", qube);
    case Deed::Resume:
        return qubeCall("admin.vm.Unpause", qube);
    case Deed::Kill:
        return qubeCall("admin.vm.Kill", qube);
    case Deed::Delete:
        return qubeCall("admin.vm.Remove", qube);
    }
    std::unreachable();
}

std::expected<void, AdminError> withoutValue(const AdminResult &answer)
{
    return answer.transform([](const QByteArray &) { });
}

} // namespace

AdminDeeds::AdminDeeds(AdminClient *client)
    : m_client(client)
{
}

void AdminDeeds::request(AdminCall call, QObject *context, Done done)
{
    m_client->call(std::move(call), context, [done = std::move(done)](const AdminResult &answer) mutable {
        done(withoutValue(answer));
    });
}

void AdminDeeds::perform(Deed deed, const QString &qube, QObject *context, Done done)
{
    if (deed == Deed::Restart) {
        restart(qube, context, std::move(done));
    } else {
        request(callFor(deed, qube), context, std::move(done));
    }
}

void AdminDeeds::restart(const QString &qube, QObject *context, Done done)
{
    // The second half is carried out even if nobody waits for the answer any more.
    const QPointer<QObject> guard(context);
    const auto answer = [guard](Done &to, const std::expected<void, AdminError> &result) {
        if (guard) {
            to(result);
        }
    };
    request(
        callFor(Deed::Restart, qube), this, [this, qube, answer, done = std::move(done)](const auto &stopped) mutable {
            if (!stopped) {
                answer(done, stopped);
                return;
            }
            perform(Deed::Start, qube, this, [answer, done = std::move(done)](const auto &started) mutable {
                answer(done, started);
            });
        });
}

void AdminDeeds::create(const NewQube &qube, QObject *context, Done done)
{
    auto made = [this, qube, guard = QPointer<QObject>(context), done = std::move(done)](const auto &result) mutable {
        if (result && qube.network != NewQube::Network::Default) {
            setFirstNetwork(qube, guard, std::move(done));
        } else if (guard) {
            done(result);
        }
    };
    request(systemCall("admin.vm.Create.AppVM",
                       qube.templateName.toLatin1(),
                       "name=" + qube.name.toLatin1() + " label=" + qube.label.toLatin1()),
            this,
            std::move(made));
}

void AdminDeeds::setFirstNetwork(const NewQube &qube, QObject *context, Done done)
{
    const QPointer<QObject> guard(context);
    setNetwork(qube.name,
               qube.network,
               qube.netQube,
               this,
               [this, name = qube.name, guard, done = std::move(done)](const auto &set) mutable {
                   if (set) {
                       if (guard) {
                           done(set);
                       }
                       return;
                   }
                   perform(Deed::Delete, name, this, [guard, set, done = std::move(done)](const auto &) mutable {
                       if (guard) {
                           done(set);
                       }
                   });
               });
}

void AdminDeeds::setLabel(const QString &qube, const QString &label, QObject *context, Done done)
{
    request(qubeCall("admin.vm.property.Set", qube, "label", label.toLatin1()), context, std::move(done));
}

void AdminDeeds::setNetwork(
    const QString &qube, NewQube::Network network, const QString &netQube, QObject *context, Done done)
{
    switch (network) {
    case NewQube::Network::Default:
        request(qubeCall("admin.vm.property.Reset", qube, "netvm"), context, std::move(done));
        return;
    case NewQube::Network::None:
        request(qubeCall("admin.vm.property.Set", qube, "netvm"), context, std::move(done));
        return;
    case NewQube::Network::Provider:
        request(qubeCall("admin.vm.property.Set", qube, "netvm", netQube.toLatin1()), context, std::move(done));
        return;
    }
}

void AdminDeeds::requestLines(AdminCall call, QObject *context, Lines done)
{
    m_client->call(std::move(call), context, [done = std::move(done)](const AdminResult &answer) mutable {
        done(answer.transform(parseLines));
    });
}

void AdminDeeds::setDisposableTemplate(const QString &qube,
                                       const QString &disposableTemplate,
                                       QObject *context,
                                       Done done)
{
    request(qubeCall("admin.vm.property.Set", qube, "default_dispvm", disposableTemplate.toLatin1()),
            context,
            std::move(done));
}

void AdminDeeds::setProvidesNetwork(const QString &qube, bool provides, QObject *context, Done done)
{
    request(qubeCall("admin.vm.property.Set", qube, "provides_network", provides ? "True" : "False"),
            context,
            std::move(done));
}

void AdminDeeds::setFeature(
    const QString &qube, const QString &feature, const QString &value, QObject *context, Done done)
{
    request(qubeCall("admin.vm.feature.Set", qube, feature.toLatin1(), value.toUtf8()), context, std::move(done));
}

void AdminDeeds::readFeatures(const QString &qube, QObject *context, Lines done)
{
    requestLines(qubeCall("admin.vm.feature.List", qube), context, std::move(done));
}

void AdminDeeds::readFirewall(const QString &qube, QObject *context, Lines done)
{
    requestLines(qubeCall("admin.vm.firewall.Get", qube), context, std::move(done));
}

void AdminDeeds::setFirewall(const QString &qube, const QStringList &rules, QObject *context, Done done)
{
    QByteArray payload;
    for (const QString &rule : rules) {
        payload += rule.toUtf8() + '\n';
    }
    request(qubeCall("admin.vm.firewall.Set", qube, {}, payload), context, std::move(done));
}

void AdminDeeds::readDisks(const QString &qube, QObject *context, Lines done)
{
    requestLines(qubeCall("admin.vm.device.block.Attached", qube), context, std::move(done));
}

} // namespace Bulkhead
