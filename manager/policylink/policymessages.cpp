// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/policylink/policymessages.h"

#include "base/qubename.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

namespace
{

/// Most bytes of a service with its argument. Source: spec security, L-16.
constexpr qsizetype MaxService = 65'000;
constexpr qsizetype MaxTarget = 64;
constexpr qsizetype MaxFileName = 255;
constexpr QLatin1StringView DisposableOf("@dispvm:");

bool isOf(const QString &text, QLatin1StringView marks)
{
    return std::ranges::all_of(text, [marks](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || marks.contains(c);
    });
}

bool isQube(const QString &text)
{
    return QubeName::parse(text.toStdString()).has_value();
}

bool isTarget(const QString &text)
{
    return isQube(text) || isQube(disposableTemplateOf(text));
}

/// The members of the object behind the descriptor of a socket service.
/// @param optional  those that another maker's policyd does not write
Result<QJsonObject>
readObject(const QByteArray &text, QByteArrayView service, const QStringList &keys, const QStringList &optional = {})
{
    const QByteArray descriptor = service.toByteArray() + " dom0 name dom0" + '\0';
    if (!text.startsWith(descriptor)) {
        return fail(Errc::BadField, "the text does not begin with the service's descriptor");
    }
    const QJsonDocument document = QJsonDocument::fromJson(text.sliced(descriptor.size()));
    if (!document.isObject()) {
        return fail(Errc::BadField, "the text is no object");
    }
    QJsonObject object = document.object();
    QStringList present = object.keys();
    present.removeIf([&](const QString &key) {
        return optional.contains(key);
    });
    present.sort();
    if (present != keys) {
        return fail(Errc::BadField, "the object's keys are others");
    }
    return object;
}

Result<QString> readText(const QJsonObject &object, QLatin1StringView key)
{
    const QJsonValue value = object.value(key);
    if (!value.isString()) {
        return fail(Errc::BadField, std::string(key.data(), static_cast<std::size_t>(key.size())) + " is no text");
    }
    return value.toString();
}

/// `KEY=VALUE`, with one blank between them, of those that a rule may add to `allow`.
bool areOptions(const QString &text)
{
    const QStringList options = text.isEmpty() ? QStringList() : text.split(u' ');
    return std::ranges::all_of(options, [](const QString &option) {
        const QString key = option.section(u'=', 0, 0);
        const bool isPrintable = std::ranges::all_of(option, [](QChar c) {
            return c > u' ' && c < u'\x7f';
        });
        return isPrintable && (key == "user"_L1 || key == "notify"_L1 || key == "autostart"_L1)
            && option.contains(u'=');
    });
}

struct RuleParts {
    QString target;
    QString options;
    QString file;
};

Result<RuleParts> readRuleParts(const QJsonObject &object)
{
    if (!object.contains("rule_target"_L1) && !object.contains("rule_options"_L1)) {
        return RuleParts{};
    }
    BH_TRY(QString target, readText(object, "rule_target"_L1));
    BH_TRY(QString options, readText(object, "rule_options"_L1));
    if (target.isEmpty() || target.size() > MaxTarget || !isOf(target, "_.@:-"_L1)) {
        return fail(Errc::BadField, "the rule's target has other letters than a target's");
    }
    if (options.size() > MaxService || !areOptions(options)) {
        return fail(Errc::BadField, "the rule's options are none of a rule's");
    }
    QString file;
    if (object.contains("rule_file"_L1)) {
        BH_TRY(file, readText(object, "rule_file"_L1));
    }
    if (file.size() > MaxFileName || !isOf(file, "_.-"_L1)) {
        return fail(Errc::BadField, "the rule's file has other letters than a policy's file");
    }
    return RuleParts{.target = std::move(target), .options = std::move(options), .file = std::move(file)};
}

struct Call {
    QString source;
    QString service;
    QString argument;
};

Result<Call> readCall(const QJsonObject &object)
{
    BH_TRY(QString source, readText(object, "source"_L1));
    BH_TRY(QString service, readText(object, "service"_L1));
    BH_TRY(const QString argument, readText(object, "argument"_L1));
    if (!isQube(source)) {
        return fail(Errc::BadField, "the source is no qube's name");
    }
    if (service.isEmpty() || service.size() > MaxService || !isOf(service, "_.-"_L1)) {
        return fail(Errc::BadField, "the service has other letters than a service's");
    }
    if (!argument.startsWith(u'+') || argument.size() > MaxService || !isOf(argument, "_.-+"_L1)) {
        return fail(Errc::BadField, "the argument has other letters than an argument's");
    }
    return Call{.source = std::move(source), .service = std::move(service), .argument = argument.sliced(1)};
}

Result<QStringList> readTargets(const QJsonObject &object, const QString &source)
{
    const QJsonValue value = object.value("targets"_L1);
    if (!value.isArray()) {
        return fail(Errc::BadField, "targets are no list");
    }
    QStringList targets;
    for (const auto &one : value.toArray()) {
        const QString target = one.toString();
        if (!isTarget(target) || target == source) {
            return fail(Errc::BadField, "a target is none that can be chosen");
        }
        targets << target;
    }
    if (targets.isEmpty() || targets.removeDuplicates() != 0) {
        return fail(Errc::BadField, "there are no targets, or one twice");
    }
    return targets;
}

} // namespace

