// SPDX-License-Identifier: GPL-2.0-or-later
// bulkhead-store: brings a qubes.xml into the store, and the store into one.
#include "dom0-core/storetool/storetool.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <cstdio>
#include <cstdlib>
#include <print>

using namespace Bulkhead;

namespace
{

constexpr int UsageError = 2;

struct Options {
    StoreTool::Places places;
    QString verb;
    QString file;
    StoreTool::IfNotEmpty ifNotEmpty = StoreTool::IfNotEmpty::Refuse;
    StoreTool::IfIncomplete ifIncomplete = StoreTool::IfIncomplete::Remark;
};

Options parseOptions(const QCoreApplication &application)
{
    QCommandLineParser parser;
    parser.setApplicationDescription(QStringLiteral(
        "Brings a qubes.xml into Bulkhead's store, or writes the store as one. bulkheadd must not run."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addPositionalArgument(QStringLiteral("verb"), QStringLiteral("import or export"));
    parser.addPositionalArgument(QStringLiteral("file"), QStringLiteral("The qubes.xml; export without it prints."));
    const QCommandLineOption state(QStringLiteral("state-directory"),
                                   QStringLiteral("Where the store lies."),
                                   QStringLiteral("directory"),
                                   QStringLiteral("/var/lib/bulkhead"));
    const QCommandLineOption pool(QStringLiteral("pool-directory"),
                                  QStringLiteral("Where the volumes and kernels of qubes lie."),
                                  QStringLiteral("directory"),
                                  QStringLiteral("/var/lib/qubes"));
    const QCommandLineOption replace(QStringLiteral("replace"),
                                     QStringLiteral("Import into a store that holds qubes: they go."));
    const QCommandLineOption strict(QStringLiteral("strict"),
                                    QStringLiteral("Import nothing if anything would be left out."));
    parser.addOptions({state, pool, replace, strict});
    parser.process(application);
    const QStringList words = parser.positionalArguments();
    return {.places = {.store = parser.value(state).toStdString() + "/store.sqlite",
                       .kernels = parser.value(pool).toStdString() + "/vm-kernels"},
            .verb = words.value(0),
            .file = words.value(1),
            .ifNotEmpty = parser.isSet(replace) ? StoreTool::IfNotEmpty::Replace : StoreTool::IfNotEmpty::Refuse,
            .ifIncomplete = parser.isSet(strict) ? StoreTool::IfIncomplete::Refuse : StoreTool::IfIncomplete::Remark};
}

Result<void> runImport(const Options &options)
{
    BH_TRY(const auto remarks,
           StoreTool::importFile(options.places, options.file.toStdString(), options.ifNotEmpty, options.ifIncomplete));
    for (const std::string &remark : remarks) {
        std::println(stderr, "{}", remark);
    }
    return {};
}

Result<void> runExport(const Options &options)
{
    BH_TRY(const std::string text, StoreTool::exportStore(options.places));
    if (!options.file.isEmpty()) {
        return StoreTool::writeWhole(options.file.toStdString(), text);
    }
    std::print("{}", text);
    return std::fflush(stdout) == 0 ? Result<void>() : failErrno(errno, "writing the output");
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("bulkhead-store"));
    QCoreApplication::setApplicationVersion(QStringLiteral("0.1.0"));
    const Options options = parseOptions(application);
    const bool isImport = options.verb == QStringLiteral("import") && !options.file.isEmpty();
    if (!isImport && options.verb != QStringLiteral("export")) {
        std::println(stderr, "bulkhead-store: say import FILE, or export [FILE]; --help tells more");
        return UsageError;
    }
    const auto done = isImport ? runImport(options) : runExport(options);
    if (!done) {
        std::println(stderr, "bulkhead-store: {}", done.error().text());
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
