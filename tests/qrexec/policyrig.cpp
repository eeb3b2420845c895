// SPDX-License-Identifier: GPL-2.0-or-later
#include "tests/qrexec/policyrig.h"

#include "base/formatted.h"
#include "qrexec/policy/answer.h"

#include <QtGlobal>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <variant>

namespace Bulkhead::Test
{

using namespace Policy;

namespace
{

std::string normal(const std::string &path)
{
    std::string text = std::filesystem::path(path).lexically_normal().string();
    if (text.size() > 1 && text.ends_with('/')) {
        text.pop_back();
    }
    return text;
}

QubeRecord qube(std::string name, char digit, std::string type)
{
    return {.name = std::move(name),
            .uuid = formatted("{0}{0}{0}{0}{0}{0}{0}{0}-{0}{0}{0}{0}-4{0}{0}{0}-8{0}{0}{0}-{0}{0}{0}{0}{0}{0}{0}{0}{0}"
                              "{0}{0}{0}",
                              digit),
            .type = std::move(type),
            .icon = "appvm-red",
            .label = "0xcc0000",
            .powerState = "Running"};
}

} // namespace

FakeFiles::FakeFiles()
    : m_directories{PolicyDirectory, RuntimeDirectory}
{
}

void FakeFiles::put(const std::string &path, std::string text)
{
    m_files[path] = std::move(text);
    m_directories.insert(std::filesystem::path(path).parent_path().string());
}

void FakeFiles::putLinkToNothing(const std::string &path)
{
    m_broken.insert(path);
}

void FakeFiles::addDirectory(const std::string &path)
{
    m_directories.insert(path);
}

void FakeFiles::remove(const std::string &path)
{
    m_files.erase(path);
    m_directories.erase(path);
}

void FakeFiles::refuse(const std::string &path)
{
    m_refused.insert(path);
}

Result<std::vector<Entry>> FakeFiles::list(const std::string &directory)
{
    const std::string wanted = normal(directory);
    if (!m_directories.contains(wanted)) {
        return fail(Errc::NotFound, "there is no such directory");
    }
    std::vector<Entry> entries;
    const auto isHere = [&wanted](const std::string &path) {
        return std::filesystem::path(path).parent_path() == wanted;
    };
    const auto add = [&](const std::string &path, EntryKind kind) {
        if (isHere(path)) {
            entries.push_back({.name = std::filesystem::path(path).filename().string(), .kind = kind});
        }
    };
    for (const auto &[path, text] : m_files) {
        add(path, EntryKind::File);
    }
    for (const std::string &path : m_broken) {
        add(path, EntryKind::Missing);
    }
    for (const std::string &path : m_directories) {
        add(path, EntryKind::Other);
    }
    std::ranges::reverse(entries); // no order is promised
    return entries;
}

Result<File> FakeFiles::read(const std::string &path)
{
    ++m_reads;
    const std::string wanted = normal(path);
    if (m_refused.contains(wanted)) {
        return fail(Errc::Refused, "belongs to another user than root");
    }
    const auto file = m_files.find(wanted);
    if (file == m_files.end()) {
        return fail(Errc::NotFound, "there is no such file");
    }
    return File{.path = wanted, .text = file->second};
}

SystemInfo referenceSystem()
{
    SystemInfo info;
    const auto add = [&info](QubeRecord record) {
        record.guivm = "dom0";
        info.add(std::move(record));
    };
    QubeRecord dom0 = qube("dom0", '0', "AdminVM");
    dom0.uuid = "00000000-0000-0000-0000-000000000000";
    info.add(dom0);
    QubeRecord a = qube("a", 'a', "AppVM");
    a.tags = {"t1"};
    a.defaultDispvm = "dvm";
    add(a);
    QubeRecord b = qube("b", 'b', "AppVM");
    b.tags = {"t2"};
    add(b);
    QubeRecord h = qube("h", '1', "AppVM");
    h.powerState = "Halted";
    add(h);
    QubeRecord dvm = qube("dvm", 'd', "AppVM");
    dvm.tags = {"dt"};
    dvm.isDisposableTemplate = true;
    add(dvm);
    add(qube("nodvm", '2', "AppVM"));
    QubeRecord internal = qube("int", '3', "AppVM");
    internal.isInternal = true;
    add(internal);
    QubeRecord remote = qube("rem", '4', "RemoteVM");
    remote.relayvm = "b";
    remote.transportRpc = "q.SSH";
    add(remote);
    return info;
}

std::string uuidOf(std::string_view name)
{
    return "uuid:" + referenceSystem().find(name)->uuid;
}

Rules rulesOf(std::string text)
{
    std::ranges::replace(text, ';', '\n');
    FakeFiles files;
    files.put(PolicyDirectory + "/30-test.policy", text);
    auto loaded = loadPolicy(files, {});
    if (!loaded) {
        qFatal("%s", loaded.error().text.c_str());
    }
    return std::move(loaded->rules);
}

std::string errorOf(const std::string &text)
{
    FakeFiles files;
    files.put(PolicyDirectory + "/30-test.policy", text);
    const auto loaded = loadPolicy(files, {});
    return loaded ? std::string() : loaded.error().text;
}

Request callOf(std::string source, std::string target)
{
    return {.source = std::move(source), .target = std::move(target), .service = "s"};
}

std::string inWords(const Decision &decision)
{
    if (const auto *const allowed = std::get_if<Allowed>(&decision.outcome)) {
        std::string text = answerText(*allowed);
        std::ranges::replace(text, '\n', ' ');
        return text;
    }
    if (const auto *const question = std::get_if<Question>(&decision.outcome)) {
        std::string text = "ask";
        for (const std::string &target : question->targets) {
            text += ' ' + target;
        }
        return question->defaultTarget.empty() ? text : text + " default " + question->defaultTarget;
    }
    return decision.notify ? "deny" : "deny unnoticed";
}

std::string decided(const std::string &rules, const std::string &source, const std::string &target)
{
    return inWords(decide(rulesOf(rules), referenceSystem(), callOf(source, target)));
}

} // namespace Bulkhead::Test
