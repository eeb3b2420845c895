// SPDX-License-Identifier: GPL-2.0-or-later
#pragma once

#include "manager/topology/policyanswers.h"

#include <QObject>
#include <QPointer>

namespace Bulkhead
{

class GraphModel;
class PolicyFacts;

/// What of the policy is shown in the picture: the answers for one service and for whoever is selected, as the policy
/// is at the moment. Below the view, without a widget. Nothing is asked for while nobody looks.
class PolicyLayer : public QObject
{
    Q_OBJECT

public:
    /// Most arrows: more would hide each other, and the qubes.
    static constexpr qsizetype MostArrows = 48;
    /// The same where nobody is selected, so that none belongs to the qube one looks at.
    static constexpr qsizetype MostArrowsOfAll = 24;

    /// @param model  outlives this
    explicit PolicyLayer(GraphModel *model, QObject *parent = nullptr);
    ~PolicyLayer() override;
    PolicyLayer(const PolicyLayer &) = delete;
    PolicyLayer &operator=(const PolicyLayer &) = delete;

    /// @param facts  outlives this; nothing: the policy cannot be read here
    void setFacts(PolicyFacts *facts);
    void setShown(bool isShown);
    void setService(const QString &service); ///< `NAME` or `NAME+ARGUMENT`
    void setDeniedShown(bool isShown);
    void setSelection(const QStringList &qubes);

    [[nodiscard]] bool isShown() const
    {
        return m_isShown;
    }

    [[nodiscard]] const QString &service() const
    {
        return m_service;
    }

    /// Every answer about the selected qubes, or about all in a small system.
    [[nodiscard]] const QList<PolicyAnswer> &answers() const
    {
        return m_answers;
    }

    /// Those that are drawn: without denials unless they are asked for, the most consequential first, and no more than
    /// can be seen.
    [[nodiscard]] const QList<PolicyAnswer> &drawn() const
    {
        return m_drawn;
    }

    /// Answers from this qube, for the tree that says the same as the picture: drawn or not, denied ones last.
    [[nodiscard]] QList<PolicyAnswer> answersFrom(const QString &qube) const;

    /// What is shown and what is not, or why there is nothing: for the line below the choice of service.
    [[nodiscard]] QString summary() const;

Q_SIGNALS:
    void changed();

private:
    void refreshSoon();
    void refresh();
    [[nodiscard]] bool isTooMany() const;

    GraphModel *m_model;
    QPointer<PolicyFacts> m_facts;
    bool m_isShown = false;
    bool m_isDeniedShown = false;
    bool m_isRefreshDue = false;
    QString m_service = QStringLiteral("qubes.Filecopy");
    QStringList m_selection;
    QList<PolicyAnswer> m_answers;
    QList<PolicyAnswer> m_drawn;
    qsizetype m_drawable = 0; ///< how many would be drawn if all were
};

} // namespace Bulkhead
