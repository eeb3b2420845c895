// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/topology/plansteps.h"

#include "base/overloaded.h"

#include <KLocalizedString>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

QString settingWords(const NetworkSetting &setting)
{
    switch (setting.kind) {
    case NewQube::Network::Default:
        return i18nc("@item a qube's net qube", "the default");
    case NewQube::Network::None:
        return i18nc("@item a qube's net qube", "no network");
    case NewQube::Network::Provider:
        return setting.provider;
    }
    return {};
}

QString networkCommand(const QString &qube, const NetworkSetting &setting)
{
    switch (setting.kind) {
    case NewQube::Network::Default:
        return u"qvm-prefs --default %1 netvm\n"_s.arg(qube);
    case NewQube::Network::None:
        return u"qvm-prefs %1 netvm none\n"_s.arg(qube);
    case NewQube::Network::Provider:
        return u"qvm-prefs %1 netvm %2\n"_s.arg(qube, setting.provider);
    }
    return {};
}

QString createCommands(const NewQube &qube)
{
    const QString create = u"qvm-create --template %1 --label %2 %3\n"_s.arg(qube.templateName, qube.label, qube.name);
    return qube.network == NewQube::Network::Default
        ? create
        : create + networkCommand(qube.name, {.kind = qube.network, .provider = qube.netQube});
}

const QubeInfo *found(const QList<QubeInfo> &qubes, const QString &name)
{
    const auto place = std::ranges::find(qubes, name, &QubeInfo::name);
    return place == qubes.end() ? nullptr : &*place;
}

QString missing(const QString &name)
{
    return i18nc("@info %1 a name", "There is no qube “%1”.", name);
}

QString labelProblem(const LabelStep &step, const QList<QubeInfo> &qubes)
{
    const QubeInfo *qube = found(qubes, step.qube);
    if (qube == nullptr) {
        return missing(step.qube);
    }
    return qube->label == step.before ? QString()
                                      : i18nc("@info %1 a qube's name, %2 a label's",
                                              "The label of %1 is %2 now: somebody else changed it.",
                                              step.qube,
                                              qube->label);
}

QString deleteProblem(const DeleteStep &step, const QList<QubeInfo> &qubes, const NetworkGraph &then)
{
    const QubeInfo *qube = found(qubes, step.qube);
    if (qube == nullptr) {
        return missing(step.qube);
    }
    if (isUp(qube->state)) {
        return i18nc("@info %1 a qube's name", "%1 is running. Shut it down first.", step.qube);
    }
    QStringList clients = then.clientsOf(step.qube);
    clients.removeIf([&then](const QString &client) {
        return then.find(client) == nullptr;
    });
    if (!clients.isEmpty()) {
        return i18nc("@info %1 and %2 names of qubes",
                     "%1 goes through %2. Move it elsewhere first.",
                     clients.first(),
                     step.qube);
    }
    const auto made = std::ranges::find(qubes, step.qube, &QubeInfo::templateName);
    return made == qubes.end() ? QString()
                               : i18nc("@info %1 and %2 names of qubes", "%1 is made of %2.", made->name, step.qube);
}

QString createProblem(const CreateStep &step, const QList<QubeInfo> &qubes)
{
    if (found(qubes, step.qube.name) != nullptr) {
        return i18nc("@info %1 a qube's name", "There is a qube “%1” already.", step.qube.name);
    }
    if (found(qubes, step.qube.templateName) == nullptr) {
        return missing(step.qube.templateName);
    }
    return step.qube.network == NewQube::Network::Provider && found(qubes, step.qube.netQube) == nullptr
        ? missing(step.qube.netQube)
        : QString();
}

} // namespace

bool operator==(const CreateStep &one, const CreateStep &other)
{
    const auto key = [](const NewQube &qube) {
        return std::tie(qube.name, qube.label, qube.templateName, qube.network, qube.netQube);
    };
    return key(one.qube) == key(other.qube);
}

QString qubeOf(const PlanStep &step)
{
    return std::visit(Overloaded{[](const CreateStep &create) {
                                     return create.qube.name;
                                 },
                                 [](const auto &other) {
                                     return other.qube;
                                 }},
                      step);
}

