// SPDX-License-Identifier: GPL-2.0-or-later
#include "dom0-core/qubesdb/tool/commands.h"

#include "base/ascii.h"
#include "base/formatted.h"

#include <span>
#include <utility>

namespace Bulkhead::QubesDb
{

namespace
{

/// One command on the way through its words.
class Run
{
public:
    Run(Connection &connection, const ToolOptions &options, const Print &print)
        : m_connection(connection)
        , m_options(options)
        , m_print(print)
    {
    }

    [[nodiscard]] Result<void> read(const std::string &word);
    [[nodiscard]] Result<void> write(const std::string &word, const std::string &value);
    [[nodiscard]] Result<void> remove(const Path &path);
    [[nodiscard]] Result<void> multiRead(const std::string &word);
    [[nodiscard]] Result<void> list(const std::string &word);
    [[nodiscard]] Result<void> watch();

private:
    /// @errors NotFound, Refused
    [[nodiscard]] Result<Answer> ask(std::span<const std::byte> request, const Path &path);
    [[nodiscard]] Result<Answer> readWaiting(const Path &path);
    void show(const Path &path, const std::string &value);
    [[nodiscard]] std::string nameOf(const Path &path, const Path &prefix) const;

    Connection &m_connection;
    const ToolOptions &m_options;
    const Print &m_print;
};

Result<Answer> Run::ask(std::span<const std::byte> request, const Path &path)
{
    BH_TRY(Answer answer, m_connection.ask(request));
    if (answer.type == MessageType::NoEntry) {
        return fail(Errc::NotFound, formatted("there is no {}", path.text()));
    }
    if (answer.type == MessageType::Failed) {
        return fail(Errc::Refused, formatted("the database refused this for {}", path.text()));
    }
    return answer;
}

Result<Answer> Run::readWaiting(const Path &path)
{
    BH_CHECK(ask(build(Watch{path}), path));
    for (;;) {
        auto answer = ask(build(Read{path}), path);
        if (answer || answer.error().code != Errc::NotFound) {
            return answer;
        }
        BH_CHECK(m_connection.nextNotice());
    }
}

Result<void> Run::read(const std::string &word)
{
    BH_TRY(const Path path, Path::parse(word));
    auto answer = m_options.waits ? readWaiting(path) : ask(build(Read{path}), path);
    if (!answer && answer.error().code == Errc::NotFound && m_options.byDefault) {
        show(path, *m_options.byDefault);
        return {};
    }
    if (!answer) {
        return std::unexpected(std::move(answer).error());
    }
    show(path, answer->value.text());
    return m_options.removes ? remove(path) : Result<void>();
}

void Run::show(const Path &path, const std::string &value)
{
    const std::string name = m_options.showsPath ? path.text() + " = " : std::string();
    m_print(name + shownValue(value, m_options.isRaw) + "\n");
}

Result<void> Run::write(const std::string &word, const std::string &value)
{
    BH_TRY(const Key key, Key::parse(word));
    BH_TRY(const Value parsed, Value::parse(value));
    BH_CHECK(ask(build(Write{.key = key, .value = parsed}), key.path()));
    return {};
}

Result<void> Run::remove(const Path &path)
{
    BH_CHECK(ask(build(Remove{path}), path));
    return {};
}

std::string Run::nameOf(const Path &path, const Path &prefix) const
{
    const bool isCut = !m_options.showsPath && path.text().starts_with(prefix.text());
    return path.text().substr(isCut ? prefix.text().size() : 0);
}

Result<void> Run::multiRead(const std::string &word)
{
    BH_TRY(const Path prefix, Path::parse(word));
    BH_TRY(Answer part, ask(build(MultiRead{prefix}), prefix));
    while (!part.path.text().empty()) {
        m_print(formatted("{} = {}\n", nameOf(part.path, prefix), shownValue(part.value.text(), m_options.isRaw)));
        BH_TRY(part, m_connection.nextPart());
    }
    return {};
}

Result<void> Run::list(const std::string &word)
{
    BH_TRY(const Path prefix, Path::parse(word));
    BH_TRY(Answer part, ask(build(List{prefix}), prefix));
    while (!part.path.text().empty()) {
        m_print(nameOf(part.path, prefix) + "\n");
        BH_TRY(part, m_connection.nextPart());
    }
    return {};
}

Result<void> Run::watch()
{
    for (const std::string &word : m_options.words) {
        BH_TRY(const Path path, Path::parse(word));
        BH_CHECK(ask(build(Watch{path}), path));
    }
    for (std::size_t seen = 0; m_options.changes == 0 || seen < m_options.changes; ++seen) {
        BH_TRY(const Path changed, m_connection.nextNotice());
        m_print(changed.text() + "\n");
    }
    return {};
}

Result<void> runOne(Run &run, Command command, std::span<const std::string> words)
{
    switch (command) {
    case Command::Read:
        return run.read(words.front());
    case Command::Write:
        return run.write(words[0], words[1]);
    case Command::Remove: {
        BH_TRY(const Path path, Path::parse(words.front()));
        return run.remove(path);
    }
    case Command::MultiRead:
        return run.multiRead(words.front());
    case Command::List:
        return run.list(words.front());
    case Command::Watch:
        return run.watch();
    }
    std::unreachable();
}

} // namespace

Result<void> runCommand(Connection &connection, const ToolOptions &options, const Print &print)
{
    Run run(connection, options, print);
    if (options.command == Command::Watch) {
        return run.watch();
    }
    const std::size_t step = options.command == Command::Write ? 2 : 1;
    for (std::span<const std::string> words = options.words; !words.empty(); words = words.subspan(step)) {
        BH_CHECK(runOne(run, options.command, words));
    }
    return {};
}

std::string shownValue(std::string_view value, bool isRaw)
{
    if (isRaw) {
        return std::string(value);
    }
    std::string shown;
    for (const char c : value) {
        if (Ascii::isPrintable(c)) {
            shown += c;
        } else {
            shown += formatted("\\x{:02x}", static_cast<unsigned char>(c));
        }
    }
    return shown;
}

} // namespace Bulkhead::QubesDb
