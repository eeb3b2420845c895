// SPDX-License-Identifier: GPL-2.0-or-later
// Every call that takes an argument or a payload, with thousands that are nearly right: whatever comes, the answer is
// one frame or none, and what the core keeps of it can be read again. The same ones in each run.
#include "dom0-core/adminapi/methods.h"
#include "tests/dom0-core/corefixture.h"

#include <algorithm>
#include <array>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <variant>

using namespace Bulkhead;
using namespace Bulkhead::AdminApi;
using namespace Bulkhead::Test;
using namespace std::string_literals;

namespace
{

/// What calls take, each for some of them right.
const std::array<std::string, 22> Arguments{"",
                                            "private",
                                            "root",
                                            "label",
                                            "netvm",
                                            "memory",
                                            "kernelopts",
                                            "service.net",
                                            "a-tag",
                                            "usb+sda",
                                            "usb+sda+b1c2",
                                            "usb+_+b1c2:d3",
                                            "default",
                                            "work",
                                            "7",
                                            "created-by-me",
                                            "include_in_backups",
                                            "deb",
                                            "in-place",
                                            "vif",
                                            "preload-dispvm-max",
                                            "0.0.0.0"};
const std::array<std::string, 24> Payloads{
    "",
    "1",
    "True",
    "red",
    "0x123456",
    "10737418240",
    "name=new label=red",
    "name=new label=red pool=default",
    "name=new label=red pool:private=default",
    "name=p\ndir_path=/tmp/p\nrevisions_to_keep=2\n",
    "action=accept dst4=10.0.0.0/8 proto=tcp dstports=80-443 comment=some words\naction=drop\n",
    "action=accept dsthost=example.org\naction=accept specialtarget=dns\naction=accept proto=icmp icmptype=8\n",
    "action=drop dst6=2001:db8::/32 expire=4102444800\n",
    "device_id='b1c2' port_id='sda' devclass='block' backend_domain='usb' mode='required' _read-only='yes'",
    "mode='auto-attach' _frontend-dev='xvdi'",
    "required",
    "u03****p0b0001",
    "a note\nof two lines",
    "quiet splash",
    "ok",
    "fail\nwhy",
    "10.137.0.99",
    "usb",
    "20260101120000"};

class Mutator
{
public:
    std::string operator()(std::string text)
    {
        const int changes = pick(4); // none is one of them
        for (int i = 0; i < changes; ++i) {
            change(text);
        }
        return text;
    }

    int pick(int below)
    {
        return static_cast<int>(m_random() % static_cast<unsigned>(below));
    }

private:
    void change(std::string &text)
    {
        static constexpr std::string_view Letters("\0\n\r\t =+:'\"\\/.-_%@*?0Az\x7F\x80\xC3\xFF", 26);
        const std::size_t at = text.empty() ? 0 : m_random() % text.size();
        switch (pick(6)) {
        case 0:
            text.insert(at, 1, Letters[m_random() % Letters.size()]);
            break;
        case 1:
            text.resize(at);
            break;
        case 2:
            text.erase(at, 1 + (m_random() % 3));
            break;
        case 3:
            text += text.substr(at);
            break;
        case 4:
            text.insert(at, std::string(200, Letters[m_random() % Letters.size()]));
            break;
        default:
            if (!text.empty()) {
                text[at] = Letters[m_random() % Letters.size()];
            }
        }
    }

    std::mt19937 m_random{20260101}; // NOLINT(cert-msc32-c,cert-msc51-cpp): each run is to be the same
};

/// Nothing, a content, or an exception of exactly four fields.
bool isOneFrame(const QByteArray &answer)
{
    return answer.isEmpty() || answer.startsWith(QByteArray("0\0", 2))
        || (answer.startsWith(QByteArray("2\0", 2)) && answer.count('\0') == 4 && answer.endsWith('\0'));
}

bool takesSomething(const Method &method)
{
    const bool isAnswered =
        std::holds_alternative<SyncHandler>(method.handler) || std::holds_alternative<AsyncHandler>(method.handler);
    return isAnswered && (method.argument != Presence::Empty || method.payload != Presence::Empty);
}

} // namespace

class AdminHostileCallsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void S_036_anyCall_hasOneAnswerAndLeavesAReadableStore();
};

void AdminHostileCallsTest::S_036_anyCall_hasOneAnswerAndLeavesAReadableStore()
{
    constexpr int CallsEach = 20;
    CoreFixture core;
    core.addTemplate("deb");
    core.addAppVm("work", "deb");
    core.addAppVm("usb", "deb");
    Mutator mutate;
    int answered = 0;
    for (const Method &method : adminMethods()) {
        if (!takesSomething(method)) {
            continue;
        }
        for (int i = 0; i < CallsEach; ++i) {
            const std::string argument =
                mutate(Arguments.at(static_cast<std::size_t>(mutate.pick(int{Arguments.size()}))));
            const std::string payload = method.payload == Presence::Empty
                ? std::string()
                : mutate(Payloads.at(static_cast<std::size_t>(mutate.pick(int{Payloads.size()}))));
            const QByteArray answer = core.call(QByteArray::fromStdString(std::string(method.name) + '+' + argument),
                                                method.target == Target::Dom0 ? "dom0" : "work",
                                                QByteArray::fromStdString(payload));
            QVERIFY2(isOneFrame(answer), (std::string(method.name) + '+' + argument + '\n' + payload).c_str());
            answered += answer.isEmpty() ? 0 : 1;
        }
    }
    QVERIFY2(answered > 300, std::to_string(answered).c_str()); // they are near enough to be understood
    const QByteArray features = core.call("admin.vm.feature.List", "work");
    const QByteArray rules = core.call("admin.vm.firewall.Get", "work");
    const QByteArray properties = core.call("admin.vm.property.GetAll", "work");
    const QByteArray notes = core.call("admin.vm.notes.Get", "work");
    core.restart();
    QCOMPARE(core.call("admin.vm.feature.List", "work"), features);
    QCOMPARE(core.call("admin.vm.firewall.Get", "work"), rules);
    QCOMPARE(core.call("admin.vm.property.GetAll", "work"), properties);
    QCOMPARE(core.call("admin.vm.notes.Get", "work"), notes);
    // What was answered can be sent back as it is.
    QCOMPARE(core.call("admin.vm.firewall.Set", "work", rules.mid(2)), success());
    QCOMPARE(core.call("admin.vm.firewall.Get", "work"), rules);
}

QTEST_GUILESS_MAIN(AdminHostileCallsTest)
#include "adminhostilecallstest.moc"