QString wordsOf(const PlanStep &step)
{
    return std::visit(
        Overloaded{[](const CreateStep &create) {
                       return i18nc("@item a step of a plan; %1 a qube's name, %2 a template's, %3 a label's",
                                    "%1: new, of %2, label %3",
                                    create.qube.name,
                                    create.qube.templateName,
                                    create.qube.label);
                   },
                   [](const LabelStep &label) {
                       return i18nc("@item a step of a plan; %1 a qube's name, %2 and %3 labels before and after",
                                    "%1: label %2 → %3",
                                    label.qube,
                                    label.before,
                                    label.after);
                   },
                   [](const StartStep &start) {
                       return i18nc("@item a step of a plan; %1 a qube's name", "%1: start", start.qube);
                   },
                   [](const NetworkStep &network) {
                       return i18nc("@item a step of a plan; %1 a qube's name, %2 and %3 its net qube before and after",
                                    "%1: %2 → %3",
                                    network.qube,
                                    settingWords(network.before),
                                    settingWords(network.after));
                   },
                   [](const DeleteStep &gone) {
                       return i18nc(
                           "@item a step of a plan; %1 a qube's name", "%1: delete with all its files", gone.qube);
                   }},
        step);
}

QString commandsOf(const PlanStep &step)
{
    return std::visit(Overloaded{[](const CreateStep &create) {
                                     return createCommands(create.qube);
                                 },
                                 [](const LabelStep &label) {
                                     return u"qvm-prefs %1 label %2\n"_s.arg(label.qube, label.after);
                                 },
                                 [](const StartStep &start) {
                                     return u"qvm-start --skip-if-running %1\n"_s.arg(start.qube);
                                 },
                                 [](const NetworkStep &network) {
                                     return networkCommand(network.qube, network.after);
                                 },
                                 [](const DeleteStep &gone) {
                                     return u"qvm-remove --force %1\n"_s.arg(gone.qube);
                                 }},
                      step);
}

QList<PlanStep> collected(const QList<PlanStep> &steps, const PlanStep &step)
{
    QList<PlanStep> result = steps;
    const auto same = std::ranges::find_if(result, [&step](const PlanStep &known) {
        return known.index() == step.index() && qubeOf(known) == qubeOf(step);
    });
    if (const auto *gone = std::get_if<DeleteStep>(&step)) {
        bool isPlanned = false; // and not there yet
        result.removeIf([&](const PlanStep &known) {
            const bool isAbout = qubeOf(known) == gone->qube;
            isPlanned = isPlanned || (isAbout && std::holds_alternative<CreateStep>(known));
            return isAbout;
        });
        if (!isPlanned) {
            result << step;
        }
    } else if (same == result.end()) {
        result << step;
    } else if (auto *label = std::get_if<LabelStep>(&*same)) {
        label->after = std::get<LabelStep>(step).after;
    } else {
        *same = step;
    }
    result.removeIf([](const PlanStep &known) {
        const auto *label = std::get_if<LabelStep>(&known);
        return label != nullptr && label->before == label->after;
    });
    return result;
}

QList<PlanStep> inOrder(const QList<PlanStep> &others, const QStringList &starts, const QList<NetworkStep> &network)
{
    QList<PlanStep> steps;
    const auto take = [&]<typename Kind>() {
        for (const PlanStep &step : others) {
            if (std::holds_alternative<Kind>(step)) {
                steps << step;
            }
        }
    };
    take.template operator()<CreateStep>();
    take.template operator()<LabelStep>();
    for (const QString &qube : starts) {
        steps << StartStep{.qube = qube};
    }
    for (const NetworkStep &step : network) {
        steps << step;
    }
    take.template operator()<DeleteStep>();
    return steps;
}

QString problemOf(const PlanStep &step, const QList<QubeInfo> &qubes, const NetworkGraph &then)
{
    return std::visit(Overloaded{[&](const CreateStep &create) {
                                     return createProblem(create, qubes);
                                 },
                                 [&](const LabelStep &label) {
                                     return labelProblem(label, qubes);
                                 },
                                 [&](const DeleteStep &gone) {
                                     return deleteProblem(gone, qubes, then);
                                 },
                                 [](const auto & /*of the network*/) {
                                     return QString();
                                 }},
                      step);
}

} // namespace Bulkhead
