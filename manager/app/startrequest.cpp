// SPDX-License-Identifier: GPL-2.0-or-later
#include "manager/app/startrequest.h"

#include <KLocalizedString>
#include <QCommandLineParser>

using namespace Qt::StringLiterals;

namespace Bulkhead
{

void addStartOptions(QCommandLineParser &parser)
{
    parser.addOption(
        {u"view"_s, i18nc("@info:shell", "Show the qubes as a list or the network as a picture."), u"list|topology"_s});
    parser.addOption({u"qube"_s, i18nc("@info:shell", "Select this qube."), i18nc("@info:shell", "name")});
    parser.addOption({u"new"_s, i18nc("@info:shell", "Make a new qube.")});
}

StartRequest readStartOptions(const QCommandLineParser &parser)
{
    StartRequest request{
        .view = {}, .qube = parser.value(u"qube"_s), .opensCreateDialog = parser.isSet(u"new"_s), .problem = {}};
    if (const QString view = parser.value(u"view"_s); view == "list"_L1) {
        request.view = StartRequest::View::List;
    } else if (view == "topology"_L1) {
        request.view = StartRequest::View::Topology;
    } else if (!view.isEmpty()) {
        request.view = StartRequest::View::List;
        request.problem = i18nc("@info", "There is no view “%1”. The qubes are shown as a list.", view);
    }
    return request;
}

StartRequest parseStartRequest(const QStringList &arguments)
{
    QCommandLineParser parser;
    addStartOptions(parser);
    if (!parser.parse(arguments)) {
        return {.view = {}, .qube = {}, .opensCreateDialog = false, .problem = parser.errorText()};
    }
    return readStartOptions(parser);
}

} // namespace Bulkhead
