// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "base/error.h"

#include <QByteArray>
#include <QString>
#include <QStringList>

/// What bulkhead-policyd says to the programs that a person sees: docs/protocol/qrexec.md, section "The question to the
/// person". The words of qubes in it are of their alphabets, or the text is none of policyd's.
namespace Bulkhead
{

/// Most bytes of a question: an argument and the names of many qubes with their icons.
inline constexpr qsizetype MaxPolicyText = qsizetype{4} * 1024 * 1024;

/// May this call be made, and with whom?
struct Question {
    QString source;
    QString service;       ///< without its argument
    QString argument;      ///< without the `+` that it begins with; empty: none
    QStringList targets;   ///< what may be chosen: names, `dom0`, `@dispvm:NAME`; never empty, none twice
    QString defaultTarget; ///< one of them, or empty
    /// What the target's column of a rule for just this call says, and what an `allow` there adds to keep to the rule
    /// that asks. The first is empty where policyd does not tell: then no rule can be made of an answer.
    QString ruleTarget = {};
    QString ruleOptions = {};
    /// The policy's file, with its suffix, that holds the rule that asks: only what stands in one before it decides
    /// instead. Empty where policyd does not tell.
    QString ruleFile = {};

    friend bool operator==(const Question &, const Question &) = default;
};

/// What was decided without the person.
struct PolicyNotice {
    enum class Resolution : std::uint8_t { Allowed, Denied };

    Resolution resolution = Resolution::Denied;
    QString source;
    QString service;
    QString argument;
    QString target; ///< as the caller spelled it where it was denied; empty: none in particular

    friend bool operator==(const PolicyNotice &, const PolicyNotice &) = default;
};

/// @errors BadField
[[nodiscard]] Result<Question> parseQuestion(const QByteArray &text);
/// @errors BadField
[[nodiscard]] Result<PolicyNotice> parsePolicyNotice(const QByteArray &text);

/// @param target  one of the question's
[[nodiscard]] QByteArray allowReply(const QString &target);
[[nodiscard]] QByteArray denyReply();

/// The template's name of `@dispvm:NAME`; empty for any other target.
[[nodiscard]] QString disposableTemplateOf(const QString &target);

} // namespace Bulkhead
