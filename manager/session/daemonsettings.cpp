// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/session/daemonsettings.h"

#include "manager/client/adminclient.h"

#include <QLoggingCategory>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

Q_LOGGING_CATEGORY(settingsLog, "bulkhead.session.settings", QtInfoMsg)

/// Names of keys are short; what is longer is none.
constexpr qsizetype longestSequence = 100;

/// What a daemon takes as a number.
struct Range {
    uint least;
    uint most;
};

struct Setting {
    const char *feature; ///< `gui-NAME` on the qube, `gui-default-NAME` on dom0
    QLatin1StringView option;
    std::optional<Range> range = {}; ///< nothing: keys
};

constexpr std::array settings{
    Setting{"secure-copy-sequence", "--secure-copy-sequence"_L1},
    Setting{"secure-paste-sequence", "--secure-paste-sequence"_L1},
    Setting{"max-clipboard-size", "--max-clipboard-size"_L1, Range{256, 256000}},
    Setting{"events-max-delay", "--events-max-delay"_L1, Range{0, 5000}}, // milliseconds
};

std::optional<Range> rangeOf(const QString &option)
{
    const auto *const setting = std::ranges::find_if(settings, [&option](const Setting &one) {
        return one.option == option;
    });
    return setting == settings.end() ? std::nullopt : setting->range;
}

/// The answers to one read(), until all are there.
struct Reading {
    std::array<QByteArray, settings.size()> own;
    std::array<QByteArray, settings.size()> usual;
    std::size_t missing = 2 * settings.size();
    DaemonSettings::Done done;

    void take(QByteArray &place, const AdminResult &answer)
    {
        if (answer) {
            place = *answer;
        }
        if (--missing > 0) {
            return;
        }
        QStringList arguments;
        for (std::size_t i = 0; i < settings.size(); ++i) {
            arguments << daemonOption(settings.at(i).option, own.at(i).isEmpty() ? usual.at(i) : own.at(i));
        }
        done(arguments);
    }
};

} // namespace

DaemonSettings::DaemonSettings(AdminClient *client, QObject *parent)
    : QObject(parent)
    , m_client(client)
{
}

void DaemonSettings::read(const QString &qube, QObject *context, Done done)
{
    // Shared by the answers' handlers: whichever comes last ends it.
    const auto reading = std::make_shared<Reading>();
    reading->done = std::move(done);
    for (std::size_t i = 0; i < settings.size(); ++i) {
        const QByteArray name = settings.at(i).feature;
        m_client->call(
            qubeCall("admin.vm.feature.Get", qube, "gui-" + name), context, [reading, i](const AdminResult &answer) {
                reading->take(reading->own.at(i), answer);
            });
        m_client->call(qubeCall("admin.vm.feature.Get", u"dom0"_s, "gui-default-" + name),
                       context,
                       [reading, i](const AdminResult &answer) {
                           reading->take(reading->usual.at(i), answer);
                       });
    }
}

QStringList daemonOption(const QString &option, const QByteArray &value)
{
    if (value.isEmpty()) {
        return {};
    }
    if (const auto range = rangeOf(option)) {
        bool isNumber = false;
        const uint number = value.toUInt(&isNumber);
        if (!isNumber || number < range->least || number > range->most) {
            qCWarning(
                settingsLog, "%s is not within %u..%u and not used", qUtf8Printable(option), range->least, range->most);
            return {};
        }
        return {option, QString::number(number)};
    }
    if (value.size() > longestSequence) {
        qCWarning(settingsLog, "a sequence of keys is too long and not used");
        return {};
    }
    return {option, QString::fromLatin1(value)};
}

} // namespace Bulkhead