Result<Question> parseQuestion(const QByteArray &text)
{
    BH_TRY(const QJsonObject object,
           readObject(text,
                      "policy.Ask",
                      {u"argument"_s, u"default_target"_s, u"icons"_s, u"service"_s, u"source"_s, u"targets"_s},
                      {u"rule_file"_s, u"rule_options"_s, u"rule_target"_s}));
    BH_TRY(Call call, readCall(object));
    BH_TRY(RuleParts rule, readRuleParts(object));
    BH_TRY(QStringList targets, readTargets(object, call.source));
    BH_TRY(QString defaultTarget, readText(object, "default_target"_L1));
    if (!defaultTarget.isEmpty() && !targets.contains(defaultTarget)) {
        return fail(Errc::BadField, "the default target is none of the targets");
    }
    if (!object.value("icons"_L1).isObject()) { // the core tells us better how a qube looks
        return fail(Errc::BadField, "icons are no object");
    }
    return Question{.source = std::move(call.source),
                    .service = std::move(call.service),
                    .argument = std::move(call.argument),
                    .targets = std::move(targets),
                    .defaultTarget = std::move(defaultTarget),
                    .ruleTarget = std::move(rule.target),
                    .ruleOptions = std::move(rule.options),
                    .ruleFile = std::move(rule.file)};
}

Result<PolicyNotice> parsePolicyNotice(const QByteArray &text)
{
    BH_TRY(const QJsonObject object,
           readObject(text, "policy.Notify", {u"argument"_s, u"resolution"_s, u"service"_s, u"source"_s, u"target"_s}));
    BH_TRY(Call call, readCall(object));
    BH_TRY(const QString resolution, readText(object, "resolution"_L1));
    BH_TRY(QString target, readText(object, "target"_L1));
    if (target.size() > MaxTarget || !isOf(target, "_.@:-"_L1)) {
        return fail(Errc::BadField, "the target has other letters than a target's");
    }
    const bool isAllowed = resolution == "allow"_L1;
    if (!isAllowed && resolution != "deny"_L1 && resolution != "fail"_L1) {
        return fail(Errc::BadField, "the resolution is none");
    }
    return PolicyNotice{.resolution = isAllowed ? PolicyNotice::Resolution::Allowed : PolicyNotice::Resolution::Denied,
                        .source = std::move(call.source),
                        .service = std::move(call.service),
                        .argument = std::move(call.argument),
                        .target = std::move(target)};
}

QByteArray allowReply(const QString &target)
{
    return "allow:" + target.toLatin1();
}

QByteArray denyReply()
{
    return "deny";
}

QString disposableTemplateOf(const QString &target)
{
    return target.startsWith(DisposableOf) ? target.sliced(DisposableOf.size()) : QString();
}

} // namespace Bulkhead
