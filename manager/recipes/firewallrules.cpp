// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/recipes/firewallrules.h"

#include <KLocalizedString>
#include <QHostAddress>
#include <QRegularExpression>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

constexpr int highestPort = 65535;
/// Longest name of a host: RFC 1035.
constexpr qsizetype longestHost = 253;

struct HostAndPort {
    QString host;
    QString port; ///< empty: any
};

HostAndPort split(const QString &text)
{
    static const QRegularExpression bracketed(uR"(^\[([^\]]*)\](?::(.*))?$)"_s);
    if (const auto match = bracketed.match(text); match.hasMatch()) {
        return {.host = match.captured(1), .port = match.captured(2)};
    }
    if (text.count(u':') == 1) {
        return {.host = text.section(u':', 0, 0), .port = text.section(u':', 1)};
    }
    return {.host = text, .port = {}}; // a name, or an IPv6 address without a port
}

bool isHostName(const QString &text)
{
    static const QRegularExpression name(
        uR"(^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$)"_s);
    // The last part of a name is no number: what looks like an address and is none is a slip of the hand.
    return text.size() <= longestHost && name.match(text).hasMatch() && !text.back().isDigit();
}

/// The part of a rule that names the destination; nothing if the text is neither an address nor a name.
QString destinationOf(const QString &host)
{
    QHostAddress address;
    if (host.contains(u':') && address.setAddress(host) && address.scopeId().isEmpty()) {
        return u"dst6=%1"_s.arg(address.toString());
    }
    static const QRegularExpression dotted(uR"(^\d{1,3}(\.\d{1,3}){3}$)"_s);
    if (dotted.match(host).hasMatch() && address.setAddress(host)) {
        return u"dst4=%1"_s.arg(address.toString());
    }
    return isHostName(host) ? u"dsthost=%1"_s.arg(host.toLower()) : QString();
}

} // namespace

QStringList localNetworkRules()
{
    QStringList rules{u"action=drop specialtarget=dns"_s};
    for (const QString &own : {u"10.137.0.0/16"_s, u"10.138.0.0/16"_s, u"10.139.0.0/16"_s}) {
        rules << u"action=drop dst4=%1"_s.arg(own);
    }
    rules << u"action=drop dst6=fd09:24ef:4179::/48"_s;
    for (const QString &around : {u"10.0.0.0/8"_s, u"172.16.0.0/12"_s, u"192.168.0.0/16"_s, u"169.254.0.0/16"_s}) {
        rules << u"action=accept dst4=%1"_s.arg(around);
    }
    for (const QString &around : {u"fc00::/7"_s, u"fe80::/10"_s}) {
        rules << u"action=accept dst6=%1"_s.arg(around);
    }
    return rules << u"action=drop"_s;
}

std::expected<QString, QString> ruleForDestination(const QString &text)
{
    const auto [host, port] = split(text.trimmed());
    const QString destination = host.isEmpty() ? QString() : destinationOf(host);
    if (destination.isEmpty()) {
        return std::unexpected(
            i18nc("@info %1 what a person typed", "“%1” is neither a host's name nor an address.", text.trimmed()));
    }
    if (port.isEmpty() && !text.trimmed().endsWith(u':')) {
        return u"action=accept "_s + destination;
    }
    bool isNumber = false;
    const int number = port.toInt(&isNumber);
    if (!isNumber || number < 1 || number > highestPort) {
        return std::unexpected(
            i18nc("@info %1 what a person typed", "“%1”: a port is a number from 1 to 65535.", text.trimmed()));
    }
    return u"action=accept %1 proto=tcp dstports=%2"_s.arg(destination).arg(number);
}

QStringList onlyTheseRules(const QStringList &destinations)
{
    QStringList rules;
    for (const QString &destination : destinations) {
        if (const auto rule = ruleForDestination(destination)) {
            rules << *rule;
        }
    }
    rules.removeDuplicates();
    return rules << u"action=accept specialtarget=dns"_s << u"action=drop"_s;
}

} // namespace Bulkhead
