// SPDX-License-Identifier: GPL-2.0-or-later
// When a net qube on Xen translates anew what its clients are told, with a script that notes how it is called.
#include "dom0-core/guest/network/retelling.h"

#include "base/clock.h"
#include "tests/support/eventually.h"

#include <QTemporaryDir>

#include <filesystem>
#include <fstream>
#include <sstream>

using namespace Bulkhead;
using namespace Bulkhead::GuestNetwork;
namespace fs = std::filesystem;

class RetellingTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void words_thatChangedAreToldOnce();
    void words_thatChangeMeanwhileAreToldAfterwards();
    void script_thatFailsIsRunAgainForTheNextWords();

private:
    /// A script whose calls are told by calls().
    void write(const std::string &commands) const;
    /// A line for each call so far.
    [[nodiscard]] std::string calls() const;

    BootClock m_clock;
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<EventLoop> m_loop;
    std::unique_ptr<Retelling> m_retelling;
};

void RetellingTest::init()
{
    m_folder = std::make_unique<QTemporaryDir>();
    m_loop = EventLoop::create(m_clock).value();
    m_retelling = std::make_unique<Retelling>(*m_loop, m_folder->filePath(QStringLiteral("script")).toStdString());
}

void RetellingTest::cleanup()
{
    m_retelling.reset();
    m_loop.reset();
    m_folder.reset();
}

void RetellingTest::write(const std::string &commands) const
{
    const fs::path place = m_folder->path().toStdString();
    std::ofstream(place / "script") << "#!/bin/sh\ncd " + place.string() + "\n" + commands + "\necho \"$*\" >>calls\n";
    fs::permissions(place / "script", fs::perms::owner_all);
}

std::string RetellingTest::calls() const
{
    std::ostringstream text;
    text << std::ifstream(fs::path(m_folder->path().toStdString()) / "calls").rdbuf();
    return text.str();
}

void RetellingTest::words_thatChangedAreToldOnce()
{
    write("");
    m_retelling->follow({});
    const Keys mapped{{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.2"}};
    m_retelling->follow(mapped);
    m_retelling->follow(mapped);
    BH_EVENTUALLY((m_loop->runUntilIdle(), calls() == "retell\n"));
    m_retelling->follow({});
    BH_EVENTUALLY((m_loop->runUntilIdle(), calls() == "retell\nretell\n"));
}

void RetellingTest::words_thatChangeMeanwhileAreToldAfterwards()
{
    write(": >began; until [ -e go ]; do sleep 0.01; done");
    m_retelling->follow({{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.2"}});
    const fs::path place = m_folder->path().toStdString();
    BH_EVENTUALLY((m_loop->runUntilIdle(), fs::exists(place / "began")));
    m_retelling->follow({{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.3"}});
    m_retelling->follow({{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.4"}});
    QCOMPARE(calls(), std::string());
    std::ofstream(place / "go") << "";
    BH_EVENTUALLY((m_loop->runUntilIdle(), calls() == "retell\nretell\n"));
}

void RetellingTest::script_thatFailsIsRunAgainForTheNextWords()
{
    write("echo failed >>calls; exit 1");
    m_retelling->follow({{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.2"}});
    BH_EVENTUALLY((m_loop->runUntilIdle(), calls() == "failed\n"));
    write("");
    m_retelling->follow({{"/mapped-ip/10.137.0.5/visible-ip", "192.168.1.3"}});
    BH_EVENTUALLY((m_loop->runUntilIdle(), calls() == "failed\nretell\n"));
}

QTEST_GUILESS_MAIN(RetellingTest)
#include "retellingtest.moc"
